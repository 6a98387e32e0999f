"""A repertoire: gestures of one voice that its own ear can tell apart."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from .. import _checks
from .._types import Floats
from .ear import Ear, Hearing
from .voice import Gestures, Syrinx, Voice

# A grid over the region of phonation, and a finer one along the border at which labia begin to
# oscillate slowly: there notes have many harmonics.
PRESSURES = (0.03, 0.05, 0.07, 0.09, 0.11, 0.13, 0.15, 0.17, 0.2, 0.25, 0.3)
TENSIONS = (*np.arange(-0.1, 0.295, 0.01), *np.arange(0.3, 1.275, 0.05))
BORDER_PRESSURES = tuple(np.arange(0.1, 0.1525, 0.005))
BORDER_TENSIONS = tuple(np.arange(-0.02, 0.09875, 0.0025))
RHEOBASE = 1.0  # mV, the sensors' threshold
FAINTEST = 60.0  # mV ms of drive, over all sensors, below which a gesture is not heard
WEAK = 0.5  # of the strongest footprint; footprints that are weaker count for less


def footprints(gestures: Gestures, hearing: Hearing, syrinx: Syrinx) -> Floats:
    """Return how far each gesture, sung alone, drives the sensors (n_gestures, n_sensor), mV ms.

    What counts is the drive above `RHEOBASE`, which makes sensors fire.
    """
    n = round(1e-3 * (gestures.duration + 46.0) * syrinx.rate)
    voice = Voice(gestures, syrinx)
    onset = np.zeros(1, np.int64)
    sounds = (voice.go_on(onset, np.array([k]), n).sound for k in range(len(gestures)))
    drives = (Ear(hearing).drive(sound) for sound in sounds)
    return np.array([np.maximum(drive - RHEOBASE, 0.0).sum(axis=0) for drive in drives])


@lru_cache(maxsize=8)
def distinct_gestures(n: int, hearing: Hearing, syrinx: Syrinx) -> Gestures:
    """Return `n` gestures with footprints as different as can be, by their centre of frequency.

    From a grid over pressure and tension, each in turn is that whose footprint, scaled to one,
    leaves most after projection onto those chosen before.

    Raises
    ------
    ValueError
        The ear cannot tell so many apart.
    """
    n = _checks.integer("n", n, at_least=1)
    grid = [(p, k) for p in PRESSURES for k in TENSIONS]
    grid += [(p, k) for p in BORDER_PRESSURES for k in BORDER_TENSIONS]
    pressure, tension = np.array(grid).T
    heard = footprints(Gestures(pressure, tension), hearing, syrinx)
    heard[heard.sum(axis=1) < FAINTEST] = 0.0
    size = np.linalg.norm(heard, axis=1)
    left = heard / np.maximum(size, WEAK * size.max() or 1.0)[:, None]
    chosen: list[int] = []
    for _ in range(n):
        rest = np.linalg.norm(left, axis=1)
        best = int(np.argmax(rest))
        if rest[best] < 1e-6:
            raise ValueError(f"the ear tells {len(chosen)} gestures apart, not {n}")
        chosen.append(best)
        direction = left[best] / rest[best]
        left = left - np.outer(left @ direction, direction)
    sustained = heard[chosen][:, : hearing.n_channels] + 1e-12
    centre = sustained @ np.arange(hearing.n_channels) / sustained.sum(axis=1)
    order = np.array(chosen)[np.argsort(centre, kind="stable")]
    return Gestures(pressure[order], tension[order])
