"""Spiking networks that learn inverse models by inhibitory STDP, exactly, event by event.

Times are in ms, rates in Hz, potentials and weights in mV; matrices are (post, pre).
"""

from . import _version
from .connectivity import Triplets, all_to_all, fixed_in_degree, fixed_probability, one_to_one
from .network import Network
from .network.groups import Group
from .network.parts import (
    AttachedWorld,
    CurrentSource,
    PoissonSource,
    PoissonTrains,
    Population,
    Projection,
    Recorder,
    SpikeSource,
)
from .neurons import LIF, LIFCond, LIFExp
from .plasticity import (
    AntisymmetricSTDP,
    CausalSTDP,
    CustomSTDP,
    HaasSTDP,
    TripletSTDP,
    VogelsSTDP,
    WindowSTDP,
)
from .simulation import LimitError, Simulation
from .simulation.checkpoint import CheckpointError
from .simulation.stream_reader import StreamError, read_stream
from .steps import Steps
from .sweep import Sweep
from .world.protocol import World

__version__ = _version.version

__all__ = [
    "LIF",
    "AntisymmetricSTDP",
    "AttachedWorld",
    "CausalSTDP",
    "CheckpointError",
    "CurrentSource",
    "CustomSTDP",
    "Group",
    "HaasSTDP",
    "LIFCond",
    "LIFExp",
    "LimitError",
    "Network",
    "PoissonSource",
    "PoissonTrains",
    "Population",
    "Projection",
    "Recorder",
    "Simulation",
    "SpikeSource",
    "Steps",
    "StreamError",
    "Sweep",
    "TripletSTDP",
    "Triplets",
    "VogelsSTDP",
    "WindowSTDP",
    "World",
    "all_to_all",
    "fixed_in_degree",
    "fixed_probability",
    "one_to_one",
    "read_stream",
]
