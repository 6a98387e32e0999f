"""What one seed of `mirror-offset` finds: learning, singing, listening and imitating."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ..._types import Arrays, Floats
from ...analysis import score_imitation
from ...lab.results import Nested
from ...lab.stages import Stage
from ...loop.circuit import LoopParameters
from ...loop.exploration import explore
from ...loop.learning import shuffled
from ...loop.unseen_songs import TOLERANCE, ImitationTest
from ...plasticity import AntisymmetricSTDP
from ...world.linear import LinearWorld
from .config import CODES, Config
from .covariances import cross_covariances, peak_lags, smoothed
from .rate_model import (
    STEP,
    covariance_in_steps,
    imitation_in_steps,
    learn_in_steps,
    sing_in_steps,
)
from .singing import Code, LoopSong, learn_by_singing, listen, sing_in_loop

LAG_MARGIN = 10.0  # ms, of the cross-covariance beyond the longest loop delay
RATE = 4.0  # Hz, of the songs that the rate model imitates
REPEATS = 10  # of the motif on either side that a window can reach
FIRST_MOTIFS = 50  # over which the first drift of the weights is taken


@dataclass(frozen=True)
class Heard:
    """What one seed found: metrics, arrays, and offsets (n_motor,) by loop delay and code, ms."""

    metrics: Nested
    arrays: Arrays
    offsets: dict[tuple[float, str], Floats]


def run_trial(config: Config, world: LinearWorld, seed: int, stage: Stage) -> Heard:
    """Return what one seed finds at every loop delay with every code."""
    bird = _Bird(config, world, seed, stage)
    codes = config.codes(seed)
    found = Heard({}, {"world": world.matrix, "response": bird.response}, {})
    found.arrays["onsets"] = codes["random"].onsets
    for delay in config.delays:
        at_delay = _BirdAtDelay(bird, delay)
        metrics = found.metrics.setdefault("over_delay", {})[f"{delay:g}"] = {}
        for name, code in codes.items():
            weights = at_delay.learned(name, code)
            song = at_delay.sung(name, weights, code)
            mirrored = at_delay.listening(name, weights, song)
            metrics[name] = {
                **mirrored.metrics,
                "sung_rate": song.motor_rate(config.n_motor),
                **at_delay.imitated(weights),
            }
            mirrored.put(found, delay, name)
            found.arrays[f"weights_{name}_{delay:g}"] = weights
            if name == "random":
                control = at_delay.listening("shuffled", shuffled(weights, seed), song)
                metrics["shuffled"] = control.metrics
                control.put(found, delay, "shuffled")
            metrics[f"rate_model_{name}"], offsets = at_delay.rate_model(name, code)
            found.offsets[delay, f"rate_model_{name}"] = offsets
        metrics["no_floor"] = at_delay.without_floor(codes["stereotyped"])
        metrics["first_drift"] = at_delay.first_drift(codes["stereotyped"])
    return found


@dataclass(frozen=True)
class _Mirrored:
    """How the listening activity mirrors that in singing."""

    lags: Floats  # (n_bins,) ms
    covariance: Floats  # (n_bins,) Hz, mean over neurons
    offsets: Floats  # (n_motor,) ms
    metrics: Nested

    def put(self, found: Heard, delay: float, name: str) -> None:
        found.offsets[delay, name] = self.offsets
        found.arrays["lags"] = self.lags
        found.arrays[f"covariance_{name}_{delay:g}"] = self.covariance


@dataclass(frozen=True)
class _Bird:
    """One seed: what all its loop delays share."""

    config: Config
    world: LinearWorld
    seed: int
    stage: Stage

    @cached_property
    def response(self) -> Floats:
        """G (n_sensor, n_motor); the loop delay only shifts it."""
        return explore(
            self.world,
            self.config.parameters_at(self.config.delays[0], self.config.floor),
            None,
            duration=self.config.measure_duration,
            seed=self.elsewhere(0),
            progress=self.stage.part("explores"),
        ).response()

    def elsewhere(self, k: int) -> int:
        """Return another seed, for other noise than that of learning."""
        return int(np.random.SeedSequence([self.seed, 0x31A0, k]).generate_state(1)[0])


@dataclass(frozen=True)
class _BirdAtDelay:
    """One seed at one loop delay."""

    bird: _Bird
    delay: float  # ms
    floored: bool = True

    @property
    def parameters(self) -> LoopParameters:
        config = self.bird.config
        return config.parameters_at(self.delay, config.floor if self.floored else None)

    def learned(self, name: str, code: Code, duration: float | None = None) -> Floats:
        config = self.bird.config
        return learn_by_singing(
            self.bird.world,
            self.parameters,
            config.rule_at(self.delay),
            code,
            duration=config.duration if duration is None else duration,
            seed=self.bird.seed,
            progress=self.bird.stage.part(f"learns {name} at {self.delay:g} ms"),
        )

    def first_drift(self, code: Code) -> Nested:
        """Return how what the first motifs teach agrees with what the window predicts of them."""
        seen = self.learned("first motifs", code, FIRST_MOTIFS * code.period)
        rule = self.bird.config.rule_at(self.delay)
        predicted = FIRST_MOTIFS * drift_of_motif(code, rule, self.bird.response, self.delay)
        known = bool(seen.std() > 0 and predicted.std() > 0)
        return {
            "correlation": float(np.corrcoef(seen.flat, predicted.flat)[0, 1]) if known else None,
            "slope": float(np.vdot(predicted, seen) / np.vdot(predicted, predicted))
            if known
            else None,
        }

    def sung(self, name: str, weights: Floats, code: Code) -> LoopSong:
        return sing_in_loop(
            self.bird.world,
            self.parameters,
            weights,
            code,
            duration=self.bird.config.measure_duration,
            seed=self.bird.elsewhere(1),
            progress=self.bird.stage.part(f"sings {name} at {self.delay:g} ms"),
        )

    def listening(self, name: str, weights: Floats, song: LoopSong) -> _Mirrored:
        n = self.bird.config.n_motor
        heard = listen(
            weights,
            self.parameters,
            song.sensor,
            duration=song.duration,
            seed=self.bird.elsewhere(2),
            progress=self.bird.stage.part(f"listens {name} at {self.delay:g} ms"),
        )
        lags, covariances = cross_covariances(
            song.motor, heard, n=n, duration=song.duration, max_lag=self._max_lag()
        )
        offsets = peak_lags(lags, covariances)
        known = covariances[np.isfinite(offsets)]
        mean = known.mean(axis=0) if len(known) else np.zeros(len(lags))
        peak = smoothed(mean)
        own = {
            when: score_imitation(*song.motor, *heard, delay=lag, tolerance=TOLERANCE).f1
            for when, lag in (("at_zero", 0.0), ("at_delay", self.delay))
        }
        metrics = {
            **_summary(offsets),
            "population_offset": float(lags[np.argmax(peak)]),
            "peak": float(peak.max()),
            "silent": int(np.isnan(offsets).sum()),
            "listening_rate": LoopSong(song.duration, heard, heard).motor_rate(n),
            "own_song_f1": own,
        }
        return _Mirrored(lags, mean, offsets, metrics)

    def imitated(self, weights: Floats) -> Nested:
        """Return how well unseen random songs are imitated, at the gain and v_min that suit best.

        Gains are in units of the median over motor neurons of their largest entry of W G, which is
        c for a causal inverse, and what the predicted neuron receives for a predictive one.
        """
        product = weights @ self.bird.response
        strength = float(np.median(product.max(axis=1)))
        decoder = self._test.choose(weights, strength if strength > 0 else 1.0)
        measured = self._test.measure(decoder)
        names = ("imitation_f1", "imitation_f1_noisy", "gain")
        return {
            **{name: measured[name] for name in names},
            "scale": float(np.trace(product)) / len(product),
            "strength": strength,
        }

    @cached_property
    def _test(self) -> ImitationTest:
        return ImitationTest(
            self.bird.world,
            self.parameters,
            duration=self.bird.config.song_duration,
            seed=self.bird.seed,
        )

    def rate_model(self, name: str, code: Code) -> tuple[Nested, Floats]:
        """Return metrics and offsets (n_motor,) of the published rule with the same code."""
        config = self.bird.config
        rng = np.random.default_rng([self.bird.seed, 0x4A7E, CODES.index(name)])
        model = learn_in_steps(
            code,
            self.bird.response,
            round(self.delay / STEP),
            config.rule_at(self.delay).tau_minus,
            round(config.rate_duration / STEP),
            rng,
        )
        song = sing_in_steps(code, round(config.song_duration / STEP), rng)
        lags, covariances = covariance_in_steps(
            song, model.heard(song), round(self._max_lag() / STEP)
        )
        offsets: Floats = lags[np.argmax(covariances, axis=1)]
        f1 = imitation_in_steps(model, RATE, song.shape[1], self.bird.seed)
        return {**_summary(offsets), "imitation_f1": {f"{RATE:g}": f1}}, offsets

    def without_floor(self, code: Code) -> Nested:
        """Return what becomes of the motif where inhibition pulls without a floor."""
        free = replace(self, floored=False)
        weights = free.learned("without floor", code)
        song = free.sung("without floor", weights, code)
        mirrored = free.listening("without floor", weights, song)
        return {
            **mirrored.metrics,
            "sung_rate": song.motor_rate(self.bird.config.n_motor),
            **free.imitated(weights),
        }

    def _max_lag(self) -> float:
        """Return the longest lag (ms), within which the motif does not come again."""
        config = self.bird.config
        return min(max(config.delays) + LAG_MARGIN, math.floor(0.5 * config.period))


def drift_of_motif(code: Code, rule: AntisymmetricSTDP, response: Floats, delay: float) -> Floats:
    """Return what one motif of many adds to W (n_motor, n_sensor), mV, while W is weak.

    A sensor's spike for k arrives D after k's command; i is commanded at its own time, before and
    after it, motif by motif: W_ij changes by minus the window at these lags, times G_jk, summed.
    """
    repeats = code.period * np.arange(-REPEATS, REPEATS + 1)
    lags = code.before_arrival(delay)[:, :, None] + repeats  # (i, k, repeat)
    drift: Floats = -rule.window(lags).sum(axis=2) @ response.T
    return drift


def _summary(offsets: Floats) -> Nested:
    """Return mean and standard deviation over neurons; None where no neuron has an offset."""
    known = offsets[np.isfinite(offsets)]
    if not len(known):
        return {"offset": None, "offset_sd": None}
    return {"offset": float(known.mean()), "offset_sd": float(known.std())}
