"""Decoders beside the learned one: physics in the same code, with and without looking at places."""

from __future__ import annotations

import numpy as np

from ..._types import Floats
from .plant import Plant

REST = 3.0  # how much more often than each command there is none, for the fit
RIDGES = (0.1, 1.0, 10.0, 100.0)  # mV², of which the practice song chooses


def analytic(kicks: Floats, ridge: float) -> Floats:
    """Return weights that answer each command by its motor neuron, and none by silence.

    Parameters
    ----------
    kicks : array (n_places, 1 + n_motor, n_sensor)
        See `Plant.kicks`.
    ridge : float
        mV², on the squared weights.

    Returns
    -------
    array (n_motor, n_sensor)
        Least squares over all places, 1/mV.
    """
    n_places, n_commands, n_sensor = kicks.shape
    importance = np.sqrt(np.where(np.arange(n_commands) == 0, REST, 1.0))[None, :, None]
    seen = (importance * kicks).reshape(-1, n_sensor)
    wanted = importance * np.broadcast_to(
        np.eye(n_commands)[:, 1:], (n_places, n_commands, n_commands - 1)
    )
    wanted = wanted.reshape(-1, n_commands - 1)
    gram = seen.T @ seen + ridge * np.eye(n_sensor)
    weights: Floats = np.linalg.solve(gram, seen.T @ wanted).T
    return weights


def blind(plant: Plant, kicks: Floats, ridge: float) -> Floats:
    """Return the best weights (n_motor, n_sensor) that are the same at all places."""
    accelerations = plant.curves.centres[:, -len(plant.commands) :]
    _, group = np.unique(accelerations, axis=0, return_inverse=True)
    group = group.ravel()
    summed = np.zeros((*kicks.shape[:2], group.max() + 1))
    for sensor, k in enumerate(group):
        summed[:, :, k] += kicks[:, :, sensor]
    return analytic(summed, ridge)[:, group]


def transpose(kicks: Floats) -> Floats:
    """Return how much more a sensor is kicked with each command than with none, over places."""
    mean = kicks.mean(axis=0)
    more: Floats = mean[1:] - mean[:1]
    return more


def answers(weights: Floats, kicks: Floats) -> Floats:
    """Return what is answered to no command and to each, mean over places: (1 + n, n_motor), mV."""
    mean: Floats = kicks.mean(axis=0) @ weights.T
    return mean


def scale(weights: Floats, kicks: Floats) -> float:
    """Return the largest answer of a motor neuron to any command at any place, mV.

    What silences a motor neuron does not count.
    """
    largest = float((kicks @ weights.T).max())
    return largest if largest > 0.0 else 1.0
