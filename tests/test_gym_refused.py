"""What Gymnasium and the codes are not given: each is refused by name, and nothing is lost."""

import copy

import numpy as np
import pytest

import postdict
from postdict import LIF, Simulation
from postdict.world import ChoiceDecoder, LinearDecoder, TuningCurves

gymnasium = pytest.importorskip("gymnasium")
gym = pytest.importorskip("postdict.gym")
spaces = gymnasium.spaces

FORCES = LinearDecoder([[-1.0, 1.0]], -2.0, 2.0)
CURVES = TuningCurves(np.zeros((3, 3)), 1.0, 1.0)


class Plain(gymnasium.Env):
    """Observes and rewards what it is told to."""

    action_space = spaces.Box(-2.0, 2.0, (1,), np.float32)

    def __init__(self, observation=(0.0, 0.0, 0.0), reward=0.0):
        self.observation, self.reward = observation, reward

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed, options=options)
        return self.observation, {}

    def step(self, _):
        return self.observation, self.reward, False, False, {}


def world(**changes):
    given = {"interval": 10.0, "decoder": FORCES, "encoder": CURVES, "env": Plain()} | changes
    return gym.GymWorld(given.pop("env"), **given)


def simulation(world, n_motor=2, **options):
    net = postdict.Network(seed=1)
    net.add_population("motor", n_motor, LIF(tau_m=50.0))
    net.add_population("sensor", 3, LIF())
    net.add_world("plant", world, "motor", "sensor", **options)
    return Simulation(net)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"env": None}, "env must be a gymnasium.Env, got NoneType"),
        ({"env": "Pendulum-v1"}, "env must be a gymnasium.Env, got str"),
        ({"decoder": 3}, r"decoder must be an object with decode\(...\), got 3"),
        ({"encoder": TuningCurves}, r"encoder must be an object with encode\(...\), got <class"),
        ({"attributes": "state"}, "attributes must be several texts, got the text 'state' alone"),
    ],
)
def test_what_is_no_part_of_a_world_is_named_where_it_is_built(changes, message):
    with pytest.raises(TypeError, match=message):
        world(**changes)


def test_an_attribute_that_is_not_there_is_named_before_anything_runs():
    with pytest.raises(ValueError, match=r"attributes: .*Plain.* has no 'velocity'"):
        simulation(world(attributes=("observation", "velocity")))


@pytest.mark.parametrize(
    ("env", "n_motor", "readout", "message"),
    [
        (Plain(), 5, "counts", "the decoder's weights are of 2 motor neurons, got 5"),
        (Plain(), 2, "spikes", "needs the readout 'counts' or 'rates', an array, got spikes"),
        (Plain(reward=np.nan), 2, "counts", "the environment's reward must be finite, got nan"),
        (Plain(reward=None), 2, "counts", "the environment's reward must be a number, got None"),
        (Plain(observation={"x": 1.0}), 2, "counts", "an array of 3 values, got dict: tuning"),
        (Plain(observation=(np.ones(2), 1)), 2, "counts", "an array of 3 values, got tuple"),
        (Plain(observation="east"), 2, "counts", "an array of 3 values, got str"),
    ],
)
def test_what_codes_and_environments_cannot_be_given(env, n_motor, readout, message):
    with pytest.raises((TypeError, ValueError), match=message):
        simulation(world(env=env), n_motor, readout=readout).run(100.0)


def test_far_away_is_seen_by_nobody_and_far_too_much_is_no_action():
    assert list(CURVES.encode([1e200, 0.0, 0.0])) == [0.0, 0.0, 0.0]
    huge = LinearDecoder([[1e60, 1e60]])
    assert not Plain.action_space.contains(huge.decode(np.ones(2)))


def test_codes_keep_numbers_of_their_own():
    given = np.ones((1, 2))
    linear, curves = LinearDecoder(given, low=given[0, :1]), TuningCurves(given, given[0], 1.0)
    given[:] = 9.0
    assert linear.weights.max() == linear.low.max() == curves.centres.max() == 1.0
    assert curves.width.max() == 1.0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LinearDecoder(np.ones((0, 2))), r"weights must be .*, got \(0, 2\)"),
        (lambda: LinearDecoder([[1.0]], "a"), "low must be one number or 1, got 'a'"),
        (lambda: LinearDecoder([[1.0]], 0.0, [0.0, [1.0]]), "high must be one number or 1, got"),
        (lambda: LinearDecoder([[1.0]], None), "low must be below high"),
        (
            lambda: ChoiceDecoder(2).decode(([1.0], [0])),
            "'counts' or 'rates', an array, got spikes",
        ),
        (lambda: ChoiceDecoder(2).decode([1.0, 0.0]), "'counts' or 'rates', an array, got a list"),
    ],
)
def test_codes_that_cannot_be(make, message):
    with pytest.raises((TypeError, ValueError), match=message):
        make()


