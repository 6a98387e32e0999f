"""Neurodata Without Borders: times in seconds, potentials and weights in volts by a factor."""

from __future__ import annotations

import datetime as dt
import os
import secrets
from typing import TYPE_CHECKING, Any

from .. import _files
from ._extras import module
from ._names import unique_names

if TYPE_CHECKING:
    from .recording import Recording, Samples


def write(
    recording: Recording,
    path: str | os.PathLike[str],
    session_start_time: dt.datetime | None,
    description: str,
) -> None:
    """Write the file."""
    pynwb = module("pynwb", what="NWB files", extra="nwb")
    h5py = module("h5py", what="NWB files", extra="nwb")
    start = session_start_time or dt.datetime.now(dt.UTC)
    if not isinstance(start, dt.datetime):
        raise TypeError(f"session_start_time must be a datetime with a time zone, got {start!r}")
    if start.tzinfo is None:
        raise ValueError(f"session_start_time must have a time zone, got {start}")
    nwb = pynwb.NWBFile(
        session_description=description,
        identifier=secrets.token_hex(16),
        session_start_time=start,
        notes=recording.about_json(),
    )
    if recording.spikes:
        nwb.add_unit_column("population", "name of the neuron's population")
        nwb.add_unit_column("neuron", "index of the neuron in its population")
    window = [[1e-3 * recording.start, 1e-3 * recording.stop]]
    for name, train in recording.spikes.items():
        for k, times in enumerate(train.by_neuron()):
            nwb.add_unit(spike_times=1e-3 * times, obs_intervals=window, population=name, neuron=k)
    names = unique_names([name.replace("/", "_") for name in recording.samples])
    for name, samples in zip(names, recording.samples.values(), strict=True):
        nwb.add_acquisition(_series(pynwb, name, samples))
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
