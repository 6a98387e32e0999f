"""Whose turn it is: who runs a simulation, or changes what no run may see change."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turn:
    """A lock that refuses instead of waiting."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holder: int | None = None  # the thread

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Refuse while it runs, and let nobody run it meanwhile."""
        if not self._lock.acquire(blocking=False):
            raise RuntimeError("this Simulation is running already")
        self._holder = threading.get_ident()
        try:
            yield
        finally:
            self._holder = None
            self._lock.release()

    @contextmanager
    def paused_or_mine(self) -> Iterator[None]:
        """Refuse while another thread runs it; in a callback of a run it is between two slices."""
        if self._holder == threading.get_ident():
            yield
        else:
            with self.paused():
                yield
