"""A bird's voice: motor spikes command gestures, gestures move a syrinx, and it sounds.

The syrinx is that of Mindlin and coworkers; ``cpp/voice/syrinx.hpp`` has its equations and their
signs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .. import _checks, _core
from .._checks import shown
from .._types import Floats, Integers

SETTLING = 20.0  # ms of silence that a new voice sings before anything else
MOST_STEPS = 1e8  # of the integration a second; beyond them nothing here becomes more exact
LONGEST_TRACHEA = 1e6  # steps
LONGEST_GESTURE = 1e4  # ms
LONGEST_SONG = 1e9  # ms


class DivergenceError(ArithmeticError):
    """Pressure and tension drove the syrinx beyond what its equations hold for."""


@_checks.brief
@dataclass(frozen=True)
class Syrinx:
    """Labia, trachea and upper vocal tract.

    gamma, length, reflection, glottis, compliance and radiation have values that are in use for
    this model. The heavier damping of the cavity and the lighter beak are ours: they make the voice
    more even from 1 to 7 kHz.

    Parameters
    ----------
    rate : float
        Samples a second, Hz.
    oversampling : int
        Steps of the integration a sample.
    gamma : float
        1/s, the rate of the labia.
    length : float
        Of the trachea, m.
    sound_speed : float
        In it, m/s.
    reflection : float
        Of the trachea's end.
    glottis : float
        Inertance of the glottis.
    beak : float
        Inertance of the beak.
    compliance : float
        Of the cavity between them.
    cavity_loss : float
        Of the same cavity.
    radiation : float
        The beak's resistance.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> from postdict.bird import Syrinx
    >>> round(1e3 * Syrinx().travel_time, 4)  # ms
    0.0729
    """

    rate: float = 20_000.0
    oversampling: int = 8
    gamma: float = 4e4
    length: float = 0.025
    sound_speed: float = 343.0
    reflection: float = 0.65
    glottis: float = 20.0
    beak: float = 500.0
    compliance: float = 1.43e-10
    cavity_loss: float = 1e5
    radiation: float = 5e6

    def __post_init__(self) -> None:
        _checks.set_numbers(self, ("rate",), "Hz", above=0.0)
        sizes = ("gamma", "length", "sound_speed", "glottis", "beak", "compliance")
        _checks.set_numbers(self, sizes, above=0.0)
        _checks.set_numbers(self, ("cavity_loss", "radiation"), at_least=0.0)
        _checks.set_numbers(self, ("reflection",), at_least=0.0, at_most=0.99)
        _checks.integer("oversampling", self.oversampling, at_least=1)
        if self.rate * self.oversampling > MOST_STEPS:
            raise ValueError(
                f"rate times oversampling must be at most {MOST_STEPS:g} Hz, "
                f"got {shown(self.rate)} Hz times {self.oversampling}"
            )
        if self.travel_time * self.rate * self.oversampling > LONGEST_TRACHEA:
            raise ValueError(
                f"the trachea must be at most {LONGEST_TRACHEA:g} steps long, got a length of "
                f"{shown(self.length)} m at {shown(self.sound_speed)} m/s"
            )
        if self.travel_time * self.rate * self.oversampling < 3.0:
            raise ValueError(
                "the trachea must be at least 3 steps long: oversampling must be at least "
                f"{3.0 / (self.travel_time * self.rate):.0f}, got {self.oversampling}"
            )

    @property
    def travel_time(self) -> float:
        """How long sound takes through the trachea, s."""
        return self.length / self.sound_speed


@_checks.brief
@dataclass(frozen=True, eq=False)
class Gestures:
    """What a spike of each motor neuron adds to the muscles; all values are our own.

    A gesture lasts `duration`. Tension rises within `ramp`, stays, and falls; pressure does so
    `lead` later and earlier, so that the tension stands while there is sound.

    Parameters
    ----------
    pressure : array (n,)
        What the muscles of the air sacs come to in a gesture that is alone; positive where it makes
        sound. It has no unit.
    tension : array (n,)
        The same of the muscles of the labia.
    pressure_at_rest : float
        Without any gesture.
    tension_at_rest : float
        Without any gesture.
    duration : float
        Of a gesture, ms.
    ramp : float
        Of its beginning and its end, ms.
    lead : float
        By how much the tension is ahead, ms.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.bird import Gestures
    >>> gestures = Gestures(pressure=np.full(4, 0.5), tension=np.linspace(0.2, 0.8, 4))
    >>> len(gestures)
    4
    """

    pressure: Floats
    tension: Floats
    pressure_at_rest: float = -0.1
    tension_at_rest: float = 0.15
    duration: float = 24.0
    ramp: float = 3.0
    lead: float = 3.0

    def __post_init__(self) -> None:
        for name in ("pressure", "tension"):
            value = _checks.finite_array(name, getattr(self, name), ndim=1).copy()
            value.flags.writeable = False
            object.__setattr__(self, name, value)
        if not self.pressure.size or self.pressure.shape != self.tension.shape:
            raise ValueError(
                "pressure and tension need one value a gesture, at least one, "
                f"got {self.pressure.size} and {self.tension.size}"
            )
        _checks.set_numbers(self, ("pressure_at_rest", "tension_at_rest"))
        _checks.set_numbers(self, ("duration",), "ms", above=0.0, at_most=LONGEST_GESTURE)
        _checks.set_numbers(self, ("ramp",), "ms", above=0.0)
        _checks.set_numbers(self, ("lead",), "ms", at_least=0.0)
        if self.duration < 2.0 * (self.ramp + self.lead):
            raise ValueError(
                "duration must be at least twice ramp and lead, "
                f"{shown(2 * (self.ramp + self.lead))} ms, got {shown(self.duration)} ms"
            )

    def __len__(self) -> int:
        """How many there are, one a motor neuron."""
        return int(self.pressure.size)

    def profiles(self, rate: float) -> tuple[Floats, Floats]:
        """Return the courses (n_samples,) of pressure and tension, between 0 and 1."""
        n, lead = round(1e-3 * self.duration * rate), round(1e-3 * self.lead * rate)
        pressure = np.zeros(n)
        pressure[lead : n - lead] = _flat_top(n - 2 * lead, 1e-3 * self.ramp * rate)
        return pressure, _flat_top(n, 1e-3 * self.ramp * rate)


def _flat_top(n: int, ramp: float) -> Floats:
    """Return a course that rises as sin² within `ramp` samples, stays at 1, and falls."""
    from_end = np.minimum(np.arange(n) + 0.5, n - np.arange(n) - 0.5)
    course: Floats = np.sin(0.5 * np.pi * np.minimum(from_end / ramp, 1.0)) ** 2
    return course


@_checks.brief
@dataclass(frozen=True, eq=False)
class Sung:
    """A song: sound (n_samples,), and pressure and tension (n_samples,) that made it."""

    sound: Floats
    pressure: Floats
    tension: Floats


@_checks.brief
@dataclass
class Voice:
    """A syrinx and its muscles, which go on from call to call.

    Parameters
    ----------
    gestures : Gestures
    syrinx : Syrinx

    Raises
    ------
    DivergenceError
        The syrinx diverges at rest: its steps are too long for it.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.bird import Gestures, Voice
    >>> voice = Voice(Gestures(pressure=np.array([0.5]), tension=np.array([0.4])))
    >>> sung = voice.go_on([0], [0], 800)  # a gesture that begins at once: 40 ms
    >>> sung.sound.shape
    (800,)
    """

    gestures: Gestures
    syrinx: Syrinx = field(default_factory=Syrinx)

    def __post_init__(self) -> None:
        syrinx, gestures = self.syrinx, self.gestures
        for name, given, kind in (("gestures", gestures, Gestures), ("syrinx", syrinx, Syrinx)):
            if not isinstance(given, kind):
                raise TypeError(f"{name} must be {kind.__name__}, got {type(given).__name__}")
        pressure, tension = gestures.profiles(syrinx.rate)
        self._core = _core.Voice(
            rate=syrinx.rate,
            oversampling=syrinx.oversampling,
            gamma=syrinx.gamma,
            travel_time=syrinx.travel_time,
            reflection=syrinx.reflection,
            glottis=syrinx.glottis,
            beak=syrinx.beak,
            compliance=syrinx.compliance,
            cavity_loss=syrinx.cavity_loss,
            radiation=syrinx.radiation,
            pressure_profile=pressure,
            tension_profile=tension,
            pressure=gestures.pressure - gestures.pressure_at_rest,
            tension=gestures.tension - gestures.tension_at_rest,
            pressure_at_rest=gestures.pressure_at_rest,
            tension_at_rest=gestures.tension_at_rest,
        )
        self._settling = round(1e-3 * SETTLING * syrinx.rate)
        try:
            self._core.sing(np.empty(0, np.int64), np.empty(0, np.int64), self._settling)
        except _core.DivergenceError:
            raise DivergenceError(
                "the syrinx diverges at rest, without any gesture, at pressure "
                f"{gestures.pressure_at_rest:.3g} and tension {gestures.tension_at_rest:.3g}: "
                "unless these are beyond song its steps are too long for it, oversampling must be "
                f"larger than {syrinx.oversampling}"
            ) from None

    def go_on(self, onsets: Integers, ids: Integers, n: int) -> Sung:
        """Return the next `n` samples; gestures of `ids` begin at the samples `onsets` of them.

        Raises
        ------
        ValueError
            An id has no gesture, or an onset is not among these samples.
        DivergenceError
            Within the step in which the labia leave what the equations hold for, or the sound
            grows without bound.
        """
        try:
            return Sung(*self._core.sing(onsets, ids, n))
        except ValueError:  # the core does not name what is wrong
            _checks.in_range("ids", np.asarray(ids), len(self.gestures))
            _checks.in_range("onsets", np.asarray(onsets), n)
            raise
        except _core.DivergenceError as error:
            sample, pressure, tension = error.args
            t = 1e3 * (sample - self._settling) / self.syrinx.rate
            raise DivergenceError(
                f"the syrinx diverges at t = {t:.2f} ms, at pressure {pressure:.3g} and tension "
                f"{tension:.3g}: gestures superpose to more than it can follow"
            ) from None

    def copy(self) -> Voice:
        """Return a voice that has sung the same, and from now on sings on its own."""
        other = object.__new__(Voice)
        other.__dict__.update(self.__dict__, _core=self._core.copy())
        return other

    def state(self) -> dict[str, Any]:
        """Return what the voice needs to go on from here."""
        return dict(self._core.state())

    def restore(self, state: dict[str, Any]) -> None:
        """Take up what `state` returned.

        Raises
        ------
        ValueError
            It is damaged.
        """
        self._core.restore(state)
