"""How much memory the core will take for a network, estimated before it is built.

Bytes by part (`cpp/projection_dense.hpp`, `cpp/projection_sparse.hpp`, `cpp/plasticity.hpp`):

    dense      8 (4 in single precision) a weight: one for all pairs, or one a pair
    sparse     4 a target, 8 (4) a weight: one for all, or one a synapse;
               4 a source; 4 a bundle, and 8 more where delays differ
    plastic    besides, 12 a source (dense) or bundle (sparse), and 12 a target; with a third factor
               8 a synapse, and 12 a source or bundle more
    neurons    168 (LIF), 256 (LIFExp), 2344 (LIFCond)
    sources    16 a given spike, 16 a step of a rate or current, 4 a neuron that a current reaches
    recorders  8 a number of what they may come to hold, at most `max_bytes`

A bundle is the synapses of one source with one delay. Spikes recorded (12 bytes each) and under way
(16 bytes each) come on top; `Simulation` bounds their numbers.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from .. import _checks
from ..neurons import Model
from ..plasticity import Modulated
from ..steps import Steps
from . import recording
from .layouts import Sparse, Synapses
from .parts import CurrentSource, Part, Projection, Recorder, label
from .registry import Registry

NEURON = {"LIF": 168, "LIFExp": 256, "LIFCond": 2344}
GIVEN_SPIKE = 16
STEP = 16
WEIGHT = {"double": 8, "single": 4}
TARGET = 4
SOURCE = 4
BUNDLE = 4
DELAY = 8
ELIGIBILITY = 8
TRACE = 12  # and how far the log of postsynaptic spikes has been read, or its last entry


@dataclass(frozen=True)
class Memory:
    """An estimate in bytes.

    Attributes
    ----------
    parts : dict
        By population, source (Poisson where its rate has steps), projection and recorder.
    """

    parts: Mapping[Part, int]

    @property
    def total(self) -> int:
        """All of it, with the recorders full."""
        return sum(self.parts.values())

    @property
    def at_start(self) -> int:
        """What is taken before anything is recorded."""
        return sum(n for part, n in self.parts.items() if not isinstance(part, Recorder))

    def refusal(self, *, recorders: bool) -> str:
        """Return the numbers in words, with the largest part."""
        parts = {p: n for p, n in self.parts.items() if recorders or not isinstance(p, Recorder)}
        numbers = f"an estimated {_shown(sum(parts.values()))}"
        if not parts:
            return numbers
        largest = max(parts, key=lambda part: parts[part])
        return f"{numbers}, of which {_shown(parts[largest])} for the {label(largest)}"

    def __repr__(self) -> str:
        by_size = sorted(self.parts.items(), key=lambda item: -item[1])
        shown = _checks.first_of([f"{label(part)} {_shown(n)}" for part, n in by_size], 6)
        return f"Memory({self.in_words()}: {shown})" if shown else "Memory(0 MB)"

    def in_words(self) -> str:
        """Return what is taken from the start, and what recorders may come to hold besides."""
        samples = self.total - self.at_start
        return _shown(self.at_start) + (
            f", at most {_shown(samples)} of samples" if samples else ""
        )


def of_network(registry: Registry) -> Memory:
    """Return the estimate for a whole network."""
    parts: dict[Part, int] = {}
    parts |= {p: _of_neurons(p.size, p.neurons) for p in registry.populations}
    steps = {s: s.rate for s in registry.poisson_sources if isinstance(s.rate, Steps)}
    parts |= {s: _of_steps(rate) for s, rate in steps.items()}
    trains = {s: s.rate for s in registry.poisson_trains if isinstance(s.rate, Steps)}
    parts |= {s: _of_steps(rate) for s, rate in trains.items()}
    sizes = {p.name: p.size for p in registry.populations}
    parts |= {s: _of_current(s, sizes[s.population]) for s in registry.current_sources}
    parts |= {s: GIVEN_SPIKE * registry.spikes_of(s)[0].size for s in registry.spike_sources}
    parts |= {
        p: _of_projection(p, registry.synapses[p.index], sizes[p.post])
        for p in registry.projections
    }
    parts |= {r: _of_samples(r, registry.recorded_synapses(r.target)) for r in registry.recorders}
    return Memory(parts)


def _of_neurons(size: int, neurons: Model) -> int:
    """Return the bytes of a population."""
    return size * NEURON[type(neurons).__name__]


def _of_steps(steps: Steps) -> int:
    """Return the bytes of a rate or a current."""
    return STEP * steps.values.size


def _of_current(source: CurrentSource, size: int) -> int:
    """Return the bytes of a current into a population of `size` neurons."""
    return _of_steps(source.current) + TARGET * (size if source.ids is None else len(source.ids))


def _of_samples(recorder: Recorder, synapses: Synapses | None) -> int:
    """Return the bytes of a recorder that is full, of a population if there are no synapses."""
    return recording.most_samples(recorder, synapses) * recording.sample_bytes(recorder, synapses)


def _of_projection(projection: Projection, synapses: Synapses, n_post: int) -> int:
    """Return the bytes of a projection onto a population of `n_post` neurons."""
    total = WEIGHT[projection.precision] * synapses.n_weights
    rows = synapses.shape[1]
    if isinstance(synapses, Sparse):
        rows = synapses.n_bundles
        total += TARGET * synapses.n_synapses + SOURCE * synapses.n_sources
        total += (BUNDLE + DELAY * (synapses.delay is None)) * synapses.n_bundles
    if projection.plasticity is not None:
        total += TRACE * (rows + n_post)
    if isinstance(projection.plasticity, Modulated):
        total += ELIGIBILITY * synapses.n_weights + TRACE * rows
    return total


def physical() -> int | None:
    """Return the bytes of memory that this machine has, None where it does not say."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None


def check(memory: Memory, max_bytes: int | None) -> None:
    """Refuse a network whose estimate is over the bound, or over what this machine has."""
    if max_bytes is not None and memory.total > max_bytes:
        raise ValueError(
            f"the network takes {memory.refusal(recorders=True)}; "
            f"max_bytes allows {_shown(max_bytes)}"
        )
    limit = physical()
    if max_bytes is None and limit is not None and memory.at_start > limit:
        raise MemoryError(
            f"the network takes {memory.refusal(recorders=False)}; this machine has {_shown(limit)}"
        )


def _shown(n: int) -> str:
    return f"{n / 1e6:.3g} MB" if n < 1e9 else f"{n / 1e6:,.0f} MB"
