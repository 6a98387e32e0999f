"""What all parts of the twin share."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

Each = float | Iterable[float]  # one number for all, or one for each


def require(condition: bool, rule: str) -> None:
    if not condition:
        raise ValueError(rule)


def picoseconds(ms: float) -> int:
    """The whole number of picoseconds that is nearest: what time is counted in."""
    return round(Fraction(ms) * 10**9)


def in_ms(picoseconds: float) -> float:
    """The double nearest to the decimal; of whole numbers Python rounds a quotient once."""
    return picoseconds / 10**9


def strictly_after(now: int, t: int) -> int:
    """t, or the picosecond after now where rounding has made t no later than now."""
    return max(t, now + 1)


def for_each(value: Each, n: int) -> list[float]:
    values = [float(v) for v in value] if isinstance(value, Iterable) else [float(value)] * n
    require(len(values) == n, f"{len(values)} values for {n}")
    return values
