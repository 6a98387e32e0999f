"""What a network is asked for: its parts by kind and by name, what was declared, how it looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from .._halves import half_of
from .._types import Spikes
from . import html, memory
from .parts import (
    AttachedWorld,
    CurrentSource,
    Part,
    PoissonSource,
    PoissonTrains,
    Population,
    Projection,
    Recorder,
    SpikeSource,
    W,
)
from .registry import Registry

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@half_of("Network")
class Contents:
    """The reading half of `Network`, whose other half declares."""

    _registry: Registry

    @property
    def seed(self) -> int:
        """The seed of every random stream."""
        return self._registry.seed

    @property
    def populations(self) -> list[Population]:
        """The populations in the order in which they were added, like all parts."""
        return list(self._registry.populations)

    @property
    def poisson_sources(self) -> list[PoissonSource]:
        """The Poisson sources."""
        return list(self._registry.poisson_sources)

    @property
    def current_sources(self) -> list[CurrentSource]:
        """The currents into neurons."""
        return list(self._registry.current_sources)

    @property
    def spike_sources(self) -> list[SpikeSource]:
        """The sources of given spikes."""
        return list(self._registry.spike_sources)

    @property
    def poisson_trains(self) -> list[PoissonTrains]:
        """The sources of Poisson trains."""
        return list(self._registry.poisson_trains)

    @property
    def projections(self) -> list[Projection]:
        """The projections."""
        return list(self._registry.projections)

    @property
    def worlds(self) -> list[AttachedWorld]:
        """The worlds that were attached."""
        return list(self._registry.worlds)

    @property
    def recorders(self) -> list[Recorder]:
        """The recorders."""
        return list(self._registry.recorders)

    def __getitem__(self, name: str) -> Part:
        """Return the part of a name: a population, source, projection, recorder or world."""
        return self._registry.part(name)

    def __contains__(self, name: object) -> bool:
        return name in self._ipython_key_completions_()

    __iter__ = None  # it has several kinds of parts, and a list of each

    def _ipython_key_completions_(self) -> list[str]:
        return [part.name for part in self._registry.parts()]

    @overload
    def weights(self, projection: Projection[W]) -> W: ...

    @overload
    def weights(self, projection: str) -> Any: ...

    def weights(self, projection: Projection[Any] | str) -> Any:
        """Return the declared weights (mV) in the form in which they were given, read-only.

        Raises
        ------
        ValueError
            There is no such projection.
        """
        synapses = self._registry.synapses_of(projection)
        return synapses.in_form(synapses.weights)

    def spikes(self, source: SpikeSource | str) -> Spikes:
        """Return the spikes of a spike source: times in ms, ids; sorted by (time, id).

        Raises
        ------
        ValueError
            There is no such source.
        """
        return self._registry.spikes_of(source)

    def plot(self, ax: Axes | None = None) -> Axes:
        r"""Draw what is connected to what, with names.

        Populations and sources are boxes, worlds dotted ones. Arrows with a point excite, those
        with a bar inhibit, broken ones are plastic, and have the names of their rules.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            On which to draw; on a figure of its own by default.

        Returns
        -------
        matplotlib Axes

        Examples
        --------
        >>> from postdict import LIF, Network
        >>> net = Network()
        >>> cells = net.add_population("cells", 10, LIF())
        >>> noise = net.add_poisson("noise", cells, rate=100.0, weight=0.1)
        >>> ax = net.plot()
        >>> [text.get_text() for text in ax.texts][:2]
        ['noise\n100 Hz', 'cells\n10 LIF']
        """
        from . import drawing  # matplotlib's kin, which only who draws needs

        return drawing.plotted(self._registry, ax)

    def memory(self) -> memory.Memory:
        """Return an estimate of the memory that a simulation takes, by part.

        Examples
        --------
        >>> from postdict import LIF, Network
        >>> net = Network()
        >>> cells = net.add_population("cells", 1000, LIF())
        >>> projection = net.connect(cells, cells, weights=[[0.1] * 1000] * 1000)
        >>> net.memory()
        Memory(8.17 MB: projection cells->cells 8 MB, Population cells 0.168 MB)
        """
        return memory.of_network(self._registry)

    def __repr__(self) -> str:
        return html.in_a_line(self._registry)

    def _repr_html_(self) -> str:
        return html.of_network(self._registry)
