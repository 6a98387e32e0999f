"""Irregularity and pairwise correlation: closed cases, Poisson, and plain loops."""

import math
import re

import numpy as np
import pytest

from postdict.analysis import isi_cv, pairwise_correlation

WINDOW = {"start": 0.0, "stop": 1e4}


def poisson(rng, rate, n, stop=1e6):
    times = rng.uniform(0.0, stop, rng.poisson(1e-3 * rate * stop * n))
    return times, rng.integers(0, n, times.size)


def test_a_clock_has_cv_0_and_alternating_intervals_their_own():
    clock = np.arange(0.0, 1e4, 10.0)
    alternating = np.cumsum(np.tile([5.0, 15.0], 400))
    times = np.concatenate([alternating, clock, [3.0]])
    ids = np.repeat([1, 0, 2], [alternating.size, clock.size, 1])
    cv = isi_cv(times, ids, n=4, **WINDOW)
    assert cv[0] == pytest.approx(0.0, abs=1e-12)
    # 799 intervals between 800 spikes: 400 of 15 ms and 399 of 5 ms.
    assert cv[1] == pytest.approx(
        np.std([15.0] * 400 + [5.0] * 399) / np.mean([15.0] * 400 + [5.0] * 399)
    )
    assert np.isnan(cv[2:]).all()


def test_a_poisson_process_has_cv_1_and_with_dead_time_less():
    rng = np.random.default_rng(1)
    intervals = rng.exponential(100.0, 200_000)
    for dead in (0.0, 50.0):
        times = np.cumsum(intervals + dead)
        cv = isi_cv(times, np.zeros(times.size, int), n=1, start=0.0, stop=times[-1])
        assert cv[0] == pytest.approx(100.0 / (100.0 + dead), abs=0.01)


def test_few_intervals_have_no_cv():
    times, ids = np.arange(5.0), np.zeros(5, int)
    assert math.isnan(isi_cv(times, ids, n=1, min_intervals=5, **WINDOW)[0])
    assert isi_cv(times, ids, n=1, min_intervals=4, **WINDOW)[0] == 0.0
    assert math.isnan(isi_cv(np.ones(20), np.zeros(20, int), n=1, **WINDOW)[0])
    assert np.isnan(isi_cv([], [], n=2, **WINDOW)).all()
    # Only intervals whose two spikes lie in the window count.
    cut = isi_cv([-5.0, *np.arange(11.0), 1e4], [0] * 13, n=1, **WINDOW)
    assert cut[0] == 0.0


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_a_shared_train_gives_its_share_as_correlation(share):
    rng = np.random.default_rng(4)
    common = rng.uniform(0.0, 1e6, rng.poisson(share * 2e4))
    own = [rng.uniform(0.0, 1e6, rng.poisson((1.0 - share) * 2e4)) for _ in range(2)]
    times = np.concatenate([common, own[0], common, own[1]])
    ids = np.repeat([0, 1], [common.size + own[0].size, common.size + own[1].size])
    matrix = pairwise_correlation(times, ids, n=2, start=0.0, stop=1e6, bin_width=50.0)
    assert matrix[0, 1] == matrix[1, 0]
    assert matrix[0, 1] == pytest.approx(share, abs=0.02)
    assert np.isnan(np.diag(matrix)).all()


def test_correlations_are_those_of_counts():
    rng = np.random.default_rng(2)
    times, ids = rng.uniform(0.0, 1000.0, 90), rng.integers(0, 4, 90)
    found = pairwise_correlation(times, ids, n=5, start=100.0, stop=955.0, bin_width=50.0)
    edges = 100.0 + 50.0 * np.arange(18)
    counts = [np.histogram(times[ids == k], edges)[0] for k in range(4)]
    expected = np.corrcoef(counts)
    off = ~np.eye(4, dtype=bool)
    np.testing.assert_allclose(found[:4, :4][off], expected[off])
    assert np.isnan(found[4]).all()  # it never fires


@pytest.mark.parametrize(
    ("measure", "change", "message"),
    [
        (isi_cv, {"min_intervals": 0}, "min_intervals must be at least 1, got 0"),
        (isi_cv, {"stop": 0.0}, "stop must be after start = 0 ms, got 0 ms"),
        (isi_cv, {"ids": [1]}, "ids must be in [0, 1), got 1 at [0]"),
        (pairwise_correlation, {"n": 0}, "n must be at least 1, got 0"),
        (pairwise_correlation, {"bin_width": 0.0}, "bin_width must be positive, got 0.0 ms"),
        (
            pairwise_correlation,
            {"bin_width": 6e3},
            "bin_width must fit twice into the window of 10000.0 ms, got 6000.0 ms",
        ),
    ],
)
def test_bad_input(measure, change, message):
    arguments = {"times": [1.0], "ids": [0], "n": 1, **WINDOW}
    if measure is pairwise_correlation:
        arguments["bin_width"] = 50.0
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        measure(**(arguments | change))
