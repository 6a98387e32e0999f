"""Time is a whole number of picoseconds: what coincides on paper coincides in a run"""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import postdict
from postdict import LIF, AntisymmetricSTDP, LIFExp, LimitError, Network, Simulation, _core

PS = 10**9  # picoseconds a ms
HOUR = 3.6e6  # ms
DAY = 24 * HOUR


def nearest(picoseconds):
    """The double nearest to a decimal."""
    return float(Fraction(int(picoseconds), PS))


# Conversions.


@given(st.integers(0, 9 * 10**18))
@settings(max_examples=500)
def test_what_is_returned_is_the_double_nearest_to_the_decimal(picoseconds):
    sim = Simulation(Network())
    sim._core.run_until(picoseconds, 1)
    assert sim.time == nearest(picoseconds)
    assert _core.picoseconds(sim.time) == pytest.approx(picoseconds, abs=1e3)


@given(st.integers(0, 2**52))
@settings(max_examples=500)
def test_a_decimal_time_is_exact_as_written(picoseconds):
    assert _core.picoseconds(nearest(picoseconds)) == picoseconds


def test_time_ends_by_name():
    sim = Simulation(Network())
    with pytest.raises(ValueError, match=r"duration must be at most 9e\+09, got"):
        sim.run(9.1e9)
    with pytest.raises(ValueError, match=r"t must be at most 9e\+09, got"):
        sim.run_until(1e10)
    sim.run_until(8.9e9)
    with pytest.raises(ValueError, match=r"duration must end at 9e\+09 ms \(104 days\)"):
        sim.run(2e8)
    sim.run(1e8)
    assert sim.time == 9e9
    net = Network()
    net.add_population("cells", 1, LIF())
    net.add_spike_source("source", 1, times=[1.0], ids=[0])
    with pytest.raises(ValueError, match=r"axonal_delay must be at least 1e-09 ms, the resolution"):
        net.connect("source", "cells", weights=1.0, axonal_delay=1e-10)
    with pytest.raises(ValueError, match=r"axonal_delay must be at most 1e\+08, got"):
        net.connect("source", "cells", weights=1.0, axonal_delay=1e9)
    with pytest.raises(ValueError, match=r"late: times must be at most 9e\+09 ms"):
        net.add_spike_source("late", 1, times=[1e10], ids=[0])


# The four measurements.


def two_paths(delays, direct, times, plasticity=None):
    """A target that gets +1.5 mV over a path of several delays and -1 mV over one."""
    net = Network()
    net.add_spike_source("pulse", 1, times=times, ids=np.zeros(len(times), int))
    before = "pulse"
    for k, delay in enumerate(delays[:-1]):
        net.add_population(f"relay{k}", 1, LIF(tau_m=1.0, v_thresh=0.5))
        net.connect(before, f"relay{k}", weights=1.0, axonal_delay=delay)
        before = f"relay{k}"
    net.add_population("target", 1, LIF(tau_m=1.0))
    net.connect(before, "target", weights=1.5, axonal_delay=delays[-1])
    inhibition = net.connect(
        "pulse",
        "target",
        weights=1.0 if plasticity is None else [[1.0]],
        axonal_delay=direct,
        inhibitory=True,
        plasticity=plasticity,
    )
    return net, inhibition


PATHS = [([1.2, 1.2], 2.4), ([0.1, 0.2], 0.3), ([2.7, 1.6], 4.3), ([0.7, 0.1, 0.3], 1.1)]
DATES = [0.0, 4e3, 33e3, 66e3, 1.31e5, 2.6e5, 1e6, HOUR, 10 * HOUR, 1.0 * DAY, 99.0 * DAY]


@pytest.mark.parametrize(("delays", "direct"), PATHS)
def test_what_cancels_on_paper_cancels_at_any_date(delays, direct):
    times = np.concatenate([date + 100.0 + 50.0 * np.arange(20) for date in DATES])
    net, _ = two_paths(delays, direct, times)
    sim = Simulation(net)
    sim.run_until(100.0 * DAY)
    assert sim.spike_count("relay0") == len(times)
    assert sim.spike_count("target") == 0


