"""Correlograms against loops over all pairs."""

import re

import numpy as np
import pytest

from postdict.analysis import _trains, autocorrelation, cross_correlogram, cross_correlograms


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("block", [7, 1 << 20])
def test_cross_correlogram_counts_every_pair(seed, block, monkeypatch):
    monkeypatch.setattr(_trains, "_PAIRS", block)
    rng = np.random.default_rng(seed)
    reference, times = rng.uniform(0, 300, 40), rng.uniform(0, 300, 60)
    times[:10] = reference[:10]  # coincident
    lags, counts = cross_correlogram(reference, times, max_lag=30.0, bin_width=2.5)
    expected = np.zeros(24, dtype=int)
    for t_ref in reference:
        for t in times:
            if -30.0 <= t - t_ref < 30.0:
                expected[int(np.floor((t - t_ref) / 2.5)) + 12] += 1
    np.testing.assert_array_equal(counts, expected)
    np.testing.assert_allclose(lags, np.arange(-28.75, 30.0, 2.5))
    assert counts.dtype == np.int64


@pytest.mark.parametrize("block", [7, 1 << 20])
def test_cross_correlograms_are_those_of_every_two_neurons(block, monkeypatch):
    monkeypatch.setattr(_trains, "_PAIRS", block)
    rng = np.random.default_rng(3)
    reference, sources = rng.uniform(0, 300, 80), rng.integers(0, 3, 80)
    times, ids = rng.uniform(0, 300, 90), rng.integers(0, 2, 90)
    times[:30] = reference[:30] + 10.0  # at an edge, but for rounding
    bins = {"max_lag": 30.0, "bin_width": 2.5}
    lags, counts = cross_correlograms(reference, sources, times, ids, n_reference=4, n=3, **bins)
    assert counts.shape == (3, 4, 24)
    assert counts.dtype == np.int64
    for i in range(3):
        for j in range(4):
            own = cross_correlogram(reference[sources == j], times[ids == i], **bins)
            np.testing.assert_array_equal(lags, own[0])
            np.testing.assert_array_equal(counts[i, j], own[1])


def test_a_fixed_delay_fills_one_bin_whatever_the_rounding():
    times = np.random.default_rng(0).uniform(0, 1e6, 1000)
    for delay in (11.0, 0.3):
        arrivals = (times + delay / 3) + 2 * delay / 3
        lags, counts = cross_correlogram(times, arrivals, max_lag=30 * delay, bin_width=delay)
        assert counts[lags == 1.5 * delay] >= 1000
        lags, counts = cross_correlogram(arrivals, times, max_lag=3 * delay, bin_width=delay)
        assert counts[lags == -0.5 * delay] >= 1000
    _, counts = cross_correlogram([5.0, 5.0], [5.0], max_lag=1.0, bin_width=1.0)
    assert counts.tolist() == [0, 2]


def test_the_upper_end_is_open_and_the_lower_closed():
    _, counts = cross_correlogram([0.0], [-2.0, 2.0], max_lag=2.0, bin_width=1.0)
    assert counts.tolist() == [1, 0, 0, 0]


@pytest.mark.parametrize(("reference", "times"), [([], [1.0]), ([1.0], []), ([], [])])
def test_no_spikes_no_pairs(reference, times):
    lags, counts = cross_correlogram(reference, times, max_lag=2.0, bin_width=1.0)
    assert lags.tolist() == [-1.5, -0.5, 0.5, 1.5]
    assert counts.tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("block", [7, 1 << 20])
def test_autocorrelation_counts_every_pair_and_every_exposure(seed, block, monkeypatch):
    monkeypatch.setattr(_trains, "_PAIRS", block)
    rng = np.random.default_rng(seed)
    n, start, stop, width, n_bins = 3, 100.0, 200.0, 4.0, 20
    times, ids = rng.uniform(80, 220, 80), rng.integers(0, n, 80)
    times[1], ids[1] = times[0], ids[0]  # two spikes at one instant: one pair
    lags, rate = autocorrelation(
        times, ids, n=n, start=start, stop=stop, max_lag=width * n_bins, bin_width=width
    )
    inside = [(t, i) for t, i in zip(times, ids, strict=True) if start <= t < stop]
    counts, exposure = np.zeros(n_bins), np.zeros(n_bins)
    for a, (t, i) in enumerate(inside):
        for b, (u, j) in enumerate(inside):
            lag = u - t
            if i == j and (lag > 0 or (lag == 0 and a < b)) and lag < width * n_bins:
                counts[int(lag // width)] += 1
        exposure += np.clip(stop - t - np.arange(n_bins) * width, 0, width)
    np.testing.assert_allclose(rate, 1e3 * counts / exposure)
    np.testing.assert_allclose(lags, (np.arange(n_bins) + 0.5) * width)


def test_autocorrelation_of_poisson_spikes_is_flat_to_the_end_of_a_short_window():
    rng = np.random.default_rng(1)
    n = 4000
    times, ids = rng.uniform(0, 100, 20 * n // 10), rng.integers(0, n, 20 * n // 10)
    _, rate = autocorrelation(times, ids, n=n, start=0, stop=100, max_lag=80, bin_width=20)
    np.testing.assert_allclose(rate, 20.0, rtol=0.1)


def test_lags_that_no_spike_has_in_the_window_are_nan():
    _, rate = autocorrelation([92.0], [0], n=1, start=0, stop=100, max_lag=20, bin_width=5)
    np.testing.assert_array_equal(rate, [0.0, 0.0, np.nan, np.nan])
    _, rate = autocorrelation([], [], n=1, start=0, stop=100, max_lag=20, bin_width=5)
    assert np.isnan(rate).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"max_lag": 10.5}, "max_lag must be a multiple of bin_width = 1 ms, got 10.5 ms"),
        ({"max_lag": 0.1}, "max_lag must be a multiple of bin_width = 1 ms, got 0.1 ms"),
        ({"max_lag": -1.0}, "max_lag must be positive, got -1.0 ms"),
        ({"bin_width": 0.0}, "bin_width must be positive, got 0.0 ms"),
        ({"times": [np.inf]}, "times must be finite, got inf at [0]"),
        ({"reference_times": 1.0}, "reference_times must have 1 dimension(s), got shape ()"),
    ],
)
def test_bad_input_cross(change, message):
    arguments = {"reference_times": [1.0], "times": [1.0], "max_lag": 10.0, "bin_width": 1.0}
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        cross_correlogram(**(arguments | change))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ids": [3]}, "ids must be in [0, 2), got 3 at [0]"),
        ({"n": 0}, "n must be at least 1, got 0"),
        ({"stop": 0.0}, "stop must be after start = 0 ms, got 0 ms"),
        ({"max_lag": 0.5}, "max_lag must be a multiple of bin_width = 1 ms, got 0.5 ms"),
    ],
)
def test_bad_input_auto(change, message):
    arguments = {"times": [1.0], "ids": [0], "n": 2, "start": 0.0, "stop": 9.0}
    arguments |= {"max_lag": 10.0, "bin_width": 1.0}
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        autocorrelation(**(arguments | change))
