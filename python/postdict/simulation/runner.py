"""Running a core slice by slice, by one caller at a time."""

from __future__ import annotations

import threading
import time as _clock
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TypeAlias

from .. import _core
from .._progress import ProgressLine
from .recordings import Recordings
from .worlds import WorldsInLoop

ProgressCallback: TypeAlias = Callable[[float, float, float, int], None]
"""Called as (t_ms, t_stop_ms, wall_s, n_events) now and then while a simulation runs."""

_SLICE = 10_000  # instants between two looks at signals and progress; changes no result


class Runner:
    """Who runs a simulation, or changes what no run may see change."""

    def __init__(self) -> None:
        self._turn = threading.Lock()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Refuse while it runs, and let nobody run it meanwhile."""
        if not self._turn.acquire(blocking=False):
            raise RuntimeError("this Simulation is running already")
        try:
            yield
        finally:
            self._turn.release()

    def run(
        self,
        core: _core.Simulation,
        recordings: Recordings,
        worlds: WorldsInLoop,
        end: float,
        progress: bool | ProgressCallback,
    ) -> None:
        """Run the events before `end` (ms)."""
        with ExitStack() as stack:
            report: ProgressCallback | None
            if isinstance(progress, bool):
                report = stack.enter_context(ProgressLine()) if progress else None
            else:
                report = progress
            stack.enter_context(self.paused())
            started = _clock.perf_counter()
            n_before = core.n_synaptic_events
            worlds.start(core)
            done = False
            while not done:
                # Python handles signals between two slices, so that Ctrl-C lands between instants.
                done = recordings.advance(end, _SLICE)
                if report is not None:
                    wall = _clock.perf_counter() - started
                    report(core.time, end, wall, core.n_synaptic_events - n_before)
                worlds.look(core)
