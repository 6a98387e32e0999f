"""Predictable variance: potentials made of known traces, and of nothing but noise."""

import re

import numpy as np
import pytest

from postdict.analysis import predictable_variance


def sensor_spikes(seed, n_sensor=4, duration=2e4, rate=20.0):
    rng = np.random.default_rng(seed)
    n_spikes = rng.poisson(n_sensor * rate * duration * 1e-3)
    return rng.uniform(0, duration, n_spikes), rng.integers(0, n_sensor, n_spikes)


def trace(times, at, tau):
    """Σ exp(-(t - t_k)/tau) over t_k <= t, summed spike by spike."""
    x = np.zeros(at.size)
    for t in times:
        x += np.where(at >= t, np.exp(np.minimum(t - at, 0.0) / tau), 0.0)
    return x


def test_a_potential_made_of_traces_is_fully_predicted_and_noise_is_not():
    times, ids = sensor_spikes(0)
    at = np.arange(0.0, 2e4, 7.3)
    rng = np.random.default_rng(1)
    signal = 5.0 + sum(
        weight * trace(times[ids == j], at, tau)
        for j in range(4)
        for tau, weight in ((20.0, 1.0 - j), (100.0, 0.3 * j))
    )
    noise = rng.normal(size=at.size)
    v = np.column_stack((signal, noise, signal + signal.std() * noise, np.ones(at.size)))
    r_squared = predictable_variance(v, at, times, ids, n_sensor=5, taus=(20.0, 100.0))
    assert r_squared[0] == pytest.approx(1.0, abs=1e-4)
    assert -0.05 < r_squared[1] < 0.02
    assert r_squared[2] == pytest.approx(0.5, abs=0.08)
    assert np.isnan(r_squared[3])


def test_same_as_ridge_regression_written_out():
    times, ids = sensor_spikes(2, n_sensor=2, duration=3000.0)
    times[:3] = [30.0, 60.0, 90.0]  # at sample times: they count
    rng = np.random.default_rng(3)
    at = np.arange(0.0, 3000.0, 30.0)
    v = rng.normal(size=(at.size, 3)) + trace(times[ids == 0], at, 15.0)[:, None]
    x = np.column_stack([trace(times[ids == j], at, tau) for j in range(2) for tau in (15.0, 50.0)])
    n = 60
    x = (x - x[:n].mean(axis=0)) / x[:n].std(axis=0)
    centre = v[:n].mean(axis=0)
    normal = x[:n].T @ x[:n] + 2.5 * np.eye(4)
    beta = np.linalg.inv(normal) @ x[:n].T @ (v[:n] - centre)
    residual = v[n:] - centre - x[n:] @ beta
    expected = 1 - (residual**2).sum(axis=0) / ((v[n:] - v[n:].mean(axis=0)) ** 2).sum(axis=0)
    r_squared = predictable_variance(
        v, at, times, ids, n_sensor=2, taus=[15.0, 50.0], ridge=2.5, train_fraction=0.6
    )
    np.testing.assert_allclose(r_squared, expected, atol=1e-10)


@pytest.mark.parametrize(
    ("times", "ids"), [([], []), ([700.0], [1]), ([-1e5], [0]), ([-1000.0, 700.0], [0, 0])]
)
def test_sensors_silent_in_training_predict_no_more_than_the_constant(times, ids):
    at = np.arange(0.0, 1000.0, 10.0)
    v = np.sin(at / 50.0)
    constant = 1 - np.mean((v[50:] - v[:50].mean()) ** 2) / v[50:].var()
    r_squared = predictable_variance(v[:, None], at, times, ids, n_sensor=2, taus=[20.0])
    assert r_squared[0] == pytest.approx(constant, abs=1e-9)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"v": np.zeros(10)}, "v must have 2 dimension(s), got shape (10,)"),
        (
            {"sample_times": np.arange(9.0)},
            "sample_times must have one value for each of the 10 rows of v, got 9",
        ),
        (
            {"sample_times": np.zeros(10)},
            "sample_times must rise, got 0 ms at [1] after 0 ms",
        ),
        ({"sensor_ids": [4]}, "sensor_ids must be in [0, 2), got 4 at [0]"),
        ({"taus": []}, "taus must hold at least one time constant, got none"),
        ({"taus": [10.0, -1.0]}, "taus must be positive, got -1.0 ms"),
        ({"ridge": 0.0}, "ridge must be positive, got 0.0"),
        (
            {"train_fraction": 1.0},
            "train_fraction must leave 2 samples on either side of 10, got 1.0",
        ),
        ({"train_fraction": np.nan}, "train_fraction must be finite, got nan"),
    ],
)
def test_bad_input(change, message):
    arguments = {"v": np.zeros((10, 1)), "sample_times": np.arange(10.0), "sensor_times": [1.0]}
    arguments |= {"sensor_ids": [0], "n_sensor": 2, "taus": [10.0]}
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        predictable_variance(**(arguments | change))
