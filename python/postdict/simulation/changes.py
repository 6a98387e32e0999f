"""What a user changes of a simulation between runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks, _core
from .._types import Spikes
from ..network.parts import PoissonTrains, label
from ..network.registry import Registry
from ..plasticity import Modulated
from ..plasticity.modulated import checked_modulator
from ..steps import Steps, checked_current, checked_rate
from .appended import AppendedSpikes
from .assembly import in_core


def set_potentials(
    registry: Registry, core: _core.Simulation, given: object, potentials: ArrayLike
) -> None:
    """Set V of neurons; see `Simulation.set_potentials`."""
    population, selection = registry.neurons(given)
    ids = population.ids if selection is None else np.asarray(selection)
    v = _checks.finite_array("potentials", potentials, "mV")
    if v.shape not in ((), ids.shape):
        raise ValueError(
            f"potentials must be one number or one per neuron ({len(ids)}), got shape {v.shape}"
        )
    v = np.broadcast_to(v, ids.shape)
    bounds = population.neurons.arrays(population.size)
    for wrong, rule, bound in (
        (v >= bounds["v_thresh"][ids], "below v_thresh", bounds["v_thresh"][ids]),
        (v < bounds.get("v_min", np.full(population.size, -np.inf))[ids], "at least v_min", None),
    ):
        if wrong.any():
            k = int(np.argmax(wrong))
            limit = bounds["v_min"][ids] if bound is None else bound
            raise ValueError(
                f"potentials must be {rule} = {_checks.shown(limit[k])} mV, "
                f"got {_checks.shown(v[k])} mV at [{k}]"
            )
    core.set_potentials(registry.populations.index(population), ids, v)


def set_rate(
    registry: Registry, core: _core.Simulation, given: object, rate: float | ArrayLike | Steps
) -> None:
    """Change rates; see `Simulation.set_rate`."""
    source = registry.poisson(given)
    n = source.size if isinstance(source, PoissonTrains) else registry.n_driven(source)
    checked = checked_rate(rate, n)
    own = isinstance(source.rate, Steps) and source.rate.n_neurons is not None
    if not own and isinstance(checked, Steps) and checked.n_neurons is not None:
        raise ValueError(
            f"rate of {source.name!r} must be one for all neurons, as it was declared: declare "
            "it with one per neuron, if each is to have its own"
        )
    signals = in_core(checked, n=n if own else None)
    if isinstance(source, PoissonTrains):
        index = len(registry.spike_sources) + registry.poisson_trains.index(source)
        core.set_train_rate(index, *signals)
    else:
        core.set_rate(registry.poisson_sources.index(source), *signals)


def set_current(registry: Registry, core: _core.Simulation, given: object, current: Steps) -> None:
    """Change a current; see `Simulation.set_current`."""
    source = registry.current_source(given)
    checked = checked_current(current, registry.n_driven(source))
    population = registry.population(source.population)
    registry.check_currents(population, replace(source, current=checked))
    index = registry.current_sources.index(source)
    core.set_current(index, *in_core(checked, source.ids))


def set_modulator(
    registry: Registry, core: _core.Simulation, given: object, modulator: float | Steps
) -> None:
    """Change the third factor of a rule; see `Simulation.set_modulator`."""
    own = registry.plastic(given)
    if not isinstance(own.plasticity, Modulated):
        raise ValueError(f"the rule of the {label(own)} has no modulator: it is not Modulated")
    core.set_modulator(own.index, *in_core(checked_modulator(modulator)))


def append_spikes(
    registry: Registry,
    core: _core.Simulation,
    appended: AppendedSpikes,
    given: object,
    times: ArrayLike,
    ids: ArrayLike,
) -> None:
    """Add spikes to a source; see `Simulation.append_spikes`."""
    index = registry.spike_source_index(given)
    source = registry.spike_sources[index]
    piece = _checks.spike_arrays(source.name, times, ids, source.size, earliest=core.time)
    core.append_spikes(index, *piece)
    appended.append(source.name, piece)


def set_weights(registry: Registry, core: _core.Simulation, given: object, weights: Any) -> None:
    """Replace weights; see `Simulation.set_weights`."""
    own = registry.projection(given)
    core.set_weights(own.index, registry.synapses[own.index].in_core_order(weights))


def learned(simulation: Any) -> dict[str, Any]:
    """Return the weights of all plastic projections of a simulation, by name."""
    projections = simulation.network.projections
    return {p.name: simulation.weights(p) for p in projections if p.plasticity is not None}


def take_over(registry: Registry, core: _core.Simulation, weights: object) -> None:
    """Begin with weights by projection; see `Simulation`."""
    if not isinstance(weights, Mapping):
        raise TypeError(
            "weights must be a dict by projection, or a Simulation that learned them, got "
            f"{type(weights).__name__}"
        )
    for projection, values in weights.items():
        set_weights(registry, core, projection, values)


def checked_seed(seed: int | None) -> int | None:
    """Return a seed, None where random streams go on as they are."""
    return None if seed is None else _checks.integer("seed", seed, bits=64)


def fluxes(registry: Registry, core: _core.Simulation, given: object) -> tuple[Any, Any]:
    """Return what a rule added and took; see `Simulation.fluxes`."""
    own = registry.plastic(given)
    synapses = registry.synapses[own.index]
    try:
        potentiation, depression = core.fluxes(own.index)
    except ValueError:
        raise ValueError(
            f"fluxes of the {label(own)} are not accounted: call account_fluxes first"
        ) from None
    return synapses.in_form(potentiation), synapses.in_form(depression)


def take_spikes(registry: Registry, core: _core.Simulation, given: object) -> Spikes:
    """Return spikes and forget them; see `Simulation.take_spikes`."""
    registry.firing(given)
    return core.take_spikes(registry.population_index(given))
