"""The sounds that a run writes: for each tutor its song, the copies of it, and all in a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ...bird.sound_files import normalised, wav_bytes
from .judge import Copy
from .songs import Song

SOUNDS = ("tutor", "imitation", "control_shuffled", "oracle", "side_by_side")
PAUSE = 300.0  # ms between the songs in side_by_side.wav


def sound_names(tutors: Sequence[str]) -> list[str]:
    """Return the names of the files; with several tutors, each bears the name of its own."""
    prefixes = [f"{name}_" for name in tutors] if len(tutors) > 1 else [""]
    return [f"{prefix}{sound}.wav" for prefix in prefixes for sound in SOUNDS]


def sound_files(
    tutors: Sequence[Song], copies: Mapping[str, Sequence[Copy]], rate: float
) -> dict[str, bytes]:
    """Return the files by name.

    Parameters
    ----------
    tutors : sequence of Song
    copies : dict
        Of each tutor, by who made them.
    rate : float
        Hz.
    """
    found = []
    pause = np.zeros(round(1e-3 * PAUSE * rate))
    for k, tutor in enumerate(tutors):
        loud = [
            normalised(sound)
            for sound in (
                tutor.sound,
                copies["learned"][k].sound,
                copies["shuffled"][k].sound,
                copies["oracle"][k].sound,
            )
        ]
        song, imitation, control, best = loud
        row = (song, pause, imitation, pause, best, pause, control)
        found += [wav_bytes(sound, rate) for sound in (*loud, np.concatenate(row))]
    return dict(zip(sound_names([tutor.name for tutor in tutors]), found, strict=True))
