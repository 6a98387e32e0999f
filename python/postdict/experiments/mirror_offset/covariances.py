"""How far listening follows singing: cross-covariances, their peaks, and intervals for them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..._types import Floats, Spikes
from ...analysis import cross_correlogram

BIN = 0.5  # ms
SMOOTHING = 1.0  # ms, sd of the Gaussian under which a peak is looked for
DRAWS = 2000  # of the bootstrap


def cross_covariances(
    sung: Spikes, listening: Spikes, *, n: int, duration: float, max_lag: float
) -> tuple[Floats, Floats]:
    """Return lags (n_bins,), ms, and each neuron's cross-covariance (n, n_bins), Hz.

    A lag is t_listening - t_singing on the clock of the sound. The value is the rate in listening
    at that lag after a spike in singing, less the mean rate in listening; nan for neurons that are
    silent in either.
    """
    by_neuron = [[times[ids == neuron] for times, ids in (sung, listening)] for neuron in range(n)]
    found = [
        cross_correlogram(singing, heard, max_lag=max_lag, bin_width=BIN)
        for singing, heard in by_neuron
    ]
    lags = found[0][0]
    covariances = np.full((n, len(lags)), np.nan)
    for neuron, (singing, heard) in enumerate(by_neuron):
        if len(singing) and len(heard):
            rate = found[neuron][1] / (1e-3 * BIN * len(singing))
            covariances[neuron] = rate - len(heard) / (1e-3 * duration)
    return lags, covariances


def smoothed(covariances: Floats) -> Floats:
    """Return the curves (..., n_bins) under a Gaussian of `SMOOTHING`."""
    reach = int(np.ceil(4.0 * SMOOTHING / BIN))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * BIN / SMOOTHING) ** 2)
    kernel /= kernel.sum()
    curves: Floats = np.apply_along_axis(
        lambda curve: np.convolve(curve, kernel, mode="same"), -1, covariances
    )
    return curves


def peak_lags(lags: Floats, covariances: Floats) -> Floats:
    """Return the lag (n,) at which each smoothed cross-covariance is largest, ms; nan of nan."""
    peaks = np.full(len(covariances), np.nan)
    known = np.isfinite(covariances).all(axis=1)
    if known.any():
        peaks[known] = lags[np.argmax(smoothed(covariances[known]), axis=1)]
    return peaks


def mean_and_interval(
    groups: Sequence[Floats], rng: np.random.Generator
) -> tuple[float | None, list[float] | None]:
    """Return the mean of all values and its 95 % interval, by a bootstrap in two stages.

    Seeds are drawn with replacement, and of each drawn seed its neurons. nan is left out; without
    any number both are None.
    """
    groups = [values[np.isfinite(values)] for values in groups]
    groups = [values for values in groups if len(values)]
    if not groups:
        return None, None
    means = []
    for _ in range(DRAWS):
        drawn = [groups[k] for k in rng.integers(0, len(groups), len(groups))]
        means.append(np.mean(np.concatenate([rng.choice(v, len(v)) for v in drawn])))
    low, high = np.quantile(means, [0.025, 0.975])
    return float(np.mean(np.concatenate(groups))), [float(low), float(high)]
