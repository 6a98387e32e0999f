"""What the closed loop learns, its histories, and the bound on its activity."""

import numpy as np
import pytest

from postdict import AntisymmetricSTDP, LimitError
from postdict.analysis import inverse_quality
from postdict.lab.runs import RunawayError
from postdict.loop import ImitationTest, LoopParameters, explore, learn, shuffled

PARAMETERS = LoopParameters()
RULE = AntisymmetricSTDP(eta=2e-3, A_minus=0.7)
IDENTITY = 2.0 * np.eye(3)  # each motor neuron makes its own sensor fire twice


def test_a_small_loop_learns_its_inverse_and_imitates():
    learned = learn(IDENTITY, PARAMETERS, RULE, duration=1e5, seed=2)
    response = explore(IDENTITY, PARAMETERS, None, duration=1e5, seed=2).response()
    np.testing.assert_allclose(response, IDENTITY, atol=0.3)
    quality = inverse_quality(learned.weights, response)
    assert quality.scale > 0.5
    assert quality.specific_inverse_error < 0.2
    test = ImitationTest(IDENTITY, PARAMETERS, duration=1e4, seed=2)
    assert (
        min(test.measure(test.choose(learned.weights, quality.scale))["imitation_f1"].values())
        > 0.95
    )
    untrained = test.measure(test.choose(np.zeros((3, 3)), 1.0))
    assert max(untrained["imitation_f1"].values()) == 0.0
    assert untrained["van_rossum"] == untrained["victor_purpura"] == 1.0


def test_learning_returns_histories_that_end_with_the_weights():
    learned = learn(IDENTITY, PARAMETERS, RULE, duration=1e4, seed=2, n_samples=10, n_bins=5)
    assert learned.inhibition.shape == (11, 3, 3)
    np.testing.assert_allclose(learned.times, np.linspace(0, 1e4, 11))
    np.testing.assert_array_equal(0.5 - learned.inhibition[-1], learned.weights)
    assert learned.rate.shape == (5,)


def test_feedback_that_excites_itself_ends_at_the_bound():
    strong = np.full((3, 3), 0.5)  # each sensor spike takes every motor neuron half-way
    with pytest.raises(LimitError, match=r"max_rate = 50\..*population 'motor' fired"):
        explore(2 * np.ones((3, 3)), PARAMETERS, strong, duration=1e6, seed=1, max_rate=50.0)
    unstable = AntisymmetricSTDP(eta=1e-2, A_minus=3.0)
    with pytest.raises(RunawayError, match=r"max_rate = 50\."):
        learn(2 * np.ones((3, 3)), PARAMETERS, unstable, duration=1e6, seed=1, max_rate=50.0)


def test_a_bound_that_is_not_reached_changes_nothing():
    free, bounded = (
        explore(IDENTITY, PARAMETERS, None, duration=3e4, seed=1, max_rate=bound)
        for bound in (np.inf, 1e3)
    )
    np.testing.assert_array_equal(free.motor[0], bounded.motor[0])
    np.testing.assert_array_equal(free.v, bounded.v)


def test_shuffled_weights_are_the_same_ones_elsewhere():
    weights = np.arange(12.0).reshape(3, 4)
    mixed = shuffled(weights, 3)
    assert sorted(mixed.flat) == sorted(weights.flat)
    assert (mixed != weights).any()
    np.testing.assert_array_equal(mixed, shuffled(weights, 3))
