"""The best imitation that a voice can do, by direct search: no neuron takes part.

First the best sequence of gestures that do not overlap, by dynamic programming over templates (the
log spectrogram of each gesture alone); then changes of single gestures, sung and kept where the
song becomes more similar.
"""

from __future__ import annotations

import numpy as np

from ..._types import Floats, Integers, Spikes
from ...analysis.spectrograms import HOP, log_spectrogram, similarity
from ...bird import DivergenceError, Singer, sing

ROUNDS = 6  # of the dynamic programming, each with the weights that the last one led to
QUIETER = (0.0, 10.0)  # dB below the loudest gesture at which a template has RANGE


def search(tutor: Floats, singer: Singer, *, duration: float, trials: int, seed: int) -> Spikes:
    """Return the motor sequence whose song is most similar to a tutor's.

    Parameters
    ----------
    tutor : array (n_times, n_frequencies)
        Log spectrogram.
    singer : Singer
        Whose voice sings.
    duration : float
        Of the song, ms.
    trials : int
        How many changes of single gestures are tried.
    seed : int
        Of these changes.
    """

    def score(song: Spikes) -> float:
        try:
            sound = sing(singer.gestures, *song, duration=duration, organ=singer.organ).sound
        except DivergenceError:
            return -1.0
        found = log_spectrogram(sound, rate=singer.organ.rate)
        return similarity(tutor, found, max_lag=0.0).correlation

    songs = [song for quieter in QUIETER for song in _programmed(tutor, singer, quieter, duration)]
    scores = [score(song) for song in songs]
    best, best_score = songs[int(np.argmax(scores))], max(scores)
    rng = np.random.default_rng([seed, 0x0AC1E])
    for _ in range(trials):
        changed = _changed(best, singer, duration, rng)
        found = score(changed)
        if found > best_score:
            best, best_score = changed, found
    order = np.lexsort((best[1], best[0]))
    return best[0][order], best[1][order]


def _templates(singer: Singer, quieter: float) -> Floats:
    """Return the log spectrogram of each gesture alone (n_gestures, n_times, n_frequencies).

    The first frame is that of the gesture's begin.
    """
    gestures = singer.gestures
    before, after = 20.0, gestures.duration + 16.0
    apart = before + after + 24.0
    onsets = before + apart * np.arange(len(gestures))
    song = sing(
        gestures,
        onsets,
        np.arange(len(gestures)),
        duration=apart * len(gestures),
        organ=singer.organ,
    )
    whole = log_spectrogram(song.sound, rate=singer.organ.rate)
    # There the level is relative to the loudest gesture of all.
    whole = np.clip(whole + quieter, 0.0, None) * (whole > 0.0)
    first = (onsets / HOP).astype(int)
    return np.array([whole[k : k + int(after / HOP)] for k in first])


def _programmed(tutor: Floats, singer: Singer, quieter: float, duration: float) -> list[Spikes]:
    """Return the sequences of each round.

    Of songs B with the tutor A, cov(A, B)/sd(B) is to be largest. Where it is, cov - mu/2 var is
    too, with mu = cov/var there; and that is a sum over gestures, but for the mean of B.
    """
    templates = _templates(singer, quieter)
    n_times, n_frames = len(tutor), templates.shape[1]
    spacing = int(singer.gestures.duration / HOP)
    centred = np.pad(tutor - tutor.mean(), ((0, n_frames), (0, 0)))
    agreement = np.array(
        [np.tensordot(templates, centred[t : t + n_frames], 2) for t in range(n_times)]
    )  # (n_times, n_gestures)
    energy, total = (templates**2).sum(axis=(1, 2)), templates.sum(axis=(1, 2))
    mu, mean = 0.5, 0.0
    found: list[Spikes] = []
    for _ in range(ROUNDS):
        value = agreement - 0.5 * mu * (energy - 2.0 * mean * total)
        frames, who = _best_path(value, spacing)
        if not len(frames):
            break
        found.append((np.minimum(frames * HOP, duration - HOP), who))
        covariance = agreement[frames, who].sum()
        square, mean = energy[who].sum(), total[who].sum() / tutor.size
        mu = covariance / max(square - tutor.size * mean**2, 1e-9)
    return found or [(np.zeros(1), np.zeros(1, np.int64))]


def _best_path(value: Floats, spacing: int) -> tuple[Integers, Integers]:
    """Return frames and gestures of the largest sum of values, frames `spacing` apart."""
    most, which = value.max(axis=1), value.argmax(axis=1)
    n = len(most)
    sums = np.zeros(n + spacing + 1)
    taken = np.zeros(n + spacing + 1, bool)
    for t in range(1, n + spacing + 1):
        sums[t] = sums[t - 1]
        begin = t - spacing
        if 0 <= begin < n and sums[begin] + most[begin] > sums[t]:
            sums[t], taken[t] = sums[begin] + most[begin], True
    frames = []
    t = n + spacing
    while t > 0:
        if taken[t]:
            t -= spacing
            frames.append(t)
        else:
            t -= 1
    result = np.array(frames[::-1], dtype=np.int64)
    return result, which[result].astype(np.int64)


def _changed(song: Spikes, singer: Singer, duration: float, rng: np.random.Generator) -> Spikes:
    """Return a song with one gesture moved, exchanged, added or left out."""
    times, ids = song[0].copy(), song[1].copy()
    n = len(singer.gestures)
    k = int(rng.integers(len(times)))
    kind = rng.integers(4)
    if kind == 0:
        times[k] = np.clip(times[k] + rng.normal(0.0, 6.0), 0.0, duration - HOP)
    elif kind == 1:
        ids[k] = rng.integers(n)
    elif kind == 2:
        times = np.append(times, rng.uniform(0.0, duration - HOP))
        ids = np.append(ids, rng.integers(n))
    elif len(times) > 1:
        times, ids = np.delete(times, k), np.delete(ids, k)
    return times, ids
