"""The window K of a rule, as a function of the lag, and its area."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from .._types import Floats

Window: TypeAlias = Callable[[Floats], Floats]
"""The change (mV) of a weight by one pair at each lag t_post - t_pre (ms)."""

SUBDIVISION = 20  # points in a bin at which a window is averaged: error ~1e-6 for 1 ms at 20 ms


def area(window: Window) -> float:
    """Return the integral of a window over all lags, side by side because it jumps at 0.

    Gauss-Legendre pieces that double in length: bounded windows and exponential ones alike.

    Examples
    --------
    >>> from postdict import AntisymmetricSTDP
    >>> from postdict.theory import area
    >>> round(float(area(AntisymmetricSTDP(eta=1.0, A_minus=0.7).window)), 3)  # 20 - 0.7 x 20 mV ms
    6.0
    """
    nodes, weights = np.polynomial.legendre.leggauss(40)
    edges = np.concatenate(([0.0], 2.0 ** np.arange(-2, 14)))  # ms
    total = 0.0
    for low, high in pairwise(edges):
        lags = low + 0.5 * (high - low) * (nodes + 1.0)
        total += 0.5 * (high - low) * float(weights @ (window(lags) + window(-lags)))
    return total
