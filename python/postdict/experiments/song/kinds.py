"""The two birds of `song`: what they sing with, how they babble, and how they answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...bird import (
    Hearing,
    LoudnessReflex,
    Recall,
    SourceFilter,
    Syrinx,
    distinct_gestures,
    posture_grid,
)
from ...bird.voices import AnyGestures, AnyOrgan

SPIKES_A_GESTURE = 205  # of all sensors, about the median over the repertoire


@dataclass(frozen=True)
class Kind:
    """What a setting that is not given means for one kind of bird; all values are our own.

    Parameters
    ----------
    organ : Syrinx or SourceFilter
    hearing : Hearing
    gestures : callable
        Returns as many as asked for, or the usual number.
    exploration_rate : float
        Hz.
    eta : float
        mV.
    duration : float
        Of the babbling, ms.
    cooling : tuple of (float, float)
        From which share of the babbling on the learning rate is multiplied with what.
    recall : Recall
        For songs from files.
    own_recall : Recall
        For songs of the own voice, which pause between gestures.
    gains : tuple of float
        In units of 1/c: where there are several, an own song chooses, for each decoder.
    delays : tuple of float
        ms; likewise.
    reflex : LoudnessReflex or None
    ridge : float
        Lambda of the ridge inverse, in units of the response's mean s^2.
    """

    organ: AnyOrgan
    hearing: Hearing
    gestures: Callable[[int | None], AnyGestures]
    exploration_rate: float
    eta: float
    duration: float
    cooling: tuple[tuple[float, float], ...]
    recall: Recall
    own_recall: Recall
    gains: tuple[float, ...]
    delays: tuple[float, ...]
    reflex: LoudnessReflex | None
    ridge: float


# Gain, push, delay and reflex were chosen on five songs, the push for own songs on one:
# see docs/song.md.
SOURCE_FILTER = Kind(
    organ=SourceFilter(),
    hearing=Hearing(
        n_channels=64,
        thresholds=(0.05, 0.25),
        gain=20.0,
        exponent=0.2,
        competition=0.7,
        reference=0.049,
    ),
    gestures=posture_grid,
    exploration_rate=17.0,
    eta=1e-4,
    duration=2.8e6,
    cooling=((3 / 7, 0.4), (5 / 7, 0.15)),
    recall=Recall(tau=10.0, resets=(0.1, 1.0, 2.0), parts=3, push=0.5 / SPIKES_A_GESTURE),
    own_recall=Recall(tau=10.0, resets=(0.1, 1.0, 2.0), parts=3, push=0.2 / SPIKES_A_GESTURE),
    gains=(2.5,),
    delays=(8.5,),
    reflex=LoudnessReflex(),
    ridge=1.0,
)
SYRINX = Kind(
    organ=Syrinx(),
    hearing=Hearing(),
    gestures=lambda n: distinct_gestures(24 if n is None else n, Hearing(), Syrinx()),
    exploration_rate=20.0,
    eta=1e-3,
    duration=1e6,
    cooling=(),
    recall=Recall(),
    own_recall=Recall(),
    gains=tuple(np.geomspace(0.7, 14.0, 14).tolist()),
    delays=tuple(np.arange(4.0, 25.0, 2.0).tolist()),
    reflex=None,
    ridge=0.05,
)
KINDS = {"source-filter": SOURCE_FILTER, "syrinx": SYRINX}
