"""What `song` sings, hears and judges."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ...analysis import score_imitation
from ...analysis.spectrograms import log_spectrogram, pitch_error, similarity
from ...bird.singer import Recall, Singer, answer, hear_sound
from ...bird.sound_files import open_sound
from ...bird.voice import DivergenceError, sing
from ...lab.results import Nested
from ...loop.circuit import Spikes

Floats = NDArray[np.float64]

GAINS = np.geomspace(0.7, 14.0, 14)  # in units of 1/c
DELAYS = np.arange(4.0, 25.0, 2.0)  # ms, by which an answer may be late
TOLERANCES = (10.0, 5.0)  # ms, of F1
MAX_LAG = 20.0  # ms, of two spectrograms
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


@dataclass(frozen=True)
class Copy:
    """An imitation: its sound, and its gestures at the times at which they had to be given."""

    gestures: Spikes
    sound: Floats
    correlation: float
    lag: float  # ms


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


class Judge:
    """Judges decoders: weights (n_motor, n_sensor) from sensors to motor neurons.

    Parameters
    ----------
    singer : Singer
    recall : Recall
    practice, test : Song
        Own songs: on the first, gain and delay are chosen; the second is unseen.
    """

    def __init__(self, singer: Singer, recall: Recall, practice: Song, test: Song) -> None:
        self.singer = singer
        self.recall = recall
        self.practice = practice
        self.test = test

    def own(self, weights: Floats, scale: float) -> tuple[Nested, float]:
        """Return how well own songs are copied, and by how much (ms) answers are late.

        Gain (in units of 1/scale) and delay are those with the best F1, at both tolerances, on the
        practice song.
        """
        assert self.practice.gestures is not None
        assert self.test.gestures is not None
        tried = []
        for gain in GAINS:
            found = self._answer(gain / scale * weights, self.practice)
            tried += [
                (sum(_f1(self.practice.gestures, found, delay, t) for t in TOLERANCES), delay, gain)
                for delay in DELAYS
            ]
        _, delay, gain = max(tried)
        found = self._answer(gain / scale * weights, self.test)
        copy = self.copy(found, self.test, delay)
        scores = {
            f"f1_{tolerance:.0f}ms": _f1(self.test.gestures, found, delay, tolerance)
            for tolerance in TOLERANCES
        }
        rate = self.singer.syrinx.rate
        return {
            **scores,
            "correlation": copy.correlation,
            "pitch_error": pitch_error(self.test.sound, copy.sound, rate=rate, lag=copy.lag),
            "gain": float(gain),
        }, float(delay)

    def best_copy(self, weights: Floats, scale: float, song: Song, delay: float) -> Copy:
        """Return the copy of a song at the gain with which it is most similar."""
        copies = [self.copy_at(gain, weights, scale, song, delay) for gain in GAINS]
        return max(copies, key=lambda copy: copy.correlation)

    def copy_at(self, gain: float, weights: Floats, scale: float, song: Song, delay: float) -> Copy:
        """Return the copy of a song at one gain; a silent one where the syrinx cannot follow."""
        return self.copy(self._answer(gain / scale * weights, song), song, delay)

    def copy(self, answered: Spikes, song: Song, delay: float) -> Copy:
        """Return what an answer sounds like; silence where the syrinx cannot follow it."""
        times = answered[0] - delay
        kept = (times >= 0.0) & (times < song.duration)
        gestures = (times[kept], answered[1][kept])
        silence = Copy(_nothing(), np.zeros_like(song.sound), 0.0, 0.0)
        if not len(gestures[0]):
            return silence
        singer = self.singer
        rate = singer.syrinx.rate
        try:
            sung = sing(singer.gestures, *gestures, duration=song.duration, syrinx=singer.syrinx)
        except DivergenceError:
            return silence
        spectrogram = log_spectrogram(sung.sound, rate=rate)
        found = similarity(song.spectrogram, spectrogram, max_lag=MAX_LAG)
        return Copy(gestures, sung.sound, found.correlation, found.lag)

    def _answer(self, weights: Floats, song: Song) -> Spikes:
        duration = song.duration + DELAYS[-1]
        return answer(weights, self.singer, self.recall, song.heard, duration=duration)


def _f1(gestures: Spikes, found: Spikes, delay: float, tolerance: float) -> float:
    return score_imitation(*gestures, *found, delay=delay, tolerance=tolerance).f1


def _nothing() -> Spikes:
    return np.empty(0), np.empty(0, np.int64)
