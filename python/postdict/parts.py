"""Plain values that name the parts of a network; `Network` makes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from .neurons import Model
from .plasticity import AntisymmetricSTDP


@dataclass(frozen=True)
class Population:
    """`size` neurons of one model."""

    name: str
    size: int
    neurons: Model


@dataclass(frozen=True)
class PoissonSource:
    """Independent Poisson kicks of `weight` (mV) at `rate` (Hz) for each neuron of a population."""

    name: str
    population: str
    rate: float
    weight: float


@dataclass(frozen=True)
class SpikeSource:
    """Replays given spikes of `size` presynaptic neurons."""

    name: str
    size: int


@dataclass(frozen=True)
class Projection:
    """Synapses from a population or spike source (`pre`) onto a population (`post`)."""

    index: int
    pre: str
    post: str
    axonal_delay: float
    inhibitory: bool
    plasticity: AntisymmetricSTDP | None


@dataclass(frozen=True)
class Recorder:
    """Samples of the weights of a projection, or of a variable of some neurons, every so often."""

    index: int
    target: Projection | Population
    variable: Literal["weights", "v", "g_e", "g_i"]
    every: float
    ids: tuple[int, ...] | None
    max_bytes: int


Part: TypeAlias = Population | PoissonSource | SpikeSource | Projection | Recorder
