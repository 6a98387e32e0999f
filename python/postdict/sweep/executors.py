"""Points handed to an executor: what comes back, what is tried again, what a dead worker held."""

from __future__ import annotations

import os
import queue
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import nullcontext
from typing import Any

from .workers import Outcome, Task, compute, local_pool

Chunk = list[Task]


class _Lost(Exception):
    """The pool broke while it held these points."""

    def __init__(self, tasks: Chunk) -> None:
        super().__init__(tasks)
        self.tasks = tasks


class Hand:
    """Points under way in one executor.

    Parameters
    ----------
    executor : Executor or anything with `submit`
        Its futures need `done` and `result`; those of submitit are polled.
    window : int, optional
        How many chunks may be under way; all by default. With a window, a pool that breaks raises.
    """

    def __init__(self, executor: Any, window: int | None = None) -> None:
        self._executor = executor
        self._window = window
        self._under_way: dict[Any, Chunk] = {}
        self._finished: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def results(self, chunks: deque[Chunk]) -> Iterator[tuple[Task, Outcome]]:
        """Give what became of each point; chunks may be appended meanwhile."""
        try:
            while chunks or self._under_way:
                self._fill(chunks)
                future = self._next()
                chunk = self._under_way[future]
                try:
                    outcomes = future.result()
                except Exception as error:  # what the executor made of a worker that died
                    if self._window and isinstance(error, BrokenProcessPool):
                        raise
                    text = f"{type(error).__name__}: {error}".rstrip(": ")
                    lost = isinstance(error, (CancelledError, OSError))  # cluster or job gone
                    outcomes = [Outcome(task.key, error=text, lost=lost) for task in chunk]
                del self._under_way[future]
                yield from zip(chunk, outcomes, strict=True)
        except BrokenProcessPool:
            raise _Lost([task for chunk in self._under_way.values() for task in chunk]) from None
        finally:
            for future in self._under_way:
                future.cancel()

    def _fill(self, chunks: deque[Chunk]) -> None:
        batch = getattr(self._executor, "batch", None)  # submitit: one job array
        with batch() if batch is not None and len(chunks) > 1 else nullcontext():
            while chunks and (self._window is None or len(self._under_way) < self._window):
                future = self._executor.submit(compute, chunks[0])
                self._under_way[future] = chunks.popleft()
                if isinstance(future, Future):
                    future.add_done_callback(self._finished.put)

    def _next(self) -> Any:
        pause = 0.02
        while True:
            try:
                return self._finished.get(timeout=pause)
            except queue.Empty:
                pass
            for future in self._under_way:
                if not isinstance(future, Future) and future.done():
                    return future
            pause = min(2 * pause, 1.0)


def local_results(chunks: deque[Chunk], workers: int) -> Iterator[tuple[Task, Outcome]]:
    """Give what became of each point in processes of this machine.

    A process that is killed breaks its pool. The points that the pool held are then run one by one,
    so that the one that kills its process is found and the others lose nothing.
    """
    while chunks:
        n = min(workers, len(chunks))
        suspects: Chunk = []
        with local_pool(n) as pool:
            try:
                yield from Hand(pool, 2 * n).results(chunks)
            except _Lost as lost:
                suspects = lost.tasks
        while suspects:
            with local_pool(1) as pool:
                _prove(pool)
                yield from _alone(pool, suspects)


def _prove(pool: ProcessPoolExecutor) -> None:
    """Raise RuntimeError where processes cannot even start."""
    try:
        pool.submit(os.getpid).result()
    except BrokenProcessPool:
        raise RuntimeError(
            "worker processes end as they start: a script that runs a sweep needs "
            "`if __name__ == '__main__':` around it, because they import it"
        ) from None


def _alone(pool: ProcessPoolExecutor, suspects: Chunk) -> Iterator[tuple[Task, Outcome]]:
    while suspects:
        task = suspects.pop(0)
        try:
            (outcome,) = pool.submit(compute, [task]).result()
        except BrokenProcessPool:
            yield task, Outcome(task.key, error="the worker process died: killed, or out of memory")
            return
        yield task, outcome


def outcomes(
    tasks: Sequence[Task],
    executor: Executor | Any,
    *,
    workers: int,
    chunk: int,
    retries: int,
) -> Generator[tuple[Task, Outcome], None, None]:
    """Give what became of each point, failed ones after `retries` further attempts."""
    chunks = deque([list(tasks[k : k + chunk]) for k in range(0, len(tasks), chunk)])
    attempts = Counter[str]()
    if executor is None:
        results = local_results(chunks, workers)
    else:
        # A dask Client has futures of its own; its executor has those of the standard library.
        as_executor: Callable[[], Any] | None = getattr(executor, "get_executor", None)
        results = Hand(as_executor() if as_executor else executor).results(chunks)
    for task, outcome in results:
        attempts[task.key] += 1
        if outcome.error and attempts[task.key] <= retries:
            chunks.append([task])
        else:
            yield task, outcome
