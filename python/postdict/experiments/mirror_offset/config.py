"""Settings of `mirror-offset`."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...lab.settings import setting
from ...loop.circuit import LoopParameters
from ...neurons import LIF
from ...plasticity import AntisymmetricSTDP
from .._shared.loop_settings import LoopConfig
from .singing import Code, motif

CODES = ("random", "mixed", "stereotyped")
NEAR = 3.0  # ms, within which an offset counts as that of its kind


@dataclass(frozen=True)
class Config(LoopConfig):
    """Settings of `mirror-offset`; all defaults are our own.

    `delays` and `stretches` take the place of `world_delay`.
    """

    n_motor: int = setting(50, "motor neurons", at_least=2)
    n_sensor: int = setting(150, "sensor neurons", at_least=2)
    eta: float = setting(1e-4, "learning rate", unit="mV", at_least=0)
    A_minus: float = setting(0.8, "depression of inhibition, post then pre")
    tau_plus: float = setting(10.0, "window, pre then post", unit="ms", above=0)
    tau_minus: float = setting(10.0, "window, post then pre", unit="ms", above=0)
    w_max: float = setting(1.0, "largest inhibition", unit="mV", above=0)
    tau_refrac: float = setting(8.0, "refractory time of motor neurons", unit="ms", at_least=0)
    floor: float = setting(
        0.0, "below which inhibition does not pull motor neurons", unit="mV", at_most=0
    )
    duration: float = setting(1e6, "of learning", unit="ms", above=0)
    measure_duration: float = setting(1e5, "of each measurement", unit="ms", at_least=1e4)
    delays: tuple[float, ...] = setting(
        (11.0, 20.0, 40.0), "loop delays D, synaptic_delay included", unit="ms", above=0
    )
    stretches: tuple[float, ...] = setting(
        (1.0, 1.0, 2.0), "of tau_plus and tau_minus, one for each of delays", above=0
    )
    period: float = setting(100.0, "of the motif", unit="ms", above=0)
    command: float = setting(2.0, "kick of a neuron at its time in the motif", unit="mV", above=0)
    mixture: float = setting(
        0.2, "share of the motif in the mixed code, the rest is babble", at_least=0, at_most=1
    )
    song_duration: float = setting(2e4, "of each song to be imitated", unit="ms", at_least=1e3)
    rate_duration: float = setting(2e5, "of learning of the rate model", unit="ms", at_least=1e3)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.world_delay != LoopConfig.world_delay:
            raise ValueError(f"world_delay is set by delays here: leave it, got {self.world_delay}")
        if not self.delays:
            raise ValueError("delays must name at least one delay, got none")
        if len(self.stretches) != len(self.delays):
            raise ValueError(
                f"stretches must be one for each of delays = {self.delays}, got {self.stretches}"
            )
        for delay in self.delays:
            if not self.synaptic_delay < delay < 0.5 * self.period:
                raise ValueError(
                    f"delays must lie between synaptic_delay = {self.synaptic_delay} ms and half "
                    f"the period = {0.5 * self.period} ms, got {delay} ms"
                )
        if self.w_max < self.excitation:
            raise ValueError(
                f"w_max must be at least excitation = {self.excitation} mV, got {self.w_max} mV"
            )

    def doubts(self) -> list[str]:
        """Return why these settings cannot show what they are for, a line each."""
        shortest, spacing = min(self.delays), self.period / self.n_motor
        reasons = (
            (self.eta == 0, "eta = 0: nothing is learned"),
            (self.command < 1, f"command = {self.command} mV is below threshold: no motif"),
            (
                self.tau_refrac >= shortest,
                f"tau_refrac = {self.tau_refrac} ms covers delays of {shortest} ms: "
                "no causal inverse",
            ),
            (
                spacing > NEAR,
                f"the motif has a spike in {spacing:.3g} ms: no offset near zero can be told",
            ),
        )
        return [why for unable, why in reasons if unable]

    def quick(self) -> Config:
        """Return a version that ends in half a minute: less learning, two delays, two seeds."""
        return replace(
            self,
            duration=3e5,
            eta=2e-4,
            measure_duration=5e4,
            delays=(11.0, 20.0),
            stretches=(1.0, 1.0),
            song_duration=1e4,
            rate_duration=1e5,
            seeds=2,
        )

    def parameters_at(self, delay: float, floor: float | None) -> LoopParameters:
        """Return the loop's parameters with a loop delay (ms) and a floor (mV), if any."""
        base = self.parameters()
        motor = LIF(tau_m=self.tau_m_motor, v_min=floor, tau_refrac=self.tau_refrac)
        return replace(base, motor=motor, world_delay=delay - self.synaptic_delay)

    def rule_at(self, delay: float) -> AntisymmetricSTDP:
        """Return the rule with the window that belongs to a loop delay (ms)."""
        stretch = self.stretches[self.delays.index(delay)]
        return replace(
            self.rule(),
            tau_plus=stretch * self.tau_plus,
            tau_minus=stretch * self.tau_minus,
            w_max=self.w_max,
        )

    def codes(self, seed: int) -> dict[str, Code]:
        """Return the motor codes of a seed, which share their motif."""
        onsets = motif(self.n_motor, self.period, np.random.default_rng([seed, 0x30F1F]))
        shares = zip(CODES, (0.0, self.mixture, 1.0), strict=True)
        return {name: Code(onsets, self.period, share, self.command) for name, share in shares}
