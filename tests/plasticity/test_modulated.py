"""A third factor: weights by 50-digit quadrature, the same bits however a run is split, rewards."""

import dataclasses
import math
import pickle  # noqa: TID251 -- our own objects: this is save and load, in memory
import threading
from itertools import pairwise

import mpmath
import numpy as np
import pytest

import postdict
from forced import learned
from postdict import (
    AntisymmetricSTDP,
    CausalSTDP,
    CustomSTDP,
    HaasSTDP,
    Modulated,
    Steps,
    TripletSTDP,
    VogelsSTDP,
    WindowSTDP,
)
from postdict.plasticity import RULES
from reference.by_engine import numbers

ETA = 0.02
PAIRS = AntisymmetricSTDP(ETA, 1.0, 0.7, 17.0, 23.0)
INNER = {
    "antisymmetric": dataclasses.replace(PAIRS, w_max=1.0),
    "nearest, soft": dataclasses.replace(PAIRS, w_max=1.0, pairing="nearest", bounds="soft"),
    "Vogels": VogelsSTDP(ETA, 20.0, 20.0, 1.0),
    "causal": CausalSTDP(ETA, 0.8, 20.0, 1.0),
    "Haas": HaasSTDP(ETA, w_max=1.0),
    "sampled": WindowSTDP(ETA, (-20.0, 0.0, 0.0, 20.0), (0.0, -0.7, 1.0, 0.0), w_max=1.0),
    "triplet": TripletSTDP(ETA, 0.5, 0.6, 0.4, 0.3, 17.0, 23.0, 61.0, 47.0, 1.0),
    "custom": CustomSTDP(
        {"x": 17.0}, {"y": 23.0}, "w - eta * y * w", "w + eta * x", {"eta": ETA}, w_max=1.0
    ),
}
REWARDS = Steps([100.0, 130.0, 400.0, 700.25, 1300.0, 1301.0], [0.05, 0.0, -0.04, 0.02, -0.3, 0.01])


def events(seed, n_spikes=40, n_arrivals=40):
    rng = np.random.default_rng(seed)
    return (
        np.sort(rng.uniform(5.0, 950.0, n_arrivals)).round(3),
        np.sort(rng.uniform(5.0, 950.0, (4, n_spikes))).round(3),
    )


def by_quadrature(rule, arrivals, spikes, w, w_max):
    """The weight at 1 s: the integral of d(t) e(t) between all that changes either, at 50 digits,
    bounded where either changes.
    """
    mp = mpmath.mp
    inner, signal, tau = rule.rule, rule.modulator, mp.mpf(rule.tau_eligibility)
    steps = [(mp.mpf(0), mp.mpf(0))]
    steps += [(mp.mpf(str(t)), mp.mpf(d)) for t, d in zip(signal.times, signal.values, strict=True)]
    arrivals, spikes = ([mp.mpf(str(t)) for t in times] for times in (arrivals, spikes))
    eta, tau_plus, tau_minus = mp.mpf(inner.eta), mp.mpf(inner.tau_plus), mp.mpf(inner.tau_minus)
    given = [
        (s, eta * inner.A_plus * sum(mp.exp((a - s) / tau_plus) for a in arrivals if a <= s))
        for s in spikes
    ]
    given += [
        (
            a,
            -eta
            * mp.mpf(inner.A_minus)
            * sum(mp.exp((s - a) / tau_minus) for s in spikes if s < a),
        )
        for a in arrivals
    ]
    ends = sorted({t for t, _ in [*given, *steps] if t < 1000} | {mp.mpf(0), mp.mpf(1000)})
    w, trace = mp.mpf(w), mp.mpf(0)
    for start, end in pairwise(ends):
        trace += sum(amount for t, amount in given if t == start)
        d = [value for t, value in steps if t <= start][-1]
        decay = mpmath.quad(lambda t: mp.exp(-t / tau), [0, end - start])
        w = min(max(w + d * trace * decay, mp.mpf(0)), mp.mpf(w_max))
        trace *= mp.exp((start - end) / tau)
    return w


