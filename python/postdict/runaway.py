"""A bound on the activity of a run: feedback that excites itself must not hold up an experiment."""

from __future__ import annotations

import math

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
) -> None:
    """Run until `stop` (ms); RunawayError when the population is faster than `max_rate` (Hz).

    The rate is looked at between instants, at least `WINDOW` apart; no result depends on that.
    """
    if progress is True:
        with ProgressLine() as line:
            return run_bounded(simulation, population, stop, max_rate=max_rate, progress=line)
    report = progress or None
    since, n_before = simulation.time, simulation.spike_count(population)

    def look(t: float, t_stop: float, wall: float, n_events: int) -> None:
        nonlocal since, n_before
        if report is not None:
            report(t, t_stop, wall, n_events)
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

    simulation.run_until(stop, progress=look)
    return None
