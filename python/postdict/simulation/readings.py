"""What a simulation is asked for between runs; nothing here changes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload

from .. import _checks, _core
from .._halves import half_of
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

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@half_of("Simulation")
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

        Returns
        -------
        times : array (n_spikes,)
            ms, sorted by (time, id).
        ids : array (n_spikes,) of int64
            Of a group: places in it, so that ``group.ids[ids]`` are those of the population.

        Raises
        ------
        ValueError
            There is no such population, or it is a source.
        RuntimeError
            Some of them were moved to a file by `stream`: the message names it.
        """
        return self._recordings.spikes(population, start, stop)

    def rates(
        self,
        population: Population | Group | str,
        *,
        start: float | None = None,
        stop: float | None = None,
    ) -> Floats:
        """Return the mean rate of each neuron, from its recorded spikes.

        Parameters
        ----------
        population : Population, Group or str
        start : float, optional
            ms; the start of the run by default.
        stop : float, optional
            ms; the present by default.

        Returns
        -------
        array (n,)
            Hz, in the order of the group.

        Raises
        ------
        ValueError
            `stop` is not after `start`.
        RuntimeError
            Some of the spikes were moved to a file by `stream`: the message names it.
        """
        return self._recordings.rates(population, start, stop)

    def plot_spikes(
        self,
        populations: Sequence[Population | Group | str] | None = None,
        *,
        start: float | None = None,
        stop: float | None = None,
        bin_width: float | None = None,
        most: int = 500,
        axes: tuple[Axes, Axes] | None = None,
    ) -> tuple[Axes, Axes]:
        """Draw the recorded spikes, one row a neuron, and below them the populations' mean rates.

        Parameters
        ----------
        populations : sequence of Population, Group or str, optional
            Of which neurons, from the top; all by default.
        start : float, optional
            ms; the start of the run by default.
        stop : float, optional
            ms; the present by default.
        bin_width : float, optional
            ms, of the rates; about a hundredth of the time by default.
        most : int
            Rows of a population: of a larger one neurons evenly apart are drawn. Rates are of all.
        axes : two matplotlib Axes, optional
            For spikes and rates; on a figure of their own by default.

        Returns
        -------
        raster : matplotlib Axes
            On which the spikes are.
        rates : matplotlib Axes
            On which the rates are, of the same time.

        Raises
        ------
        ValueError
            `stop` is not after `start`, as before the first run.
        RuntimeError
            Some of the spikes were moved to a file by `stream`: the message names it.

        Examples
        --------
        >>> from postdict import LIF, Network, Simulation
        >>> net = Network(seed=1)
        >>> cells = net.add_population("cells", 10, LIF(i_offset=2.0))
        >>> sim = Simulation(net)
        >>> sim.run(100.0)
        >>> raster, rates = sim.plot_spikes(bin_width=50.0)
        >>> rates.lines[0].get_ydata().tolist()  # Hz
        [60.0, 80.0, 80.0]
        """
        from . import drawing  # matplotlib's kin, which only who draws needs

        return drawing.plotted(
            self._registry,
            self._recordings,
            populations,
            axes,
            start=start,
            stop=self.time if stop is None else stop,
            bin_width=bin_width,
            most=most,
        )

    def spike_count(self, population: Population | str) -> int:
        """Return how many spikes the population has fired, recorded or not.

        Raises
        ------
        ValueError
            There is no such population, or it is a group or a source.
        """
        self._registry.firing(population)
        return self._core.n_spikes(self._registry.population_index(population))

    def recorded(
        self, recorder: Recorder | str, *, start: float | None = None
    ) -> tuple[Floats, Floats]:
        """Return the samples of a recorder so far, from `start` (ms) on if it is given.

        Returns
        -------
        times : array (n_samples,)
            ms.
        values : array
            mV. Weights: (n_samples, post, pre) of a matrix, (n_samples, n_synapses) of synapses
            given singly, in their order, (n_samples,) where one number stands for all, (n_samples,
            n_chosen) of chosen ones. Weight statistics: (n_samples, 4), mean, standard deviation,
            minimum, maximum. Potentials, currents: (n_samples, n_ids).

        Raises
        ------
        ValueError
            There is no such recorder.
        RuntimeError
            Some of them were moved to a file by `stream`: the message names it.
        """
        return self._recordings.samples(recorder, start)

    def recording(self) -> Recording:
        """Return all that was recorded so far, for other programs: `to_neo`, `to_nwb`, ...

        Samples are called as their recorders, ``cells.v`` or ``pre->post.weights``.

        Raises
        ------
        RuntimeError
            Some of it was moved to a file by `stream`.
        """
        return self._recordings.for_other_programs(html.in_a_line(self._registry, whole=True))

    def sampling_interval(self, recorder: Recorder | str) -> float | None:
        """Return the present interval (ms) of a recorder's samples, None if it has `times`.

        It is `every`, doubled each time that `max_bytes` was full and every second sample dropped.

        Raises
        ------
        ValueError
            There is no such recorder.
        """
        return self._recordings.interval(recorder)

    def potentials(self, population: Population | Group | str) -> Floats:
        """Return the membrane potentials (mV, (size,)) at the present, before its events.

        Raises
        ------
        ValueError
            There is no such population.
        """
        return self._recordings.potentials(population)

    def search_work(self, population: Population | str) -> dict[str, int]:
        """Return what it took to find the threshold crossings of `LIFExp` or `LIFCond` neurons.

        Since the simulation was made, loaded or restored. `excited`: instants of excitatory input;
        `dismissed`: of these, by a cheap bound; `looks`: neurons that were bounded anew at
        horizons; `searches` for a crossing, and crossings `found`.

        Raises
        ------
        TypeError
            The neurons are neither `LIFExp` nor `LIFCond`.
        """
        return self._recordings.search_work(population)

    @overload
    def weights(self, projection: Projection[W]) -> W: ...

    @overload
    def weights(self, projection: str) -> Any: ...

    def weights(self, projection: Projection[Any] | str) -> Any:
        """Return the present weights (mV) in the form in which they were given.

        One number, (post, pre), a sparse matrix in its format, or Triplets in their order.

        Raises
        ------
        ValueError
            There is no such projection.
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

        Returns
        -------
        potentiation : array (post, pre), scipy.sparse matrix or Triplets
            What the rule added, mV, >= 0, in the form of the weights.
        depression : array (post, pre), scipy.sparse matrix or Triplets
            What it took, likewise.

        Raises
        ------
        ValueError
            They are not accounted: `account_fluxes` begins it.
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
