"""What a sweep will take, measured on some of its points before it starts."""

from __future__ import annotations

import os
import time
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field

from .. import _checks
from .folder import Folder
from .progress import duration
from .run import tasks_of
from .sweep import Sweep
from .workers import compute, cpus, local_pool


@_checks.brief
@dataclass(frozen=True)
class Estimate:
    """What a sweep will take.

    Attributes
    ----------
    remaining : int
        Points to be run.
    walls : list of float
        Seconds that some took.
    stopped_s : float
        One took longer than this and was stopped; 0 if none was.
    errors : list of str
        Of those that failed.

    Examples
    --------
    >>> from postdict.sweep import Estimate
    >>> Estimate(remaining=20, walls=[30.0, 90.0]).text(workers=2)
    '20 points to be run, about 60 s each (2 measured): about 20.0 min on one core, 10.0 min on 2'
    """

    remaining: int
    walls: list[float]
    stopped_s: float = 0.0
    errors: list[str] = field(default_factory=list)

    def text(self, workers: int) -> str:
        """Return the estimate as one line."""
        times = [*self.walls, *([self.stopped_s] if self.stopped_s else [])]
        if not self.remaining:
            return "nothing to be run"
        if not times:
            return f"{self.remaining} points to be run, none measured"
        each = sum(times) / len(times)
        about = "more than" if self.stopped_s else "about"
        on = f", {duration(self.remaining * each / workers)} on {workers}" if workers > 1 else ""
        return (
            f"{self.remaining} points to be run, {about} {duration(each)} each "
            f"({len(times)} measured): {about} {duration(self.remaining * each)} on one core{on}"
        )


def estimate(sweep: Sweep, folder: str | os.PathLike[str], *, limit_s: float = 10.0) -> Estimate:
    """Return what the rest of a sweep will take, from the points that are done.

    Where none is, the first, the last and the middle one are run, for `limit_s` seconds in all;
    those that end are done. 0 measures nothing.

    Raises
    ------
    SweepError
        The folder is another sweep's.

    Examples
    --------
    >>> from postdict import Sweep
    >>> def area(config):
    ...     return {"area": config["a"] * config["b"]}
    ...
    >>> sweep = Sweep.grid(area, {"a": 1, "b": 2, "seed": 0}, {"a": [1, 2, 3]}, seeds=2)
    >>> from postdict.sweep import estimate
    >>> estimate(sweep, "estimated", limit_s=0.0).text(workers=2)
    '6 points to be run, none measured'
    """
    where = Folder.of(folder)
    where.claim(sweep.plan())
    done = where.done_keys()
    pending = [point for point in sweep.points if point.key not in done]
    walls: list[float] = []
    for key in [point.key for point in sweep.points if point.key in done][:100]:
        try:
            record = where.read(key)
        except ValueError:
            continue
        walls += [record["wall_s"]] if record is not None else []
    if walls or not pending or limit_s <= 0:
        return Estimate(len(pending), walls)
    some = (pending[0], pending[-1], pending[len(pending) // 2])
    chosen = {point.key: point for point in some}
    errors: list[str] = []
    stopped_s, end = 0.0, 0.0
    try:
        with local_pool(1) as pool:
            pool.submit(cpus).result()  # what starts a process is not the point's
            end = time.monotonic() + limit_s
            for task in tasks_of(sweep.function, list(chosen.values()), where):
                stopped_s = max(end - time.monotonic(), 1e-3)
                (outcome,) = pool.submit(compute, [task]).result(timeout=stopped_s)
                if outcome.error:
                    errors.append(outcome.error)
                    where.failed(task.key).unlink(missing_ok=True)  # nothing was run yet
                else:
                    walls.append(outcome.wall_s)
            stopped_s = 0.0
    except TimeoutError:
        pass
    except BrokenProcessPool:
        stopped_s = 0.0
        errors.append("the worker process died: killed, or out of memory")
    return Estimate(len(pending) - len(walls), walls, stopped_s, errors)
