"""Spiking networks that learn inverse models by inhibitory STDP, exactly, event by event.

Times are in ms, rates in Hz, potentials and weights in mV; matrices are (post, pre).
"""

from .checkpoint import CheckpointError
from .network import Network
from .neurons import LIF, LIFExp
from .parts import PoissonSource, Population, Projection, Recorder, SpikeSource
from .plasticity import AntisymmetricSTDP
from .simulation import Simulation

__version__ = "0.1.0"

__all__ = [
    "LIF",
    "AntisymmetricSTDP",
    "CheckpointError",
    "LIFExp",
    "Network",
    "PoissonSource",
    "Population",
    "Projection",
    "Recorder",
    "Simulation",
    "SpikeSource",
]
