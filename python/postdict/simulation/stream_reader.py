"""Reading a file that `Simulation.stream` wrote or is writing, without trust.

Layout (HDF5): attributes format, version, postdict_version, seed, network (its description, JSON);

    time                       ms: everything recorded before it is here
    rows (n,)                  whole rows of each population, then of each recorder
    spikes/<name>/times, ids   of a population (in its name "%", "/" and NUL are written %25, ...)
    samples/<k>/times, values  of the k-th recorder, values in the form of `Simulation.recorded`
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import _checks, _optional
from .._html import table
from .._types import Floats, Integers
from ..exchange import Recording, Samples, Train

if TYPE_CHECKING:
    import neo
    import xarray

FORMAT = "postdict stream"
VERSION = 1

_DAMAGE = (KeyError, TypeError, ValueError, AttributeError, OSError, RuntimeError, OverflowError)


class StreamError(ValueError):
    """A file is not a stream that this postdict reads."""


@dataclass(frozen=True)
class Moved:
    """What a simulation recorded before a time (ms) is in a file, and no longer in memory."""

    path: str
    before: float

    def check_start(self, start: float | None) -> None:
        """Refuse to read what is no longer in memory."""
        if start is None or start < self.before:
            raise RuntimeError(
                f"what was recorded before t = {self.before!r} ms is in {self.path!r}: read it by "
                f"postdict.read_stream, or what came later by start={self.before!r}"
            )


class StreamedRun:
    """What a file holds by now; each reading opens it anew, so that it can be still growing.

    Attributes
    ----------
    path : Path
    postdict_version : str
    seed : int
    network : dict
        The network's description: populations, sources, projections, recorders.
    populations : tuple of str
        Their names, such as ``cells``.
    recorders : tuple of str
        Their names, such as ``cells.v``.

    Raises
    ------
    StreamError
        The file is damaged, or became so.

    Examples
    --------
    >>> from postdict import LIF, Network, Simulation, read_stream
    >>> net = Network(seed=3)
    >>> cells = net.add_population("cells", 2, LIF())
    >>> v = net.record(cells, "v", every=10.0)
    >>> sim = Simulation(net)
    >>> with sim.stream("potentials.h5"):
    ...     sim.run(50.0)
    ...
    >>> run = read_stream("potentials.h5")
    >>> run
    StreamedRun('potentials.h5': 50 ms)
    >>> run.populations, run.recorders, run.seed
    (('cells',), ('cells.v',), 3)
    >>> run.recorded("cells.v")[1].shape
    (6, 2)
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with _opened(path) as file:
            if file.attrs.get("format") != FORMAT:
                raise StreamError(f"{path}: not a postdict stream")
            if file.attrs["version"] != VERSION:
                raise StreamError(
                    f"{path}: version {file.attrs['version']}, this postdict reads {VERSION}"
                )
            self.postdict_version = str(file.attrs["postdict_version"])
            self.seed = int(file.attrs["seed"])
            self.network: dict[str, Any] = json.loads(file.attrs["network"])
            self.populations = tuple(str(p["name"]) for p in self.network["populations"])
            # Streams of 0.1 have recorders without names.
            self.recorders = tuple(
                str(r.get("name", k)) for k, r in enumerate(self.network["recorders"])
            )
            for part in range(len(self.populations) + len(self.recorders)):
                self._arrays(file, part)

    def __repr__(self) -> str:
        return f"StreamedRun({str(self.path)!r}: {_checks.shown(self.time)} ms)"

    def _repr_html_(self) -> str:
        with _opened(self.path) as file:
            parts = [self._arrays(file, k) for k in range(_dataset(file, "rows", "i", 1).size)]
            n = len(self.populations)
            shapes = [" × ".join(map(str, values.shape[1:])) or "1" for _, values, _ in parts[n:]]
        sizes = [p["size"] for p in self.network["populations"]]
        counts = [f"{rows:,}" for *_, rows in parts]
        head = f"<b>StreamedRun</b> of {_checks.shown(self.time)} ms, seed {self.seed}, in "
        return "".join(
            [
                f"<p>{head}{escape(str(self.path))}</p>",
                table(
                    "spikes",
                    ("population", "neurons", "spikes"),
                    zip(self.populations, sizes, counts, strict=False),
                ),
                table(
                    "samples",
                    ("recorder", "numbers each", "samples"),
                    zip(self.recorders, shapes, counts[n:], strict=True),
                ),
            ]
        )

    @property
    def time(self) -> float:
        """Up to when everything recorded is in the file, ms."""
        with _opened(self.path) as file:
            return float(_dataset(file, "time", "f", 0)[()])

    def spikes(
        self, population: Any, *, start: float | None = None, stop: float | None = None
    ) -> tuple[Floats, Integers]:
        """Return times (ms) and ids with start <= time < stop, of a population or its name.

        Raises
        ------
        ValueError
            There is no such population.
        """
        name = population if isinstance(population, str) else getattr(population, "name", None)
        if name not in self.populations:
            raise ValueError(_checks.unknown("population", name, self.populations))
        first = -np.inf if start is None else _checks.number("start", start, "ms")
        last = np.inf if stop is None else _checks.number("stop", stop, "ms")
        with _opened(self.path) as file:
            times, ids, n = self._arrays(file, self.populations.index(name))
            given = times[:n]
            a, b = np.searchsorted(given, (first, max(first, last)))
            return given[a:b].copy(), ids[a:b].astype(np.int64)

    def recorded(self, recorder: Any) -> tuple[Floats, Floats]:
        """Return times (ms) and values (mV) of a recorder, its name or its number.

        Parameters
        ----------
        recorder : Recorder, str or int
            As the network gave it; one of `recorders`; or which of them, from 0 on.

        Returns
        -------
        times : (n,) array, ms
        values : (n, ...) array, mV
            In the form of `Simulation.recorded`.

        Raises
        ------
        ValueError
            There is no such recorder.
        """
        if isinstance(recorder, str):
            if recorder not in self.recorders:
                raise ValueError(_checks.unknown("recorder", recorder, self.recorders))
            k = self.recorders.index(recorder)
        else:
            k = _checks.integer("recorder", getattr(recorder, "index", recorder))
        if k >= len(self.recorders):
            raise ValueError(f"recorder must be in [0, {len(self.recorders)}), got {k}")
        with _opened(self.path) as file:
            times, values, n = self._arrays(file, len(self.populations) + k)
            return times[:n], values[:n]

    def recording(self) -> Recording:
        """Return all that is in the file, for other programs; it is read into memory.

        Examples
        --------
        >>> import postdict
        >>> net = postdict.Network()
        >>> cells = net.add_population("cells", 2, postdict.LIF(i_offset=1.5))
        >>> sim = postdict.Simulation(net)
        >>> with sim.stream("cells.h5"):
        ...     sim.run(100.0)
        >>> len(postdict.read_stream("cells.h5").recording().spikes["cells"].times)
        8
        """
        sizes = {p["name"]: p["size"] for p in self.network["populations"]}
        return Recording(
            0.0,
            self.time,
            {name: Train(*self.spikes(name), sizes[name]) for name in self.populations},
            {name: Samples(*self.recorded(name)) for name in self.recorders},
            about={"seed": self.seed, "network": self.network},
        )

    def to_neo(self) -> neo.Block:
        """Return spikes and samples as a `neo.Block` (extra `neo`); see `Recording.to_neo`."""
        return self.recording().to_neo()

    def to_nwb(self, path: str | os.PathLike[str]) -> None:
        """Write spikes and samples as an NWB file (extra `nwb`); see `Recording.to_nwb`."""
        self.recording().to_nwb(path)

    def to_xarray(self) -> xarray.Dataset:
        """Return spikes and samples as an `xarray.Dataset` (extra `xarray`)."""
        return self.recording().to_xarray()

    def _arrays(self, file: Any, part: int) -> tuple[Any, Any, int]:
        """Return the datasets of a population or recorder, and how many rows of them are whole."""
        n_parts = len(self.populations) + len(self.recorders)
        rows = _dataset(file, "rows", "i", 1)
        if rows.shape != (n_parts,):
            raise ValueError(f"rows has shape {rows.shape}, not {(n_parts,)}")
        n = int(rows[part])
        if part < len(self.populations):
            group, second, kind = f"spikes/{escaped(self.populations[part])}", "ids", "i"
        else:
            group, second, kind = f"samples/{part - len(self.populations)}", "values", "f"
        times = _dataset(file, f"{group}/times", "f", 1)
        values = _dataset(file, f"{group}/{second}", kind, None if kind == "f" else 1)
        for dataset in (times, values):
            # Nothing is compressed, so that no small file can unfold into a large array.
            size = n * int(np.prod(dataset.shape[1:], dtype=object)) * dataset.dtype.itemsize
            if not 0 <= n <= dataset.shape[0] or size > self.path.stat().st_size:
                raise ValueError(f"{dataset.name} does not have {n} rows")
        return times, values, n


