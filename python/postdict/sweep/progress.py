"""How far a sweep is: one line on a terminal or in a notebook, nothing in a log."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import TextIO


@dataclass(frozen=True)
class Count:
    """Points of a run: in all, done before it, done and failed by now; seconds since it began."""

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


class CountLine:
    """Rewrites one line with the newest `Count`; silent where nobody looks.

    Parameters
    ----------
    stream : text file, optional
        stderr by default.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._on = self._stream.isatty() or _in_notebook()
        self._next = 0.0
        self._width = 0

    def __call__(self, count: Count) -> None:
        """Show how far it is, at most five times a second."""
        now = time.monotonic()
        if not self._on or (now < self._next and count.remaining):
            return
        self._next = now + 0.2
        self._show(str(count))

    def close(self) -> None:
        """Take the line away."""
        if self._on and self._width:
            self._show("")
            self._stream.write("\r")
            self._stream.flush()

    def _show(self, text: str) -> None:
        self._stream.write("\r" + text.ljust(self._width))  # notebooks know no other erasing
        self._stream.flush()
        self._width = len(text)


def duration(seconds: float) -> str:
    """Return a duration as one reads it."""
    for length, unit in ((86400.0, "days"), (3600.0, "h"), (60.0, "min")):
        if seconds >= 2 * length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.2g} s"


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return type(shell).__name__ == "ZMQInteractiveShell"
