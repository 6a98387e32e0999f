"""Nested dicts, lists and tuples of plain values and arrays, as JSON and arrays can hold them.

Every value comes back as what it was (memory-mapped arrays in memory), or is refused: nothing is
pickled.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]


def packed(value: Any, arrays: Arrays, prefix: str, *, name: str) -> Any:
    """Return a value as JSON can hold it; its arrays go to `arrays`, named from `prefix` on.

    Raises
    ------
    TypeError
        It is, or holds, something else; `name` says where.
    """
    # Types are exact: what is derived from them (an Enum, a masked array) would come back without
    # what it adds.
    kind = type(value)
    if value is None or kind in (bool, int, float, str):
        return value
    if isinstance(value, np.generic) and value.dtype.kind in "biufcU":
        return {"scalar": _put(np.asarray(value), arrays, prefix)}
    if kind in (np.ndarray, np.memmap) and value.dtype.kind in "biufc":
        return {"array": _put(value, arrays, prefix)}
    if kind in (list, tuple):
        items = [packed(v, arrays, prefix, name=f"{name}[{k}]") for k, v in enumerate(value)]
        return items if kind is list else {"tuple": items}
    if kind is dict and all(isinstance(key, str) for key in value):
        return {
            "dict": {k: packed(v, arrays, prefix, name=f"{name}[{k!r}]") for k, v in value.items()}
        }
    raise TypeError(
        f"{name} must be numbers, texts, None, plain arrays of numbers, lists, tuples or dicts "
        f"with texts as keys, got {kind.__name__}"
    )


def unpacked(value: Any, arrays: Arrays) -> Any:
    """Return what was packed (KeyError, TypeError, ValueError where it is damaged)."""
    if isinstance(value, list):
        return [unpacked(v, arrays) for v in value]
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind == "dict":
        return {k: unpacked(v, arrays) for k, v in content.items()}
    if kind == "tuple":
        return tuple(unpacked(v, arrays) for v in content)
    if kind not in ("array", "scalar"):
        raise ValueError(f"there is no kind {kind!r} of value")
    return arrays[content].copy() if kind == "array" else arrays[content][()]


def _put(array: NDArray[Any], arrays: Arrays, prefix: str) -> str:
    name = f"{prefix}/{len(arrays)}"  # which only grows
    arrays[name] = np.array(array)
    return name
