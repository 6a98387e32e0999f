"""What one seed of `inverse-model` does: the loop learns, is frozen and judged."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np

from ... import theory
from ..._types import Floats, Spikes
from ...analysis import inverse_quality, score_imitation
from ...lab.stages import Stage
from ...loop.exploration import explore
from ...loop.imitation import hear, imitate
from ...loop.learning import Learned, learn, shuffled
from ...loop.tutor import Tutor
from ...loop.unseen_songs import TOLERANCE, ImitationDecoder, ImitationTest
from ...world.linear import LinearWorld
from .._shared.decoders import choose, pinv
from .._shared.per_seed import Found
from .config import Config

RIDGES = (0.01, 0.03, 0.1, 0.3)  # lambda of the ridge inverse, in units of G's mean s^2


def run_trial(
    tutor: Tutor | None, config: Config, world: LinearWorld, seed: int, stage: Stage
) -> Found:
    """Return what one seed finds: the loop learns, and explores and imitates with what it learned.

    `tutor` is a song of the user's, to be imitated as well.
    """
    parameters = config.parameters()
    learning = partial(learn, world, parameters, duration=config.duration, seed=seed)
    exploring = partial(explore, world, parameters, duration=config.measure_duration, seed=seed)
    learned = learning(config.rule(), progress=stage.part("learns"))
    reversed_window = learning(config.reversed_rule(), progress=stage.part("learns reversed"))
    # At the start W = 0, so that the loop before learning is the loop without feedback.
    before = exploring(None, progress=stage.part("explores before"))
    after = exploring(learned.weights, progress=stage.part("explores after"))
    mixed = shuffled(learned.weights, seed)
    without_inverse = exploring(mixed, progress=stage.part("explores shuffled"))
    response = before.response()

    stage.part("imitates").begin()
    test = ImitationTest(
        world,
        parameters,
        duration=config.song_duration,
        jitter=config.jitter,
        background_rate=config.background_rate,
        seed=seed,
    )
    own, decoder = _judged(test, learned.weights, response)
    controls = {
        "pinv": _judged(test, pinv(response), response)[0],
        "ridge": _best_ridge(test, response),
        "transpose": _judged(test, response.T, response)[0],
        "shuffled": {
            **_judged(test, mixed, response, own["scale"])[0],
            "imbalance": without_inverse.imbalance(config.rule()),
        },
        "reversed_window": _judged(test, reversed_window.weights, response, own["scale"])[0],
    }
    taus = config.trace_taus()
    metrics = {
        **own,
        "motor_rate_before": before.motor_rate,
        "motor_rate_after": after.motor_rate,
        "sparseness_before": before.sparseness(),
        "sparseness_after": after.sparseness(),
        "predictable_variance_before": before.predictable_variance(taus=taus),
        "predictable_variance_after": after.predictable_variance(taus=taus),
        "imbalance_before": before.imbalance(config.rule()),
        "imbalance_after": after.imbalance(config.rule()),
        "condition_number": float(np.linalg.cond(response)),
        "controls": controls,
    }
    song, given, f1 = _song(test, decoder, world, tutor)
    if tutor is not None:
        metrics["tutor_file_f1"] = f1
    lags, rate_before = before.autocorrelation()
    arrays = {
        "world": world.matrix,
        "response": response,
        "inhibition": parameters.excitation - learned.weights,
        "excitation": np.full(learned.weights.shape, parameters.excitation),
        **_histories(learned, response, parameters.excitation),
        "autocorrelation_lags": lags,
        "autocorrelation_before": rate_before,
        "autocorrelation_after": after.autocorrelation()[1],
        "tutor_times": given[0],
        "tutor_ids": given[1],
        "imitation_times": song[0],
        "imitation_ids": song[1],
    }
    return metrics, arrays


def _judged(
    test: ImitationTest, weights: Floats, response: Floats, scale: float | None = None
) -> tuple[dict[str, Any], ImitationDecoder]:
    """Return the metrics of a decoder, at the gain and v_min that suit it, and the decoder."""
    decoder = choose(test, weights, response, scale)
    return {**asdict(inverse_quality(weights, response)), **test.measure(decoder)}, decoder


def _best_ridge(test: ImitationTest, response: Floats) -> dict[str, Any]:
    """Return the metrics of the ridge inverse at the best lambda."""
    best: dict[str, Any] = {}
    for ridge in RIDGES:
        weights = theory.ridge_inverse(response, ridge)
        found = {**_judged(test, weights, response)[0], "ridge": ridge}
        if not best or found["practice_f1"] > best["practice_f1"]:
            best = found
    return best


def _song(
    test: ImitationTest, decoder: ImitationDecoder, world: LinearWorld, tutor: Tutor | None
) -> tuple[Spikes, Spikes, float | None]:
    """Return the postdicted song, the tutor's (empty where only heard), and F1 where it is known.

    A postdicted command is dated at the time at which it would have had to be given.
    """
    parameters = test.parameters
    if tutor is None:
        given, heard, duration = test.songs[4.0].tutor, test.songs[4.0].clean, test.duration
    elif tutor.kind == "motor":
        given, duration = tutor.spikes, tutor.duration
        heard = hear(world, parameters, given, duration=duration)
    else:
        given, duration = (np.empty(0), np.empty(0, np.int64)), tutor.duration
        heard = tutor.spikes
    times, ids = imitate(decoder.weights, parameters, heard, v_min=decoder.v_min, duration=duration)
    song = (times - parameters.delay, ids)
    if not len(given[0]):
        return song, given, None
    return song, given, score_imitation(*given, *song, delay=0.0, tolerance=TOLERANCE).f1


def _histories(learned: Learned, response: Floats, excitation: float) -> dict[str, Floats]:
    qualities = [inverse_quality(excitation - w, response) for w in learned.inhibition]
    errors = [quality.specific_inverse_error for quality in qualities]
    return {
        "weight_history": learned.inhibition,
        "history_times": learned.times,
        "specific_inverse_error_history": np.array(errors, dtype=np.float64),
        "motor_rate_times": learned.rate_times,
        "motor_rate_history": learned.rate,
    }
