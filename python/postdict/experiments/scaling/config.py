"""Settings of `scaling`: one point, and the cuts through it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..._checks import unknown
from ..._types import Floats
from ...lab.settings import setting
from ...loop.circuit import LoopParameters
from ...neurons import LIFExp
from ...plasticity import AntisymmetricSTDP
from ...world.linear import LinearWorld, as_linear, spread_world
from ...world.matrices import conditioned_world
from .._shared.loop_settings import LoopConfig
from .cuts import CUTS


@dataclass(frozen=True)
class Config(LoopConfig):
    """Settings of `scaling`: those of one point, and the cuts through it; all are our own."""

    axes: str = setting("all", "cuts: all, none, or names with commas (" + ", ".join(CUTS) + ")")
    coarse: bool = setting(False, "two or three points a cut instead of all")
    condition: float | None = setting(
        None, "of the world, instead of `world` (a tonotopic one)", at_least=1
    )
    spread: float = setting(
        1.0,
        "over which one motor spike reaches its sensors, in bins of 1 ms",
        unit="ms",
        at_least=1,
    )
    kernel: str = setting("constant", "shares of the bins", choices=("constant", "random"))
    delay_sd: float = setting(
        0.0, "sd of the pairs' own delays in the world", unit="ms", at_least=0
    )
    spontaneous_rate: float = setting(
        0.0, "spikes of a sensor that nobody caused, while learning", unit="Hz", at_least=0
    )
    inhibition_lag: float = setting(0.0, "of inhibition behind excitation", unit="ms", at_least=0)
    tau_syn: float | None = setting(
        None, "of exponential currents onto motor neurons; none: voltage jumps", unit="ms", above=0
    )
    eta: float = setting(4e-4, "learning rate at the start", unit="mV", at_least=0)
    anneal: float = setting(0.25, "learning rate at the end, in units of eta", above=0, at_most=1)
    duration: float = setting(1e6, "of learning", unit="ms", above=0)
    measure_duration: float = setting(2e5, "of each measurement", unit="ms", at_least=1e4)
    moments: int = setting(8, "of learning, each half as late, at which F1 is taken", at_least=2)
    song_spikes: float = setting(300.0, "spikes of all in the song at 1 Hz", at_least=20)
    tolerance: float = setting(5.0, "largest error of a right spike", unit="ms", above=0)

    def __post_init__(self) -> None:
        super().__post_init__()
        drawn = [name for name in self.cuts() if CUTS[name].draws_worlds]
        if drawn and self.world_file is not None:
            needs = "needs" if len(drawn) == 1 else "need"
            raise ValueError(
                f"axes: {', '.join(drawn)} {needs} worlds that are drawn, but world_file is set"
            )
        if 2.0 * self.delay_sd >= self.world_delay:
            raise ValueError(
                f"delay_sd must be below half of world_delay = {self.world_delay:g} ms, "
                f"got {self.delay_sd:g} ms"
            )

    @property
    def delay(self) -> float:
        """The shortest loop delay, ms, but for the pairs' own delays."""
        return self.world_delay + self.synaptic_delay

    @property
    def song_duration(self) -> float:
        """The duration of each song, ms."""
        return max(1e3 * self.song_spikes / self.n_motor, 2e3)

    @property
    def weight_unit(self) -> float:
        """What stands for 1 mV of a voltage jump: a current of the same area."""
        return 1.0 if self.tau_syn is None else self.tau_m_motor / self.tau_syn

    def cuts(self) -> list[str]:
        """Return the names of the cuts that are asked for."""
        if self.axes in ("all", "none"):
            return list(CUTS) if self.axes == "all" else []
        names = [name.strip() for name in self.axes.split(",")]
        for name in names:
            if name not in CUTS:
                raise ValueError(unknown("axis", name, [*CUTS, "all", "none"]))
        return names

    def quick(self) -> Config:
        """Return a version that ends in half a minute: less learning, two worlds."""
        return replace(
            self,
            coarse=True,
            eta=1.5e-3,
            duration=2e5,
            measure_duration=5e4,
            song_spikes=100.0,
            seeds=2,
        )

    def rule(self) -> AntisymmetricSTDP:
        """Return the plasticity of the inhibition."""
        return replace(super().rule(), eta=self.weight_unit * self.eta)

    def parameters(self) -> LoopParameters:
        """Return the loop's parameters."""
        loop = replace(
            super().parameters(),
            inhibition_lag=self.inhibition_lag,
            spontaneous_rate=self.spontaneous_rate,
        )
        if self.tau_syn is None:
            return loop
        return replace(
            loop,
            motor=LIFExp(tau_m=self.tau_m_motor, tau_syn_e=self.tau_syn, tau_syn_i=self.tau_syn),
            exploration_weight=self.weight_unit * self.exploration_weight,
            excitation=self.weight_unit * self.excitation,
        )

    def make_world(self, seed: int) -> Floats:
        """Return the matrix of one seed's world (n_sensor, n_motor), or the user's own."""
        if self.world_file is not None or self.condition is None:
            return super().make_world(seed)
        return conditioned_world(
            self.n_sensor,
            self.n_motor,
            condition=self.condition,
            gain=self.gain or 3.0,
            rng=np.random.default_rng([seed, 0x3301D]),
        )

    def linear_world(self, seed: int) -> LinearWorld:
        """Return one seed's world, with its spread and delays."""
        matrix = self.make_world(seed)
        if self.spread == 1.0 and not self.delay_sd:
            return as_linear(matrix)
        return spread_world(
            matrix,
            self.spread,
            shape=self.kernel,
            delay_sd=self.delay_sd,
            rng=np.random.default_rng([seed, 0x59EAD]),
        )

    def doubts(self) -> list[str]:
        """Return why this point cannot show what it is for, a line each."""
        latest = self.delay + self.spread + 2 * self.delay_sd
        if latest <= 2 * (self.tau_plus + self.tau_minus):
            return []
        return ["the world's answer comes later than the window reaches: no inverse is expected"]
