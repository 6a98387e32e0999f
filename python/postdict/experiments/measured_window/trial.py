"""What `measured-window` does at one point and seed: learn, and judge what was learned."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from ..._types import Floats
from ...analysis import imbalance, inverse_quality, uniform_inhibition
from ...lab.results import Nested
from ...lab.stages import Stage
from ...loop.exploration import explore, medians_by_world
from ...loop.learning import Learned, learn, shuffled
from ...loop.unseen_songs import ImitationTest
from ...plasticity import Rule
from ...simulation import LimitError
from ...world.linear import LinearWorld
from .._shared.decoders import pinv
from .config import Config, reversed_in_time
from .prediction import RUNAWAY

GAINS = np.geomspace(0.8, 3.2, 6)  # in units of 1/c
V_MINS = (None, 0.0)  # mV from rest, where motor neurons have voltage jumps
RATES = (1.0, 4.0)  # Hz, of the unseen songs
N_WINDOWS = 10  # of learning; fluxes are those of the last
AT_BOUND = 1e-9  # of E, or of w_max
SHORT = 2e4  # ms


def respond(config: Config, world: LinearWorld, seed: int, stage: Stage) -> Floats:
    """Return G (n_sensor, n_motor), measured without feedback: it is that of the world alone."""
    return explore(
        world,
        replace(config.parameters(), spontaneous_rate=0.0),
        None,
        duration=config.measure_duration,
        seed=seed,
        progress=stage,
    ).response()


def rate_before(config: Config, world: LinearWorld, seed: int, stage: Stage) -> float:
    """Return the motor rate without feedback, Hz."""
    explored = explore(
        world, config.parameters(), None, duration=SHORT, seed=seed, progress=stage.part("explores")
    )
    return explored.motor_rate


def learned_by(
    config: Config, world: LinearWorld, rule: Rule, rate: float, seed: int, stage: Stage
) -> Learned | None:
    """Let the loop learn; None where it ran away. `rate` (Hz) is that before learning."""
    try:
        return learn(
            world,
            config.parameters(),
            rule,
            duration=config.duration,
            seed=seed,
            n_samples=N_WINDOWS,
            n_windows=N_WINDOWS,
            anneal=config.anneal,
            max_rate=RUNAWAY * rate,
            rate_window=1e3,
            progress=stage,
        )
    except LimitError:  # too fast for a while, or at once more spikes than can be held
        return None


def weights_found(
    config: Config, learned: Learned | None, rule: Rule, world: LinearWorld, response: Floats
) -> Nested:
    """Return what the weights and their fluxes show; weights in mV of a jump of the same area."""
    if learned is None:
        return {**dict.fromkeys(WEIGHTS), "ran_away": 1}
    unit = config.weight_unit
    quality = inverse_quality(learned.weights, response)
    product_ = learned.weights @ response
    off_diagonal = float(product_[~np.eye(len(product_), dtype=bool)].mean())
    own = np.diag(product_) - off_diagonal  # (n_motor,)
    inhibition = unit * config.excitation - learned.weights
    at_zero = inhibition <= AT_BOUND * unit * config.excitation
    bounded = at_zero | (inhibition >= (1.0 - AT_BOUND) * rule.w_max)
    fluxes = imbalance(learned.potentiation[-1], learned.depression[-1])
    spread = quality.mode_spread
    return {
        "scale": quality.scale / unit,
        "uniform": -off_diagonal / unit,
        "c": float(own.mean()) / unit,
        "c_error": float(own.std() / np.sqrt(len(own))) / unit,
        "specific_inverse_error": quality.specific_inverse_error,
        "mode_spread": spread if spread is not None and np.isfinite(spread) else None,
        "imbalance": medians_by_world(fluxes, world.matrix),
        "at_bound": float(bounded.mean()),
        "motor_rate_after": float(learned.rate[-len(learned.rate) // N_WINDOWS :].mean()),
        "ran_away": 0,
    }


WEIGHTS = (
    "scale",
    "uniform",
    "c",
    "c_error",
    "specific_inverse_error",
    "mode_spread",
    "imbalance",
    "at_bound",
    "motor_rate_after",
)


class Listening:
    """Unseen songs through one world, and decoders that choose all they may on another song.

    What is chosen: the gain, whether the uniform inhibition is taken out of W, how late beyond the
    loop delay an answer is expected (a current takes time to rise), and the lower bound of V where
    there are voltage jumps.
    """

    def __init__(self, config: Config, world: LinearWorld, response: Floats, seed: int) -> None:
        self._test = ImitationTest(
            world,
            replace(config.parameters(), spontaneous_rate=0.0),
            rates=RATES,
            duration=config.song_duration,
            seed=seed,
        )
        self._response = response
        self._unit = config.weight_unit
        self._latencies = np.arange(0.0, 2.0 * config.tau_syn + 1e-9).tolist()

    def f1(self, weights: Floats, scale: float | None = None) -> dict[str, float]:
        """Return F1 of the unseen songs by rate, clean and noisy.

        `scale` (mV) is that of weights that have none of their own.
        """
        scale = scale or inverse_quality(weights, self._response).scale or 1.0
        specific = weights + uniform_inhibition(weights, self._response)
        decoders = (
            self._test.decoder(taken, scale / self._unit, float(gain), v_min)
            for taken, v_min, gain in product((weights, specific), self._test.v_mins(V_MINS), GAINS)
        )
        best = self._test.best(decoders, self._latencies)
        return {
            f"{rate:g}{noise}": self._test.score(best, song.tutor, heard).f1
            for rate, song in self._test.songs.items()
            for noise, heard in (("", song.clean), (" noisy", song.noisy))
        }


def judge(
    config: Config, world: LinearWorld, response: Floats, fit: str, seed: int, stage: Stage
) -> tuple[Nested, dict[str, Any]]:
    """Learn with one fit in one world and judge it, beside its controls."""
    rate = rate_before(config, world, seed, stage)
    rule = config.measured_rule(fit)
    backwards = reversed_in_time(rule)
    learned = learned_by(config, world, rule, rate, seed, stage.part("learns"))
    wrong = learned_by(config, world, backwards, rate, seed, stage.part("learns reversed"))
    stage.part("imitates").begin()
    metrics = weights_found(config, learned, rule, world, response)
    metrics |= {"motor_rate_before": rate}
    nothing = dict.fromkeys(SCORES)
    controls: Nested = {"reversed_ran_away": int(wrong is None)}
    if learned is None:
        controls |= {"shuffled": nothing, "reversed": nothing}
        return metrics | {"f1": nothing, "controls": controls}, {}
    listening = Listening(config, world, response, seed)
    scale = inverse_quality(learned.weights, response).scale
    controls |= {
        "shuffled": listening.f1(shuffled(learned.weights, seed), scale),
        "reversed": nothing if wrong is None else listening.f1(wrong.weights, scale),
    }
    arrays = {
        "world": world.matrix,
        "response": response,
        "weights": learned.weights / config.weight_unit,
        "potentiation": learned.potentiation[-1],
        "depression": learned.depression[-1],
    }
    return metrics | {"f1": listening.f1(learned.weights), "controls": controls}, arrays


SCORES = tuple(f"{rate:g}{noise}" for rate in RATES for noise in ("", " noisy"))


def judge_controls(
    config: Config, world: LinearWorld, response: Floats, seed: int, stage: Stage
) -> Nested:
    """Return what decoders do that did not learn, and what the exponential window learns."""
    rule = config.exponential_rule()
    rate = rate_before(config, world, seed, stage)
    learned = learned_by(config, world, rule, rate, seed, stage.part("learns"))
    stage.part("imitates").begin()
    listening = Listening(config, world, response, seed)
    found = weights_found(config, learned, rule, world, response)
    f1 = dict.fromkeys(SCORES) if learned is None else listening.f1(learned.weights)
    return {
        "exponential": {**found, "f1": f1},
        "pinv": {"f1": listening.f1(pinv(response))},
        "transpose": {"f1": listening.f1(response.T)},
    }


def learn_only(
    config: Config, world: LinearWorld, response: Floats, fit: str, seed: int, stage: Stage
) -> Nested:
    """Return what the weights show at a point of the map, or of a variant."""
    rate = rate_before(config, world, seed, stage)
    rule = config.measured_rule(fit)
    learned = learned_by(config, world, rule, rate, seed, stage.part("learns"))
    found = weights_found(config, learned, rule, world, response)
    return {**found, "motor_rate_before": rate}
