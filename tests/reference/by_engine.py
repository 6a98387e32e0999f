"""A model run by the engine, through the public API alone."""

import dataclasses
import warnings

import numpy as np

import postdict
from postdict import LIF

from .description import PAUSES, SYNAPTIC, Reflex, kind_of, rule_of, signal_of, title
from .outcome import Outcome


def network(model):
    """The model as a network, with recorders that look at the model's samples."""
    net = postdict.Network(seed=model.seed)
    for name, (size, parameters) in model.populations.items():
        kind = getattr(postdict, kind_of(parameters))
        net.add_population(name, size, kind(**parameters))
    for name, (size, times, ids) in model.sources.items():
        net.add_spike_source(name, size, times=times, ids=ids)
    for name, (population, rate, weight) in model.noise.items():
        net.add_poisson(name, population, rate=rate_of(rate), weight=weight)
    for name, (population, times, values, ids) in model.currents.items():
        net.add_current(name, population, current=postdict.Steps(times, values), ids=ids)
    for p in model.projections:
        weights, rule = p["weights"], rule_of(postdict, p["rule"])
        if p["pairs"]:
            weights = postdict.Triplets(pre=p["pairs"][0], post=p["pairs"][1], weight=weights)
        with warnings.catch_warnings():  # random matrices may be mostly zeros that learn
            warnings.filterwarnings("ignore", "[0-9]+ of the [0-9]+ weights are 0")
            net.connect(p["pre"], p["post"], weights=weights, plasticity=rule, **p["to"])
    if model.samples:
        add_recorders(net, model)
    for k, given in enumerate(model.worlds):
        options = {name: given[name] for name in ("readout", "tau", "drive", "weight", "latency")}
        net.add_world(f"w{k}", Reflex(given), given["motor"], given["sensor"], **options)
    return net


def rate_of(rate):
    return postdict.Steps(*rate) if isinstance(rate, tuple) else rate


def add_recorders(net, model):
    for name, (_, parameters) in model.populations.items():
        for variable in ("v", *SYNAPTIC[kind_of(parameters)]):
            net.record(name, variable, times=model.samples)
    for handle in net.projections:
        if handle.plasticity:
            net.record(handle, "weights", times=model.samples)
            net.record(handle, "weight_statistics", times=model.samples)


def numbers(weights):
    """Dense weights or Triplets as an array."""
    if hasattr(weights, "pre"):
        return np.broadcast_to(weights.weight, len(weights.pre))
    return np.asarray(weights)


def halved(weights):
    if hasattr(weights, "pre"):
        return dataclasses.replace(weights, weight=0.5 * np.asarray(weights.weight))
    return 0.5 * weights


def engine(model, *, stops=(), visit=None, **limits):
    """The outcome. At each of `stops` (ms) the run pauses and goes on with `visit(sim)`."""
    net, readings = network(model), {}
    sim = postdict.Simulation(net, **limits)
    change(sim, model, net, 0.0)
    for share in (*PAUSES, 1.0):
        end = share * model.duration
        for stop in sorted(t for t in stops if sim.time <= t < end):
            sim.run_until(stop)
            sim = visit(sim)
        sim.run_until(end)
        for name in model.populations:
            readings[end, f"v of {name}"] = sim.potentials(name)
        for k, p in enumerate(model.projections):
            readings[end, f"weights of {title(k, p)}"] = np.array(
                numbers(sim.weights(net.projections[k]))
            )
            if p["account"] is not None and p["account"] < share:
                added, taken = map(numbers, sim.fluxes(net.projections[k]))
                readings[end, f"added by {title(k, p)}"] = added
                readings[end, f"taken by {title(k, p)}"] = taken
        change(sim, model, net, share)
    readings |= recordings(sim, model, net)
    return Outcome(
        {name: sim.spikes(name) for name in model.populations},
        {name: sim.potentials(name) for name in model.populations},
        [np.array(numbers(sim.weights(handle))) for handle in net.projections],
        readings,
    )


def change(sim, model, net, share):
    for handle, p in zip(net.projections, model.projections, strict=True):
        if p["pause"]:
            sim.set_plasticity(handle, share != PAUSES[0])
        if p["rate"] is not None and share == PAUSES[0]:
            sim.set_learning_rate(handle, p["rate"])
        if p["account"] == share:
            sim.account_fluxes(handle)
        if p["rule"] and "other" in p["rule"] and share == 0.5:
            sim.set_modulator(handle, signal_of(postdict, p["rule"]["other"]))
        if p["halve"] and share == 0.5:
            sim.set_weights(handle, halved(sim.weights(handle)))
    for when, source, times, ids in model.appended:
        if when == share:
            sim.append_spikes(source, times=times, ids=ids)


def recordings(sim, model, net):
    titles = [title(k, p) for k, p in enumerate(model.projections)]
    found = {}
    for recorder in net.recorders:
        target = recorder.target
        of = target.name if hasattr(target, "name") else titles[target.index]
        times, values = sim.recorded(recorder)
        expected = [t for t in model.samples if t < sim.time]
        assert list(times) == expected, f"times of {recorder.variable} of {of}"
        for t, value in zip(times, values, strict=True):
            found[t, f"recorded {recorder.variable} of {of}"] = np.ravel(value)
    return found


def kicks(model, name, size, rate):
    """Times and ids of a source's kicks (its stream depends on seed and name alone): the spikes
    of neurons whose threshold every kick passes.
    """
    net = postdict.Network(seed=model.seed)
    probe = net.add_population("probe", size, LIF())
    net.add_poisson(name, probe, rate=rate_of(rate), weight=2.0)
    sim = postdict.Simulation(net)
    sim.run_until(model.duration)
    assert sim.spike_count(probe) == sim.n_events
    return sim.spikes(probe)
