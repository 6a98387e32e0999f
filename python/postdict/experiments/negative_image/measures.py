"""How much of a response is left, what its image is, and how fast either comes and goes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..._types import Floats


@dataclass(frozen=True)
class Modulation:
    """The root mean square modulation of rates over the trial, counting noise subtracted.

    Parameters
    ----------
    each : float
        Of each target by itself, Hz: the mean square over targets.
    mean : float
        Of the mean over targets, Hz, in which what differs between targets averages out.
    """

    each: float
    mean: float


def modulation(rates: Floats) -> Modulation:
    """Return the modulation that two independent halves of the trials have in common.

    Counting noise is of each half its own, so that the covariance of the halves over the bins is
    that of the rates, whatever the statistics of the spikes. Where chance makes it negative it
    counts as 0.

    Parameters
    ----------
    rates : array (2, n_targets, n_bins)
        Hz.
    """
    deviation = rates - rates.mean(axis=2, keepdims=True)
    each = float(np.mean(deviation[0] * deviation[1]))
    first, second = deviation.mean(axis=1)
    return Modulation(*(max(x, 0.0) ** 0.5 for x in (each, float(np.mean(first * second)))))


def share(left: float, start: float) -> float | None:
    """Return what is left of a modulation; None where there was none."""
    return left / start if start > 0.0 else None


def over_targets(rates: Floats) -> Floats:
    """Return the mean rate over trials and targets, (n_bins,), Hz."""
    return np.asarray(rates.mean(axis=(0, 1)))


@dataclass(frozen=True)
class Image:
    """What a command alone evokes, held against the response that it should cancel.

    Parameters
    ----------
    correlation : float or None
        Over the bins of the trial; -1 for a perfect negative image, None where either is flat.
    gain : float or None
        Of minus the response: 1 where the image is as large.
    """

    correlation: float | None
    gain: float | None


def image(alone: Floats, baseline: Floats, response: Floats) -> Image:
    """Return how far the command alone evokes the negative of the response.

    Parameters
    ----------
    alone : array (n_bins,)
        Rate with commands alone, after learning, Hz.
    baseline : array (n_bins,)
        The same before learning.
    response : array (n_bins,)
        What the response adds to the rate before learning, Hz.
    """
    seen, wanted = (x - x.mean() for x in (alone - baseline, response))
    product, power, own = float(seen @ wanted), float(wanted @ wanted), float(seen @ seen)
    return Image(
        product / (power * own) ** 0.5 if power * own > 0.0 else None,
        -product / power if power > 0.0 else None,
    )


def decay(trials: Floats, values: Floats) -> float | None:
    """Return the time constant of an exponential course, in trials.

    Least squares of ``end + (start - end) exp(-trial/tau)``, over tau from a quarter of the first
    interval to ten times the whole; None where the best is at a limit or nothing decays.
    """
    taus = np.geomspace(0.25 * (trials[1] - trials[0]), 10.0 * trials[-1], 400)
    best, found = np.inf, -1
    falls = False
    for k, tau in enumerate(taus):
        design = np.stack([np.ones_like(trials), np.exp(-trials / tau)], axis=1)
        coefficients, *_ = np.linalg.lstsq(design, values, rcond=None)
        error = float(np.sum((design @ coefficients - values) ** 2))
        if error < best:
            best, found, falls = error, k, bool(coefficients[1] > 0)
    return float(taus[found]) if falls and 0 < found < len(taus) - 1 else None


def evoked(lags: Floats, rate: Floats, reach: float) -> float:
    """Return the spikes that an event adds: the rate around it less that before it.

    Parameters
    ----------
    lags : array (n_bins,)
        ms from the event, at equal distances.
    rate : array (n_bins,)
        Hz.
    reach : float
        How far the event reaches either way, ms.
    """
    near = np.abs(lags) <= reach
    added = rate[near] - rate[lags < -reach].mean()
    return float(1e-3 * (lags[1] - lags[0]) * added.sum())
