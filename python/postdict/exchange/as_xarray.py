"""An `xarray.Dataset`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from numpy.typing import NDArray

from .. import _optional
from ._names import unique_names
from .values import Samples, Train

T = TypeVar("T")


def dataset(
    window: tuple[float, float],
    spikes: Mapping[str, Train],
    samples: Mapping[str, Samples],
    arrays: Mapping[str, NDArray[Any]],
    about: str,
) -> Any:
    """Return the data set of what was recorded in a window (ms)."""
    xarray = _optional.module("xarray", what="labelled arrays", extra="xarray")
    ms = {"units": "ms"}
    variables: dict[str, Any] = {}
    coordinates: dict[str, Any] = {}
    for name, train in _named(spikes):
        along = (f"{name}_spike",)
        variables[f"{name}_times"] = (along, train.times, ms)
        variables[f"{name}_ids"] = (along, train.ids, {"size": train.size})
    for name, sampled in _named(samples):
        time = f"{name}_time"
        coordinates[time] = ((time,), sampled.times, ms)
        dimensions = (time, *_dimensions(name, sampled.values.ndim)[1:])
        variables[name] = (dimensions, sampled.values, {"units": sampled.unit})
    for name, array in _named(arrays):
        if name not in variables:
            variables[name] = (_dimensions(name, array.ndim), array)
    limits = {"start_ms": window[0], "stop_ms": window[1]}
    return xarray.Dataset(variables, coordinates, {**limits, "about": about})


def _named(values: Mapping[str, T]) -> Iterator[tuple[str, T]]:
    """Give values with names that netCDF can hold, whose groups have slashes."""
    names = unique_names([name.replace("/", "|") for name in values])
    return zip(names, values.values(), strict=True)


def _dimensions(name: str, n: int) -> tuple[str, ...]:
    return tuple(f"{name}_{k}" for k in range(n))
