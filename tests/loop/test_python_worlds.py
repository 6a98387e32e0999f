"""The loop takes worlds in Python, and environments, wherever it takes a matrix."""

import numpy as np
import pytest

from postdict import AntisymmetricSTDP
from postdict.lab.checkpoints import Keeper
from postdict.lab.stages import Stage
from postdict.loop import ImitationTest, LoopParameters, explore, hear, learn
from postdict.world import LinearDecoder, SteppedWorld, TuningCurves
from stepped_worlds import Arm, LinearWorld

PARAMETERS = LoopParameters()
RULE = AntisymmetricSTDP(eta=2e-3, A_minus=0.7)
MATRIX = 2.0 * np.eye(3)[:, ::-1]
SONG = (np.array([100.0, 150.0]), np.array([0, 2]))


def in_python(interval=5.0):
    """The matrix as code that answers each spike exactly one world delay later."""
    code = LinearWorld(MATRIX, PARAMETERS.world_delay, interval)
    return SteppedWorld(code, (3, 3), readout="spikes", drive="spikes", weight=1.0)


def test_a_matrix_written_in_python_is_the_matrix_to_the_last_bit():
    learned, expected = (
        learn(w, PARAMETERS, RULE, duration=2e4, seed=3) for w in (in_python(), MATRIX)
    )
    for name in ("weights", "times", "inhibition", "rate"):
        np.testing.assert_array_equal(getattr(learned, name), getattr(expected, name))
    explored, other = (
        explore(w, PARAMETERS, None, duration=2e4, seed=3) for w in (in_python(), MATRIX)
    )
    np.testing.assert_array_equal(explored.response(), other.response())
    np.testing.assert_array_equal(explored.sensor, other.sensor)
    np.testing.assert_array_equal(
        *(hear(w, PARAMETERS, SONG, duration=200.0) for w in (in_python(), MATRIX))
    )
    test, expected_test = (
        ImitationTest(w, PARAMETERS, rates=(4.0,), duration=5e3) for w in (in_python(), MATRIX)
    )
    assert test.mean_lag == 0.0
    for found, wanted in zip(test.songs[4.0].clean, expected_test.songs[4.0].clean, strict=True):
        np.testing.assert_array_equal(found, wanted)
    decoder = test.decoder(np.linalg.inv(MATRIX), 1.0, 1.0, None)
    assert test.measure(decoder) == expected_test.measure(decoder)


@pytest.mark.parametrize(
    ("options", "mean_lag", "latest"),
    [
        ({"drive": "kicks"}, 2.5, 5.0),
        ({}, 5.0, 10.0),
        ({"readout": "rates", "tau": 20.0}, 25.0, 70.0),
        ({"readout": "counts", "drive": "spikes", "weight": 1.0}, 2.5, 5.0),
    ],
)
def test_answers_are_expected_as_much_later_as_steps_make_them(options, mean_lag, latest):
    world = SteppedWorld(Arm(), (3, 10), **options)
    assert (world.mean_lag, world.latest, world.earliest) == (mean_lag, latest, 0.0)
    assert world.latency(10.0) == (0.0 if options.get("drive") == "spikes" else 10.0)


class Echo:
    """Drives the sensor of a motor neuron in the step after its spike; it knows its shape."""

    interval = 2.0
    shape = (3, 3)

    def __init__(self, gain=12.0):
        self.gain = gain

    def reset(self, _):
        self.n = 0

    def step(self, motor):
        self.n += 1
        return self.gain * motor

    def state(self):
        return {"n": self.n}

    def restore(self, state):
        self.n = state["n"]


def test_imitation_through_a_world_in_python_is_expected_at_its_mean_lag():
    world = SteppedWorld(Echo(3.0), (3, 3), drive="kicks")
    test = ImitationTest(world, PARAMETERS, rates=(4.0,), duration=2e4)
    found = test.measure(test.decoder(np.eye(3), 1.0, 1.0, None))
    assert found["imitation_f1"]["4"] == 1.0
    assert test.delay == PARAMETERS.delay + 1.0


def test_a_world_with_a_shape_is_taken_as_it_is():
    explored = explore(Echo(), PARAMETERS, None, duration=2e4, seed=2)
    response = explored.response()
    assert (np.diag(response) > 0.5).all()
    assert np.abs(response - np.diag(np.diag(response))).max() < 0.3
    assert explored.imbalance(RULE) == {"carrying": None, "rest": None}


def test_what_does_not_answer_is_said_without_a_matrix():
    silent = explore(SteppedWorld(Arm(scale=0.0), (3, 4)), PARAMETERS, None, duration=1e4, seed=2)
    with pytest.raises(ValueError, match=r"in 10 s: the world is too weak$"):
        silent.response()


def test_a_loop_with_a_world_is_kept_and_resumed(tmp_path):
    def learned(stage):
        return learn(Echo(), PARAMETERS, RULE, duration=2e4, seed=1, n_windows=2, progress=stage)

    def keeper(resume):
        return Keeper(tmp_path, {"loop": "echo"}, every=1e9, resume=resume)

    def stop(label, t, *_):
        if t > 1.2e4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        learned(Stage("learns", report=stop, keeper=keeper(False)))
    expected = learned(False)
    resumed = learned(Stage("learns", keeper=keeper(True)))
    np.testing.assert_array_equal(resumed.weights, expected.weights)


def test_an_environment_is_a_world_of_the_loop():
    gymnasium = pytest.importorskip("gymnasium")
    from postdict.gym import GymWorld

    env = gymnasium.make("Pendulum-v1")
    with pytest.raises(TypeError, match=r"needs codes: postdict\.gym\.GymWorld"):
        explore(env, PARAMETERS, None, duration=1e3, seed=1)
    world = GymWorld(
        env,
        interval=10.0,
        decoder=LinearDecoder([[-2.0, -1.0, 1.0, 2.0]], low=-2.0, high=2.0),
        encoder=TuningCurves([[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]], width=0.5, height=2.0),
    )
    learned = learn(world, PARAMETERS, RULE, duration=2e3, seed=1)
    assert learned.weights.shape == (4, 2)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Arm(), TypeError, r"give Arm a shape \(n_sensor, n_motor\), or use SteppedWorld"),
        (lambda: SteppedWorld(Arm(), 3), ValueError, r"shape must be \(n_sensor, n_motor\), got 3"),
        (lambda: SteppedWorld(Arm(), (3, 0)), ValueError, "shape: n_motor must be at least 1"),
        (lambda: SteppedWorld(np.eye(3), (3, 3)), TypeError, "ndarray has no interval"),
        (lambda: SteppedWorld(Arm(), (3, 3), drive="rates"), ValueError, r"weight \(mV\) goes"),
    ],
)
def test_what_is_no_world_of_the_loop_is_refused(make, error, message):
    with pytest.raises(error, match=message):
        learn(make(), PARAMETERS, RULE, duration=1e3, seed=1)
