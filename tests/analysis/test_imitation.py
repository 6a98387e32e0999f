"""Imitation scores against the largest matching found by exhaustive search."""

import re
from functools import cache

import numpy as np
import pytest

from postdict.analysis import Imitation, score_imitation


def largest_matching(expected, found, tolerance):
    """Every way of matching, tried: for each expected spike none or any spike still free."""

    @cache
    def best(i, free):
        if i == len(expected):
            return 0
        tutor_id, t = expected[i]
        options = [best(i + 1, free)]
        for j in free:
            neuron, u = found[j]
            if neuron == tutor_id and -tolerance <= u - t <= tolerance:
                options.append(1 + best(i + 1, free - {j}))
        return max(options)

    return best(0, frozenset(range(len(found))))


@pytest.mark.parametrize("seed", range(60))
def test_as_many_matches_as_possible(seed):
    rng = np.random.default_rng(seed)
    n_tutor, n_imitated = rng.integers(0, 8, 2)
    tutor_times, times = rng.integers(0, 25, n_tutor) * 1.0, rng.integers(4, 29, n_imitated) * 1.0
    tutor_ids, ids = rng.integers(0, 2, n_tutor), rng.integers(0, 2, n_imitated)
    score = score_imitation(tutor_times, tutor_ids, times, ids, delay=4.0, tolerance=3.0)
    expected = list(zip(tutor_ids.tolist(), (tutor_times + 4.0).tolist(), strict=True))
    found = list(zip(ids.tolist(), times.tolist(), strict=True))
    assert score.n_matched == largest_matching(expected, found, 3.0)
    assert (score.n_tutor, score.n_imitated) == (n_tutor, n_imitated)
    if score.n_matched:
        assert score.precision == score.n_matched / n_imitated
        assert score.recall == score.n_matched / n_tutor
        harmonic = 2 / (1 / score.precision + 1 / score.recall)
        assert score.f1 == pytest.approx(harmonic)


def test_perfect_late_and_crossed():
    times, ids = np.array([3.0, 10.0, 30.0]), np.array([1, 0, 1])
    assert score_imitation(times, ids, times + 21.0, ids, delay=21.0).f1 == 1.0
    assert score_imitation(times, ids, times + 26.0, ids, delay=21.0).f1 == 1.0  # inclusive
    assert score_imitation(times, ids, times + 26.1, ids, delay=21.0).f1 == 0.0
    assert score_imitation(times, 1 - ids, times + 21.0, ids, delay=21.0).n_matched == 0
    assert score_imitation(times, ids, times[::-1], ids[::-1], delay=0.0, tolerance=0.0).f1 == 1.0


def test_empty_sides():
    assert score_imitation([], [], [], [], delay=1.0) == Imitation(1.0, 1.0, 1.0, 0, 0, 0)
    assert score_imitation([1.0], [0], [], [], delay=1.0) == Imitation(0.0, 0.0, 0.0, 1, 0, 0)
    assert score_imitation([], [], [1.0], [0], delay=1.0) == Imitation(0.0, 0.0, 0.0, 0, 1, 0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tolerance": -1.0}, "tolerance must be non-negative, got -1.0 ms"),
        ({"delay": np.nan}, "delay must be finite, got nan ms"),
        (
            {"tutor_ids": [0, 1]},
            "tutor_times and tutor_ids must have one length, got 1 and 2",
        ),
        ({"ids": [-2]}, "ids must be non-negative, got -2 at [0]"),
    ],
)
def test_bad_input(change, message):
    arguments = {"tutor_times": [1.0], "tutor_ids": [0], "times": [2.0], "ids": [0], "delay": 1.0}
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        score_imitation(**(arguments | change))
