"""Which motor spikes can be heard at all: what no decoder can name, because no sensor says it."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .. import _checks
from .._types import Spikes
from ..world.stepped import AnyWorld, SteppedWorld, as_world
from .circuit import LoopParameters
from .imitation import hear

FORGOTTEN = 30.0  # time constants after which a sensor has 1e-13 of a kick left
SAME = 1e-6  # ms, to which spikes are the same ones


def audible(
    world: AnyWorld, parameters: LoopParameters, song: Spikes, *, most: int | None = None
) -> NDArray[np.bool_]:
    """Return which motor spikes of a song the sensors would answer otherwise without.

    Where no sensor fires another spike, or at another time, because of a motor spike, no decoder
    can know of it. The share of the others is an upper bound of every decoder's recall but for
    luck, and 2 r / (1 + r) of its F1.

    Parameters
    ----------
    world : array (n_sensor, n_motor) or LinearWorld
        What code remembers nobody knows, so that worlds in Python are refused.
    parameters : LoopParameters
    song : (times, ids)
        Motor spikes, ms, sorted by time.
    most : int, optional
        How many spikes are looked at, at equal distances; all by default.

    Returns
    -------
    array (n,)
        True where a spike is audible.

    Raises
    ------
    ValueError, TypeError
        Spikes of motor neurons that the world does not have; a world in Python.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.world import spread_world
    >>> rng = np.random.default_rng(1)
    >>> song = ([100.0, 500.0, 505.0], [0, 0, 0])
    >>> audible(spread_world([[1.5]], 1.0, rng=rng), LoopParameters(), song).tolist()
    [True, True, True]
    >>> slow = spread_world([[1.5]], 20.0, rng=rng)
    >>> audible(slow, LoopParameters(), song).tolist()  # not one alone
    [False, True, True]
    """
    world = as_world(world)
    if isinstance(world, SteppedWorld):
        raise TypeError("world must be a matrix or a LinearWorld, got one in Python")
    times, ids = _checks.spike_arrays("song", *song, world.shape[1])
    looked_at = np.arange(len(times))
    if most is not None and len(times) > _checks.integer("most", most, at_least=1):
        looked_at = np.linspace(0, len(times) - 1, most).astype(np.int64)
    memory = FORGOTTEN * float(np.max(parameters.sensor.tau_m))
    reach = parameters.world_delay + world.latest
    before, after = math.ceil(reach + memory), math.ceil(memory + reach + memory)
    span = before + after
    played_times, played_ids = [np.empty(0)], [np.empty(0, np.int64)]
    # A stretch of the song for each spike, played twice: with it, and without. Both are quiet
    # at their end until the sensors have forgotten them.
    for place, k in enumerate(looked_at):
        first = times[k] - before
        low = np.searchsorted(times, first)
        high = np.searchsorted(times, times[k] + memory, side="right")
        near = np.arange(low, high)
        for number, played in enumerate((near, near[near != k]), start=2 * place):
            played_times.append(times[played] - first + span * number)
            played_ids.append(ids[played])
    heard, sensors = hear(
        world,
        parameters,
        (np.concatenate(played_times), np.concatenate(played_ids)),
        duration=2.0 * span * len(looked_at) + 1.0,
    )
    edges = np.searchsorted(heard, span * np.arange(2 * len(looked_at) + 1))
    stretches = [
        (heard[low:high] - span * number, sensors[low:high])
        for number, (low, high) in enumerate(pairwise(edges))
    ]
    return np.array(
        [not _same(*both) for both in zip(stretches[::2], stretches[1::2], strict=True)],
        np.bool_,
    )


def _same(one: Spikes, other: Spikes) -> bool:
    return len(one[0]) == len(other[0]) and (
        np.allclose(one[0], other[0], rtol=0.0, atol=SAME) and np.array_equal(one[1], other[1])
    )
