"""How alike two songs are: whether one is recognised in another, and in what they differ.

Definitions of this package. A song is compared with its tutor at times that are given, not sought:
both are `log_spectrogram` of equal rates, and frame k of one belongs to frame k of the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .._types import Floats
from .spectrograms import HOP, RANGE

PIECE = 100.0  # ms
SOUNDING = RANGE / 3.0  # dB above silence, from which on a frame is not silent
FILLED = 0.5  # of a piece that must not be silent
SHIFT = 20.0  # ms, at most, by which a piece may be off where it is compared
REPEATED = 0.8  # correlation from which on two pieces of the tutors are one sound, sung twice
N_CEPSTRAL = 20  # cepstral coefficients, the first left out


def correlation(first: Floats, second: Floats) -> float:
    """Return the correlation of two arrays of one length, the longer cut; 0 of what is constant."""
    n = min(len(first), len(second))
    # The mean of equal numbers may be off by rounding, so that it would not do to ask for their sd.
    if n == 0 or np.ptp(first[:n]) == 0.0 or np.ptp(second[:n]) == 0.0:
        return 0.0
    x, y = first[:n] - first[:n].mean(), second[:n] - second[:n].mean()
    return float((x * y).sum() / np.sqrt((x**2).sum() * (y**2).sum()))


def sounding(spectrogram: Floats) -> NDArray[np.bool_]:
    """Return which frames (n_times,) of a log spectrogram are not silent."""
    return np.asarray(spectrogram.max(axis=1, initial=0.0) > SOUNDING)


def cepstral_correlation(tutor: Floats, song: Floats) -> float:
    """Return the correlation of the shapes of the spectra where the tutor sounds.

    Of each frame the cepstrum is taken (the cosine transform of its log spectrum), without the
    first coefficient, which is its loudness, and without those beyond `N_CEPSTRAL`.
    """
    n = min(len(tutor), len(song))
    kept = sounding(tutor[:n])
    return correlation(_cepstra(tutor[:n][kept]).ravel(), _cepstra(song[:n][kept]).ravel())


def _cepstra(frames: Floats) -> Floats:
    n = frames.shape[1]
    k, f = np.arange(1, N_CEPSTRAL + 1), np.arange(n) + 0.5
    return np.asarray(frames @ np.cos(np.pi * np.outer(f, k) / n))


def envelope_correlation(tutor: Floats, song: Floats) -> float:
    """Return the correlation of how loud the loudest frequency is over time, in dB."""
    return correlation(tutor.max(axis=1, initial=0.0), song.max(axis=1, initial=0.0))


def wiener_correlation(tutor: Floats, song: Floats) -> float:
    """Return the correlation of the Wiener entropies where the tutor sounds.

    Of a frame it is the geometric over the arithmetic mean of its power, in dB: 0 is white, and
    tones are far below. What lies below the range of a log spectrogram counts as silence.
    """
    n = min(len(tutor), len(song))
    kept = sounding(tutor[:n])
    return correlation(_wiener(tutor[:n][kept]), _wiener(song[:n][kept]))


def _wiener(frames: Floats) -> Floats:
    mean = np.log10((10.0 ** (0.1 * frames)).mean(axis=1)) if len(frames) else np.empty(0)
    return np.asarray(frames.mean(axis=1) - 10.0 * mean)


@dataclass(frozen=True)
class PitchLikeness:
    """How well pitches agree.

    Attributes
    ----------
    error : float or None
        Median of |f2 - f1| / f1 where both songs have a pitch; None where none has.
    within : float or None
        Of the tutor's frames with a pitch, the share in which the song's is within 5 %.
    """

    error: float | None
    within: float | None


def pitch_likeness(tutor: Floats, song: Floats) -> PitchLikeness:
    """Compare two courses of pitch (n_times,), Hz, nan where there is none; see `pitch`."""
    n = min(len(tutor), len(song))
    voiced = np.isfinite(tutor[:n])
    both = voiced & np.isfinite(song[:n])
    off = np.abs(song[:n][both] - tutor[:n][both]) / tutor[:n][both]
    return PitchLikeness(
        error=float(np.median(off)) if len(off) else None,
        within=float((off <= 0.05).sum() / voiced.sum()) if voiced.any() else None,
    )


@dataclass(frozen=True)
class Piece:
    """A piece of a tutor's song: whose it is, and its first frame and its last but one."""

    tutor: int
    start: int
    stop: int


