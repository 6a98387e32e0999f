"""The core's network, assembled from a description that was checked part by part."""

from __future__ import annotations

import numpy as np

from . import _core
from .network import Network
from .neurons import LIF
from .parts import Projection


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
        rule = projection.plasticity
        core.connect_dense(
            from_population=projection.pre in populations,
            pre={**populations, **sources}[projection.pre],
            post=populations[projection.post],
            weights=network.weights(projection),
            axonal_delay=projection.axonal_delay,
            inhibitory=projection.inhibitory,
            dendritic_delay=0.0,
            rule=_core.TraceRule(
                rule.eta * rule.A_plus, -rule.eta * rule.A_minus, 0.0, rule.tau_plus, rule.tau_minus
            )
            if rule
            else None,
            w_max=rule.w_max if rule else np.inf,
            single=False,
        )
    for recorder in network.recorders:
        most_samples = recorder.max_bytes // network.sample_bytes(recorder)
        target = recorder.target
        V = _core.Variable
        if isinstance(target, Projection):
            core.record(V.weights, target.index, np.zeros(0, int), recorder.every, [], most_samples)
        else:
            what = {"v": V.potential, "g_e": V.current_e, "g_i": V.current_i}[recorder.variable]
            core.record(
                what, populations[target.name], np.asarray(recorder.ids), recorder.every, [],
                most_samples,
            )
    return core
