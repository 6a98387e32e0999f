"""Exponential currents: against 50 digits, against the twin, and by hand."""

import copy

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import postdict
from postdict import LIF, LIFExp
from reference.model import DELAYS, Model, both, synapses

TIMES = {  # tau_m, tau_syn_e, tau_syn_i
    "apart": (20.0, 5.0, 10.0),
    "inhibition fast": (20.0, 8.0, 2.0),
    "currents slow": (5.0, 40.0, 25.0),
    "all equal": (12.0, 12.0, 12.0),
    "excitation equal": (10.0, 10.0, 4.0),
    "inhibition nearly equal": (20.0, 3.0, 20.0 * (1 + 1e-9)),
    "excitation close": (20.0, 20.3, 7.0),
    "currents equal": (20.0, 6.0, 6.0),
}


def one_neuron(neurons, duration, *, n, seed=1):
    """A neuron under random excitation and inhibition, and what it received.

    Weights are such that every arrival moves V by about 0.5 or -0.2, whatever the time constants.
    """
    rng = np.random.default_rng(seed)
    net = postdict.Network()
    cell = net.add_population("cell", 1, neurons)
    given = []
    for name, inhibitory, weight in (
        ("e", False, 0.5 * neurons.tau_m / neurons.tau_syn_e),
        ("i", True, 0.2 * neurons.tau_m / neurons.tau_syn_i),
    ):
        times = np.sort(rng.uniform(0.0, 0.9 * duration, n)).round(9)  # whole picoseconds
        source = net.add_spike_source(name, 1, times=times, ids=np.zeros(n, int))
        net.connect(source, cell, weights=weight, axonal_delay=1.0, inhibitory=inhibitory)
        given += [(t + 1.0, -weight if inhibitory else weight) for t in times]
    sim = postdict.Simulation(net)
    sim.run(duration)
    return sim, sorted(given)


class FiftyDigits:
    """The same neuron in 50-digit arithmetic, told the spike times that it is to confirm."""

    def __init__(self, neurons):
        self.tau = [mpmath.mpf(neurons.tau_m)] + [
            mpmath.mpf(t) for t in (neurons.tau_syn_e, neurons.tau_syn_i)
        ]
        self.v_inf = mpmath.mpf(neurons.v_rest) + mpmath.mpf(neurons.i_offset)
        self.threshold = mpmath.mpf(neurons.v_thresh)
        self.v, self.g, self.t = mpmath.mpf(neurons.v_rest), [mpmath.mpf(0)] * 2, mpmath.mpf(0)

    def response(self, s, tau, exp):
        tau_m = self.tau[0]
        if tau == tau_m:
            return s / tau_m * exp(-s / tau_m)
        return tau / (tau - tau_m) * (exp(-s / tau) - exp(-s / tau_m))

    def potential(self, t, exp=mpmath.exp):
        s = t - self.t
        decayed = self.v_inf + (self.v - self.v_inf) * exp(-s / self.tau[0])
        return decayed + sum(
            g * self.response(s, tau, exp) for g, tau in zip(self.g, self.tau[1:], strict=True)
        )

    def on_the_way_to(self, t):
        """V at 38 instants before t, in doubles: enough to see it pass threshold."""
        rough = copy.copy(self)
        rough.tau, rough.g = [float(x) for x in self.tau], [float(x) for x in self.g]
        rough.v, rough.v_inf, rough.t = float(self.v), float(self.v_inf), float(self.t)
        return rough.potential(np.linspace(rough.t, float(t), 40)[1:-1], np.exp)

    def move(self, t):
        self.v = self.potential(t)
        self.g = [
            g * mpmath.exp(-(t - self.t) / tau) for g, tau in zip(self.g, self.tau[1:], strict=True)
        ]
        self.t = t


