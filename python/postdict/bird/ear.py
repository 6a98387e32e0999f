"""An ear: gammatone filters, compression and competition of channels, and what drives sensors.

``cpp/voice/ear.hpp`` has the equations. The ear is causal and works on streams.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks, _core
from .._checks import shown
from .._types import Floats

BLOCK = 1.0  # ms, from one answer to the next
HIGHEST_RATE = 1e6  # Hz
FAINTEST_REFERENCE = 1e-90


@_checks.brief
@dataclass(frozen=True)
class Hearing:
    """What an ear is made of; all values are our own.

    Each channel has a sustained and an onset output, and each output drives one sensor for each of
    `thresholds`, by gain * max(0, output - threshold).

    Parameters
    ----------
    rate : float
        Samples a second, Hz.
    n_channels : int
    lowest : float
        Lowest centre frequency, Hz.
    highest : float
        Highest centre frequency, Hz; in between they are equally spaced in units of ERB.
    reference : float
        The mean power at which a channel's level is 1.
    exponent : float
        Of the compression: the level is (power / reference)**exponent.
    competition : float
        A channel loses so many times the mean level of itself and of its neighbours.
    neighbours : int
        How many channels on either side are its neighbours.
    adaptation : float
        ms; onset outputs compare with a mean over this time.
    thresholds : tuple of float
    gain : float
        mV.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> from postdict.bird import Hearing
    >>> hearing = Hearing(n_channels=8)
    >>> hearing.centres().round()
    array([ 500.,  798., 1218., 1809., 2642., 3816., 5470., 7800.])
    >>> hearing.n_sensor
    32
    """

    rate: float = 20_000.0
    n_channels: int = 48
    lowest: float = 500.0
    highest: float = 7800.0
    reference: float = 1.2e-5
    exponent: float = 0.12
    competition: float = 0.8
    neighbours: int = 4
    adaptation: float = 20.0
    thresholds: tuple[float, ...] = (0.05, 0.2)
    gain: float = 6.0

    def __post_init__(self) -> None:
        _checks.integer("n_channels", self.n_channels, at_least=1)
        _checks.integer("neighbours", self.neighbours, at_least=0)
        _checks.set_numbers(self, ("lowest", "highest"), "Hz", above=0.0)
        _checks.set_numbers(self, ("adaptation",), "ms", above=0.0)
        _checks.set_numbers(self, ("gain",), "mV", above=0.0)
        _checks.set_numbers(self, ("rate",), "Hz", above=0.0, at_most=HIGHEST_RATE)
        # Within these bounds no sound, however loud, overflows.
        _checks.set_numbers(self, ("exponent",), above=0.0, at_most=1.0)
        _checks.set_numbers(self, ("reference",), at_least=FAINTEST_REFERENCE)
        _checks.set_numbers(self, ("competition",), at_least=0.0)
        if not self.lowest <= self.highest < 0.5 * self.rate:
            raise ValueError(
                "lowest <= highest < rate / 2 must hold, got "
                f"{shown(self.lowest)}, {shown(self.highest)} and {shown(self.rate)} Hz"
            )
        thresholds = _checks.finite_array("thresholds", self.thresholds, ndim=1)
        if not thresholds.size:
            raise ValueError("thresholds must name at least one, got none")
        object.__setattr__(self, "thresholds", tuple(thresholds.tolist()))
        per_block = 1e-3 * BLOCK * self.rate
        if per_block != round(per_block):
            raise ValueError(f"rate must be a multiple of 1000 Hz, got {shown(self.rate)} Hz")

    @property
    def n_sensor(self) -> int:
        """How many sensors it drives: by threshold, then sustained and onset, then channel."""
        return 2 * self.n_channels * len(self.thresholds)

    @property
    def block(self) -> int:
        """Samples from one answer to the next."""
        return round(1e-3 * BLOCK * self.rate)

    def centres(self) -> Floats:
        """Return the channels' centre frequencies (n_channels,), Hz."""
        low, high = (21.4 * np.log10(1.0 + 4.37e-3 * f) for f in (self.lowest, self.highest))
        steps = np.linspace(low, high, self.n_channels)
        return np.asarray((10.0 ** (steps / 21.4) - 1.0) / 4.37e-3)

    def latencies(self) -> Floats:
        """Return how long after a click each channel answers most (n_channels,), ms.

        That of the filter, 3/(2 pi b), and half a block on average until the block ends.
        """
        bandwidth = 1.019 * 24.7 * (1.0 + 4.37e-3 * self.centres())
        return np.asarray(3e3 / (2.0 * np.pi * bandwidth) + 0.5 * BLOCK)


@_checks.brief
@dataclass
class Ear:
    """Hears sound piece by piece.

    Raises
    ------
    TypeError
        `hearing` is none.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.bird import Ear, Hearing
    >>> ear = Ear(Hearing(n_channels=8))
    >>> tone = np.sin(2 * np.pi * 2000.0 * np.arange(0.0, 0.1, 5e-5))  # 100 ms
    >>> ear.drive(tone).shape
    (100, 32)
    """

    hearing: Hearing = field(default_factory=Hearing)

    def __post_init__(self) -> None:
        hearing = self.hearing
        if not isinstance(hearing, Hearing):
            raise TypeError(f"hearing must be Hearing, got {type(hearing).__name__}")
        self._core = _core.Ear(
            rate=hearing.rate,
            centres=hearing.centres(),
            block=hearing.block,
            reference=hearing.reference,
            exponent=hearing.exponent,
            competition=hearing.competition,
            neighbours=min(hearing.neighbours, hearing.n_channels),
            adaptation=1e-3 * hearing.adaptation,
        )
        self._thresholds = np.repeat(np.array(hearing.thresholds), 2 * hearing.n_channels)
        self._tiles = len(hearing.thresholds)

    def levels(self, sound: ArrayLike) -> Floats:
        """Return (n_blocks, 2 n_channels) for the blocks that end: sustained, then onset.

        Raises
        ------
        ValueError, TypeError
            `sound` is not finite or has not one dimension; then none of it was heard.
        """
        levels: Floats = self._core.hear(_checks.finite_array("sound", sound, ndim=1))
        return levels

    def drive(self, sound: ArrayLike) -> Floats:
        """Return what the sensors get, mV (n_blocks, n_sensor), for the blocks that end."""
        levels = np.concatenate([self.levels(sound)] * self._tiles, axis=1)
        return np.asarray(self.hearing.gain * np.maximum(levels - self._thresholds, 0.0))

    def copy(self) -> Ear:
        """Return an ear that has heard the same, and from now on hears on its own."""
        other = object.__new__(Ear)
        other.__dict__.update(self.__dict__, _core=self._core.copy())
        return other

    def state(self) -> dict[str, Any]:
        """Return what the ear needs to go on from here."""
        return dict(self._core.state())

    def restore(self, state: dict[str, Any]) -> None:
        """Take up what `state` returned.

        Raises
        ------
        ValueError
            It is damaged.
        """
        self._core.restore(state)
