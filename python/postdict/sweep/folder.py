"""A sweep's folder: the plan, one file a point, failures, and what did not verify.

    sweep.json           which points there are
    points/KEY.json      a result: config, seed, summary, and a SHA-256 over all of it
    points/KEY.npz       its arrays, where they are kept; written first, its SHA-256 in the .json
    failed/KEY.json      config, seed and traceback of a point that failed
    aside/               files that did not verify

Files appear whole or not at all, no file is locked, and nothing is ever unpickled: several runs on
one folder do at worst the same work twice.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import _files
from ..lab.results import Result
from . import keys

Record = dict[str, Any]


_PLAN = (
    *("engine", "function", "keep", "streams", "dims", "coords", "units", "metrics", "source"),
    *("keys", "seeds", "digest"),
)
_POINT = ("experiment", "config", "seed", "summary", "commit", "wall_s", "arrays")


class SweepError(ValueError):
    """A folder that is no sweep's, or another's."""


@dataclass(frozen=True)
class Folder:
    """Where a sweep's files are."""

    path: Path

    @classmethod
    def of(cls, path: str | os.PathLike[str]) -> Folder:
        """Return a folder by any path."""
        return cls(Path(path))

    def claim(self, plan: Record) -> None:
        """Write the plan; SweepError where the folder belongs to another sweep.

        A sweep that has all points of the one that is there extends it.
        """
        file = self.path / "sweep.json"
        there = self._readable_plan(file)
        if there is not None:
            lost = len(set(there["keys"]) - set(plan["keys"]))
            if lost and there["engine"] != plan["engine"]:
                raise SweepError(
                    f"{str(self.path)!r} was planned with {there['engine']}, this is "
                    f"{plan['engine']}: take another folder"
                )
            if lost:
                raise SweepError(
                    f"{str(self.path)!r} belongs to another sweep ({there['function']}, "
                    f"{len(there['keys'])} points, {lost} of which are not in this one)"
                )
        elif self._is_foreign():
            raise SweepError(f"{str(self.path)!r} is not empty and holds no sweep")
        for name in ("points", "failed"):
            (self.path / name).mkdir(parents=True, exist_ok=True)
        content = _text(_signed(plan))
        if not file.exists() or file.read_bytes() != content:
            _files.write_bytes(file, content)

    def _is_foreign(self) -> bool:
        """Whether it holds something and no sweep, nor one that another run begins this moment."""
        if not self.path.exists():
            return False
        names = {path.name for path in self.path.iterdir()}  # "points" is the first to be there
        return bool(names) and "points" not in names

    def _readable_plan(self, file: Path) -> Record | None:
        if not file.exists():
            return None
        try:
            return self.plan()
        except ValueError:
            file.replace(self._aside(f"sweep.{secrets.token_hex(4)}.json"))
            return None

    def plan(self) -> Record:
        """Return the plan that is there; SweepError where there is none."""
        file = self.path / "sweep.json"
        try:
            plan = _verified(file.read_bytes())
            if plan.get("format") == keys.FILE_FORMAT:
                _check_names(plan, _PLAN)
        except FileNotFoundError:
            raise SweepError(f"{str(self.path)!r} holds no sweep: plan one first") from None
        except ValueError as error:
            raise SweepError(f"{str(file)!r} is damaged ({error}): plan the sweep again") from None
        if plan.get("format") != keys.FILE_FORMAT:
            raise SweepError(
                f"{str(file)!r} has format {plan.get('format')!r}, this is {keys.engine()}"
            )
        return plan

    def points(self, key: str, ending: str = "json") -> Path:
        """Return where the result of a point is."""
        return self.path / "points" / f"{key}.{ending}"

    def failed(self, key: str) -> Path:
        """Return where the failure of a point is."""
        return self.path / "failed" / f"{key}.json"

    def done_keys(self) -> set[str]:
        """Return which points have a file, unread."""
        return _stems(self.path / "points")

    def failed_keys(self) -> set[str]:
        """Return which points have failed and were not done since."""
        return _stems(self.path / "failed") - self.done_keys()

    def read(self, key: str, *, arrays: bool = False, full: bool = False) -> Record | None:
        """Return the record of a point; None where there is none.

        ValueError says what does not verify. With `full`, arrays must be there; with `arrays`
        they are read (slow) and verified too.
        """
        try:
            content = self.points(key).read_bytes()
        except FileNotFoundError:
            return None
        return self._checked(content, key, arrays=arrays, full=full)

    def _checked(self, content: bytes, key: str, *, arrays: bool, full: bool) -> Record:
        record = _verified(content)
        if record.get("key") != key:
            raise ValueError(f"it is the result of {record.get('key')!r}")
        _check_names(record, _POINT)
        if full and record["arrays"] is None:
            raise ValueError("its arrays were not kept")
        if record["arrays"] is not None and (full or arrays):
            file = self.points(key, "npz")
            if not file.exists():
                raise ValueError("its arrays are missing")
            if arrays and hashlib.sha256(file.read_bytes()).hexdigest() != record["arrays"]:
                raise ValueError("its arrays do not verify")
        return record

    def set_aside(self, key: str, *, full: bool = False) -> None:
        """Move a point's file away; another run that does the same at this moment is no harm."""
        target = self._aside(f"{key}.{secrets.token_hex(4)}.json")
        try:
            self.points(key).replace(target)
            self._checked(target.read_bytes(), key, arrays=True, full=full)
        except (FileNotFoundError, ValueError):
            return
        target.replace(self.points(key))  # another run had put a good one there meanwhile

    def _aside(self, name: str) -> Path:
        (self.path / "aside").mkdir(exist_ok=True)
        return self.path / "aside" / name

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write files of points by their paths within the folder, in order."""
        for name, content in files.items():
            _files.write_bytes(self.path / name, content)


def load_result(folder: str | os.PathLike[str], key: str) -> Result:
    """Return the result of a point by its key, with arrays and tables where they were kept.

    Raises
    ------
    SweepError
        There is no sweep in the folder, or no such point.

    Examples
    --------
    >>> from postdict import Sweep
    >>> def area(config):
    ...     from postdict.lab.results import Result
    ...     return Result("area", config, {"area": config["a"] * config["b"]}, {})
    ...
    >>> base, values = {"a": 1, "b": 2, "seed": 0}, {"a": [1, 2, 3]}
    >>> sweep = Sweep.grid(area, base, values, seeds=2, keep="full")
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> with ThreadPoolExecutor(1) as executor:
    ...     report = sweep.run("loaded", executor)
    ...
    >>> from postdict.sweep import load_result
    >>> load_result("loaded", sweep.points[0].key).summary
    {'area': 2}
    """
    where = Folder.of(folder)
    record = where.read(key, arrays=True)
    if record is None:
        raise FileNotFoundError(f"point {key} is not done in {str(folder)!r}")
    arrays: dict[str, NDArray[Any]] = {}
    tables: dict[str, dict[str, NDArray[Any]]] = {}
    if record["arrays"] is not None:
        for name, values in _files.read_npz(where.points(key, "npz").read_bytes()).items():
            kind, _, rest = name.partition(":")
            if kind == "table":
                table, _, column = rest.partition(":")
                tables.setdefault(table, {})[column] = values
            else:
                arrays[rest] = values
    return Result(record["experiment"], record["config"], record["summary"], arrays, tables)


def files_of(key: str, record: Record, result: Result | None) -> dict[str, bytes]:
    """Return the files of a done point, by name within the folder, in the order of writing.

    With a result, its arrays and tables are among them.
    """
    files = {}
    record = {**record, "key": key, "arrays": None}
    if result is not None:
        arrays = {f"array:{name}": np.asarray(v) for name, v in result.arrays.items()}
        for table, columns in result.tables.items():
            arrays |= {f"table:{table}:{name}": np.asarray(v) for name, v in columns.items()}
        content = _files.npz_bytes(arrays)
        files[f"points/{key}.npz"] = content
        record["arrays"] = hashlib.sha256(content).hexdigest()
    files[f"points/{key}.json"] = _text(_signed(record))
    return files


def failure_file(key: str, failure: Record) -> dict[str, bytes]:
    """Return the file of a failed point."""
    return {f"failed/{key}.json": _text(_signed({**failure, "key": key}))}


def read_failure(folder: Folder, key: str) -> Record:
    """Return what is known of a failure; its file may be damaged or gone by now."""
    try:
        return _verified(folder.failed(key).read_bytes())
    except (OSError, ValueError):
        return {"key": key, "error": "unknown", "traceback": "", "config": {}, "seed": None}


def _signed(record: Record) -> Record:
    return {**record, "digest": keys.digest(record)}


def _text(record: Record) -> bytes:
    return json.dumps(record, separators=(",", ":")).encode()  # in the order that was meant


def _verified(content: bytes) -> Record:
    try:
        record = json.loads(content)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise ValueError("not whole") from None
    if not isinstance(record, dict) or keys.digest(
        {k: v for k, v in record.items() if k != "digest"}
    ) != record.get("digest"):
        raise ValueError("its digest is another")
    return record


def _check_names(record: Record, names: tuple[str, ...]) -> None:
    for name in names:
        if name not in record:
            raise ValueError(f"it has no {name!r}")


def _stems(folder: Path) -> set[str]:
    if not folder.is_dir():
        return set()
    return {path.stem for path in folder.iterdir() if path.match("[!.]*.json")}
