"""Long runs of an experiment: bounded in their activity, and kept where that is asked for."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from .keeping import Kept, Stopped
from .parts import Population
from .progress import ProgressLine
from .simulation import LimitError, ProgressCallback, Simulation

WINDOW = 1e4  # ms over which a rate is taken


class RunawayError(LimitError):
    """A population's mean rate over `WINDOW` passed its bound."""


def run_bounded(
    simulation: Simulation,
    population: Population,
    stop: float,
    *,
    max_rate: float = math.inf,
    progress: bool | ProgressCallback = False,
) -> None:
    """Run until `stop` (ms); RunawayError when the population is faster than `max_rate` (Hz).

    The rate is that of the recorded spikes in each window of `WINDOW`, counted from t = 0. A
    progress callback may know a place where the simulation is kept (`trials.StageProgress`): then
    it is taken up where its checkpoint stands, and kept from then on.
    """
    if progress is True:
        with ProgressLine() as line:
            return run_bounded(simulation, population, stop, max_rate=max_rate, progress=line)
    report = progress or None
    place: Callable[[], Kept | None] = getattr(report, "kept", lambda: None)
    kept = place()
    if kept is not None:
        kept.take_up(simulation)

    started, n_before = time.perf_counter(), simulation.n_events

    def look(t: float, *_: float) -> None:
        if report is not None:
            report(t, stop, time.perf_counter() - started, simulation.n_events - n_before)
        if kept is not None:
            kept.look(simulation)

    try:
        while simulation.time < stop:
            window = math.floor(simulation.time / WINDOW)
            end = stop if max_rate == math.inf else min(stop, (window + 1) * WINDOW)
            simulation.run_until(end, progress=look)
            _check_rate(simulation, population, window * WINDOW, max_rate)
    except Stopped:
        if kept is not None:
            kept.save(simulation)
        raise
    if kept is not None:
        kept.finish(simulation)
    return None


def _check_rate(
    simulation: Simulation, population: Population, start: float, max_rate: float
) -> None:
    if max_rate == math.inf or simulation.time < start + WINDOW:
        return
    times, _ = simulation.spikes(population, start=start)
    rate = len(times) / (1e-3 * WINDOW * population.size)
    if rate > max_rate:
        raise RunawayError(
            f"{population.name!r} fires at {rate:.0f} Hz, above the bound of {max_rate:.0f} Hz, "
            f"at t = {simulation.time:.0f} ms"
        )
