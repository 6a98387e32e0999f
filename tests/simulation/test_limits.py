"""Limits: a run that passes one stops whole, and says when, who and what to try."""

import math
import pickle  # noqa: TID251 -- our own objects

import numpy as np
import pytest

import postdict
from busy_network import assert_equal, everything, finished, network, replay
from postdict import LIF, AntisymmetricSTDP, LimitError, Network, Simulation
from postdict.simulation import RateLimitError
from stepped_worlds import SILENCE, Scripted, two_populations


def test_a_limit_on_recorded_spikes_stops_the_run_whole():
    sim = Simulation(network(), max_recorded_spikes=50)
    for _ in range(2):
        with pytest.raises(LimitError, match=r"max_recorded_spikes = 50 reached at t = .*'sens"):
            sim.run_until(3000.0)
    assert sim.spike_count("motor") + sim.spike_count("sensor") in range(50, 60)
    assert_equal(everything(sim), finished(network(), sim.time))
    sim.set_recording("motor", False)
    with pytest.raises(LimitError, match=r"max_recorded_spikes"):
        sim.run_until(3000.0)  # what is kept still counts


def test_a_limit_on_spikes_under_way_stops_the_run_whole():
    net, _ = replay(np.arange(1.0, 100.0), weights=0.1, axonal_delay=1e6)
    sim = Simulation(net, max_pending_spikes=20)
    with pytest.raises(LimitError, match=r"max_pending_spikes = 20 reached at t = 21"):
        sim.run_until(1000.0)
    assert sim.time == 21.0
    Simulation(net, max_pending_spikes=100).run_until(1000.0)


def test_the_message_names_who_has_the_most_spikes_in_memory():
    sim = Simulation(network(), max_recorded_spikes=50)
    sim.set_recording("sensor", False)  # which fires more
    message = r"t = .* ms; 50 of 50 come from population 'motor' \(.* Hz on average\)"
    with pytest.raises(LimitError, match=message):
        sim.run_until(3000.0)
    assert sim.spike_count("sensor") > sim.spike_count("motor")


def delayed(slow, **delays):
    """Two populations of which "busy" fires the most; what leaves `slow` is long under way."""
    net = postdict.Network()
    for name, n_spikes in (("busy", 80), ("calm", 40)):
        net.add_population(name, 2, LIF())
        times = np.linspace(1.0, 41.0, n_spikes)
        source = net.add_spike_source(f"{name} source", 1, times=times, ids=np.zeros(n_spikes, int))
        net.connect(source, name, weights=1.5)
    net.connect(slow, "calm", weights=0.0, plasticity=AntisymmetricSTDP(0.01), **delays)
    return net


@pytest.mark.parametrize(
    ("slow", "delays", "message"),
    [
        ("busy", {"axonal_delay": 1e6}, r"population 'busy' on their way \(.* Hz on average\)"),
        ("calm", {"axonal_delay": 1e6}, r"population 'calm' on their way \(.* Hz on average\)"),
        ("calm", {"axonal_delay": [[1e6, 2e6], [2e6, 1e6]]}, "population 'calm' on their way"),
        ("busy", {"dendritic_delay": 1e6}, "population 'calm' on their way"),
        ("busy source", {"axonal_delay": 1e6}, "source 'busy source' on their way: shorten its"),
    ],
)
def test_the_message_names_whose_spikes_under_way_are_the_most(slow, delays, message):
    sim = Simulation(delayed(slow, **delays), max_pending_spikes=30)
    message = rf"reached at t = .* ms; \d+ of 3\d are spikes of {message}"
    with pytest.raises(LimitError, match=message):
        sim.run_until(1000.0)


def chain(rate=300.0):
    """A population that fires at a constant rate, Hz, from 1500 ms on."""
    net = postdict.Network()
    net.add_population("cells", 4, LIF(reset="by"))
    times = np.repeat(np.arange(1500.0, 9000.0, 1e3 / rate), 2)
    net.add_spike_source("source", 1, times=times, ids=np.zeros(len(times), int))
    net.connect("source", "cells", weights=1.0)
    return net


