"""Worlds across pauses, checkpoints, copies and failures; and whose they are."""

import concurrent.futures
import copy
import dataclasses
import multiprocessing
import pickle  # noqa: TID251 -- our own objects

import numpy as np
import pytest

from postdict import CheckpointError, Simulation
from postdict.simulation.checkpoint import Checkpoint
from stepped_worlds import (
    SILENCE,
    Arm,
    Scripted,
    arm_loop,
    assert_equal,
    outcome,
    resumed,
    scripted,
    two_populations,
)

OPTIONS = [
    {"readout": "counts", "tau": None},
    {"readout": "spikes", "tau": None},
    {"latency": 7.5},
    {"drive": "kicks"},
    {"drive": "rates", "weight": 0.3},
]


def loop_of(options):
    return arm_loop(Arm(scale=500.0 if options.get("drive") == "rates" else 2.0), **options)


@pytest.mark.parametrize("options", [{}, *OPTIONS], ids=str)
def test_pauses_saving_and_loading_change_no_bit(tmp_path, options):
    whole = Simulation(loop_of(options))
    whole.run_until(2000.0)
    assert whole.spike_count("sensor") > 20
    sim = Simulation(loop_of(options))
    rng = np.random.default_rng(2)
    for t in [*np.sort(rng.uniform(0.0, 2000.0, 12)), 1000.0, 1005.0, 2000.0]:
        if t < sim.time:
            continue
        sim.run_until(t)
        sim.save(tmp_path / "state.npz")
        world = Simulation(loop_of(options)).worlds["arm"]
        sim = Simulation.load(tmp_path / "state.npz", worlds={"arm": world})
        assert sim.worlds == {"arm": world}
    assert_equal(sim, whole)
    back = Simulation(loop_of(options))
    back.run_until(30.0)
    back.restore(tmp_path / "state.npz")
    assert_equal(back, whole)


def test_a_world_goes_on_in_another_process(tmp_path):
    sim = Simulation(arm_loop())
    sim.run_until(777.0)
    sim.save(tmp_path / "state.npz")
    sim.run_until(1500.0)
    spawn = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=spawn) as pool:
        there = pool.submit(resumed, tmp_path / "state.npz", 1500.0).result()
    for one, other in zip(outcome(sim), there, strict=True):
        assert np.array_equal(one, other)


def test_copies_and_pickles_have_worlds_of_their_own():
    sim = Simulation(arm_loop())
    sim.run_until(300.0)
    for other in (pickle.loads(pickle.dumps(sim)), copy.deepcopy(sim)):
        assert other.worlds["arm"] is not sim.worlds["arm"]
        other.run_until(600.0)
    sim.run_until(600.0)
    assert_equal(sim, other)


def test_the_exception_of_a_world_arrives_unchanged_and_the_simulation_goes_on():
    whole = Simulation(arm_loop())
    whole.run_until(1000.0)

    class Fragile(Arm):
        broken = True

        def step(self, motor):
            if self.broken and len(self.heard) == 99:
                raise failure
            return super().step(motor)

    failure = ZeroDivisionError("the arm hit the wall")
    arm = Fragile(scale=2.0)
    sim = Simulation(arm_loop(arm))
    for _ in range(2):
        with pytest.raises(ZeroDivisionError) as raised:
            sim.run_until(1000.0)
        assert raised.value is failure
        assert sim.time == 500.0
    arm.broken = False
    sim.run_until(1000.0)
    assert_equal(sim, whole)


def test_an_interrupt_within_a_world_leaves_all_whole():
    sim, _ = scripted([SILENCE, SILENCE, KeyboardInterrupt()])
    with pytest.raises(KeyboardInterrupt):
        sim.run_until(100.0)
    assert sim.time == 15.0


def test_a_world_that_offers_no_state_can_run_but_not_be_saved(tmp_path):
    sim, world = scripted([SILENCE])
    sim.run_until(50.0)
    with pytest.raises(TypeError, match=r"world 'arm' \(Scripted\) has no state\(\) and restore"):
        sim.save(tmp_path / "state.npz")
    assert not list(tmp_path.iterdir())
    sim.run_until(100.0)
    assert len(world.heard) == 19


