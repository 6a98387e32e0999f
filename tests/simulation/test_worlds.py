"""Worlds in Python: what they hear and when, how their answers act, and in which order."""

from functools import partial
from itertools import pairwise

import numpy as np
import pytest

import postdict
from postdict import LIF, AntisymmetricSTDP, LIFExp, Simulation, Steps
from postdict.simulation import worlds
from postdict.world import sparse_world
from stepped_worlds import (
    SILENCE,
    Arm,
    LinearWorld,
    Scripted,
    arm_loop,
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


def test_a_world_has_a_seed_of_its_own_which_the_network_fixes():
    seeds = {name: worlds.seed_of(7, name) for name in ("arm", "ear")}
    assert seeds["arm"] != seeds["ear"]
    assert worlds.seed_of(7, "arm") == seeds["arm"] != worlds.seed_of(8, "arm")
    _, world = scripted([SILENCE])
    assert world.seed == worlds.seed_of(1, "arm")


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


def test_a_slow_world_is_named_with_its_share(monkeypatch):
    monkeypatch.setattr(worlds, "_SLOW_AFTER", 0.0)

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
    with pytest.raises(RuntimeError, match="or asks the world that looks into it"):
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
