"""The main job: STDP of inhibitory synapses alone learns the inverse model of the loop.

Motor neurons explore, the world answers through the sensors, and the plastic inhibition from the
sensors learns. Then weights are frozen, the world's response G is measured with the feedback cut,
and the effective weights W are judged: how far W G is a multiple of the identity up to a uniform
inhibition, and how well unseen tutor songs are imitated, beside what other decoders make of them.

Source of the claim: Westkott, Albers & Pawelzik 2013, BMC Neurosci 14(S1):O3, which prints no
parameter; every number here is our own choice.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._types import Spikes
from ...analysis import inverse_quality, score_imitation
from ...lab.results import Result
from ...lab.settings import setting
from ...lab.stages import Stage
from ...loop.exploration import explore
from ...loop.imitation import TOLERANCE, ImitationDecoder, ImitationTest, hear, imitate
from ...loop.learning import Learned, learn, shuffled
from ...loop.tutor import Tutor, load_tutor
from ...plasticity import AntisymmetricSTDP
from .._shared.loop_settings import LoopConfig
from .._shared.per_seed import Found, run_in_worlds
from .figures import draw, draw_overview, headline

Matrix = NDArray[np.float64]

__all__ = ["FIGURES", "UNITS", "Config", "draw", "headline", "run"]

FIGURES = {"inverse-model": ((11.0, 9.5), draw), "overview": ((9.0, 3.4), draw_overview)}
UNITS = {"motor_rate_before": "Hz", "motor_rate_after": "Hz"}

RIDGES = (0.01, 0.03, 0.1, 0.3)  # lambda of the ridge inverse, in units of G's mean s^2


@dataclass(frozen=True)
class Config(LoopConfig):
    """Settings of `inverse-model`; all defaults are our own."""

    song_duration: float = setting(1e5, "of each tutor song", unit="ms", at_least=1e3)
    jitter: float = setting(2.0, "sd, of heard spikes when noisy", unit="ms", at_least=0)
    background_rate: float = setting(
        2.0, "random spikes a sensor when noisy", unit="Hz", at_least=0
    )
    tutor_file: str | None = setting(None, ".npz or .csv: time_ms and motor (or sensor)")

    def quick(self) -> Config:
        """Return a version that ends in half a minute: a tenth of the learning, two worlds."""
        return replace(
            self, duration=1e6, eta=2e-4, measure_duration=4e5, song_duration=2e4, seeds=2
        )

    def reversed_rule(self) -> AntisymmetricSTDP:
        """Return the rule with its window reversed in time: a control that must not learn."""
        return AntisymmetricSTDP(
            self.eta, -self.A_minus, -self.A_plus, self.tau_minus, self.tau_plus
        )


def run(config: Config, stage: Stage | None = None) -> Result:
    """Learn, freeze and judge, once for every seed.

    Parameters
    ----------
    config : Config
    stage : Stage, optional
        The run as a whole; see `postdict.lab.stages.Stage`.
    """
    config, worlds = config.with_worlds()
    tutor = None
    if config.tutor_file is not None:
        tutor = load_tutor(config.tutor_file, n_motor=config.n_motor, n_sensor=config.n_sensor)
    result = run_in_worlds("inverse-model", config, worlds, partial(_trial, tutor), stage)
    song = {
        "time_ms": result.arrays["imitation_times"],
        "motor": result.arrays["imitation_ids"],
    }
    return replace(result, tables={"imitation": song})


def _trial(tutor: Tutor | None, config: Config, world: Matrix, seed: int, stage: Stage) -> Found:
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
        "pinv": _judged(test, np.linalg.pinv(response).astype(np.float64), response)[0],
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
        "world": world,
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
    test: ImitationTest, weights: Matrix, response: Matrix, scale: float | None = None
) -> tuple[dict[str, Any], ImitationDecoder]:
    """Return the metrics of a decoder, at the gain and v_min that suit it, and the decoder.

    Weights without a scale c of their own (shuffled ones) are given another's, or none.
    """
    quality = asdict(inverse_quality(weights, response))
    decoder = test.choose(weights, scale or quality["scale"] or 1.0)
    return {**quality, **test.measure(decoder)}, decoder


def _best_ridge(test: ImitationTest, response: Matrix) -> dict[str, Any]:
    """Return the metrics of the ridge inverse G' (G G' + lambda)^-1 at the best lambda."""
    gram = response @ response.T
    mean_square = float(np.mean(np.linalg.svd(response, compute_uv=False) ** 2))
    best: dict[str, Any] = {}
    for ridge in RIDGES:
        shift = ridge * mean_square * np.eye(len(gram))
        weights = np.linalg.solve(gram + shift, response).T.astype(np.float64)
        found = {**_judged(test, weights, response)[0], "ridge": ridge}
        if not best or found["practice_f1"] > best["practice_f1"]:
            best = found
    return best


def _song(
    test: ImitationTest, decoder: ImitationDecoder, world: Matrix, tutor: Tutor | None
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


def _histories(learned: Learned, response: Matrix, excitation: float) -> dict[str, Matrix]:
    qualities = [inverse_quality(excitation - w, response) for w in learned.inhibition]
    errors = [
        np.nan if one.specific_inverse_error is None else one.specific_inverse_error
        for one in qualities
    ]
    return {
        "weight_history": learned.inhibition,
        "history_times": learned.times,
        "specific_inverse_error_history": np.array(errors),
        "motor_rate_times": learned.rate_times,
        "motor_rate_history": learned.rate,
    }
