"""What a network holds so far: its parts, found and checked."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks
from .._types import Spikes
from ..plasticity import CustomSTDP, Modulated
from ..world.protocol import World
from .groups import Group, Selection, as_selection
from .layouts import Synapses
from .lookup import find, how_to_see, whole
from .parts import (
    AttachedWorld,
    CurrentSource,
    Emitter,
    Part,
    PoissonSource,
    PoissonTrains,
    Population,
    Projection,
    Recorder,
    SpikeSource,
    label,
)

_KINDS = (
    "populations",
    "poisson_sources",
    "current_sources",
    "spike_sources",
    "poisson_trains",
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
        self.poisson_trains: list[PoissonTrains] = []
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
        if name in {part.name for part in self.parts()}:
            raise ValueError(f"name must be new, got {name!r}, which this network has already")
        return name

    def given_or_made(self, name: str | None, made: str) -> str:
        """Return a name that is new; where none is given the one that is made, or "made 2", ..."""
        if name is not None:
            return self.new_name(name)
        taken, free, k = {part.name for part in self.parts()}, made, 1
        while free in taken:
            k += 1
            free = f"{made} {k}"
        return free

    def parts(self) -> list[Part]:
        """Return all parts, kind by kind."""
        return [part for kind in _KINDS for part in getattr(self, kind)]

    def part(self, name: str) -> Part:
        """Return the part of a name."""
        for part in self.parts():
            if part.name == name:
                return part
        names = [part.name for part in self.parts()]
        raise ValueError(_checks.unknown("part of this network", name, names))

    def emitters(self) -> list[Emitter]:
        """Return all that can be connected to a population."""
        return [*self.populations, *self.spike_sources, *self.poisson_trains]

    def population(self, given: object) -> Population:
        """Return a whole population, itself or by its name."""
        return find(whole(given), self.populations, (Population,), "population")

    def population_index(self, given: object) -> int:
        """Return where a whole population stands, itself or by its name."""
        return self.populations.index(self.population(given))

    def neurons(self, given: object) -> tuple[Population, Selection | None]:
        """Return a population, and which of its neurons a group of it chooses, None for all."""
        if not isinstance(given, Group):
            return self.population(given), None
        return self.population(given.of), as_selection(given.selection)

    def firing(self, given: object) -> tuple[Population, Selection | None]:
        """Return neurons, as `neurons` does; say of a source how its spikes are had."""
        of: object = given.of if isinstance(given, Group) else given
        sources: list[SpikeSource | PoissonTrains] = [*self.spike_sources, *self.poisson_trains]
        for source in sources:
            if of == source or of == source.name:
                raise ValueError(how_to_see(source))
        return self.neurons(given)

    def chosen_neurons(
        self, given: object, ids: ArrayLike | None
    ) -> tuple[Population, ArrayLike | None]:
        """Return a population, and the ids that a group of it or `ids` choose, None for all."""
        population, selection = self.neurons(given)
        if selection is not None and ids is not None:
            raise ValueError("ids choose neurons, and so does a group: give one of them")
        return population, ids if selection is None else np.asarray(selection)

    def driven(
        self, given: object, ids: ArrayLike | None
    ) -> tuple[Population, tuple[int, ...] | None, int]:
        """Return a population, which of its neurons are driven, None for all, and how many."""
        target, given_ids = self.chosen_neurons(given, ids)
        chosen = _checks.chosen(given_ids, target.size)
        return target, chosen, target.size if chosen is None else len(chosen)

    def recorded(
        self, given: Any, ids: ArrayLike | None
    ) -> tuple[Projection | Population, ArrayLike | None]:
        """Return what is recorded, and of which neurons of a population, None for all."""
        if not isinstance(given, (Population, Group, Projection, str)):
            return given, ids  # to be refused by the variable's name
        names = {projection.name for projection in self.projections}
        if isinstance(given, Projection) or (isinstance(given, str) and given in names):
            return self.projection(given), ids
        return self.chosen_neurons(given, ids)

    def senders(self, given: object) -> tuple[Emitter, Selection | None]:
        """Return what sends spikes, and which of its neurons a group of it chooses, or None."""
        if not isinstance(given, Group):
            return self.emitter(given), None
        return self.emitter(given.of), as_selection(given.selection)

    def emitter(self, given: object) -> Emitter:
        """Return a whole population or source, itself or by its name."""
        types = (Population, SpikeSource, PoissonTrains)
        return find(whole(given), self.emitters(), types, "population or spike source")

    def projection(self, given: object) -> Projection:
        """Return a projection, itself or by its name."""
        return find(given, self.projections, (Projection,), "projection")

    def recorder(self, given: object) -> Recorder:
        """Return a recorder, itself or by its name."""
        return find(given, self.recorders, (Recorder,), "recorder")

    def synapses_of(self, projection: object) -> Synapses:
        """Return the declared synapses of a projection, in the order of the core."""
        return self.synapses[self.projection(projection).index]

    def recorded_synapses(self, target: Projection | Population) -> Synapses | None:
        """Return the synapses of a recorder's target, None of a population."""
        return self.synapses[target.index] if isinstance(target, Projection) else None

    def spikes_of(self, source: object) -> Spikes:
        """Return the given spikes of a spike source."""
        return self.spikes[self.spike_sources[self.spike_source_index(source)].name]

    def spike_source_index(self, given: object) -> int:
        """Return where a spike source stands, itself or by its name."""
        found = find(whole(given), self.spike_sources, (SpikeSource,), "spike source")
        return self.spike_sources.index(found)

    def poisson(self, given: object) -> PoissonSource | PoissonTrains:
        """Return a source of kicks or of trains, itself or by its name."""
        parts: list[PoissonSource | PoissonTrains]
        parts = [*self.poisson_sources, *self.poisson_trains]
        return find(given, parts, (PoissonSource, PoissonTrains), "Poisson source")

    def current_source(self, given: object) -> CurrentSource:
        """Return a current, itself or by its name."""
        return find(given, self.current_sources, (CurrentSource,), "current source")

    def n_driven(self, source: PoissonSource | CurrentSource) -> int:
        """Return how many neurons a source kicks, or drives."""
        size = self.population(source.population).size
        return size if source.ids is None else len(source.ids)

    def plastic(self, given: object) -> Projection:
        """Return a projection that learns, itself or by its name."""
        projection = self.projection(given)
        if projection.plasticity is None:
            raise ValueError(f"the {label(projection)} has no plasticity")
        return projection

    def learning(self, given: object) -> Projection:
        """Return a projection that learns at a rate that can be set."""
        projection = self.plastic(given)
        rule = projection.plasticity
        rule = rule.rule if isinstance(rule, Modulated) else rule
        if isinstance(rule, CustomSTDP) and "eta" not in dict(rule.parameters):
            raise ValueError(f"the rule of the {label(projection)} has no parameter eta")
        return projection

    def check_currents(self, population: Population, new: CurrentSource) -> None:
        """Refuse a current that makes no sense with those that are there under other names."""
        lowest = np.zeros(population.size)
        for source in (*self.current_sources, new):
            if source.population == population.name and (source is new or source.name != new.name):
                which = slice(None) if source.ids is None else np.asarray(source.ids)
                lowest[which] += source.current.lowest
        population.neurons.check_currents(lowest)
