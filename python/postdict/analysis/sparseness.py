"""Sparseness of activity: over neurons at a time, and over time in a neuron.

All three numbers are a = <r>²/<r²>, so *small means sparse*: 1 where all rates are equal, 1/n where
one of n is active.

References
----------
Treves A, Rolls ET (1991). What determines the capacity of autoassociative memories in the brain?
Network: Computation in Neural Systems 2: 371-397.

Rolls ET, Tovee MJ (1995). Sparseness of the neuronal representation of stimuli in the primate
temporal visual cortex. Journal of Neurophysiology 73: 713-726 (across stimuli, for one neuron).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks
from .._types import Floats, Integers
from ._bins import occupied


def treves_rolls(rates: ArrayLike) -> float:
    """Sparseness a = <r>²/<r²> of rates.

    Parameters
    ----------
    rates : array_like (n,)
        Non-negative, in any unit.

    Returns
    -------
    float
        From 1/n (one active: sparse) to 1 (all equal: dense); nan when all are 0.

    Raises
    ------
    ValueError
        For rates that are none, negative or not finite.

    References
    ----------
    Treves & Rolls (1991), Network 2: 371-397.

    Examples
    --------
    >>> from postdict.analysis import treves_rolls
    >>> treves_rolls([1.0, 1.0, 1.0, 1.0]), treves_rolls([4.0, 0.0, 0.0, 0.0])
    (1.0, 0.25)
    """
    rates = _checks.vector("rates", rates)
    if rates.size == 0:
        raise ValueError("rates must not be empty, got shape (0,)")
    if rates.min() < 0.0:
        raise ValueError(f"rates must be non-negative, got {rates.min()}")
    largest = float(rates.max())
    if largest == 0.0:
        return math.nan
    relative = rates / largest  # so that no square over- or underflows
    return float(np.mean(relative) ** 2 / np.mean(relative**2))


def lifetime_sparseness(
    times: ArrayLike, ids: ArrayLike, *, n: int, start: float, stop: float, bin_width: float
) -> float:
    """Mean over neurons of the sparseness of their spike counts over time bins.

    Small means sparse. Neurons without a spike, for which it is not defined, are left out.

    Parameters
    ----------
    times : array_like (n_spikes,)
        Spikes, ms, in any order.
    ids : array_like (n_spikes,)
        Who fired, in [0, n).
    n : int
        Number of neurons.
    start : float
        Start of the window, ms.
    stop : float
        End of the window, ms; an incomplete last bin is left out.
    bin_width : float
        Width of a bin, ms.

    Returns
    -------
    float
        From 1/n_bins (all spikes of each neuron in one bin) to 1; nan without spikes.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    References
    ----------
    Rolls & Tovee (1995), Journal of Neurophysiology 73: 713-726.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.analysis import lifetime_sparseness
    >>> times, ids = np.arange(0.0, 600.0, 10.0), np.arange(60) % 2
    >>> lifetime_sparseness(times, ids, n=2, start=0.0, stop=600.0, bin_width=10.0)
    0.5
    """
    neurons, _, counts, n_bins = occupied(times, ids, n, start, stop, bin_width)
    return _mean_sparseness(neurons, counts, n_bins)


def population_sparseness(
    times: ArrayLike, ids: ArrayLike, *, n: int, start: float, stop: float, bin_width: float
) -> float:
    """Mean over time bins of the sparseness of the spike counts over neurons.

    Small means sparse. Bins without a spike, for which it is not defined, are left out.

    Parameters
    ----------
    times : array_like (n_spikes,)
        Spikes, ms, in any order.
    ids : array_like (n_spikes,)
        Who fired, in [0, n).
    n : int
        Number of neurons.
    start : float
        Start of the window, ms.
    stop : float
        End of the window, ms; an incomplete last bin is left out.
    bin_width : float
        Width of a bin, ms.

    Returns
    -------
    float
        From 1/n (one neuron active at a time) to 1; nan without spikes.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    References
    ----------
    Treves & Rolls (1991), Network 2: 371-397.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.analysis import population_sparseness
    >>> times, ids = np.arange(0.0, 600.0, 10.0), np.arange(60) % 2
    >>> population_sparseness(times, ids, n=2, start=0.0, stop=600.0, bin_width=10.0)
    0.5
    """
    _, bins, counts, _ = occupied(times, ids, n, start, stop, bin_width)
    return _mean_sparseness(bins, counts, n)


def _mean_sparseness(groups: Integers, counts: Floats, size: int) -> float:
    """Mean over the groups present of (Σr)²/(size Σr²), which is <r>²/<r²> over `size` values."""
    if groups.size == 0:
        return math.nan
    _, of = np.unique(groups, return_inverse=True)
    sums, squares = np.bincount(of, weights=counts), np.bincount(of, weights=counts**2)
    return float(np.mean(sums**2 / (size * squares)))
