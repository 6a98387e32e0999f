"""Settings that the experiments with the motor–world–sensor loop share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from ..._types import Floats
from ...lab import settings
from ...lab.settings import setting
from ...lab.trials import trial_seeds
from ...loop.circuit import LoopParameters
from ...neurons import LIF
from ...plasticity import AntisymmetricSTDP
from ...world.linear import LinearWorld, as_linear
from ...world.matrices import load_world, sparse_world, tonotopic_world

C = TypeVar("C", bound="LoopConfig")


@dataclass(frozen=True)
class LoopConfig:
    """The loop, its worlds, its rule and how long it learns; all defaults are our own."""

    n_motor: int = setting(20, "motor neurons", at_least=2)
    n_sensor: int = setting(60, "sensor neurons", at_least=2)
    world: str = setting("sparse", "family of worlds", choices=("sparse", "tonotopic"))
    fan_out: int = setting(6, "sensors driven by each motor neuron (sparse)", at_least=1)
    overlap: float = setting(1.0, "width over distance of footprints (tonotopic)", above=0)
    gain: float | None = setting(
        None, "mean (sparse: 2) or peak (tonotopic: 3) entry of the world, in thresholds", above=0
    )
    world_delay: float = setting(10.0, "motor spike to sensor", unit="ms", above=0)
    synaptic_delay: float = setting(1.0, "sensor spike to motor neuron", unit="ms", above=0)
    tau_m_motor: float = setting(100.0, "membrane time constant", unit="ms", above=0)
    tau_m_sensor: float = setting(10.0, "membrane time constant", unit="ms", above=0)
    exploration_rate: float = setting(150.0, "kicks a motor neuron", unit="Hz", above=0)
    exploration_weight: float = setting(0.1, "of a kick", unit="mV", above=0)
    excitation: float = setting(0.5, "fixed, each sensor to each motor neuron", unit="mV", above=0)
    eta: float = setting(5e-5, "learning rate", unit="mV", at_least=0)
    A_plus: float = setting(1.0, "potentiation of inhibition, pre then post")
    A_minus: float = setting(0.7, "depression of inhibition, post then pre")
    tau_plus: float = setting(20.0, "window, pre then post", unit="ms", above=0)
    tau_minus: float = setting(20.0, "window, post then pre", unit="ms", above=0)
    duration: float = setting(1e7, "of learning", unit="ms", above=0)
    measure_duration: float = setting(1e6, "of each measurement", unit="ms", at_least=1e4)
    seeds: int = setting(5, "how many worlds and explorations", at_least=1, at_most=1000)
    seed: int = setting(0, "the first of them", at_least=0)
    world_file: str | None = setting(None, ".npy or .csv, sensors x motors, used as it is")

    def __post_init__(self) -> None:
        settings.check(self)
        if self.world == "sparse" and not self.world_file and self.fan_out > self.n_sensor:
            raise ValueError(
                f"fan_out must be at most n_sensor = {self.n_sensor}, got {self.fan_out}"
            )

    def rule(self) -> AntisymmetricSTDP:
        """Return the plasticity of the inhibition."""
        return AntisymmetricSTDP(self.eta, self.A_plus, self.A_minus, self.tau_plus, self.tau_minus)

    def parameters(self) -> LoopParameters:
        """Return the loop's parameters."""
        return LoopParameters(
            motor=LIF(tau_m=self.tau_m_motor),
            sensor=LIF(tau_m=self.tau_m_sensor, reset="by"),
            exploration_rate=self.exploration_rate,
            exploration_weight=self.exploration_weight,
            world_delay=self.world_delay,
            synaptic_delay=self.synaptic_delay,
            excitation=self.excitation,
        )

    def trace_taus(self) -> tuple[float, ...]:
        """Return the time constants (ms) of the sensor traces that may predict a potential."""
        return tuple(sorted({self.tau_plus, self.tau_m_motor}))

    def make_world(self, seed: int) -> Floats:
        """Return the matrix (n_sensor, n_motor) of one seed's world, or the user's own."""
        if self.world_file is not None:
            return load_world(self.world_file)
        rng = np.random.default_rng([seed, 0x3301D])
        size = (self.n_sensor, self.n_motor)
        if self.world == "sparse":
            return sparse_world(*size, fan_out=self.fan_out, gain=self.gain or 2.0, rng=rng)
        return tonotopic_world(*size, overlap=self.overlap, gain=self.gain or 3.0, rng=rng)

    def with_worlds(self: C) -> tuple[C, dict[int, LinearWorld]]:
        """Return the worlds by seed, and the configuration with their size: what a file says holds.

        A user's file is read once.
        """
        if self.world_file is None:
            worlds = {seed: as_linear(self.make_world(seed)) for seed in trial_seeds(self)}
        else:
            worlds = dict.fromkeys(trial_seeds(self), as_linear(self.make_world(self.seed)))
        n_sensor, n_motor = worlds[self.seed].shape
        return replace(self, n_sensor=n_sensor, n_motor=n_motor), worlds
