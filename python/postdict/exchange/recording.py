"""What was recorded, independent of where it comes from and of where it goes."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from .. import _checks, _optional
from . import as_csv, as_neo, as_nwb, as_sonata, as_xarray
from .values import Samples, Train

if TYPE_CHECKING:
    import datetime as dt

    import neo
    import scipy.sparse
    import xarray


@_checks.brief
@dataclass(frozen=True, eq=False)
class Recording:
    """Spikes and samples of one run, for other programs.

    Parameters
    ----------
    start : float
        ms, from when on it was recorded.
    stop : float
        ms, until when.
    spikes : dict of Train
        By population.
    samples : dict of Samples
        By a name such as ``cells.v``.
    arrays : dict of arrays
        Whatever else there is, which only xarray takes.
    about : dict
        Seed, configuration, version: plain values, kept as JSON.

    Examples
    --------
    >>> from pathlib import Path
    >>> from postdict import LIF, Network, Simulation
    >>> net = Network()
    >>> cells = net.add_population("cells", 2, LIF(i_offset=1.5))
    >>> sim = Simulation(net)
    >>> sim.run(50.0)
    >>> recording = sim.recording()
    >>> recording.spikes["cells"]
    Train(times=[21.972245773, 21.972245773, 43.944491547, 43.944491547], ids=[0, 1, 0, 1], size=2)
    >>> recording.to_csv("cells.csv")
    >>> Path("cells.csv").read_text().splitlines()[0]
    'time_ms,population,id'
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
        return as_neo.block((self.start, self.stop), self.spikes, self.samples, self.about_json())

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
        as_nwb.write(
            path,
            (self.start, self.stop),
            self.spikes,
            self.samples,
            self.about_json(),
            session_start_time=session_start_time,
            description=description,
        )

    def to_sonata(self, path: str | os.PathLike[str]) -> None:
        """Write the spikes as a SONATA file, in ms, by time (extra `hdf5`)."""
        as_sonata.write(path, self.spikes)

    def to_xarray(self) -> xarray.Dataset:
        """Return an `xarray.Dataset` with units as attributes (extra `xarray`).

        Spikes are the variables ``<population>_times`` and ``<population>_ids`` along one
        dimension; samples have a coordinate of times; other arrays have dimensions of their own.
        A "/" in a name becomes "|".
        """
        return as_xarray.dataset(
            (self.start, self.stop), self.spikes, self.samples, self.arrays, self.about_json()
        )

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write the spikes as lines ``time_ms,population,id``, sorted by time."""
        as_csv.write(path, self.spikes)

    def to_scipy(self, name: str) -> scipy.sparse.csr_array:
        """Return a matrix of `arrays` as a `scipy.sparse.csr_array` (extra `scipy`).

        Raises
        ------
        ValueError
            There is no such array, or it is no matrix.
        """
        if name not in self.arrays:
            raise ValueError(_checks.unknown("array", name, self.arrays))
        matrix = self.arrays[name]
        if matrix.ndim != 2:
            raise ValueError(f"{name} must be a matrix, got shape {matrix.shape}")
        sparse = _optional.module("scipy.sparse", what="sparse matrices", extra="scipy")
        return sparse.csr_array(matrix)
