"""Which voice sings which gestures: a syrinx those of pressure and tension, a source postures."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks
from .source_filter import Phonated, Postures, SourceFilter, SourceFilterVoice
from .voice import LONGEST_SONG, Gestures, Sung, Syrinx, Voice

AnyGestures: TypeAlias = Gestures | Postures
AnyOrgan: TypeAlias = Syrinx | SourceFilter
AnyVoice: TypeAlias = Voice | SourceFilterVoice


def open_voice(gestures: AnyGestures, organ: AnyOrgan, *, seed: int = 0) -> AnyVoice:
    """Return the voice with which an organ sings gestures.

    Parameters
    ----------
    gestures : Gestures or Postures
    organ : Syrinx or SourceFilter
        A syrinx for gestures, a source and a filter for postures.
    seed : int
        Of the noise; a syrinx has none.

    Raises
    ------
    TypeError
        The one does not belong to the other.
    """
    if isinstance(gestures, Postures) and isinstance(organ, SourceFilter):
        return SourceFilterVoice(gestures, organ, seed)
    if isinstance(gestures, Gestures) and isinstance(organ, Syrinx):
        return Voice(gestures, organ)
    raise TypeError(
        "Gestures need a Syrinx and Postures a SourceFilter, "
        f"got {type(gestures).__name__} and {type(organ).__name__}"
    )


def sing(
    gestures: AnyGestures,
    times: ArrayLike,
    ids: ArrayLike,
    *,
    duration: float,
    organ: AnyOrgan | None = None,
    seed: int = 0,
) -> Sung | Phonated:
    """Return the song of a motor sequence.

    Parameters
    ----------
    gestures : Gestures or Postures
    times : array (n_spikes,)
        ms; spikes from `duration` on are left out.
    ids : array (n_spikes,)
        Who fires: which gesture begins.
    duration : float
        Of the song, ms.
    organ : Syrinx or SourceFilter, optional
        By default that which belongs to the gestures.
    seed : int
        Of the noise.

    Raises
    ------
    DivergenceError
        Gestures superpose to more than the syrinx can follow.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.bird import Gestures, sing
    >>> gestures = Gestures(pressure=np.full(2, 0.5), tension=np.array([0.3, 0.6]))
    >>> sung = sing(gestures, [10.0, 50.0], [0, 1], duration=100.0)
    >>> sung.sound.shape
    (2000,)
    """
    if organ is None:
        organ = SourceFilter() if isinstance(gestures, Postures) else Syrinx()
    voice = open_voice(gestures, organ, seed=seed)
    t, i = _checks.spike_arrays("song", times, ids, len(gestures))
    per_ms = 1e-3 * organ.rate
    length = _checks.number("duration", duration, "ms", above=0.0, at_most=LONGEST_SONG)
    n = round(length * per_ms)
    onsets = t * per_ms
    kept = onsets < n
    return voice.go_on(onsets[kept].astype(np.int64), i[kept], n)
