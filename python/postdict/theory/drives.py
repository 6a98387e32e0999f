"""What a neuron's correlations with itself and with others drive its weights to."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks
from .._types import Floats
from .window import SUBDIVISION, Window


def own_drive(
    window: Window, delay: float, *, rate: float, autocorrelation: tuple[ArrayLike, ArrayLike]
) -> float:
    """Return c0 / r (mV): window-weighted autocorrelation at loop delay D, own spike included.

    ``K(-D) + integral of K(s) [a(|s + D|) - r] ds`` with a(u) the rate at lag u after a spike.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict import AntisymmetricSTDP
    >>> from postdict.theory import own_drive
    >>> window = AntisymmetricSTDP(eta=1.0).window
    >>> lags = np.arange(0.5, 200.0)
    >>> round(own_drive(window, 11.0, rate=5.0, autocorrelation=(lags, 0.0 * lags)), 3)
    -0.577
    """
    lags, after = _curve(autocorrelation)
    delay = _checks.number("delay", delay, "ms")
    both = (np.concatenate((-lags[::-1], lags)), np.concatenate((after[::-1], after)))
    alone = float(window(np.array([-delay]))[0])
    return alone + cross_drive(window, delay, rate=rate, correlation=both)


def cross_drive(
    window: Window, delay: float, *, rate: float, correlation: tuple[ArrayLike, ArrayLike]
) -> float:
    """Return c_ik / r (mV): what each spike of neuron k adds to the weights onto neuron i.

    ``integral of K(s) [C(s + D) - r] ds``, C(u) being the rate of i at lag u after a spike of k.

    Parameters
    ----------
    window : callable
    delay : float
        The loop delay D, ms.
    rate : float
        Mean rate of i, Hz; beyond the lags given C counts as this.
    correlation : (lags, rate), arrays (n_bins,)
        C over equal bins around 0 (centres, ms), Hz.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict import AntisymmetricSTDP
    >>> from postdict.theory import cross_drive
    >>> window = AntisymmetricSTDP(eta=1.0).window
    >>> lags = np.arange(-200.0, 201.0)
    >>> correlation = 10.0 * np.exp(-abs(lags) / 30.0)
    >>> round(cross_drive(window, 11.0, rate=5.0, correlation=(lags, correlation)), 3)
    -0.056
    """
    lags, after = _curve(correlation)
    delay, rate = _checks.number("delay", delay, "ms"), _checks.number("rate", rate, "Hz")
    width = float(lags[1] - lags[0])
    step = width / SUBDIVISION
    # A grid of lags s with 0 between two of its points, because windows jump there.
    first, last = lags[0] - 0.5 * width - delay, lags[-1] + 0.5 * width - delay
    s = (np.arange(np.floor(first / step), np.ceil(last / step)) + 0.5) * step
    bins = np.floor((s - first) / width).astype(np.int64)
    inside = (bins >= 0) & (bins < len(after))
    return 1e-3 * step * float(window(s[inside]) @ (after[bins[inside]] - rate))


def _curve(correlation: tuple[ArrayLike, ArrayLike]) -> tuple[Floats, Floats]:
    """Return lags (ms) and rates (Hz) of one length, of at least two bins."""
    lags = _checks.vector("lags", correlation[0], "ms")
    after = _checks.vector("rate at lags", correlation[1], "Hz")
    if lags.shape != after.shape or lags.size < 2:
        raise ValueError(
            f"lags and rates at them must have one length of at least 2, got {lags.size} and "
            f"{after.size}"
        )
    return lags, after


def balanced_scale(scales: ArrayLike, drives: ArrayLike) -> float | None:
    """Return the c at which the drive of the diagonal vanishes from below, or None.

    `drives` (n,) are measured at the imposed `scales` (n,), ascending: c0/r + kappa(c) c of a
    neuron that hears itself with strength c. Where several zeros are stable, that nearest to 0 is
    where learning from W = 0 ends. Linear between the points.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> from postdict.theory import balanced_scale
    >>> balanced_scale([0.5, 1.0, 2.0], [-0.3, -0.1, 0.3])
    1.25
    """
    c, f = _checks.vector("scales", scales, "mV"), _checks.vector("drives", drives, "mV")
    zeros = [
        float(c[k] - f[k] * (c[k + 1] - c[k]) / (f[k + 1] - f[k]))
        for k in np.flatnonzero((f[:-1] < 0.0) & (f[1:] >= 0.0))
    ]
    return min(zeros, key=abs) if zeros else None
