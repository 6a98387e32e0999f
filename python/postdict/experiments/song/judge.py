"""How well a song is copied, by whatever weights lead from what is heard to what is sung."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..._types import Floats, Spikes
from ...analysis import score_imitation
from ...analysis.spectrograms import log_spectrogram, pitch_error, similarity
from ...bird import DivergenceError, Recall, Singer, answer, sing
from ...lab.results import Nested
from ...loop.imitation import best_match
from .songs import DELAYS, Song

GAINS = np.geomspace(0.7, 14.0, 14)  # in units of 1/c
TOLERANCES = (10.0, 5.0)  # ms, of F1
MAX_LAG = 20.0  # ms, of two spectrograms


@dataclass(frozen=True)
class Copy:
    """An imitation: its sound, and its gestures at the times at which they had to be given."""

    gestures: Spikes
    sound: Floats
    correlation: float
    lag: float  # ms


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
            match = best_match(
                self.practice.gestures, found, DELAYS, delay=0.0, tolerances=TOLERANCES
            )
            tried.append((*match, gain))
        _, delay, gain = max(tried)  # of equals the latest, then the strongest
        found = self._answer(gain / scale * weights, self.test)
        copy = self.copy(found, self.test, delay)
        scores = {
            f"f1_{tolerance:.0f}ms": score_imitation(
                *self.test.gestures, *found, delay=delay, tolerance=tolerance
            ).f1
            for tolerance in TOLERANCES
        }
        rate = self.singer.syrinx.rate
        return {
            **scores,
            "correlation": copy.correlation,
            "pitch_error": pitch_error(self.test.sound, copy.sound, rate=rate, lag=copy.lag),
            "gain": float(gain),
        }, delay

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


def _nothing() -> Spikes:
    return np.empty(0), np.empty(0, np.int64)
