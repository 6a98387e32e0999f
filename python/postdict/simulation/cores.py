"""The core of a simulation: made of a description, or gone on with from a checkpoint."""

from __future__ import annotations

from typing import Any

from .. import _core
from ..network.registry import Registry
from .assembly import assembled
from .checkpoint import Checkpoint, CheckpointError
from .limits import Limits

LimitError = _core.LimitError
"""A bound on activity was reached: the run stopped, whole, at an instant."""

RateLimitError = _core.RateLimitError
"""The bound is that of a rate."""


def limits_in_core(registry: Registry, limits: Limits) -> dict[str, Any]:
    """Return limits as the core takes them."""
    return limits.of([population.name for population in registry.populations])


def new_core(registry: Registry, limits: Limits) -> _core.Simulation:
    """Return a core at t = 0."""
    return _core.Simulation(assembled(registry), **limits_in_core(registry, limits))


def resumed_core(registry: Registry, checkpoint: Checkpoint, limits: Limits) -> _core.Simulation:
    """Return a core that stands where that of a checkpoint stood, with limits of its own."""
    core = new_core(registry, checkpoint.limits)
    try:
        for source, spikes in checkpoint.appended.items():
            core.append_spikes(registry.spike_source_index(source), *spikes)
        core.restore(checkpoint.state)
        core.set_limits(**limits_in_core(registry, limits))
    except ValueError as error:
        raise CheckpointError(str(error)) from None
    return core
