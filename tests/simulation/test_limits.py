"""Limits: a run that passes one stops whole, and says when, who and what to try."""

import math
import pickle  # noqa: TID251 -- our own objects

import numpy as np
import pytest

import postdict
from busy_network import assert_equal, everything, finished, network, replay
from postdict import LIF, AntisymmetricSTDP, LimitError, Simulation
from stepped_worlds import SILENCE, Scripted, two_populations


def test_a_limit_on_recorded_spikes_stops_the_run_whole():
    sim = Simulation(network(), max_recorded_spikes=50)
    for _ in range(2):
        with pytest.raises(LimitError, match=r"max_recorded_spikes = 50 reached at t = .*'sens"):
            sim.run_until(3000.0)
    assert sim.spike_count("motor") + sim.spike_count("sensor") in range(50, 60)
    assert_equal(everything(sim), finished(network(), sim.time))
    sim.set_recording("motor", False)
    sim.set_recording("sensor", False)
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
