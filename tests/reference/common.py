"""What all parts of the twin share."""

from __future__ import annotations

import math
from collections.abc import Iterable

Each = float | Iterable[float]  # one number for all, or one for each


def require(condition: bool, rule: str) -> None:
    if not condition:
        raise ValueError(rule)


def strictly_after(now: float, t: float) -> float:
    """t, or the next double after now where rounding has made t no later than now."""
    return max(t, math.nextafter(now, math.inf))


def for_each(value: Each, n: int) -> list[float]:
    values = [float(v) for v in value] if isinstance(value, Iterable) else [float(value)] * n
    require(len(values) == n, f"{len(values)} values for {n}")
    return values
