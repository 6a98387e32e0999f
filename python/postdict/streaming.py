"""Recordings that go to an HDF5 file while a simulation runs, so that memory stays bounded.

The file is written for concurrent readers (SWMR), so that it can be opened at any moment, also when
the process was killed; `streamed` tells its layout and reads it. Data are written, then how many
rows are whole, then the time; only then are they dropped from memory. A failure at any point leaves
them in one place at least, and a second attempt overwrites what the first one left.
"""

from __future__ import annotations

import json
import os
import time as _clock
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _core, checkpoint, recording
from .network import Network
from .parts import Projection, Recorder
from .streamed import FORMAT, VERSION, escaped, hdf5, superblock

_ROWS = 2**13  # in a chunk of the file at most
_CHUNK = 2**15  # numbers in a chunk at most, 256 kB
_SLACK = 2**20  # bytes, for what HDF5 writes besides the numbers
_PER_CHUNK = 64  # bytes, likewise

_Arrays = tuple[NDArray[np.float64], NDArray[Any]]


@dataclass(frozen=True)
class Moved:
    """What a simulation recorded before a time (ms) is in a file, and no longer in memory."""

    path: str
    before: float

    def check_start(self, start: float | None) -> None:
        """Refuse to read what is no longer in memory."""
        if start is None or start < self.before:
            raise RuntimeError(
                f"what was recorded before t = {self.before!r} ms is in {self.path!r}: read it by "
                f"postdict.read_stream, or what came later by start={self.before!r}"
            )


def full_at(network: Network, emptied: float) -> float:
    """Return the time (ms) up to which samples fit into `max_bytes` that was empty at a time."""
    times = [
        emptied + (recording.most_samples(r, network.recorded_synapses(r.target)) - 1) * r.every
        for r in network.recorders
        if r.every is not None
    ]
    return float(max(min(times, default=np.inf), np.nextafter(emptied, np.inf)))


@dataclass(frozen=True)
class _Part:
    """A population or recorder: its datasets, and how to read and to drop what is in memory."""

    datasets: tuple[Any, Any]
    read: Callable[[], _Arrays]
    drop: Callable[[], object]


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
        network: Network,
        core: _core.Simulation,
        moved: Callable[[Moved], None],
    ) -> None:
        self.path = path
        self.time = 0.0
        self._flush_every = flush_every
        self._network = network
        self._core = core
        self._moved = moved
        self._full = False  # the disk was, at the last attempt
        self._failed = False
        self._pending: tuple[float, list[int]] | None = None  # written, and not yet dropped
        self._flushed_at = _clock.monotonic()
        self._file = _created(path)
        self._size = _SLACK
        try:
            self._parts = _laid_out(self._file, network, core)
            self._rows = [0] * len(self._parts)
            self._file.swmr_mode = True
        except BaseException:
            with suppress(OSError, RuntimeError):
                self._file.close()
            path.unlink()
            raise

    def __repr__(self) -> str:
        return f"Stream({str(self.path)!r}: {self.time:g} ms)"

    def advance(self, end: float, most_instants: int) -> bool:
        """Run on towards `end` (ms), and return whether it is reached and all is in the file."""
        self._drop()
        if self._failed:
            raise OSError(f"{self.path}: writing failed before; end this stream and start another")
        if self._full:
            self.flush()
        stop = min(end, full_at(self._network, self.time))
        try:
            done = self._core.run_until(stop, most_instants)
        except _core.LimitError:
            if not self.flush():
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
                _append(part.datasets, rows[k], arrays[k])
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
                _trim(self.path)

    def _reserve(self, n_more: list[int]) -> None:
        """Have the disk set aside what is about to be written.

        HDF5 does not survive a full disk: it must not meet one.
        """
        n_bytes = 0
        for part, n_before, n in zip(self._parts, self._rows, n_more, strict=True):
            for dataset in part.datasets:
                n_bytes += _new_chunks(dataset, n_before, n) * (
                    prod(dataset.chunks) * dataset.dtype.itemsize + _PER_CHUNK
                )
        self._full = True
        try:
            _set_aside(self.path, self._size + n_bytes + _SLACK)
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


def _created(path: Path) -> Any:
    h5py = hdf5()
    try:
        path.touch(exist_ok=False)
    except FileExistsError:
        raise FileExistsError(f"{path} exists already: stream to a new file") from None
    try:
        _set_aside(path, 2 * _SLACK)
        # The oldest format that knows SWMR, which every HDF5 since 1.10 reads.
        file = h5py.File(path, "w", libver=("v110", "v110"))
        _set_aside(path, 2 * _SLACK)
    except BaseException:
        path.unlink()
        raise
    return file


