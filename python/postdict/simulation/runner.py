"""Running a core slice by slice."""

from __future__ import annotations

import time as _clock
from collections.abc import Callable
from typing import TypeAlias

from .. import _checks, _core
from .._progress import ProgressLine
from .recordings import Recordings
from .worlds import WorldsInLoop

ProgressCallback: TypeAlias = Callable[[float, float, float, int], None]
"""Called as (t_ms, t_stop_ms, wall_s, n_events) now and then while a simulation runs."""

_SLICE = 10_000  # instants between two looks at signals and progress; changes no result


def run(
    core: _core.Simulation,
    recordings: Recordings,
    worlds: WorldsInLoop,
    end: float,
    progress: bool | ProgressCallback,
) -> None:
    """Run the events before `end` (ms), in the caller's turn."""
    if end < core.time:
        present = _checks.shown(core.time)
        raise ValueError(
            f"t must not be before the present, {present} ms, got {_checks.shown(end)} ms"
        )
    if progress is True:
        with ProgressLine() as line:
            _run(core, recordings, worlds, end, line)
    else:
        _run(core, recordings, worlds, end, progress or None)


def _run(
    core: _core.Simulation,
    recordings: Recordings,
    worlds: WorldsInLoop,
    end: float,
    report: ProgressCallback | None,
) -> None:
    started = _clock.perf_counter()
    n_before = core.n_synaptic_events
    worlds.start(core)
    done = False
    while not done:
        # Python handles signals between two slices, so that Ctrl-C lands between two instants.
        done = recordings.advance(end, _SLICE)
        if report is not None:
            wall = _clock.perf_counter() - started
            report(core.time, end, wall, core.n_synaptic_events - n_before)
        worlds.look(core)
    recordings.look()
