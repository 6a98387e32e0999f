"""Worlds that sound: one in which motor neurons sing and are heard, one with a given sound."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .._checks import shown
from .._types import Floats, Integers, Spikes
from .ear import BLOCK, Ear, Hearing
from .voices import AnyGestures, AnyOrgan, open_voice


class VoiceWorld:
    """A world with a voice and an ear: motor spikes, gestures, sound, drive of the sensors.

    It needs the readout "spikes". A gesture begins with its spike, to the sample; what is heard
    in a millisecond drives the sensors in the next.

    Parameters
    ----------
    gestures : Gestures or Postures
    hearing : Hearing
    organ : Syrinx or SourceFilter
        A syrinx sings gestures, a source and a filter sing postures.

    Raises
    ------
    ValueError
        Voice and ear do not have one rate.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.bird import Gestures, Hearing, Syrinx, VoiceWorld
    >>> gestures = Gestures(pressure=np.array([0.5]), tension=np.array([0.4]))
    >>> world = VoiceWorld(gestures, Hearing(n_channels=8), Syrinx())
    >>> world.step((np.array([0.2]), np.array([0]))).shape
    (32,)
    >>> world
    VoiceWorld(1 gestures, 32 sensors, Syrinx, at 1 ms)
    """

    interval = BLOCK

    def __init__(self, gestures: AnyGestures, hearing: Hearing, organ: AnyOrgan) -> None:
        if hearing.rate != organ.rate:
            raise ValueError(
                f"voice and ear need one rate, got {shown(organ.rate)} and {shown(hearing.rate)} Hz"
            )
        self._parts = (gestures, hearing, organ)
        self.reset(0)

    def reset(self, seed: int) -> None:
        """Begin anew; what is random is the noise of a voice that has one."""
        gestures, hearing, organ = self._parts
        self._now = (open_voice(gestures, organ, seed=seed % 2**63), Ear(hearing), 0)

    def step(self, motor: Spikes) -> Floats:
        """Sing the spikes of the last millisecond, and return the drive (n_sensor,), mV.

        A step that fails, by divergence or Ctrl-C, leaves the world as it was.

        Raises
        ------
        TypeError
            What it is given are no spikes.
        DivergenceError
            The syrinx diverges.
        """
        if not isinstance(motor, tuple):
            raise TypeError("VoiceWorld needs the readout 'spikes', got an array")
        voice, ear, n = self._now[0].copy(), self._now[1].copy(), self._now[2]
        times, ids = motor
        block = self._parts[1].block
        onsets = ((times - n) * block).astype(np.int64)
        # Rounding may put a spike just outside of its own step.
        onsets = np.minimum(np.maximum(onsets, 0), block - 1)
        drive: Floats = ear.drive(voice.go_on(onsets, ids, block).sound)[0]
        self._now = (
            voice,
            ear,
            n + 1,
        )  # last and at once, so that a step that fails has changed nothing
        return drive

    def state(self) -> dict[str, Any]:
        """Return what voice and ear need to go on."""
        voice, ear, n = self._now
        return {"n": n, "voice": voice.state(), "ear": ear.state()}

    def restore(self, state: dict[str, Any]) -> None:
        """Take up what `state` returned.

        Raises
        ------
        ValueError
            It is damaged; then nothing changes.
        """
        voice, ear = self._now[0].copy(), self._now[1].copy()
        voice.restore(state["voice"])
        ear.restore(state["ear"])
        self._now = (voice, ear, int(state["n"]))

    def __repr__(self) -> str:
        gestures, hearing, organ = self._parts
        n = f"{len(gestures)} {type(gestures).__name__.lower()}, {hearing.n_sensor} sensors"
        return f"VoiceWorld({n}, {type(organ).__name__}, at {self._now[2] * BLOCK:g} ms)"


class SoundWorld:
    """A world in which a given sound is heard, whatever the motor neurons do.

    Parameters
    ----------
    drives : iterator of arrays (n_blocks, n_sensor)
        mV, one row a millisecond, in pieces of any length; silence follows.
    n_sensor : int

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.bird import SoundWorld
    >>> world = SoundWorld(iter([np.ones((2, 3))]), n_sensor=3)
    >>> [float(world.step(None)[0]) for _ in range(3)]  # silence follows
    [1.0, 1.0, 0.0]
    """

    interval = BLOCK

    def __init__(self, drives: Iterator[Floats], n_sensor: int) -> None:
        self._rows = (row for piece in drives for row in piece)
        self._silence = np.zeros(n_sensor)

    def reset(self, seed: int) -> None:
        """Nothing here is random, and a stream cannot be wound back."""

    def step(self, motor: Integers) -> Floats:  # noqa: ARG002
        """Return the next row."""
        return next(self._rows, self._silence)

    def __repr__(self) -> str:
        return f"SoundWorld({len(self._silence)} sensors)"
