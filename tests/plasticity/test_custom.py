"""Rules as text: they are the built-in ones, in every form; what is refused, and what fails."""

import dataclasses
import math
import pickle  # noqa: TID251 -- our own objects: this is save and load, in memory
import threading

import numpy as np
import pytest

import postdict
from forced import learned
from postdict import AntisymmetricSTDP, CausalSTDP, CustomSTDP, TripletSTDP, VogelsSTDP
from postdict.plasticity import RULES
from postdict.plasticity.expressions import compiled, evaluated
from reference.by_engine import numbers

ETA, W_MAX = 0.02, 1.0
TRACES = {"pre": {"x": 17.0}, "post": {"y": 23.0}}


def custom(on_pre, on_post, parameters, pre=TRACES["pre"], post=TRACES["post"], **others):
    parameters = {"eta": ETA, **parameters}
    return CustomSTDP(pre, post, on_pre, on_post, parameters, **{"w_max": W_MAX, **others})


TWENTY = {"pre": {"x": 20.0}, "post": {"y": 20.0}}
PAIRS = {
    "antisymmetric": (
        AntisymmetricSTDP(ETA, 1.0, 0.7, 17.0, 23.0, W_MAX),
        custom("w - eta * a * y", "w + eta * x", {"a": 0.7}),
    ),
    "antisymmetric, nearest": (
        AntisymmetricSTDP(ETA, 1.0, 0.7, 17.0, 23.0, W_MAX, pairing="nearest"),
        custom("w - eta * a * y", "w + eta * x", {"a": 0.7}, set_to_one=["x", "y"]),
    ),
    "antisymmetric, soft": (
        AntisymmetricSTDP(ETA, 1.0, 0.7, 17.0, 23.0, W_MAX, bounds="soft"),
        custom("w - eta * a * y * w", "w + eta * x * (1 - w)", {"a": 0.7}),
    ),
    "Vogels": (
        VogelsSTDP(ETA, 20.0, 20.0, W_MAX),
        custom("w + eta * (y - 2 * rho * 0.02)", "w + eta * x", {"rho": 20.0}, **TWENTY),
    ),
    "causal": (
        CausalSTDP(ETA, 0.8, 20.0, W_MAX),
        custom("w - eta * bias", "w + eta * x", {"bias": 0.8}, **TWENTY),
    ),
    "triplet": (
        TripletSTDP(ETA, 0.5, 0.6, 0.4, 0.3, 17.0, 23.0, 61.0, 47.0, W_MAX),
        custom(
            "w - eta * y * (0.6 + 0.3 * x2)",
            "w + eta * x * (0.5 + 0.4 * y2)",
            {},
            pre={"x": 17.0, "x2": 61.0},
            post={"y": 23.0, "y2": 47.0},
        ),
    ),
}


def network(rule, sparse=False, inhibitory=True, **connection):
    """A network in which the weights decide when neurons fire."""
    net, n, rng = postdict.Network(seed=3), 12, np.random.default_rng(1)
    cells = net.add_population("cells", n, postdict.LIF(tau_m=20.0, i_offset=0.8, v_min=-1.0))
    net.add_poisson("noise", cells, rate=600.0, weight=0.15)
    before = net.add_population("before", n, postdict.LIF(tau_m=20.0, i_offset=0.8))
    net.add_poisson("more noise", before, rate=600.0, weight=0.15)
    net.connect(before, cells, weights=0.05 * np.eye(n), axonal_delay=0.5)
    weights = rng.uniform(0.05, 0.2, (n, n))
    if sparse:
        pre, post = rng.integers(0, n, (2, 70))
        weights = postdict.Triplets(pre=pre, post=post, weight=rng.uniform(0.1, 0.2, 70))
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


