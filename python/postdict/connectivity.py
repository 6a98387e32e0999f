"""What `connect` takes as weights, turned into one checked form."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _checks


def weight_matrix(
    weights: ArrayLike,
    *,
    shape: tuple[int, ...],
    non_negative: bool,
    w_max: float = np.inf,
) -> NDArray[np.float64]:
    """Return `weights` as a checked float array: (post, pre), or () for one number.

    Parameters
    ----------
    weights : float or array (post, pre)
        mV. One number stands for all pairs.
    shape : (int, int)
        (post, pre).
    non_negative : bool
        Whether negative weights are refused: inhibitory efficacies and plastic weights.
    w_max : float
        Upper bound of plastic weights, mV.

    Raises
    ------
    ValueError, TypeError
        Wrong shape, NaN, infinity, a negative or too large weight, or a bare tuple.
    """
    if isinstance(weights, tuple):
        raise TypeError("weights must be a number or an array (post, pre), not a tuple")
    matrix = _checks.finite_array("weights", weights)
    if matrix.ndim and matrix.shape != shape:
        slip = "; is it transposed?" if matrix.shape == shape[::-1] else ""
        raise ValueError(f"weights must have shape (post, pre) = {shape}, got {matrix.shape}{slip}")
    if non_negative and (matrix < 0).any():
        place = _checks.first_place(matrix < 0)
        raise ValueError(
            "inhibitory and plastic weights must be non-negative (the projection carries the "
            f"sign), got {matrix[place]:g} at {_checks.show_place(place)}"
        )
    if (matrix > w_max).any():
        place = _checks.first_place(matrix > w_max)
        raise ValueError(
            f"weights must be at most w_max = {w_max:g} mV, "
            f"got {matrix[place]:g} at {_checks.show_place(place)}"
        )
    matrix = matrix.copy()  # the caller may change theirs later
    matrix.flags.writeable = False
    return matrix
