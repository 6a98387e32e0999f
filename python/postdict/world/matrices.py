"""Linear worlds: the matrix (sensors, motors) by which a motor spike reaches the sensors.

An entry is what one motor spike adds to a sensor's potential, in units of the sensor's threshold.
"""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import numpy as np

from .. import _checks, _tables
from .._checks import shown
from .._types import Floats


def sparse_world(
    n_sensor: int, n_motor: int, *, fan_out: int = 6, gain: float = 2.0, rng: np.random.Generator
) -> Floats:
    """Return a world in which each motor neuron drives a few random sensors.

    Parameters
    ----------
    n_sensor : int
        Number of sensors.
    n_motor : int
        Number of motor neurons.
    fan_out : int
        How many sensors each motor neuron drives, each by gain U(0.5, 1.5).
    gain : float
        Mean entry, in units of the sensor's threshold.
    rng : numpy.random.Generator

    Returns
    -------
    array (n_sensor, n_motor)

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.world import sparse_world
    >>> world = sparse_world(60, 20, fan_out=6, rng=np.random.default_rng(1))
    >>> world.shape, (world > 0).sum(axis=0)
    ((60, 20), array([6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6]))
    """
    n_sensor, n_motor = _sizes(n_sensor, n_motor)
    gain = _checks.number("gain", gain)
    rng = _checks.generator("rng", rng)
    fan_out = _checks.integer("fan_out", fan_out, at_least=1)
    if fan_out > n_sensor:
        raise ValueError(f"fan_out must be at most n_sensor = {n_sensor}, got {fan_out}")
    world = np.zeros((n_sensor, n_motor))
    for k in range(n_motor):
        world[rng.choice(n_sensor, fan_out, replace=False), k] = gain * rng.uniform(
            0.5, 1.5, fan_out
        )
    return world


def tonotopic_world(
    n_sensor: int,
    n_motor: int,
    *,
    overlap: float = 1.0,
    gain: float = 2.0,
    variation: float = 0.25,
    rng: np.random.Generator,
) -> Floats:
    """Return a world in which motor neurons drive neighbouring, overlapping sets of sensors.

    Motor neurons stand at equal distances along the sensors; each drives them by a Gaussian whose
    values vary from pair to pair.

    Parameters
    ----------
    n_sensor : int
        Number of sensors.
    n_motor : int
        Number of motor neurons.
    overlap : float
        Standard deviation of the Gaussian in units of the motor neurons' distance: the larger, the
        harder the inversion (condition number near 8 at 0.7, near 19 at 1.0, for 60 and 20).
    gain : float
        Height of the Gaussian, in units of the sensor's threshold.
    variation : float
        The values are multiplied by U(1 - variation, 1 + variation).
    rng : numpy.random.Generator

    Returns
    -------
    array (n_sensor, n_motor)

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.world import tonotopic_world
    >>> tonotopic_world(60, 20, overlap=2.0, rng=np.random.default_rng(1)).shape
    (60, 20)
    """
    n_sensor, n_motor = _sizes(n_sensor, n_motor)
    gain = _checks.number("gain", gain)
    variation = _checks.number("variation", variation, at_least=0.0)
    rng = _checks.generator("rng", rng)
    overlap = _checks.number("overlap", overlap, above=0.0)
    distance = n_sensor / n_motor
    centres = (np.arange(n_motor) + 0.5) * distance - 0.5
    offset = (np.arange(n_sensor)[:, None] - centres) / (overlap * distance)
    return (
        gain
        * np.exp(-0.5 * offset**2)
        * rng.uniform(1.0 - variation, 1.0 + variation, offset.shape)
    )


