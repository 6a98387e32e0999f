"""What a simulation recorded and lets be read, and how recording is changed while it is paused."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _checks, _core
from ..exchange import Recording, Samples, Train, unique_names
from ..network import Network, recording
from ..network.parts import Population, Recorder, index_of
from ..neurons import LIFExp
from .stream_writer import Moved, Stream, full_at


class Readings:
    """The recordings of a simulation; `Changes` adds what may change, `Simulation` the running."""

    _network: Network
    _core: _core.Simulation
    _running: threading.Lock
    _stream: Stream | None
    _moved: Moved | None  # where earlier recordings are

    def spikes(
        self,
        population: Population | str,
        *,
        start: float | None = None,
        stop: float | None = None,
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return the recorded spikes with start <= time < stop, since t = 0 by default.

        Returns
        -------
        times : array (n_spikes,)
            ms, sorted by (time, id).
        ids : array (n_spikes,) of int64

        Raises
        ------
        RuntimeError
            Some of them were moved to a file by `stream`: the message names it.
        """
        index = self._population_index(population)
        first = None if start is None else _checks.number("start", start, "ms")
        last = np.inf if stop is None else _checks.number("stop", stop, "ms")
        if self._moved is not None:
            self._moved.check_start(first)
        return self._core.spikes(index, -np.inf if first is None else first, last)

    def spike_count(self, population: Population | str) -> int:
        """Return how many spikes the population has fired, recorded or not."""
        return self._core.n_spikes(self._population_index(population))

    def set_recording(
        self,
        population: Population | str,
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
        population : Population or str
        on : bool
            Whether any are recorded.
        ids : array of int, optional
            Of which neurons; all by default.
        start, stop : float, optional
            ms: only spikes with start <= time < stop.
        """
        index = self._population_index(population)
        if not on and (ids is not None or start is not None or stop is not None):
            raise ValueError("ids, start and stop say what to record: with them on must be True")
        chosen = None
        if ids is not None:
            chosen = recording.chosen_ids(self._network.populations[index], ids)
        self._core.set_recording(index, bool(on), *recording.window(start, stop), chosen)

    def potentials(self, population: Population | str) -> NDArray[np.float64]:
        """Return the membrane potentials (mV, (size,)) at the present, before its events."""
        index = self._population_index(population)
        return self._core.potentials(index, np.arange(self._network.populations[index].size))

    def search_work(self, population: Population | str) -> dict[str, int]:
        """Return what it took to find the threshold crossings of `LIFExp` neurons.

        Since the simulation was made or loaded. Inhibition is never searched after.

        Returns
        -------
        dict
            excited: excitatory inputs, those of one instant being one; dismissed: of these, those
            after which a cheap bound excluded a crossing before the next horizon; looks: neurons
            that were bounded anew at horizons; searches: for a crossing; found: crossings.
        """
        index = self._population_index(population)
        if not isinstance(self._network.populations[index].neurons, LIFExp):
            raise TypeError("only neurons of the model LIFExp are searched for crossings")
        return self._core.search_work(index)

    def recorded(
        self, recorder: Recorder, *, start: float | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the samples of a recorder so far, from `start` (ms) on if it is given.

        Returns
        -------
        times : array (n_samples,)
            ms.
        values : array
            mV. Weights: (n_samples, post, pre) of a matrix, (n_samples, n_synapses) of Triplets
            or of a sparse matrix (in the order of its ``.tocoo()``), (n_samples,) where one number
            stands for all, (n_samples, n_chosen) of chosen synapses. Weight statistics:
            (n_samples, 4), mean, standard deviation, minimum, maximum. Potentials or currents:
            (n_samples, n_ids).

        Raises
        ------
        RuntimeError
            Some of them were moved to a file by `stream`: the message names it.
        """
        self._network.check_recorder(recorder)
        first = None if start is None else _checks.number("start", start, "ms")
        if self._moved is not None:
            self._moved.check_start(first)
        times, values = self._core.recorded(recorder.index)
        if first is not None:
            times, values = times[times >= first], values[times >= first]
        synapses = self._network.recorded_synapses(recorder.target)
        return times, recording.in_form(recorder, synapses, values)

    def recording(self) -> Recording:
        """Return all that was recorded so far, for other programs: `to_neo`, `to_nwb`, ...

        Samples are called after their target and variable, ``cells.v`` or ``pre-post.weights``.

        Raises
        ------
        RuntimeError
            Some of it was moved to a file by `stream`.
        """
        trains = {one.name: Train(*self.spikes(one), one.size) for one in self._network.populations}
        names = unique_names([recording.sample_name(one) for one in self._network.recorders])
        samples = {
            name: Samples(*self.recorded(one))
            for name, one in zip(names, self._network.recorders, strict=True)
        }
        about = {"seed": self._network.seed, "network": repr(self._network)}
        return Recording(0.0, self._core.time, trains, samples, about=about)

    @contextmanager
    def stream(self, path: str | os.PathLike[str], *, flush_every: float = 1.0) -> Iterator[Stream]:
        """Move recorded spikes and samples to an HDF5 file while the simulation runs.

        To be used in a ``with`` statement. First all that is in memory is moved. During a run the
        file is brought up to date now and then, and when a bound on memory is reached, and at the
        end of each run. It can be read (`read_stream`) at any time, by other processes too, and
        after this one was killed. While streaming, recorders drop no samples. No result changes.

        What is in the file is no longer in memory: `spikes` and `recorded` then need a `start`,
        and raise RuntimeError with the file's name for what came before. After the ``with``,
        recorders with an interval are held in memory up to their `max_bytes`, without dropping
        samples; a run past that needs another stream.

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
        interval = _checks.number("flush_every", flush_every, "s", at_least=0.0)
        if self._stream is not None:
            raise RuntimeError(f"this Simulation streams to {str(self._stream.path)!r} already")
        with self._paused():
            stream = Stream(Path(path), interval, self._network, self._core, self._set_moved)
            self._stream = stream
        try:
            stream.flush()
            yield stream
        finally:
            self._stream = None
            stream.close()

    def _advance(self, end: float, most_instants: int) -> bool:
        """Run one slice towards `end` (ms), and return whether that was all."""
        if self._stream is not None:
            return self._stream.advance(end, most_instants)
        if self._moved is None:
            return self._core.run_until(end, most_instants)
        stop = min(end, full_at(self._network, self._moved.before))
        if stop < end and self._core.time >= stop:
            raise RuntimeError(
                f"max_bytes of a recorder is reached at t = {stop:g} ms; its earlier samples are "
                f"in {self._moved.path!r}: stream to another file to go on"
            )
        return self._core.run_until(min(end, stop), most_instants) and stop == end

    def _set_moved(self, moved: Moved | None) -> None:
        self._moved = moved
        for k in range(len(self._network.recorders)):
            self._core.set_streaming(k, moved is not None)

    def _population_index(self, population: Population | str) -> int:
        return index_of(population, Population, self._network.populations, "population")

    @contextmanager
    def _paused(self) -> Iterator[None]:
        """Refuse while it runs, and let nobody run it meanwhile."""
        if not self._running.acquire(blocking=False):
            raise RuntimeError("this Simulation is running already")
        try:
            yield
        finally:
            self._running.release()
