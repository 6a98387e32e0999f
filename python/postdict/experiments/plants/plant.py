"""What a plant is here: commands of motor neurons, its physics, sensors of place and push."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..._types import Floats
from ...world.codes import TuningCurves
from ...world.stepped import SteppedWorld


@dataclass(frozen=True, eq=False)
class Plant:
    """A plant whose accelerations depend on where it is and on the commands, and its sensors.

    Parameters
    ----------
    commands : array (n_joints, n_motor)
        Torque or force of one spike of each motor neuron.
    places : array (n_places,)
        Where physics is asked: angles or positions.
    accelerations : callable
        ``accelerations(place, command)``: (n_joints,), of the plant at rest.
    sensed : callable
        ``sensed(place)``: the numbers by which sensors know a place.
    curves : TuningCurves
        Of these numbers and of the accelerations: a product of Gaussians.
    world : callable
        Makes the plant anew, as the loop takes it.
    """

    commands: Floats
    places: Floats
    accelerations: Callable[[float, Floats], Floats]
    sensed: Callable[[float], Floats]
    curves: TuningCurves
    world: Callable[[], SteppedWorld]

    def __post_init__(self) -> None:
        if self.curves.n_sensor < self.n_motor:
            raise ValueError(
                f"fineness must leave at least {self.n_motor} sensors, as there are motor neurons, "
                f"got {self.curves.n_sensor}"
            )

    @property
    def n_motor(self) -> int:
        """How many motor neurons there are."""
        return int(self.commands.shape[1])

    def pushes(self) -> Floats:
        """Return the accelerations (n_places, 1 + n_motor, n_joints) by physics.

        At each place: without a command, and with that of one spike of each motor neuron.
        """
        none = np.zeros((len(self.commands), 1))
        commands = np.hstack([none, self.commands]).T
        return np.array([[self.accelerations(x, push) for push in commands] for x in self.places])

    def kicks(self) -> Floats:
        """Return what physics says that sensors are kicked by, mV.

        Returns
        -------
        array (n_places, 1 + n_motor, n_sensor)
            At each place: without a command, and with that of one spike of each motor neuron.
        """
        return np.array(
            [
                [self.curves.encode([*self.sensed(x), *push]) for push in pushes]
                for x, pushes in zip(self.places, self.pushes(), strict=True)
            ]
        )


def on_circle(angles: ArrayLike) -> Floats:
    """Return angles (rad) as places on the circle, (..., 2): their cosines and sines."""
    return np.stack([np.cos(angles), np.sin(angles)], axis=-1)


def conjunctive_curves(
    places: Floats, place_width: float, axes: list[tuple[float, int, float]], kick: float
) -> TuningCurves:
    """Return sensors for each place with each acceleration of each joint.

    Parameters
    ----------
    places : array (n_places, n_numbers)
        As sensors know them.
    place_width : float
    axes : list of (largest, n, width)
        Of each joint: accelerations from -largest to largest.
    kick : float
        mV, at what a sensor prefers.
    """
    grid = np.meshgrid(
        np.arange(len(places)),
        *(np.linspace(-largest, largest, n) for largest, n, _ in axes),
        indexing="ij",
    )
    place, *accelerations = (values.ravel() for values in grid)
    centres = np.column_stack([places[place], *accelerations])
    widths = [place_width] * places.shape[1] + [width for *_, width in axes]
    return TuningCurves(centres, np.array(widths), kick)


def how_many(n: int, fineness: float) -> int:
    """Return the number of sensors along an axis."""
    return max(1, round(n * fineness))