def test_a_limit_on_a_rate_stops_the_run_whole_wherever_it_pauses():
    stops = set()
    for pauses in ([], [1777.0], np.arange(0.0, 3000.0, 7.7)):
        sim = Simulation(chain(), max_rate=200.0)
        with pytest.raises(LimitError, match=r"max_rate = 200.*'cells' fired 808 spikes since t"):
            for until in (*pauses, 4000.0):
                sim.run_until(until)
        stops.add(sim.time)
        sim = pickle.loads(pickle.dumps(sim))
        with pytest.raises(LimitError, match=r"max_rate = 200\."):  # it still holds
            sim.run_until(4000.0)
        free = Simulation(chain())
        free.run_until(sim.time)
        assert all(map(np.array_equal, sim.spikes("cells"), free.spikes("cells")))
    assert len(stops) == 1
    # A second of 300 spikes, then one of 600; the first half second of them is no such second.
    Simulation(chain(), max_rate=610.0).run_until(5000.0)


def test_the_window_of_a_rate_limit_can_be_chosen():
    stops = {}
    for window in (100.0, 1000.0, 1e4):
        sim = Simulation(chain(), max_rate=30.0, max_rate_window=window)
        with pytest.raises(LimitError, match=r"max_rate = 30\."):
            sim.run_until(1e4)
        stops[window] = sim.time
        with pytest.raises(LimitError):  # a checkpoint keeps it
            pickle.loads(pickle.dumps(sim)).run_until(1e4)
    # Full with 30 Hz x 4 neurons x the window: the source's first spike is at 1500 ms.
    assert 1500.0 < stops[100.0] < stops[1000.0] < stops[1e4] < 1e4
    Simulation(chain(), max_rate=1300.0, max_rate_window=20.0).run_until(2000.0)
    for wrong in (0.0, -1.0, math.inf):
        with pytest.raises(ValueError, match=r"max_rate_window must be (positive|finite)"):
            Simulation(network(), max_rate_window=wrong)


def test_a_limit_on_a_rate_is_checked():
    for wrong in (0.0, -5.0, math.inf, math.nan):
        with pytest.raises(ValueError, match=r"max_rate must be (positive|finite)"):
            Simulation(network(), max_rate=wrong)


@pytest.mark.parametrize("limit", ["max_recorded_spikes", "max_pending_spikes"])
def test_limits_are_checked(limit):
    with pytest.raises(ValueError, match=rf"{limit} must be at least 1, got 0"):
        Simulation(network(), **{limit: 0})
    with pytest.raises(TypeError, match=rf"{limit} must be an integer, got 1000\.0"):
        Simulation(network(), **{limit: 1e3})
    with pytest.raises(TypeError, match=r"network must be a postdict\.Network, got str"):
        Simulation("network")


def test_what_waits_for_a_world_and_from_it_is_bounded_and_named():
    net = two_populations()
    times = np.arange(100.0)
    net.add_spike_source("source", 2, times=times, ids=np.zeros(100, int))
    net.connect("source", "sensor", weights=1.5)
    net.add_world("slow", Scripted([SILENCE], interval=1e6), "source", "sensor")
    sim = Simulation(net, max_pending_spikes=30)
    message = r"reached at .* ms; \d+ of 3\d are spikes that world 'slow' has yet to hear: shorten"
    with pytest.raises(LimitError, match=message):
        sim.run_until(100.0)
    assert sim.time < 40.0

    for drive, n_steps in (("current", 15), ("kicks", 30)):
        net = two_populations()
        late = Scripted([[0.5, 0.0]], interval=1.0)
        net.add_world("late", late, "motor", "sensor", drive=drive, latency=1e6)
        sim = Simulation(net, max_pending_spikes=30)
        message = r"reached at .* ms; 30 of 30 are values of answers of world 'late' that have yet"
        with pytest.raises(LimitError, match=message):
            sim.run_until(100.0)
        assert len(late.heard) == n_steps


