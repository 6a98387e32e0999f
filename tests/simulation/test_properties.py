"""What must hold for every network, whatever its results: symmetries, bounds, forms, pauses."""

import contextlib
import pickle  # noqa: TID251 -- our own objects: this is save and load, in memory
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import postdict
from reference.by_engine import numbers
from reference.model import assert_same, engine
from reference.strategies import FEATURES, engine_unless_too_busy, models
from reference.strategies_drawing import exact_times
from reference.transforms import (
    divided,
    matrices_as_triplets,
    on_even_picoseconds,
    permuted,
    scaled,
    unscaled,
)

some = settings(max_examples=settings.default.max_examples // 2)


def rounding(model):
    """How far apart two orders of the same sums may lead."""
    # A drive that hardly passes the threshold turns 1e-15 mV into 1e-13 ms, again and again.
    return 1e-12 if exact_times(model) else 1e-9


@some
@given(models(FEATURES))
def test_weights_stay_within_their_bounds(model):
    outcome = engine_unless_too_busy(model)
    for (_, what), values in outcome.readings.items():
        for k, p in enumerate(model.projections):
            if f"weights of projection {k} " in what and (p["rule"] or p["to"]["inhibitory"]):
                high = p["rule"]["w_max"] if p["rule"] else np.inf
                assert np.all((values >= 0.0) & (values <= high)), what


@some
@given(models(FEATURES), st.sampled_from([0.5, 2.0, 8.0]))
def test_time_has_no_unit_but_the_picosecond(model, factor):
    model = on_even_picoseconds(model)  # else a step that is rounded anew would move what follows
    outcome = engine_unless_too_busy(model)
    tolerance = 1e-8 + rounding(model)
    assert_same(unscaled(engine(scaled(model, factor)), factor), outcome, tolerance)


@some
@given(models(set(FEATURES) - {"steps"}), st.randoms(use_true_random=False))
def test_neurons_have_no_order(model, random):
    model = replace(model, noise={})
    outcome = engine_unless_too_busy(model)
    other, restore = permuted(model, random)
    assert_same(restore(engine(other)), outcome, rounding(model))


@some
@given(models(FEATURES), st.randoms(use_true_random=False))
def test_order_and_division_of_projections_change_rounding_only(model, random):
    outcome = engine_unless_too_busy(model)
    other, restore = divided(model, random)
    assert_same(restore(engine(other)), outcome, rounding(model))


@some
@given(models(set(FEATURES) - {"sparse"}))
def test_a_matrix_and_all_its_triplets_act_alike(model):
    outcome = engine_unless_too_busy(model)
    other, restore = matrices_as_triplets(model)
    assert_same(restore(engine(other)), outcome, rounding(model))


@some
@given(models(FEATURES), st.lists(st.integers(0, 255), max_size=12), st.booleans())
def test_pauses_readings_and_checkpoints_change_nothing(model, stops, on_grid):
    def visit(sim):
        for projection in sim.network.projections:
            numbers(sim.weights(projection))
            with contextlib.suppress(ValueError):  # it has no plasticity, or is not accounted
                sim.fluxes(projection)
        for population in model.populations:
            sim.potentials(population)
        for recorder in sim.network.recorders:
            sim.recorded(recorder)
        return pickle.loads(pickle.dumps(sim)) if sim.n_events % 2 else sim

    shift = 0.0 if on_grid else 0.1377  # stops at events of the grid, or between them
    outcome = engine_unless_too_busy(model)
    paused = engine(model, stops=[0.25 * k + shift for k in stops], visit=visit)
    assert_same(paused, outcome, tolerance=0.0)


RULES = {
    "antisymmetric": ("AntisymmetricSTDP", {"A_minus": 0.7, "tau_minus": 15.0}),
    "Vogels": ("VogelsSTDP", {"rho": 5.0}),
    "causal": ("CausalSTDP", {"bias": 0.3}),
}


@pytest.mark.parametrize("form", ["dense", "sparse"])
@pytest.mark.parametrize("lag", [7.3, -7.3])
@pytest.mark.parametrize("name", RULES)
def test_a_pair_counts_the_same_after_ten_idle_hours(name, lag, form):
    kind, parameters = RULES[name]
    rule = getattr(postdict, kind)(eta=0.01, **parameters)
    weights = 0.25 if form == "dense" else postdict.Triplets(pre=[0], post=[0], weight=[0.25])
    starts, seen = [30.3, 3.6e7], [0.25]
    net = postdict.Network()
    cell = net.add_population("cell", 1, postdict.LIF(tau_m=1.0))
    source = net.add_spike_source("source", 1, times=[t - 1.0 for t in starts], ids=[0, 0])
    teacher = net.add_spike_source("teacher", 1, times=[t + lag - 1.0 for t in starts], ids=[0, 0])
    net.connect(teacher, cell, weights=50.0)
    plastic = net.connect(source, cell, weights=weights, inhibitory=True, plasticity=rule)
    sim = postdict.Simulation(net)
    for end in (1000.0, 3.6e7 + 1000.0):
        sim.run_until(end)
        seen.append(numbers(sim.weights(plastic)).item())
    first, last = np.diff(seen)
    assert first != 0.0
    # A double of that time is a multiple of 7.5e-9 ms, and so are the lags.
    assert last == pytest.approx(first, rel=0.0, abs=0.01 * 1.5e-8 / 15.0 + 1e-15)


@pytest.mark.parametrize("name", RULES)
def test_a_dendritic_delay_shifts_the_window(name):
    """It delays what the synapse sees of the target's spike, and nothing else."""
    kind, parameters = RULES[name]
    rule = getattr(postdict, kind)(eta=0.01, **parameters)
    lags = np.array([-40.0, -9.0, -3.0, -2.5, 0.0, 2.5, 3.0, 9.0, 40.0, 100.0])
    n, ids = len(lags), np.arange(len(lags))  # one cell and one source neuron for each lag
    arrivals = 100.0 + 300.0 * ids
    net = postdict.Network()
    cells = net.add_population("cells", n, postdict.LIF(tau_m=1.0))
    source = net.add_spike_source("source", n, times=arrivals - 1.0, ids=ids)
    teacher = net.add_spike_source("teacher", n, times=arrivals + lags - 1.0, ids=ids)
    one_to_one = {"pre": ids, "post": ids}
    net.connect(teacher, cells, weights=postdict.Triplets(**one_to_one, weight=50.0))
    plastic = net.connect(
        source,
        cells,
        weights=postdict.Triplets(**one_to_one, weight=0.25),
        inhibitory=True,
        plasticity=rule,
        dendritic_delay=3.0,
    )
    sim = postdict.Simulation(net)
    sim.run_until(4000.0)
    assert list(sim.spikes(cells)[0]) == sorted(arrivals + lags)
    expected = 0.25 + rule.window(lags + 3.0) + rule.per_arrival
    assert numbers(sim.weights(plastic)) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("form", ["csr", "csc"])
def test_scipy_matrices_act_as_their_triplets(form):
    rng = np.random.default_rng(3)
    sparse = pytest.importorskip("scipy.sparse")
    matrix = sparse.random_array((6, 9), density=0.4, rng=rng, format=form)
    listed = matrix.tocoo()
    triplets = postdict.Triplets(pre=listed.col, post=listed.row, weight=listed.data)
    delays = rng.uniform(0.5, 5.0, listed.nnz)
    times, ids = rng.uniform(0.0, 300.0, 500), rng.integers(0, 9, 500)

    def run(weights):
        net = postdict.Network()
        cells = net.add_population("cells", 6, postdict.LIF())
        source = net.add_spike_source("source", 9, times=times, ids=ids)
        rule = postdict.AntisymmetricSTDP(0.01)
        plastic = net.connect(source, cells, weights=weights, axonal_delay=delays, plasticity=rule)
        sim = postdict.Simulation(net)
        sim.run(150.0)
        sim.set_weights(plastic, sim.weights(plastic))
        sim.run(150.0)
        assert sim.spike_count(cells) > 20
        return sim.spikes(cells), sim.weights(plastic)

    (ours, learned), (theirs, expected) = run(matrix), run(triplets)
    np.testing.assert_array_equal(ours, theirs)
    assert type(learned) is type(matrix)
    learned = learned.tocoo()
    np.testing.assert_array_equal(learned.col, expected.pre)
    np.testing.assert_array_equal(learned.row, expected.post)
    np.testing.assert_array_equal(learned.data, expected.weight)
