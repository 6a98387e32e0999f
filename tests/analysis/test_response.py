"""measure_response against worlds whose response is known."""

import re
from typing import Any

import numpy as np
import pytest

from postdict.analysis import measure_response

VALID: dict[str, Any] = {
    "motor_times": [1.0, 2.0],
    "motor_ids": [0, 1],
    "sensor_times": [11.0],
    "sensor_ids": [0],
    "n_motor": 2,
    "n_sensor": 1,
    "delay": 10.0,
    "tau_sensor": 10.0,
    "start": 0.0,
    "stop": 1e4,
}


def exploration(rng, n, rate, start, stop):
    n_spikes = rng.poisson(n * rate * (stop - start) * 1e-3)
    return np.sort(rng.uniform(start, stop, n_spikes)), rng.integers(0, n, n_spikes)


def relay(times, ids, pairs, lag):
    """Sensor spikes `lag` after every motor spike, for the given (sensor, motor) pairs."""
    parts = [(times[ids == k] + lag, np.full(np.sum(ids == k), j)) for j, k in pairs]
    return np.concatenate([t for t, _ in parts]), np.concatenate([i for _, i in parts])


@pytest.mark.parametrize("start", [0.0, 3e6])
def test_spikes_evoked_at_exactly_the_delay_and_up_to_its_end_are_all_found(start):
    rng = np.random.default_rng(1)
    n_motor, n_sensor, stop = 3, 4, start + 5e4
    times, ids = exploration(rng, n_motor, 20.0, start, stop)
    world = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 2], [0, 0, 0]])
    pairs = [(j, k) for j, k in np.argwhere(world) for _ in range(world[j, k])]
    for lag in (0.0, 15.0, 30.0):  # multiples of the bin: nothing is smeared, so exact
        sensor_times, sensor_ids = relay(times, ids, pairs, 0.3 + lag)
        measured = measure_response(
            times,
            ids,
            sensor_times,
            sensor_ids,
            n_motor=n_motor,
            n_sensor=n_sensor,
            delay=0.1 + 0.2,  # not the double 0.3
            tau_sensor=10.0,
            start=start,
            stop=stop,
        )
        np.testing.assert_allclose(measured, world, atol=1e-9)


@pytest.mark.parametrize("start", [0.0, 1e6])
@pytest.mark.parametrize("parts", [(10.0, 1.0), (0.1, 0.2), (0.3, 0.6), (1 / 3, 0.7)])
def test_motor_spikes_on_bin_edges_and_delays_added_in_parts(start, parts):
    times = start + 5.0 * np.random.default_rng(2).choice(20_000, 3000, replace=False)
    ids = np.zeros(times.size, dtype=int)
    measured = measure_response(
        times,
        ids,
        (times + parts[0]) + parts[1],
        ids,
        n_motor=1,
        n_sensor=1,
        delay=sum(parts),
        tau_sensor=5.0,
        start=start,
        stop=start + 1e5,
    )
    assert measured[0, 0] == pytest.approx(1.0, abs=1e-9)


def test_spread_responses_background_and_activity_from_before_the_window():
    rng = np.random.default_rng(3)
    n_motor, n_sensor, delay, tau, stop = 4, 5, 10.0, 8.0, 4e5
    times, ids = exploration(rng, n_motor, 10.0, 0.0, stop)
    world = rng.uniform(0.0, 1.0, (n_sensor, n_motor))
    evoked = [(rng.random(times.size) < world[j, ids], j) for j in range(n_sensor)]
    sensor_times = np.concatenate([times[hit] for hit, _ in evoked])
    sensor_times += delay + rng.uniform(0.0, 3 * tau, sensor_times.size)
    sensor_ids = np.concatenate([np.full(hit.sum(), j) for hit, j in evoked])
    noise_times, noise_ids = exploration(rng, n_sensor, 5.0, 0.0, stop)
    measured = measure_response(
        times,
        ids,
        np.concatenate((sensor_times, noise_times)),
        np.concatenate((sensor_ids, noise_ids)),
        n_motor=n_motor,
        n_sensor=n_sensor,
        delay=delay,
        tau_sensor=tau,
        start=1e5 + 1.7,
        stop=stop,
    )
    # Each entry rests on 3000 motor spikes; the noise in its lag bins adds to the binomial one.
    np.testing.assert_allclose(measured, world, atol=5 * np.sqrt((0.25 + 0.4) / 3000))