def advice(error):
    """What the message of a limit says that can be done."""
    return str(error.value)


def test_a_program_that_follows_the_advice_of_a_full_memory_goes_on(tmp_path):
    """As users write it: run into the limit, do what the message says, and run on."""
    expected = finished(network())
    n = sum(len(expected[f"times of {name}"]) for name in ("motor", "sensor"))
    sim = Simulation(network(), max_recorded_spikes=50)
    with pytest.raises(LimitError) as error:
        sim.run_until(3000.0)
    words = "record less (set_recording), weaken its input, or raise the limit (set_limits)"
    assert words in advice(error)
    stopped = sim.time
    sim.save(tmp_path / "full.npz")

    raised = Simulation.load(tmp_path / "full.npz")
    raised.set_limits(max_recorded_spikes=n + 1)
    raised.run_until(3000.0)
    assert_equal(everything(raised), expected)

    less = Simulation.load(tmp_path / "full.npz")
    for name in ("motor", "sensor"):
        less.set_recording(name, False)
    less.run_until(3000.0)
    assert less.spike_count("motor") == len(expected["times of motor"])
    assert sum(len(less.spikes(name)[0]) for name in ("motor", "sensor")) < 60
    less.save(tmp_path / "less.npz")
    Simulation.load(tmp_path / "less.npz").run(100.0)
    less.set_recording("motor")  # and so it grows again
    with pytest.raises(LimitError, match="max_recorded_spikes = 50 reached"):
        less.run(1000.0)

    weaker = Simulation.load(tmp_path / "full.npz")
    for source in ("exploration", "background"):
        weaker.set_rate(source, 0.0)
    for _ in range(20):  # while there are spikes, each stops it; then nothing does
        try:
            weaker.run_until(stopped + 20.0)
        except LimitError:
            continue
        break
    assert weaker.time > stopped


def test_spikes_under_way_that_only_fall_are_no_reason_to_stop(tmp_path):
    net, _ = replay(np.arange(1.0, 31.0), weights=0.1, axonal_delay=60.0)
    sim = Simulation(net, max_pending_spikes=20)
    with pytest.raises(LimitError, match=r"shorten its delays, or raise the limit \(set_limits\)"):
        sim.run_until(1000.0)
    sim.save(tmp_path / "full.npz")
    loaded = Simulation.load(tmp_path / "full.npz")
    for each in (sim, loaded):
        each.set_limits(max_pending_spikes=31)
        each.run_until(70.0)  # some have arrived, the others can only do so
        each.set_limits(max_pending_spikes=5)
        each.run_until(1000.0)
    assert_equal_counts(sim, loaded)
    again = Simulation(net, max_pending_spikes=20)
    for n in range(20, 31):  # by one with each attempt
        with pytest.raises(LimitError, match=rf"{n} of {n} are spikes of source"):
            again.run_until(1000.0)
    again.run_until(1000.0)
    assert_equal_counts(sim, again)


def assert_equal_counts(sim, other):
    assert (sim.time, sim.n_events) == (other.time, other.n_events)
    assert np.array_equal(sim.potentials("cell"), other.potentials("cell"))


