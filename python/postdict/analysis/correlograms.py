"""Cross-correlograms of spike trains and mean autocorrelation of a population.

Bins are half-open with an edge at lag 0, so that the two sides of zero are told apart and
coincident spikes lie on the positive one, as the plasticity rule sees them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks
from .._types import Floats, Integers
from ._bins import bins_of, tolerance, within
from ._trains import by_neuron, pairs


def cross_correlogram(
    reference_times: ArrayLike, times: ArrayLike, *, max_lag: float, bin_width: float
) -> tuple[Floats, Integers]:
    """Count the pairs of spikes at each lag t - t_ref.

    Parameters
    ----------
    reference_times : array_like (n_reference,)
        Spike times t_ref of one train, or of several pooled, ms, in any order.
    times : array_like (n_spikes,)
        Spike times t, ms, in any order.
    max_lag : float
        Lags in [-max_lag, max_lag) are counted, ms; a multiple of `bin_width`.
    bin_width : float
        Width of a bin, ms.

    Returns
    -------
    lags : ndarray (n_bins,)
        Bin centres, ms; n_bins = 2 max_lag / bin_width.
    counts : ndarray (n_bins,), int64
        Pairs in each bin [edge, edge + bin_width). A lag less than half a picosecond (or four
        units in the last place of the latest time) below an edge counts above it, so that a fixed
        delay which is a multiple of `bin_width` fills one bin and not two.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> from postdict.analysis import cross_correlogram
    >>> cross_correlogram([10.0, 50.0], [12.0, 51.0], max_lag=4.0, bin_width=2.0)
    (array([-3., -1.,  1.,  3.]), array([0, 0, 1, 1]))
    """
    reference = _checks.spike_train("reference_times", reference_times)
    times = _checks.spike_train("times", times)
    n_side, bin_width = _bins(max_lag, bin_width)
    slack = tolerance(reference, times)
    reach = n_side * bin_width + 2.0 * slack
    first = np.searchsorted(times, reference - reach).astype(np.int64)
    last = np.searchsorted(times, reference + reach).astype(np.int64)
    lags = _pair_lags(reference, times, first, last)
    return _centres(n_side, bin_width), _histogram(lags, -n_side, 2 * n_side, bin_width, slack)


def cross_correlograms(
    reference_times: ArrayLike,
    reference_ids: ArrayLike,
    times: ArrayLike,
    ids: ArrayLike,
    *,
    n_reference: int,
    n: int,
    max_lag: float,
    bin_width: float,
) -> tuple[Floats, Integers]:
    """Count the pairs of spikes at each lag t - t_ref, for every two neurons of two populations.

    Parameters
    ----------
    reference_times : array_like (n_reference_spikes,)
        Spikes at t_ref, ms, in any order.
    reference_ids : array_like (n_reference_spikes,)
        Who fired them, in [0, n_reference).
    times : array_like (n_spikes,)
        Spikes at t, ms, in any order.
    ids : array_like (n_spikes,)
        Who fired them, in [0, n).
    n_reference : int
        Number of neurons of reference.
    n : int
        Number of neurons.
    max_lag : float
        As in `cross_correlogram`, ms.
    bin_width : float
        As in `cross_correlogram`, ms.

    Returns
    -------
    lags : ndarray (n_bins,)
        Bin centres, ms.
    counts : ndarray (n, n_reference, n_bins), int64
        What `cross_correlogram` counts for each two neurons.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> from postdict.analysis import cross_correlograms
    >>> lags, counts = cross_correlograms(
    ...     [10.0, 50.0], [0, 0], [12.0, 51.0], [0, 1],
    ...     n_reference=1, n=2, max_lag=4.0, bin_width=2.0,
    ... )
    >>> counts.shape, counts[1, 0]
    ((2, 1, 4), array([0, 0, 1, 0]))
    """
    n_reference = _checks.integer("n_reference", n_reference, at_least=1)
    n = _checks.integer("n", n, at_least=1)
    references, sources = _checks.spikes(
        reference_times, reference_ids, n_reference, prefix="reference_"
    )
    order = np.argsort(references, kind="stable")
    references, sources = references[order], sources[order]
    times, _, bounds = by_neuron(*_checks.spikes(times, ids, n), n)
    n_side, bin_width = _bins(max_lag, bin_width)
    n_bins = 2 * n_side
    slack = tolerance(references, times)
    reach = n_side * bin_width + 2.0 * slack
    counts = np.zeros((n, n_reference * n_bins), dtype=np.int64)
    for target, (low, high) in enumerate(pairwise(bounds.tolist())):
        own = times[low:high]
        first = np.searchsorted(references, own - reach).astype(np.int64)
        last = np.searchsorted(references, own + reach, side="right").astype(np.int64)
        for k, other in pairs(first, last):
            bins = bins_of(own[k] - references[other], bin_width, slack) + n_side
            inside = (bins >= 0) & (bins < n_bins)
            cells = sources[other][inside] * n_bins + bins[inside]
            counts[target] += np.bincount(cells, minlength=n_reference * n_bins)
    return _centres(n_side, bin_width), counts.reshape(n, n_reference, n_bins)


def autocorrelation(
    times: ArrayLike,
    ids: ArrayLike,
    *,
    n: int,
    start: float,
    stop: float,
    max_lag: float,
    bin_width: float,
) -> tuple[Floats, Floats]:
    """Mean rate of a neuron at each lag after one of its own spikes.

    Averaged over all spikes of all neurons. A spike counts at a lag for as long as the window
    still covers that lag, so that the end of the window does not pull the rate down.

    Parameters
    ----------
    times : array_like (n_spikes,)
        Spikes, ms, in any order.
    ids : array_like (n_spikes,)
        Who fired, in [0, n).
    n : int
        Number of neurons.
    start : float
        ms; spikes before it do not count.
    stop : float
        ms; nor do spikes from it on.
    max_lag : float
        Lags in [0, max_lag) are counted, ms; a multiple of `bin_width`.
    bin_width : float
        Width of a bin, ms.

    Returns
    -------
    lags : ndarray (n_bins,)
        Bin centres, ms; n_bins = max_lag / bin_width.
    rate : ndarray (n_bins,)
        Hz; nan at lags that no spike has within the window (all of them without spikes). Two
        spikes of a neuron at one instant are one pair at lag 0; no spike pairs with itself.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.analysis import autocorrelation
    >>> times, ids = np.arange(0.0, 600.0, 10.0), np.arange(60) % 2
    >>> window = {"start": 0.0, "stop": 600.0, "max_lag": 25.0, "bin_width": 5.0}
    >>> lags, density = autocorrelation(times, ids, n=2, **window)
    >>> lags
    array([ 2.5,  7.5, 12.5, 17.5, 22.5])
    >>> density.round(1)
    array([  0.,   0.,   0.,   0., 200.])
    """
    n = _checks.integer("n", n, at_least=1)
    times, ids = _checks.spikes(times, ids, n)
    start, stop = _checks.window(start, stop)
    n_bins, bin_width = _bins(max_lag, bin_width)
    kept = within(times, start, stop)
    times, ids, bounds = by_neuron(times[kept], ids[kept], n)
    slack = tolerance(times)
    reach = n_bins * bin_width + 2.0 * slack

    last = np.empty(times.size, dtype=np.int64)
    for low, high in pairwise(bounds.tolist()):
        own = times[low:high]
        last[low:high] = low + np.searchsorted(own, own + reach)
    first = np.minimum(np.arange(1, times.size + 1), last)
    counts = _histogram(_pair_lags(times, times, first, last), 0, n_bins, bin_width, slack)

    # Time spent below lag x, summed over spikes: Σ min(stop - t, x), from one sorted cumulation.
    left = np.sort(stop - times)
    edges = np.arange(n_bins + 1) * bin_width
    ended = np.searchsorted(left, edges)
    below = np.concatenate(([0.0], np.cumsum(left)))[ended] + edges * (left.size - ended)
    exposure = np.diff(below)  # (n_bins,) ms
    covered = exposure > 0.0
    rate = np.full(n_bins, np.nan)
    rate[covered] = 1e3 * counts[covered] / exposure[covered]
    return (np.arange(n_bins, dtype=np.float64) + 0.5) * bin_width, rate


def _bins(max_lag: float, bin_width: float) -> tuple[int, float]:
    max_lag = _checks.number("max_lag", max_lag, "ms", above=0.0)
    bin_width = _checks.number("bin_width", bin_width, "ms", above=0.0)
    n = _checks.multiple("max_lag", max_lag, bin_width)
    if n < 1:
        raise ValueError(
            f"max_lag must be a multiple of bin_width = {bin_width} ms, got {max_lag} ms"
        )
    return n, bin_width


def _centres(n_side: int, bin_width: float) -> Floats:
    """Centres of `n_side` bins on either side of lag 0."""
    return (np.arange(-n_side, n_side, dtype=np.float64) + 0.5) * bin_width


def _pair_lags(
    reference: Floats, times: Floats, first: Integers, last: Integers
) -> Iterator[Floats]:
    """Yield the lags (ms) of the pairs (k, first[k] <= l < last[k]), a bounded number at a time."""
    for k, other in pairs(first, last):
        yield times[other] - reference[k]


def _histogram(
    lags: Iterator[Floats], first_bin: int, n_bins: int, bin_width: float, slack: float
) -> Integers:
    counts = np.zeros(n_bins, dtype=np.int64)
    for some in lags:
        bins = bins_of(some, bin_width, slack) - first_bin
        counts += np.bincount(bins[(bins >= 0) & (bins < n_bins)], minlength=n_bins)
    return counts