@pytest.mark.parametrize(("delays", "direct"), PATHS)
def test_a_lag_of_zero_on_paper_potentiates_at_any_date(delays, direct):
    """The arrival at the plastic synapse is the instant of the target's spike: lag 0+, +1 eta."""
    rule = AntisymmetricSTDP(eta=1e-4, A_plus=1.0, A_minus=1.0, tau_plus=2.0, tau_minus=2.0)
    times = np.concatenate([date + 100.0 + 500.0 * np.arange(4) for date in DATES])
    net, inhibition = two_paths(delays, direct, times, rule)
    net.connect("pulse", "target", weights=1.0, axonal_delay=direct)  # so that it fires
    sim = Simulation(net)
    sim.run_until(100.0 * DAY)
    assert sim.spike_count("target") == len(times)
    assert sim.weights(inhibition)[0, 0] == pytest.approx(1.0 + 1e-4 * len(times), abs=1e-12)


@pytest.mark.parametrize("grid", [0.1, 0.3, 0.7, 0.025])
@pytest.mark.parametrize("start", [0.0, 4e4, HOUR])
def test_lags_on_a_decimal_grid_have_the_right_sign(grid, start):
    rng = np.random.default_rng(3)
    counts = rng.integers(1, 200, 300)
    per_step = round(grid * PS)
    first = round(start * PS) + 10 * PS
    steps = first + 1000 * per_step * np.arange(300, dtype=object)
    pre = np.array([nearest(t) for t in steps])
    post = np.array([nearest(t + int(n) * per_step) for t, n in zip(steps, counts, strict=True)])
    delays = np.array([nearest(int(n) * per_step + per_step) for n in counts])
    net = Network()
    net.add_spike_source("pre", 300, times=pre, ids=np.arange(300))
    net.add_spike_source("post", 300, times=post, ids=np.arange(300))
    net.add_population("cells", 300, LIF(tau_m=1.0))
    net.connect("post", "cells", weights=postdict.one_to_one(300, weight=2.0), axonal_delay=grid)
    ids = np.arange(300)
    plastic = net.connect(
        "pre",
        "cells",
        weights=postdict.Triplets(pre=ids, post=ids, weight=np.full(300, 0.5)),
        axonal_delay=delays,
        inhibitory=True,
        plasticity=AntisymmetricSTDP(eta=0.1, tau_plus=0.1, tau_minus=0.1),
    )
    sim = Simulation(net)
    sim.run_until(start + 1e6)
    assert (sim.weights(plastic).weight > 0.5).all()  # lag 0+ of each pair


