"""The loop closed, frozen and opened: what it learns, imitates and balances, and its bound."""

import numpy as np
import pytest

from postdict import AntisymmetricSTDP, LimitError, Simulation
from postdict.analysis import inverse_quality
from postdict.lab.runs import RunawayError
from postdict.loop import (
    ImitationTest,
    LoopParameters,
    closed_loop,
    explore,
    frozen_loop,
    hear,
    imitate,
    learn,
    shuffled,
)

PARAMETERS = LoopParameters()
RULE = AntisymmetricSTDP(eta=2e-3, A_minus=0.7)
IDENTITY = 2.0 * np.eye(3)  # each motor neuron makes its own sensor fire twice


def test_the_closed_loop_starts_balanced():
    loop = closed_loop(IDENTITY, PARAMETERS, RULE, seed=1)
    simulation = Simulation(loop.network)
    assert simulation.weights(loop.excitation) == 0.5
    np.testing.assert_array_equal(simulation.weights(loop.inhibition), np.full((3, 3), 0.5))


LAGGING = LoopParameters(inhibition_lag=2.0, excitation=0.2, spontaneous_rate=5.0)


@pytest.mark.parametrize(
    ("parameters", "w"),
    [
        (PARAMETERS, [[0.4, 0.6, 0.5], [0.55, 0.3, 0.6], [0.5, 0.7, 0.25]]),
        (LAGGING, [[0.1, 0.3, 0.2], [0.2, 0.05, 0.3], [0.2, 0.3, 0.1]]),
    ],
)
def test_a_frozen_loop_repeats_the_closed_one_with_its_weights_held(parameters, w):
    closed = closed_loop(IDENTITY, parameters, RULE, seed=4)
    a = Simulation(closed.network)
    a.set_weights(closed.inhibition, w)
    a.set_plasticity(closed.inhibition, False)
    frozen = frozen_loop(IDENTITY, parameters, parameters.excitation - np.array(w), seed=4)
    b = Simulation(frozen.network)
    for simulation in (a, b):
        simulation.run(2e4)
    for name in ("motor", "sensor"):
        (times, ids), (expected, expected_ids) = a.spikes(name), b.spikes(name)
        np.testing.assert_allclose(times, expected, atol=1e-9)
        np.testing.assert_array_equal(ids, expected_ids)


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


def test_hearing_and_imitating_are_delayed_as_stated():
    song = (np.array([100.0, 150.0]), np.array([0, 2]))
    heard = hear(IDENTITY, PARAMETERS, song, duration=200.0)
    np.testing.assert_array_equal(heard[0], [110.0, 110.0, 160.0, 160.0])
    np.testing.assert_array_equal(heard[1], [0, 0, 2, 2])
    answer = imitate(0.6 * np.eye(3), PARAMETERS, heard, v_min=None, duration=200.0)
    np.testing.assert_array_equal(answer[0], [111.0, 161.0])
    np.testing.assert_array_equal(answer[1], [0, 2])


def test_before_learning_the_balance_of_fluxes_is_broken_where_the_world_acts():
    exploration = explore(IDENTITY, PARAMETERS, None, duration=2e5, seed=5)
    imbalance = exploration.imbalance(RULE)
    assert imbalance["carrying"] > 0.3 > imbalance["rest"]
    assert 0.0 < exploration.predictable_variance(taus=(20.0, 100.0)) < 1.0
    assert exploration.motor_rate == pytest.approx(9.5, rel=0.1)


def test_feedback_that_excites_itself_ends_at_the_bound():
    strong = np.full((3, 3), 0.5)  # each sensor spike takes every motor neuron half-way
    with pytest.raises(LimitError, match=r"'motor' fires at \d+ Hz, above the bound of 50 Hz, at"):
        explore(2 * np.ones((3, 3)), PARAMETERS, strong, duration=1e6, seed=1, max_rate=50.0)
    unstable = AntisymmetricSTDP(eta=1e-2, A_minus=3.0)
    with pytest.raises(RunawayError, match="above the bound of 50 Hz"):
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


def test_the_potential_around_a_spike_rises_to_threshold_and_starts_again_from_reset():
    explored = explore(IDENTITY, PARAMETERS, None, duration=2e5, seed=3)
    lags, v = explored.triggered_potential(before=10.0, after=20.0)
    assert v[lags < 0][-1] > 0.8
    assert v[lags > 0][0] < 0.1
    assert (np.diff(v[lags > 0]) > -0.05).all()
