"""Two plants of Gymnasium: the arm of Pendulum-v1 with its gravity, the car between two hills."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..._types import Floats
from ...world.codes import LinearDecoder, TuningCurves
from ...world.stepped import SteppedWorld
from .plant import Plant, conjunctive_curves, how_many, on_circle

GRAVITY = 10.0  # m/s², the default of Pendulum-v1
MOBILITY = 3.0  # rad/s² per N m: 3 / (m l²), whose m and l are 1
TORQUES = np.array([[-2.0, -1.0, 1.0, 2.0]])  # N m, up to its bound

# The car has neither metres nor seconds; velocities are in thousandths of its unit, steps are 1.
SLOPE = 2.5  # of the hills, MountainCarContinuous-v0's 0.0025
POWER = 1.5  # of the motor, its 0.0015
FORCES = np.array([[-1.0, -0.5, 0.5, 1.0]])  # up to its bound
TRACK = (-1.2, 0.6)


class Sense:
    """Sees where the last step began, and how the velocity, observed last, changed in it.

    Parameters
    ----------
    curves : TuningCurves
    per_step : float
        What a change of the observed velocity by 1 is as an acceleration.
    """

    def __init__(self, curves: TuningCurves, per_step: float) -> None:
        self._curves = curves
        self._per_step = per_step
        self.reset()

    def reset(self) -> None:
        """Begin an episode: nothing is sensed before its first step."""
        self._before: list[float] | None = None

    def encode(self, observation: Any) -> Floats:
        """Return the kicks of the sensors, mV."""
        now = [float(x) for x in observation]
        before, self._before = self._before, now
        if before is None:
            return np.zeros(self._curves.n_sensor)
        return self._curves.encode([*before[:-1], (now[-1] - before[-1]) * self._per_step])

    def state(self) -> dict[str, Any]:
        """Return the last observation."""
        return {"before": self._before}

    def restore(self, state: dict[str, Any]) -> None:
        """Take it up."""
        self._before = state["before"]


def pendulum(interval: float, kick: float, fineness: float) -> Plant:
    """Return the arm under gravity, stepped every `interval` (ms), with its sensors."""
    angles = 2.0 * np.pi * np.arange(how_many(40, fineness)) / how_many(40, fineness)
    axis = (1.5 * GRAVITY + MOBILITY * TORQUES.max(), how_many(29, fineness), 1.5 / fineness)
    curves = conjunctive_curves(on_circle(angles), 0.15 / fineness, [axis], kick)

    def accelerations(angle: float, torque: Floats) -> Floats:
        return MOBILITY * torque + 1.5 * GRAVITY * math.sin(angle)

    world = _world(
        "Pendulum-v1",
        {"g": GRAVITY},
        TORQUES,
        lambda: Sense(curves, 1e3 / interval),
        curves.n_sensor,
        interval,
        dt=1e-3 * interval,
    )
    asked = np.linspace(0.0, 2.0 * np.pi, 240, endpoint=False)
    return Plant(TORQUES, asked, accelerations, on_circle, curves, world)


def mountain_car(interval: float, kick: float, fineness: float) -> Plant:
    """Return the car between two hills, stepped every `interval` (ms), with its sensors."""
    positions = np.linspace(*TRACK, how_many(24, fineness))[:, None]
    axis = (SLOPE + POWER * FORCES.max(), how_many(22, fineness), 0.375 / fineness)
    curves = conjunctive_curves(positions, 0.075 / fineness, [axis], kick)

    def accelerations(position: float, force: Floats) -> Floats:
        return POWER * force - SLOPE * math.cos(3.0 * position)

    world = _world(
        "MountainCarContinuous-v0",
        {},
        FORCES,
        lambda: Sense(curves, 1e3),
        curves.n_sensor,
        interval,
    )
    asked = np.linspace(*TRACK, 240)
    return Plant(FORCES, asked, accelerations, np.atleast_1d, curves, world)


def _world(
    name: str,
    options: dict[str, float],
    commands: Floats,
    encoder: Callable[[], Sense],
    n_sensor: int,
    interval: float,
    **attributes: float,
) -> Callable[[], SteppedWorld]:
    """Return what makes an environment of Gymnasium, with some attributes, as the loop takes it."""

    def made() -> SteppedWorld:
        from ...gym import GymWorld  # which says how to install what follows

        import gymnasium  # isort: skip

        env = gymnasium.make(name, **options)
        for attribute, value in attributes.items():
            setattr(env.unwrapped, attribute, value)
        world = GymWorld(
            env,
            interval=interval,
            decoder=LinearDecoder(commands, commands.min(), commands.max()),
            encoder=encoder(),
            attributes=("state", "_elapsed_steps"),
        )
        return SteppedWorld(world, shape=(n_sensor, commands.shape[1]), drive="kicks")

    return made
