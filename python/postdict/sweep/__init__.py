"""Sweeps: one function over many configurations and seeds, on any executor; run again to resume.

Knows callables and executors, no experiment.
"""

from .collecting import Status, collect, status, to_xarray
from .counting import Count, CountLine
from .declaring import Point, Sweep
from .estimating import Estimate, estimate
from .folder import SweepError, load_result
from .reading import read_toml, sweep_of
from .running import Report, run

__all__ = [
    "Count",
    "CountLine",
    "Estimate",
    "Point",
    "Report",
    "Status",
    "Sweep",
    "SweepError",
    "collect",
    "estimate",
    "load_result",
    "read_toml",
    "run",
    "status",
    "sweep_of",
    "to_xarray",
]
