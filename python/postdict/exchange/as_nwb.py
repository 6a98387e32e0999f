"""Neurodata Without Borders: times in seconds, potentials and weights in volts by a factor."""

from __future__ import annotations

import datetime as dt
import os
import secrets
from collections.abc import Mapping
from typing import Any

from .. import _files, _optional
from ._names import unique_names
from .values import Samples, Train


def write(
    path: str | os.PathLike[str],
    window: tuple[float, float],
    spikes: Mapping[str, Train],
    samples: Mapping[str, Samples],
    about: str,
    *,
    session_start_time: dt.datetime | None,
    description: str,
) -> None:
    """Write what was recorded in a window (ms)."""
    pynwb = _optional.module("pynwb", what="NWB files", extra="nwb")
    h5py = _optional.module("h5py", what="NWB files", extra="nwb")
    start = session_start_time or dt.datetime.now(dt.UTC)
    if not isinstance(start, dt.datetime):
        raise TypeError(f"session_start_time must be a datetime with a time zone, got {start!r}")
    if start.tzinfo is None:
        raise ValueError(f"session_start_time must have a time zone, got {start}")
    nwb = pynwb.NWBFile(
        session_description=description,
        identifier=secrets.token_hex(16),
        session_start_time=start,
        notes=about,
    )
    if spikes:
        nwb.add_unit_column("population", "name of the neuron's population")
        nwb.add_unit_column("neuron", "index of the neuron in its population")
    seconds = [[1e-3 * window[0], 1e-3 * window[1]]]
    for name, train in spikes.items():
        for k, times in enumerate(train.by_neuron()):
            nwb.add_unit(spike_times=1e-3 * times, obs_intervals=seconds, population=name, neuron=k)
    names = unique_names([name.replace("/", "_") for name in samples])
    for name, sampled in zip(names, samples.values(), strict=True):
        nwb.add_acquisition(_series(pynwb, name, sampled))
    with (
        _files.whole_file(path) as temporary,
        h5py.File(temporary, "w") as file,  # by name, pynwb would warn of the temporary one
        pynwb.NWBHDF5IO(file=file, mode="w") as io,
    ):
        io.write(nwb)


def _series(pynwb: Any, name: str, samples: Samples) -> Any:
    in_volts = samples.unit == "mV"
    timing = (
        {"timestamps": 1e-3 * samples.times}
        if samples.interval is None
        else {"starting_time": 1e-3 * samples.times[0], "rate": 1e3 / samples.interval}
    )
    return pynwb.TimeSeries(
        name=name,
        data=samples.values,
        unit="volts" if in_volts else samples.unit,
        conversion=1e-3 if in_volts else 1.0,
        **timing,
    )
