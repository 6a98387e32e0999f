"""Settings of `plants`: which of them, the loop's numbers, how long it learns and is tested."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...lab.settings import check, setting
from ...loop.circuit import LoopParameters
from ...neurons import LIF
from ...plasticity import AntisymmetricSTDP
from .gymnasium_plants import mountain_car, pendulum
from .plant import Plant
from .two_joint import two_joint

PLANTS = {"pendulum": pendulum, "mountain-car": mountain_car, "two-joint": two_joint}


@dataclass(frozen=True)
class Config:
    """Settings of `plants`; all defaults are our own, and the same for all plants."""

    plant: str = setting("all", "through which it learns", choices=("all", *PLANTS))
    fineness: float = setting(1.0, "sensors along each axis, times; widths, over it", above=0)
    kick: float = setting(4.0, "of a sensor at what it prefers", unit="mV", above=0)
    interval: float = setting(10.0, "of a control step", unit="ms", above=0)
    latency: float = setting(5.0, "control step to sensors", unit="ms", at_least=0)
    exploration_rate: float = setting(20.0, "kicks a motor neuron", unit="Hz", above=0)
    exploration_weight: float = setting(0.7, "of a kick", unit="mV", above=0)
    v_min: float | None = setting(-0.2, "lower bound of motor potentials while learning", unit="mV")
    excitation: float = setting(0.5, "fixed, each sensor to each motor neuron", unit="mV", above=0)
    eta: float = setting(1e-3, "learning rate", unit="mV", at_least=0)
    anneal: float = setting(0.2, "to what share the learning rate falls", above=0, at_most=1)
    A_minus: float = setting(1.0, "depression over potentiation of the inhibition")
    duration: float = setting(2e6, "of learning", unit="ms", above=0)
    song_rate: float = setting(2.0, "of the unseen sequences, a motor neuron", unit="Hz", above=0)
    song_duration: float = setting(1e5, "of each", unit="ms", at_least=1e3)
    seeds: int = setting(5, "how many explorations", at_least=1, at_most=1000)
    seed: int = setting(0, "the first of them", at_least=0)

    def __post_init__(self) -> None:
        check(self)
        self.parameters()  # refuses a lower bound that neurons cannot have
        self.plants()  # refuses too few sensors

    def quick(self) -> Config:
        """Return a version that ends in half a minute: half of the learning, one exploration."""
        return replace(self, duration=1e6, anneal=1.0, seeds=1, song_duration=4e4)

    def plants(self) -> dict[str, Plant]:
        """Return the plants that are asked for, by name."""
        return {
            name: make(self.interval, self.kick, self.fineness)
            for name, make in PLANTS.items()
            if self.plant in ("all", name)
        }

    def parameters(self) -> LoopParameters:
        """Return the two kinds of neurons, exploration and delays."""
        return LoopParameters(
            motor=LIF(tau_m=100.0, v_min=self.v_min),
            sensor=LIF(tau_m=10.0, reset="by"),
            exploration_rate=self.exploration_rate,
            exploration_weight=self.exploration_weight,
            world_delay=self.latency,
            excitation=self.excitation,
        )

    def rule(self) -> AntisymmetricSTDP:
        """Return the rule of the inhibition."""
        return AntisymmetricSTDP(self.eta, A_minus=self.A_minus)
