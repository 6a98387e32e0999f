"""How alike songs and their copies are, each with its own tutor and among all tutors."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import numpy as np

from ..._types import Floats
from ...analysis import likeness
from ...analysis.spectrograms import log_spectrogram, pitch
from ...lab.results import Nested
from .judge import Copy
from .songs import WIDE_RANGE, Song


def measured(song: Song, copy: Copy, rate: float) -> Nested:
    """Return how alike a copy and its tutor are, in all measures, at the times that they have."""
    wide = log_spectrogram(copy.sound, rate=rate, span=WIDE_RANGE)
    pitches = likeness.pitch_likeness(song.pitch, pitch(copy.sound, rate=rate))
    return {
        "correlation": _flat(song.spectrogram, copy.spectrogram),
        "correlation_45dB": _flat(song.wide, wide),
        "pitch_error": pitches.error,
        "pitch_within_5_percent": pitches.within,
        "cepstral": likeness.cepstral_correlation(song.spectrogram, copy.spectrogram),
        "wiener": likeness.wiener_correlation(song.spectrogram, copy.spectrogram),
        "envelope": likeness.envelope_correlation(song.spectrogram, copy.spectrogram),
    }


def recognised(songs: Sequence[Song], copies: Sequence[Copy]) -> tuple[Nested, Floats]:
    """Return which pieces and songs are recognised in their copies, and the confusion of songs.

    The confusion (n_songs, n_songs) is the correlation of each copy with every tutor, the longer
    of both cut.
    """
    found = likeness.identify(
        [song.spectrogram for song in songs], [copy.spectrogram for copy in copies]
    )
    n = len(found.pieces)
    confusion = np.array(
        [[_flat(song.spectrogram, copy.spectrogram) for song in songs] for copy in copies]
    )
    own = confusion.argmax(axis=1) == np.arange(len(songs))
    return {
        "pieces": n,
        "identified": float(found.repeats.mean()) if n else None,
        "identified_strictly": float(found.strict.mean()) if n else None,
        "of_the_right_song": float(found.songs.mean()) if n else None,
        "songs_recognised": float((own & (confusion.max(axis=1) > 0.0)).mean()),
    }, confusion


def medians(found: Sequence[Nested]) -> Nested:
    """Return the median of each metric over several shuffles; None where any is undefined."""
    return {
        name: None
        if any(shuffle[name] is None for shuffle in found)
        else statistics.median(shuffle[name] for shuffle in found)
        for name in found[0]
    }


def _flat(first: Floats, second: Floats) -> float:
    n = min(len(first), len(second))
    return likeness.correlation(first[:n].ravel(), second[:n].ravel())
