"""What exists: populations, sources, projections and recorders, declared one by one.

A `Network` is a description and holds no state; any number of simulations can be made of it. What
its methods return are plain values that name a part, valid in every simulation of this network.
"""

from __future__ import annotations

from typing import Literal, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _checks
from .connectivity import weight_matrix
from .neurons import LIF, LIFExp, Model
from .parts import Part, PoissonSource, Population, Projection, Recorder, SpikeSource
from .plasticity import AntisymmetricSTDP

LARGEST_RATE = 1e6  # Hz; a thousand kicks a millisecond are a slip


T = TypeVar("T", bound="Population | SpikeSource")


class Network:
    """A description of populations, sources, projections and recorders.

    Parameters
    ----------
    seed : int
        Every random source has its own stream, made from this seed and the source's name, so that
        adding one changes no other's numbers.

    Examples
    --------
    >>> net = Network(seed=7)
    >>> cells = net.add_population("cells", 20, LIF(tau_m=100.0))
    >>> noise = net.add_poisson("noise", cells, rate=150.0, weight=0.1)
    """

    def __init__(self, seed: int = 0) -> None:
        self.seed = _checks.integer("seed", seed)
        if self.seed >= 2**64:
            raise ValueError(f"seed must be below 2**64, got {seed}")
        self.populations: list[Population] = []
        self.poisson_sources: list[PoissonSource] = []
        self.spike_sources: list[SpikeSource] = []
        self.projections: list[Projection] = []
        self.recorders: list[Recorder] = []
        self._weights: list[NDArray[np.float64]] = []  # by projection, (post, pre) or ()
        self._spikes: dict[str, tuple[NDArray[np.float64], NDArray[np.int64]]] = {}

    def __repr__(self) -> str:
        emitters: list[Population | SpikeSource] = [*self.populations, *self.spike_sources]
        parts = [f"{p.name}[{p.size}]" for p in emitters]
        parts += [f"{p.name}→{p.population}" for p in self.poisson_sources]
        parts += [
            f"{p.pre}→{p.post}{' inhibitory' * p.inhibitory}{' plastic' * bool(p.plasticity)}"
            for p in self.projections
        ]
        return f"Network(seed={self.seed}: {', '.join(parts)})"

    def add_population(self, name: str, size: int, neurons: Model) -> Population:
        """Add `size` neurons.

        Parameters
        ----------
        name : str
            Unique among populations and sources.
        size : int
            Number of neurons, at least 1.
        neurons : LIF or LIFExp
            Their parameters: numbers, or arrays of `size` values.

        Returns
        -------
        Population
        """
        name = self._new_name(name)
        size = self._size(size)
        if not isinstance(neurons, (LIF, LIFExp)):
            raise TypeError(f"neurons must be a LIF or a LIFExp, got {type(neurons).__name__}")
        neurons.check_size(size)
        population = Population(name, size, neurons)
        self.populations.append(population)
        return population

    def add_poisson(
        self, name: str, population: Population | str, *, rate: float, weight: float
    ) -> PoissonSource:
        """Kick every neuron of a population independently, as a Poisson process.

        Parameters
        ----------
        name : str
            Unique; with the network's seed it fixes the random stream.
        population : Population or str
            Who is kicked.
        rate : float
            Hz, for each neuron.
        weight : float
            mV, added to V at each kick; negative for inhibition.

        Returns
        -------
        PoissonSource
        """
        name = self._new_name(name)
        target = self._population(population)
        source = PoissonSource(
            name,
            target.name,
            _checks.number("rate", rate, "Hz", at_least=0.0, at_most=LARGEST_RATE),
            _checks.number("weight", weight, "mV"),
        )
        self.poisson_sources.append(source)
        return source

    def add_spike_source(
        self, name: str, size: int, *, times: ArrayLike, ids: ArrayLike
    ) -> SpikeSource:
        """Add presynaptic neurons that fire at given times; connect them like a population.

        Parameters
        ----------
        name : str
            Unique among populations and sources.
        size : int
            Number of neurons.
        times : array (n_spikes,)
            Spike times, ms, >= 0, in any order.
        ids : array (n_spikes,) of int
            Who fires, in [0, size).

        Returns
        -------
        SpikeSource
        """
        name = self._new_name(name)
        size = self._size(size)
        self._spikes[name] = _checks.spike_arrays(name, times, ids, size)
        source = SpikeSource(name, size)
        self.spike_sources.append(source)
        return source

    def connect(
        self,
        pre: Population | SpikeSource | str,
        post: Population | str,
        *,
        weights: ArrayLike,
        axonal_delay: float = 1.0,
        inhibitory: bool = False,
        plasticity: AntisymmetricSTDP | None = None,
    ) -> Projection:
        """Connect all neurons of `pre` to all neurons of `post`.

        Parameters
        ----------
        pre : Population, SpikeSource or str
        post : Population or str
        weights : array (post, pre) or float
            mV. One number stands for all pairs (with a plasticity: the start value of each).
            Inhibitory and plastic weights are non-negative: the projection carries the sign.
        axonal_delay : float
            From a presynaptic spike to its arrival, ms, > 0.
        inhibitory : bool
            Whether an arrival lowers V.
        plasticity : AntisymmetricSTDP, optional
            The rule; without one the weights are fixed.

        Returns
        -------
        Projection
        """
        source = self._emitter(pre)
        target = self._population(post)
        if plasticity is not None and not isinstance(plasticity, AntisymmetricSTDP):
            raise TypeError(f"plasticity must be a postdict rule, got {type(plasticity).__name__}")
        matrix = weight_matrix(
            weights,
            shape=(target.size, source.size),
            non_negative=inhibitory or plasticity is not None,
            w_max=plasticity.w_max if plasticity else np.inf,
        )
        projection = Projection(
            len(self.projections),
            source.name,
            target.name,
            _checks.number("axonal_delay", axonal_delay, "ms", above=0.0),
            bool(inhibitory),
            plasticity,
        )
        if plasticity and not matrix.ndim:
            matrix = np.broadcast_to(matrix, (target.size, source.size))
        self.projections.append(projection)
        self._weights.append(matrix)
        return projection

    def record(
        self,
        target: Projection | Population | str,
        variable: Literal["weights", "v", "g_e", "g_i"],
        *,
        every: float,
        ids: ArrayLike | None = None,
        max_bytes: int = 2**28,
    ) -> Recorder:
        """Sample a variable at 0, every, 2 every, ... ms.

        A sample shows the state from before the events of its instant. When `max_bytes` is full,
        every second sample is dropped and the interval doubles: samples always span the whole run.

        Parameters
        ----------
        target : Projection, Population or str
            A projection for "weights", a population for the others.
        variable : "weights", "v", "g_e" or "g_i"
            Weights, membrane potential, excitatory or inhibitory current (of `LIFExp`), mV.
        every : float
            Interval, ms.
        ids : array of int, optional
            Which neurons; all by default.
        max_bytes : int
            Bound on memory; at least two samples must fit.

        Returns
        -------
        Recorder
        """
        if isinstance(target, str):
            target = self._population(target)
        chosen: tuple[int, ...] | None = None
        if variable == "weights":
            if not isinstance(target, Projection):
                raise TypeError("variable 'weights' needs a projection as target")
            self.check_part(target)
            if ids is not None:
                raise ValueError("ids select neurons; weights are recorded whole")
        elif variable in ("v", "g_e", "g_i"):
            if not isinstance(target, Population):
                raise TypeError(f"variable {variable!r} needs a population as target")
            if variable != "v" and not isinstance(target.neurons, LIFExp):
                raise TypeError(f"variable {variable!r} needs neurons of the model LIFExp")
            population = self._population(target)
            given = range(population.size) if ids is None else np.atleast_1d(np.asarray(ids))
            chosen = tuple(_checks.integer("ids", i) for i in given)
            if not chosen or max(chosen) >= population.size:
                raise ValueError(f"ids must be in [0, {population.size}), got {list(chosen)}")
        else:
            names = ("weights", "v", "g_e", "g_i")
            raise ValueError(_checks.unknown("variable", variable, names))
        recorder = Recorder(
            len(self.recorders),
            target,
            variable,
            _checks.number("every", every, "ms", above=0.0),
            chosen,
            _checks.integer("max_bytes", max_bytes),
        )
        needed = 2 * self.sample_bytes(recorder)
        if recorder.max_bytes < needed:
            raise ValueError(
                f"max_bytes must hold two samples ({needed} bytes), got {recorder.max_bytes}"
            )
        self.recorders.append(recorder)
        return recorder

    def weights(self, projection: Projection) -> NDArray[np.float64]:
        """Return the declared weights (mV): (post, pre), or () where one number stands for all."""
        self.check_part(projection)
        return self._weights[projection.index]

    def spikes(self, source: SpikeSource) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return the declared spikes (times in ms, ids) of a spike source."""
        self.check_part(source)
        return self._spikes[source.name]

    def sample_bytes(self, recorder: Recorder) -> int:
        """Return the memory that one sample of a recorder takes."""
        if isinstance(recorder.target, Projection):
            return 8 * self._weights[recorder.target.index].size
        return 8 * len(recorder.ids or ())

    def copy(self) -> Network:
        """Return an equal network; adding to one does not change the other."""
        twin = Network(self.seed)
        twin.populations = list(self.populations)
        twin.poisson_sources = list(self.poisson_sources)
        twin.spike_sources = list(self.spike_sources)
        twin.projections = list(self.projections)
        twin.recorders = list(self.recorders)
        twin._weights = list(self._weights)  # of read-only arrays
        twin._spikes = dict(self._spikes)
        return twin

    def check_part(self, part: Part) -> None:
        """Refuse a part (population, source, projection, recorder) of another network."""
        parts: list[Part] = [
            *self.populations,
            *self.poisson_sources,
            *self.spike_sources,
            *self.projections,
            *self.recorders,
        ]
        if part not in parts:
            raise ValueError(f"{part!r} is not part of this network")

    def _new_name(self, name: str) -> str:
        if name == "" or not isinstance(name, str):
            raise TypeError(f"name must be a non-empty text, got {name!r}")
        taken = {part.name for part in self.populations}
        taken |= {part.name for part in self.poisson_sources}
        taken |= {part.name for part in self.spike_sources}
        if name in taken:
            raise ValueError(f"name must be new, got {name!r}, which this network has already")
        return name

    def _size(self, size: int) -> int:
        result = _checks.integer("size", size, at_least=1)
        if result > 2**31 - 1:
            raise ValueError(f"size must be below 2**31, got {size}")
        return result

    def _population(self, given: Population | str) -> Population:
        return _find(given, self.populations, "population")

    def _emitter(self, given: Population | SpikeSource | str) -> Population | SpikeSource:
        emitters: list[Population | SpikeSource] = [*self.populations, *self.spike_sources]
        return _find(given, emitters, "population or spike source")


def _find(given: T | str, parts: list[T], kind: str) -> T:
    """Return the part that is given, itself or by its name."""
    if isinstance(given, str):
        for part in parts:
            if part.name == given:
                return part
        raise ValueError(_checks.unknown(kind, given, (part.name for part in parts)))
    # The type first: an array has no single truth when it is compared with the parts.
    if type(given) not in (Population, SpikeSource) or given not in parts:
        raise ValueError(f"{given!r} is not a {kind} of this network")
    return given
