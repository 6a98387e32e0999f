"""The closed loop learns: weights, inhibition and motor rate over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .loop import LoopParameters, closed_loop
from .plasticity import AntisymmetricSTDP
from .simulation import ProgressCallback, Simulation

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Learned:
    """What the loop has learned.

    Parameters
    ----------
    weights : array (n_motor, n_sensor)
        Effective weights W = E - w at the end, mV.
    times, inhibition : array (n_samples,), array (n_samples, n_motor, n_sensor)
        The inhibitory efficacies w (mV) over time (ms).
    rate_times, rate : array (n_bins,)
        Mean motor rate (Hz) in bins of time (ms, centres).
    """

    weights: Matrix
    times: Matrix
    inhibition: Matrix
    rate_times: Matrix
    rate: Matrix


def learn(
    world: Matrix,
    parameters: LoopParameters,
    rule: AntisymmetricSTDP,
    *,
    duration: float,
    seed: int,
    n_samples: int = 200,
    n_bins: int = 100,
    progress: bool | ProgressCallback = False,
) -> Learned:
    """Run the closed loop for `duration` (ms) and return what it learned."""
    loop = closed_loop(world, parameters, rule, seed=seed)
    assert loop.inhibition is not None
    samples = loop.network.record(loop.inhibition, "weights", every=duration / n_samples)
    simulation = Simulation(loop.network)
    simulation.set_recording(loop.sensor, False)
    simulation.run_until(duration, progress=progress)
    times, inhibition = simulation.recorded(samples)
    edges = np.linspace(0.0, duration, n_bins + 1)
    counts = np.histogram(simulation.spikes(loop.motor)[0], edges)[0]
    return Learned(
        weights=parameters.excitation - np.asarray(simulation.weights(loop.inhibition)),
        times=times,
        inhibition=inhibition,
        rate_times=0.5 * (edges[1:] + edges[:-1]),
        rate=counts / (1e-3 * np.diff(edges) * world.shape[1]),
    )
