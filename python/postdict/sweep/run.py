"""Running a sweep: what is done is verified, what is not is run, and what failed is told."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from .. import _checks
from . import folder as _folder
from . import keys
from .executors import outcomes
from .folder import Folder, Record
from .progress import Count, CountLine
from .sweep import Point, Sweep
from .workers import Outcome, Task, cpus


@dataclass
class Report:
    """What a run did.

    Attributes
    ----------
    total, before, done : int
        Points of this shard; those done earlier; those done now.
    failures : list of dict
        ``key``, ``config``, ``seed``, ``error``, ``traceback`` of the points that failed now.
    skipped : int
        Points that failed in an earlier run and were not tried again.
    aside : list of str
        Files that did not verify, and why; their points were run again.
    warnings : list of str
        What points warned of, each once.
    wall_s, compute_s : float
        How long it took; the sum of the points' own times.
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


def run(
    sweep: Sweep,
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
    """Run the points that have no verified file yet.

    Parameters
    ----------
    sweep : Sweep
    folder : path
        New, or of this sweep, or of one whose points are all in this one.
    executor : optional
        Anything with `submit`: of `concurrent.futures`, `mpi4py.futures`, joblib's loky, a
        `dask.distributed.Client`, a `submitit.AutoExecutor`. By default processes of this machine,
        of one thread each. It is not shut down.
    workers : int, optional
        How many of those; by default one for each processor that may be used.
    shard : (i, n)
        Every n-th point from the i-th, for job arrays; i from 0.
    retries : int
        Further attempts at a point that fails.
    again : bool
        Try points that failed in an earlier run.
    chunk : int
        Points handed to a worker at a time: for many short ones, or one job for several.
    progress : bool or callable
        True: one line on a terminal or in a notebook. A callable is given each `Count`.

    Returns
    -------
    Report

    Raises
    ------
    SweepError
        The folder is another sweep's.
    """
    which, of = shard
    if not 0 <= which < of:
        raise ValueError(f"shard must be i/n with 0 <= i < n, counted from 0, got {which}/{of}")
    workers = cpus() if workers is None else _checks.integer("workers", workers, at_least=1)
    _checks.integer("chunk", chunk, at_least=1)
    _checks.integer("retries", retries)
    if executor is None and "<" in sweep.name:
        raise TypeError(
            f"other processes cannot import {sweep.name}: define it at the top of a module"
        )
    started = time.perf_counter()
    where = Folder.of(folder)
    where.claim(_folder.plan_of(sweep))
    points = sweep.points[which::of]
    report = Report(len(points))
    pending = _pending(sweep, where, points, report, again)
    # In random order several runs on one folder rarely meet, and slow corners are shared out.
    random.SystemRandom().shuffle(pending)
    tasks = tasks_of(sweep, where, pending)
    line = CountLine() if progress is True else None
    tell = line if line is not None else progress or None

    def count() -> None:
        if callable(tell):
            wall = time.perf_counter() - started
            total = report.total - report.skipped
            tell(Count(total, report.before, report.done, len(report.failures), wall))

    count()
    try:
        found = outcomes(tasks, executor, workers=workers, chunk=chunk, retries=retries)
        with closing(found):  # whatever ends this loop ends the processes at once
            for task, outcome in found:
                _note(where, task, outcome, report)
                count()
    finally:
        if line is not None:
            line.close()
    report.wall_s = time.perf_counter() - started
    return report


def tasks_of(sweep: Sweep, where: Folder, points: Sequence[Point]) -> list[Task]:
    """Return what workers need to know of some points."""
    plan, path = where.plan()["digest"], str(where.path.absolute())
    return [
        Task(one.key, sweep.function, one.config, one.seed, path, plan, sweep.keep)
        for one in points
    ]


def _pending(
    sweep: Sweep, where: Folder, points: Sequence[Point], report: Report, again: bool
) -> list[Point]:
    full = sweep.keep == "full"
    failed = set() if again else where.failed_keys()
    result = []
    for point in points:
        try:
            if where.read(point.key, arrays=True, full=full) is not None:
                report.before += 1
                continue
        except ValueError as error:
            report.aside.append(f"{where.points(point.key).name}: {error}")
            where.set_aside(point.key, full=full)
        if point.key in failed:
            report.skipped += 1
        else:
            result.append(point)
    return result


def _note(where: Folder, task: Task, outcome: Outcome, report: Report) -> None:
    where.write(outcome.files)
    report.warnings += [one for one in outcome.warnings if one not in report.warnings]
    report.compute_s += outcome.wall_s
    if not outcome.error:
        report.done += 1
        where.failed(task.key).unlink(missing_ok=True)
        return
    failure = _folder.read_failure(where, task.key)
    if failure["error"] != outcome.error:  # the worker had no time to say so itself
        config = keys.finite(keys.plain(keys.fields_of(task.config)))
        failure = {"config": config, "seed": task.seed, "error": outcome.error, "traceback": ""}
        if not outcome.lost:
            where.write(_folder.failure_file(task.key, failure))
    report.failures.append({**failure, "key": task.key})
