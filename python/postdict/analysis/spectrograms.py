"""Log spectrograms of songs, how similar two of them are, and pitch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks
from .._types import Floats

WINDOW = 12.8  # ms, Hann
HOP = 2.0  # ms
LOWEST, HIGHEST = 500.0, 8000.0  # Hz
RANGE = 30.0  # dB below the loudest, under which everything is silence
LOUDEST = 99.0  # percentile of the loudest frequency over time that counts as the loudest
PITCHES = (300.0, 7000.0)  # Hz
PERIODIC = 0.5  # of the autocorrelation at its peak, above which there is a pitch


def log_spectrogram(sound: ArrayLike, *, rate: float, span: float = RANGE) -> Floats:
    """Return a log spectrogram (n_times, n_frequencies), dB above silence, from 0 to about `span`.

    It does not depend on how loud the sound is: its loudest parts are at `span`.

    Parameters
    ----------
    sound : array_like (n_samples,)
    rate : float
        Samples a second, Hz.
    span : float
        dB below the loudest, under which everything is silence.
    """
    rate = _checks.number("rate", rate, "Hz", above=0.0)
    span = _checks.number("span", span, "dB", above=0.0)
    power = powers(np.asarray(sound, dtype=np.float64), rate=rate)
    if not power.any():  # silence, of which nothing is loudest
        return np.zeros_like(power)
    level = 10.0 * np.log10(power + 1e-30)
    return np.asarray(np.maximum(level - np.percentile(level.max(axis=1), LOUDEST) + span, 0.0))


def frequencies(rate: float) -> Floats:
    """Return the frequencies (n_frequencies,) of `log_spectrogram`, Hz."""
    n = _samples(WINDOW, rate)
    all_of_them = np.fft.rfftfreq(n, 1.0 / rate)
    return np.asarray(all_of_them[(all_of_them >= LOWEST) & (all_of_them <= HIGHEST)])


def _samples(duration: float, rate: float) -> int:
    return round(1e-3 * duration * rate)


def powers(sound: Floats, *, rate: float) -> Floats:
    """Return the power (n_times, n_frequencies) of a log spectrogram; frame k is at k hops."""
    window, hop = _samples(WINDOW, rate), _samples(HOP, rate)
    padded = np.pad(sound, window // 2)
    if len(padded) < window:
        return np.zeros((0, len(frequencies(rate))))
    frames = np.lib.stride_tricks.sliding_window_view(padded, window)[::hop]
    spectrum = np.fft.rfft(frames * np.hanning(window), axis=1)
    every = np.fft.rfftfreq(window, 1.0 / rate)
    return np.asarray(np.abs(spectrum[:, (every >= LOWEST) & (every <= HIGHEST)]) ** 2)


@dataclass(frozen=True)
class Similarity:
    """How similar two songs are (definition of this package).

    Attributes
    ----------
    correlation : float
        Of the log spectrograms at the best lag; 0.0 where one of them is constant.
    lag : float
        By how much the second is later, ms.
    """

    correlation: float
    lag: float


def similarity(first: Floats, second: Floats, *, max_lag: float) -> Similarity:
    """Return the correlation of two log spectrograms at the best lag.

    Parameters
    ----------
    first : array (n_times, n_frequencies)
        From `log_spectrogram`.
    second : array (n_times, n_frequencies)
        Likewise; the longer one is cut.
    max_lag : float
        ms, >= 0.
    """
    most = int(_checks.number("max_lag", max_lag, "ms", at_least=0.0) / HOP)
    best = Similarity(0.0, 0.0)
    for lag in sorted(range(-most, most + 1), key=abs):
        a, b = first[max(0, -lag) :], second[max(0, lag) :]
        n = min(len(a), len(b))
        found = _correlation(a[:n], b[:n])
        if found > best.correlation:
            best = Similarity(found, lag * HOP)
    return best


def _correlation(a: Floats, b: Floats) -> float:
    if not a.size:
        return 0.0
    x, y = a - a.mean(), b - b.mean()
    size = float(np.sqrt((x**2).sum() * (y**2).sum()))
    return float((x * y).sum() / size) if size > 0.0 else 0.0


def pitch(sound: ArrayLike, *, rate: float) -> Floats:
    """Return the pitch (n_times,), Hz, at the times of `log_spectrogram`; nan where there is none.

    The period is the shortest lag at which the autocorrelation of a frame of `WINDOW` comes within
    a tenth of its highest peak, and that peak is above `PERIODIC`.
    """
    rate = _checks.number("rate", rate, "Hz", above=0.0)
    signal = np.asarray(sound, dtype=np.float64)
    window, hop = _samples(WINDOW, rate), _samples(HOP, rate)
    padded = np.pad(signal, window // 2)
    if len(padded) < window:
        return np.empty(0)
    frames = np.lib.stride_tricks.sliding_window_view(padded, window)[::hop]
    frames = (frames - frames.mean(axis=1, keepdims=True)) * np.hanning(window)
    finer = 4  # the spectrum is padded, so that lags are finer than samples
    spectrum = np.abs(np.fft.rfft(frames, 2 * window, axis=1)) ** 2
    correlation = np.fft.irfft(spectrum, 2 * window * finer, axis=1)[:, : window * finer]
    of_window = np.fft.irfft(
        np.abs(np.fft.rfft(np.hanning(window), 2 * window)) ** 2, 2 * window * finer
    )[: window * finer]
    loud = correlation[:, 0] > 1e-3 * (correlation[:, 0].max(initial=0.0) or 1.0)
    first, last = (int(finer * rate / f) for f in reversed(PITCHES))
    result = np.full(len(frames), np.nan)
    for k in np.flatnonzero(loud):
        row = correlation[k] / correlation[k, 0] / (of_window / of_window[0])
        peaks = np.flatnonzero((row[1:-1] > row[:-2]) & (row[1:-1] >= row[2:])) + 1
        peaks = peaks[(peaks >= first) & (peaks <= last)]
        if len(peaks) and row[peaks].max() > PERIODIC:
            result[k] = finer * rate / peaks[np.argmax(row[peaks] > 0.9 * row[peaks].max())]
    return result


def pitch_error(first: ArrayLike, second: ArrayLike, *, rate: float, lag: float) -> float | None:
    """Return the median of |f2 - f1| / f1 where both songs have a pitch; None where none has.

    Parameters
    ----------
    first : array_like (n_samples,)
        One sound.
    second : array_like (n_samples,)
        The other.
    rate : float
        Hz.
    lag : float
        By how much the second is later, ms.
    """
    f1, f2 = pitch(first, rate=rate), pitch(second, rate=rate)
    shift = round(lag / HOP)
    f1, f2 = f1[max(0, -shift) :], f2[max(0, shift) :]
    n = min(len(f1), len(f2))
    both = np.isfinite(f1[:n]) & np.isfinite(f2[:n])
    if not both.any():
        return None
    return float(np.median(np.abs(f2[:n] - f1[:n])[both] / f1[:n][both]))