@pytest.mark.parametrize("tau", [5.0, 60.0, 700.0])
@pytest.mark.parametrize(("w", "w_max"), [(3.0, math.inf), (0.25, 0.3)])
@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("inhibitory", [False, True])
def test_weights_are_those_of_a_quadrature_at_fifty_digits(tau, w, w_max, sparse, inhibitory):
    arrivals, spikes = events(5)
    rule = Modulated(dataclasses.replace(PAIRS, w_max=w_max), tau, REWARDS)
    found, _, _ = learned(arrivals, spikes, rule, w=w, sparse=sparse, inhibitory=inhibitory)
    with mpmath.workdps(50):
        for i in range(4):
            expected = by_quadrature(rule, arrivals, spikes[i], w, w_max)
            assert abs(found[i] - expected) < 1e-12 * abs(expected - w), i
            assert abs(expected - w) > 1e-3


def test_a_weight_stays_at_its_bound_only_while_it_is_driven_outwards():
    """A pair before two pulses: down by far more than there is, then up."""
    signal = Steps([100.0, 200.0, 300.0, 400.0], [-10.0, 0.0, 0.5, 0.0])
    rule = Modulated(AntisymmetricSTDP(0.1, tau_plus=1e9), 1000.0, signal)
    weights, _, _ = learned([50.0], [[50.0]], rule, w=0.5)
    trace = 0.1 * np.exp(-(300.0 - 50.0) / 1000.0)
    assert weights == pytest.approx(0.5 * trace * 1000.0 * -np.expm1(-0.1), rel=1e-13)


def network(rule, sparse=False, inhibitory=True, **connection):
    """A network in which the weights decide when neurons fire."""
    net, n, rng = postdict.Network(seed=3), 10, np.random.default_rng(1)
    cells = net.add_population("cells", n, postdict.LIF(tau_m=20.0, i_offset=0.8, v_min=-1.0))
    net.add_poisson("noise", cells, rate=600.0, weight=0.15)
    before = net.add_population("before", n, postdict.LIF(tau_m=20.0, i_offset=0.8))
    net.add_poisson("more noise", before, rate=600.0, weight=0.15)
    weights = rng.uniform(0.02, 0.1, (n, n))
    if sparse:
        pre, post = rng.integers(0, n, (2, 70))
        weights = postdict.Triplets(pre=pre, post=post, weight=rng.uniform(0.02, 0.1, 70))
        connection["axonal_delay"] = rng.choice([0.5, 1.0, 2.5], 70)
    plastic = net.connect(
        cells if inhibitory else before,
        cells,
        weights=weights,
        inhibitory=inhibitory,
        plasticity=rule,
        **connection,
    )
    return net, plastic


def finished(rule, stops=(), precision="double", **form):
    net, plastic = network(rule, precision=precision, **form)
    sim = postdict.Simulation(net)
    for t in sorted({500.0, 1000.0, 1500.0, *stops}):
        sim.run_until(t)
        if t in stops:
            sim = pickle.loads(pickle.dumps(sim))
            sim.weights(plastic)
        if t == 500.0:
            sim.account_fluxes(plastic)
            sim.set_modulator(plastic, 0.03)
        if t == 1000.0:
            sim.set_plasticity(plastic, False)
            sim.set_modulator(plastic, Steps([1100.0, 1200.0], [-0.02, 0.05]))
            sim.run_until(1100.5)
            sim.set_plasticity(plastic, True)
    return sim, plastic


@pytest.mark.parametrize("name", INNER)
@pytest.mark.parametrize("sparse", [False, True])
def test_a_run_split_anywhere_saved_and_read_has_the_same_bits(name, sparse):
    rule = Modulated(INNER[name], 80.0, REWARDS)
    whole, plastic = finished(rule, sparse=sparse)
    stops = (3.0, 100.0, 129.9, 400.0, 777.7, 1300.5, 1400.0)
    split, same = finished(rule, stops, sparse=sparse)
    assert np.ptp(numbers(whole.weights(plastic))) > 0.05
    assert np.array_equal(whole.spikes("cells")[0], split.spikes("cells")[0])
    assert np.array_equal(numbers(whole.weights(plastic)), numbers(split.weights(same)))
    for flux, of_split in zip(whole.fluxes(plastic), split.fluxes(same), strict=True):
        assert np.array_equal(numbers(flux), numbers(of_split))
        assert np.max(numbers(flux)) > 0.0


def test_simulations_in_threads_have_the_same_bits():
    rule, found = Modulated(INNER["triplet"], 80.0, REWARDS), []

    def work():
        sim, plastic = finished(rule)
        found.append(sim.weights(plastic))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all(np.array_equal(found[0], other) for other in found)


