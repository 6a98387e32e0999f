"""What a simulation recorded: in memory, or moved to a file while it runs."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _checks, _core
from .._types import Floats, Spikes
from ..exchange import Recording, Samples, Train
from ..network import recording
from ..network.groups import Selection, local
from ..network.parts import Population, Recorder, label
from ..network.registry import Registry
from ..neurons import LIFCond, LIFExp
from .stream_reader import Moved
from .stream_writer import Stream, full_at
from .turn import Turn


class Recordings:
    """The recordings of one core, and what must be done for them while it runs."""

    def __init__(
        self, registry: Registry, core: _core.Simulation, moved: Moved | None = None
    ) -> None:
        self._registry = registry
        self._core = core
        self.stream: Stream | None = None  # the open one
        self.moved: Moved | None = None  # where earlier recordings are
        self._set_moved(moved)
        self._said = {recorder.index for recorder in registry.recorders if self._drops(recorder)}

    def spikes(self, given: object, start: float | None, stop: float | None) -> Spikes:
        """Return the spikes of neurons that are in memory; see `Simulation.spikes`."""
        population, selection = self._registry.firing(given)
        index = self._registry.populations.index(population)
        first = self._readable(start)
        last = np.inf if stop is None else _checks.number("stop", stop, "ms")
        times, ids = self._core.spikes(index, -np.inf if first is None else first, last)
        return (times, ids) if selection is None else of_group(times, ids, selection)

    def rates(self, given: object, start: float | None, stop: float | None) -> Floats:
        """Return the mean rate of each neuron (Hz); see `Simulation.rates`."""
        population, selection = self._registry.firing(given)
        last = self._core.time if stop is None else stop
        first, last = _checks.window(0.0 if start is None else start, last)
        _, ids = self.spikes(given, start, last)
        n = population.size if selection is None else len(selection)
        return np.bincount(ids, minlength=n) / (1e-3 * (last - first))

    def samples(self, given: object, start: float | None) -> tuple[Floats, Floats]:
        """Return the samples of a recorder in memory; see `Simulation.recorded`."""
        recorder = self._registry.recorder(given)
        first = self._readable(start)
        times, values = self._core.recorded(recorder.index)
        if first is not None:
            times, values = times[times >= first], values[times >= first]
        synapses = self._registry.recorded_synapses(recorder.target)
        return times, recording.in_form(recorder, synapses, values)

    def for_other_programs(self, network: str) -> Recording:
        """Return all of them; `network` says in words of what."""
        trains = {
            population.name: Train(*self.spikes(population, None, None), population.size)
            for population in self._registry.populations
        }
        samples = {
            recorder.name: Samples(*self.samples(recorder, None))
            for recorder in self._registry.recorders
        }
        about = {"seed": self._registry.seed, "network": network}
        return Recording(0.0, self._core.time, trains, samples, about=about)

    def select(
        self,
        population: object,
        on: bool,
        ids: ArrayLike | None,
        start: float | None,
        stop: float | None,
    ) -> None:
        """Record spikes of a population from now on, or no longer; see `set_recording`."""
        self._registry.firing(population)
        of, ids = self._registry.chosen_neurons(population, ids)
        index = self._registry.populations.index(of)
        if not on and (ids is not None or start is not None or stop is not None):
            raise ValueError("ids, start and stop say what to record: with them on must be True")
        neurons = None
        if ids is not None:
            neurons = recording.chosen_ids(of, ids)
        first = 0.0 if start is None else _checks.number("start", start, "ms")
        last = np.inf
        if stop is not None:
            first, last = _checks.window(first, stop)
        self._core.set_recording(index, bool(on), first, last, neurons)

    def potentials(self, given: object) -> Floats:
        """Return the potentials of neurons at the present; see `Simulation.potentials`."""
        population, selection = self._registry.neurons(given)
        index = self._registry.populations.index(population)
        ids = population.ids if selection is None else np.asarray(selection)
        return self._core.potentials(index, ids)

    def interval(self, given: object) -> float | None:
        """Return the present interval (ms); see `Simulation.sampling_interval`."""
        recorder = self._registry.recorder(given)
        return None if recorder.every is None else self._core.sampling_interval(recorder.index)

    def look(self) -> None:
        """Warn, once each, of recorders that drop samples."""
        for recorder in self._registry.recorders:
            if recorder.index in self._said or not self._drops(recorder):
                continue
            self._said.add(recorder.index)
            interval = _checks.shown(self._core.sampling_interval(recorder.index))
            warnings.warn(
                f"the {label(recorder)} was full (max_bytes = {recorder.max_bytes}): it dropped "
                f"every second sample, and has one every {interval} ms now; for all of them give "
                "more max_bytes, or stream",
                stacklevel=_checks.outside(),
            )

    def search_work(self, population: Population | str) -> dict[str, int]:
        """Return what the search for crossings took; see `Simulation.search_work`."""
        index = self._registry.population_index(population)
        if not isinstance(self._registry.populations[index].neurons, LIFExp | LIFCond):
            raise TypeError("only neurons of LIFExp and LIFCond are searched for crossings")
        return self._core.search_work(index)

    def check_no_stream(self, call: str) -> None:
        """Refuse to undo, or to forget, what a file takes while it is recorded."""
        if self.stream is not None:
            raise RuntimeError(
                f"this Simulation streams to {str(self.stream.path)!r}, which holds what is to be "
                f"undone: end the stream before {call}, and start another after it"
            )

    @contextmanager
    def streamed(self, path: Path, flush_every: float, turn: Turn) -> Iterator[Stream]:
        """Move what is recorded to a file; see `Simulation.stream`."""
        interval = _checks.number("flush_every", flush_every, "s", at_least=0.0)
        if self.stream is not None:
            raise RuntimeError(f"this Simulation streams to {str(self.stream.path)!r} already")
        with turn.paused():
            stream = Stream(path, interval, self._registry, self._core, self._set_moved)
            self.stream = stream
        try:
            stream.flush()
            yield stream
        finally:
            self.stream = None
            stream.close()

    def advance(self, end: int, most_instants: int) -> bool:
        """Run the core one slice towards `end` (picoseconds), and return whether that was all."""
        if self.stream is not None:
            return self.stream.advance(end, most_instants)
        if self.moved is None:
            return self._core.run_until(end, most_instants)
        stop = min(end, full_at(self._registry, self.moved.before))
        if stop < end and self._core.picoseconds >= stop:
            full = _checks.shown(stop / 10**9)
            raise RuntimeError(
                f"max_bytes of a recorder is reached at t = {full} ms; its earlier "
                f"samples are in {self.moved.path!r}: stream to another file to go on"
            )
        return self._core.run_until(stop, most_instants) and stop == end

    def _drops(self, recorder: Recorder) -> bool:
        if recorder.every is None:
            return False
        return self._core.sampling_interval(recorder.index) != recorder.every

    def _readable(self, start: float | None) -> float | None:
        """Return from when on to read, which is not before what is still in memory."""
        first = None if start is None else _checks.number("start", start, "ms")
        if self.moved is not None:
            self.moved.check_start(first)
        return first

    def _set_moved(self, moved: Moved | None) -> None:
        self.moved = moved
        for k in range(len(self._registry.recorders)):
            self._core.set_streaming(k, moved is not None)


def of_group(times: Floats, ids: NDArray[np.int64], selection: Selection) -> Spikes:
    """Return the spikes of some neurons, by their places in the group, sorted by (time, place)."""
    among = np.isin(ids, np.asarray(selection))
    places = local(ids[among], selection).astype(np.int64)
    kept = times[among]
    order = np.lexsort((places, kept))
    return kept[order], places[order]
