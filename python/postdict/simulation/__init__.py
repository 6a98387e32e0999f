"""What happens: the description handed to the core, run, read and changed between runs."""

from .runner import ProgressCallback
from .simulation import LimitError, RateLimitError, Simulation

__all__ = ["LimitError", "ProgressCallback", "RateLimitError", "Simulation"]
