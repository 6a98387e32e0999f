"""Results at a glance, as HTML for notebooks, and the tables of which that is made."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from numbers import Real
from typing import Any

import numpy as np

Row = Sequence[object]


def table(caption: str, head: Row, rows: Iterable[Row]) -> str:
    """Return an HTML table, or nothing where there are no rows; all cells are escaped."""
    lines = ["".join(f"<td>{html.escape(str(cell))}</td>" for cell in row) for row in rows]
    if not lines:
        return ""
    names = "".join(f"<th>{html.escape(str(name))}</th>" for name in head)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return (
        f"<table><caption>{html.escape(caption)}</caption>"
        f"<thead><tr>{names}</tr></thead><tbody>{body}</tbody></table>"
    )


def of_result(experiment: str, summary: Mapping[str, Any], arrays: Mapping[str, Any]) -> str:
    """Return the numbers of a summary, medians over seeds with their range, and the arrays."""
    spread = summary.get("spread")
    ranges = spread if isinstance(spread, Mapping) else {}  # a user's metric may have the name
    rows = [
        (name, _number(value), _range(ranges.get(name)))
        for name, value in summary.items()
        if isinstance(value, Real) and not isinstance(value, bool)
    ]
    shapes = [
        (name, " × ".join(map(str, np.shape(array))) or "1") for name, array in arrays.items()
    ]
    return "".join(
        [
            f"<p><b>Result</b> of {html.escape(experiment)}</p>",
            table("metrics", ("name", "median", "range over seeds"), rows),
            table("arrays", ("name", "shape"), shapes),
        ]
    )


def _number(value: object) -> str:
    if isinstance(value, Real):
        with suppress(OverflowError):  # an integer that no double holds
            return f"{float(value):.4g}"
    return str(value)


def _range(values: object) -> str:
    return " … ".join(map(_number, values)) if isinstance(values, (list, tuple)) else ""
