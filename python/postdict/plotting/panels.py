"""Panels of figures: matrices, spikes, curves and ranges, each on the Axes that is given.

Colours are those of Okabe & Ito 2008, which remain distinct to colour-blind readers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .._types import Floats, Spikes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

BLACK, ORANGE, SKY, GREEN, BLUE, VERMILION, PURPLE = (
    "#000000",
    "#E69F00",
    "#56B4E9",
    "#009E73",
    "#0072B2",
    "#D55E00",
    "#CC79A7",
)


def panel(ax: Axes, letter: str, title: str) -> Axes:
    """Give a panel its letter and title.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from postdict.plotting import panel
    >>> ax = Figure().subplots()
    >>> panel(ax, "a", "weights").get_title()
    'weights'
    """
    ax.set_title(title, fontsize=9)
    ax.set_title(letter, loc="left", fontsize=11, fontweight="bold")
    ax.tick_params(labelsize=8)
    ax.xaxis.label.set_fontsize(9)
    ax.yaxis.label.set_fontsize(9)
    return ax


def matrix(ax: Axes, values: Floats, *, unit: str, centred: bool = True) -> Axes:
    """Draw a matrix (rows, columns) with a colour bar; zero is white where `centred`.

    Examples
    --------
    >>> import numpy as np
    >>> from matplotlib.figure import Figure
    >>> from postdict.plotting import matrix
    >>> ax = Figure().subplots()
    >>> matrix(ax, np.eye(3), unit="mV").images[0].get_clim()
    (-1.0, 1.0)
    """
    largest = float(np.abs(values).max()) or 1.0
    image = ax.imshow(
        values,
        aspect="auto",
        interpolation="nearest",
        cmap="RdBu_r" if centred else "Greys",
        vmin=-largest if centred else 0.0,
        vmax=largest,
    )
    bar = ax.figure.colorbar(image, ax=ax, shrink=0.9, pad=0.02)
    bar.set_label(unit, fontsize=8)
    bar.ax.tick_params(labelsize=7)
    ax.locator_params(integer=True)
    return ax


def raster(ax: Axes, trains: Mapping[str, Spikes], *, start: float, stop: float) -> Axes:
    """Draw spike trains over one another, one row a neuron: the first as bars, others as dots.

    Examples
    --------
    >>> import numpy as np
    >>> from matplotlib.figure import Figure
    >>> from postdict.plotting import raster
    >>> ax = Figure().subplots()
    >>> trains = {"tutor": (np.array([100.0, 200.0]), np.array([0, 1]))}
    >>> raster(ax, trains, start=0.0, stop=1000.0).get_xlabel()
    'time (s)'
    """
    for k, (label, (times, ids)) in enumerate(trains.items()):
        inside = (times >= start) & (times < stop)
        style: dict[str, Any] = (
            {"marker": "|", "color": BLACK, "markersize": 8, "markeredgewidth": 1.4}
            if k == 0
            else {"marker": "o", "color": VERMILION, "markersize": 4, "markerfacecolor": "none"}
        )
        ax.plot(1e-3 * times[inside], ids[inside], linestyle="none", label=label, **style)
    ax.set(xlabel="time (s)", ylabel="motor neuron", xlim=(1e-3 * start, 1e-3 * stop))
    ax.locator_params(axis="y", integer=True)
    ax.legend(fontsize=8, loc="lower right", ncols=2, bbox_to_anchor=(1.0, 1.0), frameon=False)
    return ax


def lagged(
    ax: Axes, lags: Floats, curves: Mapping[str, tuple[Floats, str]], *, delay: float
) -> Axes:
    """Draw curves (values and colour by label) against the lag (ms), with the loop delay D.

    Examples
    --------
    >>> import numpy as np
    >>> from matplotlib.figure import Figure
    >>> from postdict.plotting import BLACK, lagged
    >>> ax = Figure().subplots()
    >>> lags = np.arange(-50.0, 50.0)
    >>> lagged(ax, lags, {"learned": (np.exp(-abs(lags) / 20.0), BLACK)}, delay=11.0).get_xlabel()
    'lag (ms)'
    """
    for label, (values, color) in curves.items():
        ax.plot(lags, values, color=color, label=label, linewidth=1)
    ax.axvline(delay, color="grey", linestyle=":", linewidth=1)
    # At the top, since beside the line curves are low where a neuron has just fired.
    top = ax.get_xaxis_transform()
    ax.text(delay, 0.97, " D", transform=top, fontsize=8, color="grey", va="top")
    ax.set(xlabel="lag (ms)")
    ax.legend(fontsize=8)
    return ax


def ranges(
    ax: Axes,
    x: Sequence[float],
    median: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    *,
    label: str,
    color: str,
    dashed: bool = False,
    front: bool = False,
) -> Axes:
    """Draw medians over seeds as a line and their range as bars.

    What is in `front` is drawn over the others, and smaller, so that equal ones are seen behind it.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from postdict.plotting import BLACK, ranges
    >>> ax = Figure().subplots()
    >>> drawn = ranges(ax, [1, 2], [0.5, 0.8], [0.4, 0.7], [0.6, 0.9], label="F1", color=BLACK)
    >>> drawn.get_legend_handles_labels()[1]
    ['F1']
    """
    middle = np.asarray(median)
    spread = np.abs(np.stack([middle - np.asarray(low), np.asarray(high) - middle]))
    ax.errorbar(
        x,
        middle,
        yerr=spread,
        label=label,
        color=color,
        marker="o",
        markersize=2.5 if front else 3.5,
        linewidth=0.9 if front else 1.6,
        linestyle="--" if dashed else "-",
        markerfacecolor="white" if dashed else color,
        capsize=2,
        zorder=3 if front else 2,
    )
    return ax


def ranges_by_key(
    ax: Axes,
    medians: Mapping[str, float],
    limits: Mapping[str, Sequence[float]],
    *,
    label: str,
    color: str,
    dashed: bool = False,
    front: bool = False,
) -> Axes:
    """Draw medians over seeds, and [lowest, highest], over the numbers that are their keys."""
    low, high = np.transpose([limits[key] for key in medians])
    x = [float(key) for key in medians]
    middle = list(medians.values())
    return ranges(ax, x, middle, low, high, label=label, color=color, dashed=dashed, front=front)


def legend_below(ax: Axes, *, ncols: int, fontsize: float = 7.0) -> Axes:
    """Explain what is drawn below the axis, where it covers no curve."""
    below = (0.5, -0.2)
    ax.legend(loc="upper center", bbox_to_anchor=below, ncols=ncols, fontsize=fontsize,
              frameon=False, columnspacing=1.2)  # fmt: skip
    return ax


def band(
    ax: Axes, x: Floats, low: Floats, middle: Floats, high: Floats, *, label: str, color: str
) -> Axes:
    """Draw a curve, and a band between two others behind it."""
    ax.fill_between(x, low, high, color=color, alpha=0.2, linewidth=0)
    ax.plot(x, middle, color=color, label=label, linewidth=1.2)
    return ax


def shares(
    ax: Axes,
    values: Floats,
    edges: Floats,
    *,
    label: str,
    color: str,
    linewidth: float = 1.0,
    dashed: bool = False,
) -> Axes:
    """Draw which share of the values lies in each bin, as steps."""
    ax.hist(
        values,
        edges.tolist(),
        weights=np.full(len(values), 1.0 / max(len(values), 1)),
        histtype="step",
        label=label,
        color=color,
        linewidth=linewidth,
        linestyle="--" if dashed else "-",
    )
    return ax


def ticks(axis: Axis, values: Sequence[float], *, unit: float = 1.0) -> Axis:
    """Mark an axis at these values, given in a unit, and nowhere else."""
    axis.set_ticks(list(values), [f"{value / unit:g}" for value in values])
    axis.set_ticks([], minor=True)
    return axis
