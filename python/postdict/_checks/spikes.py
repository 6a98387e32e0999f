"""Spikes as times and ids, and samples at times."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .._types import Floats, Integers
from .arrays import finite_array, in_range, integer_array, matrix, vector
from .messages import shown
from .scalars import LATEST


def spike_arrays(
    name: str, times: ArrayLike, ids: ArrayLike, n: int, *, earliest: float = 0.0
) -> tuple[Floats, Integers]:
    """Return spike times (ms, >= earliest) and ids (in [0, n)), flat, sorted by (time, id)."""
    t = finite_array(f"{name}: times", times, "ms", ndim=1)
    given = integer_array(f"{name}: ids", ids)
    if given.shape != t.shape:
        raise ValueError(
            f"{name}: times and ids must have one length, got {t.shape} and {given.shape}"
        )
    if (t < earliest).any():
        k = int(np.argmax(t < earliest))
        rule = f"not be before the present, {shown(earliest)} ms" if earliest else "be non-negative"
        raise ValueError(f"{name}: times must {rule}, got {t[k]} ms at [{k}]")
    if (t > LATEST).any():
        k = int(np.argmax(t > LATEST))
        raise ValueError(f"{name}: times must be at most {LATEST:g} ms, got {t[k]} ms at [{k}]")
    in_range(f"{name}: ids", given, n)
    return sorted_spikes(t, given.astype(np.int64))


def sorted_spikes(t: Floats, i: Integers) -> tuple[Floats, Integers]:
    """Return copies sorted by (time, id), read-only."""
    later = t[1:] > t[:-1]
    if not (later | ((t[1:] == t[:-1]) & (i[1:] >= i[:-1]))).all():
        order = np.lexsort((i, t))
        t, i = t[order], i[order]
    t, i = t.copy(), i.copy()  # the caller may change theirs later
    t.flags.writeable = i.flags.writeable = False
    return t, i


def spikes(
    times: ArrayLike, ids: ArrayLike, n: int | None = None, *, prefix: str = "", suffix: str = ""
) -> tuple[Floats, Integers]:
    """Return spike times (ms) and ids of one length, with 0 <= id (< n, where n is given).

    They stay in the order given. `prefix` and `suffix` complete the names of the arguments in
    messages: `motor_times`, `ids_a`.
    """
    of_times, of_ids = f"{prefix}times{suffix}", f"{prefix}ids{suffix}"
    t, given = vector(of_times, times, "ms"), integer_array(of_ids, ids)
    if given.shape != t.shape:
        raise ValueError(
            f"{of_times} and {of_ids} must have one length, got {len(t)} and {len(given)}"
        )
    in_range(of_ids, given, n)
    return t, given.astype(np.int64, copy=False)


def spike_train(name: str, times: ArrayLike) -> Floats:
    """Return the spike times (ms) of one neuron, sorted."""
    return np.sort(vector(name, times, "ms"))


def sample_arrays(v: ArrayLike, sample_times: ArrayLike) -> tuple[Floats, Floats]:
    """Return samples (T, M) and their rising times (T,), ms."""
    checked, times = matrix("v", v, "mV"), vector("sample_times", sample_times, "ms")
    if times.size != checked.shape[0]:
        raise ValueError(
            f"sample_times must have one value for each of the {checked.shape[0]} rows of v, "
            f"got {times.size}"
        )
    falls = times[1:] <= times[:-1]
    if falls.any():
        k = int(np.argmax(falls)) + 1
        raise ValueError(
            f"sample_times must rise, got {shown(times[k])} ms at [{k}] after "
            f"{shown(times[k - 1])} ms"
        )
    return checked, times
