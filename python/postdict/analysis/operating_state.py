"""Whether neurons fire irregularly and apart from one another: the asynchronous irregular state."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks
from .._types import Floats
from ._bins import occupied, within
from ._trains import by_neuron


def isi_cv(
    times: ArrayLike,
    ids: ArrayLike,
    *,
    n: int,
    start: float,
    stop: float,
    min_intervals: int = 10,
) -> Floats:
    """Coefficient of variation of each neuron's interspike intervals.

    Standard deviation (of the intervals as they are, divided by their number) over mean: 0 of a
    clock, 1 of a Poisson process.

    Parameters
    ----------
    times : array_like (n_spikes,)
        Spikes, ms, in any order.
    ids : array_like (n_spikes,)
        Who fired, in [0, n).
    n : int
        Number of neurons.
    start : float
        ms; only intervals between spikes from it on count.
    stop : float
        ms; and before it.
    min_intervals : int
        Neurons with fewer have no value: that of few intervals is biased towards 0.

    Returns
    -------
    ndarray (n,)
        nan where a neuron has too few intervals, or none that is longer than 0.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.analysis import isi_cv
    >>> times, ids = np.arange(0.0, 600.0, 10.0), np.arange(60) % 2
    >>> isi_cv(times, ids, n=2, start=0.0, stop=600.0).round(6)
    array([0., 0.])
    """
    n = _checks.integer("n", n, at_least=1)
    min_intervals = _checks.integer("min_intervals", min_intervals, at_least=1)
    times, ids = _checks.spikes(times, ids, n)
    start, stop = _checks.window(start, stop)
    inside = within(times, start, stop)
    times, ids, _ = by_neuron(times[inside], ids[inside], n)
    own = ids[1:] == ids[:-1]
    intervals, neurons = np.diff(times)[own], ids[1:][own]
    number = np.bincount(neurons, minlength=n)
    enough = number >= min_intervals
    mean = np.full(n, np.nan)
    np.divide(np.bincount(neurons, intervals, n), number, out=mean, where=enough)
    mean[mean == 0.0] = np.nan
    squares = np.bincount(neurons, (intervals - mean[neurons]) ** 2, n)
    result = np.full(n, np.nan)
    np.divide(squares, number, out=result, where=enough)
    cv: Floats = np.sqrt(result) / mean
    return cv


def pairwise_correlation(
    times: ArrayLike, ids: ArrayLike, *, n: int, start: float, stop: float, bin_width: float
) -> Floats:
    """Pearson correlation of the spike counts of every two neurons.

    Parameters
    ----------
    times : array_like (n_spikes,)
        Spikes, ms, in any order.
    ids : array_like (n_spikes,)
        Who fired, in [0, n).
    n : int
        Number of neurons; the time taken grows with its square.
    start : float
        Start of the window, ms.
    stop : float
        End of the window, ms; an incomplete last bin is left out.
    bin_width : float
        Width of a bin, ms.

    Returns
    -------
    ndarray (n, n)
        Symmetric; nan on the diagonal, and where a neuron's count never changes.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.analysis import pairwise_correlation
    >>> times, ids = np.arange(0.0, 600.0, 10.0), np.arange(60) % 2
    >>> window = {"start": 0.0, "stop": 600.0, "bin_width": 10.0}
    >>> pairwise_correlation(times, ids, n=2, **window).round(6)
    array([[nan, -1.],
           [-1., nan]])
    """
    neurons, bins, given, n_bins = occupied(times, ids, n, start, stop, bin_width)
    if n_bins < 2:
        raise ValueError(
            f"bin_width must fit twice into the window of {stop - start} ms, got {bin_width} ms"
        )
    counts = np.zeros((n, n_bins))
    counts[neurons, bins] = given
    counts -= counts.mean(axis=1, keepdims=True)
    size = np.sqrt((counts**2).sum(axis=1))
    size[size == 0.0] = np.nan
    counts /= size[:, None]
    result: Floats = counts @ counts.T
    np.fill_diagonal(result, np.nan)
    return result
