"""How much of a whole run is done and left, from what its stages report."""

from __future__ import annotations

import re
import threading
import time

from ..lab.stages import ENDS
from ..sweep.progress import duration

_OF = re.compile(r"(\w+) (\d+)/(\d+)\b(.*)")  # "seed 2/5 learns": its trial, and what it does


class Trials:
    """Counts the trials of an experiment that have ended, of which several run side by side."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kind, self._n = "", 0
        self._done: set[str] = set()
        self._began = time.monotonic()

    def note(self, stage: str) -> bool:
        """Take what a stage is called, and return whether it said that a trial has ended."""
        found = _OF.match(stage)
        if found is None:
            return False
        kind, number, n, what = found.groups()
        with self._lock:
            if (kind, int(n)) != (self._kind, self._n):  # the next round of trials
                self._kind, self._n, self._done = kind, int(n), set()
                self._began = time.monotonic()
            if what.strip() != ENDS:
                return False
            self._done.add(number)
            return True

    def __str__(self) -> str:
        """Begin a line: done and left of all trials, once there are several."""
        with self._lock:
            done, n = len(self._done), self._n
            spent = time.monotonic() - self._began
        if n < 2:
            return ""
        left = f", about {duration(spent * (n - done) / done)} left" if 0 < done < n else ""
        return f"{done} of {n} done{left}: "
