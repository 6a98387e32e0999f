"""The engine against the slow twin: random small networks, full of ties, give the same results.

The networks are those of reference/strategies.py. More examples: see conftest.py.
"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.model import Model, assert_same, both, engine, synapses, twin
from reference.strategies import FEATURES, engine_unless_too_busy, models
from reference.strategies_synapses import OWN

# A third factor has a test of its own, so that the examples of the others are what they were.
OTHERS = [feature for feature in FEATURES if feature != "modulated"]
LEARNING = ["sparse", "delays", "dendritic", "rules", "windows", "rate", "fluxes"]


def check_against_twin(model):
    assert_same(engine_unless_too_busy(model), twin(model))


@given(models())
def test_random_networks_are_those_of_the_twin(model):
    check_against_twin(model)


@pytest.mark.parametrize("feature", FEATURES)
@settings(max_examples=settings.default.max_examples // 2)
@given(st.data())
def test_with_one_feature_more(feature, data):
    check_against_twin(data.draw(models([feature])))


@pytest.mark.parametrize("bounds", ["hard", "soft"])
@pytest.mark.parametrize("pairing", ["all", "nearest"])
@pytest.mark.parametrize("kind", OWN)
@settings(max_examples=settings.default.max_examples // 10)
@given(models(LEARNING))
def test_with_synapses_of_one_rule(kind, pairing, bounds, model):
    """One rule alone, among all ways in which synapses are given."""
    for p in model.projections:
        if p["rule"] and p["rule"]["kind"] != kind:
            p.update(rule=None, pause=False, rate=None, account=None)
        elif p["rule"]:
            p["rule"] |= {"pairing": pairing, "bounds": bounds}
            if bounds == "soft":
                p["rule"]["w_max"] = min(p["rule"]["w_max"], 20.0 * np.max(p["weights"], initial=1))
    check_against_twin(model)


@given(models([*LEARNING, "modulated", "pairing", "soft", "halve", "samples"]))
def test_with_a_third_factor(model):
    check_against_twin(model)


@given(models(OTHERS))
def test_with_all_features(model):
    check_against_twin(model)


@settings(max_examples=settings.default.max_examples // 2)
@given(models(["worlds"]))
def test_with_worlds(model):
    check_against_twin(model)


@settings(max_examples=settings.default.max_examples // 2)
@given(models([*OTHERS, "worlds"]))
def test_with_worlds_and_all_features(model):
    check_against_twin(model)


RULE = {"eta": 0.125, "A_plus": 1.0, "A_minus": 0.5, "tau_plus": 20.0, "tau_minus": 10.0}


def cells(times, *weights, ids=None, size=1, **parameters):
    """Cells "p0" that a source "s0" reaches by projections with these (weights, options)."""
    ids = ids or [0] * len(times)
    projections = [synapses("s0", "p0", w, **options) for w, options in weights]
    return Model(
        {"p0": (size, parameters)}, {"s0": (max(ids, default=0) + 1, times, ids)}, {}, projections
    )


@pytest.mark.parametrize("rule", [None, RULE])
@pytest.mark.parametrize(("e", "w", "n_spikes"), [(1.5, 0.5, 1), (3.0, 2.25, 0), (0.5, 1.5, 0)])
def test_excitation_and_inhibition_of_one_instant_act_as_one_number(e, w, n_spikes, rule):
    inhibition = (w, {"inhibitory": True, "rule": rule})
    apart = both(cells([3.0], (e, {}), inhibition, v_min=-0.5))
    as_one = both(cells([3.0], (e - w, {}), v_min=-0.5))
    assert len(apart.spikes["p0"][0]) == n_spikes
    for outcome in (apart, as_one):
        outcome.weights, outcome.readings = [], {}
    assert_same(apart, as_one, tolerance=0.0)


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
    assert crossing == pytest.approx(20.0 * np.log(2.0), abs=0.5e-9 + 1e-12)
    model = cells([crossing - 1.0], (0.25, {"inhibitory": True}), i_offset=2.0)
    first = simulate(model).spikes["p0"][0][0]
    assert first == pytest.approx(crossing + 20.0 * np.log(1.25), abs=0.5e-9 + 1e-12)


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


@pytest.mark.parametrize("simulate", [engine, twin])
@pytest.mark.parametrize("kind", [{}, {"tau_syn_e": 5.0}])
def test_a_crossing_due_when_a_current_changes_is_a_spike(simulate, kind):
    model = Model({"p0": (1, {"i_offset": 2.0, **kind})})
    crossing = simulate(model).spikes["p0"][0][0]
    model.currents["i0"] = "p0", [crossing], [-3.0], None
    assert list(simulate(model).spikes["p0"][0]) == [crossing]


def test_a_current_acts_from_the_end_of_refractoriness_on():
    kind = {"i_offset": 2.0, "tau_refrac": 8.0, "v_reset": -0.5}
    model = Model({"p0": (2, kind), "p1": (2, {**kind, "tau_syn_e": 5.0})})
    first = 20.0 * np.log(2.0)
    for name in model.populations:
        model.currents[f"into {name}"] = name, [first + 3.0, first + 5.0], [9.0, 1.0], [1]
    outcome = both(model)
    for times, ids in outcome.spikes.values():
        second = first + 8.0 + 20.0 * np.log([2.5 / 1.0, 3.5 / 2.0])
        assert times[ids == 0][:2] == pytest.approx([first, second[0]], abs=0.5e-9 + 1e-11)
        assert times[ids == 1][:2] == pytest.approx([first, second[1]], abs=0.5e-9 + 1e-11)


def test_a_current_that_is_over_leaves_no_rounding():
    model = cells([], tau_m=0.5)  # 0.1 + 0.2 - 0.1 - 0.2 is 3e-17; what V decays by is far less
    model.currents = {
        "i0": ("p0", [1.0, 3.0], [0.1, 0.0], None),
        "i1": ("p0", [2.0, 4.0], [0.2, 0.0], None),
    }
    assert np.abs(both(model).potentials["p0"]) < 1e-40


def test_synapses_of_one_pair_learn_each_by_its_own_arrivals():
    pairs = [0, 0, 0], [0, 0, 0]
    teaching = (2.0, {"delay": 4.0})
    learning = (np.full(3, 0.5), {"pairs": pairs, "delay": np.array([1.0, 4.0, 6.0])})
    learning[1].update(rule=RULE, inhibitory=True)
    outcome = both(cells([3.0], teaching, learning, v_min=0.0))
    assert list(outcome.spikes["p0"][0]) == [7.0]  # the synapse of 4 ms takes 0.5 of the 2 mV
    changes = 0.125 * np.array([np.exp(-3.0 / 20.0), 1.0, -0.5 * np.exp(-2.0 / 10.0)])
    assert outcome.weights[1] - 0.5 == pytest.approx(changes, abs=1e-15)


@pytest.mark.parametrize("pairs", [None, ([0, 1, 0, 1], [0, 0, 1, 1])])
@pytest.mark.parametrize("pairing", ["all", "nearest"])
@pytest.mark.parametrize("dendritic", [0.0, 2.5])
def test_lags_meet_the_jumps_of_a_window(dendritic, pairing, pairs):
    rng = np.random.default_rng(8)
    times, ids = 0.5 * rng.integers(0, 128, 60), rng.integers(0, 2, 60)
    jumps = {"lags": (-9.0, -9.0, -2.5, -2.5, 0.0, 0.0, 3.0, 3.0, 7.5, 7.5)}
    jumps["values"] = (0.3, -0.7, 0.2, 1.3, -0.4, 0.9, 0.1, -1.2, 0.6, -0.5)
    rule = {"kind": "WindowSTDP", "eta": 0.125, "pairing": pairing, **jumps}
    learning = {"rule": rule, "inhibitory": True, "pairs": pairs, "dendritic": dendritic}
    w = np.full(4 if pairs else (2, 2), 20.0)
    model = cells(list(times), (1e6 * np.eye(2), {}), ids=list(ids), size=2, v_thresh=1e5)
    model.sources["s1"] = (2, 0.5 * rng.integers(0, 128, 60), rng.integers(0, 2, 60))
    model.projections.append(synapses("s1", "p0", w, account=0.0, **learning))
    outcome = both(model)
    assert len(outcome.spikes["p0"][0]) > 30
    assert np.abs(outcome.weights[1] - 20.0).min() > 0.01


def test_a_dendritic_delay_puts_the_spike_beside_a_later_arrival():
    # The cell fires at 4 ms, which the synapse sees at 6.5 ms, together with its arrival.
    late = {"delay": 3.5, "dendritic": 2.5, "inhibitory": True, "rule": RULE}
    outcome = both(cells([3.0], (2.0, {}), (0.5, late)))
    assert list(outcome.spikes["p0"][0]) == [4.0]
    assert outcome.weights[1] == 0.5 + 0.125


def test_spikes_appended_for_the_present_are_not_too_late():
    model = cells([2.0], (1.5, {}))
    model.appended = [(0.25, "s0", [16.0, 31.5], [0, 0]), (0.5, "s0", [32.0], [0])]
    assert list(both(model).spikes["p0"][0]) == [3.0, 17.0, 32.5, 33.0]


def test_a_projection_may_have_no_synapses():
    nothing = {"pairs": (np.zeros(0, int), np.zeros(0, int)), "rule": RULE}
    assert len(both(cells([3.0], (2.0, {}), (np.zeros(0), nothing))).spikes["p0"][0]) == 1
