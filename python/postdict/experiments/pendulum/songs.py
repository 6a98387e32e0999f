"""The unseen sequences of `pendulum`: motor spikes, their torques, and what the sensors hear."""

from __future__ import annotations

import math

import numpy as np

from ..._types import Floats, Spikes
from ...analysis import poisson_sequence
from ...lab.runs import run_for_spikes
from ...lab.stages import Stage
from ...network import Network
from ...simulation import Simulation
from .arm import arm
from .config import Config


class Song:
    """An unseen motor sequence, and what the sensors make of it through the arm."""

    def __init__(
        self, config: Config, seed: int, number: int, progress: Stage | bool = False
    ) -> None:
        rng = np.random.default_rng([seed, number, 0xA43])
        self.tutor = poisson_sequence(
            config.n_motor, config.song_rate, config.song_duration, rng=rng
        )
        net = Network(int(rng.integers(2**32)))
        net.add_spike_source("tutor", config.n_motor, times=self.tutor[0], ids=self.tutor[1])
        sensor = net.add_population("sensor", config.n_sensor, config.parameters().sensor)
        net.add_world("arm", arm(config), "tutor", sensor, drive="kicks", latency=config.latency)
        sim = Simulation(net)
        (self.heard,) = run_for_spikes(sim, [sensor], config.song_duration, progress=progress)
        self.torque = torque(config, self.tutor)


def torque(config: Config, spikes: Spikes, delay: float = 0.0) -> Floats:
    """Return the torque (N m) of motor spikes, by control step, `delay` (ms) earlier."""
    n_steps = math.floor(config.song_duration / config.interval)
    edges = config.interval * np.arange(n_steps + 1)
    return np.histogram(spikes[0] - delay, edges, weights=config.torques[spikes[1]])[0]
