"""Spike-triggered averages: against sums written out, and of a signal known in closed form."""

import re

import numpy as np
import pytest

from postdict.analysis import spike_triggered_average


def test_a_signal_that_restarts_at_each_spike():
    times = np.arange(50.3, 1e4, 33.37)  # at all phases of the samples
    at = np.arange(0.0, 1e4, 5.0)
    since = at - np.concatenate(([-1e9], times))[np.searchsorted(times, at, side="right")]
    v = np.stack([1 - np.exp(-since / 20.0), np.full(at.size, 7.0)], axis=1)
    lags, mean = spike_triggered_average(
        v, at, times, np.zeros(times.size, int), before=2.0, after=30.0, bin_width=1.0
    )
    np.testing.assert_array_equal(lags, np.arange(-1.5, 30.0))
    assert mean[2:] == pytest.approx(1 - np.exp(-lags[2:] / 20.0), abs=0.03)
    assert mean[:2] == pytest.approx(1 - np.exp(-(lags[:2] + 33.37) / 20.0), abs=0.03)


def test_same_as_pairs_written_out():
    rng = np.random.default_rng(4)
    times, ids = rng.uniform(-20.0, 520.0, 60), rng.integers(0, 3, 60)
    at = np.sort(rng.uniform(0.0, 500.0, 200))
    v = rng.normal(size=(200, 3))
    lags, mean = spike_triggered_average(v, at, times, ids, before=10.0, after=20.0, bin_width=2.5)
    for lag, value in zip(lags, mean, strict=True):
        seen = [
            v[k, i]
            for t, i in zip(times, ids, strict=True)
            for k in range(200)
            if lag - 1.25 <= at[k] - t < lag + 1.25
        ]
        assert value == pytest.approx(np.mean(seen), abs=1e-12)


def test_bins_without_pairs_are_nan():
    v, at = np.ones((3, 1)), np.array([0.0, 10.0, 20.0])
    _, mean = spike_triggered_average(v, at, [10.0], [0], before=0.0, after=20.0, bin_width=5.0)
    np.testing.assert_array_equal(mean, [1.0, np.nan, 1.0, np.nan])
    _, mean = spike_triggered_average(v, at, [], [], before=5.0, after=5.0, bin_width=5.0)
    assert np.isnan(mean).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sample_times": [0.0]}, "one value for each of the 3 rows of v, got 1"),
        ({"sample_times": [0.0, 2.0, 2.0]}, "sample_times must rise, got 2 ms at [2] after 2 ms"),
        ({"ids": [1]}, "ids must be in [0, 1), got 1 at [0]"),
        ({"before": -1.0}, "before must be non-negative, got -1.0 ms"),
        ({"before": 1.5}, "before must be a multiple of bin_width = 1 ms, got 1.5 ms"),
        ({"after": 0.0}, "after must be positive, got 0.0 ms"),
        ({"bin_width": 0.0}, "bin_width must be positive, got 0.0 ms"),
    ],
)
def test_bad_input(change, message):
    arguments = {"v": np.zeros((3, 1)), "sample_times": [0.0, 1.0, 2.0], "times": [1.0]}
    arguments |= {"ids": [0], "before": 2.0, "after": 2.0, "bin_width": 1.0}
    with pytest.raises(ValueError, match=re.escape(message)):
        spike_triggered_average(**(arguments | change))