@pytest.mark.parametrize("name", TIMES)
@pytest.mark.parametrize("drive", [0.0, 1.3])
def test_spike_times_agree_with_fifty_digits(name, drive):
    tau_m, tau_e, tau_i = TIMES[name]
    neurons = LIFExp(tau_m=tau_m, tau_syn_e=tau_e, tau_syn_i=tau_i, i_offset=drive)
    sim, given = one_neuron(neurons, 600.0, n=int(2400 / tau_m))
    spikes = list(sim.spikes("cell")[0][:40])
    assert len(spikes) > 8
    with mpmath.workdps(50):
        exact = FiftyDigits(neurons)
        events = [e for e in given if e[0] < spikes[-1]] + [(t, None) for t in spikes]
        for t, weight in sorted(events, key=lambda event: event[0]):
            assert exact.on_the_way_to(t).max() < neurons.v_thresh
            t = mpmath.mpf(t)
            if weight is None:
                crossing = mpmath.findroot(lambda s: exact.potential(s) - exact.threshold, t)
                assert abs(t - crossing) < 0.5e-9 + 1e-10  # the nearest picosecond
                t = crossing
            exact.move(t)
            if weight is None:
                exact.v = mpmath.mpf(0)
            else:
                exact.g[int(weight < 0)] += mpmath.mpf(weight)


