"""Tutor sequences and their noise: rates, dead time, stationarity, limits."""

import re

import numpy as np
import pytest

from postdict.analysis import imitation, perturb, poisson_sequence


def generator(seed=0):
    return np.random.default_rng(seed)


def in_order(times, ids):
    order = np.lexsort((ids, times))
    return np.array_equal(order, np.arange(times.size))


@pytest.mark.parametrize(("rate", "dead_time"), [(4.0, 30.0), (25.0, 30.0), (8.0, 0.0)])
def test_poisson_sequence_has_its_rate_from_the_start_and_its_dead_time(rate, dead_time):
    n, duration = 2000, 1000.0
    times, ids = poisson_sequence(n, rate, duration, dead_time=dead_time, rng=generator())
    assert times.dtype == np.float64
    assert ids.dtype == np.int64
    assert in_order(times, ids)
    assert times.min() >= 0.0 and times.max() < duration
    per_100_ms = np.histogram(times, np.arange(0, 1001, 100))[0]
    expected = n * rate * 0.1
    # A dead time makes counts less variable than Poisson's, so the bound holds for all.
    assert np.all(np.abs(per_100_ms - expected) < 5 * np.sqrt(expected))
    intervals = np.diff(times[np.lexsort((times, ids))])[np.diff(np.sort(ids)) == 0]
    assert intervals.min() >= dead_time - 1e-9


def test_poisson_sequence_repeats_with_its_generator():
    first = poisson_sequence(5, 8.0, 1e4, rng=generator(3))
    second = poisson_sequence(5, 8.0, 1e4, rng=generator(3))
    np.testing.assert_array_equal(first[0], second[0])
    np.testing.assert_array_equal(first[1], second[1])
    assert imitation.poisson_sequence is poisson_sequence


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"rate": 40.0},
            "rate must be below 33.333333333333336 Hz with dead_time = 30.0 ms, got 40.0 Hz",
        ),
        ({"rate": 0.0}, "rate must be positive, got 0.0 Hz"),
        ({"duration": -1.0}, "duration must be positive, got -1.0 ms"),
        ({"dead_time": -1.0}, "dead_time must be non-negative, got -1.0 ms"),
        ({"n": 0}, "n must be at least 1, got 0"),
        ({"rng": 7}, "rng must be a numpy.random.Generator, got 7"),
    ],
)
def test_poisson_sequence_bad_input(change, message):
    arguments = {"n": 2, "rate": 4.0, "duration": 100.0, "rng": generator()}
    with pytest.raises((TypeError, ValueError), match=f"^{re.escape(message)}$"):
        poisson_sequence(**(arguments | change))


def test_perturb_without_noise_only_sorts():
    times, ids = perturb([5.0, 1.0, 1.0], [0, 1, 0], n=2, duration=10.0, rng=generator())
    assert times.tolist() == [1.0, 1.0, 5.0]
    assert ids.tolist() == [0, 1, 0]


def test_jitter_has_its_spread_and_stays_positive():
    given = np.full(20_000, 50.0)
    times, ids = perturb(
        given, np.zeros(20_000, dtype=int), n=1, duration=100.0, jitter=2.0, rng=generator()
    )
    assert times.size == 20_000 and not ids.any() and in_order(times, ids)
    assert times.mean() == pytest.approx(50.0, abs=0.08)
    assert times.std() == pytest.approx(2.0, rel=0.03)
    times, _ = perturb(
        given * 0, np.zeros(20_000, dtype=int), n=1, duration=100.0, jitter=2.0, rng=generator()
    )
    assert times.min() >= 0.0
    assert times.mean() == pytest.approx(2.0 * np.sqrt(2 / np.pi), rel=0.03)  # a half-normal


def test_deletion_and_background():
    ids = np.repeat(np.arange(10), 1000)
    kept, _ = perturb(np.ones(10_000), ids, n=10, duration=1e5, deletion=0.3, rng=generator())
    assert kept.size == pytest.approx(7000, abs=5 * np.sqrt(2100))
    none, _ = perturb(np.ones(10_000), ids, n=10, duration=1e5, deletion=1.0, rng=generator())
    assert none.size == 0
    times, ids = perturb([], [], n=10, duration=1e5, background_rate=2.0, rng=generator())
    assert np.all(np.abs(np.bincount(ids, minlength=10) - 200) < 5 * np.sqrt(200))
    assert np.all(np.abs(np.histogram(times, 10, (0, 1e5))[0] - 200) < 5 * np.sqrt(200))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"deletion": 1.5}, "deletion must be a probability, at most 1, got 1.5"),
        ({"deletion": -0.5}, "deletion must be non-negative, got -0.5"),
        ({"jitter": -2.0}, "jitter must be non-negative, got -2.0 ms"),
        ({"background_rate": -2.0}, "background_rate must be non-negative, got -2.0 Hz"),
        ({"duration": 0.0}, "duration must be positive, got 0.0 ms"),
        ({"ids": [2]}, "ids must be in [0, 2), got 2 at [0]"),
        ({"rng": None}, "rng must be a numpy.random.Generator, got None"),
    ],
)
def test_perturb_bad_input(change, message):
    arguments = {"times": [1.0], "ids": [0], "n": 2, "duration": 100.0, "rng": generator()}
    with pytest.raises((TypeError, ValueError), match=f"^{re.escape(message)}$"):
        perturb(**(arguments | change))
