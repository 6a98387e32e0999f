"""The trials of one experiment, one a seed, side by side in threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import Field, replace
from os import cpu_count
from typing import Any, ClassVar, Protocol, TypeVar

from .stages import Stage

T = TypeVar("T")


class Seeded(Protocol):
    """A dataclass of settings, among them how many seeds there are, and the first."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def seeds(self) -> int:
        """How many."""

    @property
    def seed(self) -> int:
        """The first."""


def trial_seeds(config: Seeded) -> list[int]:
    """Return the seed of each trial."""
    return list(range(config.seed, config.seed + config.seeds))


def run_trials(
    trial: Callable[[int, Stage], T],
    seeds: Sequence[int],
    stage: Stage | None = None,
    *,
    kind: str = "seed",
) -> list[T]:
    """Return ``trial(seed, stage)`` for every seed (or number of another `kind`), in their order.

    Simulations release the interpreter's lock, so threads are enough to use every core, and the
    results do not depend on how many there are. Each trial is a part of the given stage. The first
    error, or Ctrl-C, stops all trials at their next report.
    """
    stopped = threading.Event()
    whole = replace(stage or Stage(), stopped=stopped)
    parts = [whole.part(f"{kind} {k + 1}/{len(seeds)}") for k in range(len(seeds))]

    def whole_trial(seed: int, part: Stage) -> T:
        found = trial(seed, part)
        part.end()
        return found

    with ThreadPoolExecutor(min(len(seeds), cpu_count() or 1)) as executor:
        futures = [executor.submit(whole_trial, *each) for each in zip(seeds, parts, strict=True)]
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
