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


def end_after(core: _core.Simulation, duration: float) -> int:
    """Return when (picoseconds) a run of a duration (ms) ends."""
    end = core.picoseconds + _core.picoseconds(duration)
    if end > _core.picoseconds(_checks.LATEST):
        latest, present = _checks.shown(_checks.LATEST), _checks.shown(core.time)
        raise ValueError(
            f"duration must end at {latest} ms (104 days) at the latest, "
            f"got {_checks.shown(duration)} ms from {present} ms on"
        )
    return end


def end_at(core: _core.Simulation, t: float) -> int:
    """Return when (picoseconds) a run until `t` (ms) ends."""
    if t < core.time:
        present = _checks.shown(core.time)
        raise ValueError(
            f"t must not be before the present, {present} ms, got {_checks.shown(t)} ms"
        )
    # Late in a run a number of ms is not one picosecond: the present, in ms, may be before it.
    return max(_core.picoseconds(t), core.picoseconds)


def run(
    core: _core.Simulation,
    recordings: Recordings,
    worlds: WorldsInLoop,
    end: int,
    progress: bool | ProgressCallback,
) -> None:
    """Run the events before `end` (picoseconds), in the caller's turn."""
    if progress is True:
        with ProgressLine() as line:
            _run(core, recordings, worlds, end, line)
    else:
        _run(core, recordings, worlds, end, progress or None)


def _run(
    core: _core.Simulation,
    recordings: Recordings,
    worlds: WorldsInLoop,
    end: int,
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
            report(core.time, end / 10**9, wall, core.n_synaptic_events - n_before)
        worlds.look(core)
    recordings.look()
