"""Synapses given singly, as the engine runs them: the same network in every form is the same."""

import subprocess
import sys

import numpy as np
import pytest
import scipy.sparse

import postdict
from postdict import (
    LIF,
    AntisymmetricSTDP,
    CausalSTDP,
    LIFExp,
    Simulation,
    Triplets,
    VogelsSTDP,
    all_to_all,
    fixed_probability,
)

RULES = {
    "fixed": None,
    "antisymmetric": AntisymmetricSTDP(0.01, A_minus=0.8, w_max=0.4),
    "vogels": VogelsSTDP(0.01, rho=20.0, w_max=0.4),
    "causal": CausalSTDP(0.01, bias=0.3, w_max=0.4),
}
N = 6
DURATION = 400.0


def draw(rng, n):
    return rng.uniform(0.1, 0.3, n)


DRAWN = fixed_probability(N, N, 0.4, weight=draw, seed=3)
SHUFFLED = np.random.default_rng(1).permutation(DRAWN.n_synapses)
TRIPLETS = Triplets(DRAWN.pre[SHUFFLED], DRAWN.post[SHUFFLED], DRAWN.weight[SHUFFLED])
DELAYS = 1.0 + 0.5 * (np.arange(DRAWN.n_synapses) % 3)
MATRIX = draw(np.random.default_rng(2), (N, N))
COORDINATES = (DRAWN.weight[SHUFFLED], (TRIPLETS.post, TRIPLETS.pre))
FORMS = {  # weights, delays
    "triplets": (TRIPLETS, 1.5),
    "delayed triplets": (TRIPLETS, DELAYS),
    "one number": (Triplets(TRIPLETS.pre, TRIPLETS.post, 0.2), 1.5),
    "delayed matrix": (MATRIX, 1.0 + (np.arange(N * N) % 4).reshape(N, N)),
    "delayed number": (0.2, 1.0 + (np.arange(N * N) % 4).reshape(N, N)),
    "csr": (scipy.sparse.coo_array(COORDINATES, shape=(N, N)).tocsr(), 1.5),
    "delayed coo": (scipy.sparse.coo_matrix(COORDINATES, shape=(N, N)), DELAYS),
}


def network(weights, delay=1.5, rule=None, neurons=None, **arguments):
    net = postdict.Network(seed=5)
    net.add_population("cells", N, neurons or LIF())
    net.add_poisson("drive", "cells", rate=2500.0, weight=0.12)
    net.connect("cells", "cells", weights=weights, axonal_delay=delay, plasticity=rule, **arguments)
    return net


def numbers(weights):
    """Weights of any form as one array."""
    if isinstance(weights, Triplets):
        return np.asarray(weights.weight)
    return weights.toarray() if hasattr(weights, "tocoo") else np.asarray(weights)


def each(weights):
    """Weights of any form as `recorded` has them."""
    return weights.tocoo().data if hasattr(weights, "tocoo") else numbers(weights)


def assert_same_run(one, other, tolerance=0.0):
    assert one.spike_count("cells") == other.spike_count("cells") > 50
    for values, expected in zip(one.spikes("cells"), other.spikes("cells"), strict=True):
        np.testing.assert_allclose(values, expected, rtol=0, atol=tolerance)
    values, expected = one.potentials("cells"), other.potentials("cells")
    np.testing.assert_allclose(values, expected, rtol=0, atol=tolerance)
    assert one.n_events == other.n_events


@pytest.mark.parametrize("rule", ["fixed", "vogels"])
@pytest.mark.parametrize("form", FORMS)
def test_weights_come_back_in_the_form_given(form, rule):
    weights, delay = FORMS[form]
    net = network(weights, delay, RULES[rule])
    (projection,) = net.projections
    sim = Simulation(net)
    before = sim.weights(projection)
    assert type(before) is type(net.weights(projection))
    assert np.array_equal(numbers(before), numbers(net.weights(projection)))
    sim.run(DURATION)
    after = sim.weights(projection)
    assert type(after) is type(before)
    assert np.array_equal(numbers(after), numbers(before)) == (rule == "fixed")
    if isinstance(after, Triplets):
        assert np.array_equal(after.pre, TRIPLETS.pre)
        assert np.array_equal(after.post, TRIPLETS.post)
    if hasattr(after, "tocoo"):
        assert after.format == weights.format
    sim.set_weights(projection, before)
    assert np.array_equal(numbers(sim.weights(projection)), numbers(before))
    sim.set_weights(projection, 0.25)
    assert np.isin(numbers(sim.weights(projection)), [0.0, 0.25]).all()