def finished(rule, duration=2000.0, rate=ETA, **form):
    net, plastic = network(rule, **form)
    sim = postdict.Simulation(net)
    sim.set_learning_rate(plastic, rate)
    sim.account_fluxes(plastic)
    sim.run_until(0.5 * duration)
    sim.account_fluxes(plastic, False)
    sim.run_until(duration)
    return sim, plastic


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("inhibitory", [False, True])
@pytest.mark.parametrize("dendritic_delay", [0.0, 1.5])
def test_built_in_rules_as_text_are_the_same(name, sparse, inhibitory, dendritic_delay):
    form = {"sparse": sparse, "inhibitory": inhibitory, "dendritic_delay": dendritic_delay}
    if not inhibitory:  # or all of it is at its bound soon
        form |= {"rate": 0.05 * ETA, "duration": 200.0}
    (built_in, plastic), (own, same) = (finished(rule, **form) for rule in PAIRS[name])
    assert len(built_in.spikes("cells")[0]) > 100
    for expected, found in zip(built_in.spikes("cells"), own.spikes("cells"), strict=True):
        assert np.array_equal(expected, found)
    expected, found = numbers(built_in.weights(plastic)), numbers(own.weights(same))
    assert np.ptp(expected) > 0.05
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("sparse", [False, True])
def test_a_run_in_pieces_saved_and_read_has_the_same_bits(name, sparse):
    rule = PAIRS[name][1]
    whole, plastic = finished(rule, sparse=sparse)
    net, same = network(rule, sparse=sparse)
    sim = postdict.Simulation(net)
    sim.account_fluxes(same)
    for t in (1.0, 333.3, 1000.0, 1700.1, 2000.0):
        sim.run_until(t)
        sim = pickle.loads(pickle.dumps(sim))
        sim.weights(same)
        if t == 1000.0:
            sim.account_fluxes(same, False)
    assert np.array_equal(whole.spikes("cells")[0], sim.spikes("cells")[0])
    assert np.array_equal(numbers(whole.weights(plastic)), numbers(sim.weights(same)))


def test_simulations_in_threads_have_the_same_bits():
    rule = PAIRS["triplet"][1]
    found = []

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


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("name", ["antisymmetric", "triplet"])
def test_fluxes_rates_and_pauses_are_those_of_built_in_rules(name, sparse):
    rng = np.random.default_rng(3)
    spikes = np.sort(rng.uniform(5.0, 900.0, (5, 60)))

    def act(sim, projection):
        sim.account_fluxes(projection)
        sim.run_until(300.0)
        sim.set_plasticity(projection, False)
        sim.set_learning_rate(projection, 0.05)
        sim.run_until(500.0)
        sim.set_plasticity(projection, True)
        sim.run_until(700.0)
        sim.account_fluxes(projection, False)
        sim.set_plasticity(projection, False)
        sim.run_until(800.0)
        sim.account_fluxes(projection)
        sim.set_plasticity(projection, True)

    results = []
    for rule in PAIRS[name]:
        rule = dataclasses.replace(rule, w_max=30.0)
        weights, sim, plastic = learned(spikes[0], spikes[1:], rule, sparse=sparse, act=act)
        results.append([weights, *(np.ravel(numbers(flux)) for flux in sim.fluxes(plastic))])
    np.testing.assert_allclose(results[1], results[0], rtol=0, atol=1e-12)
    assert np.all(results[0][1] > 0.0)


def test_single_precision_is_double_but_for_rounding():
    rule = PAIRS["antisymmetric"][1]
    rng = np.random.default_rng(3)
    spikes = np.sort(rng.uniform(5.0, 900.0, (5, 60)))
    found = [
        learned(spikes[0], spikes[1:], rule, w=0.5, precision=precision)[0]
        for precision in ("double", "single")
    ]
    np.testing.assert_allclose(*found, rtol=0, atol=1e-5)


def test_a_rule_is_a_value():
    rule = PAIRS["triplet"][1]
    assert eval(repr(rule), {**RULES, "inf": math.inf}) == rule
    assert CustomSTDP.from_dict(rule.to_dict()) == rule
    assert rule.to_dict()["pre"] == {"x": 17.0, "x2": 61.0}
    assert len({rule, dataclasses.replace(rule), dataclasses.replace(rule, w_max=2.0)}) == 2
    assert rule.eta == ETA


@pytest.mark.parametrize("name", ["antisymmetric", "Vogels", "causal", "triplet"])
def test_the_window_is_that_of_the_built_in_rule(name):
    lags = np.array([-40.0, -3.0, 0.0, 3.0, 40.0])
    built_in, own = PAIRS[name]
    np.testing.assert_allclose(own.window(lags), built_in.window(lags), rtol=0, atol=1e-15)
    assert own.per_arrival == pytest.approx(built_in.per_arrival, abs=1e-15)


