"""Checks of what users pass in: one clear line that names argument, value and rule."""

from __future__ import annotations

import math
import sys
import warnings
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

LARGEST = 1e100  # beyond it sums and scaled values could overflow, and no unit here needs it
SHORTEST_PLAUSIBLE = 0.05  # ms; a time constant below it is almost always in seconds


def number(
    name: str,
    value: Any,
    unit: str = "",
    *,
    above: float | None = None,
    at_least: float | None = None,
    at_most: float | None = None,
) -> float:
    """Return `value` as a finite float within its bounds; ValueError names what is wrong."""
    if isinstance(value, (bool, str, bytes)) or np.ndim(value) != 0:
        raise TypeError(f"{name} must be a number, got {value!r}")
    try:
        result = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a number, got {value!r}") from None
    except OverflowError:
        result = math.inf
    plain = value.item() if isinstance(value, np.generic) else value
    shown = f"{plain!r} {unit}".rstrip()
    if not math.isfinite(result) or abs(result) > LARGEST:
        raise ValueError(f"{name} must be finite, got {shown}")
    if above is not None and not result > above:
        rule = "positive" if above == 0 else f"above {above:g}"
        raise ValueError(f"{name} must be {rule}, got {shown}")
    if at_least is not None and not result >= at_least:
        rule = "non-negative" if at_least == 0 else f"at least {at_least:g}"
        raise ValueError(f"{name} must be {rule}, got {shown}")
    if at_most is not None and not result <= at_most:
        raise ValueError(f"{name} must be at most {at_most:g}, got {shown}")
    return result


def is_single(value: Any) -> bool:
    """Return whether a value is one and not a list of them, ragged ones included."""
    try:
        return np.ndim(value) == 0
    except ValueError:
        return False


def integer(name: str, value: object, *, at_least: int = 0, bits: int | None = None) -> int:
    """Return `value` as an int that is at least `at_least`, and below 2**`bits`."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{name} must be an integer, got {value!r}")
    if value < at_least:
        raise ValueError(f"{name} must be at least {at_least}, got {value}")
    if bits is not None and value >= 2**bits:
        raise ValueError(f"{name} must be below 2**{bits}, got {value}")
    return int(value)


def generator(name: str, value: object) -> np.random.Generator:
    """Return `value`, which must be a random generator and not a seed."""
    if not isinstance(value, np.random.Generator):
        raise TypeError(f"{name} must be a numpy.random.Generator, got {value!r}")
    return value


def time_constant(name: str, value: object) -> float:
    """Return a positive time constant (ms), warning where it looks like seconds."""
    result = number(name, value, "ms", above=0.0)
    if result < SHORTEST_PLAUSIBLE:
        warnings.warn(
            f"{name} = {result:g} ms is short: times are in ms, did you mean {1e3 * result:g}?",
            stacklevel=outside(),
        )
    return result


def outside() -> int:
    """Return the stack level, as `warnings.warn` counts it, of the first caller from elsewhere."""
    level, frame = 1, sys._getframe(1)

    def ours() -> bool:
        return str(frame.f_globals.get("__package__")).split(".")[0] == __package__

    while frame.f_back is not None and ours():
        # The generated __init__ of a dataclass belongs to no package.
        level, frame = level + 1, frame.f_back
        if frame.f_code.co_filename == "<string>" and frame.f_back is not None:
            level, frame = level + 1, frame.f_back
    return level


def finite_array(
    name: str,
    values: ArrayLike,
    *,
    ndim: int | None = None,
    show: Callable[[tuple[int, ...]], str] | None = None,
) -> NDArray[np.float64]:
    """Return `values` as a float array that is finite everywhere.

    The first offender is named, by `show` where its index says little.
    """
    if isinstance(values, np.ma.MaskedArray):
        raise TypeError(f"{name} must be a plain array, got a masked one; fill it first")
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
        shown = (show or show_place)(place)
        raise ValueError(f"{name} must be finite, got {result[place]} at {shown}")
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


def in_range(name: str, ids: NDArray[np.integer], n: int) -> None:
    """Refuse indices outside of [0, n); the first offender is named."""
    if ids.size and (ids.min() < 0 or ids.max() >= n):
        k = int(np.argmax((ids < 0) | (ids >= n)))
        raise ValueError(f"{name} must be in [0, {n}), got {ids[k]} at [{k}]")


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


def spike_arrays(
    name: str, times: ArrayLike, ids: ArrayLike, n: int, *, earliest: float = 0.0
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return spike times (ms, >= earliest) and ids (in [0, n)), flat, sorted by (time, id)."""
    t = finite_array(f"{name}: times", times, ndim=1)
    given = integer_array(f"{name}: ids", ids)
    if given.shape != t.shape:
        raise ValueError(
            f"{name}: times and ids must have one length, got {t.shape} and {given.shape}"
        )
    if (t < earliest).any():
        k = int(np.argmax(t < earliest))
        rule = f"not be before the present, {earliest:g} ms" if earliest else "be non-negative"
        raise ValueError(f"{name}: times must {rule}, got {t[k]} ms at [{k}]")
    in_range(f"{name}: ids", given, n)
    return sorted_spikes(t, given.astype(np.int64))


def sorted_spikes(
    t: NDArray[np.float64], i: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return copies sorted by (time, id), read-only."""
    later = t[1:] > t[:-1]
    if not (later | ((t[1:] == t[:-1]) & (i[1:] >= i[:-1]))).all():
        order = np.lexsort((i, t))
        t, i = t[order], i[order]
    t, i = t.copy(), i.copy()  # the caller may change theirs later
    t.flags.writeable = i.flags.writeable = False
    return t, i


def unknown(kind: str, name: object, valid: Iterable[str]) -> str:
    """Return the message for a name that does not exist, with the nearest that does."""
    names = list(valid)
    close = get_close_matches(str(name), names, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else f"; there are {', '.join(names) or 'none'}"
    return f"no {kind} is named {name!r}{hint}"
