"""Bins of time: how all of the analysis sorts times and lags into bins.

Bins are half-open. What lies less than `tolerance` below an edge is on it, and so in the bin that
begins there: half a picosecond, which is half of the engine's unit of time, or where times are so
long that doubles no longer tell such parts from rounding (from 17 minutes on), four units in their
last place.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _checks
from .._types import Floats, Integers

PICOSECONDS = 1e9  # in a ms
LARGEST = 2.0**62  # number of a bin


def tolerance(*times: ArrayLike) -> float:
    """Return how far below an edge (ms) what is on it may lie, of times (ms) or their lags."""
    latest = max((float(np.abs(some).max()) for some in times if np.size(some)), default=0.0)
    return max(0.5 / PICOSECONDS, 4.0 * float(np.spacing(latest)))


def bins_of(lags: ArrayLike, bin_width: float, slack: float) -> Integers:
    """Return the number of the bin, from lag 0 on, of each lag; all in ms."""
    # In picoseconds most widths are whole numbers, and multiples of them as exact as can be.
    width = bin_width * PICOSECONDS
    if abs(width - round(width)) < 1e-3:
        width = round(width)
    number = np.floor((np.asarray(lags) + slack) * PICOSECONDS / width)
    return np.asarray(np.clip(number, -LARGEST, LARGEST)).astype(np.int64)


def within(times: Floats, start: float, stop: float) -> NDArray[np.bool_]:
    """Return which times are in [start, stop); all in ms."""
    slack = tolerance(times, start, stop)
    return (times - start + slack >= 0.0) & (times - stop + slack < 0.0)


def occupied(
    times: ArrayLike, ids: ArrayLike, n: int, start: float, stop: float, bin_width: float
) -> tuple[Integers, Integers, Floats, int]:
    """Neuron, bin and count of the cells (neuron, bin) that have spikes, and the number of bins.

    The others are never stored: most are empty where activity is sparse.
    """
    n = _checks.integer("n", n, at_least=1)
    times, ids = _checks.spikes(times, ids, n)
    start, stop = _checks.window(start, stop)
    bin_width = _checks.number("bin_width", bin_width, "ms", above=0.0)
    slack = tolerance(times, start, stop)
    n_bins = int(bins_of(stop - start, bin_width, slack))
    if n_bins < 1:
        raise ValueError(
            f"bin_width must fit into the window of {stop - start} ms, got {bin_width} ms"
        )
    bins = bins_of(times - start, bin_width, slack)
    inside = (bins >= 0) & (bins < n_bins)
    cells, counts = np.unique(ids[inside] * n_bins + bins[inside], return_counts=True)
    return cells // n_bins, cells % n_bins, counts.astype(np.float64), n_bins
