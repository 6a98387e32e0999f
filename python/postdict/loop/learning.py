"""The closed loop learns: weights, inhibition and motor rate over time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import _checks
from .._types import Arrays, Floats
from ..lab.runs import WINDOW, run_bounded
from ..plasticity import Rule
from ..simulation import ProgressCallback, Simulation
from ..world.stepped import AnyWorld
from .circuit import LoopParameters, closed_loop

ANNEALING_STEPS = 10


@_checks.brief
@dataclass(frozen=True, eq=False)
class Learned:
    """What the loop has learned.

    Parameters
    ----------
    weights : array (n_motor, n_sensor)
        Effective weights W = E - w at the end, mV.
    times : array (n_samples,)
        When the inhibition was sampled, ms.
    inhibition : array (n_samples, n_motor, n_sensor)
        The inhibitory efficacies w, mV.
    rate_times : array (n_bins,)
        Centres of the bins of time, ms.
    rate : array (n_bins,)
        Mean motor rate in them, Hz.
    potentiation : array (n_windows, n_motor, n_sensor)
        What the rule added in each of equal windows of time, mV, as the engine accounts it.
    depression : array (n_windows, n_motor, n_sensor)
        What it took in each of them, mV.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict import AntisymmetricSTDP
    >>> from postdict.loop import LoopParameters, learn
    >>> rule = AntisymmetricSTDP(eta=1e-3, A_minus=0.7)
    >>> world = np.eye(6, 3) * 2.0
    >>> found = learn(world, LoopParameters(), rule, duration=1000.0, seed=1, n_samples=5)
    >>> found.weights.shape, found.times.shape, found.inhibition.shape
    ((3, 6), (6,), (6, 3, 6))
    """

    weights: Floats
    times: Floats
    inhibition: Floats
    rate_times: Floats
    rate: Floats
    potentiation: Floats
    depression: Floats


def learn(
    world: AnyWorld,
    parameters: LoopParameters,
    rule: Rule,
    *,
    duration: float,
    seed: int,
    n_samples: int = 200,
    n_bins: int = 100,
    n_windows: int = 0,
    sample_times: Sequence[float] | None = None,
    anneal: float = 1.0,
    max_rate: float = math.inf,
    rate_window: float = WINDOW,
    progress: bool | ProgressCallback = False,
) -> Learned:
    """Run the closed loop and return what it learned.

    Parameters
    ----------
    world : array (n_sensor, n_motor), LinearWorld, SteppedWorld or World
    parameters : LoopParameters
    rule : Rule
        Of the inhibition.
    duration : float
        ms.
    seed : int
        Of the exploration.
    n_samples : int
        How often the weights are sampled, at equal distances, besides the start.
    n_bins : int
        Of the motor rate.
    n_windows : int
        In how many windows of time the fluxes are accounted; 0: not at all.
    sample_times : sequence of float, optional
        ms, when the weights are sampled instead.
    anneal : float
        The learning rate falls in steps, geometrically, from that of the rule to so many times it.
    max_rate : float
        Hz, of the motor neurons.
    rate_window : float
        ms over which `max_rate` counts.
    progress : bool, callable or Stage
        A `postdict.lab.stages.Stage` with a keeper also saves the simulation, to be resumed.

    Raises
    ------
    RunawayError
        The motor neurons fired faster than `max_rate` over a `rate_window`.
    ValueError
        One window, and a learning rate that falls.

    Examples
    --------
    >>> import postdict
    >>> rule = postdict.AntisymmetricSTDP(eta=2e-3, A_minus=0.7)
    >>> learned = learn([[2.0]], LoopParameters(), rule, duration=1e4, seed=1)
    >>> learned.weights.shape
    (1, 1)
    """
    duration = _checks.number("duration", duration, "ms", above=0.0)
    loop = closed_loop(world, parameters, rule, seed=seed)
    assert loop.inhibition is not None
    when: dict[str, Any] = {"every": duration / n_samples}
    if sample_times is not None:
        when = {"times": sample_times}
    samples = loop.network.record(loop.inhibition, "weights", **when)
    simulation = Simulation(loop.network)
    simulation.set_recording(loop.sensor, False)
    inhibited = loop.inhibition
    fluxes = [np.zeros((2, *np.shape(simulation.weights(inhibited))))]
    if n_windows:
        simulation.account_fluxes(inhibited)
    if anneal != 1.0 and n_windows == 1:
        raise ValueError("n_windows must be 0 or at least 2 where the learning rate falls")
    n_parts = n_windows or (1 if anneal == 1.0 else ANNEALING_STEPS)
    edges = np.linspace(0.0, duration, n_bins + 1)

    def read(part: int) -> Arrays:
        found: Arrays = {}
        if n_windows:
            found["fluxes"] = np.array(simulation.fluxes(inhibited))
        if part == n_parts - 1:
            found["weights"] = np.asarray(simulation.weights(inhibited))
            found["times"], found["inhibition"] = simulation.recorded(samples)
            found["counts"] = np.histogram(simulation.spikes(loop.motor)[0], edges)[0]
        if anneal != 1.0:
            share = (part + 1) / (n_parts - 1)
            simulation.set_learning_rate(inhibited, rule.eta * anneal**share)
        return found

    parts = run_bounded(
        simulation,
        loop.motor,
        duration,
        max_rate=max_rate,
        window=rate_window,
        progress=progress,
        n_parts=n_parts,
        read=read,
    )
    last = parts[-1]
    fluxes += [part["fluxes"] for part in parts if n_windows]
    added, taken = np.diff(fluxes, axis=0).swapaxes(0, 1)  # (n_windows, n_motor, n_sensor)
    return Learned(
        weights=parameters.excitation - last["weights"],
        times=last["times"],
        inhibition=last["inhibition"],
        rate_times=0.5 * (edges[1:] + edges[:-1]),
        rate=last["counts"] / (1e-3 * np.diff(edges) * loop.motor.size),
        potentiation=added,
        depression=taken,
    )


def shuffled(weights: Floats, seed: int) -> Floats:
    """Return the same weights between other pairs, as a control: of equal mean, and no inverse.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.loop import shuffled
    >>> weights = np.arange(6.0).reshape(2, 3)
    >>> np.array_equal(np.sort(shuffled(weights, 1).ravel()), weights.ravel())
    True
    """
    rng = np.random.default_rng([seed, 0x5F1E])
    return rng.permutation(weights.ravel()).reshape(weights.shape)
