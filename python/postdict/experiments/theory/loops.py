"""Loops that learn, and their weights over time: what the predictions of `theory` are held to."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..._types import Floats
from ...loop.circuit import LoopParameters, closed_loop
from ...plasticity import AntisymmetricSTDP
from ...simulation import ProgressCallback, Simulation
from ...world.linear import LinearWorld


@dataclass(frozen=True)
class Course:
    """Effective weights of a loop over time."""

    times: Floats  # (n_samples,) ms
    weights: Floats  # (n_samples, n_motor, n_sensor) mV
    rate: float  # of a motor neuron, Hz

    def settled(self) -> Floats:
        """Return the weights' mean over the second half."""
        return np.asarray(self.weights[len(self.times) // 2 :].mean(axis=0))


def learned(
    world: LinearWorld,
    parameters: LoopParameters,
    rule: AntisymmetricSTDP,
    *,
    duration: float,
    seed: int,
    progress: ProgressCallback,
    start: Floats | None = None,
    noise_rate: float = 0.0,
    n_samples: int = 200,
) -> Course:
    """Let the loop learn from W = `start` (0 by default), with spontaneous sensor spikes (Hz)."""
    parameters = replace(parameters, spontaneous_rate=noise_rate)
    loop = closed_loop(world, parameters, rule, seed=seed)
    assert loop.inhibition is not None
    samples = loop.network.record(
        loop.inhibition, "weights", every=duration / n_samples, max_bytes=2**29
    )
    simulation = Simulation(loop.network)
    simulation.set_recording(loop.sensor, False)
    simulation.set_recording(loop.motor, False)
    if start is not None:
        simulation.set_weights(loop.inhibition, parameters.excitation - start)
    simulation.run(duration, progress=progress)
    times, inhibition = simulation.recorded(samples)
    n_spikes = simulation.spike_count(loop.motor)
    return Course(
        times, parameters.excitation - inhibition, 1e3 * n_spikes / duration / world.shape[1]
    )
