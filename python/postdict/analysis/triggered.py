"""What a sampled signal does around the spikes of its own neuron."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks
from .._types import Floats
from ._bins import bins_of, tolerance
from ._trains import pairs


def spike_triggered_average(
    v: ArrayLike,
    sample_times: ArrayLike,
    times: ArrayLike,
    ids: ArrayLike,
    *,
    before: float,
    after: float,
    bin_width: float,
) -> tuple[Floats, Floats]:
    """Mean of each neuron's samples at each lag from its own spikes, averaged over all pairs.

    Samples much coarser than `bin_width` are enough: spikes fall anywhere between them.

    Parameters
    ----------
    v : array_like (T, M)
        Potential, or any other signal, of each neuron at each sample time.
    sample_times : array_like (T,)
        ms, increasing.
    times : array_like (n_spikes,)
        Spikes of the M neurons, ms, in any order. Those near an end of the samples count with the
        lags that are covered.
    ids : array_like (n_spikes,)
        Who fired them, in [0, M).
    before : float
        Lags t_sample - t_spike from -before on are counted, ms; a multiple of `bin_width`.
    after : float
        Lags below it are counted, ms; a multiple of `bin_width`.
    bin_width : float
        Width of a bin, ms. There is an edge at lag 0, so that a reset is not smeared; a
        sample on an edge (within half a picosecond) is in the bin that begins there.

    Returns
    -------
    lags : ndarray (n_bins,)
        Bin centres, ms.
    mean : ndarray (n_bins,)
        In the unit of `v`; nan in a bin without any pair.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.analysis import spike_triggered_average
    >>> at = np.arange(0.0, 100.0)
    >>> v = (at % 20.0)[:, None]
    >>> lags, mean = spike_triggered_average(
    ...     v, at, [40.0, 60.0], [0, 0], before=2.0, after=2.0, bin_width=1.0
    ... )
    >>> lags, mean
    (array([-1.5, -0.5,  0.5,  1.5]), array([18., 19.,  0.,  1.]))
    """
    v, sample_times = _checks.sample_arrays(v, sample_times)
    times, ids = _checks.spikes(times, ids, v.shape[1])
    bin_width = _checks.number("bin_width", bin_width, "ms", above=0.0)
    after = _checks.number("after", after, "ms", above=0.0)
    n_before = _checks.multiple("before", before, bin_width)
    n_after = _checks.multiple("after", after, bin_width)
    n_bins = n_before + n_after

    slack = tolerance(sample_times, times)
    earliest = times - n_before * bin_width - 2.0 * slack
    latest = times + n_after * bin_width + 2.0 * slack
    first = np.searchsorted(sample_times, earliest).astype(np.int64)
    last = np.searchsorted(sample_times, latest).astype(np.int64)
    sums, counts = np.zeros(n_bins), np.zeros(n_bins)
    for k, sample in pairs(first, last):
        bins = bins_of(sample_times[sample] - times[k], bin_width, slack) + n_before
        inside = (bins >= 0) & (bins < n_bins)  # the search reaches a little beyond the outer edges
        sums += np.bincount(bins[inside], v[sample, ids[k]][inside], n_bins)
        counts += np.bincount(bins[inside], minlength=n_bins)
    mean = np.full(n_bins, np.nan)
    np.divide(sums, counts, out=mean, where=counts > 0)
    return (np.arange(-n_before, n_after, dtype=np.float64) + 0.5) * bin_width, mean
