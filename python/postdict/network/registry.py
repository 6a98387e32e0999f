"""What a network holds so far: its parts, found, checked and read."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from .. import _checks
from ..steps import Steps
from ..world.protocol import World
from . import memory, recording
from .given_spikes import GivenSpikes
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


class Declarations:
    """The parts of a network; `Network` adds them."""

    def __init__(self, seed: int = 0) -> None:
        self.seed = _checks.integer("seed", seed, bits=64)
        self.populations: list[Population] = []
        self.poisson_sources: list[PoissonSource] = []
        self.current_sources: list[CurrentSource] = []
        self.spike_sources: list[SpikeSource] = []
        self.projections: list[Projection] = []
        self.recorders: list[Recorder] = []
        self.worlds: list[AttachedWorld] = []
        self._synapses: list[Synapses] = []  # by projection
        self._spikes: dict[str, GivenSpikes] = {}
        self._world_objects: dict[str, World] = {}

    def __repr__(self) -> str:
        parts = [f"{p.name}[{p.size}]" for p in self._emitters()]
        onto: list[PoissonSource | CurrentSource] = [*self.poisson_sources, *self.current_sources]
        parts += [f"{s.name}→{s.population}" for s in onto]
        parts += [
            f"{p.pre}→{p.post}{' inhibitory' * p.inhibitory}{' plastic' * bool(p.plasticity)}"
            for p in self.projections
        ]
        parts += [f"{w.motor}→{w.name}→{w.sensor}" for w in self.worlds]
        return f"Network(seed={self.seed}: {', '.join(parts)})"

    def weights(self, projection: Projection) -> Any:
        """Return the declared weights (mV) in the form in which they were given, read-only."""
        synapses = self.synapses(projection)
        return synapses.in_form(synapses.weights)

    def synapses(self, projection: Projection) -> Synapses:
        """Return the declared synapses of a projection, in the order of the core."""
        self.check_projection(projection)
        return self._synapses[projection.index]

    def memory(self) -> memory.Memory:
        """Return an estimate of the memory that a simulation takes, by part.

        Examples
        --------
        >>> net = Network()
        >>> cells = net.add_population("cells", 1000, LIF())
        >>> projection = net.connect(cells, cells, weights=np.ones((1000, 1000)))
        >>> net.memory()
        Memory(8.17 MB: projection cells→cells 8 MB, Population cells 0.168 MB)
        """
        parts: dict[Part, int] = {}
        parts |= {p: memory.of_neurons(p.size, p.neurons) for p in self.populations}
        steps = {s: s.rate for s in self.poisson_sources if isinstance(s.rate, Steps)}
        parts |= {s: memory.of_steps(rate) for s, rate in steps.items()}
        sizes = {p.name: p.size for p in self.populations}
        parts |= {s: memory.of_current(s, sizes[s.population]) for s in self.current_sources}
        parts |= {s: memory.of_spikes(self._spikes[s.name].n) for s in self.spike_sources}
        parts |= {p: memory.of_projection(p, self._synapses[p.index]) for p in self.projections}
        parts |= {r: memory.of_samples(r, self.recorded_synapses(r.target)) for r in self.recorders}
        return memory.Memory(parts)

    def spikes(self, source: SpikeSource) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return the spikes of a spike source: times in ms, ids; sorted by (time, id)."""
        return self.given_spikes(source).merged()

    def given_spikes(self, source: SpikeSource) -> GivenSpikes:
        """Return the spikes of a spike source, to which a simulation appends."""
        index_of(source, SpikeSource, self.spike_sources, "spike source")
        return self._spikes[source.name]

    def world_objects(self) -> dict[str, World]:
        """Return the worlds that are attached, by name."""
        return dict(self._world_objects)

    def sample_bytes(self, recorder: Recorder) -> int:
        """Return the memory that one sample of a recorder takes."""
        return recording.sample_bytes(recorder, self.recorded_synapses(recorder.target))

    def recorded_synapses(self, target: Projection | Population) -> Synapses | None:
        """Return the synapses of a recorder's target, None of a population."""
        return self._synapses[target.index] if isinstance(target, Projection) else None

    def copy(self) -> Self:
        """Return an equal network; adding to one does not change the other."""
        twin = type(self)(self.seed)
        twin.populations = list(self.populations)
        twin.poisson_sources = list(self.poisson_sources)
        twin.current_sources = list(self.current_sources)
        twin.spike_sources = list(self.spike_sources)
        twin.projections = list(self.projections)
        twin.recorders = list(self.recorders)
        twin.worlds = list(self.worlds)
        twin._synapses = list(self._synapses)  # which are immutable
        twin._spikes = {name: spikes.copy() for name, spikes in self._spikes.items()}
        twin._world_objects = dict(self._world_objects)
        return twin

    def with_worlds(self, objects: dict[str, World]) -> Self:
        """Return an equal network to which these worlds (`objects`, by name) are attached."""
        twin = self.copy()
        twin._world_objects = dict(objects)
        return twin

    def check_projection(self, projection: object) -> None:
        """Refuse what is not a projection of this network; its index could mean another."""
        if not isinstance(projection, Projection) or projection not in self.projections:
            raise ValueError(f"{label(projection)} is not a projection of this network")

    def check_recorder(self, recorder: object) -> None:
        """Refuse what is not a recorder of this network."""
        if not isinstance(recorder, Recorder) or recorder not in self.recorders:
            raise ValueError(f"{label(recorder)} is not a recorder of this network")

    def _new_name(self, name: str) -> str:
        if name == "" or not isinstance(name, str):
            raise TypeError(f"name must be a non-empty text, got {name!r}")
        if name in {part.name for part in self._named()}:
            raise ValueError(f"name must be new, got {name!r}, which this network has already")
        return name

    def _population(self, given: Population | str) -> Population:
        return find(given, self.populations, "population")

    def _check_currents(self, population: Population, new: CurrentSource) -> None:
        """Refuse a current that makes no sense together with those that are there."""
        lowest = np.zeros(population.size)
        for source in (*self.current_sources, new):
            if source.population == population.name:
                which = slice(None) if source.ids is None else np.asarray(source.ids)
                lowest[which] += source.current.lowest
        population.neurons.check_currents(lowest)

    def _named(self) -> list[Population | Source | AttachedWorld]:
        return [*self._emitters(), *self.poisson_sources, *self.current_sources, *self.worlds]

    def _emitters(self) -> list[Emitter]:
        return [*self.populations, *self.spike_sources]

    def _emitter(self, given: Emitter | str) -> Emitter:
        return find(given, self._emitters(), "population or spike source")
