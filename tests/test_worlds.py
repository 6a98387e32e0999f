"""Worlds in Python: causality, answers, checkpoints, and what is refused."""

import concurrent.futures
import copy
import multiprocessing
import pickle  # noqa: TID251 -- our own objects
from functools import partial
from itertools import pairwise

import numpy as np
import pytest

import postdict
from postdict import (
    LIF,
    AntisymmetricSTDP,
    CheckpointError,
    LIFExp,
    Simulation,
    Steps,
    checkpoint,
    control,
)
from postdict.world import sparse_world
from stepped_worlds import (
    SILENCE,
    Arm,
    LinearWorld,
    Scripted,
    arm_loop,
    assert_equal,
    outcome,
    resumed,
    scripted,
    two_populations,
)

SPIKES = {"times": [0.0, 4.5, 5.0, 5.0, 9.0, 10.0], "ids": [0, 1, 0, 1, 1, 0]}


def test_a_step_hears_the_half_open_interval_before_it():
    sim, world = scripted([SILENCE], **SPIKES)
    sim.run_until(5.0)
    assert world.heard == []  # the step at 5 belongs to the next run
    sim.run_until(15.0)
    assert [list(n) for n in world.heard] == [[1, 1], [1, 2]]
    assert world.heard[0].dtype == np.int64
    sim.run(1.0)
    assert list(world.heard[2]) == [1, 0]


def test_spikes_are_read_out_as_they_are():
    sim, world = scripted([SILENCE], **SPIKES, readout="spikes")
    sim.run_until(20.0)
    (t1, i1), (t2, i2), (t3, i3) = world.heard
    assert (list(t1), list(i1)) == ([0.0, 4.5], [0, 1])
    assert (list(t2), list(i2)) == ([5.0, 5.0, 9.0], [0, 1, 1])
    assert (list(t3), list(i3)) == ([10.0], [0])


def test_rates_are_filtered_exponentially():
    sim, world = scripted([SILENCE], **SPIKES, readout="rates", tau=7.0)
    sim.run_until(100.0)
    times, ids = np.array(SPIKES["times"]), np.array(SPIKES["ids"])
    for k, rates in enumerate(world.heard, start=1):
        past = times < 5.0 * k
        each = 1e3 / 7.0 * np.exp(-(5.0 * k - times[past]) / 7.0)
        assert np.allclose(rates, np.bincount(ids[past], each, 2), rtol=1e-12)


@pytest.mark.parametrize("latency", [0.0, 2.5, 12.0])
def test_a_current_acts_from_latency_on_until_the_next(latency):
    values = np.random.default_rng(1).uniform(-1.0, 6.0, (20, 2))
    model = LIF(tau_m=np.array([10.0, 15.0]))
    sim, _ = scripted(list(values), sensors=model, latency=latency)
    net = postdict.Network()
    cells = net.add_population("sensor", 2, model)
    for i in range(2):
        steps = Steps.sampled(values[:, i], every=5.0, start=5.0 + latency)
        net.add_current(f"current {i}", cells, steps, ids=[i])
    expected = Simulation(net)
    for t in (3.0, 50.0, 100.0):
        sim.run_until(t)
        expected.run_until(t)
        assert np.allclose(sim.potentials("sensor"), expected.potentials("sensor"), atol=1e-12)
    assert sim.spike_count("sensor") > 5
    for one, other in zip(sim.spikes("sensor"), expected.spikes("sensor"), strict=True):
        assert np.allclose(one, other, atol=1e-9)


def test_currents_of_worlds_and_others_add_up():
    net = postdict.Network()
    cells = net.add_population("cells", 1, LIF(tau_m=10.0, v_thresh=100.0))
    net.add_current("bias", cells, Steps([0.0, 30.0], [0.5, 0.0]))
    net.add_world("a", Scripted([[0.25]]), cells, cells)
    net.add_world("b", Scripted([[2.0], [0.0]], interval=10.0), cells, cells, latency=1.0)
    sim = Simulation(net)
    sim.run_until(1000.0)
    assert sim.potentials(cells)[0] == pytest.approx(0.25)


def test_kicks_come_once_and_spikes_when_they_say():
    sim, _ = scripted([[0.5, 0.0], [0.0, -0.5], SILENCE], drive="kicks", latency=1.0)
    sim.run_until(6.0)
    assert list(sim.potentials("sensor")) == [0.0, 0.0]  # from before the events of 6
    sim.run_until(11.0 + 1e-9)
    assert sim.potentials("sensor") == pytest.approx([0.5 * np.exp(-0.5), -0.5])
    assert sim.n_events == 2

    nothing = np.empty(0), np.empty(0, int)
    answers = [([9.0, 7.0, 9.0], [1, 0, 1]), ([12.0], [0], [-1.0]), nothing]
    sim, _ = scripted(answers, drive="spikes", weight=0.25)
    sim.run_until(12.0 + 1e-9)
    expected = [0.25 * np.exp(-0.5) - 1.0, 0.5 * np.exp(-0.3)]
    assert sim.potentials("sensor") == pytest.approx(expected, rel=1e-6)


