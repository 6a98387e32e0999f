"""Configurations of experiments: frozen dataclasses whose fields know unit, range and meaning.

A field is declared with `setting`; `check` applies the rules when the object is built, and `read`
makes one from TOML values or from the text after `--set key=`. A field of several numbers is a
``tuple[float, ...]``: a list in TOML, numbers with commas after ``--set``; bounds hold for each.
``none`` stands for None and for no numbers; an empty text, as an unset variable of a shell leaves
it, stands for nothing and is refused.
Settings that break no rule and still cannot show what they are for are said once, by `warn_of`,
when the experiment is run.
"""

from __future__ import annotations

import inspect
import types
import typing
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, fields
from typing import Any, Protocol, TypeVar

from .. import _checks

C = TypeVar("C")

NONE = "none"  # how a text says None, which TOML and shells cannot


def setting(
    default: Any,
    meaning: str,
    *,
    unit: str = "",
    above: float | None = None,
    at_least: float | None = None,
    at_most: float | None = None,
    choices: Sequence[str] = (),
    repeats: bool = False,
) -> Any:
    """Declare a field of a configuration: default, meaning, unit and rules.

    A text that `repeats` may be set several times, and is all of them between `os.pathsep`.
    """
    metadata = {
        "meaning": meaning,
        "unit": unit,
        "bounds": {"above": above, "at_least": at_least, "at_most": at_most},
        "choices": tuple(choices),
        "repeats": repeats,
    }
    return field(default=default, metadata=metadata)


def check(config: Any) -> None:
    """Apply the rules of every field; call it from `__post_init__`."""
    kinds = _kinds(type(config))
    for each in fields(config):
        name, unit = each.name, each.metadata["unit"]
        value = getattr(config, name)
        kind, optional = kinds[name]
        if optional and value in (None, NONE):
            object.__setattr__(config, name, None)
            continue
        if value == "" != each.default:
            raise ValueError(f"{name} must not be empty, got ''{_way_out(kind, optional)}")
        bounds = each.metadata["bounds"]
        if kind is int:
            _checks.integer(name, value)
            _checks.number(name, value, unit, **bounds)
        elif kind is float:
            checked = _checks.number(name, value, unit, **bounds)
            object.__setattr__(config, name, checked)
        elif kind is tuple:
            if not isinstance(value, (list, tuple)):
                raise TypeError(f"{name} must be {_article(kind)}, got {value!r}")
            numbers = (_checks.number(name, x, unit, **bounds) for x in value)
            object.__setattr__(config, name, tuple(numbers))
        elif not isinstance(value, kind):
            raise TypeError(f"{name} must be {_article(kind)}, got {value!r}")
        elif each.metadata["choices"] and value not in each.metadata["choices"]:
            raise ValueError(_checks.unknown(name, value, each.metadata["choices"]))


class Doubtful(Protocol):
    """Settings that know why they may not show what they are for."""

    def doubts(self) -> Iterable[str]:
        """Return a sentence for each reason."""


def warn_of(config: Doubtful) -> None:
    """Warn of the doubts of a configuration, where `run` of its experiment was called."""
    for doubt in config.doubts():
        warnings.warn(doubt, stacklevel=3)


def read(cls: type[C], values: Mapping[str, Any], *, start: Mapping[str, Any] | None = None) -> C:
    """Return a configuration with some fields set; texts are converted to the field's type.

    Raises
    ------
    ValueError, TypeError
        An unknown key (the nearest valid one is named) or a value that breaks a rule.
    """
    kinds = _kinds(cls)
    result = dict(start or {})
    for key, value in values.items():
        if key not in kinds:
            raise ValueError(_checks.unknown("setting", key, kinds))
        kind, optional = kinds[key]
        result[key] = _converted(key, value, kind, optional) if isinstance(value, str) else value
    return cls(**result)


def repeating(cls: type[Any]) -> set[str]:
    """Return the names of the fields that may be set several times."""
    return {each.name for each in fields(cls) if each.metadata.get("repeats")}


def describe(cls: type[Any]) -> list[tuple[str, str, str, str]]:
    """Return (name, default, unit, meaning) of every field, in their order."""
    return [
        (each.name, _shown(each.default), each.metadata["unit"], each.metadata["meaning"])
        for each in fields(cls)
    ]


def homes(cls: type[Any]) -> dict[type[Any], list[str]]:
    """Return the names of fields by the class that declared them last, own ones first."""
    found: dict[type[Any], list[str]] = {}
    left = [each.name for each in fields(cls)]
    for home in cls.__mro__:
        declared = [name for name in left if name in inspect.get_annotations(home)]
        if declared:
            found[home] = declared
            left = [name for name in left if name not in declared]
    return found


def _kinds(cls: type[Any]) -> dict[str, tuple[type, bool]]:
    """Return the type of each field, and whether it may be None."""
    result = {}
    hints = typing.get_type_hints(cls)
    for each in fields(cls):
        hint = hints[each.name]
        optional = isinstance(hint, types.UnionType)
        if optional:
            (hint,) = (part for part in typing.get_args(hint) if part is not types.NoneType)
        result[each.name] = (typing.get_origin(hint) or hint, optional)
    return result


def _converted(key: str, text: str, kind: type, optional: bool) -> Any:
    if text == "":
        raise ValueError(f"{key} must not be empty, got ''{_way_out(kind, optional)}")
    if optional and text == NONE:
        return None
    if kind is bool:
        if text not in ("true", "false"):
            raise ValueError(f"{key} must be true or false, got {text!r}")
        return text == "true"
    try:
        if kind is int and "e" in text.lower():
            return int(float(text)) if float(text).is_integer() else int(text)
        if kind is tuple:
            return () if text == NONE else tuple(float(part) for part in text.split(","))
        return kind(text)
    except (ValueError, OverflowError):
        raise ValueError(f"{key} must be {_article(kind)}, got {text!r}") from None


def _way_out(kind: type, optional: bool) -> str:
    return f" ({NONE} stands for none)" if optional or kind is tuple else ""


def _shown(value: Any) -> str:
    return NONE if value is None else str(value)


def _article(kind: type) -> str:
    return {
        int: "an integer",
        float: "a number",
        str: "a text",
        bool: "true or false",
        tuple: "a list of numbers",
    }[kind]
