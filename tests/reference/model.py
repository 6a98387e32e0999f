"""One description of a network, built and run by the engine and by the twin."""

from dataclasses import dataclass, field

import numpy as np

import postdict
from postdict import LIF, AntisymmetricSTDP, LIFExp
from reference import twin as slow

DURATION = 64.0  # ms; its quarters fall on the grid of spike times
DELAYS = [0.5, 1.0, 2.5]  # sums of them are exact: what ties by one path ties by all


@dataclass
class Model:
    """What both simulators are built from."""

    populations: dict[str, tuple] = field(default_factory=dict)  # size, parameters
    sources: dict[str, tuple] = field(default_factory=dict)  # size, times, ids
    noise: dict[str, tuple] = field(default_factory=dict)  # population, rate, weight
    projections: list[dict] = field(default_factory=list)  # see `synapses`
    duration: float = DURATION
    seed: int = 7


def synapses(pre, post, weights, delay=1.0, inhibitory=False, rule=None, pause=False):
    """One projection; `pause`: its plasticity is off for the second quarter of the run."""
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
        kind = LIFExp if "tau_syn_e" in parameters else LIF
        net.add_population(name, size, kind(**parameters))
    for name, (size, times, ids) in model.sources.items():
        net.add_spike_source(name, size, times=times, ids=ids)
    for name, (population, rate, weight) in model.noise.items():
        net.add_poisson(name, population, rate=rate, weight=weight)
    for p in model.projections:
        rule = p["rule"] and AntisymmetricSTDP(**p["rule"])
        net.connect(p["pre"], p["post"], plasticity=rule, **p["to"])
    sim = postdict.Simulation(net, **limits)
    pausing = [h for h, p in zip(net.projections, model.projections, strict=True) if p["pause"]]
    for share, learning in ((0.25, False), (0.5, True), (1.0, True)):
        sim.run_until(share * model.duration)
        for handle in pausing:
            sim.set_plasticity(handle, learning)
    return Outcome(
        {name: sim.spikes(name) for name in model.populations},
        {name: sim.potentials(name) for name in model.populations},
        [np.asarray(sim.weights(handle)) for handle in net.projections],
    )


def twin(model):
    sim, handles = slow.Twin(), {}
    for name, (size, parameters) in model.populations.items():
        add = sim.add_population_exp if "tau_syn_e" in parameters else sim.add_population
        handles[name] = add(size, **parameters)
    for name, spikes in model.sources.items():
        handles[name] = sim.add_spike_source(*spikes)
    for name, (population, rate, weight) in model.noise.items():
        size = model.populations[population][0]
        sim.add_kicks(handles[population], *kicks(model, name, size, rate), weight)
    for p in model.projections:
        rule = p["rule"] and slow.AntisymmetricSTDP(**p["rule"])
        sim.connect(handles[p["pre"]], handles[p["post"]], stdp=rule, **p["to"])
    for share, learning in ((0.25, False), (0.5, True), (1.0, True)):
        sim.run_until(share * model.duration)
        for k, p in enumerate(model.projections):
            sim.set_plasticity(k, learning or not p["pause"])
    return Outcome(
        {name: tuple(map(np.array, sim.spikes(handles[name]))) for name in model.populations},
        {
            name: np.array([sim.potential(handles[name], i) for i in range(size)])
            for name, (size, _) in model.populations.items()
        },
        [np.array(sim.weights(k)) for k in range(len(model.projections))],
    )


def kicks(model, name, size, rate):
    """Times and ids of a source's kicks (its stream depends on seed and name alone): the spikes
    of neurons whose threshold every kick passes.
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
        np.testing.assert_allclose(times, other.spikes[name][0], rtol=0, atol=tolerance)
    ours, theirs = ([*o.potentials.values(), *o.weights] for o in (one, other))
    for values, expected in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(values, expected, rtol=0, atol=tolerance)


def both(model):
    """The engine's outcome, which must be the twin's."""
    outcome = engine(model)
    assert_same(outcome, twin(model))
    return outcome
