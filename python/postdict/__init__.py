"""Spiking networks that learn inverse models by inhibitory STDP, exactly, event by event.

Times are in ms, rates in Hz, potentials and weights in mV; matrices are (post, pre).

Names are imported when they are first used, the packages among them too: ``postdict.analysis``
needs no import of its own, and ``import postdict`` costs nothing that is not used.
"""

from __future__ import annotations

from importlib import import_module as _import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # for people's editors and type checkers, which import nothing
    from . import analysis as analysis
    from . import bird as bird
    from . import exchange as exchange
    from . import experiments as experiments
    from . import gym as gym
    from . import lab as lab
    from . import loop as loop
    from . import plotting as plotting
    from . import sweep as sweep
    from . import theory as theory
    from . import world as world
    from ._version import version as __version__  # noqa: F401
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
        Modulated,
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
    "Modulated",
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

# Where each name is found; tests/test_public.py holds it against the imports above.
_HOMES = {
    "connectivity": "Triplets all_to_all fixed_in_degree fixed_probability one_to_one",
    "network": "Network",
    "network.groups": "Group",
    "network.parts": "AttachedWorld CurrentSource PoissonSource PoissonTrains Population "
    "Projection Recorder SpikeSource",
    "neurons": "LIF LIFCond LIFExp",
    "plasticity": "AntisymmetricSTDP CausalSTDP CustomSTDP HaasSTDP Modulated TripletSTDP "
    "VogelsSTDP WindowSTDP",
    "simulation": "LimitError Simulation",
    "simulation.checkpoint": "CheckpointError",
    "simulation.stream_reader": "StreamError read_stream",
    "steps": "Steps",
    "sweep": "Sweep",
    "world.protocol": "World",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}
_DOORS = (
    "analysis",
    "bird",
    "exchange",
    "experiments",
    "loop",
    "plotting",
    "sweep",
    "theory",
    "world",
)
# Packages that need no import of their own, and that nobody looks for first.
_OTHERS = ["connectivity", "gym", "lab", "network", "neurons", "plasticity", "simulation", "steps"]

if not TYPE_CHECKING:  # who would otherwise take any name for one of ours

    def __getattr__(name: str) -> object:
        if name in _DOORS or name in _OTHERS:
            return _import_module(f"{__name__}.{name}")
        if name == "__version__":
            found = _import_module(f"{__name__}._version").version
        elif name in _HOME_OF:
            found = getattr(_import_module(f"{__name__}.{_HOME_OF[name]}"), name)
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return sorted([*__all__, *_DOORS, "__version__"])
