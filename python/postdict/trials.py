"""The trials of one experiment, one a seed, side by side in threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from os import cpu_count
from typing import TypeAlias, TypeVar

from .simulation import ProgressCallback

T = TypeVar("T")

Report: TypeAlias = Callable[[str, float, float, float, int], None]
"""Called as (stage, t_ms, t_stop_ms, wall_s, n_events); what it raises ends the experiment."""

Stage: TypeAlias = Callable[[str], ProgressCallback]
"""Gives a trial the progress callback of a named stage."""


class _Stopped(Exception):
    """Another trial failed, or the user gave up."""


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
    their next report.
    """
    stopped = threading.Event()

    def stage_of(index: int) -> Stage:
        def stage(name: str) -> ProgressCallback:
            label = f"{kind} {index + 1}/{len(seeds)} {name}"

            def tell(t: float, t_stop: float, wall: float, n_events: int) -> None:
                if stopped.is_set():
                    raise _Stopped
                if report is not None:
                    report(label, t, t_stop, wall, n_events)

            return tell

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
