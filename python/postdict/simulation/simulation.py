"""What happens: a network set in motion, run exactly, event by event."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from numpy.typing import ArrayLike

from .. import _checks, _core, _files
from .._types import Spikes
from ..network import Network, memory
from ..network.description import equal
from ..network.groups import Group
from ..network.parts import AnyPoisson, CurrentSource, Population, Projection, SpikeSource
from ..network.registry import Registry
from ..steps import Steps
from ..world.protocol import World
from . import changes
from . import worlds as _worlds
from .appended import AppendedSpikes
from .checkpoint import Checkpoint, CheckpointError
from .cores import limits_in_core, new_core, resumed_core
from .growth import Growth
from .limits import Limits
from .readings import Readings
from .recordings import Recordings
from .runner import ProgressCallback, end_after, end_at, run
from .stream_reader import Moved
from .stream_writer import Stream
from .turn import Turn


class Simulation(Readings):
    """A network in motion.

    Time is a whole number of picoseconds: every time given is rounded to one. Events of one
    picosecond are one instant, with one outcome whatever the order in which they were made. Results
    are the same to the last bit for any division of a run into parts, any reading in between, and
    across `save` and `load`.

    Parameters
    ----------
    network : Network
        A later change of it does not reach this simulation; the next run warns of it, once.
    max_recorded_spikes : int
        Bound on the spikes kept in memory (12 bytes each).
    max_pending_spikes : int
        Bound on the spikes under way: in axons, to worlds (which hear them at their next step),
        and from them, where each value of an answer that has yet to act counts as one.
    max_rate : float or dict of float, optional
        Bound on the mean rate of each population, or of those that a dict names, Hz per neuron.
    max_rate_window : float
        ms, over which rates are taken, from t = 0 on: a run stops as soon as a window has more
        spikes than the bound allows it.
    max_bytes : int, optional
        Bound on the estimate `Network.memory`; the memory of the machine by default, for what is
        not recorded.
    worlds : dict, optional
        Worlds by name, instead of those that `Network.add_world` attached.
    weights : dict or Simulation, optional
        To begin with: by projection or its name, as of `set_weights`; or those of all plastic
        projections of a simulation that learned them, by their names.

    Raises
    ------
    ValueError, MemoryError
        The estimate is over `max_bytes`, or by default over what the machine has.
    LimitError
        From `run` and `run_until`, when a bound is reached: the simulation stands whole at an
        instant, can be read and saved, and can go on (`set_limits`).

    Examples
    --------
    >>> from postdict import LIF, Network, Simulation
    >>> net = Network(seed=1)
    >>> cells = net.add_population("cells", 10, LIF())
    >>> noise = net.add_poisson("noise", cells, rate=900.0, weight=0.1)
    >>> sim = Simulation(net)
    >>> sim.run(1000.0)
    >>> times, ids = sim.spikes("cells")
    >>> sim.time, len(times), float(sim.rates(cells).mean())
    (1000.0, 615, 61.5)
    >>> sim.set_rate(noise, 0.0)
    >>> sim.save("state.npz")
    >>> later = Simulation.load("state.npz")
    >>> later.run_until(2000.0)
    >>> len(later.spikes(cells, start=1000.0)[0])
    0
    """

    def __init__(
        self,
        network: Network,
        *,
        max_recorded_spikes: int = 10**8,
        max_pending_spikes: int = 10**7,
        max_rate: float | Mapping[str, float] | None = None,
        max_rate_window: float = 1000.0,
        max_bytes: int | None = None,
        worlds: Mapping[str, World] | None = None,
        weights: Mapping[Any, Any] | Simulation | None = None,
    ) -> None:
        if not isinstance(network, Network):
            raise TypeError(f"network must be a postdict.Network, got {type(network).__name__}")
        limits = Limits(max_recorded_spikes, max_pending_spikes, max_rate, max_rate_window)
        bound = None if max_bytes is None else _checks.integer("max_bytes", max_bytes)
        self._set_up(network._registry, limits, worlds, bound)
        self._growth = Growth(network._registry, self._registry)
        self._begin(new_core(self._registry, limits), AppendedSpikes())
        if weights is not None:
            own = changes.learned(weights) if isinstance(weights, Simulation) else weights
            changes.take_over(self._registry, self._core, own)
        self._worlds.begin(self._core, self._registry.seed)

    def _set_up(
        self,
        registry: Registry,
        limits: Limits,
        worlds: Mapping[str, World] | None,
        max_bytes: int | None = None,
    ) -> None:
        memory.check(memory.of_network(registry), max_bytes)
        # A registry of its own, so that later additions to the user's cannot confuse this one.
        self._registry = registry.with_worlds(_worlds.chosen(registry, worlds))
        self._limits = limits
        self._turn = Turn()
        self._worlds = _worlds.WorldsInLoop(self._registry.worlds, self._registry.world_objects)

    def _begin(
        self, core: _core.Simulation, appended: AppendedSpikes, moved: Moved | None = None
    ) -> None:
        self._core = core
        self._appended = appended
        self._recordings = Recordings(self._registry, core, moved)

    def run(self, duration: float, *, progress: bool | ProgressCallback = False) -> None:
        """Run the events in [time, time + duration).

        Parameters
        ----------
        duration : float
            ms, >= 0, rounded to a picosecond: n runs of d end at n times the rounded d.
        progress : bool or callable
            True prints one line on stderr; a callable gets (t_ms, t_stop_ms, wall_s, n_events).

        After Ctrl-C the simulation stands whole at an instant and can go on.

        Raises
        ------
        ValueError, TypeError
            The duration is negative, or would end after 9e9 ms.
        LimitError
            A bound on activity is reached; the simulation stands whole.
        RuntimeError
            Another thread runs it, or a recorder is full after a stream: the message says which.
        """
        checked = _checks.number("duration", duration, "ms", at_least=0.0, at_most=_checks.LATEST)
        self._run(lambda: end_after(self._core, checked), progress)

    def run_until(self, t: float, *, progress: bool | ProgressCallback = False) -> None:
        """Run the events before `t` (ms), which is not before the present; see `run`.

        Raises
        ------
        ValueError, LimitError
            As of `run`; or `t` is before the present.
        """
        checked = _checks.number("t", t, "ms", at_most=_checks.LATEST)
        self._run(lambda: end_at(self._core, checked), progress)

    def _run(self, end: Callable[[], int], progress: bool | ProgressCallback) -> None:
        with self._turn.paused():
            self._growth.look()
            run(self._core, self._recordings, self._worlds, end(), progress)

    def take_spikes(self, population: Population | str) -> Spikes:
        """Return the recorded spikes as `spikes` does, and forget them: memory stays bounded.

        `spikes` and `recording` then have later ones alone; `spike_count` counts all.

        Raises
        ------
        ValueError
            There is no such population, or it is a group or a source.
        RuntimeError
            A stream is open, whose file is to have them.
        """
        self._recordings.check_no_stream("take_spikes")
        return changes.take_spikes(self._registry, self._core, population)

    def set_recording(
        self,
        population: Population | Group | str,
        on: bool = True,
        *,
        ids: ArrayLike | None = None,
        start: float | None = None,
        stop: float | None = None,
    ) -> None:
        """Record spikes of a population from now on, or no longer; at the start all are.

        Each call replaces the one before; what is recorded already stays.

        Parameters
        ----------
        population : Population, Group or str
        on : bool
            Whether any are recorded.
        ids : array of int, optional
            Of which neurons; all by default.
        start : float, optional
            ms: only spikes from then on.
        stop : float, optional
            ms: only spikes before it.

        Raises
        ------
        ValueError
            There is no such population or neuron, `stop` is not after `start`, or what to record is
            said with `on` False.
        """
        self._recordings.select(population, on, ids, start, stop)

    def stream(
        self, path: str | os.PathLike[str], *, flush_every: float = 1.0
    ) -> AbstractContextManager[Stream]:
        """Move recorded spikes and samples to an HDF5 file while the simulation runs.

        To be used in a ``with`` statement. First all that is in memory is moved. During a run the
        file is brought up to date now and then, and at its end. It can be read (`read_stream`) at
        any time, after a kill too. While streaming, recorders drop no samples. No result changes.

        What is in the file is no longer in memory: `spikes` and `recorded` then need a `start`.
        After the ``with``, recorders with an interval are held in memory up to their `max_bytes`,
        without dropping samples; a run past that needs another stream.

        Parameters
        ----------
        path : path
            A new file.
        flush_every : float
            s of wall time between two flushes: what a killed process loses at most.

        Raises
        ------
        FileExistsError
        ImportError
            h5py is not installed (``pip install 'postdict[hdf5]'``).
        OSError
            From a run too: the file cannot be written. It holds what it held at the last flush;
            the rest is in memory, and the simulation stands whole.
        """
        return self._recordings.streamed(Path(path), flush_every, self._turn)

    def set_weights(self, projection: Projection | str, weights: Any) -> None:
        """Replace the weights (mV).

        Parameters
        ----------
        projection : Projection or str
        weights : float, array (post, pre), scipy.sparse matrix or Triplets
            In the form in which the projection has them, with the same synapses; or one number
            for all, or for synapses given singly (n_synapses,) values in their order.

        Raises
        ------
        ValueError, TypeError
            They do not fit, or are out of their bounds.
        """
        changes.set_weights(self._registry, self._core, projection, weights)

    def set_plasticity(self, projection: Projection | str, on: bool) -> None:
        """Switch learning on or off; while off, the rule still follows the spikes.

        Raises
        ------
        ValueError
            The projection has no plasticity.
        """
        self._core.set_learning(self._registry.plastic(projection).index, bool(on))

    def set_learning_rate(self, projection: Projection | str, eta: float) -> None:
        """Change a projection's learning rate (eta of its rule, mV) from now on.

        Raises
        ------
        ValueError, TypeError
            The rule has no `eta`, or it is negative.
        """
        index = self._registry.learning(projection).index
        self._core.set_eta(index, _checks.number("eta", eta, "mV", at_least=0.0))

    def set_modulator(self, projection: Projection | str, modulator: float | Steps) -> None:
        """Change the modulator (1/ms) of a `Modulated` rule from now on, until a world's reward.

        The times of `Steps` count from t = 0, not from the present.

        Raises
        ------
        ValueError, TypeError
            The rule is not `Modulated`, or the modulator neither a number nor one signal for all.
        """
        changes.set_modulator(self._registry, self._core, projection, modulator)

    def account_fluxes(self, projection: Projection | str, on: bool = True) -> None:
        """Account from now on what the rule does to each synapse, or no longer; see `fluxes`.

        The sums begin at zero with each call: what was accounted before is forgotten.

        Raises
        ------
        ValueError
            The projection has no plasticity.
        """
        self._core.set_accounting(self._registry.plastic(projection).index, bool(on))

    def set_rate(self, source: AnyPoisson | str, rate: float | ArrayLike | Steps) -> None:
        """Change the rate (Hz, of all or of each neuron) of a Poisson source from now on.

        The times of `Steps` count from t = 0, not from the present. A source that was declared
        with one rate for all keeps one for all.

        Raises
        ------
        ValueError, TypeError
            There is no such source, or rates make no sense or do not fit.
        """
        changes.set_rate(self._registry, self._core, source, rate)

    def set_current(self, source: CurrentSource | str, current: Steps) -> None:
        """Change the current (mV) of a source from now on; times of `Steps` count from t = 0.

        Raises
        ------
        ValueError, TypeError
            There is no such source, or the current does not fit or is too low.
        """
        changes.set_current(self._registry, self._core, source, current)

    def set_potentials(self, population: Population | Group | str, potentials: ArrayLike) -> None:
        """Set the potentials (mV) of neurons to one number, or to one each, at the present.

        Below threshold, and not below `v_min`. Synaptic currents and conductances stay as they are;
        a refractory neuron is so no longer.

        Raises
        ------
        ValueError, TypeError
            They do not fit, are not below threshold, or are below `v_min`.
        """
        changes.set_potentials(self._registry, self._core, population, potentials)

    def set_limits(
        self,
        *,
        max_recorded_spikes: int | None = None,
        max_pending_spikes: int | None = None,
        max_rate: float | Mapping[str, float] | None = None,
        max_rate_window: float | None = None,
    ) -> None:
        """Change bounds on activity from now on; those that are not given stay as they are.

        A run stops where a number grows to its bound or beyond. What is there already is no reason
        to stop: who records less, or silences the input, can go on after it as well.

        Parameters
        ----------
        max_recorded_spikes, max_pending_spikes, max_rate, max_rate_window
            As of `Simulation`; an infinite max_rate is no bound.

        Raises
        ------
        ValueError, TypeError
            A bound is not positive, or of no population.
        """
        limits = self._limits.changed(
            max_recorded_spikes, max_pending_spikes, max_rate, max_rate_window
        )
        with self._turn.paused_or_mine():
            self._core.set_limits(**limits_in_core(self._registry, limits))
            self._limits = limits

    def append_spikes(self, source: SpikeSource | str, *, times: ArrayLike, ids: ArrayLike) -> None:
        """Add spikes to those that a spike source will replay, as if they had been there before.

        Parameters
        ----------
        source : SpikeSource or str
        times : array (n_spikes,)
            ms, not before the present, in any order; also between spikes that are there already.
        ids : array (n_spikes,) of int
            Who fires.

        Raises
        ------
        ValueError, TypeError
            A time is before the present, or an id is not in [0, size).
        """
        with self._turn.paused_or_mine():
            changes.append_spikes(self._registry, self._core, self._appended, source, times, ids)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a checkpoint (.npz): network, state, spikes under way, random streams, recordings.

        The file appears whole or not at all, and replaces an older one only then.

        Raises
        ------
        TypeError
            A world has no `state`, so that it cannot be saved.
        OSError
            The file cannot be written.
        """
        _files.write_bytes(path, self._to_bytes())

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        *,
        worlds: Mapping[str, World] | None = None,
        seed: int | None = None,
    ) -> Simulation:
        """Return the simulation that `save` wrote, to the last bit.

        `worlds` are those in the loop by name, each of which takes up its state: their code is not
        in the file. A `seed` gives every Poisson source new random numbers from here on, and leaves
        all else as saved, worlds' own noise too.

        Raises
        ------
        TypeError
            One of the worlds is missing.
        CheckpointError
            The file is not a whole, unaltered checkpoint of a version that this one reads.
        """
        other = changes.checked_seed(seed)
        simulation = cls._from_bytes(Path(path).read_bytes(), worlds)
        if other is not None:
            simulation._core.reseed(other)
        return simulation

    def restore(self, path: str | os.PathLike[str], *, seed: int | None = None) -> None:
        """Take up in this simulation what `save` wrote of one of an equal network.

        Weights, spikes under way and appended, recordings: all are as they were then. Limits stay.
        A `seed` gives new random numbers from here on, as of `load`.

        Raises
        ------
        CheckpointError
            As from `load`, or the checkpoint is of another network.
        RuntimeError
            A stream is open: what comes next would be written behind what is in its file.
        """
        other = changes.checked_seed(seed)
        checkpoint = Checkpoint.from_bytes(Path(path).read_bytes())
        if not equal(checkpoint.registry, self._registry):
            raise CheckpointError("the checkpoint is of another network")
        with self._turn.paused():
            self._recordings.check_no_stream("restore")
            self._take_up(checkpoint)
            if other is not None:
                self._core.reseed(other)

    def _take_up(self, checkpoint: Checkpoint) -> None:
        """Go on from a checkpoint with a new core: where that fails, the old one stays."""
        core = resumed_core(self._registry, checkpoint, self._limits)
        self._worlds.restore(checkpoint.worlds)
        self._begin(core, AppendedSpikes(checkpoint.appended), checkpoint.moved)

    def _to_bytes(self) -> bytes:
        return Checkpoint(
            self._registry,
            self._limits,
            self._core.state(),
            self._appended.by_source(),
            self._recordings.moved,
            self._worlds.states(),
        ).to_bytes()

    @classmethod
    def _from_bytes(cls, content: bytes, worlds: Mapping[str, World] | None = None) -> Simulation:
        checkpoint = Checkpoint.from_bytes(content)
        simulation = cls.__new__(cls)
        simulation._set_up(checkpoint.registry, checkpoint.limits, worlds)
        simulation._growth = Growth(checkpoint.registry, simulation._registry)
        simulation._worlds.reset(checkpoint.registry.seed)
        simulation._take_up(checkpoint)
        return simulation

    def __reduce__(self) -> tuple[Callable[..., Simulation], tuple[bytes, dict[str, World]]]:
        return type(self)._from_bytes, (self._to_bytes(), self.worlds)
