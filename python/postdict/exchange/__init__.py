"""Recordings handed to other programs: Neo, NWB, SONATA, xarray, .csv.

`Recording` is what all of them are made of: spikes by population and samples by name, in ms and mV.
A simulation gives one (`Simulation.recording`), and a result (`Result.recording`), whose own
methods are short for it. Each format needs an extra, and says so where it is absent.
"""

from .recording import Recording
from .values import Samples, Train

__all__ = ["Recording", "Samples", "Train"]
