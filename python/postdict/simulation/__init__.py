"""What happens: the description handed to the core, run, read and changed between runs."""

from .simulation import LimitError, ProgressCallback, Simulation

__all__ = ["LimitError", "ProgressCallback", "Simulation"]