@pytest.mark.parametrize("neurons", [LIF(), LIFExp()], ids=["delta", "exponential"])
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("inhibitory", [True, False])
def test_a_matrix_and_its_synapses_given_singly_are_one_network(rule, neurons, inhibitory):
    rule = RULES[rule]
    by_source = all_to_all(N, N, weight=MATRIX.T.ravel())
    order = np.random.default_rng(7).permutation(N * N)
    shuffled = Triplets(by_source.pre[order], by_source.post[order], by_source.weight[order])
    forms = [MATRIX, by_source, shuffled, scipy.sparse.csc_array(MATRIX)]
    sims = [Simulation(network(w, 1.5, rule, neurons, inhibitory=inhibitory)) for w in forms]
    for sim in sims:
        sim.run(DURATION)
    dense, *others = sims
    expected = dense.weights(dense.network.projections[0])
    for sim in others:
        assert_same_run(sim, dense, 1e-9)
        weights = sim.weights(sim.network.projections[0])
        if isinstance(weights, Triplets):
            values = scipy.sparse.coo_array((weights.weight, (weights.post, weights.pre)))
        else:
            values = weights
        np.testing.assert_allclose(values.toarray(), expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("plastic", [False, True])
def test_delays_by_synapse_are_projections_by_delay(plastic):
    """One projection with three delays, and three with one each."""
    rule = RULES["antisymmetric"] if plastic else None
    together = network(TRIPLETS, DELAYS, rule)
    apart = postdict.Network(seed=5)
    apart.add_population("cells", N, LIF())
    apart.add_poisson("drive", "cells", rate=2500.0, weight=0.12)
    for delay in np.unique(DELAYS):
        k = delay == DELAYS
        synapses = Triplets(TRIPLETS.pre[k], TRIPLETS.post[k], TRIPLETS.weight[k])
        apart.connect("cells", "cells", weights=synapses, axonal_delay=delay, plasticity=rule)
    one, other = Simulation(together), Simulation(apart)
    one.run(DURATION)
    other.run(DURATION)
    assert_same_run(one, other, 1e-9)
    weights = one.weights(together.projections[0]).weight
    for projection in apart.projections:
        expected = other.weights(projection).weight
        np.testing.assert_allclose(
            weights[projection.axonal_delay == DELAYS], expected, rtol=0, atol=1e-9
        )


def potentials(pre, post, weights, delays, at, *, n=2, spikes=((1.0, 0),), **arguments):
    net = postdict.Network()
    cells = net.add_population("cells", n, LIF(tau_m=1e9, v_thresh=100.0))
    times, ids = zip(*spikes, strict=True)
    net.add_spike_source("source", n, times=times, ids=ids)
    net.connect(
        "source", cells, weights=Triplets(pre, post, weights), axonal_delay=delays, **arguments
    )
    sim = Simulation(net)
    sim.run_until(at)
    return sim.potentials(cells).round(6).tolist(), sim.n_events


def test_several_synapses_of_a_pair_each_act():
    pair = [0, 0], [1, 1]
    assert potentials(*pair, [0.25, 0.5], 1.0, at=3.0) == ([0.0, 0.75], 2)
    assert potentials(*pair, 0.25, 1.0, at=3.0) == ([0.0, 0.5], 2)
    assert potentials(*pair, [0.25, 0.5], [1.0, 4.0], at=3.0) == ([0.0, 0.25], 1)
    assert potentials(*pair, [0.25, 0.5], [4.0, 1.0], at=3.0) == ([0.0, 0.5], 1)
    assert potentials(*pair, [0.25, 0.5], [1.0, 4.0], at=6.0) == ([0.0, 0.75], 2)


def test_arrivals_are_at_their_own_delays():
    arguments = [0, 0, 1], [0, 1, 0], [1.0, 2.0, 4.0], [0.5, 2.0, 1.0]
    spikes = [(1.0, 0), (1.5, 1), (2.0, 0)]
    for at, expected in [(1.5, 0), (2.0, 1), (2.5, 1), (2.6, 6), (3.5, 6)]:
        cell_0 = potentials(*arguments, at=at, spikes=spikes)[0][0]
        assert cell_0 == expected, at
    assert potentials(*arguments, at=3.0, spikes=spikes)[0][1] == 0.0
    assert potentials(*arguments, at=3.5, spikes=spikes)[0][1] == 2.0
    assert potentials(*arguments, at=4.5, spikes=spikes) == ([6.0, 4.0], 5)


def test_several_synapses_of_a_pair_each_learn():
    rule = RULES["causal"]
    net = postdict.Network()
    net.add_population("cell", 1, LIF())
    net.add_spike_source("source", 1, times=[5.0], ids=[0])
    net.add_spike_source("teacher", 1, times=[14.0], ids=[0])
    net.connect("teacher", "cell", weights=2.0)
    plastic = net.connect(
        "source",
        "cell",
        weights=Triplets([0, 0, 0], [0, 0, 0], [0.1, 0.2, 0.3]),
        axonal_delay=[1.0, 4.0, 30.0],
        inhibitory=True,
        plasticity=rule,
    )
    sim = Simulation(net)
    sim.run(20.0)
    learned = sim.weights(plastic).weight - [0.1, 0.2, 0.3]
    changes = rule.window([9.0, 6.0]) + rule.per_arrival
    assert learned == pytest.approx([*changes, 0.0], abs=1e-15)


def test_an_autapse_returns_a_neurons_own_spike():
    net = postdict.Network()
    net.add_population("cells", 3, LIF(tau_m=1e9))
    net.add_spike_source("start", 3, times=[0.0], ids=[1])
    net.connect("start", "cells", weights=postdict.one_to_one(3, weight=1.0))
    net.connect("cells", "cells", weights=Triplets([1], [1], 1.0), axonal_delay=2.0)
    sim = Simulation(net)
    sim.run(10.0)
    times, ids = sim.spikes("cells")
    assert times.tolist() == [1.0, 3.0, 5.0, 7.0, 9.0]
    assert set(ids.tolist()) == {1}


@pytest.mark.parametrize("delay", [1.0, []])
def test_a_projection_without_synapses_does_nothing(delay):
    for rule in RULES.values():
        silent, bare = network(Triplets([], [], []), delay, rule), network(Triplets([], [], []))
        one, other = Simulation(silent), Simulation(bare)
        one.run(DURATION)
        other.run(DURATION)
        assert_same_run(one, other)
        assert one.weights(silent.projections[0]).n_synapses == 0


@pytest.mark.parametrize("form", FORMS)
def test_recorded_weights_are_in_the_order_given(form):
    weights, delay = FORMS[form]
    net = network(weights, delay, RULES["antisymmetric"])
    (projection,) = net.projections
    recorder = net.record(projection, "weights", every=100.0)
    sim = Simulation(net)
    sim.run(200.0)
    times, values = sim.recorded(recorder)
    assert times.tolist() == [0.0, 100.0, 200.0]
    assert np.array_equal(values[0], each(net.weights(projection)))
    assert np.array_equal(values[2], each(sim.weights(projection)))
    sim.set_weights(projection, values[1])
    assert np.array_equal(each(sim.weights(projection)), values[1])


@pytest.mark.parametrize("weights", [MATRIX, TRIPLETS], ids=["matrix", "triplets"])
@pytest.mark.parametrize("rule", RULES)
def test_single_precision_rounds_weights_and_little_else(weights, rule):
    single = network(weights, 1.5, RULES[rule], precision="single", inhibitory=True)
    double = network(weights, 1.5, RULES[rule], inhibitory=True)
    one, other = Simulation(single), Simulation(double)
    one.run(DURATION)
    other.run(DURATION)
    assert_same_run(one, other, 1e-5)
    values = numbers(one.weights(single.projections[0]))
    assert np.array_equal(values, values.astype(np.float32))
    expected = numbers(other.weights(double.projections[0]))
    np.testing.assert_allclose(values, expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("form", FORMS)
def test_a_run_goes_on_in_a_new_process_to_the_last_bit(tmp_path, form, rule):
    weights, delay = FORMS[form]
    net = network(weights, delay, RULES[rule], dendritic_delay=0.5)
    (projection,) = net.projections
    whole, half = Simulation(net), Simulation(net)
    whole.run(2 * DURATION)
    half.run(DURATION)
    path = tmp_path / "state.npz"
    half.save(path)
    program = (
        "import sys, postdict; sim = postdict.Simulation.load(sys.argv[1]);"
        f"sim.run({DURATION}); sim.save(sys.argv[1]); assert 'scipy' not in sys.modules"
    )
    command = [sys.executable, "-W", "error", "-W", "ignore:the recorder", "-c", program, str(path)]
    subprocess.run(command, check=True, timeout=60.0)
    gone_on = Simulation.load(path)
    assert_same_run(gone_on, whole)
    back = gone_on.weights(projection)
    assert type(back) is type(whole.weights(projection))
    assert np.array_equal(numbers(back), numbers(whole.weights(projection)))
    whole.save(tmp_path / "whole.npz")
    assert (tmp_path / "whole.npz").read_bytes() == path.read_bytes()
