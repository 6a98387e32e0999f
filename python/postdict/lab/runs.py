"""Long runs of an experiment: bounded in their activity, and kept where that is asked for."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext

from .._progress import ProgressLine
from .._types import Arrays, Spikes
from ..network.parts import Population
from ..simulation import ProgressCallback, RateLimitError, Simulation
from .checkpoints import Kept, Stopped
from .stages import Stage

WINDOW = 1e4  # ms over which a rate is taken, if nothing else is asked for


RunawayError = RateLimitError
"""A population was faster than its bound."""


def run_bounded(
    simulation: Simulation,
    population: Population,
    stop: float,
    *,
    max_rate: float = math.inf,
    window: float = WINDOW,
    progress: bool | ProgressCallback = False,
    n_parts: int = 1,
    ends: Sequence[float] = (),
    read: Callable[[int], Arrays] | None = None,
    after_part: Callable[[], None] | None = None,
) -> list[Arrays]:
    """Run until `stop` (ms) and return what was read at the end of each part.

    The run has `n_parts` parts of one length, or ends its parts at `ends` (ms, rising) and the last
    one at `stop`.

    Where progress is a stage that keeps its simulations, each part is taken up where its state
    stands, and kept from then on. With `read`, what it returned is kept instead of what was
    simulated: parts whose end is known are not run again, the simulation then stays where it is,
    and nothing but what was read may be taken from it.

    Parameters
    ----------
    simulation : Simulation
    population : Population
        Whose activity is bounded.
    stop : float
    max_rate : float
        Hz, over each window.
    window : float
        ms, counted from t = 0.
    progress : bool or callable
    n_parts : int
    ends : sequence of float
    read : callable, optional
        Called at the end of each part with its number, from 0; it may change the simulation for the
        next one.
    after_part : callable, optional
        Called after each part instead, where all of the simulation is needed afterwards.

    Raises
    ------
    RunawayError
        The population is faster than `max_rate`: as soon as a window has more spikes than that.
    """
    if max_rate < math.inf:
        simulation.set_limits(max_rate={population.name: max_rate}, max_rate_window=window)
    line = ProgressLine() if progress is True else None
    report = line or progress or None
    started, first, first_event = time.perf_counter(), simulation.time, simulation.n_events

    def show() -> None:
        if callable(report):  # of the whole, not of the part
            wall = time.perf_counter() - started
            report(simulation.time, stop, wall, simulation.n_events - first_event)

    equal = (first + (stop - first) * k / n_parts for k in range(1, n_parts))
    stops = [*(ends or equal), stop]
    kept = progress.kept(len(stops)) if isinstance(progress, Stage) else None
    found = [] if kept is None or read is None else kept.found()
    with line or nullcontext():
        for k in range(len(found), len(stops)):
            _run_part(simulation, stops[k], show, kept)
            if read is not None:
                found.append(read(k))
            if kept is not None:
                kept.end_part(simulation, found[k] if read is not None else None)
            if after_part is not None:
                after_part()
    return found


def run_for_spikes(
    simulation: Simulation,
    populations: Sequence[Population],
    stop: float,
    *,
    max_rate: float = math.inf,
    window: float = WINDOW,
    progress: bool | ProgressCallback = False,
) -> list[Spikes]:
    """Run until `stop` (ms) and return the spikes of populations; the first of them is bounded.

    See `run_bounded`: nothing else may be taken from the simulation afterwards.
    """

    def read(_: int) -> Arrays:
        found: Arrays = {}
        for k, population in enumerate(populations):
            found[f"times{k}"], found[f"ids{k}"] = simulation.spikes(population)
        return found

    (found,) = run_bounded(
        simulation,
        populations[0],
        stop,
        max_rate=max_rate,
        window=window,
        progress=progress,
        read=read,
    )
    return [(found[f"times{k}"], found[f"ids{k}"]) for k in range(len(populations))]


def _run_part(
    simulation: Simulation, stop: float, show: Callable[[], None], kept: Kept | None
) -> None:
    def look(*_: float) -> None:
        show()
        if kept is not None:
            kept.look(simulation)

    if kept is not None:
        kept.take_up(simulation)
    try:
        simulation.run_until(max(stop, simulation.time), progress=look)
    except Stopped:
        if kept is not None:
            kept.stop(simulation)
        raise
