"""One point of `scaling`: learn, listen at moments of learning, and say when it was learned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from ..._types import Floats
from ...analysis import inverse_quality, uniform_inhibition
from ...lab.results import Nested
from ...lab.stages import Stage
from ...loop.exploration import explore
from ...loop.imitation import ImitationDecoder, ImitationTest
from ...loop.learning import learn, shuffled
from ...neurons import LIF
from ...simulation import LimitError
from ...world.linear import LinearWorld
from .._shared.curves import learned_at
from .._shared.per_seed import Found
from .config import Config

GAINS = np.geomspace(0.8, 3.2, 6)  # in units of 1/c
V_MINS = (None, 0.0)  # mV from rest
RATES = (1.0, 4.0)  # Hz, of the unseen songs
RUNAWAY = 5.0  # motor rate that ends a run, in units of the one before learning


@dataclass(frozen=True)
class ChosenDecoder:
    """A decoder, and what else the practice song chose."""

    decoder: ImitationDecoder
    specific: bool  # whether the uniform part was taken out of W


class Listening:
    """Songs through one world, for weights at any moment of learning.

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
        parameters = config.parameters()
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


def run_trial(config: Config, world: LinearWorld, seed: int, stage: Stage) -> Found:
    """Return the metrics of one point and seed, and its arrays: the course of F1 and the weights.

    What is not defined in a world whose loop ran away is None.
    """
    parameters = config.parameters()
    before = explore(
        world,
        parameters,
        None,
        duration=config.measure_duration,
        seed=seed,
        progress=stage.part("explores"),
    )
    response = before.response()
    listening = Listening(world, config, response, seed)
    metrics: Nested = {
        "condition_number": float(np.linalg.cond(response)),
        "world_condition_number": float(np.linalg.cond(world.matrix)),
        "spikes_per_motor_spike": float(response.sum() / response.shape[1]),
        "motor_rate_before": before.motor_rate,
        "controls": {
            "pinv": _scores(listening, np.linalg.pinv(response).astype(np.float64)),
        },
    }
    times = config.duration * 0.5 ** np.arange(config.moments - 1.0, -1.0, -1.0)
    try:
        learned = learn(
            world,
            parameters,
            config.rule(),
            duration=config.duration,
            seed=seed,
            sample_times=[float(t) for t in times],
            anneal=config.anneal,
            max_rate=RUNAWAY * before.motor_rate,
            progress=stage.part("learns"),
        )
    except LimitError:  # too fast for a while, or at once more spikes than can be held
        nothing = dict.fromkeys([*SCORES, *AFTER])
        lost = {"shuffled": dict.fromkeys(SCORES)}
        return {**metrics, **nothing, "controls": metrics["controls"] | lost, "ran_away": 1}, {}
    stage.part("imitates").begin()
    chosen = listening.choose(learned.weights)
    course = np.array(
        [
            listening.f1(listening.again(parameters.excitation - w, chosen), 1.0)
            for w in learned.inhibition
        ]
    )
    quality = inverse_quality(learned.weights, response)
    when = learned_at(times, course)
    metrics |= {
        **_scores(listening, learned.weights, chosen),
        "time_to_learn": when,
        "learned": int(when is not None),
        "scale": quality.scale / config.weight_unit,
        "specific_inverse_error": quality.specific_inverse_error,
        "motor_rate_after": float(learned.rate[-len(learned.rate) // 10 :].mean()),
        "gain": chosen.decoder.gain,
        "latency": chosen.decoder.latency,
        "specific": int(chosen.specific),
        "ran_away": 0,
    }
    metrics["controls"]["shuffled"] = _scores(listening, shuffled(learned.weights, seed))
    arrays = {
        "world": world.matrix,
        "response": response,
        "weights": learned.weights,
        "f1_times": times,
        "f1_history": course,
    }
    return metrics, arrays


SCORES = tuple(f"f1_{rate:g}hz{noise}" for rate in RATES for noise in ("", "_noisy"))
AFTER = (
    "time_to_learn",
    "learned",
    "scale",
    "specific_inverse_error",
    "motor_rate_after",
    "gain",
    "latency",
    "specific",
)


def _scores(listening: Listening, weights: Floats, chosen: ChosenDecoder | None = None) -> Nested:
    chosen = chosen or listening.choose(weights)
    found = [listening.f1(chosen, rate, noisy=noisy) for rate in RATES for noisy in (False, True)]
    return dict(zip(SCORES, found, strict=True))
