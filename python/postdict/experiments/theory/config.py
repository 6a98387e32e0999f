"""Settings of `theory`: loops, windows, and how long each part takes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..._types import Floats
from ...lab.settings import check, setting
from ...loop.circuit import LoopParameters
from ...neurons import LIF
from ...plasticity import AntisymmetricSTDP
from ...world.matrices import sparse_world

TAUS = (100.0, 50.0)  # ms, of the motor membrane
# A_minus, time constant of both sides (ms). The first has no area and is used for all else.
WINDOWS = {"A- 1, 20 ms": (1.0, 20.0), "A- 0.7, 20 ms": (0.7, 20.0), "A- 1, 10 ms": (1.0, 10.0)}
BALANCED = "A- 1, 20 ms"


@dataclass(frozen=True)
class Config:
    """Settings of `theory`; all defaults are our own."""

    n_motor: int = setting(20, "motor neurons", at_least=3)
    n_sensor: int = setting(60, "sensor neurons, for the modes", at_least=3)
    fan_out: int = setting(6, "sensors driven by each motor neuron", at_least=1)
    gain: float = setting(2.0, "mean entry of the world, in thresholds", above=0)
    delays: str = setting(
        "2 6 11 16 21 26 31 36 41 46 61 81 100", "loop delays over which c is measured, ms"
    )
    delay: float = setting(31.0, "loop delay for modes and ridge", unit="ms", above=1.0)
    exploration_rate: float = setting(150.0, "kicks a motor neuron", unit="Hz", above=0)
    exploration_weight: float = setting(0.1, "of a kick", unit="mV", above=0)
    eta: float = setting(2e-4, "learning rate", unit="mV", above=0)
    lone_duration: float = setting(1e6, "of each lone measurement", unit="ms", at_least=1e4)
    imposed_duration: float = setting(2e5, "of each imposed c", unit="ms", at_least=1e4)
    scale_duration: float = setting(2e6, "of learning c, at 2 eta", unit="ms", at_least=1e4)
    mode_duration: float = setting(4e6, "of learning the modes", unit="ms", at_least=1e5)
    noise_eta: float = setting(5e-5, "learning rate with sensor noise", unit="mV", above=0)
    noise_duration: float = setting(4e6, "of learning with noise", unit="ms", at_least=1e4)
    perturbations: int = setting(3, "runs that forget a perturbation", at_least=1)
    seeds: int = setting(5, "how many worlds and explorations", at_least=1, at_most=1000)
    seed: int = setting(0, "the first of them", at_least=0)

    def __post_init__(self) -> None:
        check(self)
        if self.n_sensor < self.n_motor:
            raise ValueError(
                f"n_sensor must be at least n_motor = {self.n_motor}, got {self.n_sensor}"
            )
        if self.fan_out > self.n_sensor:
            raise ValueError(
                f"fan_out must be at most n_sensor = {self.n_sensor}, got {self.fan_out}"
            )
        for delay in self.all_delays():
            if delay <= 1.0:
                raise ValueError(f"delays must be above 1 ms, the synapse's own, got {delay:g} ms")

    def all_delays(self) -> list[float]:
        """Return the loop delays, ms, ascending."""
        try:
            found = sorted({float(word) for word in self.delays.replace(",", " ").split()})
        except ValueError:
            raise ValueError(f"delays must be numbers in ms, got {self.delays!r}") from None
        if not found:
            raise ValueError("delays must name at least one delay, got none")
        return found

    def quick(self) -> Config:
        """Return a version that ends in half a minute."""
        return replace(
            self,
            delays="11 31 61",
            lone_duration=3e5,
            imposed_duration=1e5,
            scale_duration=1e6,
            mode_duration=2e6,
            noise_eta=1e-4,
            noise_duration=8e5,
            perturbations=2,
            seeds=2,
        )

    def parameters(self, delay: float, tau_m: float = TAUS[0]) -> LoopParameters:
        """Return the parameters of a loop."""
        synapse = 1.0
        return LoopParameters(
            motor=LIF(tau_m=tau_m),
            exploration_rate=self.exploration_rate,
            exploration_weight=self.exploration_weight,
            world_delay=delay - synapse,
            synaptic_delay=synapse,
        )

    def rule(self, window: str = BALANCED, *, eta: float | None = None) -> AntisymmetricSTDP:
        """Return the plasticity with one of the windows."""
        A_minus, tau = WINDOWS[window]
        return AntisymmetricSTDP(self.eta if eta is None else eta, 1.0, A_minus, tau, tau)

    def make_world(self, seed: int) -> Floats:
        """Return the world (n_sensor, n_motor) of one seed."""
        rng = np.random.default_rng([seed, 0x3301D])
        return sparse_world(
            self.n_sensor, self.n_motor, fan_out=self.fan_out, gain=self.gain, rng=rng
        )
