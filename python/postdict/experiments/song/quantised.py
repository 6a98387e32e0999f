"""The best imitation that a voice of postures can do, by search: no neuron takes part.

Time is cut into slots of half a gesture, and each gets one posture and one loudness. They are
those whose spectrum, held for long, is nearest to the tutor's at that time (vector quantisation);
then, slot after slot, others are tried, sung with their surroundings, and kept where the song
becomes more similar (coordinate descent). The number of trials is fixed beforehand.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..._types import Floats, Integers, Spikes
from ...analysis.spectrograms import HOP, LOUDEST, RANGE, powers
from ...bird import Postures, Singer, SourceFilterVoice

LEVELS = np.array([0.0, -3.0, -6.0, -9.0, -12.0, -15.0, -18.0, -21.0, -25.0, -30.0])  # dB
SILENT = -60.0  # dB
NEAREST = 16  # postures that are tried in a slot
LOUDER = (-8.0, -4.0, -2.0, 2.0, 4.0)  # dB, changes that are tried
LOUDEST_LEVEL = 3.0  # dB
AROUND = 6  # slots on either side that are sung along
EDGE = 6  # frames at either end of these that are not compared
HELD = 100  # gestures, of a posture that is held


@dataclass(frozen=True, eq=False)
class Quantised:
    """A song in slots: gestures at their times, loudness of each (dB), and the sound."""

    gestures: Spikes
    levels: Floats
    sound: Floats


class _Search:
    def __init__(self, tutor: Floats, singer: Singer, n_samples: int) -> None:
        assert isinstance(singer.gestures, Postures)
        self.singer, self.postures, self.tutor = singer, singer.gestures, tutor
        self.rate = singer.organ.rate
        self.n = n_samples
        self.slot = round(0.5e-3 * self.postures.duration * self.rate)
        self.per_slot = round(self.slot / (1e-3 * HOP * self.rate))  # frames
        self.n_slots = n_samples // self.slot + 1
        self.shapes = self._shapes()
        self.top = float(self.shapes.max())
        # What a slot asks for is loudest where the next one begins.
        frames = self.per_slot * (np.arange(self.n_slots) + 1)
        self.wanted = tutor[np.minimum(frames, len(tutor) - 1)]
        self._mean, self._square = tutor.sum() / tutor.size, (tutor**2).sum()

    def _voice(self, seed: int = 0) -> SourceFilterVoice:
        voice = SourceFilterVoice(self.postures, seed=seed)
        assert voice.organ == self.singer.organ
        return voice

    def _shapes(self) -> Floats:
        """Return the spectra of postures that are held (n, n_frequencies), dB."""
        onsets = self.slot * np.arange(HELD)
        shapes = []
        for k in range(len(self.postures)):
            voice = self._voice(seed=k)
            sound = voice.go_on(onsets, np.full(HELD, k), self.slot * HELD).sound
            power = powers(sound, rate=self.rate)[10 * self.per_slot : -10 * self.per_slot]
            shapes.append(10.0 * np.log10(power.mean(axis=0) + 1e-30))
        return np.array(shapes)

    def levels_of(self, sound: Floats) -> Floats:
        """Return the log spectrogram in which the loudest posture is at RANGE."""
        level = 10.0 * np.log10(powers(sound, rate=self.rate) + 1e-30)
        return np.asarray(np.maximum(level - self.top + RANGE, 0.0))

    def quantise(self) -> tuple[Integers, Floats, Floats]:
        """Return posture and level of each slot, and the costs (n_slots, n) of all postures."""
        costs = np.empty((self.n_slots, len(self.postures), len(LEVELS)), np.float32)
        squares = (self.wanted**2).sum(axis=1)[:, None]
        for k, level in enumerate(LEVELS):
            shape = np.maximum(self.shapes - self.top + level + RANGE, 0.0)
            costs[:, :, k] = squares - 2.0 * self.wanted @ shape.T + (shape**2).sum(axis=1)
        best = costs.reshape(self.n_slots, -1).argmin(axis=1)
        levels = LEVELS[best % len(LEVELS)].copy()
        levels[self.wanted.max(axis=1) <= 0.0] = SILENT
        return best // len(LEVELS), levels, costs.min(axis=2).astype(np.float64)

    def sung(self, voice: SourceFilterVoice, ids: Integers, levels: Floats, n: int) -> Floats:
        """Return the next `n` samples of a voice, slots from now on."""
        onsets = self.slot * np.arange(len(ids))
        kept = onsets < n
        sound = voice.go_on(onsets[kept], ids[kept], n).sound
        level = np.interp(np.arange(n), onsets + self.slot, levels)
        return np.asarray(sound * 10.0 ** (0.05 * level))

    def correlation(self, sums: Floats) -> float:
        """Return the correlation with the tutor of a song of which sums are known.

        They are those of its values, of their squares, and of their products with the tutor's.
        """
        n, (total, square, product) = self.tutor.size, sums
        spread = (self._square - n * self._mean**2) * (square - total**2 / n)
        return float((product - self._mean * total) / np.sqrt(spread)) if spread > 0.0 else 0.0

    def improve(self, ids: Integers, levels: Floats, nearest: Integers) -> None:
        """Go through all slots once, and change them where that helps."""
        voice, sung_to = self._voice(), 0
        whole = self.levels_of(self.sung(self._voice(), ids, levels, self.n))[: len(self.tutor)]
        sums = np.array([whole.sum(), (whole**2).sum(), (whole * self.tutor).sum()])
        for slot in range(self.n_slots):
            a, b = max(0, slot - AROUND), min(self.n_slots, slot + AROUND + 1)
            n = min(self.n, b * self.slot) - a * self.slot
            first = self.per_slot * a + EDGE
            compared = self.tutor[first : self.per_slot * b - EDGE]
            if len(compared) == 0 or (self.wanted[slot].max() <= 0.0 and levels[slot] < LEVELS[-1]):
                continue
            while sung_to < a:
                voice.go_on(np.zeros(1, np.int64), ids[sung_to : sung_to + 1], self.slot)
                sung_to += 1
            here, near, loud = slot - a, ids[a:b].copy(), levels[a:b].copy()

            def part(
                near: Integers, loud: Floats, n: int = n, compared: Floats = compared
            ) -> Floats:
                found = self.levels_of(self.sung(voice.copy(), near, loud, n))[EDGE:]
                found = found[: len(compared)]
                product = (found * compared[: len(found)]).sum()
                return np.array([found.sum(), (found**2).sum(), product])

            before = part(near, loud)
            rest, best = sums - before, (self.correlation(sums), ids[slot], levels[slot], before)
            around = (ids[max(0, slot - 1)], ids[min(self.n_slots - 1, slot + 1)])
            for k in sorted({*nearest[slot].tolist(), *map(int, around)} - {int(ids[slot])}):
                near[here] = k
                found = part(near, loud)
                best = max(
                    best, (self.correlation(rest + found), k, levels[slot], found), key=_first
                )
            near[here] = best[1]
            for change in LOUDER:
                loud[here] = min(LOUDEST_LEVEL, levels[slot] + change)
                found = part(near, loud)
                tried = (self.correlation(rest + found), best[1], loud[here], found)
                best = max(best, tried, key=_first)
            ids[slot], levels[slot], sums = best[1], best[2], rest + best[3]


def _first(tried: tuple[float, int, float, Floats]) -> float:
    return tried[0]


def quantised(tutor: Floats, singer: Singer, *, n_samples: int, effort: int) -> Quantised:
    """Return the song of a voice of postures that is most similar to a tutor's.

    Parameters
    ----------
    tutor : array (n_times, n_frequencies)
        Log spectrogram.
    singer : Singer
        Whose voice sings; its gestures are postures.
    n_samples : int
        Of the song.
    effort : int
        How often the search goes through all slots.
    """
    search = _Search(tutor, singer, n_samples)
    ids, levels, costs = search.quantise()
    nearest = np.argsort(costs, axis=1, kind="stable")[:, :NEAREST]
    best: tuple[float, Integers, Floats, Floats] | None = None
    for k in range(effort + 1):
        if k:
            search.improve(ids, levels, nearest)
        sound = search.sung(search._voice(), ids, levels, n_samples)
        found = search.levels_of(sound)[: len(tutor)]
        # As it will be heard: what is loudest is at RANGE.
        found = np.maximum(found - np.percentile(found.max(axis=1), LOUDEST) + RANGE, 0.0)
        sums = np.array([found.sum(), (found**2).sum(), (found * tutor).sum()])
        score = search.correlation(sums)
        if best is None or score > best[0]:
            best = score, ids.copy(), levels.copy(), sound
    assert best is not None
    _, ids, levels, sound = best
    sounding = levels > SILENT
    times: Floats = (1e3 * search.slot / search.rate) * np.arange(search.n_slots, dtype=np.float64)
    return Quantised((times[sounding], ids[sounding]), levels[sounding], sound)
