"""Recall by spikes: a push, parts of a spike, a common reset; and the reflex of loudness."""

from dataclasses import replace

import numpy as np
import pytest

from postdict.bird import LoudnessReflex, Recall, answer
from postdict.experiments.song import Config

SINGER = replace(Config(n_motor=4).singer(), synaptic_delay=1.0)
N_SENSOR = SINGER.hearing.n_sensor
ONCE = Recall(tau=10.0, resets=(0.1, 1.0, 2.0), parts=1)


def weights(**entries):
    result = np.zeros((4, N_SENSOR))
    for name, value in entries.items():
        motor, sensor = (int(number) for number in name[1:].split("_"))
        result[motor, sensor] = value
    return result


def heard(*spikes):
    times, ids = zip(*sorted(spikes), strict=True)
    return np.array(times, float), np.array(ids, np.int64)


def test_one_spike_resets_all_so_that_gestures_follow_one_another():
    rival = weights(w0_0=1.2, w1_1=0.9)
    spikes = heard((5.0, 0), (5.5, 1), (6.2, 1), (9.0, 1), (9.2, 1))
    times, ids = answer(rival, SINGER, ONCE, spikes, duration=30.0)
    # Of the rival's first two kicks a reset each takes the charge; the last two are its own.
    np.testing.assert_allclose(times, [6.0, 10.2])
    assert ids.tolist() == [0, 1]
    alone = answer(rival, SINGER, replace(ONCE, resets=()), spikes, duration=30.0)
    np.testing.assert_allclose(alone[0], [6.0, 7.2, 10.2], atol=1e-9)


def test_a_spike_arrives_in_parts_one_ms_apart():
    times, _ = answer(
        weights(w0_0=1.2), SINGER, replace(ONCE, parts=3), heard((5.0, 0)), duration=30.0
    )
    # 0.4 (e^-0.2 + e^-0.1 + 1) is the first sum above threshold.
    np.testing.assert_allclose(times, [8.0])


def test_the_push_is_the_same_for_all_and_is_scaled_by_the_gain():
    pushed = replace(ONCE, push=0.6)
    spikes = heard((5.0, 7))
    assert len(answer(weights(), SINGER, pushed, spikes, duration=30.0)[0]) == 0
    times, ids = answer(weights(), SINGER, pushed, spikes, duration=30.0, gain=2.0)
    np.testing.assert_allclose(times, 6.0)
    assert ids.tolist() == [0, 1, 2, 3]
    inhibited = weights(w0_7=-0.2, w1_7=-0.2, w3_7=-0.2)
    _, ids = answer(inhibited, SINGER, pushed, spikes, duration=30.0, gain=2.0)
    assert ids.tolist() == [2]


def test_loudness_follows_the_rate_of_the_sensors_within_its_bounds():
    reflex = LoudnessReflex(reference=10.0, slope=20.0, quietest=-30.0, tau=1.0)
    spikes = heard(*((20.0 + k / 10.0, k % 7) for k in range(400)))  # 10 a ms from 20 to 60 ms
    level = reflex.level(spikes, times=np.array([10.0, 50.0, 58.0, 90.0]))
    np.testing.assert_allclose(level[[1, 2]], 1.0, atol=0.02)
    np.testing.assert_allclose(level[[0, 3]], 10.0**-1.5)
    fainter = replace(reflex, reference=100.0).level(spikes, times=np.array([50.0]))
    np.testing.assert_allclose(fainter, 0.1, atol=0.01)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: Recall(tau=0.0), "tau must be positive, got 0"),
        (lambda: Recall(resets=(0.01,)), "resets must be"),
        (lambda: Recall(parts=0), "parts must be at least 1, got 0"),
        (lambda: Recall(push=-1.0), "push must be"),
        (lambda: LoudnessReflex(reference=0.0), "reference must be positive"),
        (lambda: LoudnessReflex(quietest=3.0), "quietest must be at most 0"),
    ],
)
def test_what_cannot_be_is_refused_by_name(wrong, message):
    with pytest.raises(ValueError, match=message):
        wrong()