def test_there_is_no_window_where_changes_depend_on_the_weight():
    with pytest.raises(ValueError, match=r"^on_post = 'w \+ .*' depends on w: it has no window$"):
        PAIRS["antisymmetric, soft"][1].window(3.0)


EXPRESSIONS = [
    "w + 2 * x - -y / 4 ** 0.5",
    "abs(w - x) + min(x, y, 0.3) * max(w, y)",
    "exp(-x) + log(1 + y) - sqrt(w)",
    "where(x > y, w, 1 - w) + (x <= y) - (w != w) + (w == w) + (x >= y) * (x < 1)",
    "+w * (2 ** 3 - 7) + where(0 < 1, x, y)",
    "2",
]


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_an_expression_means_what_python_means_by_it(text):
    """Many synapses, so that blocks are full and not; each with its own w and y."""
    n, names = 300, ["w", "eta", "x", "y"]
    rng = np.random.default_rng(2)
    w, y = rng.uniform(0.0, 1.0, (2, n))
    functions = {"exp": math.exp, "log": math.log, "sqrt": math.sqrt, "abs": abs}
    functions |= {"min": min, "max": max, "where": lambda c, a, b: a if c else b}
    expected = [
        float(eval(text, functions, {"w": w[k], "x": 0.6, "y": y[k], "eta": 1.0})) for k in range(n)
    ]
    found = np.broadcast_to(evaluated(compiled("text", text, names, {}), [w, 1.0, 0.6, y]), n)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-14)
    # In the core y is a trace: of a spike so long ago that exp(-dt/tau) is y.
    rule = CustomSTDP({"x": 1e6}, {"y": 10.0}, text, "w", w_max=9.0)
    before = 10.0 * -np.log(y)
    spikes = (800.0 - before.round(9))[:, None]
    weights, _, _ = learned([800.0], spikes, rule, w=0.5)
    traces = np.exp(-(800.0 - spikes[:, 0]) / 10.0)
    by_numpy = evaluated(compiled("text", text, names, {}), [0.5, 1.0, 0.0, traces])
    expected = np.broadcast_to(np.clip(by_numpy, 0.0, 9.0), n)
    np.testing.assert_allclose(weights, expected, rtol=0, atol=1e-12)


def refused(on_pre="w", **others):
    return CustomSTDP(**{**TRACES, "on_pre": on_pre, "on_post": "w", **others})


