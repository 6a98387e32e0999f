"""Settings of `pendulum`: neurons, the arm's numbers, how long it learns and is tested."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..._types import Floats
from ...lab.settings import check, setting
from ...loop.circuit import LoopParameters
from ...neurons import LIF
from ...world.codes import TuningCurves

MOBILITY = 3.0  # rad/s² per N m: 3 / (m l²) of Pendulum-v1, whose m and l are 1
LARGEST_TORQUE = 2.0  # N m, its bound


@dataclass(frozen=True)
class Config:
    """Settings of `pendulum`; all defaults are our own."""

    n_motor: int = setting(8, "motor neurons, half of them for each direction", at_least=2)
    n_sensor: int = setting(24, "sensors, half of them for each direction", at_least=2)
    lowest: float = setting(1.5, "smallest acceleration preferred", unit="rad/s²", above=0)
    highest: float = setting(7.0, "largest acceleration preferred", unit="rad/s²", above=0)
    width: float = setting(0.9, "of the tuning curves", unit="rad/s²", above=0)
    kick: float = setting(2.0, "of a sensor at its preferred acceleration", unit="mV", above=0)
    gravity: float = setting(0.0, "g of Pendulum-v1; 0: the arm moves in a plane", at_least=0)
    interval: float = setting(10.0, "of a control step", unit="ms", above=0)
    latency: float = setting(5.0, "control step to sensors", unit="ms", at_least=0)
    exploration_rate: float = setting(100.0, "kicks a motor neuron", unit="Hz", above=0)
    exploration_weight: float = setting(0.1, "of a kick", unit="mV", above=0)
    excitation: float = setting(0.5, "fixed, each sensor to each motor neuron", unit="mV", above=0)
    eta: float = setting(1e-4, "learning rate", unit="mV", at_least=0)
    A_minus: float = setting(0.7, "depression over potentiation of the inhibition")
    duration: float = setting(2e6, "of learning", unit="ms", above=0)
    song_rate: float = setting(2.0, "of the unseen sequences, a motor neuron", unit="Hz", above=0)
    song_duration: float = setting(2e5, "of each", unit="ms", at_least=1e3)
    seeds: int = setting(5, "how many explorations", at_least=1, at_most=1000)
    seed: int = setting(0, "the first of them", at_least=0)

    def __post_init__(self) -> None:
        check(self)
        for name in ("n_motor", "n_sensor"):
            if getattr(self, name) % 2:
                raise ValueError(f"{name} must be even, got {getattr(self, name)}")
        if not self.lowest < self.highest:
            raise ValueError(
                f"lowest must be below highest = {self.highest:g} rad/s², got {self.lowest:g}"
            )

    def quick(self) -> Config:
        """Return a version that ends in half a minute: a tenth of the learning."""
        return replace(self, duration=3e5, eta=5e-4, seeds=2, song_duration=1e5)

    @property
    def torques(self) -> Floats:
        """The torque of one spike of each motor neuron, N m."""
        half = LARGEST_TORQUE * np.arange(1, self.n_motor // 2 + 1) / (self.n_motor // 2)
        return np.concatenate([-half[::-1], half])

    @property
    def preferred(self) -> Floats:
        """The acceleration that each sensor prefers, rad/s²."""
        half = np.linspace(self.lowest, self.highest, self.n_sensor // 2)
        return np.concatenate([-half[::-1], half])

    def curves(self) -> TuningCurves:
        """Return the sensors' tuning to accelerations."""
        return TuningCurves(self.preferred, np.asarray(self.width), self.kick)

    def response(self) -> Floats:
        """Return G by physics (n_sensor, n_motor): mV of a sensor by one motor spike alone."""
        curves = self.curves()
        return np.stack([curves.encode([MOBILITY * torque]) for torque in self.torques], axis=1)

    def parameters(self) -> LoopParameters:
        """Return the two kinds of neurons, and the delays as `imitate` has them."""
        return LoopParameters(
            motor=LIF(tau_m=100.0),
            sensor=LIF(tau_m=10.0, reset="by"),
            world_delay=0.5 * self.interval + self.latency,
            excitation=self.excitation,
        )

    def doubts(self) -> list[str]:
        """Return why these settings cannot show what they are for, a line each."""
        if self.gravity == 0.0:
            return []
        return [
            "with gravity > 0 one acceleration means another torque at each angle, which sensors "
            "of acceleration alone cannot tell: expect no inverse; `plants` has sensors that can"
        ]