@pytest.mark.parametrize("name", ["antisymmetric", "triplet"])
def test_text_that_says_a_rule_is_modulated_as_that_rule(name):
    own = {
        "antisymmetric": CustomSTDP(
            {"x": 17.0}, {"y": 23.0}, "w - eta * 0.7 * y", "w + eta * x", {"eta": ETA}, w_max=1.0
        ),
        "triplet": CustomSTDP(
            {"x": 17.0, "x2": 61.0},
            {"y": 23.0, "y2": 47.0},
            "w - eta * y * (0.6 + 0.3 * x2)",
            "w + eta * x * (0.5 + 0.4 * y2)",
            {"eta": ETA},
            w_max=1.0,
        ),
    }
    (built_in, plastic), (text, same) = (
        finished(Modulated(rule, 80.0, REWARDS)) for rule in (INNER[name], own[name])
    )
    assert np.array_equal(built_in.spikes("cells")[0], text.spikes("cells")[0])
    np.testing.assert_allclose(text.weights(same), built_in.weights(plastic), rtol=0, atol=1e-12)


def test_single_precision_is_double_but_for_rounding():
    rule = Modulated(INNER["antisymmetric"], 80.0, REWARDS)
    arrivals, spikes = events(2)
    found = [
        learned(arrivals, spikes, rule, w=0.5, precision=precision)[0]
        for precision in ("double", "single")
    ]
    np.testing.assert_allclose(*found, rtol=0, atol=1e-5)


def test_without_a_modulator_nothing_is_learned_and_traces_wait():
    """A reward that comes by `set_modulator` acts on what was before it."""
    arrivals, spikes = [50.0], [[60.0]]

    def act(sim, projection):
        sim.run_until(300.0)
        assert np.ravel(sim.weights(projection)) == 1.0
        sim.set_modulator(projection, 0.5)
        sim.run_until(350.0)
        sim.set_modulator(projection, 0.0)

    rule = Modulated(AntisymmetricSTDP(0.1), 200.0)
    weights, _, _ = learned(arrivals, spikes, rule, w=1.0, act=act)
    trace = 0.1 * np.exp(-0.5) * np.exp(-(300.0 - 60.0) / 200.0)
    assert weights - 1.0 == pytest.approx(0.5 * trace * 200.0 * -np.expm1(-0.25), rel=1e-12)


def test_the_frame_moves_and_long_silences_lose_nothing():
    """The second pulse of a pair is 50 time constants after it, the pair 60 after the start."""
    signal = Steps([610.0, 650.0, 900.0], [0.1, -0.1, 0.5])
    weights, _, _ = learned([600.0, 900.0], [[600.0]], Modulated(PAIRS, 10.0, signal), w=1.0)
    late = -PAIRS.A_minus * ETA * np.exp(-300.0 / 23.0) * 0.5 * 10.0 * -np.expm1(-10.0)
    first = ETA * 10.0 * 0.1 * (np.exp(-1.0) - 2.0 * np.exp(-5.0) + np.exp(-30.0))
    last = ETA * 10.0 * 0.5 * np.exp(-30.0)
    assert weights - 1.0 == pytest.approx(first + last + late, rel=1e-12)


class Judge:
    """A world whose reward is scripted."""

    interval = 50.0
    reward = 0.0
    rewards = (0.0, 0.2, -0.1)

    def reset(self, _):
        self.k, self.reward = 0, 7.0  # which nobody hears

    def step(self, motor):
        self.reward = self.rewards[self.k % 3]
        self.k += 1
        return np.zeros(len(motor))

    def state(self):
        return {"k": self.k}

    def restore(self, state):
        self.k = state["k"]


def judged(rule, judge=None):
    net, plastic = network(rule)
    net.add_world("judge", judge or Judge(), "cells", "cells", drive="kicks")
    return postdict.Simulation(net), plastic


