"""Values of swept parameters: lists as given, and rows drawn from them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from .. import _checks
from ..lab.plain_values import plain
from . import keys

_BLOCKS = 200  # of draws, none of them new, after which there are taken to be no others


def lists_of(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values to be swept as new lists of plain ones; refuse what is no list of any."""
    if not values:
        raise ValueError(f"{kind} is empty: name at least one parameter and its values")
    for name, listed in values.items():
        if name in ("seed", "seeds"):
            raise ValueError(f"{name} is not swept: give `seeds` beside {kind}")
        if kind == "random" and isinstance(listed, Mapping):
            continue
        if isinstance(listed, (str, bytes, Mapping)) or not isinstance(listed, Iterable):
            raise TypeError(f"{kind}: {name} must be a list of values, got {listed!r}")
        if not len(list(listed)):
            raise ValueError(f"{kind}: {name} must have at least one value, got none")
    return {
        name: listed if isinstance(listed, Mapping) else [_native(v) for v in listed]
        for name, listed in values.items()
    }


def random_rows(lists: Mapping[str, Any], samples: int, seed: int) -> list[dict[str, Any]]:
    """Return different rows, each value drawn independently; the first n of more are equal."""
    if not any(isinstance(listed, Mapping) for listed in lists.values()):
        n_all = math.prod(
            len({keys.canonical(plain(v)) for v in listed}) for listed in lists.values()
        )
        if samples > n_all:
            raise ValueError(f"samples must be at most {n_all}, all there are, got {samples}")
    # A stream for each parameter: another parameter or more samples change nothing.
    streams = {
        name: np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1, *name.encode())))
        for name in lists
    }
    rows: dict[bytes, dict[str, Any]] = {}
    in_vain = 0
    while len(rows) < samples:
        before = len(rows)
        block = [_draw(name, lists[name], rng, 256) for name, rng in streams.items()]
        for drawn in zip(*block, strict=True):
            row = dict(zip(lists, drawn, strict=True))
            rows.setdefault(keys.canonical(plain(row)), row)
        in_vain = 0 if len(rows) > before else in_vain + 1
        if in_vain == _BLOCKS:
            raise ValueError(f"samples must be at most {len(rows)}, all there are, got {samples}")
    return list(rows.values())[:samples]


def _native(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _draw(name: str, values: Any, rng: np.random.Generator, samples: int) -> list[Any]:
    if not isinstance(values, Mapping):
        return [values[int(k)] for k in rng.integers(len(values), size=samples)]
    for key in values:
        if key not in ("low", "high", "log"):
            raise ValueError(
                f"random: {name}: " + _checks.unknown("key", key, ("low", "high", "log"))
            )
    if not {"low", "high"} <= set(values):
        raise ValueError(f"random: {name} must be a list or have low and high, got {dict(values)}")
    low = _checks.number(f"random: {name}.low", values["low"])
    high = _checks.number(f"random: {name}.high", values["high"])
    log = values.get("log", False)
    if not low < high or (log and low <= 0):
        rule = "0 < low < high" if log else "low < high"
        raise ValueError(f"random: {name} must have {rule}, got {low:g} and {high:g}")
    if log:
        return [float(v) for v in np.exp(rng.uniform(math.log(low), math.log(high), samples))]
    return [float(v) for v in rng.uniform(low, high, samples)]
