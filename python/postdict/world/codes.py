"""Codes between numbers and neurons, for worlds: what sensors see, what motor neurons do.

An encoder has ``encode(observation)`` and returns what drives the sensors; a decoder has
``decode(motor)`` and returns an action. Any objects with these methods will do; these are the usual
ones. One that remembers something also has ``reset()``, called where an episode begins, and
``state()`` and ``restore(state)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _checks
from .._types import Floats


class Encoder(Protocol):
    """Makes of an observation what drives the sensors.

    Examples
    --------
    >>> class Sign:  # the first sensor sees what is negative, the second what is positive
    ...     def encode(self, observation):
    ...         return [5.0 * (observation < 0), 5.0 * (observation > 0)]
    ...
    >>> Sign().encode(-0.3)
    [5.0, 0.0]
    """

    def encode(self, observation: Any) -> Any:
        """Return the answer of a world: its form is that of the drive."""


class Decoder(Protocol):
    """Makes an action of what the motor neurons did.

    Examples
    --------
    >>> class Push:  # more spikes of the second neuron push to the right
    ...     def decode(self, motor):
    ...         return float(motor[1] - motor[0])
    ...
    >>> Push().decode([1, 4])
    3.0
    """

    def decode(self, motor: Any) -> Any:
        """Return an action; `motor` has the form of the readout."""


@_checks.brief
@dataclass(frozen=True, eq=False)
class TuningCurves:
    """Sensors that each prefer one observation: ``height e^(-|(x - centre) / width|² / 2)``.

    Parameters
    ----------
    centres : array (n_sensor, n_dimensions)
        Or (n_sensor,) of one dimension.
    width : float or array (n_dimensions,)
        In units of the observation.
    height : float
        mV or Hz, as the drive is.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> from postdict.world import TuningCurves
    >>> curves = TuningCurves([[-1.0], [0.0], [1.0]], width=[0.5], height=10.0)
    >>> curves.encode([0.0]).round(3)
    array([ 1.353, 10.   ,  1.353])
    """

    centres: Floats
    width: Floats
    height: float

    def __post_init__(self) -> None:
        centres = _checks.finite_array("centres", self.centres).copy()
        centres = centres[:, None] if centres.ndim == 1 else centres
        if centres.ndim != 2 or 0 in centres.shape:
            raise ValueError(f"centres must be (n_sensor, n_dimensions), got {centres.shape}")
        width = _checks.finite_array("width", self.width).copy()
        if width.shape not in ((), (centres.shape[1],)) or not (width > 0).all():
            raise ValueError(
                f"width must be positive, one number or {centres.shape[1]}, got {self.width}"
            )
        object.__setattr__(self, "centres", centres)
        object.__setattr__(self, "width", width)
        _checks.set_numbers(self, ("height",))

    @property
    def n_sensor(self) -> int:
        """How many sensors there are."""
        return len(self.centres)

    def encode(self, observation: ArrayLike) -> Floats:
        """Return (n_sensor,) for an observation (n_dimensions,).

        Raises
        ------
        ValueError, TypeError
            The observation has other dimensions than the centres, or is not finite.
        """
        try:
            seen = np.asarray(observation, np.float64)
        except (TypeError, ValueError):  # numpy makes no array of a dict, a ragged tuple, a text
            raise TypeError(
                f"an observation must be an array of {self.centres.shape[1]} values, got "
                f"{type(observation).__name__}: tuning curves need an encoder of your own around "
                "them for other spaces"
            ) from None
        if seen.shape != self.centres.shape[1:]:
            raise ValueError(
                f"an observation must have {self.centres.shape[1]} values, got {seen.shape} as its "
                "shape"
            )
        offset = (seen - self.centres) / self.width
        with np.errstate(over="ignore"):  # far away the drive is e^-inf = 0, as it should be
            squares = (offset * offset).sum(axis=1)
        drive: Floats = self.height * np.exp(-0.5 * squares)
        return drive


@_checks.brief
@dataclass(frozen=True, eq=False)
class LinearDecoder:
    """An action that is a sum over motor neurons, within bounds.

    Parameters
    ----------
    weights : array (n_dimensions, n_motor)
        What one spike (or one Hz) of each motor neuron adds to the action.
    low : float or array (n_dimensions,)
        Lower bounds of the action.
    high : float or array (n_dimensions,)
        Upper bounds of the action.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.world import LinearDecoder
    >>> decoder = LinearDecoder([[0.5, -0.5, 0.0]], low=-1.0, high=1.0)
    >>> decoder.decode(np.array([4, 1, 7]))
    array([1.], dtype=float32)
    """

    weights: Floats
    low: ArrayLike = -np.inf
    high: ArrayLike = np.inf

    def __post_init__(self) -> None:
        weights = _checks.finite_array("weights", self.weights, ndim=2).copy()
        if 0 in weights.shape:
            raise ValueError(f"weights must be (n_dimensions, n_motor), got {weights.shape}")
        object.__setattr__(self, "weights", weights)
        n = len(weights)
        for name in ("low", "high"):
            given = _checks.in_unit(name, getattr(self, name), "")
            try:
                bound = np.array(given, np.float64)
            except (TypeError, ValueError):
                raise TypeError(f"{name} must be one number or {n}, got {given!r}") from None
            if bound.shape not in ((), (n,)):
                raise ValueError(f"{name} must be one number or {n}, got {given}")
            object.__setattr__(self, name, bound)
        if not np.all(np.asarray(self.low) < np.asarray(self.high)):
            raise ValueError(f"low must be below high, got {self.low} and {self.high}")

    @property
    def n_motor(self) -> int:
        """How many motor neurons there are."""
        return int(self.weights.shape[1])

    def decode(self, motor: NDArray[Any]) -> NDArray[np.float32]:
        """Return the action, (n_dimensions,) of float32 as Gymnasium's boxes have it.

        Raises
        ------
        ValueError, TypeError
            What the motor neurons did is no array of their counts or rates.
        """
        _counted(motor)
        n = self.weights.shape[1]
        if motor.shape != (n,):
            raise ValueError(f"the decoder's weights are of {n} motor neurons, got {len(motor)}")
        action: Floats = np.clip(self.weights @ motor, self.low, self.high)
        with np.errstate(over="ignore"):  # what is beyond float32 becomes inf, which no box holds
            return action.astype(np.float32)


@_checks.brief
@dataclass(frozen=True)
class ChoiceDecoder:
    """One of several actions: that of the group of motor neurons that did most.

    The neurons are divided into groups of one size, in order. Where several did most, the first of
    them is chosen; where nobody did anything, `idle` is.

    Parameters
    ----------
    n_actions : int
    idle : int

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.world import ChoiceDecoder
    >>> ChoiceDecoder(2).decode(np.array([1, 0, 3, 2]))
    1
    """

    n_actions: int
    idle: int = 0

    def __post_init__(self) -> None:
        _checks.integer("n_actions", self.n_actions, at_least=1)
        if _checks.integer("idle", self.idle) >= self.n_actions:
            raise ValueError(f"idle must be below n_actions = {self.n_actions}, got {self.idle}")

    def decode(self, motor: NDArray[Any]) -> int:
        """Return an action in [0, n_actions).

        Raises
        ------
        ValueError, TypeError
            What the motor neurons did is no array of their counts or rates.
        """
        _counted(motor)
        if motor.size % self.n_actions:
            raise ValueError(
                f"{motor.size} motor neurons cannot be divided into {self.n_actions} equal groups"
            )
        total = motor.reshape(self.n_actions, -1).sum(axis=1)
        return int(np.argmax(total)) if total.any() else self.idle


def _counted(motor: Any) -> None:
    """Refuse the readout that is no array."""
    if not isinstance(motor, np.ndarray):
        got = "spikes" if isinstance(motor, tuple) else f"a {type(motor).__name__}"
        raise TypeError(f"this decoder needs the readout 'counts' or 'rates', an array, got {got}")
