"""Where learning ends, and how its modes come there."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks
from .._types import Floats


def fixed_point(
    response: ArrayLike, scale: float, *, ridge: float = 0.0, uniform: float = 0.0
) -> Floats:
    """Return W (M, S) = (c 1 - b 11') G' (G G' + lambda 1)^-1, where learning from W = 0 ends.

    Parameters
    ----------
    response : array_like (S, M)
        G, sensor spikes evoked by one motor spike.
    scale : float
        c, mV.
    uniform : float
        b, mV.
    ridge : float
        lambda >= 0; at 0 the inverse is the pseudo-inverse.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.theory import fixed_point
    >>> fixed_point(2.0 * np.eye(2), 0.5)
    array([[0.25, 0.  ],
           [0.  , 0.25]])
    """
    response = _checks.matrix("response", response)
    ridge = _checks.number("ridge", ridge, at_least=0.0)
    scale = _checks.number("scale", scale, "mV")
    uniform = _checks.number("uniform", uniform, "mV")
    left, s, right = np.linalg.svd(response, full_matrices=False)  # (S, k), (k,), (k, M)
    kept = s > s[0] * max(response.shape) * np.finfo(float).eps
    gains = np.zeros_like(s)
    gains[kept] = s[kept] / (s[kept] ** 2 + ridge)
    inverse = (right.T * gains) @ left.T
    return np.asarray(scale * inverse - uniform * inverse.sum(axis=0))


def ridge_inverse(response: ArrayLike, ridge: float) -> Floats:
    """Return (G'G + lambda 1)^-1 G' (M, S), lambda in units of the mean of G's M values of s^2.

    It is `fixed_point` at c = 1 without uniform inhibition, with another unit of lambda.

    Parameters
    ----------
    response : array_like (S, M)
        G, or any matrix that is to be inverted.
    ridge : float
        lambda > 0, without unit.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.theory import ridge_inverse
    >>> ridge_inverse(2.0 * np.eye(2), 1.0)
    array([[0.25, 0.  ],
           [0.  , 0.25]])
    """
    response = _checks.matrix("response", response)
    ridge = _checks.number("ridge", ridge, above=0.0)
    if not response.any():
        raise ValueError("response must have an entry that is not 0: nothing can be inverted")
    gram = response.T @ response
    mean_square = float(np.trace(gram)) / len(gram) * np.eye(len(gram))
    return np.asarray(np.linalg.solve(gram + ridge * mean_square, response.T))


def modes(product: ArrayLike, response: ArrayLike) -> Floats:
    """Return the diagonal of V'(WG)V along the right singular vectors of G, strongest first.

    `product` is W G (..., M, M); the result is (..., M).

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.theory import modes
    >>> response = np.diag([2.0, 1.0])
    >>> modes(0.5 * np.eye(2), response)
    array([0.5, 0.5])
    """
    right = np.linalg.svd(np.asarray(response, dtype=np.float64))[2]
    return np.asarray(np.einsum("km,...mn,kn->...k", right, np.asarray(product), right))


def relaxation(times: ArrayLike, values: ArrayLike) -> tuple[float, float]:
    """Fit ``x(t) = x_end (1 - e^(-t/tau))`` by least squares; return x_end and 1/tau.

    For each tau the best x_end is known, so that one number is searched for: on a logarithmic grid
    from the first interval to ten times the whole, refined to 1e-4.

    Parameters
    ----------
    times : array_like (n_samples,)
        t, ms, from 0 on.
    values : array_like (n_samples,)
        What relaxes, at these times.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.theory import relaxation
    >>> times = np.arange(0.0, 100.0)
    >>> end, tau = relaxation(times, 1.0 - np.exp(-times / 20.0))
    >>> round(end, 3), round(tau, 3)
    (1.0, 0.05)
    """
    t, x = _checks.vector("times", times, "ms"), _checks.vector("values", values)
    low, high = np.log(1.0 / (10.0 * t[-1])), np.log(1.0 / (t[1] - t[0]))

    def loss(rate: float) -> tuple[float, float]:
        shape = -np.expm1(-rate * t)
        end = float(shape @ x) / float(shape @ shape)
        return float(((x - end * shape) ** 2).sum()), end

    while high - low > 1e-4:
        grid = np.linspace(low, high, 41)
        best = int(np.argmin([loss(np.exp(log_rate))[0] for log_rate in grid]))
        low, high = grid[max(best - 1, 0)], grid[min(best + 1, 40)]
    rate = float(np.exp(0.5 * (low + high)))
    return loss(rate)[1], rate
