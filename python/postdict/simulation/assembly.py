"""The core's network, assembled from a description that was checked part by part."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from ..network import recording
from ..network.layouts import Dense
from ..network.parts import Projection
from ..network.registry import Registry
from ..neurons import LIF
from ..plasticity import AntisymmetricSTDP, CausalSTDP, HaasSTDP, Rule, VogelsSTDP, WindowSTDP
from ..steps import as_steps
from .worlds import steps_in_our_units


def assembled(registry: Registry) -> _core.Network:
    """Return the core's network of a description that was checked part by part."""
    core = _core.Network(registry.seed)
    populations = {}
    for population in registry.populations:
        name, size, neurons = population.name, population.size, population.neurons
        parameters = neurons.arrays(size)
        if isinstance(neurons, LIF):
            populations[name] = core.add_lif(
                name, size, **parameters, subtract=neurons.reset == "by"
            )
        else:
            populations[name] = core.add_lif_exponential(name, size, **parameters)
    for poisson in registry.poisson_sources:
        onto, rate = populations[poisson.population], as_steps(poisson.rate)
        core.add_poisson(poisson.name, onto, rate.times, rate.values, poisson.weight)
    sizes = {population.name: population.size for population in registry.populations}
    for source in registry.current_sources:
        ids = np.arange(sizes[source.population]) if source.ids is None else np.asarray(source.ids)
        onto, current = populations[source.population], source.current
        core.add_current(onto, ids, current.times, current.values)
    sources = {}
    for replay in registry.spike_sources:
        sources[replay.name] = core.add_spike_times(
            replay.name, replay.size, *registry.spikes_of(replay)
        )
    for projection in registry.projections:
        from_population = projection.pre in populations
        pre = (populations if from_population else sources)[projection.pre]
        _connect(core, registry, projection, from_population, pre, populations[projection.post])
    for recorder in registry.recorders:
        target, synapses = recorder.target, registry.recorded_synapses(recorder.target)
        core.record(
            recorder.variable,
            target.index if isinstance(target, Projection) else populations[target.name],
            recording.core_places(recorder, synapses),
            recorder.every or 0.0,
            recorder.times or (),
            recording.most_samples(recorder, synapses),
        )
    for world in registry.worlds:
        from_population = world.motor in populations
        core.add_world(
            world.name,
            from_population,
            (populations if from_population else sources)[world.motor],
            populations[world.sensor],
            world.interval,
            world.latency,
            world.readout,
            world.tau or 0.0,
            world.drive,
            world.weight or 0.0,
            steps_in_our_units(world, registry.world_objects[world.name]),
        )
    return core


def _connect(
    core: _core.Network,
    registry: Registry,
    projection: Projection,
    from_population: bool,
    pre: int,
    post: int,
) -> None:
    synapses, rule = registry.synapses[projection.index], projection.plasticity
    shared: dict[str, Any] = {
        "dendritic_delay": projection.dendritic_delay,
        "inhibitory": projection.inhibitory,
        "rule": core_rule(rule) if rule else None,
        "single": projection.precision == "single",
    }
    if isinstance(synapses, Dense):
        core.connect_dense(
            from_population,
            pre,
            post,
            weights=synapses.weights,
            axonal_delay=synapses.delay,
            **shared,
        )
    else:
        core.connect_sparse(
            from_population,
            pre,
            post,
            first=synapses.first,
            source_first=synapses.source_first,
            delays=synapses.delays,
            targets=synapses.targets,
            weights=synapses.weights,
            **shared,
        )


def core_rule(rule: Rule) -> _core.Rule:
    """Return a rule as the core has it."""
    shared: dict[str, Any] = {
        "eta": rule.eta,
        "w_max": rule.w_max,
        "nearest": rule.pairing == "nearest",
        "soft": rule.bounds == "soft",
    }
    if isinstance(rule, WindowSTDP):
        return _core.sampled_rule(**shared, lags=rule.lags, values=rule.values)
    if isinstance(rule, HaasSTDP):
        first, last = rule.support
        names = ("A_plus", "A_minus", "alpha_plus", "alpha_minus", "beta", "stretch", "latency")
        return _core.haas_rule(
            **shared,
            **{name: getattr(rule, name) for name in names},
            longest_before=max(0.0, -first),
            longest_after=max(0.0, last),
        )
    return _core.trace_rule(**shared, **_traces(rule))


def _traces(rule: Rule) -> dict[str, Any]:
    """Return what an arrival and a postsynaptic spike do by traces, per unit of eta."""
    if isinstance(rule, AntisymmetricSTDP):
        by_spike, by_arrival = rule.A_plus, -rule.A_minus
        return {
            "spike_x": by_spike,
            "arrival_y": by_arrival,
            "arrival": 0.0,
            "tau_x": rule.tau_plus,
            "tau_y": rule.tau_minus,
        }
    assert isinstance(rule, (VogelsSTDP, CausalSTDP))
    vogels = isinstance(rule, VogelsSTDP)
    return {
        "spike_x": 1.0,
        "arrival_y": 1.0 if vogels else 0.0,
        "arrival": -rule.alpha if isinstance(rule, VogelsSTDP) else -rule.bias,
        "tau_x": rule.tau,
        "tau_y": rule.tau,
    }
