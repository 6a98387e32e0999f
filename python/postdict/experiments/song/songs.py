"""The songs that a bird is to imitate: own ones, and what was read from files."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..._types import Floats, Spikes
from ...analysis.spectrograms import HIGHEST, LOWEST, log_spectrogram, pitch
from ...bird import Singer, hear_sound, sing
from ...bird.loudness import loudness

AFTER = 25.0  # ms that are heard after a song, in which it may still be answered
WIDE_RANGE = 45.0  # dB, of the second of two log spectrograms


@dataclass(frozen=True)
class Song:
    """A song to be imitated: its sound, what sensors make of it, and its gestures where known."""

    name: str
    duration: float  # ms
    sound: Floats  # (n_samples,)
    spectrogram: Floats  # (n_times, n_frequencies), dB
    wide: Floats  # the same over WIDE_RANGE
    pitch: Floats  # (n_times,), Hz
    heard: Spikes
    gestures: Spikes | None


def own_song(
    singer: Singer,
    *,
    duration: float,
    gap: float,
    rng: np.random.Generator,
    name: str = "an own song",
) -> Song:
    """Return a song of random gestures that follow one another, with exponential gaps (ms)."""
    n = 2 + int(1.5 * duration / (singer.gestures.duration + gap) + 20)
    onsets = gap + np.cumsum(singer.gestures.duration + rng.exponential(gap, n))
    onsets = onsets[onsets < duration - 2.0 * singer.gestures.duration]
    gestures = (onsets, rng.integers(len(singer.gestures), size=len(onsets)))
    sound = sing(singer.gestures, *gestures, duration=duration, organ=singer.organ).sound
    return _heard(singer, name, sound, duration, gestures)


def file_song(singer: Singer, name: str, sound: Floats, *, like: Song) -> Song:
    """Return the song of what `read_tutor` returned, at the loudness of another song.

    What counts is how loud it is in the ear's range.
    """
    rate = singer.organ.rate
    audible = loudness(_in_range(sound, rate), rate=rate)
    sound = sound * (loudness(_in_range(like.sound, rate), rate=rate) / audible)
    return _heard(singer, name, sound, 1e3 * len(sound) / rate, None)


def _heard(
    singer: Singer, name: str, sound: Floats, duration: float, gestures: Spikes | None
) -> Song:
    rate = singer.organ.rate
    return Song(
        name,
        duration,
        sound,
        log_spectrogram(sound, rate=rate),
        log_spectrogram(sound, rate=rate, span=WIDE_RANGE),
        pitch(sound, rate=rate),
        hear_sound(singer, iter([sound]), duration=duration + AFTER),
        gestures,
    )


def _in_range(sound: Floats, rate: float) -> Floats:
    """Return what of a sound lies in the range of log spectrograms."""
    spectrum = np.fft.rfft(sound)
    frequency = np.fft.rfftfreq(len(sound), 1.0 / rate)
    spectrum[(frequency < LOWEST) | (frequency > HIGHEST)] = 0.0
    return np.asarray(np.fft.irfft(spectrum, len(sound)))
