"""Worlds that lack something, answer what cannot be, or have a state that no file can hold."""

import numpy as np
import pytest

from postdict import Simulation
from stepped_worlds import SILENCE, Arm, arm_loop, scripted, two_populations

WRONG = [
    ("current", [1.0], "its answer must have 2 values, got 1"),
    ("current", [1.0, np.nan], r"its answer must be finite, got nan at \[1\]"),
    ("kicks", [np.inf, 0.0], r"its answer must be finite, got inf at \[0\]"),
    ("rates", [5.0, -1.0], r"must be rates in \[0, 1e\+06\] Hz, got -1 at \[1\]"),
    ("rates", [5.0, 1e7], r"must be rates in \[0, 1e\+06\] Hz, got 10000000 at \[1\]"),
    ("spikes", ([9.0], [0]), "its spikes must not be before 10 ms, got 9 ms"),
    ("spikes", ([np.nan], [0]), "its spikes must not be before 10 ms, got nan ms"),
    ("spikes", ([19.0], [2]), r"its spikes must have ids in \[0, 2\), got 2"),
    ("spikes", ([19.0], [0.5]), "its ids must be whole numbers"),
    ("spikes", ([19.0], [0], [np.nan]), "its weights must be finite, got nan mV"),
    ("spikes", ([19.0], [0, 1]), "its times, ids and weights must have one length"),
]
WRONG_TYPES = [
    ("current", None, "an array of numbers with 1 dimension, got None"),
    ("current", 1.0, r"got \(\) as its shape"),
    ("current", ["a", "b"], "got <U1 values"),
    ("current", [1j, 0.0], "got complex128 values"),
    ("current", np.zeros((2, 1)), r"got \(2, 1\) as its shape"),
    ("current", {}, "got object values"),
    ("spikes", None, r"must be a tuple \(times, ids\) or \(times, ids, weights\), got NoneType"),
    ("spikes", ([19.0], None), "its ids must be an array of numbers with 1 dimension, got None"),
]


@pytest.mark.parametrize(
    ("drive", "answer", "message", "error"),
    [(*case, ValueError) for case in WRONG] + [(*case, TypeError) for case in WRONG_TYPES],
)
def test_a_wrong_answer_is_refused_with_name_and_time(drive, answer, message, error):
    weight = 1.0 if drive in ("rates", "spikes") else None
    good = ([], []) if drive == "spikes" else SILENCE
    sim, world = scripted([good, answer], drive=drive, weight=weight)
    with pytest.raises(error, match=rf"world 'arm' at t = 10 ms: .*{message}"):
        sim.run_until(100.0)
    assert sim.time == 10.0
    world.answers[1] = good
    sim.run_until(100.0)
    assert len(world.heard) == 20  # one was asked twice


class Without:
    """A world that lacks some of what it must have."""

    def __init__(self, *missing, **more):
        for name in {"interval", "reset", "step"} - set(missing):
            setattr(self, name, 5.0 if name == "interval" else lambda _: SILENCE)
        for name, value in more.items():
            setattr(self, name, value)


@pytest.mark.parametrize(
    ("world", "message"),
    [
        (Without("step"), r"world 'arm' must have .*; Without has no step\(motor\)"),
        (Without("reset", "interval"), r"Without has no interval, no reset\(seed\)"),
        (Without(step=3), r"Without has no step\(motor\)"),
        (Without(step=lambda: 0), "world 'arm': step must take one argument"),
        (Without(state=dict), r"both state\(\) and restore\(state\), or neither"),
        (Arm, "must be an object, got the class Arm itself"),
        (Without(interval="5"), "world 'arm': interval must be a number, got '5'"),
    ],
)
def test_what_a_world_lacks_is_named(world, message):
    with pytest.raises(TypeError, match=message):
        two_populations().add_world("arm", world, "motor", "sensor")


@pytest.mark.parametrize("interval", [0.0, -1.0, np.nan, np.inf])
def test_an_interval_must_be_positive(interval):
    with pytest.raises(ValueError, match=r"interval must be (positive|finite), got"):
        two_populations().add_world("arm", Without(interval=interval), "motor", "sensor")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"readout": "rate", "tau": 1.0}, "no readout is named 'rate'; did you mean 'rates'"),
        ({"drive": "currents"}, "no drive is named 'currents'; did you mean 'current'"),
        ({"readout": "rates"}, "tau .* goes with the readout 'rates'"),
        ({"tau": 5.0}, "tau .* goes with the readout 'rates'"),
        ({"readout": "rates", "tau": 0.0}, "tau must be positive"),
        ({"drive": "rates"}, "weight .* goes with the drives"),
        ({"weight": 5.0}, "weight .* goes with the drives"),
        ({"latency": -1.0}, "latency must be non-negative, got -1.0 ms"),
    ],
)
def test_wrong_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        two_populations().add_world("arm", Arm(2), "motor", "sensor", **options)


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ([1.0], r"world 'arm': state\(\) must return a dict, got list"),
        ({"x": (1, 2)}, r"state\(\)\['x'\] must be numbers, .* got tuple"),
        ({"x": [{"y": object()}]}, r"state\(\)\['x'\]\[0\]\['y'\] must be"),
        ({1: 2}, r"state\(\) must be numbers, .* dicts with texts as keys, got dict"),
        ({"x": np.array([object()])}, r"state\(\)\['x'\] must be .* got ndarray"),
    ],
)
def test_a_state_that_no_file_can_hold_is_refused(tmp_path, state, message):
    sim = Simulation(arm_loop())
    sim.worlds["arm"].state = lambda: state
    with pytest.raises(TypeError, match=message):
        sim.save(tmp_path / "state.npz")
