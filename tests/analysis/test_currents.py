"""Low pass and E/I correlation: closed forms, and what lags and trials do."""

import re

import numpy as np
import pytest

from postdict.analysis import ei_correlation, low_passed


def test_the_low_pass_of_a_step_and_of_a_wave():
    step = np.concatenate([[0.0], np.ones(50)])
    expected = 1.0 - np.exp(-np.arange(51) * 2.0 / 10.0)
    np.testing.assert_allclose(low_passed(step, every=2.0, tau=10.0), expected, atol=1e-14)
    time = np.arange(0.0, 5e3, 0.1)
    for tau, period in ((10.0, 100.0), (10.0, 20.0)):
        w = 2.0 * np.pi / period
        y = low_passed(np.cos(w * time), every=0.1, tau=tau)[-20_000:]
        assert 0.5 * np.ptp(y) == pytest.approx(1.0 / np.hypot(1.0, w * tau), rel=0.01)
    two = np.stack([step, 3.0 * step], axis=1)
    np.testing.assert_allclose(low_passed(two, every=2.0, tau=10.0)[:, 1], 3.0 * expected)


def test_a_delayed_and_noisy_copy_peaks_at_its_lag():
    rng = np.random.default_rng(3)
    signal = low_passed(rng.standard_normal((40_000, 3)), every=1.0, tau=20.0)
    signal /= signal.std(axis=0)
    noise = np.array([0.0, 0.5, 1.0]) * rng.standard_normal(signal.shape)
    inhibition = 7.0 * np.roll(signal, 6, axis=0) + 7.0 * noise - 2.0
    lags, found = ei_correlation(signal, inhibition, every=1.0, max_lag=30.0)
    assert lags[0] == -30.0
    assert lags[-1] == 30.0
    np.testing.assert_array_equal(lags[found.argmax(axis=0)], 6.0)
    expected = 1.0 / np.sqrt(1.0 + np.array([0.0, 0.25, 1.0]))
    np.testing.assert_allclose(found.max(axis=0), expected, atol=0.02)
    # At lag zero it is the correlation coefficient, and exchanging the two mirrors it.
    at_zero = [np.corrcoef(signal[:, k], inhibition[:, k])[0, 1] for k in range(3)]
    np.testing.assert_allclose(found[30], at_zero)
    mirrored = ei_correlation(inhibition, signal, every=1.0, max_lag=30.0)[1]
    np.testing.assert_allclose(mirrored[::-1], found)


def test_lags_do_not_reach_across_trials():
    rng = np.random.default_rng(5)
    trials = rng.standard_normal((200, 40, 2))
    following = np.roll(trials, 3, axis=1)
    following[:, :3] = 0.0
    lags, found = ei_correlation(trials, following, every=2.0, max_lag=10.0)
    assert lags[found[:, 0].argmax()] == 6.0
    of_first = ei_correlation(trials[0], following[0], every=2.0, max_lag=10.0)[1]
    np.testing.assert_allclose(
        ei_correlation(trials[:1], following[:1], every=2.0, max_lag=10.0)[1], of_first
    )
    silent = ei_correlation(trials, np.zeros_like(trials), every=2.0, max_lag=10.0)[1]
    assert np.isnan(silent).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"inhibition": np.zeros((5, 2))},
            "inhibition must have the shape of excitation, (5, 3), got (5, 2)",
        ),
        (
            {"excitation": np.zeros(5), "inhibition": np.zeros(5)},
            "excitation must have 2 or 3 dimensions, got shape (5,)",
        ),
        ({"excitation": np.full((5, 3), np.inf)}, "excitation must be finite, got inf at [0, 0]"),
        ({"excitation": []}, "excitation must hold samples, got shape (0,)"),
        ({"max_lag": 1.5}, "max_lag must be a multiple of every = 1.0 ms, got 1.5 ms"),
        ({"max_lag": 5.0}, "max_lag must be shorter than the 5 samples (5.0 ms), got 5.0 ms"),
        ({"every": 0.0}, "every must be positive, got 0.0 ms"),
    ],
)
def test_bad_input(change, message):
    good = {"excitation": np.zeros((5, 3)), "inhibition": np.zeros((5, 3)), "every": 1.0}
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        ei_correlation(**({"max_lag": 2.0} | good | change))


def test_a_bad_filter():
    with pytest.raises(ValueError, match=r"^tau must be positive, got 0\.0 ms$"):
        low_passed([1.0], every=1.0, tau=0.0)
