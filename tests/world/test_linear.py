"""Linear worlds with several lags: when each tap arrives, what is learned, what is refused."""

import re
from dataclasses import replace

import numpy as np
import pytest

from postdict import AntisymmetricSTDP, Network, Simulation
from postdict.analysis import inverse_quality
from postdict.loop import ImitationTest, LoopParameters, closed_loop, explore, hear, learn
from postdict.world import LinearWorld, sparse_world, spread_world
from postdict.world.linear import as_linear

PARAMETERS = LoopParameters()
MATRIX = np.array([[2.0, 0.0], [0.0, 2.0], [1.0, 1.0]])


def rng():
    return np.random.default_rng(3)


def test_each_tap_of_each_pair_arrives_when_it_should():
    delays = np.array([[0.0, 5.0], [0.0, -3.0], [1.0, 0.0]])
    world = LinearWorld(4.0 * MATRIX, np.array([0.0, 20.0]), np.array([0.75, 0.25]), delays)
    heard = hear(world, PARAMETERS, (np.array([100.0]), np.array([1])), duration=200.0)
    # 6 then 2 at sensor 1, faster by 3 ms; 3 then 1 at sensor 2; the pair (0, 1) is not joined
    np.testing.assert_array_equal(heard[0], [107.0] * 6 + [110.0] * 3 + [127.0] * 2 + [130.0])
    np.testing.assert_array_equal(heard[1], [1] * 6 + [2] * 3 + [1] * 2 + [2])
    assert (world.earliest, world.latest) == (-3.0, 21.0)
    assert world.mean_lag == pytest.approx(
        np.average([0, 20, -3, 17, 1, 21, 0, 20], weights=[6, 2, 6, 2, 3, 1, 3, 1])
    )


def test_a_kernel_of_its_own_for_each_pair():
    kernel = np.zeros((2, 3, 2))
    kernel[0, 0, 0] = kernel[1, 1, 1] = 1.0  # pair (0, 0) at once, pair (1, 1) 4 ms later
    world = LinearWorld(MATRIX, np.array([0.0, 4.0]), kernel)
    song = (np.array([50.0, 50.0]), np.array([0, 1]))
    times, ids = hear(world, PARAMETERS, song, duration=100.0)
    np.testing.assert_array_equal(times, [60.0, 60.0, 64.0, 64.0])
    np.testing.assert_array_equal(ids, [0, 0, 1, 1])
    assert world.synapses(10.0)[0].n_synapses == 2


def test_a_matrix_and_the_world_made_of_it_learn_the_same_bits():
    rule = AntisymmetricSTDP(eta=2e-3, A_minus=0.7)
    plain, linear, shifted = (
        learn(world, parameters, rule, duration=1e4, seed=1).weights
        for world, parameters in (
            (MATRIX, PARAMETERS),
            (as_linear(MATRIX), PARAMETERS),
            (LinearWorld(MATRIX, [3.0], [1.0]), LoopParameters(world_delay=7.0)),
        )
    )
    np.testing.assert_array_equal(plain, linear)
    np.testing.assert_array_equal(plain, shifted)


def test_bins_of_one_instant_are_the_world_without_spread():
    taps = LinearWorld(MATRIX, np.array([0.0, 1.0]), np.array([1.0, 0.0]))
    assert not taps.is_instant
    heard = [
        hear(world, PARAMETERS, (np.array([5.0]), np.array([0])), duration=20.0)
        for world in (MATRIX, taps)
    ]
    np.testing.assert_array_equal(heard[0], heard[1])


@pytest.mark.parametrize("shape", ["constant", "random"])
def test_a_spread_world_keeps_its_gain_and_its_sensors(shape):
    matrix = sparse_world(12, 4, fan_out=3, rng=rng())
    world = spread_world(matrix, 10.0, shape=shape, delay_sd=2.0, rng=rng())
    synapses, delays = world.synapses(10.0)
    assert synapses.n_synapses == 10 * 12
    total = np.zeros(matrix.shape)
    np.add.at(total, (synapses.post, synapses.pre), synapses.weight)
    np.testing.assert_allclose(total, matrix, rtol=1e-12)
    assert 6.0 <= delays.min() < delays.max() <= 23.0
    np.testing.assert_allclose(10.0 * delays, np.round(10.0 * delays), atol=1e-9)
    if shape == "constant":
        assert spread_world(matrix, 10.0, rng=rng()).mean_lag == pytest.approx(4.5)


