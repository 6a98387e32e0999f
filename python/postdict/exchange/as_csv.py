"""Spikes as a table of text."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping

import numpy as np

from .. import _files
from .values import Train


def write(path: str | os.PathLike[str], spikes: Mapping[str, Train]) -> None:
    """Write all spikes, sorted by time, then population in their order, then neuron."""
    names, trains = list(spikes), list(spikes.values())
    times = np.concatenate([np.empty(0), *(train.times for train in trains)])
    ids = np.concatenate([np.empty(0, np.int64), *(train.ids for train in trains)])
    which = np.repeat(np.arange(len(trains)), [len(train.times) for train in trains])
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("time_ms", "population", "id"))
    for k in np.lexsort((ids, which, times)):
        writer.writerow((repr(float(times[k])), names[which[k]], int(ids[k])))
    _files.write_bytes(path, text.getvalue().encode())