def conditioned_world(
    n_sensor: int,
    n_motor: int,
    *,
    condition: float,
    gain: float = 3.0,
    rng: np.random.Generator,
) -> Floats:
    """Return the tonotopic world whose footprints overlap as much as its condition number asks.

    Values vary by 5 % from pair to pair: more would bound the condition number.

    Parameters
    ----------
    n_sensor : int
        Number of sensors.
    n_motor : int
        Number of motor neurons.
    condition : float
        Largest over smallest singular value of the matrix.
    gain : float
        Height of the Gaussian, in units of the sensor's threshold.
    rng : numpy.random.Generator

    Returns
    -------
    array (n_sensor, n_motor)

    Raises
    ------
    ValueError
        No overlap between 0.2 and 5 has this condition number.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.world import conditioned_world
    >>> world = conditioned_world(6, 3, condition=10.0, rng=np.random.default_rng(1))
    >>> world.shape, round(float(np.linalg.cond(world)), 6)
    ((6, 3), 10.0)
    """
    condition = _checks.number("condition", condition, at_least=1.0)
    rng = _checks.generator("rng", rng)
    state = rng.bit_generator.state

    def world(overlap: float) -> Floats:
        rng.bit_generator.state = state  # every overlap gets the same variation
        return tonotopic_world(
            n_sensor, n_motor, overlap=overlap, gain=gain, variation=0.05, rng=rng
        )

    low, high = 0.2, 5.0
    smallest, largest = (float(np.linalg.cond(world(overlap))) for overlap in (low, high))
    if not smallest <= condition <= largest:
        raise ValueError(
            f"condition must be between {shown(smallest)} and {shown(largest)} for "
            f"{n_sensor} sensors and {n_motor} motor neurons, got {shown(condition)}"
        )
    for _ in range(40):
        middle = (low * high) ** 0.5
        if np.linalg.cond(world(middle)) < condition:
            low = middle
        else:
            high = middle
    return world((low * high) ** 0.5)


def _sizes(n_sensor: int, n_motor: int) -> tuple[int, int]:
    return (
        _checks.integer("n_sensor", n_sensor, at_least=1),
        _checks.integer("n_motor", n_motor, at_least=1),
    )


def load_world(path: str | os.PathLike[str]) -> Floats:
    """Return the world matrix (sensors, motors) of a .npy or .csv file, used as it is.

    A .csv may have a header of names, a column of row names, semicolons and decimal commas.

    Raises
    ------
    ValueError
        The file is not a finite matrix.
    OSError
        It cannot be read.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.world import load_world
    >>> np.save("world.npy", np.eye(3))
    >>> load_world("world.npy").shape
    (3, 3)
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in (".npy", ".csv"):
        raise ValueError(f"world_file must end in .npy or .csv, got {str(path)!r}")
    try:
        world = _tables.read_array(path) if suffix == ".npy" else _tables.read_table(path).numbers()
    except ValueError as error:
        raise ValueError(f"world_file {str(path)!r} is not a matrix of numbers: {error}") from None
    try:
        return check_world(world, name=f"world_file {str(path)!r}")
    except TypeError as error:  # of what the file holds
        raise ValueError(str(error)) from None


def check_world(world: Floats, *, name: str = "world") -> Floats:
    """Return a world as a float matrix; warn of silent sensors and unreachable motor neurons.

    A sensor without a positive entry never fires; a motor neuron without one is never heard, so
    that nothing can be learned of it.

    Raises
    ------
    ValueError, TypeError
        It is no matrix of finite numbers, or all of them are 0.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.world import check_world
    >>> check_world(np.eye(3)).shape
    (3, 3)
    """
    world = _checks.finite_array(name, world, "mV", ndim=2)
    if 0 in world.shape:
        raise ValueError(f"{name} must have sensors and motor neurons, got shape {world.shape}")
    driven = world > 0
    if not driven.any():
        raise ValueError(f"{name} must have a positive entry: no motor neuron drives any sensor")
    for who, silent in (
        ("is silent in part: no motor neuron drives sensor", ~driven.any(axis=1)),
        ("cannot be inverted in part: no sensor hears motor neuron", ~driven.any(axis=0)),
    ):
        which = np.flatnonzero(silent)
        if len(which):
            shown = ", ".join(str(k) for k in which[:5]) + (", ..." if len(which) > 5 else "")
            warnings.warn(f"{name} {who} {shown}", stacklevel=2)
    return world