def test_the_reward_of_a_world_is_the_modulator_from_its_step_on():
    sim, plastic = judged(Modulated(INNER["antisymmetric"], 100.0, "judge"))
    sim.run_until(430.0)
    sim = pickle.loads(pickle.dumps(sim))
    sim.run_until(1000.0)
    times = 50.0 * np.arange(1, 20)
    steps = Steps(times, np.resize(Judge.rewards, 19))
    same, other = judged(Modulated(INNER["antisymmetric"], 100.0, steps))
    same.run_until(1000.0)
    assert np.array_equal(sim.spikes("cells")[0], same.spikes("cells")[0])
    assert np.array_equal(sim.weights(plastic), same.weights(other))
    assert np.ptp(sim.weights(plastic)) > 0.05


class Unjust(Judge):
    rewards = (0.0, math.nan, 0.0)


class Silent:
    interval = 50.0

    def reset(self, seed):
        pass

    def step(self, motor):
        return np.zeros(len(motor))


def test_a_reward_that_is_no_number_ends_the_run_whole():
    sim, _ = judged(Modulated(PAIRS, 100.0, "judge"), Unjust())
    with pytest.raises(ValueError, match=r"^world 'judge': reward must be finite, got nan 1/ms$"):
        sim.run_until(1000.0)
    assert sim.time == 100.0
    with pytest.raises(TypeError, match=r"^world 'judge' must have a reward, .* Silent has none$"):
        judged(Modulated(PAIRS, 100.0, "judge"), Silent())


def test_an_update_that_fails_is_named_with_a_third_factor_too():
    rule = CustomSTDP({"x": 20.0}, {"y": 20.0}, "w / (w - 0.5)", "w")
    with pytest.raises(
        FloatingPointError, match=r"^on_pre = 'w / \(w - 0\.5\)' gave inf at t = 20"
    ):
        learned([20.0, 30.0], [[10.0]], Modulated(rule, 50.0, 0.1), w=0.5)


@pytest.mark.parametrize("modulator", [0.25, REWARDS, "arm"])
@pytest.mark.parametrize("name", INNER)
def test_a_rule_is_a_value(name, modulator):
    rule = Modulated(INNER[name], 80.0, modulator)
    assert Modulated.from_dict(rule.to_dict()) == rule
    assert len({rule, dataclasses.replace(rule), dataclasses.replace(rule, modulator=0.5)}) == 2
    assert (rule.eta, rule.w_max) == (ETA, 1.0)


def test_a_rule_shows_itself_by_what_makes_it():
    rule = Modulated(AntisymmetricSTDP(ETA), 80.0, "arm")
    assert eval(repr(rule), {**RULES}) == rule


def test_a_window_is_what_a_pair_makes_in_the_end():
    rule = Modulated(VogelsSTDP(ETA, 5.0), 10.0, 0.2)
    found, _, _ = learned([500.0], [[480.0], [505.0]], rule, w=1.0)
    expected = rule.window([-20.0, 5.0]) + rule.per_arrival
    np.testing.assert_allclose(found - 1.0, expected, rtol=1e-12)
    with pytest.raises(ValueError, match=r"^modulator must be one number for a window, got 'arm'"):
        Modulated(PAIRS, 10.0, "arm").window(0.0)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Modulated(3.0, 10.0), TypeError, r"^rule must be a postdict rule of two factors"),
        (lambda: Modulated(Modulated(PAIRS, 1.0), 10.0), TypeError, r"got Modulated$"),
        (lambda: Modulated(PAIRS, 0.0), ValueError, r"^tau_eligibility must be positive, got 0\.0"),
        (lambda: Modulated(PAIRS, 10.0, math.inf), ValueError, r"^modulator must be finite"),
        (lambda: Modulated(PAIRS, 10.0, [1.0]), TypeError, r"^modulator must be a number, got "),
        (
            lambda: Modulated(PAIRS, 10.0, Steps([0.0], [[1.0], [2.0]])),
            ValueError,
            r"^modulator must be one signal for all synapses, got 2 signals$",
        ),
    ],
)
def test_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_refused_in_a_network():
    net, plastic = network(Modulated(PAIRS, 10.0, "judg"))
    net.add_world("judge", Judge(), "cells", "cells", drive="kicks")
    message = r"^modulator of the projection .*: no world is named 'judg'; did you mean 'judge'\?$"
    with pytest.raises(ValueError, match=message):
        postdict.Simulation(net)
    net, plastic = network(PAIRS)
    message = r"^the rule of the projection .* has no modulator: it is not Modulated$"
    with pytest.raises(ValueError, match=message):
        postdict.Simulation(net).set_modulator(plastic, 1.0)
