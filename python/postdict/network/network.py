"""What exists: populations, sources, projections, worlds and recorders, declared one by one.

A `Network` is a description and holds no state; any number of simulations can be made of it. What
its methods return are plain values that name a part, valid in every simulation of this network.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal, TypeVar, Unpack, overload

from numpy.typing import ArrayLike

from .. import _checks
from .._types import Floats
from ..connectivity import Triplets
from ..neurons import Model, check_model
from ..plasticity import Rule
from ..steps import Steps, checked_current, checked_rate
from ..world.protocol import Drive, Readout, World
from . import attaching, projections, recording
from .contents import Contents
from .groups import Group
from .parts import (
    AttachedWorld,
    CurrentSource,
    Emitter,
    PoissonSource,
    PoissonTrains,
    Population,
    Projection,
    Recorder,
    SpikeSource,
    Variable,
    checked_size,
)
from .projections import SparseMatrix, Synaptic
from .registry import Registry

S = TypeVar("S", bound=SparseMatrix)
From = Emitter | Group | str
Onto = Population | Group | str


class Network(Contents):
    """A description of populations, sources, projections, worlds and recorders.

    Parameters
    ----------
    seed : int
        Every random source has its own stream, made from this seed and the source's name, so that
        adding one changes no other's numbers.

    Examples
    --------
    >>> from postdict import LIF
    >>> net = Network(seed=7)
    >>> cells = net.add_population("cells", 20, LIF(tau_m=100.0))
    >>> noise = net.add_poisson("noise", cells, rate=150.0, weight=0.1)
    """

    def __init__(self, seed: int = 0) -> None:
        self._registry = Registry(seed)

    def add_population(self, name: str, size: int, neurons: Model) -> Population:
        """Add `size` neurons.

        Parameters
        ----------
        name : str
            Unique among populations and sources.
        size : int
            Number of neurons, at least 1.
        neurons : LIF, LIFExp or LIFCond
            Their parameters: numbers, or arrays of `size` values.

        Returns
        -------
        Population

        Raises
        ------
        ValueError, TypeError
            The name is taken or none, or the parameters are not of `size` neurons.
        """
        name = self._registry.new_name(name)
        size = checked_size(size)
        check_model(neurons)
        neurons.check_size(size)
        population = Population(name, size, neurons)
        self._registry.populations.append(population)
        return population

    def add_poisson(
        self,
        name: str,
        population: Population | Group | str,
        *,
        rate: float | ArrayLike | Steps,
        weight: float,
        ids: ArrayLike | None = None,
    ) -> PoissonSource:
        """Kick every neuron of a population independently, as a Poisson process.

        Parameters
        ----------
        name : str
            Unique; with the network's seed it fixes the random stream.
        population : Population, Group or str
            Who is kicked.
        rate : float, array (n,) or Steps
            Hz, of all or of each neuron; functions of time as `Steps`, of one row or of (n, steps).
        weight : float
            mV, added to V at each kick; negative for inhibition.
        ids : array of int, optional
            Which neurons, each once, in the order of their rates; all by default.

        Returns
        -------
        PoissonSource

        Raises
        ------
        ValueError, TypeError
            The name is taken, there is no such population, or rates make no sense or do not fit.
        """
        name = self._registry.new_name(name)
        target, chosen, n = self._registry.driven(population, ids)
        source = PoissonSource(
            name,
            target.name,
            checked_rate(rate, n),
            _checks.number("weight", weight, "mV"),
            chosen,
        )
        self._registry.poisson_sources.append(source)
        return source

    def add_current(
        self,
        name: str,
        population: Population | Group | str,
        current: Steps,
        *,
        ids: ArrayLike | None = None,
    ) -> CurrentSource:
        """Add a current to v_rest + i_offset of neurons; several into one neuron add up.

        Parameters
        ----------
        name : str
            Unique among populations and sources.
        population : Population, Group or str
            Whose neurons.
        current : Steps
            mV, one signal or (n, steps), one for each neuron. The lowest values of all currents
            into a LIF with `v_min` may not add up to less than v_min - v_rest - i_offset.
        ids : array of int, optional
            Which neurons, each once; all by default.

        Returns
        -------
        CurrentSource

        Raises
        ------
        ValueError, TypeError
            The name is taken, there is no such population, or currents do not fit or are too low.
        """
        name = self._registry.new_name(name)
        target, chosen, n = self._registry.driven(population, ids)
        source = CurrentSource(name, target.name, checked_current(current, n), chosen)
        self._registry.check_currents(target, source)
        self._registry.current_sources.append(source)
        return source

    def add_poisson_source(
        self, name: str, size: int, *, rate: float | ArrayLike | Steps
    ) -> PoissonTrains:
        """Add presynaptic neurons that fire as Poisson processes; connect them like a population.

        Parameters
        ----------
        name : str
            Unique; with the network's seed it fixes the random stream.
        size : int
            Number of neurons.
        rate : float, array (size,) or Steps
            Hz, as of `add_poisson`.

        Returns
        -------
        PoissonTrains

        Raises
        ------
        ValueError, TypeError
            The name is taken, or rates make no sense or do not fit.
        """
        name = self._registry.new_name(name)
        source = PoissonTrains(name, checked_size(size), checked_rate(rate, size))
        self._registry.poisson_trains.append(source)
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

        Raises
        ------
        ValueError, TypeError
            The name is taken, times are negative, or an id is not in [0, size).
        """
        name = self._registry.new_name(name)
        size = checked_size(size)
        self._registry.spikes[name] = _checks.spike_arrays(name, times, ids, size)
        source = SpikeSource(name, size)
        self._registry.spike_sources.append(source)
        return source

    @overload
    def connect(
        self,
        pre: From,
        post: Onto,
        *,
        weights: float,
        plasticity: None = None,
        **synaptic: Unpack[Synaptic],
    ) -> Projection[float]: ...

    @overload
    def connect(
        self,
        pre: From,
        post: Onto,
        *,
        weights: ArrayLike,
        plasticity: Rule | None = None,
        **synaptic: Unpack[Synaptic],
    ) -> Projection[Floats]: ...

    @overload
    def connect(
        self,
        pre: From,
        post: Onto,
        *,
        weights: Triplets,
        plasticity: Rule | None = None,
        **synaptic: Unpack[Synaptic],
    ) -> Projection[Triplets]: ...

    @overload
    def connect(
        self,
        pre: From,
        post: Onto,
        *,
        weights: S,
        plasticity: Rule | None = None,
        **synaptic: Unpack[Synaptic],
    ) -> Projection[S]: ...

    def connect(
        self,
        pre: From,
        post: Onto,
        *,
        weights: Any,
        axonal_delay: ArrayLike = 1.0,
        dendritic_delay: float = 0.0,
        inhibitory: bool = False,
        plasticity: Rule | None = None,
        allow_multapses: bool = True,
        precision: Literal["double", "single"] = "double",
        name: str | None = None,
    ) -> Projection:
        """Connect neurons of `pre` to neurons of `post`: all to all, or by synapses given singly.

        Parameters
        ----------
        pre : Population, SpikeSource, PoissonTrains, Group or str
        post : Population, Group or str
            Of groups, weights and indices have the shape and the order.
        weights : float, array (post, pre), scipy.sparse matrix (post, pre) or Triplets
            mV. One number stands for all pairs (with a plasticity: the start value of each).
            Entries that a sparse matrix stores are synapses, zeros too. Inhibitory and plastic
            weights are non-negative: the projection carries the sign.
        axonal_delay : float or array
            From a presynaptic spike to its arrival, ms, > 0; or one per synapse: (post, pre) with
            a matrix, (n_synapses,) in the order of the Triplets or of the matrix's ``.tocoo()``.
        dendritic_delay : float
            From a postsynaptic spike to its arrival at the plastic synapse, ms, >= 0. It does not
            delay the potential.
        inhibitory : bool
            Whether an arrival lowers V.
        plasticity : a rule of `postdict.plasticity`, optional
            Without one the weights are fixed.
        allow_multapses : bool
            False refuses Triplets that join a pair more than once.
        precision : "double" or "single"
            In which the weights are held; all arithmetic is in double.
        name : str, optional
            Unique; by default ``"pre->post"``, of a second one ``"pre->post 2"``.

        Returns
        -------
        Projection

        Raises
        ------
        ValueError, TypeError
            There is no such part, or weights, delays or the rule make no sense or do not fit.
        """
        projection, synapses = projections.declared(
            self._registry,
            pre,
            post,
            weights=weights,
            axonal_delay=axonal_delay,
            dendritic_delay=dendritic_delay,
            inhibitory=inhibitory,
            plasticity=plasticity,
            allow_multapses=allow_multapses,
            precision=precision,
            name=name,
        )
        self._registry.projections.append(projection)
        self._registry.synapses.append(synapses)
        return projection

    def add_world(
        self,
        name: str,
        world: World,
        motor: Emitter | str,
        sensor: Population | str,
        *,
        readout: Readout = "counts",
        tau: float | None = None,
        drive: Drive = "current",
        weight: float | None = None,
        latency: float = 0.0,
    ) -> AttachedWorld:
        """Let a world hear `motor` and drive `sensor`, step by step.

        Step k = 1, 2, ... is at t_k = k * world.interval, before the events at t_k. It hears the
        spikes in [t_(k-1), t_k); its answer acts on [t_k + latency, t_(k+1) + latency).

        Parameters
        ----------
        name : str
            Unique among populations, sources and worlds.
        world : World
            An object with `interval`, `reset` and `step`. Each simulation resets it: several that
            live side by side need one each (``Simulation(network, worlds={name: world})``).
        motor : Population, SpikeSource or str
        sensor : Population or str
        readout : "counts", "rates" or "spikes"
            What `step` is given. Spikes of each neuron since the last step, (n_motor,) of int64;
            their rates, Hz, (n_motor,), filtered by e^(-t/tau)/tau; or a tuple (times, ids) in ms,
            sorted.
        tau : float
            ms, of the rates.
        drive : "current", "rates", "kicks" or "spikes"
            What the answer is. (n_sensor,) mV that are added to v_rest + i_offset; (n_sensor,) Hz
            of Poisson kicks of `weight`; (n_sensor,) mV of which each is added once, at
            t_k + latency; or kicks as a tuple (times, ids) or (times, ids, weights), in ms, none
            before t_k + latency, in any order.
        weight : float
            mV of a kick, with the drives "rates" and "spikes"; negative for inhibition.
        latency : float
            ms, >= 0.

        Returns
        -------
        AttachedWorld

        Raises
        ------
        TypeError
            The world lacks what it must have: the message says what.
        ValueError
            The object is attached already, under another name.
        """
        attached = attaching.attached(
            self._registry,
            name,
            world,
            motor,
            sensor,
            readout=readout,
            tau=tau,
            drive=drive,
            weight=weight,
            latency=latency,
        )
        self._registry.worlds.append(attached)
        self._registry.world_objects[name] = world
        return attached

    def record(
        self,
        target: Projection | Population | Group | str,
        variable: Variable,
        *,
        every: float | None = None,
        times: ArrayLike | None = None,
        ids: ArrayLike | None = None,
        synapses: recording.Chosen | None = None,
        max_bytes: int = 2**28,
        name: str | None = None,
    ) -> Recorder:
        """Sample a variable at 0, every, 2 every, ... ms, or at given times.

        A sample shows the state from before the events of its instant. With `every`, when
        `max_bytes` is full, every second sample is dropped and the interval doubles: samples always
        span the whole run. With `times` all samples must fit. `Simulation.stream` moves samples to
        a file instead.

        Parameters
        ----------
        target : Projection, Population, Group or str
            A projection for "weights" and "weight_statistics", a population for the others.
        variable : "weights", "weight_statistics", "v", "i_e", "i_i", "g_e" or "g_i"
            Weights; their mean, standard deviation, minimum and maximum; membrane potential, mV;
            excitatory or inhibitory current, mV (of `LIFExp`); excitatory or inhibitory
            conductance, in units of the leak (of `LIFCond`).
        every : float, optional
            Interval, ms.
        times : array (n_samples,), optional
            ms, >= 0, rising; instead of `every`.
        ids : array of int, optional
            Which neurons; all by default.
        synapses : tuple of two arrays (post_ids, pre_ids), or array of int, optional
            Which weights; all by default. Positions in the order of the Triplets, of a sparse
            matrix's ``.tocoo()`` or of a matrix's ``.ravel()`` where one array is given.
        max_bytes : int
            Bound on memory (8 bytes a number); at least two samples must fit.
        name : str, optional
            Unique; by default target and variable, ``"cells.v"``, of a second one ``"cells.v 2"``.

        Returns
        -------
        Recorder

        Raises
        ------
        ValueError, TypeError
            The target does not have the variable, or what is chosen is not there.
        """
        of, ids = self._registry.recorded(target, ids)
        variable = recording.checked_variable(of, variable)
        recorder = recording.declared(
            len(self._registry.recorders),
            of,
            variable,
            self._registry.recorded_synapses(of),
            every=every,
            times=times,
            ids=ids,
            synapses=synapses,
            max_bytes=max_bytes,
        )
        called = target.name if isinstance(target, Group) else of.name
        made = self._registry.given_or_made(name, f"{called}.{variable}")
        recorder = replace(recorder, name=made)
        self._registry.recorders.append(recorder)
        return recorder

    def copy(self) -> Network:
        """Return an equal network; adding to one does not change the other."""
        return Network._of(self._registry.copy())

    __copy__ = copy

    @classmethod
    def _of(cls, registry: Registry) -> Network:
        network = cls(registry.seed)
        network._registry = registry
        return network
