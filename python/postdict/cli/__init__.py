"""The command line, the top of the house: nothing imports it."""

from .run import main

__all__ = ["main"]
