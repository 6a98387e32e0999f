"""Fluxes against loops over all pairs, and against the rule run event by event."""

import re

import numpy as np
import pytest

from postdict.analysis import cross_correlograms, fluxes, imbalance, window_areas

RULE = {"eta": 0.5, "A_plus": 1.0, "A_minus": 0.7, "tau_plus": 20.0, "tau_minus": 35.0}


def random_spikes(rng, n, n_spikes, duration):
    """On a coarse grid, so that many spikes coincide, within a neuron too."""
    times = rng.integers(0, int(duration / 2), n_spikes) * 2.0
    return times, rng.integers(0, n, n_spikes)


def every_pair(pre, post, n_pre, n_post, start, stop):
    p, d = np.zeros((n_post, n_pre)), np.zeros((n_post, n_pre))
    for t_pre, j in zip(*pre, strict=True):
        for t_post, i in zip(*post, strict=True):
            lag = t_post - t_pre
            if start <= max(t_pre, t_post) < stop:
                if lag >= 0:
                    p[i, j] += np.exp(-lag / RULE["tau_plus"])
                else:
                    d[i, j] += np.exp(lag / RULE["tau_minus"])
    return RULE["eta"] * RULE["A_plus"] * p, RULE["eta"] * RULE["A_minus"] * d


@pytest.mark.parametrize("seed", range(8))
def test_every_pair_with_its_later_spike_in_the_window(seed):
    rng = np.random.default_rng(seed)
    n_pre, n_post = 4, 3
    pre, post = random_spikes(rng, n_pre, 120, 300), random_spikes(rng, n_post, 90, 300)
    start, stop = 100.0, 220.0  # both on the grid: closed below, open above
    measured = fluxes(
        *pre, *post, n_pre=n_pre + 1, n_post=n_post + 1, start=start, stop=stop, **RULE
    )
    expected = every_pair(pre, post, n_pre + 1, n_post + 1, start, stop)
    np.testing.assert_allclose(measured[0], expected[0], rtol=1e-12)
    np.testing.assert_allclose(measured[1], expected[1], rtol=1e-12)


def test_windows_add_up_and_difference_is_what_the_rule_does():
    rng = np.random.default_rng(9)
    pre, post = random_spikes(rng, 1, 60, 1e5), random_spikes(rng, 1, 80, 1e5)
    counts = {"n_pre": 1, "n_post": 1}
    p, d = fluxes(*pre, *post, **counts, start=0.0, stop=1e5, **RULE)
    halves = [fluxes(*pre, *post, **counts, start=a, stop=a + 5e4, **RULE) for a in (0.0, 5e4)]
    np.testing.assert_allclose(p, halves[0][0] + halves[1][0])
    np.testing.assert_allclose(d, halves[0][1] + halves[1][1])

    w = x = y = last = 0.0
    events = sorted([(t, 0) for t in pre[0]] + [(t, 1) for t in post[0]])  # arrivals first
    for t, is_post in events:
        x *= np.exp(-(t - last) / RULE["tau_plus"])
        y *= np.exp(-(t - last) / RULE["tau_minus"])
        last = t
        if is_post:
            w += RULE["eta"] * RULE["A_plus"] * x
            y += 1.0
        else:
            w -= RULE["eta"] * RULE["A_minus"] * y
            x += 1.0
    assert (p - d)[0, 0] == pytest.approx(w, rel=1e-10)


def test_coincident_spikes_count_once_as_potentiation():
    p, d = fluxes([5.0], [0], [5.0], [0], n_pre=1, n_post=1, start=0.0, stop=10.0, **RULE)
    assert p[0, 0] == 0.5
    assert d[0, 0] == 0.0


def test_without_spikes_there_is_no_flux():
    for pre, post in ((([], []), ([1.0], [0])), (([1.0], [0]), ([], [])), (([], []), ([], []))):
        p, d = fluxes(*pre, *post, n_pre=2, n_post=3, start=0.0, stop=10.0, **RULE)
        assert p.shape == d.shape == (3, 2)
        assert not p.any() and not d.any()


def test_imbalance():
    result = imbalance([[1.0, 0.0], [3.0, 0.0]], [[1.0, 2.0], [1.0, 0.0]])
    np.testing.assert_array_equal(result, [[0.0, 1.0], [0.5, np.nan]])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pre_ids": [2]}, "pre_ids must be in [0, 2), got 2 at [0]"),
        ({"post_ids": []}, "post_times and post_ids must have one length, got 1 and 0"),
        ({"n_post": 0}, "n_post must be at least 1, got 0"),
        ({"eta": 0.0}, "eta must be positive, got 0.0 mV"),
        ({"A_plus": -1.0}, "A_plus must be non-negative, got -1.0"),
        ({"A_minus": np.nan}, "A_minus must be finite, got nan"),
        ({"tau_plus": 0.0}, "tau_plus must be positive, got 0.0 ms"),
        ({"tau_minus": -0.02}, "tau_minus must be positive, got -0.02 ms"),
        ({"stop": 0.0}, "stop must be after start = 0 ms, got 0 ms"),
    ],
)
def test_bad_input(change, message):
    arguments = {"pre_times": [1.0], "pre_ids": [0], "post_times": [2.0], "post_ids": [0]}
    arguments |= {"n_pre": 2, "n_post": 2, "start": 0.0, "stop": 10.0} | RULE
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        fluxes(**(arguments | change))


@pytest.mark.parametrize(
    ("potentiation", "depression", "message"),
    [
        (
            [[1.0]],
            [[1.0, 2.0]],
            "depression must have the shape of potentiation, (1, 1), got (1, 2)",
        ),
        ([[-1.0]], [[1.0]], "potentiation must be non-negative, got -1.0"),
        ([[1.0]], [[-2.0]], "depression must be non-negative, got -2.0"),
        ([[np.nan]], [[1.0]], "potentiation must be finite, got nan at [0, 0]"),
    ],
)
def test_bad_fluxes(potentiation, depression, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        imbalance(potentiation, depression)


def test_window_areas_of_a_correlogram_are_the_fluxes():
    rng = np.random.default_rng(5)
    # On a grid and with bins as fine, so that every lag is the edge at which the window is taken.
    pre, post = random_spikes(rng, 3, 40, 300.0), random_spikes(rng, 2, 30, 300.0)
    lags, counts = cross_correlograms(*pre, *post, n_reference=3, n=2, max_lag=300.0, bin_width=0.5)
    edges = lags - 0.25
    window = RULE["eta"] * np.where(
        edges >= 0,
        RULE["A_plus"] * np.exp(-edges / RULE["tau_plus"]),
        -RULE["A_minus"] * np.exp(edges / RULE["tau_minus"]),
    )
    expected = fluxes(*pre, *post, n_pre=3, n_post=2, **RULE, start=0.0, stop=1e3)
    for area, flux in zip(window_areas(counts, window), expected, strict=True):
        np.testing.assert_allclose(area, flux, rtol=1e-12)


@pytest.mark.parametrize(
    ("correlogram", "weights", "message"),
    [
        (np.ones((2, 3)), np.ones(4), "one value for each of the 4 weights along its last axis"),
        (1.0, np.ones(1), "got shape ()"),
        (np.ones(2), [1.0, np.nan], "weights must be finite"),
        (np.ones(2), np.ones((2, 1)), "weights"),
    ],
)
def test_window_areas_refuse_what_has_no_area(correlogram, weights, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        window_areas(correlogram, weights)
