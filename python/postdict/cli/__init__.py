"""The command line, the top of the house: nothing imports it."""

from .main import main

__all__ = ["main"]
