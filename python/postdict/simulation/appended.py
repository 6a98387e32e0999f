"""The spikes that were appended to sources while their simulation was paused."""

from __future__ import annotations

from array import array
from collections.abc import Mapping

import numpy as np

from .. import _checks
from .._types import Spikes


class AppendedSpikes:
    """Spikes by source, in growing buffers: many small pieces cost what one large piece costs."""

    def __init__(self, spikes: Mapping[str, Spikes] | None = None) -> None:
        self._buffers: dict[str, tuple[array[float], array[int]]] = {}
        for source, piece in (spikes or {}).items():
            self.append(source, piece)

    def append(self, source: str, piece: Spikes) -> None:
        """Add checked spikes."""
        times, ids = self._buffers.setdefault(source, (array("d"), array("q")))
        times.frombytes(piece[0].tobytes())
        ids.frombytes(piece[1].tobytes())

    def by_source(self) -> dict[str, Spikes]:
        """Return all of them, of the sources that have any."""
        return {
            source: _checks.sorted_spikes(np.array(times), np.array(ids))
            for source, (times, ids) in self._buffers.items()
        }
