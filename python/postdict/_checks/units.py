"""Quantities that carry a unit, from other libraries: in our unit, or refused by name.

They are known by what they can do, so that no library is needed: those of `quantities` and neo
`rescale`, those of pint, astropy and unyt convert `to` a unit, those of Brian2 are in SI units and
know their dimension. What is without a unit, or of dimension 1, is in our unit already.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

# What a unit measures, and in SI units: its powers of length, mass, time and current, and how many
# of it one SI unit is.
_UNITS: dict[str, tuple[str, tuple[int, int, int, int], float]] = {
    "": ("a plain number", (0, 0, 0, 0), 1.0),
    "ms": ("a time (ms)", (0, 0, 1, 0), 1e3),
    "s": ("a time (s)", (0, 0, 1, 0), 1.0),
    "Hz": ("a rate (Hz)", (0, 0, -1, 0), 1.0),
    "1/ms": ("an inverse time (1/ms)", (0, 0, -1, 0), 1e-3),
    "mV": ("a voltage (mV)", (2, 1, -3, -1), 1e3),
}
_DIMENSIONS = ("length", "mass", "time", "current", "temperature", "substance", "luminosity")
_PLAIN = frozenset({bool, int, float, np.bool_, np.float32, np.float64, np.int32, np.int64})


def in_unit(name: str, value: Any, unit: str) -> Any:
    """Return what is in `unit` without one: the value itself where it carries none.

    ValueError names what measures something else.
    """
    if type(value) in _PLAIN:
        return value
    if type(value) is np.ndarray:
        if value.dtype != object:
            return value
        return in_unit(name, value.tolist(), unit)
    if isinstance(value, (list, tuple)):
        if _PLAIN.issuperset(map(type, value)):
            return value
        # numpy would drop the units of quantities in a list.
        return [in_unit(name, part, unit) for part in value]
    convert = _conversion(value)
    if convert is None:
        return value
    for target in (unit, ""):
        with suppress(Exception):  # each library has its own
            return convert(target)
    kind = _UNITS[unit][0] if unit in _UNITS else f"a plain number of {unit}"
    raise ValueError(f"{name} must be {kind}, got {_example(value)}")


def unit_among(name: str, value: Any, units: Sequence[str]) -> str | None:
    """Return in which of some units a quantity can be, None where it carries none."""
    if isinstance(value, (list, tuple)) and len(value):
        value = value[0]
    convert = _conversion(value)
    if convert is None:
        return None
    for unit in units:
        with suppress(Exception):
            convert(unit)
            return unit
    with suppress(Exception):
        convert("")
        return None
    kinds = " or ".join(_UNITS[unit][0] for unit in units)
    raise ValueError(f"{name} must be {kinds}, got {_example(value)}")


def _conversion(value: Any) -> Callable[[str], Any] | None:
    """Return what converts a quantity to a unit and takes that away, None where there is none."""
    if callable(getattr(value, "rescale", None)):
        return lambda unit: np.asarray(value.rescale(unit or "dimensionless").magnitude)[()]
    if callable(getattr(getattr(value, "dim", None), "get_dimension", None)):
        return lambda unit: _from_si(value, unit)
    if callable(getattr(value, "m_as", None)):
        return lambda unit: value.m_as(unit or "dimensionless")
    has_unit = hasattr(value, "unit") or hasattr(value, "units")
    if has_unit and callable(getattr(value, "to_value", None)):
        return lambda unit: np.asarray(value.to_value(unit))[()]
    return None


def _from_si(value: Any, unit: str) -> Any:
    _, powers, per_si_unit = _UNITS[unit]
    given = tuple(value.dim.get_dimension(name) for name in _DIMENSIONS)
    if given != (*powers, 0, 0, 0):
        raise ValueError
    return np.asarray(value)[()] * per_si_unit


def _example(value: Any) -> str:
    if np.ndim(value) == 0:
        return str(value)
    return f"values like {value[(0,) * np.ndim(value)]}" if np.size(value) else "another quantity"