def test_a_rate_that_was_too_high_holds_nobody_up_once_it_is_low(tmp_path):
    sim = Simulation(chain(), max_rate=200.0)
    message = r"weaken its input, strengthen its inhibition, or raise the limit \(set_limits\)"
    with pytest.raises(LimitError, match=message):
        sim.run_until(4000.0)
    sim.save(tmp_path / "fast.npz")
    for change in (
        lambda each: each.set_weights(each.network.projections[0], 0.0),
        lambda each: each.set_limits(max_rate=610.0),
        lambda each: each.set_limits(max_rate=math.inf),
        lambda each: each.set_limits(max_rate_window=1e6),  # a mean over more
    ):
        loaded = Simulation.load(tmp_path / "fast.npz")
        change(loaded)
        loaded.run_until(9500.0)
        loaded.save(tmp_path / "slow.npz")
        Simulation.load(tmp_path / "slow.npz").run(10.0)
    silent = Simulation(chain())
    silent.run_until(3000.0)
    silent.set_limits(max_rate=200.0)  # from now on
    with pytest.raises(LimitError, match=r"'cells' fired \d+ spikes since t = 3000"):
        silent.run_until(9000.0)


def test_limits_that_are_changed_are_kept_and_survive_a_restore(tmp_path):
    sim = Simulation(network(), max_rate=1e4)
    sim.run_until(100.0)
    sim.save(tmp_path / "start.npz")
    sim.set_limits(max_recorded_spikes=30, max_rate=math.inf)
    sim.restore(tmp_path / "start.npz")
    with pytest.raises(LimitError, match="max_recorded_spikes = 30 reached"):
        sim.run_until(3000.0)
    sim.set_limits(max_recorded_spikes=10**6)
    sim.run_until(3000.0)
    assert_equal(everything(sim), finished(network()))
    for wrong, error, message in (
        ({"max_rate": -1.0}, ValueError, "max_rate must be positive, got -1"),
        ({"max_pending_spikes": 0}, ValueError, "max_pending_spikes must be at least 1, got 0"),
        ({"max_recorded_spikes": 1e3}, TypeError, "max_recorded_spikes must be an integer"),
    ):
        with pytest.raises(error, match=message):
            sim.set_limits(**wrong)


def test_a_progress_callback_may_raise_a_limit():
    sim = Simulation(network(), max_recorded_spikes=10**4)
    sim.run_until(3000.0, progress=lambda *_: sim.set_limits(max_recorded_spikes=10**6))
    assert_equal(everything(sim), finished(network()))


def test_a_bound_on_the_rate_of_one_population_leaves_the_others_alone():
    net = Network(seed=1)
    for name in ("slow", "fast"):
        cells = net.add_population(name, 5, LIF())
        net.add_poisson(f"to {name}", cells, rate=2e3 if name == "fast" else 500.0, weight=0.5)
    Simulation(net, max_rate={"slow": 1e3}).run(2000.0)
    sim = Simulation(net)
    sim.set_limits(max_rate={"fast": 100.0}, max_rate_window=500.0)
    with pytest.raises(
        RateLimitError, match=r"max_rate = 100\..*population 'fast' fired 251 spikes"
    ):
        sim.run(2000.0)
    sim.set_limits(max_rate={"slow": 1e3})
    sim.run(1000.0)
    with pytest.raises(ValueError, match="no population is named 'fats'; did you mean 'fast'"):
        sim.set_limits(max_rate={"fats": 1.0})
    with pytest.raises(ValueError, match="max_rate must be positive"):
        Simulation(net, max_rate={"fast": 0.0})


def test_a_bound_by_population_is_saved_and_its_window_goes_on(tmp_path):
    net = Network(seed=1)
    cells = net.add_population("cells", 5, LIF())
    net.add_poisson("noise", cells, rate=2e3, weight=0.5)
    whole, first = (Simulation(net, max_rate={"cells": 100.0}, max_rate_window=1e3) for _ in "ab")
    with pytest.raises(LimitError) as expected:
        whole.run(2000.0)
    first.run(0.5 * whole.time)
    first.save(tmp_path / "half.npz")
    for half in (Simulation.load(tmp_path / "half.npz"), Simulation(net)):
        if half.time == 0.0:
            half.set_limits(max_rate={"cells": 100.0}, max_rate_window=1e3)
            half.restore(tmp_path / "half.npz")
        with pytest.raises(LimitError) as found:
            half.run(2000.0)
        assert str(found.value) == str(expected.value)
