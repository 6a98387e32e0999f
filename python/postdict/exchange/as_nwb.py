"""Neurodata Without Borders: times in seconds, potentials and weights in volts by a factor."""

from __future__ import annotations

import datetime as dt
import os
import secrets
from typing import TYPE_CHECKING, Any

from .. import storage
from ._extras import module

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
    start = session_start_time or dt.datetime.now(dt.UTC)
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
    for name, samples in recording.samples.items():
        nwb.add_acquisition(_series(pynwb, name, samples))
    with storage.whole_file(path) as temporary, pynwb.NWBHDF5IO(str(temporary), "w") as io:
        io.write(nwb)


def _series(pynwb: Any, name: str, samples: Samples) -> Any:
    in_volts = samples.unit == "mV"
    timing = (
        {"timestamps": 1e-3 * samples.times}
        if samples.interval is None
        else {"starting_time": 1e-3 * samples.times[0], "rate": 1e3 / samples.interval}
    )
    return pynwb.TimeSeries(
        name=name.replace("/", "_"),
        data=samples.values,
        unit="volts" if in_volts else samples.unit,
        conversion=1e-3 if in_volts else 1.0,
        **timing,
    )