def _set_aside(path: Path, n_bytes: int) -> None:
    """Give a file blocks on the disk, where the system can; its contents stay."""
    if not hasattr(os, "posix_fallocate"):
        return
    with path.open("r+b") as file:
        os.posix_fallocate(file.fileno(), 0, n_bytes)


def _trim(path: Path) -> None:
    """Give back what was set aside and not needed, of a file that is closed."""
    found = superblock(path)
    if found is not None and not found[0] and found[1] < path.stat().st_size:
        os.truncate(path, found[1])


def _new_chunks(dataset: Any, n_before: int, n: int) -> int:
    """Return how many chunks a dataset gets by `n` more rows."""
    n_rows = int(dataset.chunks[0])
    tiles = (-(-a // b) for a, b in zip(dataset.shape[1:], dataset.chunks[1:], strict=True))
    return int(prod(tiles)) * (-(-(n_before + n) // n_rows) - -(-n_before // n_rows))


def _laid_out(file: Any, network: Network, core: _core.Simulation) -> list[_Part]:
    """Create all that the file will have: nothing can be added once it has readers."""
    from . import __version__

    file.attrs["format"] = FORMAT
    file.attrs["version"] = VERSION
    file.attrs["postdict_version"] = __version__
    file.attrs["seed"] = np.uint64(network.seed)
    file.attrs["network"] = json.dumps(checkpoint.describe(network)[0])
    parts = []
    spikes = file.create_group("spikes")
    for k, population in enumerate(network.populations):
        group = spikes.create_group(escaped(population.name))
        group.attrs["size"] = population.size
        datasets = _times(group), _growing(group, "ids", np.int32)
        read = partial(core.spikes, k, -np.inf, np.inf)
        parts.append(_Part(datasets, read, partial(core.take_spikes, k)))
    samples = file.create_group("samples")
    for recorder in network.recorders:
        synapses = network.recorded_synapses(recorder.target)
        shape = recording.sample_shape(recorder, synapses)
        group = samples.create_group(str(recorder.index))
        datasets = _times(group), _growing(group, "values", np.float64, shape)
        _describe(datasets[1], recorder, shape)
        read = partial(_samples, core, network, recorder)
        parts.append(_Part(datasets, read, partial(core.take_samples, recorder.index)))
    file["rows"] = np.zeros(len(parts), np.int64)
    file["time"] = 0.0
    file["time"].attrs["units"] = "ms"
    return parts


def _samples(core: _core.Simulation, network: Network, recorder: Recorder) -> _Arrays:
    times, values = core.recorded(recorder.index)
    return times, recording.in_form(recorder, network.recorded_synapses(recorder.target), values)


def _describe(values: Any, recorder: Recorder, shape: tuple[int, ...]) -> None:
    target = recorder.target
    of = f"{target.pre}→{target.post}" if isinstance(target, Projection) else target.name
    values.attrs["variable"] = recorder.variable
    values.attrs["target"] = of.replace("\0", "\\0")  # which HDF5 cannot hold
    values.attrs["units"] = "mV"
    values.attrs["sample_shape"] = np.asarray(shape, np.int64)


def _times(group: Any) -> Any:
    times = _growing(group, "times", np.float64)
    times.attrs["units"] = "ms"
    return times


def _growing(group: Any, name: str, dtype: type, shape: tuple[int, ...] = ()) -> Any:
    """Create an empty dataset of rows of a shape, in chunks."""
    chunk = list(shape)
    while prod(chunk) > _CHUNK:
        longest = int(np.argmax(chunk))
        chunk[longest] = (chunk[longest] + 1) // 2
    n_rows = max(1, min(_ROWS, _CHUNK // max(1, prod(chunk))))
    return group.create_dataset(
        name, (0, *shape), dtype, chunks=(n_rows, *chunk), maxshape=(None, *shape)
    )


def _append(datasets: tuple[Any, Any], n_before: int, arrays: _Arrays) -> None:
    n = len(arrays[0])
    if n:
        for dataset, values in zip(datasets, arrays, strict=True):
            dataset.resize(n_before + n, axis=0)
            dataset[n_before:] = values
            dataset.flush()
