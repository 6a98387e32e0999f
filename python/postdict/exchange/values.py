"""What a recording is made of: trains of spikes, and samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .. import _checks
from .._types import Floats, Integers


@_checks.brief
@dataclass(frozen=True, eq=False)
class Train:
    """The spikes of `size` neurons: times (n,) in ms, sorted, and ids (n,).

    Raises
    ------
    ValueError
        Times and ids have different lengths, or an id is not in [0, size).

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.exchange import Train
    >>> train = Train(np.array([1.0, 2.0, 3.0]), np.array([0, 1, 0]), size=2)
    >>> train.by_neuron()
    [array([1., 3.]), array([2.])]
    """

    times: Floats
    ids: Integers
    size: int

    def __post_init__(self) -> None:
        if self.times.ndim != 1 or self.times.shape != self.ids.shape:
            raise ValueError(
                f"times and ids must have one length, got {self.times.shape} and {self.ids.shape}"
            )
        if len(self.ids) and not 0 <= self.ids.min() <= self.ids.max() < self.size:
            raise ValueError(f"ids must be in [0, {self.size}), got {self.ids.max()}")

    def by_neuron(self) -> list[Floats]:
        """Return the times (ms) of each neuron, `size` arrays."""
        order = np.argsort(self.ids, kind="stable")
        ends = np.searchsorted(self.ids[order], np.arange(1, self.size))
        return np.split(self.times[order], ends)


@_checks.brief
@dataclass(frozen=True, eq=False)
class Samples:
    """Values (n, ...) in `unit` at times (n,) in ms.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.exchange import Samples
    >>> Samples(np.arange(0.0, 50.0, 5.0), np.zeros((10, 2))).interval
    5.0
    """

    times: Floats
    values: Floats
    unit: str = "mV"

    @property
    def interval(self) -> float | None:
        """The interval (ms) of times that are regular to a millionth of it, else None."""
        if len(self.times) < 2:
            return None
        steps = np.diff(self.times)
        every = float(steps.mean())
        regular = every > 0 and np.abs(steps - every).max() <= 1e-6 * every
        return every if regular else None
