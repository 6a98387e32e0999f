"""An `xarray.Dataset`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._extras import module

if TYPE_CHECKING:
    from .recording import Recording


def dataset(recording: Recording) -> Any:
    """Return the data set."""
    xarray = module("xarray", what="labelled arrays", extra="xarray")
    ms = {"units": "ms"}
    variables: dict[str, Any] = {}
    coordinates: dict[str, Any] = {}
    for name, train in recording.spikes.items():
        along = (f"{name}_spike",)
        variables[f"{name}_times"] = (along, train.times, ms)
        variables[f"{name}_ids"] = (along, train.ids, {"size": train.size})
    for name, samples in recording.samples.items():
        time = f"{name}_time"
        coordinates[time] = ((time,), samples.times, ms)
        dimensions = (time, *_dimensions(name, samples.values.ndim)[1:])
        variables[name] = (dimensions, samples.values, {"units": samples.unit})
    for name, array in recording.arrays.items():
        if name not in variables:
            variables[name] = (_dimensions(name, array.ndim), array)
    limits = {"start_ms": recording.start, "stop_ms": recording.stop}
    return xarray.Dataset(variables, coordinates, {**limits, "about": recording.about_json()})


def _dimensions(name: str, n: int) -> tuple[str, ...]:
    return tuple(f"{name}_{k}" for k in range(n))
