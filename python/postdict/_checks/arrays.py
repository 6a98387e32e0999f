"""Arrays: finite numbers, and indices."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._types import Floats
from .scalars import LARGEST
from .units import in_unit


def finite_array(
    name: str,
    values: ArrayLike,
    unit: str = "",
    *,
    ndim: int | None = None,
    show: Callable[[tuple[int, ...]], str] | None = None,
) -> Floats:
    """Return `values` in a unit as a float array that is finite everywhere.

    The first offender is named, by `show` where its index says little.
    """
    if isinstance(values, np.ma.MaskedArray):
        raise TypeError(f"{name} must be a plain array, got a masked one; fill it first")
    values = in_unit(name, values, unit)
    try:
        given = np.asarray(values)
        if given.dtype.kind not in "biufO":  # numpy would parse texts and drop imaginary parts
            raise TypeError
        result = given.astype(np.float64, copy=False)
    except (TypeError, ValueError):
        kind = f"{values.dtype} values" if isinstance(values, np.ndarray) else type(values).__name__
        raise TypeError(f"{name} must be numbers, got {kind}") from None
    if ndim is not None and result.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} dimension(s), got shape {result.shape}")
    wrong = ~(np.abs(result) <= LARGEST)
    if wrong.any():
        place = first_place(wrong)
        at = (show or show_place)(place)
        raise ValueError(f"{name} must be finite, got {result[place]} at {at}")
    return result


def vector(name: str, values: ArrayLike, unit: str = "") -> Floats:
    """Return `values` in a unit as a finite array of one dimension."""
    return finite_array(name, values, unit, ndim=1)


def matrix(name: str, values: ArrayLike, unit: str = "") -> Floats:
    """Return `values` in a unit as a finite array of two dimensions, neither of them empty."""
    result = finite_array(name, values, unit, ndim=2)
    if not result.size:
        raise ValueError(f"{name} must not be empty, got shape {result.shape}")
    return result


def integer_array(name: str, values: ArrayLike) -> NDArray[np.integer]:
    """Return `values` as a flat array of integers; an empty one may have any type."""
    if isinstance(values, np.ma.MaskedArray):
        raise TypeError(f"{name} must be a plain array, got a masked one; fill it first")
    try:
        result = np.asarray(values)
    except ValueError:
        raise TypeError(f"{name} must be integers, got {type(values).__name__}") from None
    if result.ndim != 1:
        raise ValueError(f"{name} must have 1 dimension(s), got shape {result.shape}")
    if not result.size:
        return np.empty(0, np.int64)
    if not np.issubdtype(result.dtype, np.integer):
        raise TypeError(f"{name} must be integers, got {result.dtype}")
    return result


def in_range(name: str, ids: NDArray[np.integer], n: int | None) -> None:
    """Refuse indices outside of [0, n), or below 0 where n is None; the first one is named."""
    if ids.size and (ids.min() < 0 or (n is not None and ids.max() >= n)):
        k = int(np.argmax((ids < 0) if n is None else (ids < 0) | (ids >= n)))
        rule = "non-negative" if n is None else f"in [0, {n})"
        raise ValueError(f"{name} must be {rule}, got {ids[k]} at [{k}]")


def chosen(ids: ArrayLike | None, n: int) -> tuple[int, ...] | None:
    """Return indices in [0, n), each once and at least one; None stands for all."""
    if ids is None:
        return None
    given = integer_array("ids", ids)
    in_range("ids", given, n)
    if not given.size:
        raise ValueError("ids must name at least one neuron, got none")
    order = np.argsort(given, kind="stable")
    again = order[1:][np.diff(given[order]) == 0]
    if again.size:
        k = int(again.min())
        raise ValueError(f"ids must name each neuron once, got {given[k]} again at [{k}]")
    return tuple(int(i) for i in given)


def first_place(where: NDArray[np.bool_]) -> tuple[int, ...]:
    """Return the index of the first true entry."""
    return tuple(int(k) for k in np.unravel_index(int(np.argmax(where)), where.shape))


def show_place(place: tuple[int, ...]) -> str:
    """Return an index as a reader would write it."""
    return f"[{', '.join(str(k) for k in place)}]" if place else "its only value"
