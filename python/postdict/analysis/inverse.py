"""How well effective weights W invert a response G: WG against c times the identity."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks
from .._types import Floats

_SMALLEST_SCALE = 1e-9


@_checks.brief
@dataclass(frozen=True)
class InverseQuality:
    """How far WG is from c times the identity (definitions of this package).

    X is `specific_part(WG)`: a uniform inhibition is a gain control, not a fault. All but `scale`
    are None where ``|c| < 1e-9``.

    Attributes
    ----------
    scale : float
        c, the mean diagonal of WG.
    inverse_error : float or None
        ‖WG/c - 1‖_F / √M.
    specific_inverse_error : float or None
        ‖X/c - 1‖_F / √M.
    mode_spread : float or None
        Largest over smallest diagonal element of VᵀXV, V the right singular vectors of G;
        `math.inf` unless all have the sign of c.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.analysis import inverse_quality
    >>> inverse_quality(np.eye(3), 0.5 * np.eye(3)).scale
    0.5
    """

    scale: float
    inverse_error: float | None
    specific_inverse_error: float | None
    mode_spread: float | None


def inverse_quality(weights: ArrayLike, response: ArrayLike) -> InverseQuality:
    """Compare WG with c times the identity (definitions of this package).

    Parameters
    ----------
    weights : array_like (M, S)
        Effective weights W from sensor to motor neurons: excitation minus inhibition.
    response : array_like (S, M)
        G, sensor spikes evoked by one motor spike.

    Returns
    -------
    InverseQuality

    Raises
    ------
    ValueError
        Unless both are finite and of shapes (M, S) and (S, M).

    Notes
    -----
    V holds all M right singular vectors. With fewer sensors than motor neurons some of them are
    silent motor patterns, which no weights can invert, and their choice within the null space is
    arbitrary: read `inverse_error` there, not `mode_spread`.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.analysis import inverse_quality
    >>> response = np.eye(6, 3) + 0.1
    >>> quality = inverse_quality(np.linalg.pinv(response), response)
    >>> round(quality.scale, 6), round(quality.inverse_error, 6)
    (1.0, 0.0)
    """
    weights, response = _matching(weights, response)
    product = weights @ response  # (M, M)
    n_motor = product.shape[0]
    scale = float(np.trace(product)) / n_motor
    if abs(scale) < _SMALLEST_SCALE:
        return InverseQuality(scale, None, None, None)

    specific = specific_part(product)
    identity = np.eye(n_motor)
    modes = np.linalg.svd(response)[2]  # (M, M), the rows are right singular vectors
    gains = np.einsum("km,mn,kn->k", modes, specific, modes, optimize=True) / scale
    smallest, largest = float(gains.min()), float(gains.max())
    return InverseQuality(
        scale=scale,
        inverse_error=float(np.linalg.norm(product / scale - identity)) / math.sqrt(n_motor),
        specific_inverse_error=float(np.linalg.norm(specific / scale - identity))
        / math.sqrt(n_motor),
        mode_spread=largest / smallest if smallest > 0.0 else math.inf,
    )


def specific_part(product: ArrayLike) -> Floats:
    """Take the uniform inhibition out of WG (definition of this package).

    Parameters
    ----------
    product : array_like (M, M)
        WG.

    Returns
    -------
    ndarray (M, M)
        WG with its mean off-diagonal element subtracted everywhere off the diagonal.

    Raises
    ------
    ValueError
        Unless `product` is finite and square.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.analysis import specific_part
    >>> specific_part(np.eye(2) - 0.3).round(6)
    array([[0.7, 0. ],
           [0. , 0.7]])
    """
    product = _checks.matrix("product", product)
    n_motor = product.shape[0]
    if product.shape != (n_motor, n_motor):
        raise ValueError(f"product must be square, got shape {product.shape}")
    off_diagonal = ~np.eye(n_motor, dtype=bool)
    specific = product.copy()
    if n_motor > 1:
        specific[off_diagonal] -= product[off_diagonal].mean()
    return specific


def specific_gain(weights: ArrayLike, response: ArrayLike) -> float:
    """Return the mean of WG on its diagonal less that off it, mV: what is specific in it.

    Parameters
    ----------
    weights : array_like (M, S)
        Effective weights W.
    response : array_like (S, M)
        G, of at least two motor neurons.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.analysis import specific_gain
    >>> round(specific_gain(0.5 * np.eye(3) - 0.1, np.eye(3)), 6)
    0.5
    """
    weights, response = _matching(weights, response)
    product = weights @ response
    diagonal = float(np.trace(product))
    n = len(product)
    if n < 2:
        raise ValueError("response must be of at least two motor neurons, got one")
    return diagonal / n - (float(product.sum()) - diagonal) / (n * (n - 1))


def uniform_inhibition(weights: ArrayLike, response: ArrayLike) -> float:
    """Return what, added to all of W, takes the mean off-diagonal element of WG to zero, mV.

    Parameters
    ----------
    weights : array_like (M, S)
        Effective weights W.
    response : array_like (S, M)
        G.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.analysis import uniform_inhibition
    >>> round(uniform_inhibition(0.5 * np.eye(3) - 0.1, np.eye(3)), 6)
    0.1
    """
    weights, response = _matching(weights, response)
    if not response.sum():
        raise ValueError(
            "response must not sum to 0: no inhibition changes what it is multiplied by"
        )
    product = weights @ response
    n_motor = len(product)
    off_diagonal = (product.sum() - np.trace(product)) / (n_motor * max(n_motor - 1, 1))
    return float(-off_diagonal / (response.sum() / n_motor))


def _matching(weights: ArrayLike, response: ArrayLike) -> tuple[Floats, Floats]:
    """Return W (M, S), mV, and G (S, M)."""
    w, g = _checks.matrix("weights", weights, "mV"), _checks.matrix("response", response)
    if g.shape != w.shape[::-1]:
        raise ValueError(
            f"response must have the transposed shape of weights, {w.shape[::-1]}, got {g.shape}"
        )
    return w, g
