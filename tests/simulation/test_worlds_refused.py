"""Worlds that lack something, answer what cannot be, or have a state that no file can hold."""

from collections import OrderedDict
from enum import IntEnum

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
    ("spikes", ([np.nan], [0]), r"its spikes must have finite times below 9e\+09 ms, got nan ms"),
    ("spikes", ([np.inf], [0]), r"its spikes must have finite times below 9e\+09 ms, got inf ms"),
    ("spikes", ([10.0 - 1e-8], [0]), r"not be before 10 ms, got 9\.99999999 ms"),
    ("spikes", ([19.0], [2]), r"its spikes must have ids in \[0, 2\), got 2"),
    ("spikes", ([19.0], [-7]), r"its spikes must have ids in \[0, 2\), got -7"),
    ("spikes", ([19.0], [2**31]), r"its ids must be below 2\*\*31"),
    ("spikes", ([19.0], [0.5]), "its ids must be whole numbers"),
    ("spikes", ([19.0], [np.nan]), "its ids must be whole numbers"),
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
    (
        "current",
        np.ma.array([1.0, 2.0], mask=[0, 1]),
        "1 dimension, got a masked one; fill it",
    ),
    ("spikes", (np.ma.array([19.0], mask=[1]), [0]), "its times must be .* got a masked one"),
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


class Mode(IntEnum):
    ON = 1


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


def test_an_interval_that_looks_like_seconds_is_named():
    with pytest.warns(UserWarning, match=r"world 'arm': interval = 0.02 ms is short: .* mean 20\?"):
        two_populations().add_world("arm", Without(interval=0.02), "motor", "sensor")


@pytest.mark.parametrize("worlds", [[Arm(2)], Arm(2), "arm"])
def test_worlds_of_a_simulation_have_names(worlds):
    net = two_populations()
    net.add_world("arm", Arm(2), "motor", "sensor")
    with pytest.raises(TypeError, match="worlds must be a dict of worlds by name, got"):
        Simulation(net, worlds=worlds)


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
        ({"x": {1, 2}}, r"state\(\)\['x'\] must be numbers, .* got set"),
        ({"x": ([{3j}],)}, r"state\(\)\['x'\]\[0\]\[0\] must be numbers, .* got set"),
        ({"x": Mode.ON}, r"state\(\)\['x'\] must be numbers, .* got Mode"),
        ({"x": OrderedDict(a=1)}, r"state\(\)\['x'\] must be numbers, .* got OrderedDict"),
        ({"x": np.ma.array([1.0], mask=[True])}, r"must be .* plain arrays .* got MaskedArray"),
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


def test_tuples_and_numpy_texts_come_back_as_they_were(tmp_path):
    state = {"x": (1, [2.0, ()]), "name": np.str_("arm"), "mode": np.bool_(True)}
    sim = Simulation(arm_loop())
    sim.worlds["arm"].state = lambda: state
    sim.save(tmp_path / "state.npz")
    found = []
    arm = Arm(scale=2.0)
    arm.restore = found.append
    Simulation.load(tmp_path / "state.npz", worlds={"arm": arm})
    assert found == [state]
    assert [type(v) for v in found[0].values()] == [tuple, np.str_, np.bool_]


class Ledger:
    """A world whose state is the very arrays and lists that it changes."""

    interval = 5.0

    def __init__(self, *, fails=False):
        self.fails, self.sums, self.log = fails, np.zeros(2), []

    def reset(self, _):
        self.sums[:] = 0.0
        self.log.clear()

    def step(self, _):
        self.sums += 1.0
        self.log.append(len(self.log))
        return self.sums

    def state(self):
        return {"sums": self.sums, "log": self.log}

    def restore(self, state):
        if self.fails:
            self.fails = False
            raise RuntimeError("not now")
        self.sums[:] = state["sums"]
        self.log[:] = state["log"]


def test_worlds_go_back_where_another_cannot_take_up_its_state(tmp_path):
    net = two_populations()
    ledgers = Ledger(), Ledger()
    for k, ledger in enumerate(ledgers):
        net.add_world(f"ledger {k}", ledger, "motor", "sensor")
    sim = Simulation(net)
    sim.run_until(6.0)
    sim.save(tmp_path / "state.npz")
    sim.run_until(41.0)
    ledgers[1].fails = True
    with pytest.raises(RuntimeError, match="not now"):
        sim.restore(tmp_path / "state.npz")
    assert sim.time == 41.0
    for ledger in ledgers:
        assert ledger.log == list(range(8))
        assert list(ledger.sums) == [8.0, 8.0]


def test_a_world_that_is_taken_over_in_the_middle_of_a_run_ends_it():
    class Shared(Ledger):
        def step(self, motor):
            if len(self.log) == 3:
                Simulation(net)
            return super().step(motor)

    net = two_populations()
    net.add_world("ledger", Shared(), "motor", "sensor")
    sim = Simulation(net)
    with pytest.raises(RuntimeError, match="world 'ledger' was taken over by a newer Simulation"):
        sim.run(1e6)
    assert sim.time < 1e6