def test_kicks_go_to_the_currents_of_exponential_synapses():
    sim, _ = scripted([[0.5, -0.25]], sensors=LIFExp(), drive="kicks", interval=10.0)
    sim.run_until(20.0)
    assert sim.potentials("sensor")[0] > 0.0 > sim.potentials("sensor")[1]


def test_rates_kick_at_random_for_each_sensor():
    sim, _ = scripted([[0.0, 400.0, 100.0]], drive="rates", weight=2.0, n=3, sensors=LIF())
    sim.run_until(1e5)
    n = np.bincount(sim.spikes("sensor")[1], minlength=3)
    assert n[0] == 0
    assert n[1] == pytest.approx(40000, rel=0.02)
    assert n[2] == pytest.approx(10000, rel=0.04)
    intervals = np.diff(sim.spikes("sensor")[0])
    assert intervals.std() == pytest.approx(intervals.mean(), rel=0.02)
    assert intervals.mean() == pytest.approx(2.0, rel=0.02)


def test_what_reset_returns_acts_before_the_first_step():
    class Early(Scripted):
        def reset(self, seed):
            super().reset(seed)
            return [0.5, 0.0]

    net = postdict.Network()
    cells = net.add_population("cells", 2, LIF(tau_m=10.0, v_thresh=1e9))
    net.add_world("arm", Early([SILENCE]), cells, cells, drive="kicks")
    sim = Simulation(net)
    sim.run_until(1e-9)
    assert sim.potentials(cells) == pytest.approx([0.5, 0.0])


def learner(world=None, interval=5.0):
    """The README's program, with the linear world of the core or one in Python."""
    matrix = sparse_world(60, 20, rng=np.random.default_rng(1))
    net = postdict.Network(seed=1)
    motor = net.add_population("motor", 20, LIF(tau_m=100.0))
    sensor = net.add_population("sensor", 60, LIF(tau_m=10.0, reset="by"))
    net.add_poisson("exploration", motor, rate=150.0, weight=0.1)
    if world:
        options = {"readout": "spikes", "drive": "spikes", "weight": 1.0}
        net.add_world("linear", LinearWorld(matrix, 10.0, interval), motor, sensor, **options)
    else:
        net.connect(motor, sensor, weights=matrix, axonal_delay=10.0)
    net.connect(sensor, motor, weights=0.5)
    rule = AntisymmetricSTDP(eta=1e-4, A_plus=1.0, A_minus=0.7)
    net.connect(sensor, motor, weights=0.5, inhibitory=True, plasticity=rule)
    return Simulation(net), matrix


@pytest.mark.parametrize("interval", [10.0, 3.0])
def test_an_inverse_learned_through_python_is_that_of_the_core_spike_for_spike(interval):
    python, matrix = learner(world=True, interval=interval)
    core, _ = learner()
    for sim in (python, core):
        sim.run_until(1e5)
    for name in ("motor", "sensor"):
        for one, other in zip(python.spikes(name), core.spikes(name), strict=True):
            assert np.array_equal(one, other)
    learned = [np.asarray(sim.weights(sim.network.projections[-1])) for sim in (python, core)]
    assert np.array_equal(*learned)
    assert np.corrcoef((0.5 - learned[0]).flat, np.linalg.pinv(matrix).flat)[0, 1] > 0.5


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
        world = loop_of(options).world_objects()["arm"]
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


def test_a_world_has_a_seed_of_its_own_which_the_network_fixes():
    seeds = {name: control.seed_of(7, name) for name in ("arm", "ear")}
    assert seeds["arm"] != seeds["ear"]
    assert control.seed_of(7, "arm") == seeds["arm"] != control.seed_of(8, "arm")
    _, world = scripted([SILENCE])
    assert world.seed == control.seed_of(1, "arm")


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


