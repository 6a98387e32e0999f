"""The engine against the slow twin: random small networks, full of ties, give the same results.

Rounding may decide nothing here: values are generic (drawn from a seeded generator), or exact
binary fractions on neurons whose V at rest is exact. More examples: see conftest.py.
"""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import assume, event, given, target
from hypothesis import strategies as st
from reference import twin as slow

import postdict
from postdict import LIF, AntisymmetricSTDP

DURATION = 64.0  # ms; the pause in its middle falls on the grid of spike times
DYADIC_DELAYS = (0.5, 1.0, 2.5)  # sums of them are exact: what ties by one path ties by all
EXACT = 1.0  # mV, the threshold above rest that sums of binary fractions can meet to the bit


@dataclass
class Model:
    """What both simulators are built from."""

    populations: dict[str, tuple] = field(default_factory=dict)  # size, parameters of LIF
    sources: dict[str, tuple] = field(default_factory=dict)  # size, times, ids
    noise: dict[str, tuple] = field(default_factory=dict)  # population, rate, weight
    projections: list[dict] = field(default_factory=list)  # see `synapses`
    duration: float = DURATION
    seed: int = 7


def synapses(pre, post, weights, delay=1.0, inhibitory=False, rule=None, pause=False):
    """One projection; `pause`: its plasticity goes off in the middle of the run."""
    to = {"weights": weights, "axonal_delay": delay, "inhibitory": inhibitory}
    return {"pre": pre, "post": post, "to": to, "rule": rule, "pause": pause}


@dataclass
class Outcome:
    spikes: dict[str, tuple]  # times, ids
    potentials: dict[str, np.ndarray]
    weights: list[np.ndarray]


def engine(model, **limits):
    net = postdict.Network(seed=model.seed)
    for name, (size, parameters) in model.populations.items():
        net.add_population(name, size, LIF(**parameters))
    for name, (size, times, ids) in model.sources.items():
        net.add_spike_source(name, size, times=times, ids=ids)
    for name, (population, rate, weight) in model.noise.items():
        net.add_poisson(name, population, rate=rate, weight=weight)
    for p in model.projections:
        rule = p["rule"] and AntisymmetricSTDP(**p["rule"])
        net.connect(p["pre"], p["post"], plasticity=rule, **p["to"])
    sim = postdict.Simulation(net, **limits)
    sim.run_until(model.duration / 2)
    for handle, p in zip(net.projections, model.projections, strict=True):
        if p["pause"]:
            sim.set_plasticity(handle, False)
    sim.run_until(model.duration)
    return Outcome(
        {name: sim.spikes(name) for name in model.populations},
        {name: sim.potentials(name) for name in model.populations},
        [np.asarray(sim.weights(handle)) for handle in net.projections],
    )


def twin(model):
    sim, handles = slow.Twin(), {}
    for name, (size, parameters) in model.populations.items():
        handles[name] = sim.add_population(size, **parameters)
    for name, spikes in model.sources.items():
        handles[name] = sim.add_spike_source(*spikes)
    for name, (population, rate, weight) in model.noise.items():
        size = model.populations[population][0]
        sim.add_kicks(handles[population], *kicks(model, name, size, rate), weight)
    for p in model.projections:
        rule = p["rule"] and slow.AntisymmetricSTDP(**p["rule"])
        sim.connect(handles[p["pre"]], handles[p["post"]], stdp=rule, **p["to"])
    sim.run_until(model.duration / 2)
    for k, p in enumerate(model.projections):
        sim.set_plasticity(k, not p["pause"])
    sim.run_until(model.duration)
    return Outcome(
        {name: tuple(map(np.array, sim.spikes(handles[name]))) for name in model.populations},
        {
            name: np.array([sim.potential(handles[name], i) for i in range(size)])
            for name, (size, _) in model.populations.items()
        },
        [np.array(sim.weights(k)) for k in range(len(model.projections))],
    )


def kicks(model, name, size, rate):
    """Times and ids of a Poisson source's kicks. The stream depends on seed and name alone, and
    neurons whose threshold every kick passes fire once a kick.
    """
    net = postdict.Network(seed=model.seed)
    probe = net.add_population("probe", size, LIF())
    net.add_poisson(name, probe, rate=rate, weight=2.0)
    sim = postdict.Simulation(net)
    sim.run_until(model.duration)
    assert sim.spike_count(probe) == sim.n_events
    return sim.spikes(probe)


def assert_same(one, other, tolerance=1e-9):
    for name, (times, ids) in one.spikes.items():
        assert np.array_equal(ids, other.spikes[name][1])
        assert times == pytest.approx(other.spikes[name][0], rel=0, abs=tolerance)
        assert one.potentials[name] == pytest.approx(other.potentials[name], rel=0, abs=tolerance)
    for weights, expected in zip(one.weights, other.weights, strict=True):
        np.testing.assert_allclose(weights, expected, rtol=0, atol=tolerance)


def both(model):
    """The engine's outcome, which must be the twin's."""
    outcome = engine(model)
    assert_same(outcome, twin(model))
    return outcome


