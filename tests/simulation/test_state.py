"""What is set between runs: potentials, currents, seeds, weights; what was recorded, taken away."""

import numpy as np
import pytest

import postdict
from postdict import LIF, AntisymmetricSTDP, LIFCond, LIFExp, Simulation, Steps

RULE = AntisymmetricSTDP(eta=0.02, A_minus=0.9, w_max=0.8)
MODELS = {
    "LIF": LIF(tau_m=12.0, tau_refrac=3.0, i_offset=[1.4, 0.0, 0.5, 0.0]),
    "LIFExp": LIFExp(tau_m=12.0, tau_refrac=3.0, i_offset=[1.4, 0.0, 0.5, 0.0]),
    "LIFCond": LIFCond(tau_m=12.0, tau_refrac=3.0, i_offset=[14.0, 0.0, 5.0, 0.0]),
}


def network(model="LIF", seed=5):
    neurons = MODELS[model]
    net = postdict.Network(seed=seed)
    net.add_population("cells", 4, neurons)
    net.add_poisson("noise", "cells", rate=800.0, weight=0.15)
    net.add_current("pulse", "cells", Steps([100.0], [0.2]), ids=[1, 3])
    net.connect("cells", "cells", weights=np.full((4, 4), 0.1), plasticity=RULE)
    return net


def outcome(sim):
    return (*sim.spikes("cells"), sim.potentials("cells"), sim.weights("cells->cells"))


def same(a, b):
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


@pytest.mark.parametrize("model", MODELS)
def test_a_potential_that_is_set_decays_from_there(model):
    neurons = type(MODELS[model])(tau_m=12.0)
    net = postdict.Network()
    net.add_population("cells", 4, neurons)
    sim = Simulation(net)
    sim.run(37.0)
    rest = sim.potentials("cells")
    v = rest + np.array([-3.0, -0.5, 0.25, 0.9])
    sim.set_potentials("cells", v)
    np.testing.assert_allclose(sim.potentials("cells"), v, rtol=1e-14)
    sim.run(5.0)
    expected = rest + (v - rest) * np.exp(-5.0 / 12.0)
    np.testing.assert_allclose(sim.potentials("cells"), expected, rtol=1e-12)
    sim.set_potentials(net["cells"][2:], rest[0])
    np.testing.assert_allclose(sim.potentials("cells")[2:], rest[2:], rtol=1e-14)


@pytest.mark.parametrize("model", MODELS)
def test_a_driven_neuron_fires_when_it_should_from_where_it_was_set(model):
    scale, rest = (10.0, -60.0) if model == "LIFCond" else (1.0, 0.0)
    net = postdict.Network()
    neurons = type(MODELS[model])(tau_m=20.0, tau_refrac=5.0, i_offset=1.5 * scale)
    net.add_population("cell", 1, neurons)
    sim = Simulation(net)
    sim.run(30.0)  # it fired at 20 log 3 = 21.97 ms, and rests until 26.97
    sim.set_potentials("cell", rest + 0.5 * scale)
    sim.run(40.0)
    times, _ = sim.spikes("cell", start=30.0)
    assert times[0] == pytest.approx(30.0 + 20.0 * np.log(1.0 / 0.5), abs=1e-6)
    fresh = Simulation(net)
    fresh.run(23.0)
    fresh.set_potentials("cell", rest + 0.9 * scale)  # refractory no longer
    fresh.run(40.0)
    first = fresh.spikes("cell", start=23.0)[0][0]
    assert first == pytest.approx(23.0 + 20.0 * np.log(0.6 / 0.5), abs=1e-6)


@pytest.mark.parametrize("model", MODELS)
def test_changes_and_files_do_not_depend_on_how_a_run_is_divided(tmp_path, model):
    def change(sim):
        low = sim.potentials("cells") - 0.3
        thresh = -50.0 if model == "LIFCond" else 1.0
        sim.set_potentials("cells", np.minimum(low, thresh - 0.1))
        sim.set_current("pulse", Steps([0.0, 220.0, 250.0], [0.4, 0.0, 0.6]))

    whole, parts = Simulation(network(model)), Simulation(network(model))
    whole.run_until(200.0)
    change(whole)
    whole.run_until(400.0)
    for t in (13.0, 150.0, 200.0):
        parts.run_until(t)
    change(parts)
    parts.save(tmp_path / "state.npz")
    parts = Simulation.load(tmp_path / "state.npz")
    for t in (200.5, 220.0, 260.0, 400.0):
        parts.run_until(t)
    assert same(outcome(whole), outcome(parts))
    assert len(whole.spikes("cells")[0]) > 10


