"""Activity at a glance: spikes of populations over one another, and their rates below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import _checks
from .._types import Floats, Integers
from .panels import BLACK, BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLORS = (BLACK, VERMILION, BLUE, GREEN, PURPLE, ORANGE, SKY)
N_BINS = 100  # or so, where no width of a bin is given


def activity(
    raster: Axes,
    rates: Axes,
    trains: Mapping[str, tuple[Floats, Integers, int]],
    *,
    start: float,
    stop: float,
    bin_width: float | None = None,
    most: int = 500,
) -> tuple[Axes, Axes]:
    """Draw spikes, one row a neuron, and mean rates, on two Axes of one time.

    Parameters
    ----------
    raster : Axes
        On which the spikes are drawn, the first population at the top.
    rates : Axes
        On which the rates are drawn.
    trains : dict of (times, ids, size)
        By population: times (n_spikes,) in ms, ids (n_spikes,) in [0, size).
    start : float
        ms, from when on.
    stop : float
        ms, until when.
    bin_width : float, optional
        ms, of the rates; about a hundredth of the time by default.
    most : int
        Rows of a population: of a larger one neurons evenly apart are drawn. Rates are of all.

    Returns
    -------
    raster : Axes
        The one that was given for the spikes.
    rates : Axes
        The one that was given for the rates.

    Raises
    ------
    ValueError
        `stop` is not after `start`, or a number is not positive.

    Examples
    --------
    >>> import numpy as np
    >>> from matplotlib.figure import Figure
    >>> raster, rates = Figure().subplots(2, sharex=True)
    >>> trains = {"cells": (np.array([1.0, 7.0]), np.array([0, 1]), 2)}
    >>> _ = activity(raster, rates, trains, start=0.0, stop=10.0, bin_width=5.0)
    >>> rates.lines[0].get_ydata().tolist()  # Hz
    [100.0, 100.0, 100.0]
    """
    start, stop = _checks.window(start, stop)
    most = _checks.integer("most", most, at_least=1)
    width = _round((stop - start) / N_BINS) if bin_width is None else bin_width
    width = _checks.number("bin_width", width, "ms", above=0.0)
    edges = np.append(np.arange(start, stop, width), stop)
    scale, unit = (1e-3, "s") if stop - start >= 2000.0 else (1.0, "ms")
    top, places = 0, []
    for k, (name, (times, ids, size)) in enumerate(trains.items()):
        color = COLORS[k % len(COLORS)]
        every = -(-size // most)
        shown = (times >= start) & (times < stop) & (ids % every == 0)
        row = top + ids[shown] // every
        style: dict[str, Any] = {"color": color, "linestyle": "none", "rasterized": True}
        if size < 100:
            style |= {"marker": "|", "markersize": 4}
        else:
            style |= {"marker": ".", "markersize": 1.5, "markeredgewidth": 0}
        raster.plot(scale * times[shown], row, **style)
        n_rows = -(-size // every)
        some = f"{name}\n{n_rows} of {size}" if every > 1 else f"{name}\n{size}"
        places.append((top + 0.5 * (n_rows - 1), some, color))
        if top:
            raster.axhline(top - 0.5, color="grey", linewidth=0.5)
        counts = np.histogram(times, edges)[0]
        hz = counts / (1e-3 * np.diff(edges) * size)
        rates.step(scale * edges, np.append(hz, hz[-1:]), where="post", color=color, label=name)
        top += n_rows
    raster.set_yticks([y for y, _, _ in places], [text for _, text, _ in places])
    for tick, (_, _, color) in zip(raster.get_yticklabels(), places, strict=True):
        tick.set_color(color)
    raster.set(ylim=(top - 0.5, -0.5), ylabel="neurons")
    raster.tick_params(axis="y", length=0, labelsize=8)
    rates.set(xlabel=f"time ({unit})", ylabel="rate (Hz)", xlim=(scale * start, scale * stop))
    rates.set_ylim(bottom=0.0)
    raster.set_xlim(scale * start, scale * stop)
    if len(trains) > 1:
        rates.legend(fontsize=8, frameon=False, ncols=len(trains), loc="upper right")
    return raster, rates


def _round(width: float) -> float:
    """Return the nearest of 1, 2, 5, 10, ... below, in ms or parts of it."""
    power = 10.0 ** np.floor(np.log10(width))
    return float(power * max(step for step in (1.0, 2.0, 5.0) if step * power <= width * 1.001))
