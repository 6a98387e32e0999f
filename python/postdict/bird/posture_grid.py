"""A repertoire of postures that knows no song: stacks, whistles and noises on a regular grid."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from .. import _checks
from .._types import Floats
from .source_filter import Postures, SourceFilter, SourceFilterVoice

STACKS = 400.0 * 2.0 ** (np.arange(53) / 24.0)  # Hz, to 1,800 by quarter tones
FORMANTS = ((2000.0, 1800.0), (3200.0, 2200.0), (4800.0, 2500.0), (4000.0, 7000.0))  # Hz
WHISTLES = 1800.0 * 2.0 ** (np.arange(1, 26) / 12.0)  # Hz, to 7,600 by semitones
WHISTLE_BANDWIDTH = 800.0  # Hz
NOISES = (
    *((float(f), 0.5 * float(f)) for f in np.geomspace(1000.0, 6500.0, 6)),
    *((2000.0, 2500.0), (3500.0, 3500.0), (5000.0, 4000.0), (6000.0, 5000.0)),
)  # Hz: centres and bandwidths
OFF = -50.0  # dB of a source that a posture does not use
NOISE_PITCH = 700.0  # Hz, of the harmonics that are off
WINDOW = 256  # samples, Hann, in which spectral peaks are compared


@lru_cache(maxsize=4)
def posture_grid(n: int | None = None, organ: SourceFilter | None = None) -> Postures:
    """Return 247 postures: stacks of four formants, then whistles, then noises, by pitch.

    All come to the same spectral peak, that of a tone of amplitude 1, when they are held.

    Parameters
    ----------
    n : int, optional
        As many of them, equally spaced in their order.
    organ : SourceFilter, optional
    """
    rows = [(f0, 0.0, OFF, fc, b) for f0 in STACKS for fc, b in FORMANTS]
    rows += [(f0, 0.0, OFF, f0, WHISTLE_BANDWIDTH) for f0 in WHISTLES]
    rows += [(NOISE_PITCH, OFF, 0.0, fc, b) for fc, b in NOISES]
    if n is not None:
        n = int(_checks.number("n", _checks.integer("n", n), at_least=1, at_most=len(rows)))
        rows = [rows[k] for k in np.linspace(0, len(rows) - 1, n).round().astype(int)]
    grid = Postures(*np.array(rows, dtype=np.float64).T)
    peaks = np.array([_peak(grid, k, organ or SourceFilter()) for k in range(len(grid))])
    tonal = grid.tone > grid.noise
    return replace(
        grid,
        tone=np.where(tonal, grid.tone - peaks, grid.tone),
        noise=np.where(tonal, grid.noise, grid.noise - peaks),
    )


def _peak(grid: Postures, k: int, organ: SourceFilter) -> float:
    """Return the spectral peak of a posture that is held, in dB above a tone of amplitude 1."""
    every = round(0.5e-3 * grid.duration * organ.rate)
    n = 75  # gestures
    voice = SourceFilterVoice(grid, organ, seed=k)
    sound = voice.go_on(every * np.arange(n), np.full(n, k), every * n).sound[every * 5 :]
    frames = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[:: WINDOW // 4]
    window = np.hanning(WINDOW)
    power: Floats = (np.abs(np.fft.rfft(frames * window, axis=1)) ** 2).mean(axis=0)
    return float(10.0 * np.log10(power.max() / (0.5 * window.sum()) ** 2))
