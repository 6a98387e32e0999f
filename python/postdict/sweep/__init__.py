"""Sweeps: one function over many configurations and seeds, on any executor; run again to resume.

Knows callables and executors, no experiment.
"""

from .estimate import Estimate, estimate
from .folder import SweepError, load_result
from .points import Point
from .progress import Count
from .run import Report
from .sweep import Sweep
from .tables import Status, check_metrics, collect, status, to_xarray
from .toml import read_toml, sweep_of

__all__ = [
    "Count",
    "Estimate",
    "Point",
    "Report",
    "Status",
    "Sweep",
    "SweepError",
    "check_metrics",
    "collect",
    "estimate",
    "load_result",
    "read_toml",
    "status",
    "sweep_of",
    "to_xarray",
]
