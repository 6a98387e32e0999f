"""What was recorded, independent of where it comes from and of where it goes."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from . import as_csv, as_neo, as_nwb, as_sonata, as_xarray

if TYPE_CHECKING:
    import datetime as dt

    import neo
    import xarray


@dataclass(frozen=True, eq=False)
class Train:
    """The spikes of `size` neurons: times (n,) in ms, sorted, and ids (n,)."""

    times: NDArray[np.float64]
    ids: NDArray[np.int64]
    size: int

    def __post_init__(self) -> None:
        if self.times.ndim != 1 or self.times.shape != self.ids.shape:
            raise ValueError(
                f"times and ids must have one length, got {self.times.shape} and {self.ids.shape}"
            )
        if len(self.ids) and not 0 <= self.ids.min() <= self.ids.max() < self.size:
            raise ValueError(f"ids must be in [0, {self.size}), got {self.ids.max()}")

    def by_neuron(self) -> list[NDArray[np.float64]]:
        """Return the times (ms) of each neuron, `size` arrays."""
        order = np.argsort(self.ids, kind="stable")
        ends = np.searchsorted(self.ids[order], np.arange(1, self.size))
        return np.split(self.times[order], ends)


@dataclass(frozen=True, eq=False)
class Samples:
    """Values (n, ...) in `unit` at times (n,) in ms."""

    times: NDArray[np.float64]
    values: NDArray[np.float64]
    unit: str = "mV"

    @property
    def interval(self) -> float | None:
        """The interval (ms) of times that are regular to a millionth of it, else None."""
        if len(self.times) < 2:
            return None
        steps = np.diff(self.times)
        every = float(steps.mean())
        regular = every > 0 and np.abs(steps - every).max() <= 1e-6 * every
        return every if regular else None


@dataclass(frozen=True, eq=False)
class Recording:
    """Spikes and samples of one run, for other programs.

    Parameters
    ----------
    start, stop : float
        ms, between which it was recorded.
    spikes : dict of Train
        By population.
    samples : dict of Samples
        By a name such as ``cells.v``.
    arrays : dict of arrays
        Whatever else there is, which only xarray takes.
    about : dict
        Seed, configuration, version: plain values, kept as JSON.
    """

    start: float
    stop: float
    spikes: Mapping[str, Train]
    samples: Mapping[str, Samples] = field(default_factory=dict)
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)

    def about_json(self) -> str:
        """Return what is known about the run as JSON."""
        return json.dumps(self.about, default=str)

    def to_neo(self) -> neo.Block:
        """Return a `neo.Block` with one segment: spike trains in ms, signals (extra `neo`).

        Every train is annotated with its population and the neuron's index.
        """
        return as_neo.block(self)

    def to_nwb(
        self,
        path: str | os.PathLike[str],
        *,
        session_start_time: dt.datetime | None = None,
        description: str = "simulated by postdict",
    ) -> None:
        """Write an NWB file: units with spike times in seconds, samples as time series (`nwb`).

        Parameters
        ----------
        path : path
            Written as a whole or not at all.
        session_start_time : datetime, optional
            With a time zone; now by default, as a simulation has no date.
        description : str
        """
        as_nwb.write(self, path, session_start_time, description)

    def to_sonata(self, path: str | os.PathLike[str]) -> None:
        """Write the spikes as a SONATA file, in ms, by time (extra `hdf5`)."""
        as_sonata.write(self, path)

    def to_xarray(self) -> xarray.Dataset:
        """Return an `xarray.Dataset` with units as attributes (extra `xarray`).

        Spikes are the variables ``<population>_times`` and ``<population>_ids`` along one
        dimension; samples have a coordinate of times; other arrays have dimensions of their own.
        A "/" in a name becomes "|".
        """
        return as_xarray.dataset(self)

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write the spikes as lines ``time_ms,population,id``, sorted by time."""
        as_csv.write(self, path)
