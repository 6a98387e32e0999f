"""Points of a sweep: one configuration each, with one seed in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .. import _checks
from . import keys


@_checks.brief
@dataclass(frozen=True)
class Point:
    """One run of a sweep.

    Attributes
    ----------
    key : str
        The name of its file.
    config : dataclass or dict
        With this replicate's seed.
    seed : int
    values : dict
        The swept parameters.

    Examples
    --------
    >>> from postdict import Sweep
    >>> def area(config):
    ...     return {"area": config["a"] * config["b"]}
    ...
    >>> sweep = Sweep.grid(area, {"a": 1, "b": 2, "seed": 0}, {"a": [1, 2, 3]}, seeds=2)
    >>> point = sweep.points[0]
    >>> point.values, point.config["a"]
    ({'a': 1}, 1)
    """

    key: str
    config: Any
    seed: int
    values: Mapping[str, Any]


def changed(config: Any, values: Mapping[str, Any]) -> Any:
    """Return a config with some settings replaced; an unknown one is named with the nearest."""
    known = keys.fields_of(config)
    for name in values:
        if name not in known:
            raise ValueError(_checks.unknown("setting", name, known))
    return {**config, **values} if isinstance(config, Mapping) else replace(config, **values)


def with_seed(config: Any, seed: int) -> Any:
    """Return a config for one replicate: its `seed` set, and one seed in it."""
    names = keys.fields_of(config)
    if "seed" not in names and not isinstance(config, Mapping):
        raise ValueError("a config needs a field `seed`, which the sweep sets")
    values = {"seed": seed, **({"seeds": 1} if "seeds" in names else {})}
    return {**config, **values} if isinstance(config, Mapping) else replace(config, **values)
