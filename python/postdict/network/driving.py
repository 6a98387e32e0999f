"""What drives a network from outside: Poisson kicks, currents, given spikes, worlds."""

from __future__ import annotations

from numpy.typing import ArrayLike

from .. import _checks
from ..neurons import LIF
from ..steps import Steps, checked_rate
from ..world import protocol
from ..world.protocol import Drive, Readout, World
from .given_spikes import GivenSpikes
from .parts import (
    AttachedWorld,
    CurrentSource,
    Emitter,
    PoissonSource,
    Population,
    SpikeSource,
    checked_size,
)
from .registry import Declarations


class Driven(Declarations):
    """Sources and worlds are added here; `Network` adds neurons, synapses and recorders."""

    def add_poisson(
        self, name: str, population: Population | str, *, rate: float | Steps, weight: float
    ) -> PoissonSource:
        """Kick every neuron of a population independently, as a Poisson process.

        Parameters
        ----------
        name : str
            Unique; with the network's seed it fixes the random stream.
        population : Population or str
            Who is kicked.
        rate : float or Steps
            Hz, for each neuron; a function of time as `Steps`.
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
            checked_rate(rate),
            _checks.number("weight", weight, "mV"),
        )
        self.poisson_sources.append(source)
        return source

    def add_current(
        self,
        name: str,
        population: Population | str,
        current: Steps,
        *,
        ids: ArrayLike | None = None,
    ) -> CurrentSource:
        """Add a current to v_rest + i_offset of neurons; several into one neuron add up.

        Parameters
        ----------
        name : str
            Unique among populations and sources.
        population : Population or str
            Whose neurons.
        current : Steps
            mV. The lowest values of all currents into a LIF with `v_min` may not add up to less
            than v_min - v_rest - i_offset.
        ids : array of int, optional
            Which neurons, each once; all by default.

        Returns
        -------
        CurrentSource
        """
        name = self._new_name(name)
        target = self._population(population)
        if not isinstance(current, Steps):
            raise TypeError(f"current must be Steps, got {type(current).__name__}")
        source = CurrentSource(name, target.name, current, _checks.chosen(ids, target.size))
        self._check_currents(target, source)
        self.current_sources.append(source)
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
        size = checked_size(size)
        self._spikes[name] = GivenSpikes(_checks.spike_arrays(name, times, ids, size))
        source = SpikeSource(name, size)
        self.spike_sources.append(source)
        return source

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
        name = self._new_name(name)
        heard, driven = self._emitter(motor), self._population(sensor)
        interval = protocol.check(name, world)
        protocol.check_own(name, world, self._world_objects)
        protocol.check_options(readout, tau, drive, weight)
        model = driven.neurons
        if drive == "current" and isinstance(model, LIF) and model.v_min is not None:
            raise ValueError(
                f"drive 'current' could pull {driven.name!r} below its v_min: "
                "leave v_min away, or drive by kicks"
            )
        attached = AttachedWorld(
            name,
            heard.name,
            driven.name,
            interval,
            _checks.number("latency", latency, "ms", at_least=0.0),
            readout,
            None if tau is None else _checks.number("tau", tau, "ms", above=0.0),
            drive,
            None if weight is None else _checks.number("weight", weight, "mV"),
        )
        self.worlds.append(attached)
        self._world_objects[name] = world
        return attached
