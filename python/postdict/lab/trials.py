"""The trials of one experiment, one a seed, side by side in threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from os import cpu_count
from typing import TypeAlias, TypeVar

from .checkpoints import Keeper, Kept, Stopped

T = TypeVar("T")

Report: TypeAlias = Callable[[str, float, float, float, int], None]
"""Called as (stage, t_ms, t_stop_ms, wall_s, n_events); what it raises ends the experiment."""


class StageProgress:
    """The progress of one stage of a trial: reported, stopped from outside, and kept.

    Parameters
    ----------
    label : str
        What is going on, for people and for the names of checkpoints.
    report : Report, optional
    stopped : threading.Event
        Makes the next call raise `Stopped`.
    keeper : Keeper, optional
        Where simulations are kept.
    """

    def __init__(
        self, label: str, report: Report | None, stopped: threading.Event, keeper: Keeper | None
    ) -> None:
        self._label = label
        self._report = report
        self._stopped = stopped
        self._keeper = keeper
        self._n_kept = 0
        self._began = time.monotonic()

    def __call__(self, t: float, t_stop: float, wall: float, n_events: int) -> None:
        """Report, or raise `Stopped`."""
        if self._stopped.is_set():
            raise Stopped
        if self._report is not None:
            self._report(self._label, t, t_stop, wall, n_events)

    def kept(self) -> Kept | None:
        """Return the place of the next simulation of this stage."""
        if self._keeper is None:
            return None
        self._n_kept += 1
        return self._keeper.kept(f"{self._label} {self._n_kept}", self._began)


Stage: TypeAlias = Callable[[str], StageProgress]
"""Gives a trial the progress of a named stage; each name is asked for once."""


def run_trials(
    trial: Callable[[int, Stage], T],
    seeds: Sequence[int],
    report: Report | None = None,
    *,
    kind: str = "seed",
) -> list[T]:
    """Return ``trial(seed, stage)`` for every seed (or number of another `kind`), in their order.

    Simulations release the interpreter's lock, so threads are enough to use every core, and the
    results do not depend on how many there are. The first error, or Ctrl-C, stops all trials at
    their next report. A report with an attribute `keeper` has the simulations kept by it.
    """
    stopped = threading.Event()
    keeper = getattr(report, "keeper", None)

    def stage_of(index: int) -> Stage:
        def stage(name: str) -> StageProgress:
            label = f"{kind} {index + 1}/{len(seeds)} {name}"
            return StageProgress(label, report, stopped, keeper)

        return stage

    with ThreadPoolExecutor(min(len(seeds), cpu_count() or 1)) as executor:
        futures = [executor.submit(trial, seed, stage_of(k)) for k, seed in enumerate(seeds)]
        try:
            wait(futures, return_when=FIRST_EXCEPTION)
        finally:
            failed = [f for f in futures if f.done() and f.exception() is not None]
            if failed or not all(f.done() for f in futures):
                stopped.set()
                executor.shutdown(cancel_futures=True)
        for future in failed:
            future.result()  # raises what went wrong
    return [future.result() for future in futures]
