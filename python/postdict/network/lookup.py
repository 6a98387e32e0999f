"""Parts found by their handles or names, and what is said of a handle that fits no part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

import numpy as np

from .. import _checks
from .groups import Group
from .parts import Part, PoissonTrains, Population, Projection, SpikeSource, label

T = TypeVar("T", bound=Part)

_LONGEST = 60  # signs of a value that a message spells out


def find(given: object, parts: Sequence[T], types: tuple[type, ...], kind: str) -> T:
    """Return the part that is given by its name, or by the handle of an equal part.

    A network built again from the same code has equal parts, wherever they stand in its order.
    """
    if isinstance(given, str):
        for part in parts:
            if part.name == given:
                return part
        raise ValueError(_checks.unknown(kind, given, (part.name for part in parts)))
    # The type first: an array has no single truth when it is compared with the parts.
    if type(given) not in types:
        raise ValueError(f"{label(given)} is not a {kind} of this network")
    handle: Any = given
    for part in parts:
        if part is handle:
            return part
    for part in parts:
        if part.name == handle.name and type(part) is type(handle):
            different = next(differences(handle, part), None)
            if different is None:
                return part
            raise ValueError(f"{label(handle)} is not that of this network: {different}")
    raise ValueError(f"{label(handle)} is not a {kind} of this network: it has none of that name")


def differences(given: Any, own: Any, within: str = "") -> Iterator[str]:
    """Yield in words where two parts differ; their places in a network's order do not count."""
    for field in fields(own):
        if field.name == "index":
            continue
        name, a, b = f"{within}{field.name}", getattr(given, field.name), getattr(own, field.name)
        if is_dataclass(a) and type(a) is type(b) and not isinstance(a, type):
            if isinstance(a, (Population, Projection)) or a != b:
                yield from differences(a, b, f"{name}.")
        elif not np.array_equal(a, b):
            yield f"its {name} is {_shown(a)}, here {_shown(b)}"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def how_to_see(source: SpikeSource | PoissonTrains) -> str:
    """Return how one comes by the spikes of a source, which are not recorded."""
    if isinstance(source, SpikeSource):
        return (
            f"{source.name!r} is a source of given spikes, which are not recorded: read them by "
            f"network.spikes({source.name!r})"
        )
    return (
        f"{source.name!r} is a source of Poisson trains, whose spikes are not recorded: let each "
        "drive a neuron of its own, connect(source, cells, weights=postdict.one_to_one(n, "
        "weight=2.0)) with cells of LIF(), which fires at each of them one axonal_delay later"
    )


def whole(given: object) -> object:
    """Return what is given; refuse a group where only all neurons can be meant."""
    if isinstance(given, Group):
        raise ValueError(f"{given.name} is a group: give {given.of.name} as a whole")
    return given
