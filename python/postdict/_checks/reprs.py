"""Reprs of one line, whatever is in it: what is as by default is left out, what is long is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

LONGEST = 12  # values that a repr spells out
LONGEST_TEXT = 120

T = TypeVar("T", bound=type)


def brief(cls: T) -> T:
    """Give a dataclass `brief_repr`; a decorator to stand above `dataclass`."""
    cls.__repr__ = brief_repr  # type: ignore[assignment, method-assign]
    return cls


def brief_repr(value: Any) -> str:
    """Return the repr of a dataclass in which no field takes more than a line."""
    parts = [
        f"{f.name}={in_short(getattr(value, f.name))}"
        for f in fields(value)
        if f.repr and f.init and not _is_default(getattr(value, f.name), f.default)
    ]
    return f"{type(value).__qualname__}({', '.join(parts)})"


def in_short(value: object) -> str:
    """Return a value in words that fit into a line."""
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, Mapping):
        return _entries(value)
    if isinstance(value, (tuple, list)) and len(value) > LONGEST:
        numbers = all(isinstance(each, (int, float)) for each in value)
        return f"<{len(value)} values{_from_to(value) if numbers else ''}>"
    if isinstance(value, tuple) and any(isinstance(each, np.ndarray) for each in value):
        return f"({', '.join(map(in_short, value))})"
    text = repr(value)
    if len(text) <= LONGEST_TEXT and "\n" not in text:
        return text
    return f"{text[:LONGEST_TEXT]}..." if isinstance(value, str) else f"<{type(value).__name__}>"


def first_of(parts: Sequence[str], n: int = LONGEST) -> str:
    """Return the first parts with commas between, and how many more there are."""
    more = f", and {len(parts) - n} more" if len(parts) > n else ""
    return ", ".join(parts[:n]) + more


def _array(array: NDArray[Any]) -> str:
    if array.ndim == 1 and array.size <= LONGEST:
        return repr(array.tolist())
    size = " × ".join(map(str, array.shape)) or "1"
    real = array.dtype.kind in "iuf" and array.size and np.isfinite(array).all()
    return f"<{size} values{_from_to((array.min(), array.max())) if real else ''}>"


def _entries(entries: Mapping[Any, Any]) -> str:
    if len(entries) <= LONGEST and all(isinstance(v, (int, float)) for v in entries.values()):
        text = repr(dict(entries))
        if len(text) <= LONGEST_TEXT:
            return text
    entry = "entry" if len(entries) == 1 else "entries"
    return f"<{len(entries)} {entry}: {first_of([str(key) for key in entries], 6)}>"


def _from_to(values: Sequence[Any]) -> str:
    return f" from {min(values):g} to {max(values):g}"


def _is_default(value: object, default: object) -> bool:
    plain = (bool, int, float, str, tuple, type(None))
    return isinstance(value, plain) and type(value) is type(default) and value == default