def read_stream(path: str | os.PathLike[str]) -> StreamedRun:
    """Return what a file of `Simulation.stream` holds, also while it grows or after a kill.

    Raises
    ------
    StreamError
        The file is not a stream of a version that this postdict reads, or is damaged.
    ImportError
        h5py is not installed (``pip install 'postdict[hdf5]'``).

    Examples
    --------
    >>> from postdict import LIF, Network, Simulation, read_stream
    >>> net = Network()
    >>> cells = net.add_population("cells", 2, LIF(i_offset=1.5))
    >>> sim = Simulation(net)
    >>> with sim.stream("run.h5"):
    ...     sim.run(50.0)
    ...     by_now = read_stream("run.h5").time
    ...
    >>> by_now
    50.0
    >>> times, ids = read_stream("run.h5").spikes("cells")
    >>> times.round(2), ids
    (array([21.97, 21.97, 43.94, 43.94]), array([0, 1, 0, 1]))
    """
    return StreamedRun(Path(path))


def hdf5() -> Any:
    """Return h5py, or say that it is missing."""
    return _optional.module("h5py", what="streams", extra="hdf5")


def escaped(name: str) -> str:
    """Return a name as HDF5 can hold it."""
    for sign in "%/\0":
        name = name.replace(sign, f"%{ord(sign):02X}")
    return "%2E" if name == "." else name


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """Open a file whatever became of who wrote it, and name it where it turns out damaged."""
    h5py = hdf5()
    path.stat()
    try:
        file = h5py.File(path, "r", swmr=_has_writer(path))
    except (OSError, ValueError) as error:
        raise StreamError(f"{path}: not a readable HDF5 file ({error})") from None
    with file:
        try:
            yield file
        except StreamError:
            raise
        except _DAMAGE as error:
            raise StreamError(f"{path}: damaged, or not a postdict stream ({error})") from None


