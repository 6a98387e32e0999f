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

from .. import config as _config
from ..analysis import inverse_quality, score_imitation
from ..config import setting
from ..exploring import explore
from ..learning import Learned, learn
from ..listening import TOLERANCE, Decoder, ImitationTest, hear, imitate
from ..loop import LoopParameters, Spikes
from ..neurons import LIF
from ..plasticity import AntisymmetricSTDP
from ..results import Result, median_and_range
from ..trials import Report, Stage, run_trials
from ..tutor import Tutor, load_tutor
from ..world import load_world, sparse_world, tonotopic_world
from ._inverse_model_report import draw, draw_overview, headline

Matrix = NDArray[np.float64]

__all__ = ["FIGURES", "Config", "draw", "headline", "run"]

FIGURES = {"inverse-model": ((11.0, 9.5), draw), "overview": ((9.0, 3.4), draw_overview)}

RIDGES = (0.01, 0.03, 0.1, 0.3)  # lambda of the ridge inverse, in units of G's mean s^2


@dataclass(frozen=True)
class Config:
    """Settings of `inverse-model`; all defaults are our own."""

    n_motor: int = setting(20, "motor neurons", at_least=2)
    n_sensor: int = setting(60, "sensor neurons", at_least=2)
    world: str = setting("sparse", "family of worlds", choices=("sparse", "tonotopic"))
    fan_out: int = setting(6, "sensors driven by each motor neuron (sparse)", at_least=1)
    overlap: float = setting(1.0, "width over distance of footprints (tonotopic)", above=0)
    gain: float | None = setting(
        None, "mean (sparse: 2) or peak (tonotopic: 3) entry of the world, in thresholds", above=0
    )
    world_delay: float = setting(10.0, "motor spike to sensor", unit="ms", above=0)
    synaptic_delay: float = setting(1.0, "sensor spike to motor neuron", unit="ms", above=0)
    tau_m_motor: float = setting(100.0, "membrane time constant", unit="ms", above=0)
    tau_m_sensor: float = setting(10.0, "membrane time constant", unit="ms", above=0)
    exploration_rate: float = setting(150.0, "kicks a motor neuron", unit="Hz", above=0)
    exploration_weight: float = setting(0.1, "of a kick", unit="mV", above=0)
    excitation: float = setting(0.5, "fixed, each sensor to each motor neuron", unit="mV", above=0)
    eta: float = setting(5e-5, "learning rate", unit="mV", at_least=0)
    A_plus: float = setting(1.0, "potentiation of inhibition, pre then post")
    A_minus: float = setting(0.7, "depression of inhibition, post then pre")
    tau_plus: float = setting(20.0, "window, pre then post", unit="ms", above=0)
    tau_minus: float = setting(20.0, "window, post then pre", unit="ms", above=0)
    duration: float = setting(1e7, "of learning", unit="ms", above=0)
    measure_duration: float = setting(1e6, "of each measurement", unit="ms", at_least=1e4)
    song_duration: float = setting(1e5, "of each tutor song", unit="ms", at_least=1e3)
    jitter: float = setting(2.0, "sd, of heard spikes when noisy", unit="ms", at_least=0)
    background_rate: float = setting(
        2.0, "random spikes a sensor when noisy", unit="Hz", at_least=0
    )
    seeds: int = setting(5, "how many worlds and explorations", at_least=1, at_most=1000)
    seed: int = setting(0, "the first of them", at_least=0)
    world_file: str | None = setting(None, ".npy or .csv, sensors x motors, used as it is")
    tutor_file: str | None = setting(None, ".npz or .csv: time_ms and motor (or sensor)")

    def __post_init__(self) -> None:
        _config.check(self)
        if self.world == "sparse" and not self.world_file and self.fan_out > self.n_sensor:
            raise ValueError(
                f"fan_out must be at most n_sensor = {self.n_sensor}, got {self.fan_out}"
            )

    def quick(self) -> Config:
        """Return a version that ends in half a minute: a tenth of the learning, two worlds."""
        return replace(
            self, duration=1e6, eta=2e-4, measure_duration=4e5, song_duration=2e4, seeds=2
        )

    def rule(self) -> AntisymmetricSTDP:
        """Return the plasticity of the inhibition."""
        return AntisymmetricSTDP(self.eta, self.A_plus, self.A_minus, self.tau_plus, self.tau_minus)

    def reversed_rule(self) -> AntisymmetricSTDP:
        """Return the same with its window reversed in time: a control that must not learn."""
        return AntisymmetricSTDP(
            self.eta, -self.A_minus, -self.A_plus, self.tau_minus, self.tau_plus
        )

    def parameters(self) -> LoopParameters:
        """Return the loop's parameters."""
        return LoopParameters(
            motor=LIF(tau_m=self.tau_m_motor),
            sensor=LIF(tau_m=self.tau_m_sensor, reset="by"),
            exploration_rate=self.exploration_rate,
            exploration_weight=self.exploration_weight,
            world_delay=self.world_delay,
            synaptic_delay=self.synaptic_delay,
            excitation=self.excitation,
        )

    def make_world(self, seed: int) -> Matrix:
        """Return the world (n_sensor, n_motor) of one seed, or the user's own."""
        if self.world_file is not None:
            return load_world(self.world_file)
        rng = np.random.default_rng([seed, 0x3301D])
        size = (self.n_sensor, self.n_motor)
        if self.world == "sparse":
            return sparse_world(*size, fan_out=self.fan_out, gain=self.gain or 2.0, rng=rng)
        return tonotopic_world(*size, overlap=self.overlap, gain=self.gain or 3.0, rng=rng)


