"""How loud a sound is where it sounds, when that is, and how much of it an ear can hear.

A recording is loud in parts: what is between calls says nothing of how loud these are. So windows
of `WINDOW` count that come within `QUIET` of the loudest; a call in long quiet noise is as loud as
the same call alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _checks
from .._types import Floats
from .ear import Hearing

WINDOW = 10.0  # ms
QUIET = 30.0  # dB below the loudest window, from which on nothing sounds (as in spectrograms)
FULL = 98.0  # percentile, over the windows that sound, of what counts as the loudness of all


def window_powers(sound: ArrayLike, *, rate: float) -> Floats:
    """Return the mean power (n_windows,) of windows of `WINDOW`, without the sound's mean.

    Parameters
    ----------
    sound : array (n_samples,)
    rate : float
        Samples a second, Hz. The last window may be shorter.
    """
    given = _checks.vector("sound", sound)
    rate = _checks.number("rate", rate, "Hz", above=0.0)
    n = max(1, round(1e-3 * WINDOW * rate))
    if not given.size:
        return np.empty(0)
    energy = np.concatenate([[0.0], np.cumsum(np.square(given - given.mean()))])
    edges = np.append(np.arange(0, given.size, n), given.size)
    return np.asarray(np.diff(energy[edges]) / np.diff(edges))


def sounding(sound: ArrayLike, *, rate: float) -> NDArray[np.bool_]:
    """Return which windows (n_windows,) of `WINDOW` sound: those not `QUIET` below the loudest."""
    powers = window_powers(sound, rate=rate)
    loudest = float(powers.max(initial=0.0))
    return np.asarray((powers > 0.0) & (powers >= loudest * 10.0 ** (-0.1 * QUIET)))


def loudness(sound: ArrayLike, *, rate: float) -> float:
    """Return the root mean square of a sound where it is loud; 0 of silence.

    Parameters
    ----------
    sound : array (n_samples,)
    rate : float
        Samples a second, Hz.

    Examples
    --------
    >>> import numpy as np
    >>> call = np.sin(np.arange(2000))
    >>> recording = np.concatenate([np.zeros(100_000), call])
    >>> [round(loudness(sound, rate=2e4), 2) for sound in (call, recording)]
    [0.71, 0.71]
    """
    powers = window_powers(sound, rate=rate)
    kept = powers[sounding(sound, rate=rate)]
    return float(np.sqrt(np.percentile(kept, FULL))) if kept.size else 0.0


def loudest_stretch(sound: ArrayLike, duration: float, *, rate: float) -> tuple[float, float]:
    """Return begin and end (ms) of the stretch of a duration (ms) that has most of the power.

    It begins at a multiple of `WINDOW`, and at 0 where the sound is not longer.
    """
    powers = window_powers(sound, rate=rate)
    n = max(1, round(_checks.number("duration", duration, "ms", above=0.0) / WINDOW))
    if len(powers) <= n:
        return 0.0, 1e3 * np.size(sound) / rate
    sums = np.concatenate([[0.0], np.cumsum(powers)])
    first = int(np.argmax(sums[n:] - sums[:-n]))
    return first * WINDOW, min((first + n) * WINDOW, 1e3 * np.size(sound) / rate)


def inaudible_share(sound: ArrayLike, *, rate: float, hearing: Hearing) -> float:
    """Return the share of a sound's power that lies outside of an ear's range; 0 of silence.

    Parameters
    ----------
    sound : array (n_samples,)
        At the rate at which it was recorded: what is above the ear is lost where it is resampled
        to the ear's rate.
    rate : float
        Samples a second, Hz.
    hearing : Hearing
        Its range is from its lowest centre frequency to its highest.
    """
    given = _checks.vector("sound", sound)
    rate = _checks.number("rate", rate, "Hz", above=0.0)
    if not given.size:
        return 0.0
    power = np.square(np.abs(np.fft.rfft(given - given.mean())))
    frequencies = np.fft.rfftfreq(given.size, 1.0 / rate)
    heard = (frequencies >= hearing.lowest) & (frequencies <= hearing.highest)
    total = float(power.sum())
    return float(power[~heard].sum()) / total if total > 0.0 else 0.0
