"""What `record` was asked for, checked."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from . import _checks
from .neurons import LIFExp
from .parts import Part, Population, Projection, Recorder

VARIABLES = ("weights", "v", "g_e", "g_i")


def check_target(target: object, variable: str) -> None:
    """Refuse a variable that does not exist, or that the target does not have."""
    if variable not in VARIABLES:
        raise ValueError(_checks.unknown("variable", variable, VARIABLES))
    if variable == "weights":
        if not isinstance(target, Projection):
            raise TypeError("variable 'weights' needs a projection as target")
        return
    if not isinstance(target, Population):
        raise TypeError(f"variable {variable!r} needs a population as target")
    if variable != "v" and not isinstance(target.neurons, LIFExp):
        raise TypeError(f"variable {variable!r} needs neurons of the model LIFExp")


def chosen_ids(target: Part, ids: ArrayLike | None) -> tuple[int, ...] | None:
    """Return which neurons are recorded, None for all weights of a projection."""
    if not isinstance(target, Population):
        if ids is not None:
            raise ValueError("ids select neurons; weights are recorded whole")
        return None
    given = range(target.size) if ids is None else np.atleast_1d(np.asarray(ids))
    chosen = tuple(_checks.integer("ids", i) for i in given)
    if not chosen or max(chosen) >= target.size:
        raise ValueError(f"ids must be in [0, {target.size}), got {list(chosen)}")
    return chosen


def check_memory(recorder: Recorder, sample_bytes: int) -> None:
    """Refuse a recorder that cannot hold two samples, or whose samples would be empty."""
    if sample_bytes == 0:
        raise ValueError("the projection has no synapses, so no weights to record")
    if recorder.max_bytes < 2 * sample_bytes:
        raise ValueError(
            f"max_bytes must hold two samples ({2 * sample_bytes} bytes), got {recorder.max_bytes}"
        )
