"""Groups: some neurons of a population or source, chosen as numpy chooses, without a copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .. import _checks
from .._types import Integers

Selection: TypeAlias = "range | tuple[int, ...]"
"""Which neurons: a range wherever they are evenly spaced and rise."""


def as_selection(ids: Sequence[int]) -> Selection:
    """Return ids, each there once and at least one, in the form that equal choices share."""
    if isinstance(ids, range) and ids.step > 0:
        return ids if len(ids) > 1 else range(ids[0], ids[0] + 1)
    step = ids[1] - ids[0] if len(ids) > 1 else 1
    even = range(ids[0], ids[0] + step * len(ids), step) if step > 0 else ()
    return even if tuple(even) == tuple(ids) else tuple(int(i) for i in ids)


def selected(selection: Selection, key: Any, name: str) -> Selection:
    """Return what a slice, an index, an array of indices or a mask chooses among neurons."""
    n = len(selection)
    if isinstance(key, slice):
        chosen: Sequence[int] = selection[key]
        if not len(chosen):
            raise ValueError(f"a group must have neurons, and {name} has none at {key}")
        return as_selection(chosen)
    if isinstance(key, (int, np.integer)) and not isinstance(key, (bool, np.bool_)):
        if not -n <= key < n:
            raise IndexError(f"{name} has {n} neurons, and none at {key}")
        return as_selection((selection[int(key)],))
    given = np.asarray(key)
    if given.dtype == bool:
        if given.shape != (n,):
            raise ValueError(f"a mask of {name} must have shape {(n,)}, got {given.shape}")
        given = np.flatnonzero(given)
        if not given.size:
            raise ValueError(f"a group must have neurons, and the mask of {name} chooses none")
    if given.ndim == 1 and given.dtype.kind == "i":
        given = np.where((given < 0) & (given >= -n), given + n, given)
    ids = _checks.chosen(given, n) or ()
    return as_selection([selection[i] for i in ids])


def local(ids: NDArray[Any], selection: Selection | None) -> NDArray[Any]:
    """Return which of the group's neurons each id is, all of which belong to it."""
    if selection is None:
        return ids
    if isinstance(selection, range):
        return (ids - selection.start) // selection.step
    own = np.asarray(selection)
    order = np.argsort(own)
    return order[np.searchsorted(own, ids, sorter=order)].astype(np.int32)


class Groupable:
    """What has `name` and `size` and can be sliced into groups."""

    name: str
    size: int

    @property
    def ids(self) -> Integers:
        """The neurons' numbers, (size,) of int64."""
        return np.arange(self.size)

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, key: Any) -> Group:
        return Group(self, selected(range(self.size), key, self.name))


@dataclass(frozen=True, repr=False)
class Group:
    """Some neurons of a population or source: ``cells[10:20]``, ``cells[[3, 1]]``, ``cells[mask]``.

    It stands for them wherever a population may stand that is connected, kicked, recorded or read,
    and counts its own neurons from 0: weights have its shape, and its spikes their places in it. It
    can be sliced again.

    Attributes
    ----------
    of : Population, SpikeSource or PoissonTrains
        Whose neurons.
    selection : range or tuple of int
        Which.

    Examples
    --------
    >>> from postdict import LIF, Network
    >>> cells = Network().add_population("cells", 100, LIF())
    >>> cells[10:20]
    Group(cells[10:20])
    >>> cells[10:20][[0, -1]].ids
    array([10, 19])
    """

    of: Groupable
    selection: Selection

    @property
    def ids(self) -> Integers:
        """The neurons' numbers in their population, (n,) of int64."""
        return np.asarray(self.selection, np.int64)

    @property
    def name(self) -> str:
        """What the group is called: its population, and which neurons."""
        if not isinstance(self.selection, range):
            return f"{self.of.name}[{len(self)} of {self.of.size}]"
        start, stop, step = self.selection.start, self.selection[-1] + 1, self.selection.step
        every = f":{step}" if step != 1 else ""
        return f"{self.of.name}[{start}:{stop}{every}]"

    def __len__(self) -> int:
        return len(self.selection)

    def __getitem__(self, key: Any) -> Group:
        return Group(self.of, selected(self.selection, key, self.name))

    def __repr__(self) -> str:
        return f"Group({self.name})"
