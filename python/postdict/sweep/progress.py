"""How far a sweep is, and what it still takes."""

from __future__ import annotations

from dataclasses import dataclass

from .. import _checks


@_checks.brief
@dataclass(frozen=True)
class Count:
    """Points of a run: in all, done before it, done and failed by now; seconds since it began.

    Examples
    --------
    >>> from postdict.sweep import Count
    >>> counted = Count(total=10, before=2, done=3, failed=1, wall_s=60.0)
    >>> counted.total - counted.before - counted.done - counted.failed
    4
    """

    total: int
    before: int
    done: int
    failed: int
    wall_s: float

    @property
    def remaining(self) -> int:
        """How many points are still to be run."""
        return self.total - self.before - self.done - self.failed

    @property
    def rate(self) -> float:
        """Points a second."""
        return (self.done + self.failed) / self.wall_s if self.wall_s > 0 else 0.0

    def __str__(self) -> str:
        left = f", {duration(self.remaining / self.rate)} left" if self.rate else ""
        rate = f"  {self.rate:.3g} points/s{left}" if self.remaining else ""
        failed = f", {self.failed} failed" if self.failed else ""
        return f"{self.before + self.done} of {self.total} points done{failed}, " + (
            f"{self.remaining} remaining{rate}"
        )


def duration(seconds: float) -> str:
    """Return a duration as one reads it."""
    for length, unit in ((86400.0, "days"), (3600.0, "h"), (60.0, "min")):
        if seconds >= 2 * length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.2g} s"
