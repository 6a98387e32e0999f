"""What the analysis refuses, once, at its entry: name, rule and value in one line."""

from __future__ import annotations

import math
import operator

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def finite(name: str, value: float, unit: str = "") -> float:
    """Return `value` as a finite float."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be a number, got {value!r}") from None
    if not math.isfinite(number):
        raise ValueError(f"{name} must be finite, got {_with_unit(number, unit)}")
    return number


def positive(name: str, value: float, unit: str = "") -> float:
    """Return `value` as a float above 0."""
    number = finite(name, value, unit)
    if number <= 0.0:
        raise ValueError(f"{name} must be positive, got {_with_unit(number, unit)}")
    return number


def non_negative(name: str, value: float, unit: str = "") -> float:
    """Return `value` as a float of at least 0."""
    number = finite(name, value, unit)
    if number < 0.0:
        raise ValueError(f"{name} must not be negative, got {_with_unit(number, unit)}")
    return number


def multiple(name: str, value: float, bin_width: float) -> int:
    """Return how many bins of a checked width (ms) a value of at least 0 ms spans, all of them."""
    value = non_negative(name, value, "ms")
    n = round(value / bin_width)
    if abs(n * bin_width - value) > 1e-9 * value:
        raise ValueError(f"{name} must be a multiple of bin_width = {bin_width} ms, got {value} ms")
    return n


def count(name: str, value: int) -> int:
    """Return `value` as an integer of at least 1."""
    try:
        number = operator.index(value)
    except TypeError:
        raise ValueError(f"{name} must be an integer, got {value!r}") from None
    if number < 1:
        raise ValueError(f"{name} must be at least 1, got {number}")
    return number


def window(start: float, stop: float) -> tuple[float, float]:
    """Return the ends of the half-open window [start, stop), in ms."""
    start, stop = finite("start", start, "ms"), finite("stop", stop, "ms")
    if stop <= start:
        raise ValueError(f"stop must be later than start = {start} ms, got {stop} ms")
    return start, stop


def generator(rng: np.random.Generator) -> np.random.Generator:
    """Return `rng`, a numpy generator and not a seed."""
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng must be a numpy.random.Generator, got {rng!r}")
    return rng


def vector(name: str, values: ArrayLike) -> Floats:
    """Return `values` as a finite float64 array of one dimension."""
    return _finite_array(name, values, ndim=1)


def matrix(name: str, values: ArrayLike) -> Floats:
    """Return `values` as a finite float64 array of two dimensions, neither of them empty."""
    array = _finite_array(name, values, ndim=2)
    if array.size == 0:
        raise ValueError(f"{name} must not be empty, got shape {array.shape}")
    return array


def samples(v: ArrayLike, sample_times: ArrayLike) -> tuple[Floats, Floats]:
    """Return samples (T, M) and their increasing times (T,), ms."""
    checked, times = matrix("v", v), vector("sample_times", sample_times)
    if times.size != checked.shape[0]:
        raise ValueError(
            f"sample_times must have one value for each of the {checked.shape[0]} rows of v, "
            f"got {times.size}"
        )
    steps = np.diff(times)
    if (steps <= 0.0).any():
        raise ValueError(f"sample_times must be increasing, got a step of {steps.min()} ms")
    return checked, times


def train(name: str, times: ArrayLike) -> Floats:
    """Return the spike times of one train, sorted."""
    return np.sort(vector(name, times))


def spikes(
    times: ArrayLike, ids: ArrayLike, n: int | None = None, *, prefix: str = "", suffix: str = ""
) -> tuple[Floats, Integers]:
    """Return spike times (ms) and neuron ids of one length, with 0 <= id (< n, where n is given).

    `prefix` and `suffix` complete the argument names in messages: `motor_times`, `ids_a`.
    """
    times_name, ids_name = f"{prefix}times{suffix}", f"{prefix}ids{suffix}"
    checked_times = vector(times_name, times)
    given_ids = np.asarray(ids)
    if given_ids.shape != checked_times.shape:
        raise ValueError(
            f"{ids_name} must have the shape of {times_name}, {checked_times.shape}, "
            f"got {given_ids.shape}"
        )
    if given_ids.size and given_ids.dtype.kind not in "iu":
        raise ValueError(f"{ids_name} must be integers, got dtype {given_ids.dtype}")
    checked_ids = given_ids.astype(np.int64, copy=False)
    if checked_ids.size:
        low, high = int(checked_ids.min()), int(checked_ids.max())
        if low < 0:
            raise ValueError(f"{ids_name} must not be negative, got {low}")
        if n is not None and high >= n:
            raise ValueError(f"{ids_name} must be below the number of neurons, {n}, got {high}")
    return checked_times, checked_ids


def _finite_array(name: str, values: ArrayLike, *, ndim: int) -> Floats:
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be an array of numbers, got {values!r:.60}") from None
    if array.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} dimension(s), got shape {array.shape}")
    wrong = ~np.isfinite(array)
    if wrong.any():
        raise ValueError(f"{name} must be finite, got {array[wrong][0]}")
    return array


def _with_unit(number: float, unit: str) -> str:
    return f"{number} {unit}" if unit else f"{number}"