LONG = "w + " * 3000 + "w"


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: refused("w - q * y"), ValueError, r"^on_pre: no trace, .* is named 'q'"),
        (lambda: refused("w - yy"), ValueError, r"named 'yy'; did you mean 'y'\?$"),
        (lambda: refused("w - eta * y"), ValueError, r"is named 'eta'"),
        (lambda: refused("__import__('os').system('x')"), ValueError, r"and not \"__import__\("),
        (lambda: refused("w.real"), ValueError, r"and not 'w\.real'$"),
        (lambda: refused("[w for w in (1,)]"), ValueError, r"and not '\[w for w in \(1,\)\]'$"),
        (lambda: refused("(lambda: w)()"), ValueError, r"and not '\(lambda: w\)\(\)'$"),
        (lambda: refused("w if x else y"), ValueError, r"and not 'w if x else y'$"),
        (lambda: refused("0 < w < 1"), ValueError, r"and not '0 < w < 1'$"),
        (lambda: refused("w // 2"), ValueError, r"and not 'w // 2'$"),
        (lambda: refused("w + 'a'"), ValueError, r"and not \"'a'\"$"),
        (lambda: refused("w + True"), ValueError, r"and not 'True'$"),
        (lambda: refused("f'{w}'"), ValueError, r"and not \"f'\{w\}'\"$"),
        (lambda: refused("w := 3"), ValueError, r"^on_pre is no expression .*: 'w := 3'$"),
        (lambda: refused("w ="), ValueError, r"^on_pre is no expression that can be read: 'w ='$"),
        (lambda: refused(""), ValueError, r"^on_pre is no expression that can be read: ''$"),
        (lambda: refused("w; w"), ValueError, r"^on_pre is no expression"),
        (lambda: refused("(" * 900 + "w" + ")" * 900), ValueError, r"^on_pre is no expression"),
        (lambda: refused("-" * 1900 + "w"), ValueError, r"^on_pre (is no expression|must have)"),
        (lambda: refused("w\0"), ValueError, r"^on_pre is no expression"),
        (lambda: refused(LONG), ValueError, r"at most 2000 characters, got 12001$"),
        (lambda: refused("w" + "+w" * 700), ValueError, r"^on_pre must have at most 500 steps"),
        (lambda: refused(3), TypeError, r"^on_pre must be text, got int$"),
        (lambda: refused("exp(w, 2)"), ValueError, r"^on_pre: exp takes 1 arguments, got 2$"),
        (lambda: refused("min(w)"), ValueError, r"^on_pre: min takes 2 arguments, got 1$"),
        (lambda: refused("w + 1 / 0"), ValueError, r"no finite value in '1 / 0': inf$"),
        (lambda: refused("w + log(-1)"), ValueError, r"no finite value in 'log\(-1\)': nan$"),
        (lambda: refused("w + 1e999"), ValueError, r"no finite value in '1e999': inf$"),
        (lambda: refused("w + 9 ** 9 ** 9"), ValueError, r"no finite value in '9 \*\* 9 \*\* 9'"),
        (
            lambda: refused(pre={"exp": 5.0}),
            ValueError,
            r"^pre must not have the name of a function",
        ),
        (lambda: refused(pre={"w": 5.0}), ValueError, r"^pre must not have the name 'w', which is"),
        (lambda: refused(pre={"y": 5.0}), ValueError, r"^post must have names of its own, got 'y'"),
        (
            lambda: refused(pre={"a b": 5.0}),
            ValueError,
            r"^pre must have names that can stand in an",
        ),
        (
            lambda: refused(pre={"if": 5.0}),
            ValueError,
            r"^pre must have names that can stand in an",
        ),
        (lambda: refused(pre=5.0), TypeError, r"^pre must map names to numbers, got 5\.0$"),
        (
            lambda: refused(pre={"x": 0.0}),
            ValueError,
            r"^pre\['x'\] must be positive, got 0\.0 ms$",
        ),
        (
            lambda: refused(parameters={"a": math.nan}),
            ValueError,
            r"^parameters\['a'\] must be fin",
        ),
        (
            lambda: refused(parameters={"eta": -1.0}),
            ValueError,
            r"^eta must be non-negative, got -1",
        ),
        (lambda: refused(set_to_one=["z"]), ValueError, r"^set_to_one: no trace is named 'z'"),
        (lambda: refused(w_max=0.0), ValueError, r"^w_max must be positive, got 0\.0 mV$"),
    ],
)
def test_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_a_rule_without_eta_has_no_rate():
    net, plastic = network(refused())
    with pytest.raises(ValueError, match=r"^the rule of the projection .* has no parameter eta$"):
        postdict.Simulation(net).set_learning_rate(plastic, 0.1)


FAILING = [
    ({"on_pre": "w / (w - w)"}, r"on_pre = 'w / \(w - w\)' gave inf at t = 100\.0+ ms"),
    ({"on_post": "w + log(y)"}, r"on_post = 'w \+ log\(y\)' gave -inf at t = 105\.0+ ms"),
    ({"on_post": "sqrt(-x)"}, r"on_post = 'sqrt\(-x\)' gave -?nan at t = 105\.0+ ms"),
]


@pytest.mark.parametrize(("updates", "message"), FAILING)
@pytest.mark.parametrize("sparse", [False, True])
def test_what_is_no_number_ends_the_run_whole(updates, message, sparse):
    rule = CustomSTDP(**{**TRACES, "on_pre": "w", "on_post": "w", **updates})
    seen = []

    def act(sim, projection):
        with pytest.raises(FloatingPointError, match=message) as caught:
            sim.run_until(1000.0)
        assert "the synapse of 'pre' 0 onto 'cells' 0, whose weight was 10.0" in str(caught.value)
        assert 100.0 <= sim.time <= 300.0
        again = pickle.loads(pickle.dumps(sim))
        assert np.all(numbers(again.weights(projection)) == 10.0)
        seen.append(np.ravel(numbers(sim.weights(projection))))
        sim.set_plasticity(projection, False)  # and then it goes on

    learned([100.0, 200.0, 300.0], [[105.0]], rule, act=act, sparse=sparse)
    assert list(seen[0]) == [10.0]