def test_loading_needs_the_worlds(tmp_path):
    path = tmp_path / "state.npz"
    Simulation(arm_loop()).save(path)
    with pytest.raises(TypeError, match="world 'arm' is code, which no file holds: give it"):
        Simulation.load(path)
    with pytest.raises(ValueError, match="no world is named 'leg'"):
        Simulation.load(path, worlds={"arm": Arm(), "leg": Arm()})
    slower = Arm()
    slower.interval = 6.0
    with pytest.raises(ValueError, match=r"interval must be 5 ms, as it was .* got 6 ms"):
        Simulation.load(path, worlds={"arm": slower})
    with pytest.raises(TypeError, match=r"has no state\(\) and restore\(state\)"):
        Simulation.load(path, worlds={"arm": Scripted([np.zeros(3)])})
    other = Simulation(arm_loop(latency=1.0))
    with pytest.raises(CheckpointError, match="another network"):
        other.restore(path)


def assert_goes_on(sim):
    """As if nothing had been between its runs."""
    whole = Simulation(arm_loop())
    for one in (sim, whole):
        one.run_until(200.0)
    assert_equal(sim, whole)


def test_a_world_that_cannot_take_up_its_state_leaves_the_simulation_as_it_was(tmp_path):
    class Picky(Arm):
        def restore(self, state):
            if len(state["heard"]) > 50:
                raise RuntimeError("too old")
            super().restore(state)

    sim = Simulation(arm_loop(Picky(scale=2.0)))
    sim.run_until(300.0)
    sim.save(tmp_path / "state.npz")
    sim = Simulation(arm_loop(Picky(scale=2.0)))
    sim.run_until(100.0)
    with pytest.raises(RuntimeError, match="too old"):
        sim.restore(tmp_path / "state.npz")
    assert_goes_on(sim)


def test_a_state_that_the_core_refuses_leaves_all_as_it_was(tmp_path, monkeypatch):
    sim = Simulation(arm_loop())
    sim.run_until(300.0)
    sim.save(tmp_path / "state.npz")
    sim = Simulation(arm_loop())
    sim.run_until(100.0)
    read = Checkpoint.from_bytes

    def damaged(content):
        whole = read(content)
        wrong = {"world0.n_steps": np.array([7], np.uint64)}
        return dataclasses.replace(whole, state=whole.state | wrong)

    monkeypatch.setattr(Checkpoint, "from_bytes", damaged)
    with pytest.raises(CheckpointError, match="a world has missed a step"):
        sim.restore(tmp_path / "state.npz")
    assert_goes_on(sim)


def test_the_newest_simulation_has_the_world(tmp_path):
    net = arm_loop()
    first = Simulation(net)
    first.run_until(20.0)
    second = Simulation(net)
    second.run_until(20.0)
    with pytest.raises(RuntimeError, match="world 'arm' was taken over by a newer Simulation"):
        first.run_until(30.0)
    for kept in (lambda: first.save(tmp_path / "state.npz"), lambda: copy.deepcopy(first)):
        with pytest.raises(RuntimeError, match="world 'arm' was taken over by a newer Simulation"):
            kept()
    assert not list(tmp_path.iterdir())
    second.save(tmp_path / "state.npz")
    first.restore(tmp_path / "state.npz")  # and so it has it again
    assert_equal(first, second)
    second = Simulation(net)
    second.run_until(20.0)
    third = Simulation(net, worlds={"arm": Arm(scale=2.0)})
    for sim in (second, third):
        sim.run_until(100.0)
    assert_equal(second, third)
    assert third._registry.world_objects["arm"] is third.worlds["arm"]


def test_an_object_is_one_world():
    net = two_populations()
    arm = Arm(2)
    net.add_world("arm", arm, "motor", "sensor")
    with pytest.raises(ValueError, match=r"world 'leg' must be .* of its own, got .* 'arm'"):
        net.add_world("leg", arm, "motor", "sensor")
    net.add_world("leg", Arm(2), "motor", "sensor")
    with pytest.raises(ValueError, match="must be an object of its own"):
        Simulation(net, worlds={"leg": arm})
