"""What a folder holds: how far its sweep is, and its results as one table.

Everything is read from sweep.json and the points' files; the function is not imported.
"""

from __future__ import annotations

import csv
import fnmatch
import io
import itertools
import math
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import _checks, _files
from . import folder as _folder
from .folder import Folder, Record

if TYPE_CHECKING:
    import xarray


@_checks.brief
@dataclass(frozen=True)
class Status:
    """How far a sweep is.

    Attributes
    ----------
    total : int
        How many points there are.
    done : int
        How many have a verified file.
    failures : list of dict
        See `Report`.
    damaged : list of str
        Files that do not verify; the next run sets them aside.
    commits : dict
        How many results were computed by which build (`commit`, None if unknown).

    Examples
    --------
    >>> from postdict.sweep import Status
    >>> Status(total=10, done=7, failures=[], damaged=[], commits={None: 7}).remaining
    3
    """

    total: int
    done: int
    failures: list[Record]
    damaged: list[str]
    commits: dict[str | None, int]

    @property
    def remaining(self) -> int:
        """How many points are neither done nor failed."""
        return self.total - self.done - len(self.failures)


def status(folder: str | os.PathLike[str]) -> Status:
    """Return how far the sweep in a folder is.

    Raises
    ------
    SweepError
        There is no sweep in the folder.

    Examples
    --------
    >>> from postdict import Sweep
    >>> def area(config):
    ...     return {"area": config["a"] * config["b"]}
    ...
    >>> sweep = Sweep.grid(area, {"a": 1, "b": 2, "seed": 0}, {"a": [1, 2, 3]}, seeds=2)
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> with ThreadPoolExecutor(1) as executor:
    ...     report = sweep.run("known", executor)
    ...
    >>> from postdict.sweep import status
    >>> found = status("known")
    >>> found.done, found.remaining
    (6, 0)
    """
    where = Folder.of(folder)
    plan = where.plan()
    damaged: list[str] = []
    commits = Counter[str | None]()
    done = 0
    for _, record in _records(where, plan, damaged):
        if record is not None:
            done += 1
            commits[record["commit"]] += 1
    planned = set(plan["keys"])
    failures = [_folder.read_failure(where, key) for key in sorted(where.failed_keys() & planned)]
    return Status(len(plan["keys"]), done, failures, damaged, dict(commits))


def to_xarray(folder: str | os.PathLike[str]) -> xarray.Dataset:
    """Return every number of the summaries over the swept parameters and the seed.

    Nested metrics have names joined by dots (``controls.pinv.scale``); what is not done or not
    defined is NaN. The coordinate `seed` is the seed itself where all configs share their streams,
    and counts the replicates where they do not. Units are attributes where they are known. Needs
    the extra `xarray`.

    Raises
    ------
    ImportError
        xarray is not installed (``pip install 'postdict[xarray]'``).
    SweepError
        There is no sweep in the folder.

    Examples
    --------
    >>> from postdict import Sweep
    >>> def area(config):
    ...     return {"area": config["a"] * config["b"]}
    ...
    >>> sweep = Sweep.grid(area, {"a": 1, "b": 2, "seed": 0}, {"a": [1, 2, 3]}, seeds=2)
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> with ThreadPoolExecutor(1) as executor:
    ...     report = sweep.run("labelled", executor)
    ...
    >>> from postdict.sweep import to_xarray
    >>> to_xarray("labelled")["area"].sel(a=3).values
    array([6., 6.])
    """
    import xarray

    where = Folder.of(folder)
    plan = where.plan()
    dims, coords = _axes(plan)
    shape = tuple(len_ for _, len_ in plan["dims"])
    units = plan["units"]
    rows = [record for _, record in _records(where, plan, [])]
    variables = {
        name: xarray.Variable(dims, np.array(values).reshape(shape), _unit(units, name))
        for name, values in _columns(rows, plan).items()
    }
    if plan["streams"] == "own":
        seeds = np.array(plan["seeds"]).reshape(shape)
        variables["stream_seed"] = xarray.Variable(dims, seeds)
    labels = {
        name: xarray.Variable((dim,), _labels(values), _unit(units, name))
        for name, (dim, values) in coords.items()
    }
    attributes = {"function": plan["function"], "engine": plan["engine"]}
    return xarray.Dataset(variables, labels, attributes)


def collect(folder: str | os.PathLike[str], to: str | os.PathLike[str]) -> tuple[int, int]:
    """Write the results of a folder as one table, .nc (see `to_xarray`) or .csv (a row a point).

    Returns
    -------
    (int, int)
        How many points are in it, and how many there should be.

    Raises
    ------
    ValueError
        The table is neither .nc nor .csv.
    SweepError
        There is no sweep in the folder.

    Examples
    --------
    >>> from postdict import Sweep
    >>> def area(config):
    ...     return {"area": config["a"] * config["b"]}
    ...
    >>> sweep = Sweep.grid(area, {"a": 1, "b": 2, "seed": 0}, {"a": [1, 2, 3]}, seeds=2)
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> with ThreadPoolExecutor(1) as executor:
    ...     report = sweep.run("collected", executor)
    ...
    >>> from postdict.sweep import collect
    >>> collect("collected", "areas.csv")
    (6, 6)
    """
    path = Path(to)
    if path.suffix not in (".nc", ".csv"):
        raise ValueError(f"the table must end in .nc or .csv, got {str(to)!r}")
    where = Folder.of(folder)
    plan = where.plan()
    if path.suffix == ".csv":
        content, done = _csv(where, plan)
    else:
        dataset = to_xarray(folder)
        buffer = io.BytesIO()
        dataset.to_netcdf(buffer, engine="h5netcdf")
        content, done = buffer.getvalue(), int(np.isfinite(dataset["wall_s"]).sum())
    _files.write_bytes(path, content)
    return done, len(plan["keys"])


