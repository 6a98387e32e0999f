"""What rules share: pairing, bounds, learning rates, fluxes, precision; against closed forms."""

import dataclasses
import pickle  # noqa: TID251 -- our own objects: this is save and load, in memory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import postdict
from forced import ETA, KINDS, KNOTS, PARAMETERS, learned
from postdict import LIF, AntisymmetricSTDP, HaasSTDP, Simulation, VogelsSTDP, WindowSTDP
from postdict.plasticity import RULES
from reference.by_engine import numbers

WINDOW = WindowSTDP(ETA, **KNOTS)
HAAS = HaasSTDP(ETA)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "TripletSTDP"])
def test_nearest_pairs_are_with_the_latest_of_the_other_side(kind):
    rule = RULES[kind](eta=ETA, **{**PARAMETERS[kind], "pairing": "nearest"})
    rng = np.random.default_rng(2)
    pre = np.unique(5.0 + 0.5 * rng.integers(0, 300, 40))  # a grid: many coincidences
    post = [np.unique(5.0 + 0.5 * rng.integers(0, 300, 40)) for _ in range(5)]
    expected = []
    for cell in post:
        lags = [t - pre[pre <= t].max() for t in cell if (pre <= t).any()]
        lags += [cell[cell < t].max() - t for t in pre if (cell < t).any()]
        expected.append(rule.window(lags).sum() + len(pre) * rule.per_arrival)
    weights, _, _ = learned(pre, post, rule)
    assert weights - 10.0 == pytest.approx(np.array(expected), abs=1e-13)


def test_the_nearest_spike_counts_though_the_window_knows_only_those_behind_it():
    echo = WindowSTDP(0.1, [5.0, 5.0, 15.0], [0.0, 1.0, 1.0])
    for pairing, expected in (("all", 10.1), ("nearest", 10.0)):
        rule = dataclasses.replace(echo, pairing=pairing)
        assert learned([100.0, 109.0], [[110.0]], rule)[0] == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("sparse", [False, True])
def test_soft_bounds_scale_by_the_distance(sparse):
    rule = AntisymmetricSTDP(0.4, A_minus=0.5, w_max=2.0, bounds="soft")
    w, expected = 1.5, []
    for lag in (5.0, -5.0):
        amount = float(rule.window(lag))
        expected.append(w + amount * ((1.0 - w / 2.0) if amount > 0 else w / 2.0))
    weights, _, _ = learned([100.0], [[105.0], [95.0]], rule, w=w, sparse=sparse)
    assert weights == pytest.approx(expected, abs=1e-15)
    many = np.arange(100.0, 400.0, 1.0)
    up, down = (
        learned(many, [many + lag], dataclasses.replace(rule, eta=50.0, A_minus=a), w=w)[0]
        for lag, a in ((0.25, 0.0), (-0.25, 1e3))
    )
    assert up == [2.0]
    assert 0.0 <= down[0] <= 2.0


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("rule", [WINDOW, HAAS, VogelsSTDP(ETA, rho=5.0)])
def test_a_learning_rate_holds_from_its_change_on(rule, sparse):
    """What is before the pause counts by the old one, though no arrival has read it yet."""

    def act(sim, projection):
        sim.run_until(115.0)
        sim.set_learning_rate(projection, 3.0 * ETA)

    pre, post = [100.0, 120.0], [[109.0, 128.0]]
    weights, _, _ = learned(pre, post, rule, sparse=sparse, act=act)
    nearest = rule.pairing == "nearest"
    before = rule.window(9.0) + rule.per_arrival
    after = rule.window([8.0, -11.0, *([] if nearest else [28.0])]).sum() + rule.per_arrival
    assert weights == pytest.approx(10.0 + before + 3.0 * after, abs=1e-14)


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("learning", [True, False])
def test_fluxes_are_what_is_added_and_taken_bounds_aside(learning, sparse):
    def act(sim, projection):
        sim.account_fluxes(projection)
        sim.set_plasticity(projection, learning)

    rule = AntisymmetricSTDP(1.0, A_minus=0.5, w_max=0.75)
    weights, sim, plastic = learned(
        [100.0, 200.0], [[110.0, 190.0], [105.0]], rule, w=0.25, act=act, sparse=sparse
    )
    added, taken = map(numbers, sim.fluxes(plastic))
    lags = [[10.0, 90.0, -90.0, -10.0], [5.0, -95.0]]
    amounts = [rule.window(each) for each in lags]
    assert added.ravel() == pytest.approx([a[a > 0].sum() for a in amounts], abs=1e-14)
    assert taken.ravel() == pytest.approx([-a[a < 0].sum() for a in amounts], abs=1e-14)
    if not learning:
        assert list(weights) == [0.25, 0.25]
    sim.account_fluxes(plastic)  # anew
    assert not np.any(numbers(sim.fluxes(plastic)[0]))
    sim.account_fluxes(plastic, False)
    with pytest.raises(ValueError, match="not accounted"):
        sim.fluxes(plastic)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("bounds", ["hard", "soft"])