@st.composite
def neurons(draw, rng, size):
    """Parameters of LIF. A drive differs from neuron to neuron: equal neurons of different pasts
    could tie in exact arithmetic, and rounding would decide.
    """

    def value(low, high):
        return rng.uniform(low, high, size if draw(st.booleans()) else None)

    exact = draw(st.booleans())
    rest = 0.0 if exact else value(-70.0, -60.0)
    parameters = {
        "tau_m": value(3.0, 40.0),
        "v_rest": rest,
        "v_thresh": EXACT if exact else rest + value(0.7, 1.3),
        "v_reset": 0.0 if exact else rest + value(-0.5, 0.3),
        "reset": draw(st.sampled_from(["to", "by"])),
    }
    drive = draw(st.sampled_from([None, None, (-0.5, 0.8), (1.1, 2.5)]))
    if drive:
        parameters["i_offset"] = rng.uniform(*drive, size) * (parameters["v_thresh"] - rest)
    if draw(st.booleans()):
        parameters["v_init"] = rest + value(-0.3, 0.5)
    if draw(st.booleans()):
        lowest = np.minimum(rest, rest + parameters.get("i_offset", 0.0))
        lowest = np.minimum(lowest, parameters.get("v_init", rest))
        lowest = np.minimum(lowest, parameters["v_reset"])
        parameters["v_min"] = lowest - draw(st.sampled_from([0.0, 0.25]))
    if parameters["reset"] == "to" and draw(st.booleans()):
        choices = [0.0, 0.5, 1.0, 2.5, rng.uniform(0.1, 5.0)]
        parameters["tau_refrac"] = rng.choice(choices, size if draw(st.booleans()) else None)
    event(f"drive {drive}, reset {parameters['reset']}, {'exact' if exact else 'generic'}")
    return parameters


@st.composite
def projections(draw, rng, model, delays):
    pre = draw(st.sampled_from([*model.populations, *model.sources]))
    post = draw(st.sampled_from(list(model.populations)))
    size, parameters = model.populations[post]
    n_pre = (model.populations | model.sources)[pre][0]
    shape = (size, n_pre) if draw(st.booleans()) else ()
    # Sums of exact weights reach the threshold exactly. For reset "by" see the test below.
    exact = np.all(parameters["v_thresh"] == EXACT) and parameters["reset"] == "to"
    if exact and "i_offset" not in parameters and draw(st.booleans()):
        weights = rng.choice([0.0, 0.25, 0.5, 1.0, 1.5], shape)
    else:
        weights = rng.uniform(0.0, 1.5, shape)
    inhibitory, plastic = draw(st.booleans()), draw(st.booleans())
    if pre in model.populations and not inhibitory:
        weights = 0.5 * weights  # or activity explodes
    if not (inhibitory or plastic) and draw(st.booleans()):
        weights = weights * rng.choice([-1.0, 1.0], shape)
    amplitudes = rng.uniform(0.2, 2.0, 2) * draw(st.sampled_from([1.0, 1.0, -1.0]))
    rule = {
        "eta": rng.uniform(0.01, 0.1),
        "w_max": draw(st.sampled_from([np.inf, 1.5])),
        **dict(zip(("A_plus", "A_minus"), amplitudes, strict=True)),
        **dict(zip(("tau_plus", "tau_minus"), rng.uniform(3.0, 40.0, 2), strict=True)),
    }
    delay = draw(st.sampled_from(delays))
    pause = plastic and draw(st.booleans())
    weights = weights if shape else float(weights)
    return synapses(pre, post, weights, delay, inhibitory, rule if plastic else None, pause)


@st.composite
def models(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    model = Model(seed=draw(st.integers(0, 2**64 - 1)))
    for k in range(draw(st.integers(1, 3))):
        size = draw(st.integers(1, 4))
        model.populations[f"p{k}"] = (size, draw(neurons(rng, size)))
    for k in range(draw(st.integers(1, 2))):
        size, n_spikes = draw(st.integers(1, 4)), draw(st.integers(0, 60))
        grid = 0.5 * rng.integers(0, 2 * DURATION, n_spikes)
        times = grid if draw(st.booleans()) else rng.uniform(0.0, DURATION, n_spikes)
        model.sources[f"s{k}"] = (size, times, rng.integers(0, size, n_spikes))
    for k in range(draw(st.integers(0, 2))):
        kicked = draw(st.sampled_from(list(model.populations)))
        model.noise[f"n{k}"] = (kicked, rng.uniform(50.0, 500.0), rng.uniform(-0.4, 1.2))
    # The two compute the spike time of a driven neuron alike to 1e-13 ms, not to the last bit, and
    # must see the same ties after it.
    driven = any("i_offset" in parameters for _, parameters in model.populations.values())
    delays = DYADIC_DELAYS if driven else (*DYADIC_DELAYS, rng.uniform(0.1, 4.0))
    for _ in range(draw(st.integers(1, 6))):
        model.projections.append(draw(projections(rng, model, delays)))
    return model


def engine_unless_too_busy(model):
    try:
        outcome = engine(model, max_recorded_spikes=3000)
    except RuntimeError:
        assume(False)
    n_spikes = sum(len(times) for times, _ in outcome.spikes.values())
    target(float(n_spikes))
    event(f"{len(str(n_spikes))} digits of spikes")
    return outcome


@given(models())
def test_random_networks_are_those_of_the_twin(model):
    assert_same(engine_unless_too_busy(model), twin(model))


@given(models(), st.randoms(use_true_random=False))
def test_the_order_of_projections_and_their_division_are_rounding(model, random):
    outcome = engine_unless_too_busy(model)
    pieces = []
    for k, p in enumerate(model.projections):
        half = replace_weights(p, 0.5) if not p["rule"] else None
        pieces += [(k, half), (k, half)] if half else [(k, p)]
    random.shuffle(pieces)
    other = engine(replace(model, projections=[p for _, p in pieces]))
    weights = [np.zeros_like(w) for w in outcome.weights]
    for (k, _), piece in zip(pieces, other.weights, strict=True):
        weights[k] += piece
    assert_same(outcome, replace(other, weights=weights), tolerance=1e-12)


def replace_weights(p, factor):
    return {**p, "to": {**p["to"], "weights": factor * np.asarray(p["to"]["weights"])}}
