"""What a simulation is asked for between runs; nothing here changes it."""

from __future__ import annotations

from typing import Any, overload

from .. import _checks, _core
from .._types import Floats, Spikes
from ..exchange import Recording
from ..network import Network, html
from ..network.groups import Group
from ..network.parts import Population, Projection, Recorder, W
from ..network.registry import Registry
from ..world.protocol import World
from . import changes
from . import worlds as _worlds
from .recordings import Recordings


class Readings:
    """The reading half of `Simulation`, whose other half runs and changes it."""

    _registry: Registry
    _core: _core.Simulation
    _recordings: Recordings
    _worlds: _worlds.WorldsInLoop

    @property
    def time(self) -> float:
        """The present, ms: every event before it has happened, none at it or after."""
        return self._core.time

    @property
    def n_events(self) -> int:
        """Synaptic events so far: kicks, and arrivals times the synapses that each one reached."""
        return self._core.n_synaptic_events

    def spikes(
        self,
        population: Population | Group | str,
        *,
        start: float | None = None,
        stop: float | None = None,
    ) -> Spikes:
        """Return the recorded spikes with start <= time < stop, since t = 0 by default.

        RuntimeError where some of them were moved to a file by `stream`: the message names it.

        Returns
        -------
        times : array (n_spikes,)
            ms, sorted by (time, id).
        ids : array (n_spikes,) of int64
            Of a group: places in it, so that ``group.ids[ids]`` are those of the population.
        """
        return self._recordings.spikes(population, start, stop)

    def spike_count(self, population: Population | str) -> int:
        """Return how many spikes the population has fired, recorded or not."""
        return self._core.n_spikes(self._registry.population_index(population))

    def recorded(
        self, recorder: Recorder | str, *, start: float | None = None
    ) -> tuple[Floats, Floats]:
        """Return the samples of a recorder so far, from `start` (ms) on if it is given.

        RuntimeError where some of them were moved to a file by `stream`: the message names it.

        Returns
        -------
        times : array (n_samples,)
            ms.
        values : array
            mV. Weights: (n_samples, post, pre) of a matrix, (n_samples, n_synapses) of synapses
            given singly, in their order, (n_samples,) where one number stands for all, (n_samples,
            n_chosen) of chosen ones. Weight statistics: (n_samples, 4), mean, standard deviation,
            minimum, maximum. Potentials, currents: (n_samples, n_ids).
        """
        return self._recordings.samples(recorder, start)

    def recording(self) -> Recording:
        """Return all that was recorded so far, for other programs: `to_neo`, `to_nwb`, ...

        Samples are called as their recorders, ``cells.v`` or ``pre->post.weights``.
        RuntimeError where some of it was moved to a file by `stream`.
        """
        return self._recordings.for_other_programs(repr(self.network))

    def sampling_interval(self, recorder: Recorder | str) -> float | None:
        """Return the present interval (ms) of a recorder's samples, None if it has `times`.

        It is `every`, doubled each time that `max_bytes` was full and every second sample dropped.
        """
        return self._recordings.interval(recorder)

    def potentials(self, population: Population | Group | str) -> Floats:
        """Return the membrane potentials (mV, (size,)) at the present, before its events."""
        return self._recordings.potentials(population)

    def search_work(self, population: Population | str) -> dict[str, int]:
        """Return what it took to find the threshold crossings of `LIFExp` neurons.

        Since the simulation was made, loaded or restored. `excited`: instants of excitatory input;
        `dismissed`: of these, by a cheap bound; `looks`: neurons that were bounded anew at
        horizons; `searches` for a crossing, and crossings `found`.
        """
        return self._recordings.search_work(population)

    @overload
    def weights(self, projection: Projection[W]) -> W: ...

    @overload
    def weights(self, projection: str) -> Any: ...

    def weights(self, projection: Projection[Any] | str) -> Any:
        """Return the present weights (mV) in the form in which they were given.

        One number, (post, pre), a sparse matrix in its format, or Triplets in their order.
        """
        own = self._registry.projection(projection)
        return self._registry.synapses[own.index].in_form(self._core.weights(own.index))

    @overload
    def fluxes(self, projection: Projection[W]) -> tuple[W, W]: ...

    @overload
    def fluxes(self, projection: str) -> tuple[Any, Any]: ...

    def fluxes(self, projection: Projection[Any] | str) -> tuple[Any, Any]:
        """Return what the rule has added to each synapse, and taken from it, while accounted.

        Bounds are left aside, and weights that do not learn are accounted as if they did.
        ValueError where they are not accounted: `account_fluxes` begins it.

        Returns
        -------
        potentiation, depression : array (post, pre), scipy.sparse matrix or Triplets
            mV, >= 0, in the form of the weights.
        """
        return changes.fluxes(self._registry, self._core, projection)

    @property
    def worlds(self) -> dict[str, World]:
        """The worlds in the loop, by name."""
        return dict(self._worlds.objects)

    @property
    def network(self) -> Network:
        """A copy of the network's description."""
        return Network._of(self._registry.copy())

    def __repr__(self) -> str:
        return f"Simulation(t = {_checks.shown(self.time)} ms of {self.network!r})"

    def _repr_html_(self) -> str:
        spikes = [self.spike_count(population) for population in self._registry.populations]
        return html.of_simulation(self._registry, self.time, self.n_events, spikes)
