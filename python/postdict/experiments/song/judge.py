"""Copies of songs, sung by whatever weights lead from what is heard to what is sung."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..._types import Floats, Spikes
from ...analysis import likeness, score_imitation
from ...analysis.spectrograms import log_spectrogram, pitch_error
from ...bird import DivergenceError, Singer, answer, sing
from ...lab.results import Nested
from ...loop.unseen_songs import best_match
from .kinds import Kind
from .songs import Song

TOLERANCES = (10.0, 5.0)  # ms, of F1
REFLEX_DELAY = 2.5  # ms, from a gesture's middle to the loudness that belongs to it
NOISE_SEED = 3  # of the noise in the voice of a copy


@dataclass(frozen=True)
class Decoder:
    """Weights from sensors to motor neurons, and what was chosen for them on an own song.

    Parameters
    ----------
    weights : array (n_motor, n_sensor)
        In units of their scale c.
    gain : float
    delay : float
        ms, by which answers are late.
    """

    weights: Floats
    gain: float
    delay: float


@dataclass(frozen=True)
class Copy:
    """An imitation: its sound, and its gestures at the times at which they had to be given."""

    gestures: Spikes
    sound: Floats
    spectrogram: Floats


class Judge:
    """Judges weights (n_motor, n_sensor) from sensors to motor neurons.

    Parameters
    ----------
    singer : Singer
    kind : Kind
        How the bird answers.
    practice : Song
        An own song, on which gain and delay are chosen where there are several.
    test : Song
        An own song that is unseen.
    """

    def __init__(self, singer: Singer, kind: Kind, practice: Song, test: Song) -> None:
        self.singer = singer
        self.kind = kind
        self.practice = practice
        self.test = test

    def decoder(self, weights: Floats, scale: float) -> Decoder:
        """Return weights in units of `scale`, with the gain and delay of the best F1.

        That is F1 at both tolerances, on the practice song. Where the bird has one gain and one
        delay, they are the same for all weights.
        """
        weights = weights / scale
        kind = self.kind
        if len(kind.gains) == len(kind.delays) == 1:
            return Decoder(weights, kind.gains[0], kind.delays[0])
        assert self.practice.gestures is not None
        tried = []
        for gain in kind.gains:
            found = self._answer(weights, gain, self.practice)
            match = best_match(
                self.practice.gestures,
                found,
                np.array(kind.delays),
                delay=0.0,
                tolerances=TOLERANCES,
            )
            tried.append((*match, gain))
        _, delay, gain = max(tried)  # of equals the latest, then the strongest
        return Decoder(weights, gain, delay)

    def own(self, decoder: Decoder) -> Nested:
        """Return how well the unseen own song is copied."""
        assert self.test.gestures is not None
        found = self._answer(decoder.weights, decoder.gain, self.test)
        copy = self._sung(decoder, found, self.test)
        scores = {
            f"f1_{tolerance:.0f}ms": score_imitation(
                *self.test.gestures, *found, delay=decoder.delay, tolerance=tolerance
            ).f1
            for tolerance in TOLERANCES
        }
        rate = self.singer.organ.rate
        return {
            **scores,
            "correlation": likeness.correlation(
                self.test.spectrogram.ravel(), copy.spectrogram.ravel()
            ),
            "pitch_error": pitch_error(self.test.sound, copy.sound, rate=rate, lag=0.0),
            "gain": decoder.gain,
        }

    def copy(self, decoder: Decoder, song: Song, *, reflex: bool = True) -> Copy:
        """Return the copy of a song; silence where the syrinx cannot follow."""
        found = self._answer(decoder.weights, decoder.gain, song)
        return self._sung(decoder, found, song, reflex=reflex)

    def _sung(self, decoder: Decoder, found: Spikes, song: Song, *, reflex: bool = True) -> Copy:
        times = found[0] - decoder.delay
        kept = (times >= 0.0) & (times < song.duration)
        gestures = (times[kept], found[1][kept])
        singer = self.singer
        rate = singer.organ.rate
        silence = self.sounding((np.empty(0), np.empty(0, np.int64)), np.zeros_like(song.sound))
        if not len(gestures[0]):  # what a syrinx at rest has left is not a song
            return silence
        try:
            sound = sing(
                singer.gestures,
                *gestures,
                duration=song.duration,
                organ=singer.organ,
                seed=NOISE_SEED,
            ).sound
        except DivergenceError:
            return silence
        sound = sound[: len(song.sound)]
        if reflex and self.kind.reflex is not None:
            # What a gesture of this moment answers to was heard `delay` later than it is needed.
            half = 0.5 * singer.gestures.duration
            later = decoder.delay - half + REFLEX_DELAY
            at: Floats = np.arange(len(sound), dtype=np.float64) * (1e3 / rate) + later
            sound = sound * self.kind.reflex.level(song.heard, times=at)
        return self.sounding(gestures, sound)

    def sounding(self, gestures: Spikes, sound: Floats) -> Copy:
        """Return a copy of which the sound is known."""
        return Copy(gestures, sound, log_spectrogram(sound, rate=self.singer.organ.rate))

    def _answer(self, weights: Floats, gain: float, song: Song) -> Spikes:
        return answer(
            weights,
            self.singer,
            self.kind.recall if song.gestures is None else self.kind.own_recall,
            song.heard,
            duration=song.duration + max(self.kind.delays),
            gain=gain,
        )
