"""One line on stderr that says how far a run has come."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TextIO


class ProgressLine:
    """A progress callback (t_ms, t_stop_ms, wall_s, n_events) that rewrites one line.

    Silent where the stream is not a terminal.

    Parameters
    ----------
    label : str
        Printed first.
    stream : text file, optional
        stderr by default.
    """

    def __init__(self, label: str = "", stream: TextIO | None = None) -> None:
        self.label = label
        self._stream = sys.stderr if stream is None else stream
        self._on = self._stream.isatty()
        self._next = 0.0

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __call__(self, t: float, t_stop: float, wall: float, n_events: int) -> None:
        """Show simulated time, wall time, events a second and what remains."""
        now = time.monotonic()
        if not self._on or (now < self._next and t < t_stop):
            return
        self._next = now + 0.2
        if not t_stop > 0.0:  # what nobody counts in simulated time
            self._write(self.label)
            return
        share = t / t_stop
        remaining = f"{wall * (1 - share) / share:.0f} s left" if share > 0.01 else ""
        rate = n_events / wall if wall > 0 else 0.0
        label = f"{self.label}  " if self.label else ""
        self._write(
            f"{label}{1e-3 * t:,.0f} of {1e-3 * t_stop:,.0f} s simulated in "
            f"{wall:.0f} s  {rate:.1e} events/s  {remaining}"
        )

    def _write(self, text: str) -> None:
        self._stream.write(f"\r\x1b[K{text}")
        self._stream.flush()

    def close(self) -> None:
        """End the line."""
        if self._on:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._on = False
