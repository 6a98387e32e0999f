"""Spikes laid out neuron by neuron, and exponential traces of them without a loop over spikes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .._types import Floats, Integers

_PAIRS = 1 << 20  # pairs at a time


def by_neuron(times: Floats, ids: Integers, n: int) -> tuple[Floats, Integers, Integers]:
    """Sort spikes by (id, time); neuron i owns the slice `bounds[i]:bounds[i + 1]`.

    Returns
    -------
    times : ndarray (n_spikes,)
        The sorted times, ms.
    ids : ndarray (n_spikes,)
        Whose they are.
    bounds : ndarray (n + 1,)
    """
    order = np.lexsort((times, ids))
    ids = ids[order]
    return times[order], ids, np.searchsorted(ids, np.arange(n + 1)).astype(np.int64, copy=False)


def traces(times: Floats, ids: Integers, tau: float, weights: Floats | None = None) -> Floats:
    """Exponential trace of each neuron just after each of its own spikes.

    x_k = Σ_j w_j exp(-(t_k - t_j)/tau) over the spikes j <= k of the neuron of spike k.

    The sum is built by doubling: once x_k holds the last d spikes, adding the decayed x_(k-d)
    makes it hold 2d. Each pass is one array operation, decays come from time differences and
    never exceed 1 (no overflow, whatever the duration), and the passes end when every decay
    underflows: after log2 of the largest number of spikes that a neuron fires within 745 tau.

    Parameters
    ----------
    times : ndarray (n_spikes,)
        Times, ms, sorted by (id, time).
    ids : ndarray (n_spikes,)
        Whose they are.
    tau : float
        Time constant, ms.
    weights : ndarray (n_spikes,), optional
        w_j; 1 where not given.

    Returns
    -------
    ndarray (n_spikes,)
    """
    x = np.ones(times.size) if weights is None else weights.astype(np.float64)
    d = 1
    while d < times.size:
        same = ids[d:] == ids[:-d]
        # Across neurons the difference may be negative: it is not exponentiated.
        decay = np.exp(np.where(same, times[:-d] - times[d:], -np.inf) / tau)
        if not decay.any():
            break
        x[d:] += decay * x[:-d]
        d *= 2
    return x


def pairs(first: Integers, last: Integers) -> Iterator[tuple[Integers, Integers]]:
    """Yield the pairs (k, first[k] <= l < last[k]) as two arrays, a bounded number at a time."""
    ends = np.cumsum(last - first, dtype=np.int64)  # (n_spikes,)
    n_pairs = int(ends[-1]) if ends.size else 0
    for low in range(0, n_pairs, _PAIRS):
        pair = np.arange(low, min(low + _PAIRS, n_pairs))
        k = np.searchsorted(ends, pair, side="right").astype(np.int64, copy=False)
        yield k, pair - (ends[k] - last[k])
