"""Spikes as a table of text."""

from __future__ import annotations

import csv
import io
import os
from typing import TYPE_CHECKING

import numpy as np

from .. import _files

if TYPE_CHECKING:
    from .recording import Recording


def write(recording: Recording, path: str | os.PathLike[str]) -> None:
    """Write all spikes, sorted by time, then population in their order, then neuron."""
    names = list(recording.spikes)
    trains = list(recording.spikes.values())
    times = np.concatenate([np.empty(0), *(one.times for one in trains)])
    ids = np.concatenate([np.empty(0, np.int64), *(one.ids for one in trains)])
    which = np.repeat(np.arange(len(trains)), [len(one.times) for one in trains])
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("time_ms", "population", "id"))
    for k in np.lexsort((ids, which, times)):
        writer.writerow((repr(float(times[k])), names[which[k]], int(ids[k])))
    _files.write_bytes(path, text.getvalue().encode())
