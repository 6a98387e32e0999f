"""An `xarray.Dataset`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from ._extras import module
from ._names import unique_names

if TYPE_CHECKING:
    from .recording import Recording

T = TypeVar("T")


def dataset(recording: Recording) -> Any:
    """Return the data set."""
    xarray = module("xarray", what="labelled arrays", extra="xarray")
    ms = {"units": "ms"}
    variables: dict[str, Any] = {}
    coordinates: dict[str, Any] = {}
    for name, train in _named(recording.spikes):
        along = (f"{name}_spike",)
        variables[f"{name}_times"] = (along, train.times, ms)
        variables[f"{name}_ids"] = (along, train.ids, {"size": train.size})
    for name, samples in _named(recording.samples):
        time = f"{name}_time"
        coordinates[time] = ((time,), samples.times, ms)
        dimensions = (time, *_dimensions(name, samples.values.ndim)[1:])
        variables[name] = (dimensions, samples.values, {"units": samples.unit})
    for name, array in _named(recording.arrays):
        if name not in variables:
            variables[name] = (_dimensions(name, array.ndim), array)
    limits = {"start_ms": recording.start, "stop_ms": recording.stop}
    return xarray.Dataset(variables, coordinates, {**limits, "about": recording.about_json()})


def _named(values: Mapping[str, T]) -> Iterator[tuple[str, T]]:
    """Give values with names that netCDF can hold, whose groups have slashes."""
    names = unique_names([name.replace("/", "|") for name in values])
    return zip(names, values.values(), strict=True)


def _dimensions(name: str, n: int) -> tuple[str, ...]:
    return tuple(f"{name}_{k}" for k in range(n))