def test_same_as_plain_least_squares_across_chunks():
    rng = np.random.default_rng(4)
    n_motor, n_sensor, delay, tau, width = 2, 3, 7.5, 4.0, 2.0
    start, stop = 1000.0, 1000.0 + 20_000 * width  # more bins than one chunk
    times, ids = exploration(rng, n_motor, 30.0, start - 50, stop + 50)
    sensor_times, sensor_ids = exploration(rng, n_sensor, 30.0, start - 50, stop + 50)
    n_bins = int((stop - start - delay) / width)
    edges = np.arange(n_bins + 1) * width
    motor, sensor = (
        np.array([np.histogram(t[i == k] - origin, edges)[0] for k in range(n)]).T
        for t, i, n, origin in (
            (times, ids, n_motor, start),
            (sensor_times, sensor_ids, n_sensor, start + delay),
        )
    )
    n_lags = 7  # 12 ms are 6 bins, and one more as the spike may lie late in its bin
    rows = np.arange(n_lags - 1, n_bins)
    design = np.hstack([motor[rows - lag] for lag in range(n_lags)] + [np.ones((rows.size, 1))])
    expected = np.linalg.lstsq(design, sensor[rows], rcond=None)[0][:-1]
    measured = measure_response(
        times,
        ids,
        sensor_times,
        sensor_ids,
        n_motor=n_motor,
        n_sensor=n_sensor,
        delay=delay,
        tau_sensor=tau,
        start=start,
        stop=stop,
        bin_width=width,
    )
    summed = expected.reshape(n_lags, n_motor, n_sensor).sum(axis=0).T
    np.testing.assert_allclose(measured, summed, atol=1e-9)


def test_silent_neurons_have_no_response():
    times = np.sort(np.random.default_rng(5).uniform(0.0, 1e4, 200))
    measured = measure_response(
        times, np.ones(200, dtype=int), times + 10.0, np.zeros(200, dtype=int),
        n_motor=3, n_sensor=2, delay=10.0, tau_sensor=10.0, start=0.0, stop=1e4,
    )  # fmt: skip
    np.testing.assert_allclose(measured, [[0, 1, 0], [0, 0, 0]], atol=1e-9)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_motor": 0}, "n_motor must be at least 1, got 0"),
        ({"n_motor": 1}, "motor_ids must be in [0, 1), got 1 at [1]"),
        ({"n_sensor": 1.5}, "n_sensor must be an integer, got 1.5"),
        ({"motor_ids": [0]}, "motor_times and motor_ids must have one length, got 2 and 1"),
        ({"motor_ids": [0.0, 1.0]}, "motor_ids must be integers, got float64"),
        ({"sensor_ids": [-1]}, "sensor_ids must be in [0, 1), got -1 at [0]"),
        ({"sensor_times": [np.nan]}, "sensor_times must be finite, got nan at [0]"),
        ({"sensor_times": [[1.0]]}, "sensor_times must have 1 dimension(s), got shape (1, 1)"),
        ({"sensor_times": "abc"}, "sensor_times must be numbers, got str"),
        ({"delay": -1.0}, "delay must be non-negative, got -1.0 ms"),
        ({"tau_sensor": 0.0}, "tau_sensor must be positive, got 0.0 ms"),
        ({"bin_width": -5}, "bin_width must be positive, got -5 ms"),
        ({"bin_width": "wide"}, "bin_width must be a number, got 'wide'"),
        ({"stop": np.inf}, "stop must be finite, got inf ms"),
        ({"stop": -1.0}, "stop must be after start = 0 ms, got -1 ms"),
        (
            {"stop": 100.0},
            "stop - start must leave at least 15 bins of 5.0 ms after the first 6 and the delay, "
            "got 12 (are the times in ms?)",
        ),
        (
            {"stop": 5.0},
            "stop - start must leave at least 15 bins of 5.0 ms after the first 6 and the delay, "
            "got 0 (are the times in ms?)",
        ),
    ],
)
def test_bad_input(change, message):
    with pytest.raises((TypeError, ValueError), match=f"^{re.escape(message)}$"):
        measure_response(**(VALID | change))
