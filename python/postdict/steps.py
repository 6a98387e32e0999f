"""What changes in steps: rates of Poisson sources and currents into neurons."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from . import _checks
from ._types import Floats

LARGEST_RATE = 1e6  # Hz; a thousand kicks a millisecond are a slip

_SHOWN = 6  # steps that a repr spells out


@dataclass(frozen=True, eq=False, repr=False)
class Steps:
    """A piecewise constant signal in simulated time.

    It has ``values[k]`` on ``[times[k], times[k + 1])``, the last value for ever, and 0 before
    ``times[0]``.

    Parameters
    ----------
    times : array (n,)
        ms, >= 0, rising.
    values : array (n,), or (neurons, n)
        Hz as a rate, mV as a current; of several neurons a row each.

    Attributes
    ----------
    unit : "Hz", "mV" or None
        In which the values were quantities of another library, None where they were plain numbers.

    Raises
    ------
    ValueError, TypeError
        Nothing given, arrays of different lengths, times that do not rise, what is not finite.

    Examples
    --------
    >>> pulse = Steps([100.0, 150.0], [0.5, 0.0])
    >>> pulse.value_at([99.0, 100.0, 150.0])
    array([0. , 0.5, 0. ])
    """

    times: Floats
    values: Floats
    unit: str | None = field(default=None, init=False)

    if TYPE_CHECKING:  # lists are taken as well

        def __init__(self, times: ArrayLike, values: ArrayLike) -> None: ...

    def __post_init__(self) -> None:
        unit = _checks.unit_among("values", self.values, ("Hz", "mV"))
        times = _checks.finite_array("times", self.times, "ms", ndim=1)
        values = _checks.finite_array("values", self.values, unit or "")
        if values.ndim not in (1, 2):
            raise ValueError(
                f"values must be (n,) or (neurons, n), one for each time, got shape {values.shape}"
            )
        if times.size != values.shape[-1]:
            raise ValueError(
                f"times and values must have one length, got {times.size} and {values.shape[-1]}"
            )
        if not values.size:
            raise ValueError("times and values must hold at least one step, got none")
        if times[0] < 0:
            raise ValueError(f"times must be non-negative, got {times[0]} ms at [0]")
        if times[-1] > _checks.LATEST:
            raise ValueError(f"times must be at most {_checks.LATEST:g} ms, got {times[-1]} ms")
        falls = times[1:] <= times[:-1]
        if falls.any():
            k = int(np.argmax(falls)) + 1
            raise ValueError(f"times must rise, got {times[k]} ms after {times[k - 1]} ms at [{k}]")
        object.__setattr__(self, "times", _frozen(times))
        object.__setattr__(self, "values", _frozen(values))
        object.__setattr__(self, "unit", unit)

    @classmethod
    def sampled(cls, values: ArrayLike, *, every: float, start: float = 0.0) -> Steps:
        """Return the steps of samples at a fixed interval, each held until the next.

        Parameters
        ----------
        values : array (n,), or (neurons, n)
            Hz as a rate, mV as a current. The last one holds for ever: append a 0 to end it.
        every : float
            Interval, ms.
        start : float
            Time of the first sample, ms.

        Raises
        ------
        ValueError, TypeError
            The interval is not positive, or a value is not finite.
        """
        unit = _checks.unit_among("values", values, ("Hz", "mV"))
        given = _checks.finite_array("values", values, unit or "")
        interval = _checks.number("every", every, "ms", above=0.0)
        first = _checks.number("start", start, "ms", at_least=0.0)
        steps = cls(
            first + interval * np.arange(given.shape[-1] if given.ndim else 0, dtype=np.float64),
            given,
        )
        object.__setattr__(steps, "unit", unit)
        return steps

    def value_at(self, t: ArrayLike) -> Floats | float:
        """Return the value at a time, or at each of several (ms); a step counts from its time on.

        Returns
        -------
        float, or an array in the shape of `t`; of several neurons (neurons, ...)

        Raises
        ------
        ValueError, TypeError
            A time is not finite.
        """
        at = _checks.finite_array("t", t, "ms")
        taken = np.searchsorted(self.times, at, side="right")
        result = np.where(taken > 0, self.values[..., taken - 1], 0.0)
        return result if result.ndim else float(result)

    @property
    def n_neurons(self) -> int | None:
        """How many neurons have a signal of their own, None where one is for all."""
        return None if self.values.ndim == 1 else len(self.values)

    @property
    def lowest(self) -> Floats | float:
        """The smallest value that it ever has, the 0 before its first step included.

        A float, or (neurons,) of several.
        """
        least = self.values.min(axis=-1)
        least = least if self.times[0] == 0 else np.minimum(0.0, least)
        return least if least.ndim else float(least)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Steps):
            return NotImplemented
        return self is other or (
            np.array_equal(self.times, other.times) and np.array_equal(self.values, other.values)
        )

    def __hash__(self) -> int:
        # Without a copy of what may be millions of samples; it need not tell all steps apart.
        return hash((self.times.size, float(self.times[-1]), float(self.values.flat[0])))

    def __repr__(self) -> str:
        if self.values.size <= _SHOWN:
            return f"Steps({self.times.tolist()}, {self.values.tolist()})"
        of = "" if self.n_neurons is None else f"{self.n_neurons} neurons, "
        return (
            f"Steps({of}{self.times.size} from {self.times[0]:g} to {self.times[-1]:g} ms, "
            f"values {self.values.min():g} to {self.values.max():g})"
        )

    def __reduce__(self) -> tuple[type[Steps], tuple[Floats, Floats], dict[str, str | None]]:
        # Through the checks, read-only again.
        return Steps, (self.times, self.values), {"unit": self.unit}


def checked_rate(rate: float | ArrayLike | Steps, n: int) -> float | Steps:
    """Return a rate (Hz) of n neurons, nowhere negative or absurd.

    One number, one for each neuron (which become steps at 0), or `Steps` of one or of each.
    """
    if not isinstance(rate, Steps):
        if _checks.is_single(rate) or isinstance(rate, str):
            return _checks.number("rate", rate, "Hz", at_least=0.0, at_most=LARGEST_RATE)
        each = _checks.finite_array("rate", rate, "Hz", ndim=1)
        if each.shape != (n,):
            raise ValueError(
                f"rate must be one number or one per neuron ({n}), got {each.size} values; "
                "a signal is given as Steps"
            )
        rate = Steps(np.zeros(1), each[:, np.newaxis])
    _check_steps("rate", rate, n)
    if rate.unit == "mV":
        raise ValueError("rate must be a rate (Hz), got Steps of a voltage (mV)")
    for wrong, rule in (
        (rate.values < 0, "non-negative"),
        (rate.values > LARGEST_RATE, f"at most {_checks.shown(LARGEST_RATE)}"),
    ):
        if wrong.any():
            place = _checks.first_place(wrong)
            at = f"{_checks.show_place(place)} ({_checks.shown(rate.times[place[-1]])} ms)"
            raise ValueError(f"rate must be {rule}, got {rate.values[place]} Hz at {at}")
    return rate


def checked_current(current: Steps, n: int) -> Steps:
    """Return a current (mV) of n neurons, which is `Steps`, of all or of each."""
    _check_steps("current", current, n)
    if current.unit == "Hz":
        raise ValueError("current must be a voltage (mV), got Steps of a rate (Hz)")
    return current


def _check_steps(name: str, given: Any, n: int) -> None:
    _checks.exact(name, given, (Steps,), what="Steps", instead="give its values by Steps.sampled")
    if given.n_neurons not in (None, n):
        raise ValueError(
            f"{name} must be one signal or one per neuron ({n}), got {given.n_neurons} signals"
        )


def as_steps(rate: float | Steps) -> Steps:
    """Return a rate as steps: one number holds from the start on."""
    return rate if isinstance(rate, Steps) else Steps(np.zeros(1), np.full(1, rate))


def _frozen(values: Floats) -> Floats:
    """Return a copy that nobody can change."""
    values = values.copy()
    values.flags.writeable = False
    return values
