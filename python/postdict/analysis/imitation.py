"""Imitation: tutor sequences, what noise makes of them, and how much of them is imitated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from postdict.analysis._checks import (
    Floats,
    Integers,
    count,
    finite,
    generator,
    non_negative,
    positive,
    spikes,
)


@dataclass(frozen=True)
class Imitation:
    """Agreement of an imitated with a tutor sequence (definition of this package).

    Attributes
    ----------
    f1 : float
        2 n_matched / (n_tutor + n_imitated), the harmonic mean of precision and recall.
    precision : float
        n_matched / n_imitated.
    recall : float
        n_matched / n_tutor.
    n_tutor, n_imitated, n_matched : int
        Numbers of spikes of the tutor, of the imitation, and of matched pairs.
    """

    f1: float
    precision: float
    recall: float
    n_tutor: int
    n_imitated: int
    n_matched: int


def score_imitation(
    tutor_times: ArrayLike,
    tutor_ids: ArrayLike,
    times: ArrayLike,
    ids: ArrayLike,
    *,
    delay: float,
    tolerance: float = 5.0,
) -> Imitation:
    """Score an imitated spike sequence against its tutor (definition of this package).

    A spike is right if a tutor spike of the same neuron, shifted by `delay`, lies within
    ± `tolerance`. Each spike of either side is used at most once, and as many as possible.

    Parameters
    ----------
    tutor_times, tutor_ids : array_like (n_tutor,)
        Tutor spikes, ms, in any order.
    times, ids : array_like (n_imitated,)
        Spikes to be scored, ms, in any order.
    delay : float
        Expected lag of the imitation behind the tutor, ms.
    tolerance : float
        Largest |t - (t_tutor + delay)| of a match, inclusive, ms.

    Returns
    -------
    Imitation
        All three scores are 0.0 when nothing is matched, and 1.0 when both sides are empty.

    Raises
    ------
    ValueError
        For bad input.
    """
    tutor_times, tutor_ids = spikes(tutor_times, tutor_ids, prefix="tutor_")
    times, ids = spikes(times, ids)
    delay = finite("delay", delay, "ms")
    tolerance = non_negative("tolerance", tolerance, "ms")

    tutor_order, order = np.lexsort((tutor_times, tutor_ids)), np.lexsort((times, ids))
    expected, expected_ids = (tutor_times + delay)[tutor_order].tolist(), tutor_ids[tutor_order]
    found, found_ids = times[order].tolist(), ids[order].tolist()
    n_matched = _matches(expected, expected_ids.tolist(), found, found_ids, tolerance)

    n_tutor, n_imitated = len(expected), len(found)
    if n_tutor == n_imitated == 0:
        return Imitation(1.0, 1.0, 1.0, 0, 0, 0)
    return Imitation(
        f1=2.0 * n_matched / (n_tutor + n_imitated),
        precision=n_matched / n_imitated if n_imitated else 0.0,
        recall=n_matched / n_tutor if n_tutor else 0.0,
        n_tutor=n_tutor,
        n_imitated=n_imitated,
        n_matched=n_matched,
    )


def _matches(
    expected: list[float],
    expected_ids: list[int],
    found: list[float],
    found_ids: list[int],
    tolerance: float,
) -> int:
    """Size of the largest matching of two spike lists sorted by (id, time).

    Greedy with two pointers is optimal here: with one tolerance for all, the partners of a later
    spike begin and end no earlier than those of an earlier one. So if the earliest two left can
    be matched, some largest matching contains that pair (crossed or missing partners can be
    exchanged for it), and if not, the earlier of the two has no partner at all.
    """
    n_matched = i = j = 0
    while i < len(expected) and j < len(found):
        lag = found[j] - expected[i]
        if expected_ids[i] != found_ids[j]:
            tutor_first = expected_ids[i] < found_ids[j]
            i, j = i + tutor_first, j + (not tutor_first)
        elif lag > tolerance:
            i += 1
        elif lag < -tolerance:
            j += 1
        else:
            n_matched, i, j = n_matched + 1, i + 1, j + 1
    return n_matched


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
    ValueError
        For bad input, and where the dead time alone forbids the rate: rate · dead_time >= 1.
    """
    n = count("n", n)
    rate, duration = positive("rate", rate, "Hz"), positive("duration", duration, "ms")
    dead_time, rng = non_negative("dead_time", dead_time, "ms"), generator(rng)
    interval = 1e3 / rate
    if interval <= dead_time:
        raise ValueError(
            f"rate must be below {1e3 / dead_time:.6g} Hz with dead_time = {dead_time} ms, "
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
    times, ids : array_like (n_spikes,)
        Spikes, ms, in any order.
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
    ValueError
        For bad input.
    """
    n = count("n", n)
    times, ids = spikes(times, ids, n)
    duration, jitter = positive("duration", duration, "ms"), non_negative("jitter", jitter, "ms")
    background_rate = non_negative("background_rate", background_rate, "Hz")
    deletion, rng = non_negative("deletion", deletion), generator(rng)
    if deletion > 1.0:
        raise ValueError(f"deletion must be a probability, at most 1, got {deletion}")

    kept = rng.random(times.size) >= deletion
    jittered = times[kept]
    if jitter > 0.0:  # without jitter no reflection either
        jittered = np.abs(jittered + rng.normal(0.0, jitter, jittered.size))
    n_added = int(rng.poisson(n * background_rate * duration * 1e-3))
    added, added_ids = rng.uniform(0.0, duration, n_added), rng.integers(0, n, n_added)
    return _in_time(np.concatenate((jittered, added)), np.concatenate((ids[kept], added_ids)))


def _in_time(times: Floats, ids: Integers) -> tuple[Floats, Integers]:
    order = np.lexsort((ids, times))
    return times[order], ids[order].astype(np.int64, copy=False)
