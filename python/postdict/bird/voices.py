"""Which voice sings which gestures: a syrinx those of pressure and tension, a source postures."""

from __future__ import annotations

from typing import TypeAlias

from .source_filter import Postures, SourceFilter, SourceFilterVoice
from .voice import Gestures, Syrinx, Voice

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
