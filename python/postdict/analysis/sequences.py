"""Spike sequences that no network made: tutors, and tutors with noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks
from .._checks import shown
from .._types import Floats, Integers


def poisson_sequence(
    n: int, rate: float, duration: float, *, dead_time: float = 30.0, rng: np.random.Generator
) -> tuple[Floats, Integers]:
    """Draw a tutor sequence: independent Poisson trains with a dead time, stationary from t = 0.

    Intervals are `dead_time` plus an exponential wait whose mean makes up for it; the first spike
    comes after the residual of such an interval. So the expected rate is `rate` at every time.

    Parameters
    ----------
    n : int
        Number of neurons.
    rate : float
        Mean rate of each neuron, dead time included, Hz.
    duration : float
        Spikes lie in [0, duration), ms.
    dead_time : float
        Smallest interval of two spikes of a neuron, ms.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    times : ndarray (n_spikes,)
        ms, sorted by (time, id).
    ids : ndarray (n_spikes,), int64

    Raises
    ------
    ValueError, TypeError
        For bad input, and where the dead time alone forbids the rate: rate · dead_time >= 1.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.analysis import poisson_sequence
    >>> times, ids = poisson_sequence(20, 4.0, 1000.0, rng=np.random.default_rng(1))
    >>> len(times)
    77
    """
    n = _checks.integer("n", n, at_least=1)
    rate = _checks.number("rate", rate, "Hz", above=0.0)
    duration = _checks.number("duration", duration, "ms", above=0.0)
    dead_time = _checks.number("dead_time", dead_time, "ms", at_least=0.0)
    rng = _checks.generator("rng", rng)
    interval = 1e3 / rate
    if interval <= dead_time:
        raise ValueError(
            f"rate must be below {shown(1e3 / dead_time)} Hz with dead_time = {dead_time} ms, "
            f"got {rate} Hz"
        )
    wait = interval - dead_time
    # The residual of an interval is uniform over a running dead time, or a dead time and a wait.
    inside = rng.random(n) < dead_time / interval
    last = np.where(inside, dead_time * rng.random(n), dead_time + rng.exponential(wait, n))
    drawn = [last[:, None]]  # blocks (n, n_intervals)
    while (last < duration).any():
        n_intervals = int((duration - last.min()) / interval * 1.1) + 16
        intervals = dead_time + rng.exponential(wait, (n, n_intervals))
        drawn.append(last[:, None] + np.cumsum(intervals, axis=1))
        last = drawn[-1][:, -1]
    all_times = np.concatenate(drawn, axis=1)  # (n, n_drawn)
    kept = all_times < duration
    return _in_time(all_times[kept], np.nonzero(kept)[0])


def perturb(
    times: ArrayLike,
    ids: ArrayLike,
    *,
    n: int,
    duration: float,
    jitter: float = 0.0,
    background_rate: float = 0.0,
    deletion: float = 0.0,
    rng: np.random.Generator,
) -> tuple[Floats, Integers]:
    """Make a spike sequence noisy: delete spikes, jitter the rest, add unrelated ones.

    Parameters
    ----------
    times : array_like (n_spikes,)
        Spikes, ms, in any order.
    ids : array_like (n_spikes,)
        Who fired, in [0, n).
    n : int
        Number of neurons.
    duration : float
        Background spikes lie in [0, duration), ms.
    jitter : float
        Standard deviation of the Gaussian added to each time, ms. Times that fall before 0 are
        reflected; times that fall after `duration` stay.
    background_rate : float
        Rate of the added Poisson spikes of each neuron, Hz.
    deletion : float
        Probability that a given spike is lost.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    times : ndarray (n_spikes_after,)
        ms, sorted by (time, id).
    ids : ndarray (n_spikes_after,), int64

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.analysis import perturb
    >>> rng = np.random.default_rng(1)
    >>> times, ids = perturb([10.0, 20.0], [0, 1], n=2, duration=50.0, jitter=2.0, rng=rng)
    >>> times.round(1), ids
    (array([10.7, 17.4]), array([0, 1]))
    """
    n = _checks.integer("n", n, at_least=1)
    times, ids = _checks.spikes(times, ids, n)
    duration = _checks.number("duration", duration, "ms", above=0.0)
    jitter = _checks.number("jitter", jitter, "ms", at_least=0.0)
    background_rate = _checks.number("background_rate", background_rate, "Hz", at_least=0.0)
    deletion = _checks.number("deletion", deletion, at_least=0.0)
    rng = _checks.generator("rng", rng)
    if deletion > 1.0:
        raise ValueError(f"deletion must be a probability, at most 1, got {deletion}")

    kept = rng.random(times.size) >= deletion
    jittered = times[kept]
    if jitter > 0.0:  # times before 0 that were not moved are not reflected either
        jittered = np.abs(jittered + rng.normal(0.0, jitter, jittered.size))
    n_added = int(rng.poisson(n * background_rate * duration * 1e-3))
    added, added_ids = rng.uniform(0.0, duration, n_added), rng.integers(0, n, n_added)
    return _in_time(np.concatenate((jittered, added)), np.concatenate((ids[kept], added_ids)))


def _in_time(times: Floats, ids: Integers) -> tuple[Floats, Integers]:
    order = np.lexsort((ids, times))
    return times[order], ids[order].astype(np.int64, copy=False)
