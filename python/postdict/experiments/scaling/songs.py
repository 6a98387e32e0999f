"""The songs of `scaling`: how well weights imitate them, at any moment of learning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from ..._types import Floats
from ...analysis import inverse_quality, uniform_inhibition
from ...loop.audibility import audible
from ...loop.unseen_songs import ImitationDecoder, ImitationTest
from ...neurons import LIF
from ...world.linear import LinearWorld
from .config import Config

GAINS = np.geomspace(0.8, 3.2, 6)  # in units of 1/c
V_MINS = (None, 0.0)  # mV from rest
RATES = (1.0, 4.0)  # Hz, of the unseen songs
LOOKED_AT = 200  # tutor spikes of each song, of which it is asked whether they are audible


@dataclass(frozen=True)
class ChosenDecoder:
    """A decoder, and what else the practice song chose."""

    decoder: ImitationDecoder
    specific: bool  # whether the uniform part was taken out of W


class Songs:
    """Songs through one world, imitated by weights at any moment of learning.

    Parameters
    ----------
    world : LinearWorld
    config : Config
    response : array (n_sensor, n_motor)
        G of this world.
    seed : int
        Of the songs.
    """

    def __init__(self, world: LinearWorld, config: Config, response: Floats, seed: int) -> None:
        self._world, self._parameters = world, config.parameters()
        parameters = self._parameters
        self._unit = config.weight_unit
        self._response = response
        self._test = ImitationTest(
            world,
            parameters,
            rates=RATES,
            duration=config.song_duration,
            tolerance=config.tolerance,
            seed=seed,
        )
        motor = parameters.motor
        rise = 0.0 if isinstance(motor, LIF) else 2.0 * float(np.max(motor.tau_syn_e))
        span = world.latest - world.earliest + rise
        latencies = world.earliest + np.arange(0.0, span + 1e-9, 0.5 * config.tolerance)
        self._latencies: list[float] = latencies.tolist()

    def choose(self, weights: Floats) -> ChosenDecoder:
        """Return the decoder with these weights that imitates the practice song best."""
        kinds = list(product(self._test.v_mins(V_MINS), GAINS))
        both = [
            self._best(weights, kinds, self._latencies, specific=specific)
            for specific in (False, True)
        ]
        return max(both, key=lambda chosen: chosen.decoder.practice_f1)

    def again(self, weights: Floats, like: ChosenDecoder) -> ChosenDecoder:
        """Return the same decoder with other weights, at the same gain or one that is near."""
        decoder = like.decoder
        assert decoder.latency is not None
        kinds = [(decoder.v_min, decoder.gain * factor) for factor in (1.0, 1.5, 1.0 / 1.5)]
        return self._best(weights, kinds, [decoder.latency], specific=like.specific)

    def f1(self, chosen: ChosenDecoder, rate: float, *, noisy: bool = False) -> float:
        """Return F1 of the unseen song at one of the `RATES`."""
        song = self._test.songs[rate]
        heard = song.noisy if noisy else song.clean
        return self._test.score(chosen.decoder, song.tutor, heard).f1

    def audible(self, rate: float) -> float:
        """Return the share of an unseen song's spikes that sensors say anything about."""
        tutor = self._test.songs[rate].tutor
        return float(audible(self._world, self._parameters, tutor, most=LOOKED_AT).mean())

    def _best(
        self,
        weights: Floats,
        kinds: list[tuple[float | None, float]],
        latencies: Sequence[float],
        *,
        specific: bool,
    ) -> ChosenDecoder:
        scale = (inverse_quality(weights, self._response).scale or 1.0) / self._unit
        if specific:
            weights = weights + uniform_inhibition(weights, self._response)
        decoders = (self._test.decoder(weights, scale, gain, v_min) for v_min, gain in kinds)
        return ChosenDecoder(self._test.best(decoders, latencies), specific)