def test_an_environment_whose_state_is_a_tuple_is_saved(tmp_path):
    def car():
        return world(
            env=gymnasium.make("MountainCar-v0"),
            decoder=ChoiceDecoder(2),
            encoder=TuningCurves(np.zeros((3, 2)), 1.0, 1.0),
            attributes=("state", "_elapsed_steps"),
        )

    sim = simulation(car())
    sim.run(100.0)
    sim.save(tmp_path / "state.npz")
    again = Simulation.load(tmp_path / "state.npz", worlds={"plant": car()})
    for started in (sim, again):
        started.run(100.0)
    states = [s.worlds["plant"].env.unwrapped.state for s in (sim, again)]
    assert states[0] == states[1]


# -- the loop as an environment


def loop(seed, **options):
    net = postdict.Network(seed)
    net.add_population("motor", 3, LIF(tau_m=20.0, **options))
    net.add_population("sensor", 2, LIF(tau_m=10.0, reset="by"))
    net.connect("motor", "sensor", weights=1.5, axonal_delay=3.0)
    return net


def loop_env(network=loop, **changes):
    given = {"act": "motor", "observe": "sensor", "interval": 25.0, "n_steps": 40}
    given |= {"reward": lambda counts, _: counts[0]} | changes
    return gym.LoopEnv(network, **given)


ONCE = loop(0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: loop_env(None), "network must be a function, got NoneType"),
        (lambda: loop_env(reward=None), "reward must be a function, got NoneType"),
        (lambda: loop_env(lambda _: None), r"network\(seed\) must return a Network, got NoneType"),
        (lambda: loop_env(lambda seed: loop(seed, v_min=-1.0)), "could pull 'motor' below"),
        (lambda: loop_env(lambda _: ONCE).reset(), "must make a new Network each time"),
        (lambda: loop_env().step([0.0, 0.0, 0.0]), "reset must be called before the first step"),
    ],
)
def test_a_loop_that_is_no_environment_is_refused(make, message):
    with pytest.raises((TypeError, ValueError, RuntimeError), match=message):
        make()


@pytest.mark.parametrize(
    ("action", "reward", "message"),
    [
        ({}, 0.0, r"the action \{\} is not in Box"),
        ([0.0, np.nan, 0.0], 0.0, r"the action .* is not in Box"),
        ([0.0, 0.0, 0.0], np.nan, "reward must be finite, got nan"),
        ([0.0, 0.0, 0.0], np.ones(2), "reward must be a number, got array"),
    ],
)
def test_wrong_actions_and_rewards_are_refused(action, reward, message):
    env = loop_env(reward=lambda *_: reward)
    env.reset(seed=1)
    with pytest.raises((TypeError, ValueError), match=message):
        env.step(action)


def test_a_step_that_fails_is_the_same_step_when_it_is_taken_again():
    class Stumbles:
        interval = 10.0

        def reset(self, _):
            self.n = 0

        def step(self, _):
            self.n += 1
            if self.n == 4:  # at 40 ms, in the first step
                raise ZeroDivisionError
            return np.zeros(2)

    def network(seed):
        net = loop(seed)
        net.add_world("plant", Stumbles(), "motor", "sensor", drive="kicks")
        return net

    env, smooth = loop_env(network), loop_env()
    for one in (env, smooth):
        one.reset(seed=1)
    with pytest.raises(ZeroDivisionError):
        env.step([1.0, 1.0, 1.0])
    counts, *_, info = env.step([1.0, 1.0, 1.0])
    assert info["t"] == 50.0
    assert list(counts) == list(smooth.step([1.0, 1.0, 1.0])[0])
    assert counts.sum() > 0.0


def test_a_loop_is_copied_and_its_simulation_saved(tmp_path):
    env = loop_env()
    env.reset(seed=1)
    env.step([1.0, 0.5, 0.0])
    env.simulation.save(tmp_path / "state.npz")
    other = copy.deepcopy(env)
    found = [one.step([0.0, 1.0, 1.0])[0] for one in (env, other)]
    assert list(found[0]) == list(found[1])
    assert found[0].sum() > 0.0
