"""A user's own tutor sequence, read from a file."""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .. import _checks, _tables
from .._tables import Table
from .._types import Arrays, Spikes

SHORTEST_SONG = 30.0  # ms; one that ends before is almost always in seconds


@_checks.brief
@dataclass(frozen=True, eq=False)
class Tutor:
    """Spikes of motor neurons (a known song) or of sensors (a heard one).

    Parameters
    ----------
    kind : "motor" or "sensor"
    spikes : (times, ids)
        ms; sorted by (time, id).

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.loop import Tutor
    >>> tutor = Tutor("motor", (np.array([50.0, 90.0]), np.array([0, 1])))
    >>> tutor.duration
    90.0
    """

    kind: str
    spikes: Spikes

    @property
    def duration(self) -> float:
        """Time of the last spike, ms."""
        return float(self.spikes[0][-1])


def load_tutor(path: str | os.PathLike[str], *, n_motor: int, n_sensor: int) -> Tutor:
    """Return the tutor sequence of a .csv or .npz file.

    A .csv has a header ``time_ms,motor`` or ``time_ms,sensor`` and a row a spike; a .npz has arrays
    of these names. Order does not matter. What `to_csv` of a recording or a result writes, with the
    columns ``time_ms,population,id``, is read as well: its population `motor`, or else `sensor`, or
    else the only one, or the motor spikes that a result calls `tutor`.

    Raises
    ------
    ValueError
        A column is missing, an index is out of range, a time is negative or not finite.
    OSError
        The file cannot be read.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.loop import load_tutor
    >>> np.savez("song.npz", time_ms=[50.0, 90.0], motor=[0, 1])
    >>> load_tutor("song.npz", n_motor=3, n_sensor=6)
    Tutor(kind='motor', spikes=([50.0, 90.0], [0, 1]))
    """
    path = Path(path)
    name = f"tutor_file {str(path)!r}"
    columns = _columns(path, name)
    kinds = [kind for kind in ("motor", "sensor") if kind in columns]
    if "time_ms" not in columns or len(kinds) != 1:
        raise ValueError(
            f"{name} must have the columns time_ms and motor, or time_ms and sensor, "
            f"got {', '.join(columns) or 'none'}"
        )
    kind = kinds[0]
    size = n_motor if kind == "motor" else n_sensor
    try:
        ids = columns[kind]
        if ids.dtype.kind == "f":  # as a .csv is read
            ids = _checks.finite_array(f"{name}: ids", ids)
            if np.array_equal(ids, np.floor(ids)):
                ids = ids.astype(np.int64)
        spikes = _checks.spike_arrays(name, columns["time_ms"], ids, size)
    except TypeError as error:  # of what the file holds
        raise ValueError(str(error)) from None
    if not len(spikes[0]):
        raise ValueError(f"{name} must hold at least one spike, got none")
    if len(spikes[0]) > 1 and spikes[0][-1] < SHORTEST_SONG:
        warnings.warn(
            f"{name} ends at {spikes[0][-1]:g} ms: times are in ms, did you mean s?", stacklevel=2
        )
    return Tutor(kind, spikes)


def _columns(path: Path, name: str) -> Arrays:
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".npz"):
        raise ValueError(f"{name} must end in .csv or .npz")
    try:
        if suffix == ".npz":
            return _tables.read_arrays(path)
        table = _tables.read_table(path)
        if set(table.header) >= {"time_ms", "population", "id"}:
            return _of_population(table)
        return {
            column: table.column(column)
            for column in table.header
            if column in ("time_ms", "motor", "sensor")
        } or {column: np.empty(0) for column in table.header}
    except ValueError as error:
        raise ValueError(f"{name} cannot be read as a table of numbers: {error}") from None


def _of_population(table: Table) -> Arrays:
    """Return the columns of the population that a song can be of."""
    names = table.texts("population")
    there = list(dict.fromkeys(names))
    known = [population for population in ("motor", "sensor", "tutor") if population in there]
    chosen = (known or there)[0] if known or len(there) == 1 else None
    if chosen is None and there:
        raise ValueError(
            f"it has the populations {', '.join(there)}, none of them motor or sensor: keep one"
        )
    which = np.array([population == chosen for population in names], dtype=bool)
    kind = "sensor" if chosen == "sensor" else "motor"
    return {"time_ms": table.column("time_ms")[which], kind: table.column("id")[which]}
