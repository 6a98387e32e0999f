"""Sweeps from TOML: every key, value and configuration is checked before anything runs."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .. import _checks
from ..lab import settings
from .sweep import Sweep

KINDS = ("grid", "zip", "random")
_KEYS = ("experiment", "seeds", "seed", "streams", "keep", "metrics", "quick", "set", *KINDS)


def read_toml(path: str | Path) -> dict[str, Any]:
    r"""Return a sweep's TOML.

    Raises
    ------
    ValueError
        It is not TOML.

    Examples
    --------
    >>> from pathlib import Path
    >>> from postdict.sweep import read_toml
    >>> lines = ['experiment = "inverse-model"', "[grid]", "eta = [1e-4, 1e-3]"]
    >>> _ = Path("sweep.toml").write_text("\n".join(lines))
    >>> read_toml("sweep.toml")
    {'experiment': 'inverse-model', 'grid': {'eta': [0.0001, 0.001]}}
    """
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{str(path)!r} is not a TOML file: {error}") from None


def sweep_of(source: Mapping[str, Any], find: Callable[[str], Any]) -> Sweep:
    """Return the sweep that a TOML describes.

    Parameters
    ----------
    source : dict
        ``experiment``; ``seeds``, ``seed``, ``streams``, ``keep``, ``metrics``, ``quick``; a table
        ``set``; one of ``grid``, ``zip``, ``random``, or none: replicates of one configuration.
    find : callable
        Gives the experiment of a name: an object with `Config` and `run`.

    Raises
    ------
    ValueError, TypeError
        Naming key, value and rule, and the nearest valid name.

    Examples
    --------
    >>> from postdict.experiments import inverse_model
    >>> from postdict.sweep import sweep_of
    >>> source = {"experiment": "inverse-model", "grid": {"eta": [1e-4, 1e-3]}, "seeds": 2}
    >>> len(sweep_of(source, lambda name: inverse_model))
    4
    """
    for key in source:
        if key not in _KEYS:
            raise ValueError(_checks.unknown("key of a sweep", key, _KEYS))
    if not isinstance(source.get("experiment"), str):
        raise ValueError('a sweep names its experiment: experiment = "..."')
    experiment = find(source["experiment"])
    fixed = _table(source, "set")
    kinds = [kind for kind in KINDS if kind in source]
    if len(kinds) > 1:
        raise ValueError(f"a sweep has one of {', '.join(KINDS)}, got {' and '.join(kinds)}")
    quick = source.get("quick", False)
    if not isinstance(quick, bool):
        raise TypeError(f"quick must be true or false, got {quick!r}")
    values = _table(source, kinds[0]) if kinds else {}
    samples = values.pop("samples", None) if kinds == ["random"] else None
    known = vars(experiment.Config())
    for place, names in (("set", fixed), (kinds[0] if kinds else "", values)):
        for name in names:
            if name in ("seed", "seeds"):
                raise ValueError(f"{name} stands at the top of the file, not in [{place}]")
            if name not in known:
                raise ValueError(f"[{place}]: " + _checks.unknown("setting", name, known))
            if place != "set" and name in fixed:
                raise ValueError(f"{name} is both in [set] and in [{place}]")
    start = experiment.Config().quick() if quick else experiment.Config()
    base = settings.read(experiment.Config, fixed, start=vars(start))
    options = {
        "seeds": source.get("seeds", 1),
        "seed": source.get("seed", 0),
        "streams": source.get("streams", "shared"),
        "keep": source.get("keep", "summary"),
        "metrics": source.get("metrics", ()),
        "units": getattr(experiment, "UNITS", None),
    }
    function = experiment.run
    if not kinds:
        sweep = Sweep(function, [base], **options)
    elif kinds == ["grid"]:
        sweep = Sweep.grid(function, base, values, **options)
    elif kinds == ["zip"]:
        sweep = Sweep.zip(function, base, values, **options)
    else:
        if samples is None:
            raise ValueError("[random] needs samples, how many configurations to draw")
        sweep = Sweep.random(function, base, values, samples=samples, **options)
    sweep.source = dict(source)
    return sweep


def _table(source: Mapping[str, Any], name: str) -> dict[str, Any]:
    table = source.get(name, {})
    if not isinstance(table, Mapping):
        raise TypeError(f"{name} must be a table, [{name}], got {table!r}")
    return dict(table)
