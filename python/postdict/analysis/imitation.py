"""How much of a tutor sequence is imitated; `sequences` draws tutors and makes them noisy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks
from ._bins import tolerance as rounding
from .sequences import perturb, poisson_sequence

__all__ = ["Imitation", "perturb", "poisson_sequence", "score_imitation"]


@_checks.brief
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
    n_tutor : int
        Spikes of the tutor.
    n_imitated : int
        Spikes of the imitation.
    n_matched : int
        Matched pairs.

    Examples
    --------
    >>> from postdict.analysis import score_imitation
    >>> found = score_imitation([10.0, 20.0], [0, 1], [21.0, 30.0], [0, 0], delay=11.0)
    >>> found.f1, found.n_matched
    (0.5, 1)
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
    tutor_times : array_like (n_tutor,)
        Tutor spikes, ms, in any order.
    tutor_ids : array_like (n_tutor,)
        Who fired them.
    times : array_like (n_imitated,)
        Spikes to be scored, ms, in any order.
    ids : array_like (n_imitated,)
        Who fired them.
    delay : float
        Expected lag of the imitation behind the tutor, ms.
    tolerance : float
        Largest ``|t - (t_tutor + delay)|`` of a match, ms; inclusive, by half a picosecond.

    Returns
    -------
    Imitation
        All three scores are 0.0 when nothing is matched, and 1.0 when both sides are empty.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> from postdict.analysis import score_imitation
    >>> score_imitation([10.0, 20.0], [0, 1], [21.0, 40.0], [0, 1], delay=11.0)
    Imitation(f1=0.5, precision=0.5, recall=0.5, n_tutor=2, n_imitated=2, n_matched=1)
    """
    tutor_times, tutor_ids = _checks.spikes(tutor_times, tutor_ids, prefix="tutor_")
    times, ids = _checks.spikes(times, ids)
    delay = _checks.number("delay", delay, "ms")
    tolerance = _checks.number("tolerance", tolerance, "ms", at_least=0.0)

    tutor_order, order = np.lexsort((tutor_times, tutor_ids)), np.lexsort((times, ids))
    expected, expected_ids = (tutor_times + delay)[tutor_order].tolist(), tutor_ids[tutor_order]
    found, found_ids = times[order].tolist(), ids[order].tolist()
    reach = tolerance + rounding(tutor_times, times, delay)
    n_matched = _matches(expected, expected_ids.tolist(), found, found_ids, reach)

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
