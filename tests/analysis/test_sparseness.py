"""Sparseness: closed cases, and the two spike measures against full count matrices."""

import math
import re

import numpy as np
import pytest

from postdict.analysis import lifetime_sparseness, population_sparseness, treves_rolls


def test_treves_rolls():
    assert treves_rolls([3.0, 3.0, 3.0]) == pytest.approx(1.0)
    assert treves_rolls([0.0, 0.0, 7.0, 0.0]) == pytest.approx(0.25)
    assert treves_rolls([1.0, 2.0, 3.0]) == pytest.approx(4.0 / (14.0 / 3.0))
    assert treves_rolls([1e-300, 1e-300]) == pytest.approx(1.0)
    assert math.isnan(treves_rolls([0.0, 0.0]))


@pytest.mark.parametrize("seed", range(5))
def test_spike_measures_are_those_of_the_count_matrix(seed):
    rng = np.random.default_rng(seed)
    n, start, stop, width = 6, 50.0, 257.0, 10.0  # 20 complete bins
    times, ids = rng.uniform(0, 300, 70), rng.integers(0, n - 1, 70)  # the last neuron is silent
    counts = np.array(
        [np.histogram(times[ids == i], start + width * np.arange(21))[0] for i in range(n)]
    )
    lifetime = np.mean([treves_rolls(c) for c in counts if c.any()])
    population = np.mean([treves_rolls(c) for c in counts.T if c.any()])
    arguments = {"n": n, "start": start, "stop": stop, "bin_width": width}
    assert lifetime_sparseness(times, ids, **arguments) == pytest.approx(lifetime)
    assert population_sparseness(times, ids, **arguments) == pytest.approx(population)


def test_extremes():
    arguments = {"n": 4, "start": 0.0, "stop": 0.3, "bin_width": 0.1}  # 0.3 / 0.1 < 3 in doubles
    one_at_a_time = ([0.05, 0.15, 0.25], [0, 1, 2])
    assert population_sparseness(*one_at_a_time, **arguments) == pytest.approx(1 / 4)
    assert lifetime_sparseness(*one_at_a_time, **arguments) == pytest.approx(1 / 3)
    regular = ([0.05, 0.15, 0.25], [1, 1, 1])
    assert lifetime_sparseness(*regular, **arguments) == pytest.approx(1.0)
    assert math.isnan(lifetime_sparseness([], [], **arguments))
    assert math.isnan(population_sparseness([9.0], [0], **arguments))


@pytest.mark.parametrize("rates", [[], [-1.0], [np.nan], [[1.0]]])
def test_bad_rates(rates):
    messages = {
        "[]": "rates must not be empty, got shape (0,)",
        "[-1.0]": "rates must be non-negative, got -1.0",
        "[nan]": "rates must be finite, got nan at [0]",
        "[[1.0]]": "rates must have 1 dimension(s), got shape (1, 1)",
    }
    with pytest.raises(ValueError, match=f"^{re.escape(messages[str(rates)])}$"):
        treves_rolls(rates)


@pytest.mark.parametrize("measure", [lifetime_sparseness, population_sparseness])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bin_width": 20.0}, "bin_width must fit into the window of 10.0 ms, got 20.0 ms"),
        ({"bin_width": 0.0}, "bin_width must be positive, got 0.0 ms"),
        ({"start": 10.0}, "stop must be after start = 10 ms, got 10 ms"),
        ({"ids": [1]}, "ids must be in [0, 1), got 1 at [0]"),
    ],
)
def test_bad_input(measure, change, message):
    arguments = {"times": [1.0], "ids": [0], "n": 1, "start": 0.0, "stop": 10.0, "bin_width": 1.0}
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        measure(**(arguments | change))
