"""Spike-train distances against integration and exhaustive recursion."""

import re
from functools import cache, partial
from itertools import pairwise

import numpy as np
import pytest

from postdict.analysis import population_distance, van_rossum, victor_purpura


def trains(seed, most=12):
    rng = np.random.default_rng(seed)
    n_a, n_b = rng.integers(0, most, 2)
    return rng.uniform(0, 100, n_a), rng.uniform(0, 100, n_b)


def integrated(a, b, tau):
    """1/tau ∫ (f - g)² dt: Simpson's rule on the smooth pieces between spikes."""
    knots = np.unique(np.concatenate((a, b)))
    if not knots.size:
        return 0.0
    knots = np.append(knots, knots[-1] + 40 * tau)
    total = 0.0
    for low, high in pairwise(knots):
        t = np.linspace(low, high, 2001)
        f = sum((np.exp(-(t - s) / tau) for s in a if s <= low), np.zeros_like(t))
        g = sum((np.exp(-(t - s) / tau) for s in b if s <= low), np.zeros_like(t))
        y = (f - g) ** 2
        weights = np.full(t.size, 2.0)
        weights[1::2], weights[0], weights[-1] = 4.0, 1.0, 1.0
        total += (t[1] - t[0]) / 3 * (weights @ y)
    return total / tau


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("tau", [3.0, 40.0])
def test_van_rossum_is_the_integral(seed, tau):
    a, b = trains(seed)
    assert van_rossum(a, b, tau=tau) == pytest.approx(integrated(a, b, tau), rel=1e-8, abs=1e-9)
    assert van_rossum(a, b, tau=tau) == pytest.approx(van_rossum(b, a, tau=tau), abs=1e-12)


def test_van_rossum_closed_cases():
    assert van_rossum([], [], tau=10.0) == 0.0
    assert van_rossum([5.0], [], tau=10.0) == 0.5
    assert van_rossum([5.0], [12.0], tau=10.0) == pytest.approx(1 - np.exp(-0.7))
    assert van_rossum([5.0, 5.0], [], tau=10.0) == 2.0  # of amplitude 2
    long = np.random.default_rng(0).uniform(0, 1e7, 5000)
    assert van_rossum(long, long[::-1], tau=10.0) == 0.0
    extra = np.append(long, [2e7])
    assert van_rossum(long, extra, tau=10.0) == pytest.approx(0.5, abs=1e-12)


def test_van_rossum_of_long_trains_is_the_double_sum():
    rng = np.random.default_rng(1)
    a, b = rng.uniform(0, 2e5, 700), rng.uniform(0, 2e5, 600)
    t, s = np.concatenate((a, b)), np.concatenate((np.ones(700), -np.ones(600)))
    kernel = np.exp(-np.abs(t[:, None] - t[None, :]) / 500.0)
    assert van_rossum(a, b, tau=500.0) == pytest.approx(0.5 * s @ kernel @ s, rel=1e-12)


def recursive(a, b, cost):
    a, b = sorted(a), sorted(b)

    @cache
    def d(i, j):
        if i == 0 or j == 0:
            return float(i + j)
        moved = d(i - 1, j - 1) + cost * abs(a[i - 1] - b[j - 1])
        return min(d(i - 1, j) + 1, d(i, j - 1) + 1, moved)

    return d(len(a), len(b))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("cost", [0.0, 0.02, 0.3, 100.0])
def test_victor_purpura_is_the_cheapest_path(seed, cost):
    a, b = trains(seed, most=20)
    assert victor_purpura(a, b, cost=cost) == pytest.approx(recursive(a, b, cost), abs=1e-10)


def test_victor_purpura_closed_cases():
    assert victor_purpura([], [], cost=1.0) == 0.0
    assert victor_purpura([1.0, 2.0], [], cost=1.0) == 2.0
    assert victor_purpura([1.0], [1.5], cost=1.0) == 0.5
    assert victor_purpura([1.0], [9.0], cost=1.0) == 2.0
    assert victor_purpura([1.0, 5.0], [7.0], cost=0.0) == 1.0


def test_population_distance_sums_over_neurons():
    rng = np.random.default_rng(2)
    times_a, ids_a = rng.uniform(0, 100, 30), rng.integers(0, 3, 30)
    times_b, ids_b = rng.uniform(0, 100, 20), rng.integers(0, 3, 20)
    for distance in (partial(van_rossum, tau=10.0), partial(victor_purpura, cost=0.1)):
        expected = sum(distance(times_a[ids_a == i], times_b[ids_b == i]) for i in range(4))
        summed = population_distance(distance, times_a, ids_a, times_b, ids_b, n=4)
        assert summed == pytest.approx(expected)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: van_rossum([1.0], [], tau=0.0), "tau must be positive, got 0.0 ms"),
        (lambda: van_rossum([np.nan], [], tau=1.0), "a must be finite, got nan at [0]"),
        (lambda: van_rossum([], [[1.0]], tau=1.0), "b must have 1 dimension(s), got shape (1, 1)"),
        (lambda: victor_purpura([], [], cost=-1), "cost must be non-negative, got -1 1/ms"),
        (lambda: victor_purpura([], None, cost=1), "b must have 1 dimension(s), got shape ()"),
        (
            lambda: population_distance(partial(van_rossum, tau=1.0), [], [], [1.0], [5], n=2),
            "ids_b must be in [0, 2), got 5 at [0]",
        ),
        (
            lambda: population_distance(partial(van_rossum, tau=1.0), [1.0], [], [], [], n=2),
            "times_a and ids_a must have one length, got 1 and 0",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call()
