"""Classes whose methods stand in two files, and which users know by one name."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import TypeVar

T = TypeVar("T", bound=type)


def half_of(name: str) -> Callable[[T], T]:
    """Name the methods of a base class as those of the public one: Python's messages say it."""

    def named(half: T) -> T:
        for method in vars(half).values():
            if isinstance(method, FunctionType):
                method.__qualname__ = f"{name}.{method.__name__}"
        return half

    return named