@pytest.mark.parametrize("refractory", [0.3, 0.7, 1.1, 2.4])
@pytest.mark.parametrize("start", [0.0, 33e3, 5 * HOUR])
def test_an_input_at_the_end_of_refractoriness_counts(refractory, start):
    n = 200
    first = round(start * PS) + PS * 10 * (1 + np.arange(n, dtype=object))
    grid = round(refractory * PS)
    times = sorted([nearest(t) for t in first] + [nearest(t + grid) for t in first])
    net = Network()
    net.add_population("cells", 1, LIF(tau_refrac=refractory))
    if start <= 2 * HOUR:  # later a double holds no decimal of a tenth of a millisecond
        net.add_spike_source("source", 1, times=times, ids=np.zeros(2 * n, int))
        net.connect("source", "cells", weights=2.0, axonal_delay=0.1)
    else:
        starts = [nearest(t) for t in first]
        net.add_spike_source("source", 1, times=starts, ids=np.zeros(n, int))
        net.connect("source", "cells", weights=2.0, axonal_delay=0.1)
        net.connect("source", "cells", weights=2.0, axonal_delay=nearest(PS // 10 + grid))
    sim = Simulation(net)
    sim.run_until(start + 1e5)
    assert sim.spike_count("cells") == 2 * n


def test_three_runs_of_a_tenth_end_at_three_tenths():
    sim = Simulation(Network())
    for _ in range(3):
        sim.run(0.1)
    assert sim.time == 0.3
    sim.run_until(0.3)
    sim = Simulation(Network())
    for _ in range(20_000):
        sim.run(0.1)
    assert sim.time == 2000.0


@pytest.mark.parametrize("dt", [0.1, 0.3, 1 / 3, 0.7, 1e-9, 12.3456789])
@pytest.mark.parametrize("start", [0.0, 1e5, 9 * HOUR, 50 * DAY])
def test_any_number_of_runs_ends_at_that_many_times_dt(dt, start):
    sim = Simulation(Network())
    sim.run_until(start)
    rounded = round(Fraction(dt) * PS)
    for n in range(1, 400):
        sim.run(dt)
        assert sim._core.picoseconds == round(start * PS) + n * rounded
        assert sim.time == nearest(round(start * PS) + n * rounded)


# Properties.


@given(
    split=st.lists(st.integers(1, 5 * PS), min_size=1, max_size=5),
    pieces=st.lists(st.integers(1, 5 * PS), min_size=1, max_size=5),
    date=st.integers(0, 7200) | st.integers(0, 10**9),
)
@settings(max_examples=60, deadline=None)
def test_how_a_path_of_delays_is_split_changes_no_event(split, pieces, date):
    """Two splits of one sum: the second is filled up, or cut, to the first's."""
    total, second, left = sum(split), [], sum(split)
    for piece in pieces:
        if left > piece:
            second.append(piece)
            left -= piece
    second.append(left)
    assert sum(second) == total
    arrivals = []
    for parts in (split, second):
        net = Network()
        net.add_spike_source("pulse", 1, times=[float(date)], ids=[0])
        before = "pulse"
        for k, part in enumerate(parts):
            net.add_population(f"p{k}", 1, LIF(v_thresh=0.5))
            net.connect(before, f"p{k}", weights=1.0, axonal_delay=nearest(part))
            before = f"p{k}"
        sim = Simulation(net)
        sim.run_until(date + 100.0)
        arrivals.append(sim.spikes(before)[0].tolist())
    assert arrivals[0] == arrivals[1] == [nearest(date * PS + total)]


def moved_network(later, exact, model, scale=1.0):
    """Kicks, delays, plasticity and refractoriness; all its inputs come `later` by so many ps."""
    rng = np.random.default_rng(5)
    net = Network()
    # Whole ms, that a double holds at any date, or decimals that it holds for two hours.
    times = PS * rng.integers(1, 300, 200) if exact else rng.integers(1, 300 * PS, 200)
    times = [nearest(int(t) + later) for t in times]
    net.add_spike_source("input", 3, times=times, ids=rng.integers(0, 3, 200))
    net.add_population("cells", 4, model)
    net.connect("input", "cells", weights=scale * rng.uniform(0.2, 0.8, (4, 3)), axonal_delay=0.7)
    inhibition = net.connect(
        "cells",
        "cells",
        weights=rng.uniform(0.0, 0.3, (4, 4)),
        axonal_delay=rng.integers(1, 50, (4, 4)) / 10,
        inhibitory=True,
        plasticity=AntisymmetricSTDP(eta=0.01, tau_plus=7.0, tau_minus=9.0, w_max=1.0),
    )
    window = net.connect(
        "cells",
        "cells",
        weights=rng.uniform(0.0, 0.3, (4, 4)),
        axonal_delay=1.3,
        dendritic_delay=0.4,
        inhibitory=True,
        plasticity=postdict.HaasSTDP(eta=0.01, w_max=1.0),
    )
    sim = Simulation(net)
    sim.run_until(nearest(later + 500 * PS))
    times, ids = sim.spikes("cells")
    return times, ids, sim.weights(inhibition), sim.weights(window)


@given(st.integers(0, 7000 * PS), st.booleans())
@settings(max_examples=25, deadline=None)
def test_what_comes_later_by_any_number_of_picoseconds_does_the_same_later(later, exponential):
    """But that a crossing found from another horizon may be rounded to the next picosecond."""
    model = LIFExp(tau_refrac=1.0) if exponential else LIF(tau_refrac=1.0)
    scale = 5.0 if exponential else 1.0
    early = moved_network(0, False, model, scale)
    same(early, moved_network(later, False, model, scale), later, within=int(exponential))


@given(st.integers(0, 100 * 86_400_000 - 1000))
@settings(max_examples=25, deadline=None)
def test_what_comes_later_by_up_to_a_hundred_days_does_the_same_later(later_ms):
    later = later_ms * PS
    model = LIF(tau_refrac=1.0, tau_m=11.0)
    same(moved_network(0, True, model), moved_network(later, True, model), later)


def same(early, moved, later, within=0):
    assert len(early[0]) > 20
    # Times of the early run are exact in picoseconds.
    expected = [_core.picoseconds(t) + later for t in early[0]]
    if within:
        assert all(
            abs(_core.picoseconds(t) - e) <= within for t, e in zip(moved[0], expected, strict=True)
        )
    else:
        assert moved[0].tolist() == list(map(nearest, expected))
    assert np.array_equal(early[1], moved[1])
    np.testing.assert_allclose(moved[2], early[2], rtol=0, atol=1e-12)
    np.testing.assert_allclose(moved[3], early[3], rtol=0, atol=1e-12)


class Listener:
    """A world that keeps what it hears, step by step."""

    def __init__(self, interval):
        self.interval = interval
        self.heard = []

    def reset(self, _):
        self.heard = []

    def step(self, motor):
        self.heard.append(list(motor[0]))
        return np.zeros(1)


@given(
    st.integers(1, 10**10) | st.sampled_from([PS // 10, 3 * PS // 10, PS // 40, PS]),
    st.lists(st.integers(0, 60), min_size=1, max_size=20),
    st.lists(st.integers(0, 3 * 10**11), max_size=20),
)
@settings(max_examples=60, deadline=None)
def test_a_spike_is_heard_in_the_step_that_contains_it(interval, on_steps, anywhere):
    """Also where it stands on the border of two: it belongs to the one that it begins."""
    interval = max(interval, 51_000_000)  # above what is taken for seconds
    spikes = sorted([k * interval for k in on_steps] + [t % (60 * interval) for t in anywhere])
    net = Network()
    net.add_spike_source("motor", 1, times=[nearest(t) for t in spikes], ids=[0] * len(spikes))
    net.add_population("sensor", 1, LIF())
    world = Listener(nearest(interval))
    net.add_world("world", world, "motor", "sensor", readout="spikes", drive="kicks")
    sim = Simulation(net)
    sim.run_until(nearest(70 * interval))
    for k, heard in enumerate(world.heard):
        ours = [nearest(t) for t in spikes if k * interval <= t < (k + 1) * interval]
        assert heard == ours


def test_a_world_that_counts_by_an_interval_that_is_no_picosecond_is_not_too_early():
    class Early(Listener):
        def step(self, motor):
            super().step(motor)
            return [len(self.heard) * self.interval], [0]

    net = Network()
    net.add_spike_source("motor", 1, times=[], ids=[])
    net.add_population("sensor", 1, LIF())
    net.add_world(
        "w", Early(2 / 3), "motor", "sensor", readout="spikes", drive="spikes", weight=2.0
    )
    sim = Simulation(net)
    sim.run_until(1000.0)
    assert sim.spikes("sensor")[0][2] == 2.000000001
    assert sim.spike_count("sensor") == 1499


def test_digits_of_spike_times_are_the_same_after_ten_hours():
    """A period of log 2 x 20 ms, told to the nearest picosecond, which adds nothing up."""
    net = Network()
    net.add_population("cells", 1, LIF(tau_m=20.0, tau_refrac=2.0))
    times = [0.0, 10 * HOUR]
    steps = postdict.Steps([0.0, 200.0, 10 * HOUR, 10 * HOUR + 200.0], [2.0, 0.0, 2.0, 0.0])
    net.add_current("drive", "cells", current=steps)
    sim = Simulation(net)
    sim.run_until(10 * HOUR + 300.0)
    spikes, _ = sim.spikes("cells")
    first, second = spikes[spikes < HOUR], spikes[spikes > HOUR]
    assert len(first) == len(second) == 12
    period = 20.0 * math.log(2.0) * PS
    for k, (early, late) in enumerate(zip(first, second, strict=True)):
        expected = period + k * (period + 2 * PS)
        assert abs(_core.picoseconds(early) - expected) <= 0.501
        assert late == nearest(_core.picoseconds(early) + round(times[1] * PS))


def test_kicks_of_one_source_are_at_different_picoseconds_however_many():
    net = Network()
    net.add_population("cells", 100_000, LIF())
    net.add_poisson("noise", "cells", rate=1e6, weight=2.0)  # one in ten picoseconds
    sim = Simulation(net, max_recorded_spikes=20_000)
    with pytest.raises(LimitError):
        sim.run(1.0)
    times, _ = sim.spikes("cells")
    assert (np.diff(times) > 0).all()
    # A wait below half a picosecond counts as one, as what is rounded to one does.
    waits = np.round(np.diff(times) * PS)
    assert np.mean(waits == 1) == pytest.approx(-math.expm1(-0.15), abs=0.01)