def test_accounting_changes_no_bit_of_the_weights(kind, sparse, bounds):
    rule = RULES[kind](eta=0.05, w_max=30.0, bounds=bounds, **PARAMETERS[kind])
    rng = np.random.default_rng(3)
    spikes = np.sort(rng.uniform(5.0, 900.0, (9, 70)))
    plain, accounted = (
        learned(spikes[0], spikes[1:], rule, sparse=sparse, act=act)[0]
        for act in (None, Simulation.account_fluxes)
    )
    assert np.array_equal(plain, accounted)
    assert np.ptp(plain) > 0.0


@pytest.mark.parametrize("sparse", [False, True])
def test_new_weights_leave_the_fluxes_as_they_are(sparse):
    def act(sim, projection):
        sim.account_fluxes(projection)
        sim.run_until(500.0)
        before = [numbers(flux) for flux in sim.fluxes(projection)]
        sim.set_weights(projection, sim.weights(projection))
        after = [numbers(flux) for flux in sim.fluxes(projection)]
        assert np.array_equal(before, after)

    learned([100.0], [[105.0]], AntisymmetricSTDP(ETA), sparse=sparse, act=act)


def test_a_projection_without_synapses_has_fluxes():
    net = postdict.Network()
    net.add_population("cell", 1, LIF())
    nothing = postdict.Triplets(pre=[], post=[], weight=[])
    plastic = net.connect("cell", "cell", weights=nothing, plasticity=HAAS)
    sim = Simulation(net)
    sim.account_fluxes(plastic)
    assert numbers(sim.fluxes(plastic)[0]).size == 0


def test_a_bound_too_small_for_single_precision_is_refused():
    rule = AntisymmetricSTDP(0.1, w_max=1e-50, bounds="soft")
    with pytest.raises(ValueError, match="w_max, in single precision, must be at least 1e-37"):
        learned([100.0], [[105.0]], rule, w=0.0, precision="single")


@pytest.mark.parametrize("pairing", ["all", "nearest"])
def test_the_history_is_bounded_where_nothing_arrives(pairing):
    rule = dataclasses.replace(HAAS, pairing=pairing)
    spikes = np.arange(10.0, 1000.0, 0.25)

    def saved(sim, projection):
        for population in sim.network.populations:
            sim.set_recording(population, False)
        sim.set_plasticity(projection, False)  # nor is there a log of spikes
        sizes.append(len(pickle.dumps(sim)))

    sizes = []
    _, sim, plastic = learned([], [spikes], rule, act=saved)
    saved(sim, plastic)
    assert sizes[1] - sizes[0] < 12 * len(spikes) // 4


@settings(max_examples=settings.default.max_examples // 4)
@given(st.data())
def test_single_precision_is_double_but_for_rounding(data):
    """The synapses' own spikes: cells are made to fire by others."""
    kind, rng = (
        data.draw(st.sampled_from(KINDS)),
        np.random.default_rng(data.draw(st.integers(0, 2**32 - 1))),
    )
    own = {**PARAMETERS[kind], "pairing": data.draw(st.sampled_from(["all", "nearest"]))}
    bounds = data.draw(st.sampled_from(["hard", "soft"]))
    rule = RULES[kind](eta=rng.uniform(0.01, 0.1), w_max=1.0, bounds=bounds, **own)
    spikes = np.sort(rng.uniform(5.0, 900.0, (5, data.draw(st.integers(1, 60)))))
    options = {
        "sparse": data.draw(st.booleans()),
        "inhibitory": data.draw(st.booleans()),
        "dendritic_delay": data.draw(st.sampled_from([0.0, 3.7])),
        "w": 0.5,
        "act": Simulation.account_fluxes,
    }
    found = []
    for precision in ("double", "single"):
        weights, sim, plastic = learned(spikes[0], spikes[1:], rule, precision=precision, **options)
        found.append([weights, *(np.ravel(numbers(flux)) for flux in sim.fluxes(plastic))])
    assert np.all(found[1][0] <= rule.w_max)
    np.testing.assert_allclose(found[1][0], found[0][0], rtol=0, atol=1e-5)
    np.testing.assert_array_equal(found[1][1:], found[0][1:])  # fluxes are held in double