def test_the_response_of_a_spread_world_is_summed_over_all_its_lags():
    world = spread_world(8.0 * np.eye(3), 40.0, rng=rng())
    response = explore(world, PARAMETERS, None, duration=2e5, seed=1).response()
    assert np.diag(response).min() > 2.0
    assert np.abs(response - np.diag(np.diag(response))).max() < 0.3
    explored = explore(world, PARAMETERS, None, duration=2e5, seed=1)
    short = replace(explored, world_lags=(0.0, 0.0)).response()  # looks less far
    assert np.diag(short).max() < 0.85 * np.diag(response).min()


def test_a_spread_world_is_learned_and_imitated_at_its_mean_lag():
    world = spread_world(3.0 * np.eye(3), 6.0, rng=rng())
    rule = AntisymmetricSTDP(eta=2e-3, A_minus=0.7)
    learned = learn(world, PARAMETERS, rule, duration=1e5, seed=2)
    response = explore(world, PARAMETERS, None, duration=1e5, seed=2).response()
    quality = inverse_quality(learned.weights, response)
    test = ImitationTest(world, PARAMETERS, duration=1e4, seed=2)
    assert test.delay == pytest.approx(13.5)
    found = test.measure(test.choose(learned.weights, quality.scale))
    assert min(found["imitation_f1"].values()) > 0.95


def test_a_loop_with_a_spread_world_goes_on_from_its_checkpoint(tmp_path):
    world = spread_world(MATRIX, 5.0, shape="random", delay_sd=1.0, rng=rng())
    rule = AntisymmetricSTDP(eta=2e-3, A_minus=0.7)
    loop = closed_loop(world, PARAMETERS, rule, seed=1)
    whole, half = Simulation(loop.network), Simulation(loop.network)
    whole.run(2e3)
    half.run(1e3)
    half.save(tmp_path / "half.npz")
    rest = Simulation.load(tmp_path / "half.npz")
    rest.run(1e3)
    np.testing.assert_array_equal(whole.spikes("sensor")[0], rest.spikes("sensor")[0])
    np.testing.assert_array_equal(whole.weights(loop.inhibition), rest.weights(loop.inhibition))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"lags": [1.0, 1.0], "kernel": [0.5, 0.5]}, "lags must be at least one, from 0 ms on"),
        ({"lags": [-1.0]}, "lags must be at least one, from 0 ms on"),
        ({"lags": []}, "lags must be at least one, from 0 ms on"),
        ({"kernel": [0.5, 0.5]}, "kernel must have shape (1,) or (1, 3, 2), got (2,)"),
        ({"matrix": np.zeros((0, 2))}, "matrix must have sensors and motor neurons"),
        ({"delays": np.full((3, 2), np.nan)}, "delays must be finite"),
        ({"delays": np.ones((2, 3))}, "delays must be one number or have shape (3, 2), got (2, 3)"),
    ],
)
def test_worlds_that_do_not_fit_are_refused(given, message):
    parts = {"matrix": MATRIX, "lags": [0.0], "kernel": [1.0], **given}
    with pytest.raises(ValueError, match=re.escape(message)):
        LinearWorld(**parts)


def test_spreads_that_are_no_bins_and_delays_that_are_none_are_refused():
    with pytest.raises(ValueError, match=r"spread must be a multiple of 1 ms, got 2\.5 ms"):
        spread_world(MATRIX, 2.5, rng=rng())
    with pytest.raises(ValueError, match="no shape is named 'flat'"):
        spread_world(MATRIX, 2.0, shape="flat", rng=rng())
    with pytest.raises(TypeError, match=r"rng must be a numpy.random.Generator, got 7"):
        spread_world(MATRIX, 2.0, shape="random", rng=7)
    assert spread_world(MATRIX.tolist(), 2.0, shape="random", rng=rng()).shape == MATRIX.shape
    network = Network()
    motor = network.add_spike_source("m", 2, times=[], ids=[])
    sensor = network.add_population("s", 3, PARAMETERS.sensor)
    synapses, delays = LinearWorld(MATRIX, [0.0], [1.0], -10.0).synapses(10.0)
    with pytest.raises(ValueError, match="axonal_delay must be positive, got 0 ms"):
        network.connect(motor, sensor, weights=synapses, axonal_delay=delays)
