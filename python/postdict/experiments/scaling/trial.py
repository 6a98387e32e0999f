"""One point of `scaling`: learn, imitate at moments of learning, and say when it was learned."""

from __future__ import annotations

import numpy as np

from ..._types import Floats
from ...analysis import inverse_quality
from ...lab.results import Nested
from ...lab.stages import Stage
from ...loop.exploration import explore
from ...loop.learning import learn, shuffled
from ...simulation import LimitError
from ...world.linear import LinearWorld
from .._shared.curves import learned_at
from .._shared.decoders import pinv
from .._shared.per_seed import Found
from .config import Config
from .songs import RATES, ChosenDecoder, Songs

RUNAWAY = 5.0  # motor rate that ends a run, in units of the one before learning

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
    songs = Songs(world, config, response, seed)
    metrics: Nested = {
        "condition_number": float(np.linalg.cond(response)),
        "world_condition_number": float(np.linalg.cond(world.matrix)),
        "spikes_per_motor_spike": float(response.sum() / response.shape[1]),
        "motor_rate_before": before.motor_rate,
        **{f"audible_{rate:g}hz": songs.audible(rate) for rate in RATES},
        "controls": {
            "pinv": _scores(songs, pinv(response)),
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
            sample_times=times.tolist(),
            anneal=config.anneal,
            max_rate=RUNAWAY * before.motor_rate,
            progress=stage.part("learns"),
        )
    except LimitError:  # too fast for a while, or at once more spikes than can be held
        nothing = dict.fromkeys([*SCORES, *AFTER])
        lost = {"shuffled": dict.fromkeys(SCORES)}
        return {**metrics, **nothing, "controls": metrics["controls"] | lost, "ran_away": 1}, {}
    stage.part("imitates").begin()
    chosen = songs.choose(learned.weights)
    course = np.array(
        [
            songs.f1(songs.again(parameters.excitation - inhibition, chosen), 1.0)
            for inhibition in learned.inhibition
        ]
    )
    quality = inverse_quality(learned.weights, response)
    when = learned_at(times, course)
    metrics |= {
        **_scores(songs, learned.weights, chosen),
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
    metrics["controls"]["shuffled"] = _scores(songs, shuffled(learned.weights, seed))
    arrays = {
        "world": world.matrix,
        "response": response,
        "weights": learned.weights,
        "f1_times": times,
        "f1_history": course,
    }
    return metrics, arrays


def _scores(songs: Songs, weights: Floats, chosen: ChosenDecoder | None = None) -> Nested:
    chosen = chosen or songs.choose(weights)
    found = [songs.f1(chosen, rate, noisy=noisy) for rate in RATES for noisy in (False, True)]
    return dict(zip(SCORES, found, strict=True))
