"""Results of experiments: arrays and a summary, written with what is needed to repeat them."""

from __future__ import annotations

import importlib.metadata
import io
import json
import math
import os
import platform
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from . import _core, storage

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Nested = dict[str, Any]
Draw = Callable[["Result", "Figure"], None]


@dataclass(frozen=True)
class Result:
    """What an experiment found.

    Parameters
    ----------
    experiment : str
        Its name on the command line.
    config : dict
        Its configuration.
    summary : dict
        Headline metrics, controls and spread over seeds: nested dicts of numbers, texts and None.
    arrays : dict of arrays
        Named arrays of the first seed.
    tables : dict of dict of arrays
        Columns by name, of every table to be written as .csv.
    files : dict of bytes
        What else is to be written, by file name.
    """

    experiment: str
    config: Nested
    summary: Nested
    arrays: Mapping[str, NDArray[Any]]
    tables: Mapping[str, Mapping[str, NDArray[Any]]] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)


def over_seeds(per_seed: Sequence[Nested], reduce: Callable[[list[float]], Any]) -> Nested:
    """Return nested dicts like those given, each number replaced by `reduce` of all seeds' numbers.

    A number that is None (undefined) in any seed is None.
    """
    result: Nested = {}
    for key, first in per_seed[0].items():
        values = [one[key] for one in per_seed]
        if isinstance(first, dict):
            result[key] = over_seeds(values, reduce)
        else:
            result[key] = None if any(v is None for v in values) else reduce(values)
    return result


def median_and_range(per_seed: Sequence[Nested]) -> tuple[Nested, Nested]:
    """Return the medians over seeds, and [smallest, largest] over seeds."""
    return over_seeds(per_seed, statistics.median), over_seeds(
        per_seed, lambda values: [min(values), max(values)]
    )


def summarised(per_seed: Sequence[Nested], seeds: Sequence[int]) -> Nested:
    """Return medians over seeds, their range as `spread`, the seeds, and what each one found."""
    medians, ranges = median_and_range(per_seed)
    return {**medians, "spread": ranges, "seeds": list(seeds), "per_seed": list(per_seed)}


def shown(value: float | None, form: str = ".3f") -> str:
    """Return a metric as the command line prints it."""
    return "undefined" if value is None else format(value, form)


def prepare_directory(directory: str | os.PathLike[str]) -> Path:
    """Create the output folder and prove that it can be written; OSError names it otherwise."""
    path = Path(directory)
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / ".postdict-probe"
        storage.write_bytes(probe, b"")
        probe.unlink()
    except OSError as error:
        raise OSError(f"cannot write to the output folder {str(path)!r}: {error}") from None
    return path


def write(
    result: Result,
    directory: str | os.PathLike[str],
    figures: Mapping[str, tuple[tuple[float, float], Draw]],
    *,
    wall_s: float,
) -> list[Path]:
    """Write summary.json, provenance.json, result.npz, tables (.csv), other files and figures (.png).

    Parameters
    ----------
    result : Result
    directory : path
        An existing folder.
    figures : dict of ((width, height), draw)
        Size in inches and the function that draws on a figure of that size, by file name.
    wall_s : float
        How long the experiment took, for the provenance.

    Returns
    -------
    list of Path
        What was written, in order.
    """
    folder = Path(directory)
    contents = {
        "summary.json": _json(
            {"experiment": result.experiment, **result.summary, "config": result.config}
        ),
        "provenance.json": _json(provenance(wall_s)),
        "result.npz": storage.npz_bytes(result.arrays),
        **{f"{name}.csv": _csv(columns) for name, columns in result.tables.items()},
        **result.files,
        **{f"{name}.png": _png(result, size, draw) for name, (size, draw) in figures.items()},
    }
    for name, content in contents.items():
        storage.write_bytes(folder / name, content)
    return [folder / name for name in contents]


def provenance(wall_s: float) -> Nested:
    """Return what a reader needs to repeat a run: versions, commit, machine, wall time."""
    versions = {
        name: importlib.metadata.version(name) for name in ("postdict", "numpy", "matplotlib")
    }
    return {
        "versions": {**versions, "python": platform.python_version()},
        "commit": _core.commit or None,
        "machine": {
            "system": platform.system(),
            "architecture": platform.machine(),
            "cpus": os.cpu_count(),
        },
        "command": " ".join(["postdict", *sys.argv[1:]]),
        "wall_s": round(wall_s, 1),
    }


def _json(value: Nested) -> bytes:
    return (json.dumps(_plain(value), indent=2, allow_nan=False) + "\n").encode()


def _plain(value: Any) -> Any:
    """Return nested values as JSON has them; what is not finite is null."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _csv(columns: Mapping[str, NDArray[Any]]) -> bytes:
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    lines = [",".join(columns), *(",".join(map(_cell, row)) for row in rows)]
    return ("\n".join(lines) + "\n").encode()


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else repr(value)


def _png(result: Result, size: tuple[float, float], draw: Draw) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    draw(result, figure)
    buffer = io.BytesIO()
    # Without the software's version the bytes depend on the drawing alone.
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()
