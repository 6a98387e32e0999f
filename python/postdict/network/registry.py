"""What a network holds so far: its parts, found and checked."""

from __future__ import annotations

import numpy as np

from .. import _checks
from .._types import Spikes
from ..world.protocol import World
from .layouts import Synapses
from .parts import (
    AttachedWorld,
    CurrentSource,
    Emitter,
    Part,
    PoissonSource,
    Population,
    Projection,
    Recorder,
    Source,
    SpikeSource,
    find,
    index_of,
    label,
)

_KINDS = (
    "populations",
    "poisson_sources",
    "current_sources",
    "spike_sources",
    "projections",
    "worlds",
    "recorders",
)


class Registry:
    """The parts of a network, each kind in the order in which it was declared.

    With what belongs to a part and is too large to be a part of its name: synapses by projection,
    spikes by source, and the objects that stand for worlds.
    """

    def __init__(self, seed: int = 0) -> None:
        self.seed = _checks.integer("seed", seed, bits=64)
        self.populations: list[Population] = []
        self.poisson_sources: list[PoissonSource] = []
        self.current_sources: list[CurrentSource] = []
        self.spike_sources: list[SpikeSource] = []
        self.projections: list[Projection] = []
        self.recorders: list[Recorder] = []
        self.worlds: list[AttachedWorld] = []
        self.synapses: list[Synapses] = []  # by projection
        self.spikes: dict[str, Spikes] = {}  # by source, read-only
        self.world_objects: dict[str, World] = {}

    def copy(self) -> Registry:
        """Return an equal registry; adding to one does not change the other."""
        twin = Registry(self.seed)
        twin.__dict__.update(  # what is in the lists and dicts is immutable, or a user's world
            {name: kept if name == "seed" else kept.copy() for name, kept in vars(self).items()}
        )
        return twin

    def with_worlds(self, objects: dict[str, World]) -> Registry:
        """Return an equal registry in which these objects stand for the worlds, by name."""
        twin = self.copy()
        twin.world_objects = dict(objects)
        return twin

    def added_since(self, earlier: Registry) -> list[Part]:
        """Return the parts that an earlier copy does not have."""
        return [part for kind in _KINDS for part in getattr(self, kind)[len(vars(earlier)[kind]) :]]

    def new_name(self, name: str) -> str:
        """Return a name that no part has yet."""
        if name == "" or not isinstance(name, str):
            raise TypeError(f"name must be a non-empty text, got {name!r}")
        if name in {part.name for part in self._named()}:
            raise ValueError(f"name must be new, got {name!r}, which this network has already")
        return name

    def emitters(self) -> list[Emitter]:
        """Return all that can be connected to a population."""
        return [*self.populations, *self.spike_sources]

    def population(self, given: Population | str) -> Population:
        """Return a population, itself or by its name."""
        return find(given, self.populations, "population")

    def population_index(self, given: Population | str) -> int:
        """Return where a population stands, itself or by its name."""
        return index_of(given, Population, self.populations, "population")

    def emitter(self, given: Emitter | str) -> Emitter:
        """Return a population or spike source, itself or by its name."""
        return find(given, self.emitters(), "population or spike source")

    def synapses_of(self, projection: Projection) -> Synapses:
        """Return the declared synapses of a projection, in the order of the core."""
        self.check_projection(projection)
        return self.synapses[projection.index]

    def recorded_synapses(self, target: Projection | Population) -> Synapses | None:
        """Return the synapses of a recorder's target, None of a population."""
        return self.synapses[target.index] if isinstance(target, Projection) else None

    def spikes_of(self, source: SpikeSource | str) -> Spikes:
        """Return the given spikes of a spike source."""
        return self.spikes[self.spike_sources[self.spike_source_index(source)].name]

    def spike_source_index(self, given: SpikeSource | str) -> int:
        """Return where a spike source stands, itself or by its name."""
        return index_of(given, SpikeSource, self.spike_sources, "spike source")

    def poisson_source_index(self, given: PoissonSource | str) -> int:
        """Return where a Poisson source stands, itself or by its name."""
        return index_of(given, PoissonSource, self.poisson_sources, "Poisson source")

    def check_projection(self, projection: object) -> None:
        """Refuse what is not a projection of this network; its index could mean another."""
        if not isinstance(projection, Projection) or projection not in self.projections:
            raise ValueError(f"{label(projection)} is not a projection of this network")

    def check_plastic(self, projection: Projection) -> None:
        """Refuse what is not a plastic projection of this network."""
        self.check_projection(projection)
        if projection.plasticity is None:
            raise ValueError(f"the {label(projection)} has no plasticity")

    def check_recorder(self, recorder: object) -> None:
        """Refuse what is not a recorder of this network."""
        if not isinstance(recorder, Recorder) or recorder not in self.recorders:
            raise ValueError(f"{label(recorder)} is not a recorder of this network")

    def check_currents(self, population: Population, new: CurrentSource) -> None:
        """Refuse a current that makes no sense together with those that are there."""
        lowest = np.zeros(population.size)
        for source in (*self.current_sources, new):
            if source.population == population.name:
                which = slice(None) if source.ids is None else np.asarray(source.ids)
                lowest[which] += source.current.lowest
        population.neurons.check_currents(lowest)

    def _named(self) -> list[Population | Source | AttachedWorld]:
        return [*self.emitters(), *self.poisson_sources, *self.current_sources, *self.worlds]
