"""How inhibition follows excitation: correlation of two currents, over lags.

The measure after Okun & Lampl 2008, Nat Neurosci 11:535, who correlated the excitation of one cell
with the inhibition of its neighbour; in a model both can be had of one cell.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks
from .._types import Floats


def low_passed(values: ArrayLike, *, every: float, tau: float) -> Floats:
    """Filter samples by an exponential of time constant `tau`, from rest at the first sample.

    Parameters
    ----------
    values : array_like (T, ...)
        Samples at a fixed interval, along the first axis.
    every : float
        The interval, ms.
    tau : float
        ms.

    Returns
    -------
    ndarray (T, ...)
        y_0 = x_0 and y_k = a y_(k-1) + (1 - a) x_k with a = exp(-every/tau).

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> from postdict.analysis import low_passed
    >>> low_passed([0.0, 1.0, 1.0, 1.0], every=1.0, tau=2.0).round(3)
    array([0.   , 0.393, 0.632, 0.777])
    """
    result = _samples("values", values).copy()
    every = _checks.number("every", every, "ms", above=0.0)
    decay = math.exp(-every / _checks.number("tau", tau, "ms", above=0.0))
    result[1:] *= 1.0 - decay
    for k in range(1, len(result)):
        result[k] += decay * result[k - 1]
    return result


def ei_correlation(
    excitation: ArrayLike, inhibition: ArrayLike, *, every: float, max_lag: float
) -> tuple[Floats, Floats]:
    """Correlation of each cell's excitation with an inhibition, at each lag t_i - t_e.

    Parameters
    ----------
    excitation : array_like (T, N) or (n_trials, T, N)
        Samples at a fixed interval, of N cells; of trials, whose lags do not reach across.
    inhibition : array_like
        In the same shape, with the sign of excitation (minus the inhibitory current). With its
        cells in another order, the correlation is that across pairs.
    every : float
        The interval, ms.
    max_lag : float
        Lags from -max_lag to max_lag are taken, ms; a multiple of `every`, below T of them.

    Returns
    -------
    lags : ndarray (n_lags,)
        ms; positive where inhibition follows.
    correlation : ndarray (n_lags, N)
        Mean product of the deviations over the samples that a lag leaves, divided by the two
        standard deviations over all of them; nan where one is 0.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.analysis import ei_correlation
    >>> excitation = np.random.default_rng(1).normal(size=(500, 2))  # of two neurons
    >>> inhibition = np.roll(excitation, 3, axis=0)  # 3 ms later
    >>> lags, correlation = ei_correlation(excitation, inhibition, every=1.0, max_lag=5.0)
    >>> lags[correlation.argmax(axis=0)]
    array([3., 3.])
    """
    e, i = _samples("excitation", excitation), _samples("inhibition", inhibition)
    if e.ndim not in (2, 3):
        raise ValueError(f"excitation must have 2 or 3 dimensions, got shape {e.shape}")
    if i.shape != e.shape:
        raise ValueError(f"inhibition must have the shape of excitation, {e.shape}, got {i.shape}")
    every = _checks.number("every", every, "ms", above=0.0)
    n_side = round(_checks.number("max_lag", max_lag, "ms", at_least=0.0) / every)
    if abs(n_side * every - max_lag) > 1e-9 * max_lag:
        raise ValueError(f"max_lag must be a multiple of every = {every} ms, got {max_lag} ms")
    length = e.shape[-2]
    if n_side >= length:
        raise ValueError(
            f"max_lag must be shorter than the {length} samples ({length * every} ms), "
            f"got {max_lag} ms"
        )
    over = tuple(range(e.ndim - 1))
    e, i = e - e.mean(axis=over), i - i.mean(axis=over)
    size = np.sqrt((e**2).mean(axis=over) * (i**2).mean(axis=over))
    size[size == 0.0] = np.nan
    correlation = np.empty((2 * n_side + 1, e.shape[-1]))
    for row, k in enumerate(range(-n_side, n_side + 1)):
        first = e[..., max(0, -k) : length - max(0, k), :]
        second = i[..., max(0, k) : length - max(0, -k), :]
        correlation[row] = (first * second).mean(axis=over)
    return every * np.arange(-n_side, n_side + 1, dtype=np.float64), correlation / size


def _samples(name: str, values: ArrayLike) -> Floats:
    array = _checks.finite_array(name, values)
    if array.size == 0 or array.ndim == 0:
        raise ValueError(f"{name} must hold samples, got shape {array.shape}")
    return array