def pieces(tutors: list[Floats]) -> list[Piece]:
    """Return the pieces of `PIECE` ms of several tutors of which a share of `FILLED` sounds."""
    length = round(PIECE / HOP)
    found = []
    for k, spectrogram in enumerate(tutors):
        loud = sounding(spectrogram)
        found += [
            Piece(k, start, start + length)
            for start in range(0, len(spectrogram) - length + 1, length)
            if loud[start : start + length].mean() >= FILLED
        ]
    return found


@dataclass(frozen=True, eq=False)
class Identification:
    """Which pieces of the tutors are recognised in their imitations.

    Attributes
    ----------
    pieces : list of Piece
    likeness : array (n_pieces, n_pieces)
        Correlation of the imitation of one piece with every other of the tutors.
    strict : array (n_pieces,) of bool
        The most similar piece is the right one.
    repeats : array (n_pieces,) of bool
        It is right, or is the same sound sung again by that tutor.
    songs : array (n_pieces,) of bool
        It is one of the right tutor.
    """

    pieces: list[Piece]
    likeness: Floats
    strict: NDArray[np.bool_]
    repeats: NDArray[np.bool_]
    songs: NDArray[np.bool_]


def identify(tutors: list[Floats], imitations: list[Floats]) -> Identification:
    """Look for each piece of the imitations among the pieces of all tutors.

    Parameters
    ----------
    tutors : lists of arrays (n_times, n_frequencies)
        Log spectrograms, one a tutor.
    imitations : lists of arrays (n_times, n_frequencies)
        Log spectrograms of what imitates them, in the same order.
    """
    which = pieces(tutors)
    if not which:
        nobody = np.zeros(0, bool)
        return Identification([], np.zeros((0, 0)), nobody, nobody, nobody)
    own = _likeness(which, tutors, tutors)
    found = _likeness(which, imitations, tutors)
    best = found.argmax(axis=1)
    right = np.arange(len(which))
    whose = np.array([piece.tutor for piece in which])
    # A silent imitation resembles nothing, and the first piece is no guess.
    heard = found.max(axis=1) > 0.0
    strict = heard & (best == right)
    songs = heard & (whose[best] == whose)
    repeats = strict | (songs & (own[right, best] >= REPEATED))
    return Identification(which, found, strict, repeats, songs)


def _likeness(which: list[Piece], sung: list[Floats], tutors: list[Floats]) -> Floats:
    """Return the correlation of each piece as it is sung with each as tutors sing it, shifted."""
    length = which[0].stop - which[0].start
    most = round(SHIFT / HOP)
    given = np.stack([_standardised(_cut(sung[p.tutor], p.start, length)) for p in which])
    best = np.full((len(which), len(which)), -1.0)
    for shift in range(-most, most + 1):
        shifted = [_standardised(_cut(tutors[p.tutor], p.start + shift, length)) for p in which]
        best = np.maximum(best, given @ np.stack(shifted).T)
    return best


def _cut(spectrogram: Floats, start: int, length: int) -> Floats:
    """Return `length` frames from `start` on, silence where the song does not reach."""
    cut = np.zeros((length, spectrogram.shape[1]))
    first, last = max(0, start), min(len(spectrogram), start + length)
    if last > first:
        cut[first - start : last - start] = spectrogram[first:last]
    return cut


def _standardised(piece: Floats) -> Floats:
    """Return a piece, flat, of mean 0 and size 1; of size 0 where it is constant."""
    if np.ptp(piece) == 0.0:
        return np.zeros(piece.size)
    centred = (piece - piece.mean()).ravel()
    return np.asarray(centred / np.linalg.norm(centred))
