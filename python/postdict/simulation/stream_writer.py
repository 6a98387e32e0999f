"""Recordings that go to an HDF5 file while a simulation runs, so that memory stays bounded.

The file is written for concurrent readers (SWMR), so that it can be opened at any moment, also when
the process was killed; `stream_reader` tells its layout and reads it. Data are written, then how
many rows are whole, then the time; only then are they dropped from memory. A failure at any point
leaves them in one place at least, and a second attempt overwrites what the first one left.
"""

from __future__ import annotations

import time as _clock
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from .. import _checks, _core
from ..network import recording
from ..network.registry import Registry
from .stream_layout import SLACK, added_bytes, append, created, laid_out, set_aside, trim
from .stream_reader import Moved


def full_at(registry: Registry, emptied: float) -> int:
    """Return until when (ps) samples fit into `max_bytes` that was empty at a time (ms)."""
    times = [
        emptied + (recording.most_samples(r, registry.recorded_synapses(r.target)) - 1) * r.every
        for r in registry.recorders
        if r.every is not None
    ]
    until = min([*times, _checks.LATEST])
    return max(_core.picoseconds(until), _core.picoseconds(emptied) + 1)


class Stream:
    """A file that takes what a simulation records; `Simulation.stream` makes it.

    Attributes
    ----------
    path : Path
    time : float
        ms; what was recorded before it is in the file.
    """

    def __init__(
        self,
        path: Path,
        flush_every: float,
        registry: Registry,
        core: _core.Simulation,
        moved: Callable[[Moved], None],
    ) -> None:
        self.path = path
        self.time = 0.0
        self._flush_every = flush_every
        self._registry = registry
        self._core = core
        self._moved = moved
        self._full = False  # the disk was, at the last attempt
        self._failed = False
        self._pending: tuple[float, list[int]] | None = None  # written, and not yet dropped
        self._flushed_at = _clock.monotonic()
        self._file = created(path)
        self._size = SLACK
        try:
            self._parts = laid_out(self._file, registry, core)
            self._rows = [0] * len(self._parts)
            self._file.swmr_mode = True
        except BaseException:
            with suppress(OSError, RuntimeError):
                self._file.close()
            path.unlink()
            raise

    def __repr__(self) -> str:
        return f"Stream({str(self.path)!r}: {_checks.shown(self.time)} ms)"

    def advance(self, end: int, most_instants: int) -> bool:
        """Run on towards `end` (ps), and return whether it is reached and all is in the file."""
        self._drop()
        if self._failed:
            raise OSError(f"{self.path}: writing failed before; end this stream and start another")
        if self._full:
            self.flush()
        stop = min(end, full_at(self._registry, self.time))
        try:
            done = self._core.run_until(stop, most_instants)
        except _core.LimitError as error:
            # Of the bounds only this one is one on what a file can take.
            if not str(error).startswith("max_recorded_spikes") or not self.flush():
                raise
            return False
        if done or _clock.monotonic() - self._flushed_at >= self._flush_every:
            self.flush()
        return done and stop == end

    def flush(self) -> int:
        """Move what is in memory to the file; return how many rows (spikes and samples) it was."""
        self._drop()
        time, rows = self._core.time, list(self._rows)
        arrays = [part.read() for part in self._parts]
        self._reserve([len(times) for times, _ in arrays])
        try:
            for k, part in enumerate(self._parts):
                append(part.datasets, rows[k], arrays[k])
                rows[k] += len(arrays[k][0])
            for name, value in (("rows", rows), ("time", time)):
                self._file[name][...] = value
                self._file[name].flush()
        except (OSError, RuntimeError) as error:
            self._failed = True
            raise OSError(
                f"{self.path}: writing failed, what is not in it is still in memory ({error})"
            ) from error
        n = sum(rows) - sum(self._rows)
        self._pending = time, rows
        self._drop()
        self._flushed_at = _clock.monotonic()
        return n

    def close(self) -> None:
        """Move the rest, and close the file; a file that failed is left as it was last whole."""
        try:
            if not self._failed:
                self.flush()
        finally:
            try:
                self._file.close()
            except (OSError, RuntimeError):
                if not self._failed:
                    raise
            else:
                trim(self.path)

    def _reserve(self, n_more: list[int]) -> None:
        """Have the disk set aside what is about to be written.

        HDF5 does not survive a full disk: it must not meet one.
        """
        n_bytes = sum(
            added_bytes(dataset, n_before, n)
            for part, n_before, n in zip(self._parts, self._rows, n_more, strict=True)
            for dataset in part.datasets
        )
        self._full = True
        try:
            set_aside(self.path, self._size + n_bytes + SLACK)
        except OSError as error:
            raise OSError(
                error.errno, f"{error.strerror}; what is not in the file is in memory", self.path
            ) from None
        self._full = False
        self._size += n_bytes

    def _drop(self) -> None:
        """Drop from memory what is in the file.

        An interruption may fall anywhere in here: nothing runs before this was called again.
        """
        if self._pending is None:
            return
        for part in self._parts:
            part.drop()
        self.time, self._rows = self._pending
        self._moved(Moved(str(self.path), self.time))
        self._pending = None
