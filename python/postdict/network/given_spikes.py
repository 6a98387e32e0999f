"""The spikes that a source replays, to which more can be appended."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .. import _checks

Spikes = tuple[NDArray[np.float64], NDArray[np.int64]]
"""times (n_spikes,) in ms and ids (n_spikes,), sorted by (time, id), read-only."""


class GivenSpikes:
    """Spikes in the pieces in which they were given; merged when they are asked for.

    So that many small pieces cost what one large piece costs.
    """

    def __init__(self, *pieces: Spikes) -> None:
        self._pieces = list(pieces)

    @property
    def n(self) -> int:
        """How many spikes there are."""
        return sum(times.size for times, _ in self._pieces)

    def append(self, piece: Spikes) -> None:
        """Add checked spikes."""
        self._pieces.append(piece)

    def copy(self) -> GivenSpikes:
        """Return the same spikes; appending to one does not change the other."""
        return GivenSpikes(*self._pieces)

    def merged(self) -> Spikes:
        """Return all of them."""
        if len(self._pieces) > 1:
            times, ids = (np.concatenate(parts) for parts in zip(*self._pieces, strict=True))
            self._pieces = [_checks.sorted_spikes(times, ids)]
        return self._pieces[0]
