"""Worlds in Python between motor and sensor neurons: how many there are, what passes between them.

A matrix says by its shape how many neurons it joins. Code does not, so the loop is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from .. import _checks
from .._types import Floats
from . import protocol
from .linear import LinearWorld, as_linear
from .protocol import Drive, Readout, World

FILTERED = 3.0  # time constants after which the filtered rates have forgotten 95 % of a spike


@_checks.brief
@dataclass(frozen=True, eq=False)
class SteppedWorld:
    """A world in Python, wherever the loop takes a matrix.

    The loop's `world_delay` is the latency of its answers, which come after the step that hears:
    later than by a matrix, by up to an interval, and a current acts for an interval more. With the
    drive "spikes" the answers carry their own times, and the latency is 0.

    Parameters
    ----------
    world : World
        Each network that is made resets it. Loops that run side by side need one each.
    shape : (int, int)
        (n_sensor, n_motor), as that of a matrix.
    readout, tau, drive, weight
        What `step` is given and what it returns; see `Network.add_world`.

    Raises
    ------
    TypeError
        The world lacks what it must have: the message says what.
    ValueError
        A shape, a readout or a drive that cannot be.

    Examples
    --------
    >>> import numpy as np
    >>> class Echo:
    ...     interval = 1.0
    ...
    ...     def reset(self, seed):
    ...         pass
    ...
    ...     def step(self, motor):
    ...         return 2.0 * motor
    >>> world = SteppedWorld(Echo(), shape=(2, 2), drive="kicks")
    >>> world.shape, world.latest, world.mean_lag
    ((2, 2), 1.0, 0.5)
    """

    world: World
    shape: tuple[int, int]
    readout: Readout = "counts"
    tau: float | None = None
    drive: Drive = "current"
    weight: float | None = None

    def __post_init__(self) -> None:
        protocol.check("world", self.world)
        protocol.check_options(self.readout, self.tau, self.drive, self.weight)
        if np.shape(self.shape) != (2,):
            raise ValueError(f"shape must be (n_sensor, n_motor), got {self.shape!r}")
        for name, n in zip(("n_sensor", "n_motor"), self.shape, strict=True):
            _checks.integer(f"shape: {name}", n, at_least=1)

    @property
    def earliest(self) -> float:
        """When an answer to a motor spike can begin, ms beyond the world's delay."""
        return 0.0

    @property
    def latest(self) -> float:
        """When an answer to a motor spike ends, ms beyond the world's delay.

        Of what the world remembers by itself nothing is known.
        """
        return self._step + (FILTERED * self.tau if self.tau is not None else 0.0)

    @property
    def mean_lag(self) -> float:
        """When the answer to a motor spike comes on average, ms beyond the world's delay."""
        return 0.5 * self._step + (self.tau or 0.0)

    @property
    def _step(self) -> float:
        """How much later than by the delay a step's answer acts at most, ms."""
        interval = float(self.world.interval)
        if self.drive in ("current", "rates"):
            return 2.0 * interval
        return 0.0 if self.drive == self.readout == "spikes" else interval

    def latency(self, delay: float) -> float:
        """Return the latency of the answers (ms) where the world's delay is `delay`."""
        return 0.0 if self.drive == "spikes" else delay


AnyWorld: TypeAlias = Floats | LinearWorld | SteppedWorld | World
"""What the loop takes: a matrix (n_sensor, n_motor), all of which acts after one delay, a
`LinearWorld`, a `SteppedWorld`, or a `World` that has a `shape`."""


def as_world(world: Any) -> LinearWorld | SteppedWorld:
    """Return a world of the loop as one of the two forms that it connects.

    Raises
    ------
    ValueError, TypeError
        It is none, or says not how many neurons it joins.
    """
    if isinstance(world, LinearWorld | SteppedWorld):
        return world
    if hasattr(world, "action_space") and hasattr(world, "observation_space"):
        raise TypeError(
            "world is an environment, which needs codes: "
            "postdict.gym.GymWorld(env, interval=..., decoder=..., encoder=...)"
        )
    if not callable(getattr(world, "step", None)):
        return as_linear(world)
    shape = getattr(world, "shape", None)
    if shape is None:
        raise TypeError(
            f"world must say how many neurons it joins: give {type(world).__name__} a shape "
            "(n_sensor, n_motor), or use SteppedWorld(world, shape=(n_sensor, n_motor))"
        )
    return SteppedWorld(world, shape)