def superblock(path: Path) -> tuple[bool, int] | None:
    """Return whether a file is marked as being written, and its length, as its head has them.

    None of a file that is no HDF5, or not of the version that streams have.
    """
    with path.open("rb") as file:
        head = file.read(36)  # signature, version, sizes, marks, addresses
    if len(head) < 36 or head[:9] != b"\x89HDF\r\n\x1a\n\x03":
        return None
    return bool(head[11] & 4), int.from_bytes(head[28:36], "little")


def _has_writer(path: Path) -> bool:
    """Return whether a writer is still there or was killed."""
    found = superblock(path)
    # (Of a file cut short, a reader beside a writer would wait for the rest.)
    return found is not None and found[0] and found[1] <= path.stat().st_size


def _dataset(file: Any, name: str, kind: str, ndim: int | None) -> Any:
    """Return a dataset that lies in this very file, uncompressed."""
    h5py, group = hdf5(), file
    for part in name.split("/"):
        if not isinstance(group, h5py.Group) or part not in group:
            raise KeyError(f"{name} is missing")
        if not isinstance(group.get(part, getlink=True), h5py.HardLink):
            raise ValueError(f"{name} is a link")
        group = group[part]
    if not isinstance(group, h5py.Dataset):
        raise ValueError(f"{name} is not an array")
    stored = group.id.get_create_plist()
    if group.is_virtual or group.external or stored.get_nfilters():
        raise ValueError(f"{name} is not stored plainly")
    if group.dtype.kind != kind or (ndim is not None and group.ndim != ndim):
        raise ValueError(f"{name} has the wrong type or number of dimensions")
    return group
