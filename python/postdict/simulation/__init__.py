"""What happens: the description handed to the core, run, read and changed between runs."""

from .cores import LimitError, RateLimitError
from .runner import ProgressCallback
from .simulation import Simulation

__all__ = ["LimitError", "ProgressCallback", "RateLimitError", "Simulation"]
