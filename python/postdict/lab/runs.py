"""Long runs of an experiment: bounded in their activity, and kept where that is asked for."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

from .._progress import ProgressLine
from ..network.parts import Population
from ..simulation import LimitError, ProgressCallback, Simulation
from .checkpoints import Kept, Stopped
from .stages import Stage

WINDOW = 1e4  # ms over which a rate is taken, if nothing else is asked for


class RunawayError(LimitError):
    """A population's mean rate over a window of time passed its bound."""


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
    after_part: Callable[[], None] | None = None,
) -> None:
    """Run until `stop` (ms); RunawayError when the population is faster than `max_rate` (Hz).

    The rate is that of the recorded spikes in each `window` (ms), counted from t = 0. The run
    has `n_parts` parts of one length, or ends its parts at `ends` (ms, rising) and the last one at
    `stop`; `after_part` is called after each. Where progress is a stage that keeps its simulations,
    each part is taken up where its checkpoint stands, and kept from then on.
    """
    if progress is True:
        with ProgressLine() as line:
            return run_bounded(
                simulation,
                population,
                stop,
                max_rate=max_rate,
                window=window,
                progress=line,
                n_parts=n_parts,
                ends=ends,
                after_part=after_part,
            )
    report = progress or None
    started, first, first_event = time.perf_counter(), simulation.time, simulation.n_events

    def tell() -> None:
        if report is not None:  # of the whole, not of the part
            wall = time.perf_counter() - started
            report(simulation.time, stop, wall, simulation.n_events - first_event)

    equal = (first + (stop - first) * k / n_parts for k in range(1, n_parts))
    for end in (*(ends or equal), stop):
        kept = progress.kept() if isinstance(progress, Stage) else None
        _run_part(simulation, population, end, max_rate, window, tell, kept)
        if after_part is not None:
            after_part()
    return None


def _run_part(
    simulation: Simulation,
    population: Population,
    stop: float,
    max_rate: float,
    window: float,
    tell: Callable[[], None],
    kept: Kept | None,
) -> None:
    def look(*_: float) -> None:
        tell()
        if kept is not None:
            kept.look(simulation)

    if kept is not None:
        kept.take_up(simulation)
    try:
        while simulation.time < stop:
            start = window * math.floor(simulation.time / window)
            end = stop if max_rate == math.inf else min(stop, start + window)
            simulation.run_until(end, progress=look)
            _check_rate(simulation, population, (start, start + window), max_rate)
    except Stopped:
        if kept is not None:
            kept.save(simulation)
        raise
    if kept is not None:
        kept.finish(simulation)


def _check_rate(
    simulation: Simulation, population: Population, window: tuple[float, float], max_rate: float
) -> None:
    start, stop = window
    if max_rate == math.inf or simulation.time < stop:
        return
    times, _ = simulation.spikes(population, start=start)
    rate = len(times) / (1e-3 * (stop - start) * population.size)
    if rate > max_rate:
        raise RunawayError(
            f"{population.name!r} fires at {rate:.0f} Hz, above the bound of {max_rate:.0f} Hz, "
            f"at t = {simulation.time:.0f} ms"
        )
