"""Single numbers, and the few other single values that are checked in many places."""

from __future__ import annotations

import math
import warnings
from collections.abc import Collection
from typing import Any

import numpy as np

from .messages import outside, shown
from .units import in_unit

LARGEST = 1e100  # beyond it sums and scaled values could overflow, and no unit here needs it
LATEST = 9e9  # ms, 104 days: times are 64-bit numbers of picoseconds
LONGEST = 1e8  # ms, of a delay or an interval, so that no sum with a time is out of range
SHORTEST = 1e-9  # ms, a picosecond: the resolution of time
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
    value = in_unit(name, value, unit)
    if isinstance(value, (bool, str, bytes)) or np.ndim(value) != 0:
        raise TypeError(f"{name} must be a number, got {value!r}")
    try:
        result = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a number, got {value!r}") from None
    except OverflowError:
        result = math.inf
    plain = value.item() if isinstance(value, np.generic) else value
    given = f"{plain!r} {unit}".rstrip()
    if not math.isfinite(result) or abs(result) > LARGEST:
        raise ValueError(f"{name} must be finite, got {given}")
    if above is not None and not result > above:
        rule = "positive" if above == 0 else f"above {shown(above)}"
        raise ValueError(f"{name} must be {rule}, got {given}")
    if at_least is not None and not result >= at_least:
        rule = "non-negative" if at_least == 0 else f"at least {shown(at_least)}"
        raise ValueError(f"{name} must be {rule}, got {given}")
    if at_most is not None and not result <= at_most:
        raise ValueError(f"{name} must be at most {shown(at_most)}, got {given}")
    return result


def set_numbers(
    instance: object,
    names: tuple[str, ...],
    unit: str = "",
    *,
    above: float | None = None,
    at_least: float | None = None,
    at_most: float | None = None,
) -> None:
    """Check fields of a frozen dataclass and store them as floats, without a unit of their own."""
    for name in names:
        value = number(
            name, getattr(instance, name), unit, above=above, at_least=at_least, at_most=at_most
        )
        object.__setattr__(instance, name, value)


def span(name: str, value: Any, *, positive: bool = True) -> float:
    """Return a delay or an interval (ms); a positive one lasts a picosecond at least."""
    if not positive:
        return number(name, value, "ms", at_least=0.0, at_most=LONGEST)
    result = number(name, value, "ms", above=0.0, at_most=LONGEST)
    if 2.0 * result < SHORTEST:
        raise ValueError(
            f"{name} must be at least 1e-09 ms, the resolution of time, got {shown(result)} ms"
        )
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


def exact(name: str, value: object, kinds: Collection[type], *, what: str, instead: str) -> None:
    """Refuse what is of none of some classes, and subclasses, which would not be honoured.

    `what` it must be and what to give `instead` of a subclass are said in the message.
    """
    kind = type(value)
    if kind in kinds:
        return
    if isinstance(value, tuple(kinds)):
        raise TypeError(
            f"{name} must be {what} itself, got the subclass {kind.__name__}, whose own methods "
            f"would not be heard: {instead}"
        )
    raise TypeError(f"{name} must be {what}, got {kind.__name__}")


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


def window(start: float, stop: float) -> tuple[float, float]:
    """Return the ends (ms) of a window [start, stop), which is not empty."""
    first, last = number("start", start, "ms"), number("stop", stop, "ms")
    if not last > first:
        raise ValueError(f"stop must be after start = {shown(first)} ms, got {shown(last)} ms")
    return first, last


def multiple(name: str, value: float, bin_width: float) -> int:
    """Return how many bins of a checked width (ms) a value of at least 0 ms spans, all of them."""
    span = number(name, value, "ms", at_least=0.0)
    n = round(span / bin_width)
    if abs(n * bin_width - span) > 1e-9 * span:
        raise ValueError(
            f"{name} must be a multiple of bin_width = {shown(bin_width)} ms, got {shown(span)} ms"
        )
    return n
