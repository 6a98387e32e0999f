"""What happens in a worker, and the processes of this machine."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from .. import _version
from ..lab.plain_values import finite, plain
from ..lab.results import Result
from . import folder as _folder
from . import keys

ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


@dataclass(frozen=True)
class Task:
    """One point on its way to a worker."""

    key: str
    function: Callable[[Any], Any]
    config: Any
    seed: int
    folder: str
    plan: str  # the digest of sweep.json
    keep: str


@dataclass
class Outcome:
    """What became of a point.

    `files` are those that the worker could not write because it does not see the folder. `lost`:
    the error is not the point's but the executor's, and the next run tries it again.
    """

    key: str
    wall_s: float = 0.0
    error: str = ""
    lost: bool = False
    warnings: list[str] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)


def compute(tasks: Sequence[Task]) -> list[Outcome]:
    """Run some points, write their files, and say what became of them; never raise."""
    return [_compute(task) for task in tasks]


def _compute(task: Task) -> Outcome:
    where = _folder.Folder.of(task.folder)
    try:
        seen = where.plan()["digest"] == task.plan
    except (OSError, ValueError):
        seen = False
    if seen and _is_done(where, task):
        return Outcome(task.key)  # another run has done it meanwhile
    started = time.perf_counter()
    outcome = Outcome(task.key)
    try:
        files = _files(task, outcome, started)
    except (Exception, SystemExit) as error:  # what a user's function raises is its point's alone
        outcome.error = f"{type(error).__name__}: {error}"
        failure = {
            "config": finite(plain(keys.fields_of(task.config))),
            "seed": task.seed,
            "error": outcome.error,
            "traceback": traceback.format_exc(),
        }
        files = _folder.failure_file(task.key, failure)
    if seen:
        try:
            where.write(files)
            if not outcome.error:
                where.failed(task.key).unlink(missing_ok=True)
        except OSError as error:
            outcome.error = outcome.error or f"{type(error).__name__}: {error}"
    else:
        outcome.files = files
    return outcome


def _is_done(where: _folder.Folder, task: Task) -> bool:
    try:
        return where.read(task.key, full=task.keep == "full") is not None
    except (OSError, ValueError):
        return False  # it is replaced as a whole


def _files(task: Task, outcome: Outcome, started: float) -> dict[str, bytes]:
    with _noted(outcome.warnings):
        result = task.function(task.config)
    outcome.wall_s = time.perf_counter() - started
    if not isinstance(result, Result):
        if not isinstance(result, Mapping):
            what = f"{keys.name_of(task.function)} must return a Result or a dict of numbers"
            raise TypeError(f"{what}, got {result!r}")
        result = Result(keys.name_of(task.function), keys.fields_of(task.config), {**result}, {})
    record = {
        "experiment": result.experiment,
        "config": finite(plain(result.config)),
        "seed": task.seed,
        "summary": finite(plain(dict(result.summary))),
        "engine": keys.engine(),
        "commit": _version.commit,
        "code": keys.code_of(task.function),
        "wall_s": round(outcome.wall_s, 4),
        "warnings": outcome.warnings,
    }
    return _folder.files_of(task.key, record, result if task.keep == "full" else None)


@contextmanager
def _noted(messages: list[str]) -> Iterator[None]:
    """Note warnings for the one who started the sweep; in threads they go where they always go."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default", UserWarning)
        yield
    messages += [str(w.message) for w in caught if issubclass(w.category, UserWarning)]


def cpus() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def local_pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Give a pool of spawned processes, each of one thread, none of which outlives it.

    numpy reads the number of threads once, when it is imported: the environment has to be set when
    the process starts.
    """
    others = set(multiprocessing.active_children())
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update({name: "1" for name in ONE_THREAD if before[name] is None})
    pool = ProcessPoolExecutor(
        workers, mp_context=multiprocessing.get_context("spawn"), initializer=_begin
    )
    try:
        yield pool
        pool.shutdown()
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
        # After an error or Ctrl-C nobody waits for what is still running.
        started = [child for child in multiprocessing.active_children() if child not in others]
        for process in started:
            process.terminate()
        pool.shutdown(wait=True, cancel_futures=True)


def _begin() -> None:
    """Leave Ctrl-C to the parent, and end when it ends, killed or not."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None
    threading.Thread(target=_follow, args=(parent.sentinel,), daemon=True).start()


def _follow(sentinel: int) -> None:
    multiprocessing.connection.wait([sentinel])
    os._exit(1)
