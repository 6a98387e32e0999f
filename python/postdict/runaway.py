"""A bound on the activity of a run: feedback that excites itself must not hold up an experiment."""

from __future__ import annotations

import math
from collections.abc import Callable
from time import perf_counter

from .parts import Population
from .progress import ProgressLine
from .simulation import LimitError, ProgressCallback, Simulation

WINDOW = 1e4  # ms over which a rate is taken, at least


class RunawayError(LimitError):
    """A population's mean rate over `WINDOW` passed its bound."""


def run_bounded(
    simulation: Simulation,
    population: Population,
    stop: float,
    *,
    max_rate: float = math.inf,
    progress: bool | ProgressCallback = False,
    n_parts: int = 1,
    after_part: Callable[[], None] | None = None,
) -> None:
    """Run until `stop` (ms); RunawayError when the population is faster than `max_rate` (Hz).

    The rate is looked at between instants, at least `WINDOW` apart; no result depends on that.
    The run has `n_parts` parts of one length, and `after_part` is called after each.
    """
    if progress is True:
        with ProgressLine() as line:
            return run_bounded(
                simulation,
                population,
                stop,
                max_rate=max_rate,
                progress=line,
                n_parts=n_parts,
                after_part=after_part,
            )
    report = progress or None
    started, first, first_event = perf_counter(), simulation.time, simulation.n_events
    since, n_before = simulation.time, simulation.spike_count(population)

    def look(t: float, *_: float) -> None:
        nonlocal since, n_before
        if report is not None:  # of the whole, not of the part
            report(t, stop, perf_counter() - started, simulation.n_events - first_event)
        if t - since < WINDOW:
            return
        n = simulation.spike_count(population)
        rate = (n - n_before) / (1e-3 * (t - since) * population.size)
        since, n_before = t, n
        if rate > max_rate:
            raise RunawayError(
                f"{population.name!r} fires at {rate:.0f} Hz, above the bound of {max_rate:.0f} Hz,"
                f" at t = {t:.0f} ms"
            )

    for k in range(1, n_parts):
        simulation.run_until(first + (stop - first) * k / n_parts, progress=look)
        if after_part is not None:
            after_part()
    simulation.run_until(stop, progress=look)
    if after_part is not None:
        after_part()
    return None
