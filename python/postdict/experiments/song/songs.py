"""The songs that a bird is to imitate: own ones, and what stands in a file."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..._types import Floats, Spikes
from ...analysis.spectrograms import log_spectrogram
from ...bird import Singer, hear_sound, open_sound, sing

DELAYS = np.arange(4.0, 25.0, 2.0)  # ms, by which an answer may be late
FULL = 98.0  # percentile of the loudness over time that counts as a song's loudness
LOUDNESS_WINDOW = 10.0  # ms
OFFSET_RIPPLE = 1e-3  # of a constant offset, below which lies what resampling makes of it


@dataclass(frozen=True)
class Song:
    """A song to be imitated: its sound, what sensors make of it, and its gestures where known."""

    duration: float  # ms
    sound: Floats  # (n_samples,)
    spectrogram: Floats  # (n_times, n_frequencies), dB
    heard: Spikes
    gestures: Spikes | None


def own_song(singer: Singer, *, duration: float, gap: float, rng: np.random.Generator) -> Song:
    """Return a song of random gestures that follow one another, with exponential gaps (ms)."""
    n = 2 + int(1.5 * duration / (singer.gestures.duration + gap) + 20)
    onsets = gap + np.cumsum(singer.gestures.duration + rng.exponential(gap, n))
    onsets = onsets[onsets < duration - 2.0 * singer.gestures.duration]
    gestures = (onsets, rng.integers(singer.gestures.n, size=len(onsets)))
    sound = sing(singer.gestures, *gestures, duration=duration, syrinx=singer.syrinx).sound
    return _heard(singer, sound, duration, gestures)


def read_tutor(path: str, *, rate: float, longest: float) -> Floats:
    """Return the sound (n_samples,) of at most `longest` ms of a file, at `rate` (Hz).

    Raises
    ------
    ValueError, OSError
        `sound_files` says why the file cannot be read; or it is silent.
    """
    file = open_sound(path)
    duration = min(file.duration, longest)
    if duration < file.duration:
        warnings.warn(
            f"of {path} ({1e-3 * file.duration:.3g} s) the first {1e-3 * longest:.3g} s are "
            "imitated; tutor_longest sets how much",
            stacklevel=2,
        )
    sound = np.concatenate(list(file.pieces(rate=rate, duration=duration)))
    if not _loudness(sound, rate) > 0.0:
        raise ValueError(f"{path} is silent")
    # An offset that ends with the file sounds as it ends.
    edge = round(1e-3 * LOUDNESS_WINDOW * rate)
    offset = abs(float(sound.mean()))
    if not _loudness(sound[edge : len(sound) - edge], rate) > OFFSET_RIPPLE * offset:
        raise ValueError(f"{path} is silent, but for a constant offset of {offset:.3g}")
    return sound


def file_song(singer: Singer, sound: Floats, *, like: Song) -> Song:
    """Return the song of what `read_tutor` returned, at the loudness of another song."""
    rate = singer.syrinx.rate
    sound = sound * (_loudness(like.sound, rate) / _loudness(sound, rate))
    return _heard(singer, sound, 1e3 * len(sound) / rate, None)


def _heard(singer: Singer, sound: Floats, duration: float, gestures: Spikes | None) -> Song:
    heard = hear_sound(singer, iter([sound]), duration=duration + DELAYS[-1])
    spectrogram = log_spectrogram(sound, rate=singer.syrinx.rate)
    return Song(duration, sound, spectrogram, heard, gestures)


def _loudness(sound: Floats, rate: float) -> float:
    n = round(1e-3 * LOUDNESS_WINDOW * rate)
    energy = np.concatenate([[0.0], np.cumsum(np.square(sound - sound.mean()))])
    edges = [*range(0, len(sound), n), len(sound)]
    means = [(energy[b] - energy[a]) / (b - a) for a, b in pairwise(edges)]
    return float(np.sqrt(np.percentile(means, FULL)))
