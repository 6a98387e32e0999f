"""The file of a stream: made, given its space on the disk, laid out, and lengthened.

Written as `stream_reader` tells and reads it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import _core, _version
from .._types import Floats
from ..network import recording
from ..network.description import describe
from ..network.parts import Projection, Recorder
from ..network.registry import Registry
from .stream_reader import FORMAT, VERSION, escaped, hdf5, superblock

_ROWS = 2**13  # in a chunk of the file at most
_CHUNK = 2**15  # numbers in a chunk at most, 256 kB
SLACK = 2**20  # bytes, for what HDF5 writes besides the numbers
_PER_CHUNK = 64  # bytes, likewise

Rows = tuple[Floats, NDArray[Any]]
"""Times (ms), and one row each of ids or of values."""


@dataclass(frozen=True)
class Part:
    """A population or recorder: its datasets, and how to read and to drop what is in memory."""

    datasets: tuple[Any, Any]
    read: Callable[[], Rows]
    drop: Callable[[], object]


def created(path: Path) -> Any:
    """Return a new file, open, with space set aside; refuse to replace one."""
    h5py = hdf5()
    try:
        path.touch(exist_ok=False)
    except FileExistsError:
        raise FileExistsError(f"{path} exists already: stream to a new file") from None
    try:
        set_aside(path, 2 * SLACK)
        # The oldest format that knows SWMR, which every HDF5 since 1.10 reads.
        file = h5py.File(path, "w", libver=("v110", "v110"))
        set_aside(path, 2 * SLACK)
    except BaseException:
        path.unlink()
        raise
    return file


def set_aside(path: Path, n_bytes: int) -> None:
    """Give a file blocks on the disk, where the system can; its contents stay."""
    if not hasattr(os, "posix_fallocate"):
        return
    with path.open("r+b") as file:
        os.posix_fallocate(file.fileno(), 0, n_bytes)


def trim(path: Path) -> None:
    """Give back what was set aside and not needed, of a file that is closed."""
    found = superblock(path)
    if found is not None and not found[0] and found[1] < path.stat().st_size:
        os.truncate(path, found[1])


def added_bytes(dataset: Any, n_before: int, n: int) -> int:
    """Return by how much the file grows where a dataset gets `n` more rows, at most."""
    n_rows = int(dataset.chunks[0])
    tiles = (-(-a // b) for a, b in zip(dataset.shape[1:], dataset.chunks[1:], strict=True))
    n_chunks = int(prod(tiles)) * (-(-(n_before + n) // n_rows) - -(-n_before // n_rows))
    return n_chunks * (int(prod(dataset.chunks)) * int(dataset.dtype.itemsize) + _PER_CHUNK)


def laid_out(file: Any, registry: Registry, core: _core.Simulation) -> list[Part]:
    """Create all that the file will have: nothing can be added once it has readers."""
    file.attrs["format"] = FORMAT
    file.attrs["version"] = VERSION
    file.attrs["postdict_version"] = _version.version
    file.attrs["seed"] = np.uint64(registry.seed)
    file.attrs["network"] = json.dumps(describe(registry)[0])
    parts = []
    spikes = file.create_group("spikes")
    for k, population in enumerate(registry.populations):
        group = spikes.create_group(escaped(population.name))
        group.attrs["size"] = population.size
        datasets = _times(group), _growing(group, "ids", np.int32)
        read = partial(core.spikes, k, -np.inf, np.inf)
        parts.append(Part(datasets, read, partial(core.take_spikes, k)))
    samples = file.create_group("samples")
    for recorder in registry.recorders:
        synapses = registry.recorded_synapses(recorder.target)
        shape = recording.sample_shape(recorder, synapses)
        group = samples.create_group(str(recorder.index))
        datasets = _times(group), _growing(group, "values", np.float64, shape)
        _describe(datasets[1], recorder, shape)
        read = partial(_samples, core, registry, recorder)
        parts.append(Part(datasets, read, partial(core.take_samples, recorder.index)))
    file["rows"] = np.zeros(len(parts), np.int64)
    file["time"] = 0.0
    file["time"].attrs["units"] = "ms"
    return parts


def _samples(core: _core.Simulation, registry: Registry, recorder: Recorder) -> Rows:
    times, values = core.recorded(recorder.index)
    return times, recording.in_form(recorder, registry.recorded_synapses(recorder.target), values)


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


def append(datasets: tuple[Any, Any], n_before: int, arrays: Rows) -> None:
    """Write more rows behind those that a pair of datasets has."""
    n = len(arrays[0])
    if n:
        for dataset, values in zip(datasets, arrays, strict=True):
            dataset.resize(n_before + n, axis=0)
            dataset[n_before:] = values
            dataset.flush()
