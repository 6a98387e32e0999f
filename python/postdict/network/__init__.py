"""What exists: populations, sources, projections and recorders, declared one by one."""

from .network import Network

__all__ = ["Network"]