def check_metrics(folder: str | os.PathLike[str]) -> None:
    """Refuse metrics that were chosen and that no point has, where points are done.

    Raises
    ------
    ValueError
        Points are done and none has one of the metrics that were chosen.
    SweepError
        There is no sweep in the folder.

    Examples
    --------
    >>> from postdict import Sweep
    >>> def area(config):
    ...     return {"area": config["a"] * config["b"]}
    ...
    >>> base, values = {"a": 1, "b": 2, "seed": 0}, {"a": [1, 2, 3]}
    >>> sweep = Sweep.grid(area, base, values, seeds=2, metrics=["area"])
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> with ThreadPoolExecutor(1) as executor:
    ...     report = sweep.run("checked", executor)
    ...
    >>> from postdict.sweep import check_metrics
    >>> check_metrics("checked")  # all is well
    """
    where = Folder.of(folder)
    plan = where.plan()
    _columns([record for _, record in _records(where, plan, [])], plan)


def _records(
    where: Folder, plan: Record, damaged: list[str]
) -> Iterator[tuple[str, Record | None]]:
    there = where.done_keys()
    for key in plan["keys"]:
        record = None
        if key in there:
            try:
                record = where.read(key, full=plan["keep"] == "full")
            except ValueError as error:
                damaged.append(f"{where.points(key).name}: {error}")
        yield key, record


def _axes(plan: Record) -> tuple[list[str], dict[str, tuple[str, list[Any]]]]:
    dims = [name for name, _ in plan["dims"]]
    coords = {name: (dim, values) for name, (dim, values) in plan["coords"].items()}
    n_seeds = plan["dims"][-1][1]
    shared = plan["streams"] == "shared"
    coords["seed"] = ("seed", plan["seeds"][:n_seeds] if shared else list(range(n_seeds)))
    return dims, coords


def _csv(where: Folder, plan: Record) -> tuple[bytes, int]:
    dims, coords = _axes(plan)
    rows = [record for _, record in _records(where, plan, [])]
    columns = _columns(rows, plan)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    parameters = [name for name in coords if name != "seed"]
    writer.writerow([*parameters, "seed", *columns])
    places = itertools.product(*(range(n) for _, n in plan["dims"]))
    n = 0
    for k, (place, record) in enumerate(zip(places, rows, strict=True)):
        if record is None:
            continue
        n += 1
        at = dict(zip(dims, place, strict=True))
        values = [coords[name][1][at[coords[name][0]]] for name in parameters]
        shown = [_cell(v[k]) for v in columns.values()]
        writer.writerow([*values, plan["seeds"][k], *shown])
    return text.getvalue().encode(), n


def _cell(value: Any) -> Any:
    return "" if isinstance(value, float) and math.isnan(value) else value


def _columns(records: list[Record | None], plan: Record) -> dict[str, list[Any]]:
    """Return numbers and texts of all summaries by dotted name; NaN or "" where there is none.

    A metric that is called as a swept parameter, or as another column of the table, is `result.`
    and its name. ValueError where points are done and one of `metrics` is the name of none.
    """
    metrics = plan["metrics"]
    taken = {"seed", "stream_seed", "wall_s", *(name for name, _ in plan["dims"]), *plan["coords"]}
    flat = [
        None
        if record is None
        else {
            "wall_s": record["wall_s"],
            **{
                f"result.{name}" if name in taken else name: value
                for name, value in _flat(record["summary"])
            },
        }
        for record in records
    ]
    kinds: dict[str, set[type]] = {"wall_s": {float}}
    for row in flat:
        for name, value in (row or {}).items():
            kinds.setdefault(name, set()).add(type(value))
    for pattern in metrics if any(flat) else ():
        if not any(fnmatch.fnmatchcase(name, pattern) for name in kinds):
            some = get_close_matches(pattern, kinds, n=1) or list(kinds)[:12]
            raise ValueError(_checks.unknown("metric", pattern, some))  # there may be thousands
    columns = {}
    for name, kind in kinds.items():
        if metrics and name != "wall_s" and not any(fnmatch.fnmatchcase(name, m) for m in metrics):
            continue
        text = str in kind
        empty: Any = "" if text else math.nan
        values = [empty if row is None or row.get(name) is None else row[name] for row in flat]
        columns[name] = [str(v) if text else _float(v) for v in values]
    return columns


def _float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:  # an integer that no double holds
        return math.inf if value > 0 else -math.inf


def _flat(summary: Record, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in summary.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        elif not isinstance(value, list):
            yield f"{prefix}{name}".replace("/", "|"), value  # netCDF's groups have slashes


def _labels(values: list[Any]) -> Any:
    """Return coordinate values as an array: numbers as they are, anything else as texts."""
    if all(isinstance(v, (int, float)) for v in values) and not any(
        isinstance(v, bool) for v in values
    ):
        return np.array(values)
    return np.array([str(v) for v in values], dtype=object)


def _unit(units: dict[str, str], name: str) -> dict[str, str]:
    unit = units.get(name) or ("s" if name == "wall_s" else "")
    return {"units": unit} if unit else {}
