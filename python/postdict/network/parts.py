"""Plain values that name the parts of a network; `Network` makes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeAlias

from .. import _checks
from ..neurons import Model
from ..plasticity import Rule
from ..steps import Steps
from ..world.protocol import Drive, Readout
from .groups import Groupable, Selection

if TYPE_CHECKING:  # type checkers know a default, which Python learns in 3.13
    from typing_extensions import TypeVar

    W = TypeVar("W", default=Any)
else:
    from typing import TypeVar

    W = TypeVar("W")


@dataclass(frozen=True, repr=False)
class Population(Groupable):
    """A name for `size` neurons of one model, with their parameters (`neurons`).

    ``population[10:20]``, an array of ids or a mask choose a `Group`.

    Examples
    --------
    >>> from postdict import LIF, Network
    >>> net = Network()
    >>> cells = net.add_population("cells", 100, LIF(tau_m=10.0))
    >>> cells
    Population(cells[100]: LIF(tau_m=10.0))
    >>> len(cells), cells[:3].ids
    (100, array([0, 1, 2]))
    """

    name: str
    size: int
    neurons: Model

    def __repr__(self) -> str:
        return f"Population({self.name}[{self.size}]: {self.neurons!r})"


@dataclass(frozen=True, repr=False)
class PoissonSource:
    """A name for Poisson kicks of `weight` (mV) at `rate` (Hz) to each neuron of a population.

    Or to those of `ids`, None for all. Where each has a rate of its own, `rate` has a row for each.

    Examples
    --------
    >>> from postdict import LIF, Network
    >>> net = Network()
    >>> cells = net.add_population("cells", 10, LIF())
    >>> net.add_poisson("noise", cells, rate=150.0, weight=0.1)
    PoissonSource(noise→cells: 150 Hz, 0.1 mV)
    """

    name: str
    population: str
    rate: float | Steps
    weight: float
    ids: tuple[int, ...] | None = None

    def __repr__(self) -> str:
        what = f"{_rate(self.rate)}, {_checks.shown(self.weight)} mV"
        return f"PoissonSource({self.name}→{_onto(self)}: {what})"


@dataclass(frozen=True, repr=False)
class CurrentSource:
    """A name for a current (mV) into neurons of a population, all of them where `ids` is None.

    Examples
    --------
    >>> from postdict import LIF, Network, Steps
    >>> net = Network()
    >>> cells = net.add_population("cells", 10, LIF())
    >>> net.add_current("pulse", cells, Steps([10.0, 20.0], [1.0, 0.0]), ids=[0, 1])
    CurrentSource(pulse→2 of cells: Steps([10.0, 20.0], [1.0, 0.0]))
    """

    name: str
    population: str
    current: Steps
    ids: tuple[int, ...] | None

    def __repr__(self) -> str:
        return f"CurrentSource({self.name}→{_onto(self)}: {self.current!r})"


@dataclass(frozen=True, repr=False)
class SpikeSource(Groupable):
    """A name for given spikes of `size` presynaptic neurons, replayed.

    Examples
    --------
    >>> from postdict import Network
    >>> net = Network()
    >>> net.add_spike_source("tutor", 60, times=[5.0, 7.0], ids=[3, 4])
    SpikeSource(tutor[60])
    >>> net.spikes("tutor")
    (array([5., 7.]), array([3, 4]))
    """

    name: str
    size: int

    def __repr__(self) -> str:
        return f"SpikeSource({self.name}[{self.size}])"


@dataclass(frozen=True, repr=False)
class PoissonTrains(Groupable):
    """A name for `size` presynaptic neurons that fire as Poisson processes at `rate` (Hz).

    Examples
    --------
    >>> from postdict import Network
    >>> Network().add_poisson_source("input", 1000, rate=5.0)
    PoissonTrains(input[1000]: 5 Hz)
    """

    name: str
    size: int
    rate: float | Steps

    def __repr__(self) -> str:
        return f"PoissonTrains({self.name}[{self.size}]: {_rate(self.rate)})"


@dataclass(frozen=True, repr=False)
class Projection(Generic[W]):
    """Synapses from a population or spike source (`pre`) onto a population (`post`).

    `index` counts projections in the order of `connect`, whose arguments the rest are:
    `name`, `inhibitory`, `plasticity`, `precision`, and in ms `dendritic_delay` and `axonal_delay`,
    None where the synapses have several. `pre_ids` and `post_ids` are those of groups, or None.
    To type checkers a projection has the form of its weights: ``Projection[Triplets]``.

    Examples
    --------
    >>> from postdict import LIF, Network
    >>> net = Network()
    >>> cells = net.add_population("cells", 10, LIF())
    >>> net.connect(cells, cells, weights=0.1, inhibitory=True)
    Projection(cells->cells, inhibitory, 1 ms)
    >>> net["cells->cells"].axonal_delay
    1.0
    """

    index: int
    pre: str
    post: str
    axonal_delay: float | None
    inhibitory: bool
    plasticity: Rule | None
    dendritic_delay: float = 0.0
    precision: Literal["double", "single"] = "double"
    name: str = ""
    pre_ids: Selection | None = None
    post_ids: Selection | None = None

    def __repr__(self) -> str:
        ends = f"{self.pre}->{self.post}"
        some = "" if self.pre_ids is None and self.post_ids is None else "groups of "
        made = self.name.startswith(ends) or (some and "->" in self.name)
        delay = self.axonal_delay
        parts = [
            self.name if made else f"{self.name}: {some}{ends}",
            *["inhibitory"] * self.inhibitory,
            "several delays" if delay is None else f"{_checks.shown(delay)} ms",
            *[repr(self.plasticity)] * (self.plasticity is not None),
        ]
        return f"Projection({', '.join(parts)})"


Variable: TypeAlias = Literal["weights", "weight_statistics", "v", "i_e", "i_i", "g_e", "g_i"]


@dataclass(frozen=True, repr=False)
class Recorder:
    """Samples of the weights of a projection, or of a variable of some neurons (`ids`).

    `index` counts recorders in the order of `record`, whose arguments the rest are, `target`,
    `name` and `max_bytes` among them. Taken at multiples of `every` or at `times` (ms), of which
    one is None; `synapses` are positions in the order in which the weights were given, or None.

    Examples
    --------
    >>> from postdict import LIF, Network
    >>> net = Network()
    >>> cells = net.add_population("cells", 10, LIF())
    >>> net.record(cells[:3], "v", every=1.0)
    Recorder(cells[0:3].v, 3 neurons, every 1 ms)
    """

    index: int
    target: Projection | Population
    variable: Variable
    every: float | None
    ids: tuple[int, ...] | None
    max_bytes: int
    times: tuple[float, ...] | None = None
    synapses: tuple[int, ...] | None = None
    name: str = ""

    def __repr__(self) -> str:
        of_target = f"{self.target.name}.{self.variable}"
        made = self.name.startswith(self.target.name) and f".{self.variable}" in self.name
        chosen = [*(self.ids or ()), *(self.synapses or ())]
        of = " synapses" if self.synapses else " neurons"
        every = f"every {_checks.shown(self.every or 0.0)} ms"
        parts = [
            self.name if made else f"{self.name}: {of_target}",
            *[f"{len(chosen)}{of}"] * bool(chosen),
            f"{len(self.times)} times" if self.times else every,
        ]
        return f"Recorder({', '.join(parts)})"


@dataclass(frozen=True, repr=False)
class AttachedWorld:
    """A world that hears `motor` and drives `sensor`; see `Network.add_world`.

    `interval`, `latency` and `tau` are in ms, `weight` in mV.

    Examples
    --------
    >>> from postdict import LIF, Network
    >>> class Silence:
    ...     interval = 5.0
    ...     def reset(self, seed): ...
    ...     def step(self, motor):
    ...         return [0.0] * 6
    ...
    >>> net = Network()
    >>> motor = net.add_population("motor", 4, LIF())
    >>> sensor = net.add_population("sensor", 6, LIF())
    >>> net.add_world("silence", Silence(), motor, sensor)
    AttachedWorld(motor counts → silence → current of sensor, every 5 ms)
    """

    name: str
    motor: str
    sensor: str
    interval: float
    latency: float
    readout: Readout
    tau: float | None
    drive: Drive
    weight: float | None

    def __repr__(self) -> str:
        ways = f"{self.motor} {self.readout} → {self.name} → {self.drive} of {self.sensor}"
        return f"AttachedWorld({ways}, every {_checks.shown(self.interval)} ms)"


Source: TypeAlias = PoissonSource | CurrentSource | SpikeSource | PoissonTrains

AnyPoisson: TypeAlias = PoissonSource | PoissonTrains

Part: TypeAlias = Population | Source | Projection | Recorder | AttachedWorld

Emitter: TypeAlias = Population | SpikeSource | PoissonTrains


def _rate(rate: float | Steps) -> str:
    return repr(rate) if isinstance(rate, Steps) else f"{_checks.shown(rate)} Hz"


def _onto(source: PoissonSource | CurrentSource) -> str:
    return f"{'' if source.ids is None else f'{len(source.ids)} of '}{source.population}"


SOURCES = (PoissonSource, CurrentSource, SpikeSource, PoissonTrains)


def checked_size(size: int) -> int:
    """Return how many neurons a population or a spike source is to have, checked."""
    return _checks.integer("size", size, at_least=1, bits=31)


def label(part: object) -> str:
    """Return what messages call a part, or what is none."""
    if isinstance(part, Projection):
        return f"projection {part.name}"
    if isinstance(part, Recorder):
        return f"recorder of {part.variable} of {part.target.name}"
    if isinstance(part, (Population, AttachedWorld, *SOURCES)):
        return f"{type(part).__name__} {part.name}"
    return repr(part)
