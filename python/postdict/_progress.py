"""One line on stderr that says how far a run has come."""

from __future__ import annotations

import os
import sys
import time
from types import TracebackType
from typing import TextIO


class ProgressLine:
    """One line that is rewritten; silent where nobody looks, as in a log.

    It shows any text, and it is a progress callback (t_ms, t_stop_ms, wall_s, n_events).

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
        # stderr is None where the caller has closed it, as by 2>&-.
        self._on = self._stream is not None and (self._stream.isatty() or _in_notebook())
        self._next = 0.0
        self._width = 0

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
        if not self._is_due(last=t >= t_stop):
            return
        if not t_stop > 0.0:  # what nobody counts in simulated time
            self._write(self.label)
            return
        share = t / t_stop
        remaining = f"{wall * (1 - share) / share:.0f} s left, " if share > 0.01 else ""
        rate = n_events / wall if wall > 0 else 0.0
        label = f"{self.label}  " if self.label else ""
        # What matters least stands last: a narrow terminal cuts it off.
        self._write(
            f"{label}{1e-3 * t:,.0f} of {1e-3 * t_stop:,.0f} s simulated, {remaining}"
            f"{wall:.0f} s so far, {rate:.1e} events/s"
        )

    def show(self, what: object, *, last: bool = False) -> None:
        """Show a text, at most five times a second, or at once where it is the last."""
        if self._is_due(last=last):
            self._write(str(what))

    def close(self) -> None:
        """Take the line away; nothing is shown from then on."""
        if self._on and self._width:
            self._write("")
            self._write("")  # the cursor goes back to the start of the line
        self._on = False

    def _is_due(self, *, last: bool) -> bool:
        now = time.monotonic()
        if not self._on or (now < self._next and not last):
            return False
        self._next = now + 0.2
        return True

    def _write(self, text: str) -> None:
        widest = self._columns() - 1  # a line that is full moves the cursor to the next
        if len(text) > widest:
            text = f"{text[: widest - 1]}…"
        try:
            self._stream.write(
                "\r" + text.ljust(min(self._width, widest))
            )  # notebooks know no other erasing
            self._stream.flush()
        except (OSError, UnicodeError):  # the terminal is gone: no reason to lose a run
            self._on = False
        self._width = min(len(text), widest)

    def _columns(self) -> int:
        """Return how wide the terminal is now; people drag it while they wait."""
        try:
            return max(os.get_terminal_size(self._stream.fileno()).columns, 20)
        except (AttributeError, OSError, ValueError):  # a notebook, which wraps by itself
            return 1000


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return type(shell).__name__ == "ZMQInteractiveShell"
