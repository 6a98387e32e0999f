"""A voice that is a source and a filter, and the muscles that many motor neurons share.

``cpp/voice/source_filter.hpp`` and ``cpp/voice/muscles.hpp`` have the equations. What a syrinx does
by physics, how the envelope of the harmonics depends on pressure and tract, is assumed here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .. import _checks, _core
from .._checks import shown
from .._types import Floats, Integers
from .voice import LONGEST_GESTURE

MUSCLES = ("log_pitch", "tone", "noise", "centre", "log_bandwidth")


@_checks.brief
@dataclass(frozen=True)
class SourceFilter:
    """Harmonics and noise through one resonance; all values are our own.

    Parameters
    ----------
    rate : float
        Samples a second, Hz.
    floor : float
        Of a harmonic's amplitude, far from the resonance; 1 at its centre.
    fade_from : float
        Hz, from which on harmonics fade out.
    fade_to : float
        Hz, where they are gone.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> from postdict.bird import SourceFilter
    >>> SourceFilter(fade_from=7000.0)
    SourceFilter(fade_from=7000.0)
    """

    rate: float = 20_000.0
    floor: float = 0.01
    fade_from: float = 8500.0
    fade_to: float = 9500.0

    def __post_init__(self) -> None:
        _checks.set_numbers(self, ("rate", "fade_from", "fade_to"), "Hz", above=0.0)
        _checks.set_numbers(self, ("floor",), at_least=0.0, at_most=1.0)
        if not self.fade_from < self.fade_to <= 0.5 * self.rate:
            raise ValueError(
                "fade_from < fade_to <= rate / 2 must hold, got "
                f"{shown(self.fade_from)}, {shown(self.fade_to)} and {shown(self.rate)} Hz"
            )


@_checks.brief
@dataclass(frozen=True, eq=False)
class Postures:
    """What a spike of each motor neuron asks of the muscles.

    The muscles stand at the mean of what the gestures under way ask for, each weighted by its
    course, a Hann window of `duration`; the sum of the courses, up to 1, opens the voice.

    Parameters
    ----------
    pitch : array (n,)
        Hz, of the harmonics.
    tone : array (n,)
        Level of the harmonics, dB.
    noise : array (n,)
        Level of the noise, dB.
    centre : array (n,)
        Of the resonance, Hz.
    bandwidth : array (n,)
        Of the resonance, Hz.
    duration : float
        ms.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.bird import Postures
    >>> n = np.ones(3)
    >>> postures = Postures(
    ...     pitch=np.array([400.0, 800.0, 1600.0]), tone=-10.0 * n, noise=-40.0 * n,
    ...     centre=2000.0 * n, bandwidth=800.0 * n,
    ... )
    >>> len(postures)
    3
    """

    pitch: Floats
    tone: Floats
    noise: Floats
    centre: Floats
    bandwidth: Floats
    duration: float = 8.0

    def __post_init__(self) -> None:
        shapes = set()
        for name in ("pitch", "tone", "noise", "centre", "bandwidth"):
            unit = "" if name in ("tone", "noise") else "Hz"
            value = _checks.vector(name, getattr(self, name), unit).copy()
            value.flags.writeable = False
            object.__setattr__(self, name, value)
            shapes.add(value.shape)
            if name in ("pitch", "centre", "bandwidth") and value.size and value.min() < 1.0:
                raise ValueError(f"{name} must be at least 1 Hz, got {shown(value.min())} Hz")
            if name in ("tone", "noise") and value.size and np.abs(value).max() > 200.0:
                raise ValueError(
                    f"{name} must be within 200 dB of 0, got "
                    f"{shown(value[np.abs(value).argmax()])} dB"
                )
        if len(shapes) != 1 or not self.pitch.size:
            raise ValueError("postures need one value a gesture for every muscle, at least one")
        _checks.set_numbers(self, ("duration",), "ms", above=0.0, at_most=LONGEST_GESTURE)

    def __len__(self) -> int:
        """How many gestures there are, one a motor neuron."""
        return int(self.pitch.size)

    def muscles(self) -> Floats:
        """Return what the core moves (n, 5), in the order of `MUSCLES`."""
        return np.stack(
            [np.log(self.pitch), self.tone, self.noise, self.centre, np.log(self.bandwidth)], axis=1
        )

    def course(self, rate: float) -> Floats:
        """Return the course (n_samples,) of a gesture, between 0 and 1."""
        n = max(1, round(1e-3 * self.duration * rate))
        return np.asarray(0.5 - 0.5 * np.cos(2.0 * np.pi * (np.arange(n) + 0.5) / n))


@_checks.brief
@dataclass(frozen=True, eq=False)
class Phonated:
    """A song: sound (n_samples,), postures (n_samples, 5) and gate (n_samples,) that made it."""

    sound: Floats
    muscles: Floats
    gate: Floats


@_checks.brief
@dataclass
class SourceFilterVoice:
    """A source, a filter and their muscles, which go on from call to call.

    Parameters
    ----------
    postures : Postures
    organ : SourceFilter
    seed : int
        Of the noise.

    Raises
    ------
    ValueError
        A resonance lies at or above half of the rate.

    Examples
    --------
    A tone of 500 Hz, held by a gesture every 4 ms:

    >>> import numpy as np
    >>> from postdict.bird import Postures, SourceFilterVoice
    >>> tone = Postures(*([value] for value in (500.0, 0.0, -50.0, 2000.0, 1800.0)))
    >>> onsets = np.arange(0, 2000, 80)
    >>> song = SourceFilterVoice(tone).go_on(onsets, np.zeros(25, np.int64), 2000)
    >>> song.sound.shape
    (2000,)
    """

    postures: Postures
    organ: SourceFilter = field(default_factory=SourceFilter)
    seed: int = 0

    def __post_init__(self) -> None:
        postures, organ = self.postures, self.organ
        for name, given, kind in (("postures", postures, Postures), ("organ", organ, SourceFilter)):
            if not isinstance(given, kind):
                raise TypeError(f"{name} must be {kind.__name__}, got {type(given).__name__}")
        _checks.integer("seed", self.seed, at_least=0)
        if postures.centre.max() >= 0.5 * organ.rate:
            raise ValueError(
                f"centre must be below half of the rate, {shown(0.5 * organ.rate)} Hz, "
                f"got {shown(postures.centre.max())} Hz"
            )
        muscles = postures.muscles()
        self._core = _core.SourceFilterVoice(
            rate=organ.rate,
            floor=organ.floor,
            fade_from=organ.fade_from,
            fade_to=organ.fade_to,
            course=postures.course(organ.rate),
            postures=muscles,
            at_first=muscles[0],
            seed=self.seed,
        )

    def go_on(self, onsets: Integers, ids: Integers, n: int) -> Phonated:
        """Return the next `n` samples; gestures of `ids` begin at the samples `onsets` of them.

        Raises
        ------
        ValueError
            An id has no gesture, or an onset is not among these samples.
        """
        try:
            return Phonated(*self._core.sing(onsets, ids, n))
        except ValueError:  # said again, in words that name what is wrong
            _checks.in_range("ids", np.asarray(ids), len(self.postures))
            _checks.in_range("onsets", np.asarray(onsets), n)
            raise

    def copy(self) -> SourceFilterVoice:
        """Return a voice that has sung the same, and from now on sings on its own."""
        other = object.__new__(SourceFilterVoice)
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
