"""A user's own tutor sequence, read from a file."""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .. import _checks
from .._types import Floats, Spikes

SHORTEST_SONG = 30.0  # ms; one that ends before is almost always in seconds


@dataclass(frozen=True, eq=False)
class Tutor:
    """Spikes of motor neurons (a known song) or of sensors (a heard one).

    Parameters
    ----------
    kind : "motor" or "sensor"
    spikes : (times, ids)
        ms; sorted by (time, id).
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
    of these names. Order does not matter.

    Raises
    ------
    ValueError, TypeError
        A column is missing, an index is out of range, a time is negative or not finite.
    OSError
        The file cannot be read.
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
    ids = columns[kind]
    if ids.dtype.kind == "f" and np.array_equal(ids, np.floor(ids)):
        ids = ids.astype(np.int64)  # a .csv is read as floats
    size = n_motor if kind == "motor" else n_sensor
    spikes = _checks.spike_arrays(name, columns["time_ms"], ids, size)
    if not len(spikes[0]):
        raise ValueError(f"{name} must hold at least one spike, got none")
    if len(spikes[0]) > 1 and spikes[0][-1] < SHORTEST_SONG:
        warnings.warn(
            f"{name} ends at {spikes[0][-1]:g} ms: times are in ms, did you mean s?", stacklevel=2
        )
    return Tutor(kind, spikes)


def _columns(path: Path, name: str) -> dict[str, Floats]:
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".npz"):
        raise ValueError(f"{name} must end in .csv or .npz")
    try:
        if suffix == ".npz":
            with np.load(path, allow_pickle=False) as archive:
                return {key: archive[key] for key in archive.files}
        with path.open(encoding="utf-8") as file:
            header = [column.strip() for column in file.readline().split(",")]
            rows = [line.split(",") for line in file if line.strip()]
        if any(len(row) != len(header) for row in rows):
            raise ValueError("rows differ in length")
        table = np.array(rows, dtype=np.float64).reshape(len(rows), len(header))
        return dict(zip(header, table.T, strict=True))
    except (ValueError, EOFError, UnicodeDecodeError) as error:
        raise ValueError(f"{name} cannot be read as a table of numbers: {error}") from None
