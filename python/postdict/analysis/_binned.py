"""Spike counts in bins of time, of those neurons and bins that have any."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks
from .._types import Floats, Integers


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
    n_bins = math.floor((stop - start) / bin_width + 1e-9)
    if n_bins < 1:
        raise ValueError(
            f"bin_width must fit into the window of {stop - start} ms, got {bin_width} ms"
        )
    within = (times >= start) & (times < stop)
    bins = np.floor((times[within] - start) / bin_width).astype(np.int64)
    complete = bins < n_bins
    cells, counts = np.unique(ids[within][complete] * n_bins + bins[complete], return_counts=True)
    return cells // n_bins, cells % n_bins, counts.astype(np.float64), n_bins
