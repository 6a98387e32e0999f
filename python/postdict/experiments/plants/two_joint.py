"""An arm of two joints in a plane: two thin rods, each 1 m and 1 kg, and rotors in the joints.

What a torque does depends on the angle of the elbow, and on how fast both joints turn. It lies
flat, so that gravity does nothing.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._types import Floats
from ...world.codes import TuningCurves
from ...world.stepped import SteppedWorld
from .plant import Plant, conjunctive_curves, how_many, on_circle

ROTOR = 0.5  # kg m², inertia of the rotor in each joint
FRICTION = 0.5  # N m s, of each joint
TORQUES = np.array([[-10.0, 10.0, 0.0, 0.0], [0.0, 0.0, -5.0, 5.0]])  # N m, shoulder and elbow
EPISODE = 200  # steps, after which the arm starts somewhere else
LARGEST_ACCELERATION = 9.0  # rad/s²


def accelerations(elbow: float, torque: Floats, velocity: Floats) -> Floats:
    """Return the accelerations of both joints, rad/s², by Lagrange's equations of two rods."""
    cos, coriolis = math.cos(elbow), 0.5 * math.sin(elbow)
    a, b, c = 5.0 / 3.0 + cos + ROTOR, 1.0 / 3.0 + 0.5 * cos, 1.0 / 3.0 + ROTOR
    one, two = velocity
    shoulder = torque[0] - FRICTION * one + coriolis * two * (2.0 * one + two)
    lower = torque[1] - FRICTION * two - coriolis * one * one
    determinant = a * c - b * b
    return np.array([c * shoulder - b * lower, a * lower - b * shoulder]) / determinant


class TwoJointArm:
    """The arm as a world: torques of the motor spikes of a step, and sensors kicked after it."""

    _angles: Floats  # rad, (2,)
    _velocity: Floats  # rad/s, (2,)
    _steps: int  # of this episode

    def __init__(self, curves: TuningCurves, interval: float) -> None:
        self.interval = interval
        self._curves = curves
        self._seconds = 1e-3 * interval

    def reset(self, seed: int) -> None:
        """Begin anew; nothing is sensed before the first step."""
        self._rng = np.random.default_rng(seed)
        self._begin()

    def step(self, motor: NDArray[Any]) -> Floats:
        """Turn the joints, and return the kicks of the sensors, mV."""
        elbow = float(self._angles[1])
        found = accelerations(elbow, TORQUES @ motor, self._velocity)
        kicks = self._curves.encode([*on_circle(elbow), *found])
        self._velocity = self._velocity + self._seconds * found
        self._angles = self._angles + self._seconds * self._velocity
        self._steps += 1
        if self._steps == EPISODE:
            self._begin()
        return kicks

    def state(self) -> dict[str, Any]:
        """Return angles, velocities, steps of the episode, and the random numbers."""
        return {
            "angles": self._angles,
            "velocity": self._velocity,
            "steps": self._steps,
            "random": self._rng.bit_generator.state,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take them up."""
        self._angles, self._velocity = state["angles"], state["velocity"]
        self._steps = state["steps"]
        self._rng.bit_generator.state = state["random"]

    def _begin(self) -> None:
        self._angles = self._rng.uniform(-np.pi, np.pi, 2)
        self._velocity = np.zeros(2)
        self._steps = 0


def two_joint(interval: float, kick: float, fineness: float) -> Plant:
    """Return the arm of two joints, stepped every `interval` (ms), with its sensors."""
    angles = 2.0 * np.pi * np.arange(how_many(10, fineness)) / how_many(10, fineness)
    axis = (LARGEST_ACCELERATION, how_many(7, fineness), 2.5 / fineness)
    curves = conjunctive_curves(on_circle(angles), 0.5 / fineness, [axis, axis], kick)

    def at_rest(angle: float, torque: Floats) -> Floats:
        return accelerations(angle, torque, np.zeros(2))

    def world() -> SteppedWorld:
        arm = TwoJointArm(curves, interval)
        return SteppedWorld(arm, shape=(curves.n_sensor, TORQUES.shape[1]), drive="kicks")

    asked = np.linspace(0.0, 2.0 * np.pi, 240, endpoint=False)
    return Plant(TORQUES, asked, at_rest, on_circle, curves, world)
