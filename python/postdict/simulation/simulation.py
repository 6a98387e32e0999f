"""What happens: a network set in motion, run exactly, event by event."""

from __future__ import annotations

import os
import threading
import time as _clock
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from .. import _checks, _core
from .._progress import ProgressLine
from ..network import Network, html, memory
from ..world import protocol
from ..world.protocol import World, WorldsInLoop
from . import checkpoint
from .assembly import assembled
from .changing import Changes
from .stream_writer import Moved

ProgressCallback: TypeAlias = Callable[[float, float, float, int], None]
"""Called as (t_ms, t_stop_ms, wall_s, n_events) now and then while a simulation runs."""

LimitError = _core.LimitError
"""A bound on recorded or pending spikes was reached: the run stopped, whole, at an instant."""

_SLICE = 10_000  # instants between two looks at signals and progress; changes no result


class Simulation(Changes):
    """A network in motion.

    Events that fall on equal doubles are one instant, with one outcome whatever the order in which
    they were made. Results are the same to the last bit for any division of a run into parts, any
    reading in between, and across `save` and `load`.

    Parameters
    ----------
    network : Network
        A later change of it does not reach this simulation.
    max_recorded_spikes : int
        Bound on the spikes kept in memory (12 bytes each).
    max_pending_spikes : int
        Bound on the spikes under way: in axons, to worlds (which hear them at their next step),
        and from them, where each value of an answer that has yet to act counts as one.
    max_rate : float, optional
        Bound on the mean rate of each population, Hz per neuron, over each second of the
        simulation (from t = 0, 1000, 2000, ... ms on). None, the default, is no bound.
    max_bytes : int, optional
        Bound on the estimate `Network.memory`; the memory of the machine by default, for what is
        not recorded.
    worlds : dict, optional
        Worlds by name, instead of those that `Network.add_world` attached.

    Raises
    ------
    ValueError, MemoryError
        The estimate is over `max_bytes`, or by default over what the machine has.
    LimitError
        From `run` and `run_until`, when a bound is reached: the simulation then stands whole at an
        instant, and everything recorded so far can be read and saved.
    """

    def __init__(
        self,
        network: Network,
        *,
        max_recorded_spikes: int = 10**8,
        max_pending_spikes: int = 10**7,
        max_rate: float | None = None,
        max_bytes: int | None = None,
        worlds: Mapping[str, World] | None = None,
    ) -> None:
        limits: dict[str, Any] = {
            "max_recorded_spikes": max_recorded_spikes,
            "max_pending_spikes": max_pending_spikes,
        }
        if max_rate is not None:
            limits["max_rate"] = max_rate
        self._set_up(network, limits, max_bytes, worlds)
        self._worlds.reset(self._network.seed)

    def _set_up(
        self,
        network: Network,
        limits: dict[str, Any],
        max_bytes: int | None,
        worlds: Mapping[str, World] | None,
    ) -> None:
        if not isinstance(network, Network):
            raise TypeError(f"network must be a postdict.Network, got {type(network).__name__}")
        self._limits: dict[str, Any] = {
            name: _checks.integer(name, limits[name], at_least=1, bits=64)
            for name in ("max_recorded_spikes", "max_pending_spikes")
        }
        if "max_rate" in limits:
            self._limits["max_rate"] = _checks.number(
                "max_rate", limits["max_rate"], "Hz", above=0.0
            )
        bound = None if max_bytes is None else _checks.integer("max_bytes", max_bytes)
        memory.check(network.memory(), bound)
        # A description of its own, so that later additions to the user's cannot confuse this one.
        intervals = {world.name: world.interval for world in network.worlds}
        objects = protocol.chosen(network.world_objects(), intervals, worlds)
        self._network = network.with_worlds(objects)
        self._running = threading.Lock()
        self._core = _core.Simulation(assembled(self._network), **self._limits)
        self._worlds = WorldsInLoop(objects, self._core)
        self._stream = None
        self._moved = None

    def __repr__(self) -> str:
        return f"Simulation(t = {self.time:g} ms of {self._network!r})"

    def _repr_html_(self) -> str:
        spikes = [self.spike_count(one) for one in self._network.populations]
        return html.of_simulation(self._network, self.time, self.n_events, spikes)

    @property
    def worlds(self) -> dict[str, World]:
        """The worlds in the loop, by name."""
        return dict(self._worlds.objects)

    @property
    def network(self) -> Network:
        """A copy of the network's description."""
        return self._network.copy()

    @property
    def time(self) -> float:
        """The present, ms: every event before it has happened, none at it or after."""
        return self._core.time

    @property
    def n_events(self) -> int:
        """Synaptic events so far: kicks, and arrivals times the synapses that each one reached."""
        return self._core.n_synaptic_events

    def run(self, duration: float, *, progress: bool | ProgressCallback = False) -> None:
        """Run the events in [time, time + duration).

        Parameters
        ----------
        duration : float
            ms, >= 0.
        progress : bool or callable
            True prints one line on stderr; a callable gets (t_ms, t_stop_ms, wall_s, n_events).

        Raises
        ------
        KeyboardInterrupt
            The simulation stands whole at an instant and can go on.
        """
        self.run_until(
            self.time + _checks.number("duration", duration, "ms", at_least=0.0), progress=progress
        )

    def run_until(self, t: float, *, progress: bool | ProgressCallback = False) -> None:
        """Run the events before `t` (ms), which is not before the present; see `run`."""
        end = _checks.number("t", t, "ms")
        if end < self.time:
            raise ValueError(f"t must not be before the present, {self.time:g} ms, got {end:g} ms")
        if progress is True:
            with ProgressLine() as line:
                self._run_until(end, line)
        else:
            self._run_until(end, progress or None)

    def _run_until(self, end: float, report: ProgressCallback | None) -> None:
        with self._paused():
            self._run_in_slices(end, report)

    def _run_in_slices(self, end: float, report: ProgressCallback | None) -> None:
        started = _clock.perf_counter()
        n_before = self.n_events
        self._worlds.start()
        done = False
        while not done:
            # Python handles signals between two slices, so that Ctrl-C lands between two instants.
            done = self._advance(end, _SLICE)
            if report is not None:
                wall = _clock.perf_counter() - started
                report(self.time, end, wall, self.n_events - n_before)
            self._worlds.look()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a checkpoint (.npz): network, state, spikes under way, random streams, recordings.

        The file appears whole or not at all, and replaces an older one only then.
        """
        checkpoint.write(path, self._to_bytes())

    @classmethod
    def load(
        cls, path: str | os.PathLike[str], *, worlds: Mapping[str, World] | None = None
    ) -> Simulation:
        """Return the simulation that `save` wrote, to the last bit.

        Parameters
        ----------
        path : path
        worlds : dict, optional
            The worlds in the loop by name, each of which takes up its state: their code is not in
            the file.

        Raises
        ------
        TypeError
            A world is missing.
        CheckpointError
            The file is not a whole, unaltered checkpoint of a version that this one reads.
        """
        return cls._from_bytes(Path(path).read_bytes(), worlds)

    def restore(self, path: str | os.PathLike[str]) -> None:
        """Take up in this simulation what `save` wrote of one of an equal network.

        Raises
        ------
        CheckpointError
            As from `load`, or the checkpoint is of another network.
        """
        network, _, state, moved, worlds = checkpoint.unpack(Path(path).read_bytes())
        if not checkpoint.equal(network, self._network):
            raise checkpoint.CheckpointError("the checkpoint is of another network")
        with self._paused():
            before = self._core.state()
            try:
                self._take_up(state, moved, worlds)
            except BaseException:  # which may have left the core with half of it
                self._core.restore(before)
                raise

    def _take_up(
        self,
        state: checkpoint.Arrays,
        moved: tuple[str, float] | None,
        worlds: checkpoint.States,
    ) -> None:
        def core() -> None:
            try:
                self._core.restore(state)
            except ValueError as error:
                raise checkpoint.CheckpointError(str(error)) from None

        self._worlds.restore(worlds, core)
        self._set_moved(None if moved is None else Moved(*moved))

    def _to_bytes(self) -> bytes:
        moved = None if self._moved is None else (self._moved.path, self._moved.before)
        worlds = self._worlds.states()
        return checkpoint.pack(self._network, self._limits, self._core.state(), moved, worlds)

    @classmethod
    def _from_bytes(cls, content: bytes, worlds: Mapping[str, World] | None = None) -> Simulation:
        network, limits, state, moved, states = checkpoint.unpack(content)
        simulation = cls.__new__(cls)
        try:
            simulation._set_up(network, limits, None, worlds)
        except ValueError as error:
            raise checkpoint.CheckpointError(str(error)) from None
        simulation._worlds.reset(network.seed)
        simulation._take_up(state, moved, states)
        return simulation

    def __reduce__(self) -> tuple[Callable[..., Simulation], tuple[bytes, dict[str, World]]]:
        return Simulation._from_bytes, (self._to_bytes(), self.worlds)