@dataclass(frozen=True)
class _Trial:
    """What one seed found."""

    metrics: dict[str, Any]
    arrays: dict[str, NDArray[Any]]
    imitation: Spikes


def run(config: Config, report: Report | None = None) -> Result:
    """Learn, freeze and judge, once for every seed.

    Parameters
    ----------
    config : Config
    report : callable, optional
        See `postdict.trials.Report`.
    """
    if config.world_file is None:
        worlds = [config.make_world(config.seed + k) for k in range(config.seeds)]
    else:
        worlds = [config.make_world(config.seed)] * config.seeds
    n_sensor, n_motor = worlds[0].shape
    config = replace(config, n_sensor=n_sensor, n_motor=n_motor)  # what a file says holds
    tutor = None
    if config.tutor_file is not None:
        tutor = load_tutor(config.tutor_file, n_motor=n_motor, n_sensor=n_sensor)

    def trial(seed: int, stage: Stage) -> _Trial:
        return _trial(config, worlds[seed - config.seed], tutor, seed, stage)

    seeds = list(range(config.seed, config.seed + config.seeds))
    trials = run_trials(trial, seeds, report)
    medians, ranges = median_and_range([one.metrics for one in trials])
    times, ids = trials[0].imitation
    return Result(
        "inverse-model",
        asdict(config),
        {
            **medians,
            "spread": ranges,
            "seeds": seeds,
            "per_seed": [one.metrics for one in trials],
        },
        trials[0].arrays,
        {"imitation": {"time_ms": times, "motor": ids}},
    )


def _trial(config: Config, world: Matrix, tutor: Tutor | None, seed: int, stage: Stage) -> _Trial:
    parameters = config.parameters()
    learning = partial(learn, world, parameters, duration=config.duration, seed=seed)
    exploring = partial(explore, world, parameters, duration=config.measure_duration, seed=seed)
    learned = learning(config.rule(), progress=stage("learns"))
    reversed_window = learning(config.reversed_rule(), progress=stage("learns reversed"))
    # At the start W = 0, so that the loop before learning is the loop without feedback.
    before = exploring(None, progress=stage("explores before"))
    after = exploring(learned.weights, progress=stage("explores after"))
    mixed = _shuffled(learned.weights, seed)
    shuffled = exploring(mixed, progress=stage("explores shuffled"))
    response = before.response()

    imitating = stage("imitates")
    imitating(0.0, 1.0, 0.0, 0)
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
            "imbalance": shuffled.imbalance(config.rule()),
        },
        "reversed_window": _judged(test, reversed_window.weights, response, own["scale"])[0],
    }
    taus = tuple(sorted({config.tau_plus, config.tau_m_motor}))
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
    return _Trial(metrics, arrays, song)


def _judged(
    test: ImitationTest, weights: Matrix, response: Matrix, scale: float | None = None
) -> tuple[dict[str, Any], Decoder]:
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


def _shuffled(weights: Matrix, seed: int) -> Matrix:
    rng = np.random.default_rng([seed, 0x5F1E])
    return rng.permutation(weights.ravel()).reshape(weights.shape)


def _song(
    test: ImitationTest, decoder: Decoder, world: Matrix, tutor: Tutor | None
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
