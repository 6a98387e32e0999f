"""Distances of spike trains: van Rossum's and Victor and Purpura's, of a train or a population."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks
from .._types import Floats
from ._trains import by_neuron, traces


def van_rossum(a: ArrayLike, b: ArrayLike, *, tau: float) -> float:
    """Squared distance D² of van Rossum of two spike trains.

    D² = 1/tau ∫ (f - g)² dt, where f and g are the trains filtered by exp(-t/tau), t >= 0. This is
    the square and not its root, so that the sum over neurons is again a squared distance: 1/2 for
    one extra spike, 1 - ``exp(-|d|/tau)`` for one spike moved by d, and (n_a + n_b)/2 for trains
    far apart.

    Parameters
    ----------
    a : array_like (n_a,)
        Spike times, ms, in any order.
    b : array_like (n_b,)
        Those of the other train, likewise.
    tau : float
        Time constant of the kernel, ms.

    Returns
    -------
    float
        D² >= 0, without unit; exactly 0 for equal trains.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Notes
    -----
    With signs s = +1 for a and -1 for b, D² = 1/2 Σ_k Σ_l s_k s_l ``exp(-|t_k - t_l|/tau)``, which
    one exponential trace over the merged spikes sums in O(n log n).

    References
    ----------
    van Rossum MCW (2001). A novel spike distance. Neural Computation 13: 751-763.

    Examples
    --------
    >>> from postdict.analysis import van_rossum
    >>> round(van_rossum([10.0, 50.0], [10.0], tau=5.0), 3)
    0.5
    """
    a, b = _checks.spike_train("a", a), _checks.spike_train("b", b)
    tau = _checks.number("tau", tau, "ms", above=0.0)
    # Spikes that both trains have cancel to 0 here, before anything is rounded.
    times, of = np.unique(np.concatenate((a, b)), return_inverse=True)
    signs = np.concatenate((np.ones(a.size), -np.ones(b.size)))
    net = np.bincount(of, weights=signs, minlength=times.size).astype(np.float64, copy=False)
    trace = traces(times, np.zeros(times.size, dtype=np.int64), tau, net)
    return max(0.0, float(net @ trace - 0.5 * (net @ net)))


def victor_purpura(a: ArrayLike, b: ArrayLike, *, cost: float) -> float:
    """Spike-time distance of Victor and Purpura: the cheapest way to turn one train into the other.

    Adding or deleting a spike costs 1, moving it by d costs ``cost · |d|``.

    Parameters
    ----------
    a : array_like (n_a,)
        Spike times, ms, in any order.
    b : array_like (n_b,)
        Those of the other train, likewise.
    cost : float
        Cost of a shift, 1/ms; 0 compares the numbers of spikes only.

    Returns
    -------
    float
        Without unit, between ``|n_a - n_b|`` and n_a + n_b.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Notes
    -----
    O(n_a n_b) operations in min(n_a, n_b) array steps.

    References
    ----------
    Victor JD, Purpura KP (1996). Nature and precision of temporal coding in visual cortex: a
    metric-space analysis. Journal of Neurophysiology 76: 1310-1326.

    Examples
    --------
    >>> from postdict.analysis import victor_purpura
    >>> victor_purpura([10.0, 50.0], [12.0], cost=0.1)
    1.2
    """
    a, b = _checks.spike_train("a", a), _checks.spike_train("b", b)
    cost = _checks.number("cost", cost, "1/ms", at_least=0.0)
    if a.size > b.size:
        a, b = b, a
    # Row i holds the distances of the first i spikes of a to the first 0 ... n_b spikes of b.
    columns = np.arange(b.size + 1, dtype=np.float64)
    row = columns.copy()
    for time in a:
        entered = row + 1.0  # the spike of a deleted
        np.minimum(entered[1:], row[:-1] + cost * np.abs(time - b), out=entered[1:])  # or moved
        # Then spikes of b added: row[j] = min over k <= j of entered[k] + (j - k).
        row = np.minimum.accumulate(entered - columns) + columns
    return float(row[-1])


def population_distance(
    distance: Callable[[Floats, Floats], float],
    times_a: ArrayLike,
    ids_a: ArrayLike,
    times_b: ArrayLike,
    ids_b: ArrayLike,
    *,
    n: int,
) -> float:
    """Sum a distance of spike trains over the neurons of a population, each compared with itself.

    Parameters
    ----------
    distance : callable
        Takes two arrays of times (ms) and returns a number, such as
        `functools.partial(van_rossum, tau=10.0)`.
    times_a : array_like (n_a,)
        Spikes of one side, ms, in any order.
    ids_a : array_like (n_a,)
        Who fired them, in [0, n).
    times_b : array_like (n_b,)
        Spikes of the other.
    ids_b : array_like (n_b,)
        Who fired them, in [0, n).
    n : int
        Number of neurons.

    Returns
    -------
    float

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> from functools import partial
    >>> from postdict.analysis import population_distance, victor_purpura
    >>> distance = partial(victor_purpura, cost=0.1)
    >>> population_distance(distance, [10.0, 20.0], [0, 1], [15.0, 20.0], [0, 1], n=2)
    0.5
    """
    n = _checks.integer("n", n, at_least=1)
    a, _, bounds_a = by_neuron(*_checks.spikes(times_a, ids_a, n, suffix="_a"), n)
    b, _, bounds_b = by_neuron(*_checks.spikes(times_b, ids_b, n, suffix="_b"), n)
    return float(
        sum(
            distance(a[bounds_a[i] : bounds_a[i + 1]], b[bounds_b[i] : bounds_b[i + 1]])
            for i in range(n)
        )
    )
