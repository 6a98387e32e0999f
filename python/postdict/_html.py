"""Tables as HTML, of which notebooks show networks and results at a glance."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

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