def test_a_current_that_is_set_acts_as_if_it_had_been_declared():
    new = Steps([0.0, 50.0, 120.0], [0.5, 1.5, 0.0])
    sims = []
    for first in (new, Steps([0.0], [0.5])):
        net = postdict.Network()
        net.add_population("cells", 3, LIF())
        net.add_current("pulse", "cells", first, ids=[0, 2])
        sims.append(Simulation(net))
    for sim in sims:
        sim.run(50.0)
    sims[1].set_current("pulse", new)
    for sim in sims:
        sim.run(100.0)
    assert same(sims[0].spikes("cells"), sims[1].spikes("cells"))
    assert np.array_equal(sims[0].potentials("cells"), sims[1].potentials("cells"))


@pytest.mark.parametrize("model", MODELS)
def test_a_seed_gives_new_noise_from_a_saved_state_and_leaves_the_rest(tmp_path, model):
    sim = Simulation(network(model))
    sim.run(200.0)
    sim.save(tmp_path / "state.npz")
    before = outcome(sim)
    branches = []
    for seed in (1, 1, 2, None):
        branch = Simulation.load(tmp_path / "state.npz", seed=seed)
        assert same(before, outcome(branch))
        branch.run(200.0)
        branches.append(outcome(branch))
    sim.run(200.0)
    assert same(branches[0], branches[1])
    assert not same(branches[0], branches[2])
    assert not same(branches[0], branches[3])
    assert same(branches[3], outcome(sim))
    sim.restore(tmp_path / "state.npz", seed=2)
    sim.run(200.0)
    assert same(branches[2], outcome(sim))
    sim.restore(tmp_path / "state.npz")
    sim.run(200.0)
    assert same(branches[3], outcome(sim))


def test_the_seed_of_the_network_does_not_repeat_its_beginning(tmp_path):
    net = postdict.Network(seed=5)
    net.add_population("cells", 3, LIF())
    net.add_poisson("noise", "cells", rate=50.0, weight=2.0)
    sim = Simulation(net)
    sim.run(500.0)
    sim.save(tmp_path / "state.npz")
    branch = Simulation.load(tmp_path / "state.npz", seed=5)
    branch.run(500.0)
    n = len(branch.spikes("cells", start=500.0)[0])
    times, later = sim.spikes("cells")[0], branch.spikes("cells", start=500.0)[0] - 500.0
    assert n > 20
    assert not np.isclose(times[:10], later[:10]).any()
    counts = [Simulation.load(tmp_path / "state.npz", seed=k) for k in range(200)]
    for sim in counts:
        sim.run(100.0)
    n = [sim.spike_count("cells") - branch.spike_count("cells") + len(later) for sim in counts]
    assert np.mean(n) == pytest.approx(15.0, abs=1.2)  # 3 neurons, 50 Hz, 0.1 s; 4 sigma


def test_spikes_that_are_taken_are_forgotten():
    sim, whole = Simulation(network(), max_recorded_spikes=60), Simulation(network())
    taken = []
    for _ in range(20):
        sim.run(50.0)
        taken.append(sim.take_spikes("cells"))
        assert len(sim.spikes("cells")[0]) == 0
    whole.run(1000.0)
    joined = tuple(np.concatenate(part) for part in zip(*taken, strict=True))
    assert len(joined[0]) > 60
    assert same(joined, whole.spikes("cells"))
    assert sim.spike_count("cells") == whole.spike_count("cells")


def test_a_simulation_begins_with_weights_that_were_learned(tmp_path):
    sim = Simulation(network())
    sim.run(500.0)
    learned = sim.weights("cells->cells")
    for weights in (sim, {"cells->cells": learned}, {sim.network.projections[0]: learned}):
        fresh = Simulation(network(seed=9), weights=weights)
        assert np.array_equal(fresh.weights("cells->cells"), learned)
        assert fresh.time == 0.0
    with pytest.raises(ValueError, match="did you mean 'cells->cells'"):
        Simulation(network(), weights={"cells-cells": learned})
    with pytest.raises(TypeError, match="weights must be a dict by projection"):
        Simulation(network(), weights=learned)


@pytest.mark.parametrize(
    ("v", "message"),
    [
        (1.0, r"potentials must be below v_thresh = 1 mV, got 1 mV at \[0\]"),
        ([0.0, 0.0, 0.0, 2.0], r"potentials must be below v_thresh = 1 mV, got 2 mV at \[3\]"),
        (-0.75, r"potentials must be at least v_min = -0.5 mV, got -0.75 mV at \[0\]"),
        ([0.0, 1.0], r"potentials must be one number or one per neuron \(4\), got shape \(2,\)"),
        (np.nan, "potentials must be finite"),
    ],
)
def test_wrong_potentials_are_refused(v, message):
    net = postdict.Network()
    net.add_population("cells", 4, LIF(v_min=-0.5))
    sim = Simulation(net)
    with pytest.raises(ValueError, match=message):
        sim.set_potentials("cells", v)
    assert np.array_equal(sim.potentials("cells"), np.zeros(4))