def test_worlds_are_parts_with_names_of_their_own():
    net = two_populations()
    arm = net.add_world("arm", Arm(2), "motor", "sensor")
    assert (arm.motor, arm.interval, arm.drive) == ("motor", 5.0, "current")
    assert "motor→arm→sensor" in repr(net)
    with pytest.raises(ValueError, match="name must be new, got 'arm'"):
        net.add_population("arm", 2, LIF())
    with pytest.raises(ValueError, match="no population is named 'ear'"):
        net.add_world("leg", Arm(2), "motor", "ear")
    net.add_population("bounded", 2, LIF(v_min=-1.0))
    with pytest.raises(ValueError, match="could pull 'bounded' below its v_min"):
        net.add_world("leg", Arm(2), "motor", "bounded")
    assert isinstance(Arm(), postdict.World)


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
    whole = Simulation(arm_loop())
    for one in (sim, whole):
        one.run_until(200.0)
    assert_equal(sim, whole)


def test_a_state_that_the_core_refuses_leaves_all_as_it_was(tmp_path, monkeypatch):
    sim = Simulation(arm_loop())
    sim.run_until(300.0)
    sim.save(tmp_path / "state.npz")
    sim = Simulation(arm_loop())
    sim.run_until(100.0)
    unpack = checkpoint.unpack

    def damaged(content):
        network, limits, state, *rest = unpack(content)
        return network, limits, state | {"world0.n_steps": np.array([7], np.uint64)}, *rest

    monkeypatch.setattr(checkpoint, "unpack", damaged)
    with pytest.raises(CheckpointError, match="a world has missed a step"):
        sim.restore(tmp_path / "state.npz")
    whole = Simulation(arm_loop())
    for one in (sim, whole):
        one.run_until(200.0)
    assert_equal(sim, whole)


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
    assert third.network.world_objects()["arm"] is third.worlds["arm"]


def test_what_waits_for_a_world_and_from_it_is_bounded():
    options = {"max_pending_spikes": 30}
    net = postdict.Network()
    net.add_spike_source("motor", 2, times=np.arange(100.0), ids=np.zeros(100, int))
    cells = net.add_population("sensor", 2, LIF())
    net.add_world("slow", Scripted([SILENCE], interval=1e6), "motor", cells)
    sim = Simulation(net, **options)
    with pytest.raises(postdict.LimitError, match="max_pending_spikes = 30 reached"):
        sim.run_until(100.0)
    assert sim.time == 30.0

    for drive, n_steps in (("current", 15), ("kicks", 30)):
        net = two_populations()
        late = Scripted([[0.5, 0.0]], interval=1.0)
        net.add_world("late", late, "motor", "sensor", drive=drive, latency=1e6)
        sim = Simulation(net, **options)
        with pytest.raises(postdict.LimitError, match="max_pending_spikes = 30 reached"):
            sim.run_until(100.0)
        assert len(late.heard) == n_steps


def test_an_object_is_one_world():
    net = two_populations()
    arm = Arm(2)
    net.add_world("arm", arm, "motor", "sensor")
    with pytest.raises(ValueError, match=r"world 'leg' must be .* of its own, got .* 'arm'"):
        net.add_world("leg", arm, "motor", "sensor")
    net.add_world("leg", Arm(2), "motor", "sensor")
    with pytest.raises(ValueError, match="must be an object of its own"):
        Simulation(net, worlds={"leg": arm})


def test_a_slow_world_is_named_with_its_share(monkeypatch):
    monkeypatch.setattr(control, "_SLOW_AFTER", 0.0)

    class Slow(Arm):
        def step(self, motor):
            for _ in range(200):
                result = super().step(motor)
            return result

    sim = Simulation(arm_loop(Slow()))
    with pytest.warns(UserWarning, match=r"world 'arm' is slow: it takes \d+% of the wall time"):
        sim.run_until(300.0)
    sim.run_until(400.0)  # and says so once


def test_a_world_cannot_look_into_the_simulation_that_asks_it():
    sim, world = scripted([SILENCE])
    world.step = lambda _: sim.potentials("sensor")
    net = sim.network
    sim = Simulation(net, worlds={"arm": world})
    with pytest.raises(RuntimeError, match="running"):
        sim.run_until(50.0)


def test_worlds_take_turns_in_the_order_in_which_they_were_attached():
    order = []
    net = two_populations()

    class Turn(Scripted):
        def __init__(self, name, interval):
            super().__init__([SILENCE], interval)
            self.step = partial(self.note, name)

        def note(self, name, _):
            order.append(name)
            return SILENCE

    net.add_world("slow", Turn("slow", 10.0), "motor", "sensor")
    net.add_world("quick", Turn("quick", 5.0), "motor", "sensor")
    Simulation(net).run_until(21.0)
    assert order == ["quick", "slow", "quick", "quick", "slow", "quick"]


def test_progress_is_told_between_steps():
    seen = []
    sim = Simulation(arm_loop())
    sim.run_until(1000.0, progress=lambda t, *_: seen.append(t))
    assert len(seen) > 10
    assert all(b >= a for a, b in pairwise(seen))
