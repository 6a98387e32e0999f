"""Figures of results as files: of the same bytes whatever style the user prefers elsewhere."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from .results import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Draw = Callable[[Result, "Figure"], None]
Figures = Mapping[str, tuple[tuple[float, float], Draw]]
"""Size in inches, and the function that draws on a figure of that size, by file name."""

FORMS = ("png", "pdf", "svg")

_NO_DATE: dict[str, dict[str, None]] = {
    "png": {"Software": None},
    "pdf": {"Creator": None, "Producer": None, "CreationDate": None},
    "svg": {"Creator": None, "Date": None},
}
# Bytes depend on the drawing alone: no version, no date, fixed ids. Text stays text.
_FIXED: dict[str, Any] = {"svg.hashsalt": "postdict", "svg.fonttype": "none", "pdf.fonttype": 42}


def figure_bytes(result: Result, size: tuple[float, float], draw: Draw, form: str) -> bytes:
    """Return one figure as a file of a form."""
    _import_matplotlib()
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with _own_style():
        figure = Figure(figsize=size, dpi=150, layout="constrained")
        FigureCanvasAgg(figure)
        draw(result, figure)
        buffer = io.BytesIO()
        figure.savefig(buffer, format=form, metadata=_NO_DATE[form])
    return buffer.getvalue()


@contextmanager
def _own_style() -> Iterator[None]:
    """Use matplotlib's own defaults, but for the fonts that the user asks for.

    What else a user's matplotlibrc says is for figures of the user's: with usetex ours would fail
    where there is no LaTeX, and other sizes would lay texts over each other.
    """
    import matplotlib as mpl

    families = ("family", "serif", "sans-serif", "cursive", "fantasy", "monospace")
    settings: dict[Any, Any] = mpl.rcParams
    fonts = {f"font.{family}": settings[f"font.{family}"] for family in families}
    with mpl.rc_context():
        mpl.rcdefaults()
        settings.update({**fonts, **_FIXED})
        yield


def _import_matplotlib() -> None:
    """Import matplotlib, also where MPLBACKEND names a backend that it does not know.

    It would refuse to be imported then; files are drawn without any backend.
    """
    if "matplotlib" in sys.modules or not (asked := os.environ.pop("MPLBACKEND", "")):
        return
    try:
        import matplotlib as mpl
    finally:
        os.environ["MPLBACKEND"] = asked
    with suppress(ValueError):
        mpl.rcParams["backend"] = asked  # as it does itself
