"""The core's network, assembled from a description that was checked part by part."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import _core, recording
from .network import Network
from .neurons import LIF
from .parts import Projection
from .plasticity import AntisymmetricSTDP, Rule, VogelsSTDP
from .synapses import Dense

VARIABLES = {
    "weights": _core.Variable.weights,
    "weight_statistics": _core.Variable.weight_statistics,
    "v": _core.Variable.potential,
    "g_e": _core.Variable.current_e,
    "g_i": _core.Variable.current_i,
}


def assembled(network: Network) -> _core.Network:
    """Return the core's network of a description that was checked part by part."""
    core = _core.Network(network.seed)
    populations = {}
    for population in network.populations:
        name, size, neurons = population.name, population.size, population.neurons
        parameters = neurons.arrays(size)
        if isinstance(neurons, LIF):
            populations[name] = core.add_lif(
                name, size, **parameters, subtract=neurons.reset == "by"
            )
        else:
            populations[name] = core.add_lif_exponential(name, size, **parameters)
    for poisson in network.poisson_sources:
        core.add_poisson(
            poisson.name, populations[poisson.population], [0.0], [poisson.rate], poisson.weight
        )
    sources = {}
    for source in network.spike_sources:
        sources[source.name] = core.add_spike_times(source.size, *network.spikes(source))
    for projection in network.projections:
        from_population = projection.pre in populations
        pre = (populations if from_population else sources)[projection.pre]
        _connect(core, network, projection, from_population, pre, populations[projection.post])
    for recorder in network.recorders:
        target, synapses = recorder.target, network.recorded_synapses(recorder.target)
        core.record(
            VARIABLES[recorder.variable],
            target.index if isinstance(target, Projection) else populations[target.name],
            recording.core_places(recorder, synapses),
            recorder.every or 0.0,
            recorder.times or (),
            recording.most_samples(recorder, synapses),
        )
    return core


def _connect(
    core: _core.Network,
    network: Network,
    projection: Projection,
    from_population: bool,
    pre: int,
    post: int,
) -> None:
    synapses, rule = network.synapses(projection), projection.plasticity
    shared: dict[str, Any] = {
        "dendritic_delay": projection.dendritic_delay,
        "inhibitory": projection.inhibitory,
        "rule": trace_rule(rule) if rule else None,
        "w_max": rule.w_max if rule else np.inf,
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


def trace_rule(rule: Rule) -> _core.TraceRule:
    """Return a rule as the core has it: what an arrival and a postsynaptic spike do by traces."""
    eta = rule.eta
    if isinstance(rule, AntisymmetricSTDP):
        return _core.TraceRule(
            spike_x=eta * rule.A_plus,
            arrival_y=-eta * rule.A_minus,
            arrival=0.0,
            tau_x=rule.tau_plus,
            tau_y=rule.tau_minus,
        )
    return _core.TraceRule(
        spike_x=eta,
        arrival_y=eta if isinstance(rule, VogelsSTDP) else 0.0,
        arrival=rule.per_arrival,
        tau_x=rule.tau,
        tau_y=rule.tau,
    )
