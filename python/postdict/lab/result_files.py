"""Results in files: arrays, a summary, tables and figures, with what is needed to repeat them."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import platform
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import _files, _version
from .figures import Figures, figure_bytes
from .plain_values import finite, plain
from .results import Nested, Result

DATA = ("summary.json", "provenance.json", "result.npz")  # what every result is


@dataclass(frozen=True)
class Written:
    """What was written.

    Attributes
    ----------
    paths : list of Path
        In order.
    missing : dict of str
        Why a figure is missing, by its name.
    """

    paths: list[Path]
    missing: dict[str, str]


def prepare_directory(directory: str | os.PathLike[str]) -> Path:
    """Create the output folder and prove that it can be written; OSError names it otherwise."""
    path = Path(directory)
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / ".postdict-probe"
        _files.write_bytes(probe, b"")
        probe.unlink()
    except OSError as error:
        raise OSError(f"cannot write to the output folder {str(path)!r}: {error}") from None
    return path


def check_place(
    directory: str | os.PathLike[str],
    experiment: str,
    figures: Iterable[str],
    others: Iterable[str],
    inputs: Iterable[str],
) -> None:
    """Refuse a folder in which results would replace what they should not.

    Parameters
    ----------
    directory : path
        It need not exist.
    experiment : str
        Whose results will be written.
    figures : iterable of str
        Names of the figures.
    others : iterable of str
        Names of tables and other files.
    inputs : iterable of str
        Paths of what the experiment reads.

    Raises
    ------
    ValueError
        The folder holds results of another experiment, a file of that name that is no result, or
        one that is read.
    """
    folder = Path(directory)
    there = experiment_in(folder)
    if there not in (None, experiment):
        raise ValueError(f"{str(folder)!r} holds results of {there!r}: use another --out")
    ours = _sums(folder) if there is not None else None
    others = tuple(others)
    read = {os.path.realpath(path) for path in inputs}
    for name in (*DATA, *figures, *others):
        path = folder / name
        if not os.path.lexists(path):
            continue
        if os.path.realpath(path) in read:
            raise ValueError(
                f"{str(path)!r} is read, and results would replace it: use another --out"
            )
        altered = ours is not None and name in others and ours.get(name) != _sum_of(path)
        if there is None or altered:
            raise ValueError(
                f"{str(path)!r} was not written by postdict, and results would replace it: "
                "use another --out"
            )


def write(
    result: Result,
    directory: str | os.PathLike[str],
    figures: Figures,
    *,
    wall_s: float,
    form: str = "png",
    quick: bool = False,
) -> Written:
    """Write summary.json, provenance.json, result.npz, tables (.csv) and other files, then figures.

    A figure that cannot be drawn costs no other file; an older one of its name is removed.

    Parameters
    ----------
    result : Result
    directory : path
        An existing folder.
    figures : Figures
    wall_s : float
        How long the experiment took, for the provenance.
    form : str
        Of the figures, one of `FORMS`.
    quick : bool
        Whether it was a small version, for the provenance.
    """
    folder = Path(directory)
    others = {
        **{f"{name}.csv": _csv(columns) for name, columns in result.tables.items()},
        **result.files,
    }
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in others.items()}
    earlier = _sums(folder) or {}
    made = {
        **provenance(wall_s),
        "quick": quick,
        "tables": list(result.tables),
        # What earlier runs wrote here and nobody has changed is ours to replace still.
        "files": {**{n: s for n, s in earlier.items() if s == _sum_of(folder / n)}, **sums},
    }
    summary = {"experiment": result.experiment, **result.summary, "config": result.config}
    paths = _written(
        folder,
        {
            "summary.json": _json(summary),
            "provenance.json": _json(made),
            "result.npz": _files.npz_bytes(result.arrays),
            **others,
        },
    )
    drawn: dict[str, bytes] = {}
    missing: dict[str, str] = {}
    for name, (size, draw) in figures.items():
        try:
            drawn[f"{name}.{form}"] = figure_bytes(result, size, draw, form)
        except Exception as error:  # whatever a library raises: the results are there
            missing[name] = f"{type(error).__name__}: {error}"
            (folder / f"{name}.{form}").unlink(missing_ok=True)  # it shows other results
    return Written([*paths, *_written(folder, drawn)], missing)


def write_figures(
    result: Result, directory: str | os.PathLike[str], figures: Figures, *, form: str = "png"
) -> list[Path]:
    """Write the figures alone to an existing folder; see `write`.

    Raises
    ------
    ValueError
        The result does not hold what a figure shows, as one from a damaged folder may not.
    """
    try:
        drawn = {
            f"{name}.{form}": figure_bytes(result, size, draw, form)
            for name, (size, draw) in figures.items()
        }
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise ValueError(
            f"the figures of {result.experiment} cannot be drawn ({type(error).__name__}: {error})"
        ) from error
    return _written(Path(directory), drawn)


def read(directory: str | os.PathLike[str]) -> Result:
    """Return the result that a folder holds, tables included.

    Raises
    ------
    ValueError
        A file is missing or damaged: the message names it.

    Examples
    --------
    >>> from pathlib import Path
    >>> import numpy as np
    >>> from postdict.lab import result_files
    >>> from postdict.lab.results import Result
    >>> result = Result("mine", {}, {"scale": 0.8}, {"weights": np.zeros((3, 6))})
    >>> Path("results").mkdir()
    >>> _ = result_files.write(result, "results", {}, wall_s=1.0)
    >>> result_files.read("results").summary["scale"]
    0.8
    """
    folder = Path(directory)
    try:
        summary = _read_json(folder / "summary.json")
        arrays = _files.read_npz((folder / "result.npz").read_bytes())
        made = _read_json(folder / "provenance.json")
        tables = {name: _read_csv(folder / f"{name}.csv") for name in _names(made["tables"])}
        experiment, config = summary.pop("experiment"), summary.pop("config")
        if not isinstance(experiment, str) or not isinstance(config, dict):
            raise ValueError("summary.json names no experiment or no config")
    except OSError as error:
        raise ValueError(f"{str(folder)!r} holds no results: {error}") from None
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{str(folder)!r} holds damaged results: {error}") from None
    return Result(experiment, config, summary, arrays, tables)


def experiment_in(directory: str | os.PathLike[str]) -> str | None:
    """Return the experiment whose results a folder holds; None where there are none to be read."""
    try:
        name = _read_json(Path(directory) / "summary.json").get("experiment")
    except (OSError, ValueError):
        return None
    return name if isinstance(name, str) else None


def is_long(directory: str | os.PathLike[str]) -> bool:
    """Return whether a folder holds results, and not of a quick run."""
    if experiment_in(directory) is None:
        return False
    try:
        made = _read_json(Path(directory) / "provenance.json")
    except (OSError, ValueError):
        return True  # who knows
    return not made.get("quick", "--quick" in str(made.get("command")).split())


def _sums(folder: Path) -> dict[str, str] | None:
    """Return the SHA-256 of tables and other files as they were written, by name.

    Results of version 0.1 name none: their files are taken to be as they were.
    """
    try:
        sums = _read_json(folder / "provenance.json").get("files")
    except (OSError, ValueError):
        return None
    return sums if isinstance(sums, dict) else None


def _sum_of(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:  # a folder, or nothing that one may read
        return None


def _written(folder: Path, contents: Mapping[str, bytes]) -> list[Path]:
    paths = {folder / name: content for name, content in contents.items()}
    _files.write_together(paths)
    return list(paths)


def provenance(wall_s: float) -> Nested:
    """Return what a reader needs to repeat a run: versions, commit, machine, wall time."""
    versions = {
        name: importlib.metadata.version(name) for name in ("postdict", "numpy", "matplotlib")
    }
    return {
        "versions": {**versions, "python": platform.python_version()},
        "commit": _version.commit,
        "machine": {
            "system": platform.system(),
            "architecture": platform.machine(),
            "cpus": os.cpu_count(),
        },
        "command": " ".join(["postdict", *sys.argv[1:]]),
        "wall_s": round(wall_s, 1),
    }


def _read_json(path: Path) -> Nested:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path.name} cannot be read ({error})") from None
    if not isinstance(value, dict):
        raise ValueError(f"{path.name} must be an object, got {type(value).__name__}")
    return value


def _names(tables: Any) -> list[str]:
    """Return the names of tables; they lie in the folder itself."""
    if not isinstance(tables, list):
        raise ValueError(f"provenance.json: tables must be a list, got {tables!r}")
    for name in tables:
        if not isinstance(name, str) or {"/", "\\", "\0"} & {*name}:
            raise ValueError(f"provenance.json: no table is named {name!r}")
    return tables


def _json(value: Nested) -> bytes:
    return (json.dumps(finite(plain(value)), indent=2, allow_nan=False) + "\n").encode()


def _csv(columns: Mapping[str, NDArray[Any]]) -> bytes:
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    lines = [",".join(columns), *(",".join(map(_cell, row)) for row in rows)]
    return ("\n".join(lines) + "\n").encode()


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else repr(value)


def _read_csv(path: Path) -> dict[str, NDArray[Any]]:
    """Return the columns of a table; those of numbers only as numbers."""
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    names = header.split(",")
    rows = [line.split(",") for line in lines]
    if any(len(row) != len(names) for row in rows):
        raise ValueError(f"{path.name} is not a table of {len(names)} columns")
    columns = (np.array([row[k] for row in rows], dtype=str) for k in range(len(names)))
    return {name: _numbers(column) for name, column in zip(names, columns, strict=True)}


def _numbers(column: NDArray[np.str_]) -> NDArray[Any]:
    for kind in (np.int64, np.float64):
        try:
            return column.astype(kind)
        except ValueError:
            continue
    return column
