"""Songs that no decoder has seen, clean and perturbed, and how well each decoder imitates them.

What the motor neurons fire when they hear a song is compared with the tutor's sequence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from typing import Any

import numpy as np

from .. import _checks
from .._types import Floats, Spikes
from ..analysis import (
    Imitation,
    perturb,
    poisson_sequence,
    population_distance,
    score_imitation,
    van_rossum,
    victor_purpura,
)
from ..neurons import LIF
from ..world.stepped import AnyWorld, as_world
from .circuit import LoopParameters
from .imitation import hear, imitate

GAINS = np.geomspace(0.5, 4.0, 16)  # in units of 1/c; every inverse has its best well inside
V_MINS = (None, -1.0, 0.0)  # mV from rest
TOLERANCE = 5.0  # ms
DISTANCE_TAU = 10.0  # ms, of the van Rossum kernel
DISTANCE_COST = 0.1  # 1/ms, of a shift in the Victor-Purpura distance


@_checks.brief
@dataclass(frozen=True, eq=False)
class Song:
    """A tutor's motor sequence and what the sensors make of it, clean and noisy.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.loop import ImitationTest, LoopParameters
    >>> parameters = LoopParameters()
    >>> test = ImitationTest(np.eye(6, 3) * 2.0, parameters, rates=[2.0], duration=1000.0)
    >>> times, ids = test.songs[2.0].tutor
    >>> len(times), np.unique(ids)
    (7, array([0, 1, 2]))
    """

    tutor: Spikes
    clean: Spikes
    noisy: Spikes


@_checks.brief
@dataclass(frozen=True, eq=False)
class ImitationDecoder:
    """Weights (n_motor, n_sensor), gain included, and the lower bound of V, to imitate with.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.loop import ImitationDecoder
    >>> decoder = ImitationDecoder(np.eye(3, 6), gain=1.0, v_min=0.0)
    >>> decoder.scaled(2.0).gain
    2.0
    """

    weights: Floats
    gain: float  # in units of 1/c
    v_min: float | None
    practice_f1: float = 0.0  # mean of clean and noisy, on the song that chose gain and v_min
    excitation: float = 0.0  # mV, gain included; matters where the inhibition lags
    latency: float | None = (
        None  # ms beyond the loop delay at which answers come; None: the world's mean lag
    )

    def scaled(self, factor: float) -> ImitationDecoder:
        """Return the decoder with its gain multiplied by a factor."""
        return replace(
            self,
            weights=factor * self.weights,
            gain=float(factor * self.gain),
            excitation=factor * self.excitation,
        )


def best_match(
    tutor: Spikes,
    answer: Spikes,
    latencies: Iterable[float],
    *,
    delay: float,
    tolerances: Sequence[float],
) -> tuple[float, float]:
    """Return the best F1 of an answer, and by how much later than expected it comes there.

    Parameters
    ----------
    tutor : (times, ids)
        What was to be imitated, ms.
    answer : (times, ids)
        What was answered, ms.
    latencies : iterable of float
        ms beyond `delay`, that are tried; of equals the latest is returned.
    delay : float
        ms, that is expected at least.
    tolerances : sequence of float
        ms; F1 is the sum over them.
    """
    return max(
        (
            sum(
                score_imitation(*tutor, *answer, delay=delay + latency, tolerance=tolerance).f1
                for tolerance in tolerances
            ),
            float(latency),
        )
        for latency in latencies
    )


class ImitationTest:
    """Unseen tutor songs at several rates, the same for every decoder that is tested.

    Parameters
    ----------
    world : array (n_sensor, n_motor), LinearWorld, SteppedWorld or World
    parameters : LoopParameters
    rates : sequence of float
        Of the tutor songs, Hz per motor neuron. They are Poisson with a dead time of 30 ms.
    duration : float
        Of each song, ms.
    jitter : float
        Of the noisy version: sd of each sensor spike's shift, ms.
    background_rate : float
        Random spikes a sensor, Hz.
    deletion : float
        Probability that a spike is lost.
    tolerance : float
        ms. A motor spike is right if it follows the tutor's by the loop delay and the world's mean
        lag, within this.
    seed : int
        Of the songs and of the noise.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.loop import ImitationTest, LoopParameters
    >>> parameters = LoopParameters()
    >>> test = ImitationTest(np.eye(6, 3) * 2.0, parameters, rates=[2.0], duration=5000.0)
    >>> decoder = test.choose(np.eye(3, 6), 1.0)
    >>> sorted(test.measure(decoder))[:3]
    ['gain', 'imitation_f1', 'imitation_f1_noisy']
    """

    def __init__(
        self,
        world: AnyWorld,
        parameters: LoopParameters,
        *,
        rates: Sequence[float] = (1.0, 4.0, 8.0),
        duration: float = 1e5,
        jitter: float = 2.0,
        background_rate: float = 2.0,
        deletion: float = 0.0,
        tolerance: float = TOLERANCE,
        seed: int = 0,
    ) -> None:
        self.parameters = parameters
        joined = as_world(world)
        duration = _checks.number("duration", duration, "ms", above=0.0)
        rates = [_checks.number("rates", rate, "Hz", above=0.0) for rate in rates]
        self.mean_lag = joined.mean_lag
        self.tolerance = _checks.number("tolerance", tolerance, "ms", at_least=0.0)
        self.duration = duration
        self.seed = seed
        self.n_sensor, n_motor = joined.shape
        rng = np.random.default_rng([seed, 0x50465])

        def song(rate: float) -> Song:
            tutor = poisson_sequence(n_motor, rate, duration, rng=rng)
            clean = hear(joined, parameters, tutor, duration=duration)
            noise = {
                "jitter": jitter,
                "background_rate": background_rate,
                "deletion": deletion,
            }
            noisy = perturb(*clean, n=self.n_sensor, duration=duration, rng=rng, **noise)
            return Song(tutor, clean, noisy)

        self.practice = song(4.0)
        self.songs = {rate: song(rate) for rate in rates}

    def __repr__(self) -> str:
        rates = ", ".join(f"{rate:g}" for rate in self.songs)
        return f"ImitationTest(songs of {_checks.shown(self.duration)} ms at {rates} Hz)"

    def noisy(
        self,
        rate: float,
        *,
        jitter: float = 0.0,
        background_rate: float = 0.0,
        deletion: float = 0.0,
    ) -> Spikes:
        """Return the song of one of the rates as it is heard with other noise.

        Every kind and strength of noise is drawn from the same random numbers.
        """
        return perturb(
            *self.songs[rate].clean,
            n=self.n_sensor,
            duration=self.duration,
            jitter=jitter,
            background_rate=background_rate,
            deletion=deletion,
            rng=np.random.default_rng([self.seed, 0x401CE]),
        )

    @property
    def delay(self) -> float:
        """By how much an answer is expected after the tutor, ms."""
        return self.parameters.delay + self.mean_lag

    def imitated(self, decoder: ImitationDecoder, heard: Spikes) -> Spikes:
        """Return the motor spikes with which a decoder answers."""
        return imitate(
            decoder.weights,
            self.parameters,
            heard,
            v_min=decoder.v_min,
            duration=self.duration,
            excitation=decoder.excitation,
        )

    def score(self, decoder: ImitationDecoder, tutor: Spikes, heard: Spikes) -> Imitation:
        """Return how well a decoder's answer matches the tutor, shifted by the expected delay."""
        return self._score(decoder, tutor, self.imitated(decoder, heard))

    def _score(self, decoder: ImitationDecoder, tutor: Spikes, answer: Spikes) -> Imitation:
        latency = self.mean_lag if decoder.latency is None else decoder.latency
        delay = self.parameters.delay + latency
        return score_imitation(*tutor, *answer, delay=delay, tolerance=self.tolerance)

    def decoder(
        self, weights: Floats, scale: float, gain: float, v_min: float | None
    ) -> ImitationDecoder:
        """Return weights (n_motor, n_sensor) of scale c (mV) with a gain in units of 1/c."""
        excitation = gain / scale * self.parameters.excitation
        return ImitationDecoder(gain / scale * weights, float(gain), v_min, excitation=excitation)

    def best(
        self, decoders: Iterable[ImitationDecoder], latencies: Sequence[float] | None = None
    ) -> ImitationDecoder:
        """Return the first of the decoders that imitate the practice song best.

        Clean and noisy count alike. Each answers at one of the `latencies` (ms beyond the loop
        delay; the world's mean lag if none are given): that which suits the clean song best.
        """
        song = self.practice
        tried = []
        for decoder in decoders:
            clean, noisy = (self.imitated(decoder, heard) for heard in (song.clean, song.noisy))
            f1, latency = best_match(
                song.tutor,
                clean,
                [self.mean_lag] if latencies is None else latencies,
                delay=self.parameters.delay,
                tolerances=[self.tolerance],
            )
            placed = replace(decoder, latency=latency)
            f1 += self._score(placed, song.tutor, noisy).f1
            tried.append(replace(placed, practice_f1=0.5 * f1))
        return max(tried, key=lambda decoder: decoder.practice_f1)

    def v_mins(self, values: Sequence[float | None] = V_MINS) -> tuple[float | None, ...]:
        """Return which of the lower bounds of V (mV) the motor neurons can have."""
        return tuple(values) if isinstance(self.parameters.motor, LIF) else (None,)

    def choose(self, weights: Floats, scale: float) -> ImitationDecoder:
        """Return the gain and v_min that imitate the practice song best, clean and noisy alike.

        Parameters
        ----------
        weights : array (n_motor, n_sensor)
        scale : float
            c of these weights, as `analysis.specific_gain(weights, response)` gives it: gains are
            in units of 1/c.
        """
        return self.best(
            self.decoder(weights, scale, gain, v_min)
            for gain, v_min in product(GAINS, self.v_mins())
        )

    def refine(self, decoder: ImitationDecoder) -> ImitationDecoder:
        """Return a decoder with its gain found more finely than on the grid of `choose`.

        The gain moves by a half, a quarter and an eighth of the grid's step, on its logarithm,
        where that imitates the practice song better.
        """
        for step in (GAINS[1] / GAINS[0]) ** np.array([0.5, 0.25, 0.125]):
            moved = self.best(decoder.scaled(factor) for factor in (step, 1.0 / step))
            decoder = max(decoder, moved, key=lambda decoder: decoder.practice_f1)
        return decoder

    def judge(self, decoder: ImitationDecoder, tutor: Spikes, heard: Spikes) -> dict[str, float]:
        """Return F1, precision and recall of an answer, and its distances from the tutor.

        Distances are in units of those of a network that says nothing.
        """
        answer = self.imitated(decoder, heard)
        score = self._score(decoder, tutor, answer)
        return {
            "f1": score.f1,
            "precision": score.precision,
            "recall": score.recall,
            **self._distances(tutor, answer, len(decoder.weights)),
        }

    def measure(self, decoder: ImitationDecoder) -> dict[str, Any]:
        """Return F1, clean and noisy, by rate, and the rest of the metrics at 4 Hz."""
        clean = {f"{r:g}": self.score(decoder, s.tutor, s.clean) for r, s in self.songs.items()}
        noisy = {f"{r:g}": self.score(decoder, s.tutor, s.noisy) for r, s in self.songs.items()}
        practice = self.judge(decoder, self.practice.tutor, self.practice.clean)
        del practice["f1"]
        return {
            "gain": decoder.gain,
            "practice_f1": decoder.practice_f1,
            "imitation_f1": {rate: score.f1 for rate, score in clean.items()},
            "imitation_f1_noisy": {rate: score.f1 for rate, score in noisy.items()},
            **practice,
        }

    def _distances(self, tutor: Spikes, answer: Spikes, n: int) -> dict[str, float]:
        expected = (tutor[0] + self.delay, tutor[1])
        silence = (np.empty(0), np.empty(0, np.int64))
        result = {}
        for name, distance in (
            ("van_rossum", partial(van_rossum, tau=DISTANCE_TAU)),
            ("victor_purpura", partial(victor_purpura, cost=DISTANCE_COST)),
        ):
            d, d_silent = (
                population_distance(distance, *expected, *other, n=n) for other in (answer, silence)
            )
            result[name] = d / d_silent
        return result
