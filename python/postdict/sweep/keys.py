"""What names a point: a hash of function, configuration with its seed, and engine format."""

from __future__ import annotations

import hashlib
import importlib.metadata
import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, is_dataclass
from functools import cache
from typing import Any

import numpy as np

from ..lab.plain_values import plain

FILE_FORMAT = 1


@cache
def engine() -> str:
    """Return what must be equal for equal seeds to give equal bits: version and file format."""
    return f"postdict {importlib.metadata.version('postdict')}, format {FILE_FORMAT}"


def name_of(function: Callable[..., Any]) -> str:
    """Return a function's name as 'module:qualified name'."""
    try:
        return f"{function.__module__}:{function.__qualname__}"
    except AttributeError:
        raise TypeError(f"function must be a plain function, got {function!r}") from None


@cache
def code_of(function: Callable[..., Any]) -> str:
    """Return a digest of the code that a user's function is in; "" where there is none to be read.

    It is that of its module, comments and all, or of the function alone where the module has no
    file, as in a notebook. postdict's own functions have none: results name its version and commit.
    """
    if function.__module__.partition(".")[0] == "postdict":
        return ""
    for what in (inspect.getmodule(function), function):
        try:
            return hashlib.sha256(inspect.getsource(what).encode()).hexdigest()[:16]  # type: ignore[arg-type]
        except (OSError, TypeError):
            continue
    return ""


def fields_of(config: Any) -> dict[str, Any]:
    """Return the settings of a dataclass or a mapping by name."""
    if is_dataclass(config) and not isinstance(config, type):
        return asdict(config)
    if isinstance(config, Mapping):
        return {str(name): value for name, value in config.items()}
    raise TypeError(f"a config must be a dataclass or a dict, got {type(config).__name__}")


def canonical(value: Any) -> bytes:
    """Return the one JSON text of a plain value: sorted, without spaces, floats to the last bit."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def digest(value: Any) -> str:
    """Return the SHA-256 of a plain value's canonical JSON."""
    return hashlib.sha256(canonical(value)).hexdigest()


def key_of(function: str, version: str, fields: Mapping[str, Any]) -> str:
    """Return the name of a point: 128 bits in hexadecimal digits."""
    return digest([function, version, engine(), plain(fields)])[:32]


def seeds_of(root: int, n: int, own: Any = None) -> list[int]:
    """Return the seeds of `n` replicates, by `SeedSequence.spawn`; the first n of more are equal.

    With `own`, plain fields of a configuration, it has streams that no other configuration has.
    They follow from the fields and not from its place, so that a larger grid changes none of them.
    """
    words = () if own is None else tuple(hashlib.sha256(canonical(own)).digest())
    children = np.random.SeedSequence(root, spawn_key=words).spawn(n)
    # 53 bits: exact as a double too, wherever a table may be opened.
    return [int(child.generate_state(1, np.uint64)[0] >> np.uint64(11)) for child in children]
