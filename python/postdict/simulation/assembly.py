"""The core's network, assembled from a description that was checked part by part."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _checks, _core
from .._types import Floats
from ..network import recording
from ..network.layouts import Dense
from ..network.parts import Projection, label
from ..network.registry import Registry
from ..neurons import LIF, LIFExp
from ..plasticity import Modulated, Rule
from ..steps import Steps, as_steps
from .worlds import reward_in_our_units, steps_in_our_units


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
        elif isinstance(neurons, LIFExp):
            populations[name] = core.add_lif_exponential(name, size, **parameters)
        else:
            populations[name] = core.add_lif_conductance(name, size, **parameters)
    for poisson in registry.poisson_sources:
        onto = populations[poisson.population]
        rate = in_core(poisson.rate)
        core.add_poisson(poisson.name, onto, *rate, poisson.weight, poisson.ids)
    sizes = {population.name: population.size for population in registry.populations}
    for source in registry.current_sources:
        ids = np.arange(sizes[source.population]) if source.ids is None else np.asarray(source.ids)
        onto = populations[source.population]
        core.add_current(onto, ids, *in_core(source.current, source.ids))
    sources = {}
    for replay in registry.spike_sources:
        sources[replay.name] = core.add_spike_times(
            replay.name, replay.size, *registry.spikes_of(replay)
        )
    for trains in registry.poisson_trains:
        rate = in_core(trains.rate)
        sources[trains.name] = core.add_poisson_trains(trains.name, trains.size, *rate)
    for projection in registry.projections:
        from_population = projection.pre in populations
        shared: dict[str, Any] = {
            "from_population": from_population,
            "pre": (populations if from_population else sources)[projection.pre],
            "post": populations[projection.post],
        }
        _connect(core, registry, projection, shared)
    for recorder in registry.recorders:
        target, synapses = recorder.target, registry.recorded_synapses(recorder.target)
        core.record(
            variable=recorder.variable,
            target=target.index if isinstance(target, Projection) else populations[target.name],
            which=recording.core_places(recorder, synapses),
            interval=recorder.every or 0.0,
            times=recorder.times or (),
            most_samples=recording.most_samples(recorder, synapses),
        )
    rewarding = {_rewarded_by(projection) for projection in registry.projections}
    for world in registry.worlds:
        from_population = world.motor in populations
        core.add_world(
            world.name,
            from_population=from_population,
            motor=(populations if from_population else sources)[world.motor],
            sensor=populations[world.sensor],
            interval=world.interval,
            latency=world.latency,
            readout=world.readout,
            tau=world.tau or 0.0,
            drive=world.drive,
            weight=world.weight or 0.0,
            step=steps_in_our_units(world, registry.world_objects[world.name]),
            reward=reward_in_our_units(world.name, registry.world_objects[world.name])
            if world.name in rewarding
            else None,
        )
    return core


def _connect(
    core: _core.Network, registry: Registry, projection: Projection, shared: dict[str, Any]
) -> None:
    synapses, rule = registry.synapses[projection.index], projection.plasticity
    world = _rewarded_by(projection)
    names = [attached.name for attached in registry.worlds]
    if world is not None and world not in names:
        raise ValueError(
            f"modulator of the {label(projection)}: {_checks.unknown('world', world, names)}"
        )
    shared |= {
        "rewarded_by": None if world is None else names.index(world),
        "dendritic_delay": projection.dendritic_delay,
        "inhibitory": projection.inhibitory,
        "rule": core_rule(rule) if rule else None,
        "single": projection.precision == "single",
    }
    if isinstance(synapses, Dense):
        core.connect_dense(**shared, weights=synapses.weights, axonal_delay=synapses.delay)
    else:
        core.connect_sparse(
            **shared,
            first=synapses.first,
            source_first=synapses.source_first,
            delays=synapses.delays,
            targets=synapses.targets,
            weights=synapses.weights,
        )


def _rewarded_by(projection: Projection) -> str | None:
    """Return the name of the world whose reward modulates a rule."""
    rule = projection.plasticity
    return (
        rule.modulator if isinstance(rule, Modulated) and isinstance(rule.modulator, str) else None
    )


def in_core(
    signals: float | Steps, ids: tuple[int, ...] | None = None, n: int | None = None
) -> tuple[Floats, Floats]:
    """Return times (ms) and values (steps,), or (steps, neurons) where each has its own.

    Those of `ids` come sorted by them; one signal is given to each of `n`, where that is given.
    """
    steps = as_steps(signals)
    values = steps.values if n is None else np.broadcast_to(steps.values, (n, steps.times.size))
    if values.ndim == 2 and ids is not None:
        values = values[np.argsort(np.asarray(ids))]
    return steps.times, np.ascontiguousarray(values.T)


def core_rule(rule: Rule) -> _core.Rule:
    """Return a rule as the core has it."""
    return _core.Rule(
        eta=rule.eta,
        w_max=rule.w_max,
        nearest=rule.pairing == "nearest",
        soft=rule.bounds == "soft",
        third_factor=_third_factor(rule) if isinstance(rule, Modulated) else None,
        **rule.in_numbers(),
    )


def _third_factor(rule: Modulated) -> tuple[float, Floats, Floats]:
    """Return the time constant (ms) of the traces, and the modulator: 0 before a first reward."""
    modulator = 0.0 if isinstance(rule.modulator, str) else rule.modulator
    return rule.tau_eligibility, *in_core(modulator)
