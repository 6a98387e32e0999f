"""Input that changes in time: closed forms, statistics, pieces, refusals."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats

import postdict
from postdict import LIF, LIFExp, Simulation, Steps

PULSES = Steps([100.0, 250.0, 300.0, 600.0], [50.0, 0.0, 200.0, 10.0])
SINE = Steps.sampled(80.0 * (1.0 + np.sin(np.arange(2000) / 30.0)), every=0.5)


# Currents


def closed_form(p, current, until):
    """Spike times of a neuron without other input, and V at the end; `current` as a function."""
    v, held, spikes = p["v_init"], 0.0, []
    edges = sorted({0.0, *(t for t in current.times if t < until), until})
    for start, stop in itertools.pairwise(edges):
        drive = p["v_rest"] + p["i_offset"] + current.value_at(start)
        while (begin := max(start, held)) < stop:  # when V is v, or leaves it
            crossing = math.inf
            if drive > p["v_thresh"]:
                crossing = begin + p["tau_m"] * math.log((drive - v) / (drive - p["v_thresh"]))
            if crossing >= stop:
                v = drive + (v - drive) * math.exp(-(stop - begin) / p["tau_m"])
                break
            spikes.append(crossing)
            v, start, held = p["v_reset"], crossing, crossing + p["tau_refrac"]
    return spikes, v


def random_current(rng, n, until):
    return Steps(np.sort(rng.uniform(0.0, until, n)), rng.uniform(-0.5, 2.5, n))


SHARED = {"v_reset": -0.25, "v_rest": 0.1, "tau_refrac": [6.0, 0.0, 15.0]}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "neurons",
    [
        LIF(**SHARED),
        LIF(tau_m=[5.0, 20.0, 40.0], i_offset=[0.0, 1.5, 0.3], **SHARED),
        LIF(reset="by"),
        LIFExp(**SHARED),
        LIFExp(tau_m=[5.0, 20.0, 40.0], i_offset=[0.0, 1.5, 0.3], **SHARED),
    ],
    ids=["LIF", "LIF, mixed", "LIF, by", "LIFExp", "LIFExp, mixed"],
)
def test_spikes_under_a_step_current_are_exact(neurons, seed):
    net, rng, until = postdict.Network(), np.random.default_rng(seed), 2000.0
    net.add_population("cells", 3, neurons)
    current = random_current(rng, 60, until)
    net.add_current("current", "cells", current)
    sim = Simulation(net)
    sim.run_until(until)
    times, ids = sim.spikes("cells")
    parameters = neurons.arrays(3)
    for i, v in enumerate(sim.potentials("cells")):
        own = {name: float(np.broadcast_to(a, (3,))[i]) for name, a in parameters.items()}
        expected, v_end = closed_form(own, current, until)
        assert len(expected) > 20
        # Every spike is rounded to a picosecond, from which the next one is.
        rounding = 1e-9 * np.arange(1, len(expected) + 1)
        assert (np.abs(times[ids == i] - expected) <= 1e-10 + rounding).all()
        assert v == pytest.approx(v_end, abs=1e-11 + rounding[-1])


def test_a_neuron_under_a_step_above_threshold_fires_regularly():
    net = postdict.Network()
    net.add_population("cell", 1, LIF(tau_m=20.0, tau_refrac=2.0))
    net.add_current("pulse", "cell", Steps([10.0, 200.0], [1.5, 0.0]))
    sim = Simulation(net)
    sim.run(1000.0)
    times, _ = sim.spikes("cell")
    to_threshold = 20.0 * math.log(1.5 / 0.5)
    expected = 10.0 + to_threshold + (to_threshold + 2.0) * np.arange(8)
    assert len(times) == np.sum(expected < 200.0)
    # Each interval is rounded to a picosecond.
    assert (np.abs(times - expected[: len(times)]) <= 0.51e-9 * np.arange(1, len(times) + 1)).all()


@pytest.mark.parametrize("model", [LIF, LIFExp])
def test_potential_and_currents_after_steps(model):
    """No spikes: V is linear in everything that drives it."""
    net = postdict.Network()
    cells = net.add_population("cells", 3, model(tau_m=20.0, v_rest=0.1, v_thresh=50.0))
    source = net.add_spike_source("source", 1, times=[3.0], ids=[0])
    net.connect(source, cells, weights=0.5, axonal_delay=1.0)
    steps = {"one": ([5.0, 12.0], [0.3, 0.8]), "other": ([8.0, 30.0], [-0.6, 0.2])}
    net.add_current("one", cells, Steps(*steps["one"]))
    net.add_current("other", cells, Steps(*steps["other"]), ids=[2, 0])
    recorders = [net.record(cells, "v", every=0.7)]
    if model is LIFExp:
        recorders += [net.record(cells, "i_e", every=0.7), net.record(cells, "i_i", every=0.7)]
    sim = Simulation(net)
    sim.run(60.0)

    def response(times, values):
        changes = np.diff(values, prepend=0.0)
        since = np.maximum(0.0, t[:, None] - times)
        return -np.expm1(-since / 20.0) @ changes

    t, v = sim.recorded(recorders[0])
    s = t - 4.0
    if model is LIF:
        kick = np.where(s > 0, 0.5 * np.exp(-s / 20.0), 0.0)
    else:
        kick = np.where(s > 0, 0.5 * 5.0 / -15.0 * (np.exp(-s / 5.0) - np.exp(-s / 20.0)), 0.0)
        g_e, g_i = (sim.recorded(recorder)[1] for recorder in recorders[1:])
        expected = np.where(s > 0, 0.5 * np.exp(-s / 5.0), 0.0)
        np.testing.assert_allclose(g_e, np.tile(expected[:, None], 3), atol=1e-14)
        assert not g_i.any()
    one = 0.1 + kick + response(*steps["one"])
    expected = np.stack([one + response(*steps["other"]), one, one + response(*steps["other"])], 1)
    np.testing.assert_allclose(v, expected, atol=2e-14)


@pytest.mark.parametrize("model", [LIF, LIFExp])
def test_a_current_from_the_start_is_i_offset(model):
    def spikes(offset, current):
        net = postdict.Network(seed=1)
        net.add_population("cells", 20, model(tau_refrac=1.0, i_offset=offset))
        net.add_poisson("e", "cells", rate=PULSES, weight=0.4)
        net.add_poisson("i", "cells", rate=SINE, weight=-0.2)
        net.add_current("current", "cells", current)
        sim = Simulation(net)
        sim.run(1000.0)
        return sim.spikes("cells")

    def steps(*values):
        return Steps([0.0, 200.0, 450.0], values)

    expected = spikes(0.3, steps(0.0, 1.0, 0.25))
    for offset in (0.0, -0.9, 0.8):
        rest = 0.3 - offset
        shifted = spikes(offset, steps(rest, rest + 1.0, rest + 0.25))
        assert len(expected[0]) > 100
        np.testing.assert_allclose(shifted[0], expected[0], rtol=0.0, atol=1e-9)
        assert np.array_equal(shifted[1], expected[1])


# Rates


def kicks(rate, n=100, until=1000.0, change=None, seed=3):
    """Times and neurons of all kicks: each makes its neuron fire."""
    net = postdict.Network(seed=seed)
    net.add_population("cells", n, LIF(v_thresh=0.5))
    net.add_poisson("kicks", "cells", rate=rate, weight=1.0)
    sim = Simulation(net)
    if change:
        sim.run_until(change[0])
        sim.set_rate("kicks", change[1])
    sim.run_until(until)
    assert sim.n_events == sim.spike_count("cells")
    return sim.spikes("cells")


def integral(rate, t):
    """Expected kicks of one neuron up to each of the times t."""
    edges = np.concatenate([rate.times, [np.inf]])
    spent = np.clip(np.subtract.outer(t, edges[:-1]), 0.0, np.diff(edges))
    return 1e-3 * spent @ rate.values


@pytest.mark.parametrize("rate", [PULSES, SINE], ids=["pulses", "sine"])
def test_kicks_follow_the_rate(rate):
    """By the change of time that makes it one of rate 1, and by counts; seeds are fixed."""
    times, ids = kicks(rate)
    expected = 100.0 * np.diff(integral(rate, np.arange(0.0, 1001.0, 25.0)))
    counts, _ = np.histogram(times, np.arange(0.0, 1001.0, 25.0))
    assert not counts[expected == 0].any()
    some = expected > 0
    chi_square = ((counts - expected)[some] ** 2 / expected[some]).sum()
    assert 0.01 < stats.chi2.sf(chi_square, some.sum()) < 0.99
    waits = np.diff(100.0 * integral(rate, times), prepend=0.0)
    assert stats.kstest(waits, "expon").pvalue > 0.01
    assert abs(stats.pearsonr(waits[1:], waits[:-1]).statistic) < 3.0 / math.sqrt(len(waits))
    assert stats.chisquare(np.bincount(ids, minlength=100)).pvalue > 0.01


def assert_same_kicks(one, other):
    assert len(one[0]) > 1000
    np.testing.assert_allclose(one[0], other[0], rtol=1e-12)
    assert np.array_equal(one[1], other[1])


def test_a_rate_in_equal_steps_is_one_rate():
    constant = kicks(150.0)
    for one, other in zip(constant, kicks(Steps([0.0], [150.0])), strict=True):
        assert np.array_equal(one, other)
    assert_same_kicks(constant, kicks(Steps([0.0, 1.0, 444.4], [150.0] * 3)))
    assert_same_kicks(constant, kicks(Steps.sampled(np.full(5000, 150.0), every=0.3)))


def test_a_change_of_rate_that_was_known_is_one_that_was_not():
    known = kicks(Steps([0.0, 500.0], [100.0, 300.0]))
    assert_same_kicks(known, kicks(100.0, change=(500.0, 300.0)))
    assert_same_kicks(known, kicks(100.0, change=(200.0, Steps([0.0, 500.0], [100.0, 300.0]))))
    ended = Steps([0.0, 300.0], [100.0, 0.0])
    assert kicks(ended)[0][-1] < 300.0
    again = Steps([0.0, 300.0, 500.0], [100.0, 0.0, 300.0])
    assert_same_kicks(kicks(again), kicks(ended, change=(400.0, again)))
    for one, other in zip(kicks(again), kicks(again, change=(400.0, again)), strict=True):
        assert np.array_equal(one, other)


def test_inhibitory_kicks_in_steps_reach_g_i():
    times, ids = kicks(PULSES, n=4)  # one stream for one seed and name, whoever is kicked
    net = postdict.Network(seed=3)
    cells = net.add_population("cells", 4, LIFExp(tau_syn_i=8.0))
    net.add_poisson("kicks", cells, rate=PULSES, weight=-0.25)
    g_i, v = (net.record(cells, what, every=10.0) for what in ("i_i", "v"))
    sim = Simulation(net)
    sim.run(1000.0)
    t, values = sim.recorded(g_i)
    since = t[:, None] - times
    each = np.where(since > 0, -0.25 * np.exp(-np.maximum(since, 0.0) / 8.0), 0.0)
    expected = np.stack([each[:, ids == i].sum(1) for i in range(4)], 1)
    assert not values[t <= 100.0].any()
    assert values.min() < -0.5
    np.testing.assert_allclose(values, expected, atol=1e-13)
    assert sim.recorded(v)[1].max() == 0.0


def cells_with_floor():
    net = postdict.Network()
    net.add_population("cells", 3, LIF(v_min=-0.5, i_offset=[0.0, 0.2, 0.0]))
    net.add_poisson("noise", "cells", rate=1.0, weight=1.0)
    net.add_current("current", "cells", Steps([5.0], [-0.3]), ids=[0, 1])
    return net


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"population": "cell"}, ValueError, r"no population is named 'cell'; did you mean"),
        ({"name": "noise"}, ValueError, r"name must be new, got 'noise'"),
        ({"name": "current"}, ValueError, r"name must be new, got 'current'"),
        ({"current": 1.0}, TypeError, r"current must be Steps, got float"),
        ({"ids": [0, 3]}, ValueError, r"ids must be in \[0, 3\), got 3 at \[1\]"),
        ({"ids": [0, -1]}, ValueError, r"ids must be in \[0, 3\), got -1 at \[1\]"),
        (
            {"ids": [2, 1, 2, 1]},
            ValueError,
            r"ids must name each neuron once, got 2 again at \[2\]",
        ),
        ({"ids": []}, ValueError, r"ids must name at least one neuron, got none"),
        ({"ids": [0.5]}, TypeError, r"ids must be integers, got float64"),
        (
            {"current": Steps([0.0, 1.0], [0.1, -0.3])},
            ValueError,
            r"v_min must be at most v_rest \+ i_offset \+ the lowest current, got "
            r"v_min = -0\.5 mV, v_rest \+ i_offset \+ the lowest current = -0\.6 mV \(neuron 0\)",
        ),
    ],
)
def test_currents_that_make_no_sense_are_refused(arguments, error, message):
    net = cells_with_floor()
    given = {"name": "new", "population": "cells", "current": Steps([5.0], [-0.1]), "ids": None}
    with pytest.raises(error, match=message):
        net.add_current(**{**given, **arguments})
    assert len(net.current_sources) == 1
    net.add_current(**given)
    net.add_current("rest", "cells", Steps([5.0], [-0.4]), ids=[2])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1.0, -2.0, -3.0], r"rate must be non-negative, got -2\.0 Hz at \[1\] \(10 ms\)"),
        ([1.0, 1.0, 1e7], r"rate must be at most 1e\+06, got 10000000\.0 Hz at \[2\] \(20 ms\)"),
    ],
)
def test_rates_that_make_no_sense_are_refused(values, message):
    net, rate = cells_with_floor(), Steps.sampled(values, every=10.0)
    with pytest.raises(ValueError, match=message):
        net.add_poisson("new", "cells", rate=rate, weight=1.0)
    with pytest.raises(ValueError, match=message):
        Simulation(net).set_rate("noise", rate)


def test_they_are_shown_and_counted():
    net = cells_with_floor()
    sine = net.add_poisson("sine", "cells", rate=SINE, weight=1.0)
    assert repr(net) == "Network(seed=0: cells[3], noise→cells, sine→cells, current→cells)"
    parts = net.memory().parts
    assert (parts[sine], parts[net.current_sources[0]]) == (16 * 2000, 16 + 4 * 2)
    everybody = net.add_current("all", "cells", Steps([0.0, 9.0], [0.1, 0.0]))
    assert net.memory().parts[everybody] == 16 * 2 + 4 * 3


@pytest.mark.parametrize("neurons", [LIF(tau_m=10.0), LIFExp(tau_m=10.0)])
def test_what_goes_back_to_before_a_current_has_none(tmp_path, neurons):
    net = postdict.Network(seed=1)
    cells = net.add_population("cells", 3, neurons)
    net.add_poisson("noise", cells, rate=200.0, weight=0.4)
    net.add_current("step", cells, Steps([10.0, 30.0], [1.5, 0.6]))
    sim, whole = Simulation(net), Simulation(net)
    sim.run_until(5.0)
    sim.save(tmp_path / "state.npz")
    for later in (20.0, 40.0):
        sim.run_until(later)
        sim.restore(tmp_path / "state.npz")
        again = Simulation.load(tmp_path / "state.npz")
        assert np.array_equal(sim.potentials(cells), again.potentials(cells))
    for one in (sim, whole):
        one.run_until(100.0)
    assert len(whole.spikes(cells)[0]) > 5
    for a, b in zip(sim.spikes(cells), whole.spikes(cells), strict=True):
        assert np.array_equal(a, b)
    assert np.array_equal(sim.potentials(cells), whole.potentials(cells))
