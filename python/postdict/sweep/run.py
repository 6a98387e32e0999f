"""Running a sweep: what is done is verified, what is not is run, and what failed is told."""

from __future__ import annotations

import os
import random
import time
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from .. import _checks
from .._progress import ProgressLine
from ..lab.plain_values import finite, plain
from . import keys
from .executors import outcomes
from .folder import Folder, Record, failure_file, read_failure
from .points import Point
from .progress import Count
from .workers import Outcome, Task, cpus


@_checks.brief
@dataclass
class Report:
    """What a run did.

    Attributes
    ----------
    total : int
        Points of this shard.
    before : int
        Those done earlier.
    done : int
        Those done now.
    failures : list of dict
        ``key``, ``config``, ``seed``, ``error``, ``traceback`` of the points that failed now.
    skipped : int
        Points that failed in an earlier run and were not tried again.
    aside : list of str
        Files that did not verify, and why; their points were run again.
    warnings : list of str
        What points warned of, each once.
    wall_s : float
        How long it took.
    compute_s : float
        The sum of the points' own times.

    Examples
    --------
    >>> from postdict import Sweep
    >>> def area(config):
    ...     return {"area": config["a"] * config["b"]}
    ...
    >>> sweep = Sweep.grid(area, {"a": 1, "b": 2, "seed": 0}, {"a": [1, 2, 3]}, seeds=2)
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> with ThreadPoolExecutor(1) as executor:
    ...     report = sweep.run("reported", executor)
    ...
    >>> report.total, report.done, report.failures
    (6, 6, [])
    """

    total: int
    before: int = 0
    done: int = 0
    failures: list[Record] = field(default_factory=list)
    skipped: int = 0
    aside: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    wall_s: float = 0.0
    compute_s: float = 0.0

    def __str__(self) -> str:
        parts = [f"{self.before + self.done} of {self.total} points done ({self.done} now)"]
        if self.failures:
            parts.append(f"{len(self.failures)} failed")
        if self.skipped:
            parts.append(f"{self.skipped} failed earlier and were not tried again")
        if self.aside:
            parts.append(f"{len(self.aside)} files did not verify and were set aside")
        return ", ".join(parts)


def run_points(
    function: Callable[[Any], Any],
    points: Sequence[Point],
    plan: Record,
    folder: str | os.PathLike[str],
    executor: Executor | Any = None,
    *,
    workers: int | None = None,
    shard: tuple[int, int] = (0, 1),
    retries: int = 0,
    again: bool = False,
    chunk: int = 1,
    progress: bool | Callable[[Count], None] = False,
) -> Report:
    """Run the points of a plan that have no verified file yet; see `Sweep.run`."""
    which, of = shard
    if not 0 <= which < of:
        raise ValueError(f"shard must be i/n with 0 <= i < n, counted from 0, got {which}/{of}")
    workers = cpus() if workers is None else _checks.integer("workers", workers, at_least=1)
    _checks.integer("chunk", chunk, at_least=1)
    _checks.integer("retries", retries)
    if executor is None and "<" in plan["function"]:
        raise TypeError(
            f"other processes cannot import {plan['function']}: define it at the top of a module"
        )
    started = time.perf_counter()
    where = Folder.of(folder)
    where.claim(plan)
    points = points[which::of]
    report = Report(len(points))
    code = keys.code_of(function)
    pending, n_other = _pending(
        where, points, report, code, full=plan["keep"] == "full", again=again
    )
    if n_other:
        warnings.warn(
            f"{n_other} points were computed by other code of {plan['function']} and are kept: "
            'give version="..." to the sweep and another folder, or remove their files, to compute '
            "them again",
            stacklevel=3,
        )
    # In random order several runs on one folder rarely meet, and slow corners are shared out.
    random.SystemRandom().shuffle(pending)
    tasks = tasks_of(function, pending, where)

    def count(line: ProgressLine) -> None:
        wall = time.perf_counter() - started
        total = report.total - report.skipped
        counted = Count(total, report.before, report.done, len(report.failures), wall)
        if progress is True:
            line.show(counted, last=not counted.remaining)
        elif progress:
            progress(counted)

    with ProgressLine() as line:
        count(line)
        found = outcomes(tasks, executor, workers=workers, chunk=chunk, retries=retries)
        with closing(found):  # whatever ends this loop ends the processes at once
            for task, outcome in found:
                _note(where, task, outcome, report)
                count(line)
    report.wall_s = time.perf_counter() - started
    return report


def tasks_of(function: Callable[[Any], Any], points: Sequence[Point], where: Folder) -> list[Task]:
    """Return what workers need to know of some points."""
    plan, path = where.plan(), str(where.path.absolute())
    return [
        Task(point.key, function, point.config, point.seed, path, plan["digest"], plan["keep"])
        for point in points
    ]


def _pending(
    where: Folder, points: Sequence[Point], report: Report, code: str, *, full: bool, again: bool
) -> tuple[list[Point], int]:
    """Return the points to be run, and how many of those that are done other code has computed."""
    failed = set() if again else where.failed_keys()
    result, n_other = [], 0
    for point in points:
        try:
            record = where.read(point.key, arrays=True, full=full)
            if record is not None:
                report.before += 1
                n_other += record.get("code", code) != code  # version 0.1 did not say
                continue
        except ValueError as error:
            report.aside.append(f"{where.points(point.key).name}: {error}")
            where.set_aside(point.key, full=full)
        if point.key in failed:
            report.skipped += 1
        else:
            result.append(point)
    return result, n_other


def _note(where: Folder, task: Task, outcome: Outcome, report: Report) -> None:
    where.write(outcome.files)
    report.warnings += [text for text in outcome.warnings if text not in report.warnings]
    report.compute_s += outcome.wall_s
    if not outcome.error:
        report.done += 1
        where.failed(task.key).unlink(missing_ok=True)
        return
    failure = read_failure(where, task.key)
    if failure["error"] != outcome.error:  # the worker had no time to say so itself
        config = finite(plain(keys.fields_of(task.config)))
        failure = {"config": config, "seed": task.seed, "error": outcome.error, "traceback": ""}
        if not outcome.lost:
            where.write(failure_file(task.key, failure))
    report.failures.append({**failure, "key": task.key})