@st.composite
def networks(draw):
    """Mixed populations, ties frequent, plastic inhibition among them."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size = draw(st.integers(1, 3))
    tau_m, tau_e, tau_i = TIMES[draw(st.sampled_from(sorted(TIMES)))]
    spread = rng.uniform(0.9, 1.1, size if draw(st.booleans()) else None)
    cells = {
        "tau_m": tau_m * spread,
        "tau_syn_e": tau_e * spread,
        "tau_syn_i": tau_i * spread,
        "tau_refrac": draw(st.sampled_from([0.0, 2.0])),
        "i_offset": draw(st.sampled_from([0.0, 0.61, 1.37])),
        "v_reset": -0.3,
    }
    model = Model(
        populations={
            "cells": (size, cells),
            "delta": (2, {"tau_m": 15.0, "i_offset": 0.47, "tau_refrac": 1.0}),
        }
    )
    n = draw(st.integers(0, 40))
    times = draw(st.sampled_from([0.5, 0.013])) * rng.integers(0, 100, n)
    model.sources["input"] = (2, times, rng.integers(0, 2, n))
    kick = draw(st.sampled_from([0.7, -0.4])) * tau_m
    model.noise["kicks"] = ("cells", 60.0, kick / (tau_e if kick > 0 else tau_i))
    rule = {"eta": 0.03, "A_plus": 1.0, "A_minus": 0.8, "tau_plus": 17.0, "tau_minus": 11.0}
    for pre, post, n_pre, n_post, inhibitory, plastic in (
        ("input", "cells", 2, size, False, False),
        ("input", "cells", 2, size, True, True),
        ("input", "delta", 2, 2, False, False),
        ("cells", "delta", size, 2, False, False),
        ("delta", "cells", 2, size, True, True),
        ("cells", "cells", size, size, False, True),
    ):
        weights = rng.uniform(0.0, 0.6, (n_post, n_pre))
        if post == "cells":
            weights *= tau_m / (tau_i if inhibitory else tau_e)
        if pre == post:
            weights *= 0.3
        delay = draw(st.sampled_from(DELAYS))
        model.projections.append(
            synapses(pre, post, weights, delay, inhibitory, rule if plastic else None)
        )
    return model


@settings(max_examples=settings.default.max_examples // 5)
@given(networks())
def test_random_networks_are_those_of_the_twin(model):
    both(model)


@pytest.mark.parametrize(("surplus", "n_spikes"), [(1e-7, 1), (-1e-7, 0)])
def test_a_double_crossing_between_two_inputs_is_not_missed(surplus, n_spikes):
    # One kick lifts V just over threshold (or just not) and lets it fall again before the next.
    tau_m, tau_e = 20.0, 2.0
    s = np.log(tau_m / tau_e) * tau_m * tau_e / (tau_m - tau_e)
    peak = tau_e / (tau_m - tau_e) * (np.exp(-s / tau_m) - np.exp(-s / tau_e))
    net = postdict.Network()
    cell = net.add_population("cell", 1, LIFExp(tau_m=tau_m, tau_syn_e=tau_e))
    kick = net.add_spike_source("kick", 1, times=[0.0], ids=[0])
    late = net.add_spike_source("late", 1, times=[50.0], ids=[0])
    net.connect(kick, cell, weights=(1.0 + surplus) / peak)
    net.connect(late, cell, weights=0.1)
    sim = postdict.Simulation(net)
    sim.run(200.0)
    times, _ = sim.spikes("cell")
    assert len(times) == n_spikes
    assert np.all(np.abs(times - 1.0 - s) < 0.01)


def test_inhibition_never_makes_a_neuron_fire_and_delays_a_predicted_spike():
    def first_spike(inhibition):
        net = postdict.Network()
        cell = net.add_population("cell", 1, LIFExp(i_offset=1.2))
        source = net.add_spike_source("i", 1, times=[20.0], ids=[0])
        net.connect(source, cell, weights=inhibition, inhibitory=True)
        sim = postdict.Simulation(net)
        sim.run(200.0)
        return sim.spikes("cell")[0][0]

    assert first_spike(0.0) == pytest.approx(20.0 * np.log(1.2 / 0.2), abs=0.5e-9 + 1e-11)
    assert first_spike(0.5) > first_spike(0.1) > first_spike(0.0)


def test_currents_and_potential_are_sampled_exactly():
    net = postdict.Network()
    cell = net.add_population("cell", 2, LIFExp(v_thresh=50.0))
    source = net.add_spike_source("s", 1, times=[4.0], ids=[0])
    net.connect(source, cell, weights=2.0)
    net.connect(source, cell, weights=3.0, inhibitory=True)
    recorders = [net.record(cell, what, every=1.0, ids=[1]) for what in ("i_e", "i_i", "v")]
    sim = postdict.Simulation(net)
    sim.run(30.0)
    (t, e), (_, i), (_, v) = (sim.recorded(one) for one in recorders)
    after = np.maximum(t - 5.0, 0.0)
    np.testing.assert_allclose(e[:, 0], np.where(t > 5, 2 * np.exp(-after / 5), 0), atol=1e-14)
    np.testing.assert_allclose(i[:, 0], np.where(t > 5, -3 * np.exp(-after / 10), 0), atol=1e-14)
    m, fast, slow = (np.exp(-after / tau) for tau in (20.0, 5.0, 10.0))
    np.testing.assert_allclose(
        v[:, 0], 2 * 5 / 15 * (m - fast) - 3 * 10 / 10 * (m - slow), atol=1e-13
    )


def test_a_run_in_pieces_and_from_checkpoints_gives_the_same_bits(tmp_path):
    def network():
        net = postdict.Network(seed=3)
        cells = net.add_population("cells", 5, LIFExp(tau_refrac=2.0))
        net.add_poisson("e", cells, rate=900.0, weight=0.9)
        net.add_poisson("i", cells, rate=300.0, weight=-0.7)
        rule = postdict.AntisymmetricSTDP(eta=0.01)
        net.connect(cells, cells, weights=0.2, inhibitory=True, plasticity=rule)
        return net

    net = network()
    whole, parts = postdict.Simulation(net), postdict.Simulation(net)
    whole.run(3000.0)
    rng = np.random.default_rng(1)
    while parts.time < 3000.0:
        parts.run_until(min(3000.0, parts.time + rng.exponential(60.0)))
        parts.potentials("cells")
        parts.save(tmp_path / "state.npz")
        parts = postdict.Simulation.load(tmp_path / "state.npz")
    assert len(whole.spikes("cells")[0]) > 100
    for one, other in zip(whole.spikes("cells"), parts.spikes("cells"), strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(
        whole.weights(net.projections[0]), parts.weights(net.projections[0])
    )


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"tau_syn_e": 0.0}, "tau_syn_e must be positive, got 0.0 ms"),
        ({"tau_syn_i": [5.0, -1.0]}, "tau_syn_i must be positive, got -1.0 ms"),
        ({"v_thresh": -1.0}, "v_thresh must be above v_reset"),
        ({"v_init": 1.0}, "v_init must be below v_thresh"),
    ],
)
def test_impossible_parameters_are_refused(parameters, message):
    with pytest.raises(ValueError, match=message):
        LIFExp(**parameters)


def test_what_a_delta_neuron_has_not_cannot_be_recorded():
    net = postdict.Network()
    cells = net.add_population("cells", 2, LIF())
    with pytest.raises(TypeError, match="variable 'i_e' needs neurons of the model LIFExp"):
        net.record(cells, "i_e", every=1.0)


def bursts(neurons, starts=(10.0, 5_010.0, 400_010.0)):
    """The same burst again and again, with silence between."""
    net = postdict.Network()
    cells = net.add_population("cells", 20, neurons)
    burst = np.sort(np.random.default_rng(5).uniform(0.0, 60.0, 80))
    times = np.concatenate([start + burst for start in starts])
    net.add_spike_source("source", 1, times=times, ids=np.zeros(len(times), int))
    weights = np.linspace(0.2, 1.5, 20)[:, None]
    net.connect("source", cells, weights=weights)
    net.connect("source", cells, weights=0.4 * weights, inhibitory=True, axonal_delay=3.0)
    return net, starts


@pytest.mark.parametrize(
    "neurons",
    [LIFExp(), LIFExp(tau_m=np.linspace(5.0, 30.0, 20), tau_refrac=4.0), LIFExp(v_init=0.9)],
    ids=["shared", "own", "started"],
)
def test_neurons_that_rest_are_not_looked_at_and_wake_as_they_would_have_been(tmp_path, neurons):
    net, starts = bursts(neurons)
    sim, parts = postdict.Simulation(net), postdict.Simulation(net)
    sim.run_until(500_000.0)
    for pause in (40.0, 300.0, 1000.0, 4999.9, 5012.0, 250_000.0, 400_010.0, 500_000.0):
        parts.run_until(pause)
        parts.save(tmp_path / "state.npz")
        parts = postdict.Simulation.load(tmp_path / "state.npz")
    assert np.array_equal(sim.spikes("cells"), parts.spikes("cells"))
    looks = sim.search_work("cells")["looks"]
    assert looks < 20 * 4000  # of 20 * 200_000 horizons
    first, *others = (
        [each[sel] for each in sim.spikes("cells")]
        for start in starts
        for sel in [(sim.spikes("cells")[0] >= start) & (sim.spikes("cells")[0] < start + 1000.0)]
    )
    assert len(first[0]) > 30
    if neurons.v_init is None:
        others.append(first)
    for times, ids in others[1:]:
        assert np.array_equal(ids, others[0][1])
        assert np.allclose(times - times[0], others[0][0] - others[0][0][0], rtol=0, atol=1e-8)


def test_a_current_wakes_neurons_that_rest():
    net = postdict.Network()
    net.add_population("cells", 3, LIFExp())
    net.add_current("step", "cells", postdict.Steps([100_000.0, 100_100.0], [1.5, 0.0]), ids=[1])
    sim = postdict.Simulation(net)
    sim.run_until(200_000.0)
    times, ids = sim.spikes("cells")
    period = 20.0 * np.log(1.5 / 0.5)
    assert np.allclose(times, 100_000.0 + period * np.arange(1, len(times) + 1), atol=1e-8)
    assert len(times) == int(100.0 / period)
    assert set(ids) == {1}
    assert sim.search_work("cells")["looks"] < 3 * 1000
