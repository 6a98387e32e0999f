"""The engine against the slow twin: random small networks, full of ties, give the same results.

Rounding may decide nothing here: values are generic (drawn from a seeded generator), or exact
binary fractions on neurons whose V at rest is exact. More examples: see conftest.py.
"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, target
from hypothesis import strategies as st

from reference.model import DELAYS, DURATION, Model, assert_same, both, engine, synapses, twin


@st.composite
def neurons(draw, rng, size):
    """LIF parameters. No two drives are equal: neurons of different pasts could tie by them."""

    def value(low, high):
        return rng.uniform(low, high, size if draw(st.booleans()) else None)

    exact = draw(st.booleans())
    rest = 0.0 if exact else value(-70.0, -60.0)
    parameters = {
        "tau_m": value(3.0, 40.0),
        "v_rest": rest,
        "v_thresh": 1.0 if exact else rest + value(0.7, 1.3),
        "v_reset": 0.0 if exact else rest + value(-0.5, 0.3),
        "reset": draw(st.sampled_from(["to", "by"])),
    }
    drive = draw(st.sampled_from([None, None, (-0.5, 0.8), (1.1, 2.5)]))
    if drive:
        parameters["i_offset"] = rng.uniform(*drive, size) * (parameters["v_thresh"] - rest)
    if draw(st.booleans()):
        parameters["v_init"] = rest + value(-0.3, 0.5)
    if draw(st.booleans()):
        above = [parameters["v_reset"], rest + parameters.get("i_offset", 0.0)]
        lowest = np.minimum(np.minimum(*above), parameters.get("v_init", rest))
        parameters["v_min"] = lowest - draw(st.sampled_from([0.0, 0.25]))
    if parameters["reset"] == "to" and draw(st.booleans()):
        choices = [0.0, *DELAYS, rng.uniform(0.1, 5.0)]
        parameters["tau_refrac"] = rng.choice(choices, size if draw(st.booleans()) else None)
    return parameters


def fires_by_itself(model):
    return any(
        np.any(p["v_rest"] + p.get("i_offset", 0.0) > p["v_thresh"])
        for _, p in model.populations.values()
    )


@st.composite
def projections(draw, rng, model, on_grid):
    post = draw(st.sampled_from(list(model.populations)))
    # What hears itself while it fires by itself would meet its echoes at its threshold.
    free = not fires_by_itself(model)
    populations = [name for name in model.populations if free or name < post]
    pre = draw(st.sampled_from([*model.sources, *populations]))
    size, parameters = model.populations[post]
    n_pre = (model.populations | model.sources)[pre][0]
    shape = (size, n_pre) if draw(st.booleans()) else ()
    # Sums of exact weights reach the threshold, or multiples of it, exactly; on the grid alone,
    # or two arrivals that should tie could miss each other by a bit.
    exact = on_grid and np.all(parameters["v_rest"] == 0.0) and "i_offset" not in parameters
    if exact and draw(st.booleans()):
        weights = rng.choice([0.0, 0.25, 0.5, 1.0, 1.5], shape)
    else:
        weights = rng.uniform(0.0, 1.5, shape)
    inhibitory, plastic = draw(st.booleans()), draw(st.booleans())
    if pre in model.populations and not inhibitory:
        weights = 0.5 * weights  # or activity explodes
    if not (inhibitory or plastic) and draw(st.booleans()):
        weights = weights * rng.choice([-1.0, 1.0], shape)
    rule = {
        "eta": rng.uniform(0.01, 0.1),
        **dict(zip(("A_plus", "A_minus"), rng.uniform(-1.0, 2.0, 2), strict=True)),
        **dict(zip(("tau_plus", "tau_minus"), rng.uniform(3.0, 40.0, 2), strict=True)),
        "w_max": draw(st.sampled_from([np.inf, 1.5])),
    }
    # When a neuron fires by itself is known to 1e-13 ms: both must see the same ties after it.
    generic = [] if on_grid or not free else [rng.uniform(0.1, 4.0)]
    delay = draw(st.sampled_from([*DELAYS, *generic]))
    weights, rule = weights if shape else float(weights), rule if plastic else None
    return synapses(pre, post, weights, delay, inhibitory, rule, plastic and draw(st.booleans()))


@st.composite
def models(draw):
    rng, on_grid = np.random.default_rng(draw(st.integers(0, 2**32 - 1))), draw(st.booleans())
    model = Model(seed=draw(st.integers(0, 2**64 - 1)))
    for k in range(draw(st.integers(1, 3))):
        size = draw(st.integers(1, 4))
        model.populations[f"p{k}"] = (size, draw(neurons(rng, size)))
    for k in range(draw(st.integers(1, 2))):
        size, n_spikes = draw(st.integers(1, 4)), draw(st.integers(0, 60))
        grid = 0.5 * rng.integers(0, 2 * DURATION, n_spikes)
        times = grid if on_grid else rng.uniform(0.0, DURATION, n_spikes)
        model.sources[f"s{k}"] = (size, times, rng.integers(0, size, n_spikes))
    for k in range(draw(st.integers(0, 2))):
        kicked = draw(st.sampled_from(list(model.populations)))
        model.noise[f"n{k}"] = (kicked, rng.uniform(50.0, 500.0), rng.uniform(-0.4, 1.2))
    for _ in range(draw(st.integers(1, 6))):
        model.projections.append(draw(projections(rng, model, on_grid)))
    return model


def engine_unless_too_busy(model):
    try:
        outcome = engine(model, max_recorded_spikes=1000)
    except (RuntimeError, OverflowError):  # the latter: a million at once, by subtraction
        assume(False)
    target(min(300.0, sum(len(times) for times, _ in outcome.spikes.values())))
    return outcome


@given(models())
def test_random_networks_are_those_of_the_twin(model):
    assert_same(engine_unless_too_busy(model), twin(model))


@given(models(), st.randoms(use_true_random=False))
def test_order_and_division_of_projections_change_rounding_only(model, random):
    outcome = engine_unless_too_busy(model)
    pieces = []  # fixed weights as two halves, which act as one
    for k, p in enumerate(model.projections):
        half = {**p, "to": {**p["to"], "weights": 0.5 * np.asarray(p["to"]["weights"])}}
        pieces += [(k, p)] if p["rule"] else [(k, half), (k, half)]
    random.shuffle(pieces)
    other = engine(replace(model, projections=[p for _, p in pieces]))
    whole = [np.zeros_like(w) for w in outcome.weights]
    for (k, _), part in zip(pieces, other.weights, strict=True):
        whole[k] += part
    # A drive that hardly passes the threshold turns 1e-15 mV into 1e-13 ms, again and again.
    tolerance = 1e-9 if fires_by_itself(model) else 1e-12
    assert_same(outcome, replace(other, weights=whole), tolerance)


RULE = {"eta": 0.125, "A_plus": 1.0, "A_minus": 0.5, "tau_plus": 20.0, "tau_minus": 10.0}


def cells(times, *weights, ids=None, size=1, **parameters):
    """Cells "p0" that a source "s0" reaches by projections with these (weights, options)."""
    ids = ids or [0] * len(times)
    projections = [synapses("s0", "p0", w, **options) for w, options in weights]
    return Model({"p0": (size, parameters)}, {"s0": (max(ids) + 1, times, ids)}, {}, projections)


@pytest.mark.parametrize("rule", [None, RULE])
@pytest.mark.parametrize(("e", "w", "n_spikes"), [(1.5, 0.5, 1), (3.0, 2.25, 0), (0.5, 1.5, 0)])
def test_excitation_and_inhibition_of_one_instant_act_as_one_number(e, w, n_spikes, rule):
    inhibition = (w, {"inhibitory": True, "rule": rule})
    apart = both(cells([3.0], (e, {}), inhibition, v_min=-0.5))
    as_one = both(cells([3.0], (e - w, {}), v_min=-0.5))
    assert len(apart.spikes["p0"][0]) == n_spikes
    assert_same(replace(apart, weights=[]), replace(as_one, weights=[]), tolerance=0.0)


def test_a_coincident_pair_counts_once_as_lag_0_plus():
    outcome = both(cells([3.0], (2.0, {}), (0.5, {"inhibitory": True, "rule": RULE})))
    assert list(outcome.spikes["p0"][0]) == [4.0]
    assert outcome.weights[1] == 0.5 + 0.125


def test_each_arrival_transmits_the_weight_from_before_it():
    # Source 0 makes the cell fire at 4 ms; source 1 arrives twice at 6 ms and is depressed twice.
    weights = ([[2.0, 0.0]], {}), ([[0.0, 0.5]], {"rule": RULE})
    outcome = both(replace(cells([3.0, 5.0, 5.0], *weights, ids=[0, 1, 1]), duration=8.0))
    step = 0.125 * 0.5 * np.exp(-0.2)
    assert outcome.potentials["p0"] == pytest.approx((1.0 - step) * np.exp(-0.1), abs=1e-15)
    assert outcome.weights[1][0, 1] == pytest.approx(0.5 - 2 * step, abs=1e-15)


@pytest.mark.parametrize("simulate", [engine, twin])
def test_inhibition_at_the_instant_of_a_crossing_prevents_it(simulate):
    crossing = simulate(Model({"p0": (1, {"i_offset": 2.0})})).spikes["p0"][0][0]
    assert crossing == pytest.approx(20.0 * np.log(2.0), abs=1e-12)
    model = cells([crossing - 1.0], (0.25, {"inhibitory": True}), i_offset=2.0)
    first = simulate(model).spikes["p0"][0][0]
    assert first == pytest.approx(crossing + 20.0 * np.log(1.25), abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_neurons_that_fire_by_themselves_inhibit_each_other(seed):
    rng = np.random.default_rng(seed)
    kind = {"tau_m": 20.0, "i_offset": rng.uniform(1.1, 2.5, 4), "tau_refrac": [0.0, 0.0, 1.3, 2.1]}
    weights, delay = rng.uniform(0.0, 0.5, (4, 4)), rng.uniform(0.5, 5.0)
    model = Model({"p0": (4, kind)}, noise={"n0": ("p0", 100.0, 0.3)}, duration=300.0, seed=seed)
    model.projections = [synapses("p0", "p0", weights, delay, inhibitory=True, rule=RULE)]
    assert len(both(model).spikes["p0"][0]) > 20


def test_equal_driven_neurons_stay_in_step():
    inhibition = synapses("p0", "p0", 0.125, inhibitory=True, rule=RULE)
    kind = {"i_offset": 1.5, "tau_refrac": 1.0}
    times, ids = both(Model({"p0": (4, kind)}, {}, {}, [inhibition], 500.0)).spikes["p0"]
    assert len(times) > 40
    assert np.array_equal(ids, np.tile(range(4), len(np.unique(times))))


@pytest.mark.parametrize("k", [1, 2, 3, 5, 6, 7, 9, 20])
def test_k_times_the_threshold_makes_k_spikes_by_subtraction(k):
    times, ids = 0.37 * np.arange(1, 101), list(range(100))  # from rest, whenever it comes
    diagonal = (k * np.eye(100), {})
    outcome = engine(cells(times, diagonal, ids=ids, size=100, tau_m=10.0, reset="by"))
    assert set(np.bincount(outcome.spikes["p0"][1])) == {k}
