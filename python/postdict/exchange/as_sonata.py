"""SONATA spike files: /spikes/<population>/timestamps and node_ids, sorted by time."""

from __future__ import annotations

import os
from collections.abc import Mapping

import numpy as np

from .. import _files, _optional
from .values import Train

_MAGIC, _VERSION = 0x0A7A, (0, 1)
_SORTING = {"none": 0, "by_id": 1, "by_time": 2}


def write(path: str | os.PathLike[str], spikes: Mapping[str, Train]) -> None:
    """Write the file."""
    h5py = _optional.module("h5py", what="SONATA files", extra="hdf5")
    for name in spikes:
        if "/" in name or "\0" in name or name == ".":
            raise ValueError(f"a population in a SONATA file must not be called {name!r}")
    with _files.whole_file(path) as temporary, h5py.File(temporary, "w") as file:
        file.attrs["magic"] = np.uint32(_MAGIC)
        file.attrs["version"] = np.array(_VERSION, np.uint32)
        file.create_group("spikes")  # which readers expect, also where no population is
        for name, train in spikes.items():
            group = file.create_group(f"spikes/{name}")
            sorting = h5py.enum_dtype(_SORTING, basetype=np.uint8)
            group.attrs.create("sorting", _SORTING["by_time"], dtype=sorting)
            times = group.create_dataset("timestamps", data=train.times)
            times.attrs["units"] = "ms"
            group.create_dataset("node_ids", data=train.ids.astype(np.uint64))
