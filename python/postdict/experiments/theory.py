"""Linear theory against simulation: sign and size of c, rates of the modes, ridge by noise.

Lone motor neurons are measured (rate, autocorrelation, response to a kick); from these, and from
neurons that hear themselves after the loop delay, follows what the loop should learn. Then loops
learn, over delays, membrane time constants, windows and spontaneous sensor spikes. The derivation
is in docs/theory.md; all parameters are our own.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import config as _config
from .. import theory
from ..analysis import inverse_quality
from ..config import setting
from ..exploring import explore
from ..loop import LoopParameters
from ..neurons import LIF
from ..plasticity import AntisymmetricSTDP
from ..results import Result, median_and_range
from ..trials import Report, Stage, run_trials
from ..world import sparse_world
from . import _theory_parts as parts
from ._theory_report import claims, draw, headline

Matrix = NDArray[np.float64]

__all__ = ["FIGURES", "Config", "draw", "headline", "run"]

FIGURES = {"theory": ((11.0, 9.5), draw)}

TAUS = (100.0, 50.0)  # ms, of the motor membrane
# A_minus, time constant of both sides (ms). The first has no area and is used for all else.
WINDOWS = {"A- 1, 20 ms": (1.0, 20.0), "A- 0.7, 20 ms": (0.7, 20.0), "A- 1, 10 ms": (1.0, 10.0)}
BALANCED = "A- 1, 20 ms"
# W G = c 1 of lone pairs: imposed strengths at which their drive is measured.
SCALES = np.array([-0.2, -0.1, 0.0, 0.1, 0.2, 0.3, 0.45, 0.6, 0.75, 0.85, 0.95, 1.05])
LOUDNESS = 4.0  # sensor spikes for a motor spike where c is measured: one sensor for each neuron
NOISE = (0.0, 10.0, 40.0, 160.0)  # Hz, spontaneous spikes of each sensor
PERTURBATION = 0.4  # mV in W G, of each mode


@dataclass(frozen=True)
class Config:
    """Settings of `theory`; all defaults are our own."""

    n_motor: int = setting(20, "motor neurons", at_least=3)
    n_sensor: int = setting(60, "sensor neurons, for the modes", at_least=3)
    fan_out: int = setting(6, "sensors driven by each motor neuron", at_least=1)
    gain: float = setting(2.0, "mean entry of the world, in thresholds", above=0)
    delays: str = setting(
        "2 6 11 16 21 26 31 36 41 46 61 81 100", "loop delays over which c is measured, ms"
    )
    delay: float = setting(31.0, "loop delay for modes and ridge", unit="ms", above=1.0)
    exploration_rate: float = setting(150.0, "kicks a motor neuron", unit="Hz", above=0)
    exploration_weight: float = setting(0.1, "of a kick", unit="mV", above=0)
    eta: float = setting(2e-4, "learning rate", unit="mV", above=0)
    lone_duration: float = setting(1e6, "of each lone measurement", unit="ms", at_least=1e4)
    imposed_duration: float = setting(2e5, "of each imposed c", unit="ms", at_least=1e4)
    scale_duration: float = setting(2e6, "of learning c, at 2 eta", unit="ms", at_least=1e4)
    mode_duration: float = setting(4e6, "of learning the modes", unit="ms", at_least=1e5)
    noise_eta: float = setting(5e-5, "learning rate with sensor noise", unit="mV", above=0)
    noise_duration: float = setting(4e6, "of learning with noise", unit="ms", at_least=1e4)
    perturbations: int = setting(3, "runs that forget a perturbation", at_least=1)
    seeds: int = setting(5, "how many worlds and explorations", at_least=1, at_most=1000)
    seed: int = setting(0, "the first of them", at_least=0)

    def __post_init__(self) -> None:
        _config.check(self)
        if self.n_sensor < self.n_motor:
            raise ValueError(
                f"n_sensor must be at least n_motor = {self.n_motor}, got {self.n_sensor}"
            )
        if self.fan_out > self.n_sensor:
            raise ValueError(
                f"fan_out must be at most n_sensor = {self.n_sensor}, got {self.fan_out}"
            )
        for one in self.all_delays():
            if one <= 1.0:
                raise ValueError(f"delays must be above 1 ms, the synapse's own, got {one:g} ms")

    def all_delays(self) -> list[float]:
        """Return the loop delays, ms, ascending."""
        try:
            found = sorted({float(one) for one in self.delays.replace(",", " ").split()})
        except ValueError:
            raise ValueError(f"delays must be numbers in ms, got {self.delays!r}") from None
        if not found:
            raise ValueError("delays must name at least one delay, got none")
        return found

    def quick(self) -> Config:
        """Return a version that ends in half a minute."""
        return replace(
            self,
            delays="11 31 61",
            lone_duration=3e5,
            imposed_duration=1e5,
            scale_duration=1e6,
            mode_duration=2e6,
            noise_eta=1e-4,
            noise_duration=8e5,
            perturbations=2,
            seeds=2,
        )

    def parameters(self, delay: float, tau_m: float = TAUS[0]) -> LoopParameters:
        """Return the parameters of a loop."""
        synapse = 1.0
        return LoopParameters(
            motor=LIF(tau_m=tau_m),
            exploration_rate=self.exploration_rate,
            exploration_weight=self.exploration_weight,
            world_delay=delay - synapse,
            synaptic_delay=synapse,
        )

    def rule(self, window: str = BALANCED, *, eta: float | None = None) -> AntisymmetricSTDP:
        """Return the plasticity with one of the windows."""
        A_minus, tau = WINDOWS[window]
        return AntisymmetricSTDP(self.eta if eta is None else eta, 1.0, A_minus, tau, tau)

    def make_world(self, seed: int) -> Matrix:
        """Return the world (n_sensor, n_motor) of one seed."""
        rng = np.random.default_rng([seed, 0x3301D])
        return sparse_world(
            self.n_sensor, self.n_motor, fan_out=self.fan_out, gain=self.gain, rng=rng
        )


@dataclass(frozen=True)
class _Trial:
    metrics: dict[str, Any]
    arrays: dict[str, NDArray[Any]]


def run(config: Config, report: Report | None = None) -> Result:
    """Measure lone neurons, predict, let loops learn and compare, once for every seed.

    Parameters
    ----------
    config : Config
    report : callable, optional
        See `postdict.trials.Report`.
    """

    def trial(seed: int, stage: Stage) -> _Trial:
        return _trial(config, seed, stage)

    seeds = list(range(config.seed, config.seed + config.seeds))
    trials = run_trials(trial, seeds, report)
    medians, ranges = median_and_range([one.metrics for one in trials])
    return Result(
        "theory",
        asdict(config),
        {
            "claims": claims(medians["scale"]),
            **medians,
            "spread": ranges,
            "seeds": seeds,
            "per_seed": [one.metrics for one in trials],
        },
        trials[0].arrays,
    )


def _trial(config: Config, seed: int, stage: Stage) -> _Trial:
    scale: dict[str, Any] = {}
    lone_metrics: dict[str, Any] = {}
    arrays: dict[str, NDArray[Any]] = {}
    reference: parts.Lone | None = None
    for tau_m in TAUS:
        key = f"{tau_m:g}"
        told = stage(f"lone neurons, tau_m {key} ms")
        alone = parts.lone(
            config.parameters(31.0, tau_m), config.n_motor, config.lone_duration, seed, told
        )
        reference = reference or alone
        lone_metrics[key] = {
            "rate": alone.rate,
            "spikes_per_mV_excited": alone.excited.total,
            "spikes_per_mV_inhibited": alone.inhibited.total,
            "at_once_per_mV": alone.excited.at_once,
        }
        arrays |= {
            f"autocorrelation_lags_{key}": alone.autocorrelation[0],
            f"autocorrelation_{key}": alone.autocorrelation[1],
            f"kick_lags_{key}": alone.excited.lags,
            f"kick_excited_{key}": alone.excited.density,
            f"kick_inhibited_{key}": alone.inhibited.density,
        }
        scale[key], curves = _scales(config, tau_m, alone, seed, stage)
        arrays[f"imposed_drive_{key}"] = curves
    assert reference is not None
    arrays |= {"imposed_scales": SCALES, "delays": np.array(config.all_delays())}

    world = config.make_world(seed)
    parameters = config.parameters(config.delay)
    response = explore(
        world,
        parameters,
        None,
        duration=config.lone_duration,
        seed=seed,
        progress=stage("explores"),
    ).response()
    modes, course = _modes(config, world, response, reference, seed, stage)
    ridge, filters = _ridges(config, world, response, seed, stage)
    arrays |= {"response": response, "mode_history": course, "filters": filters}
    return _Trial({"lone": lone_metrics, "scale": scale, "modes": modes, "ridge": ridge}, arrays)


def _scales(
    config: Config, tau_m: float, alone: parts.Lone, seed: int, stage: Stage
) -> tuple[dict[str, Any], Matrix]:
    """Return c and b, predicted and seen, by window and delay, and the drives over imposed c."""
    n = config.n_motor
    result: dict[str, Any] = {name: {} for name in WINDOWS}
    curves = []
    identity = LOUDNESS * np.eye(n)
    off_diagonal = ~np.eye(n, dtype=bool)
    for delay in config.all_delays():
        label = f"tau_m {tau_m:g} ms, D {delay:g} ms"
        parameters = config.parameters(delay, tau_m)
        rules = [config.rule(name, eta=1.0) for name in WINDOWS]
        linear = [alone.linear(rule, delay) for rule in rules]
        found, curve = parts.balanced(
            parameters,
            rules,
            [one.uniform for one in linear],
            SCALES,
            n=n,
            duration=config.imposed_duration,
            seed=seed,
            progress=stage(f"imposes c, {label}"),
        )
        curves.append(curve)
        for name, first, (c, b) in zip(WINDOWS, linear, found, strict=True):
            course = parts.learned(
                identity,
                parameters,
                config.rule(name, eta=2.0 * config.eta),
                duration=config.scale_duration,
                seed=seed,
                progress=stage(f"learns c, {label}"),
            )
            product = course.settled() @ identity
            between = float(product[off_diagonal].mean())
            result[name][f"{delay:g}"] = {
                "c_seen": float(np.trace(product)) / n - between,
                "c_linear": first.scale,
                "c_balanced": c,
                "b_seen": -between,
                "b_linear": first.uniform,
                "b_balanced": b,
                "motor_rate": course.rate,
            }
    return result, np.array(curves)


def _modes(
    config: Config,
    world: Matrix,
    response: Matrix,
    alone: parts.Lone,
    seed: int,
    stage: Stage,
) -> tuple[dict[str, Any], Matrix]:
    """Return how fast modes are learned from zero and forgotten after a perturbation."""
    parameters, rule = config.parameters(config.delay), config.rule()
    left, s, right = np.linalg.svd(response, full_matrices=False)
    course = parts.learned(
        world,
        parameters,
        rule,
        duration=config.mode_duration,
        seed=seed,
        progress=stage("learns modes"),
    )
    settled = course.settled()
    growth = theory.modes(course.weights @ response, response)
    grown = np.array([theory.relaxation(course.times, one)[1] for one in growth.T]) * 1e3

    rng = np.random.default_rng([seed, 0xDECA1])
    remains, rates = [], []
    duration = 0.5 * config.mode_duration
    for k in range(config.perturbations):
        # Each mode is pushed to a random output other than its own, so that diagonals stay.
        push = rng.normal(size=right.shape)
        push -= (push * right).sum(axis=1, keepdims=True) * right
        push /= np.linalg.norm(push, axis=1, keepdims=True)
        start = settled + PERTURBATION * (push / s[:, None]).T @ left.T
        back = parts.learned(
            world,
            parameters,
            rule,
            duration=duration,
            seed=seed + 1000 * (k + 1),
            progress=stage("forgets a perturbation"),
            start=start,
            n_samples=400,
        )
        rest = (back.weights - settled) @ left * s  # (n_samples, n_motor, n_modes)
        remains.append(np.einsum("tmk,km->tk", rest, push) / PERTURBATION)
        rates.append(back.rate)
    remaining = np.mean(remains, axis=0)
    gone = np.array([theory.relaxation(back.times, 1.0 - one)[1] for one in remaining.T]) * 1e3

    linear = alone.linear(rule, config.delay, alone.both_signs())
    running = replace(linear, rate=float(np.mean(rates)), mirror=0.0)
    scale = float(np.trace(settled @ response)) / len(s)
    found, _ = parts.balanced(
        parameters,
        [config.rule(eta=1.0)],
        [0.0],
        SCALES,
        n=config.n_motor,
        duration=config.imposed_duration,
        seed=seed,
        progress=stage("imposes c, modes"),
    )
    balanced = found[0][0]
    # The secant of a neuron's own drive, from W = 0 to where it vanishes.
    secant = -linear.own / balanced if balanced else linear.kappa
    expected = linear.growth(response, course.times, self_coupling=secant)
    expected_growth = (
        np.array([theory.relaxation(course.times, one)[1] for one in expected.T]) * 1e3
    )
    shuffled = rng.permutation(settled.ravel()).reshape(settled.shape)
    decay = running.mode_rates(s)
    metrics = {
        "c_seen": scale,
        "c_balanced": balanced,
        "specific_inverse_error": inverse_quality(settled, response).specific_inverse_error,
        "specific_inverse_error_shuffled": inverse_quality(
            shuffled, response
        ).specific_inverse_error,
        "singular_values": {str(k): float(v) for k, v in enumerate(s)},
        "decay": {str(k): float(v) for k, v in enumerate(gone)},
        "decay_predicted": {str(k): float(v) for k, v in enumerate(decay)},
        "growth": {str(k): float(v) for k, v in enumerate(grown)},
        "growth_predicted": {str(k): float(v) for k, v in enumerate(expected_growth)},
        "decay_exponent": _exponent(s, gone),
        "growth_exponent": _exponent(s, grown),
        "growth_exponent_predicted": _exponent(s, expected_growth),
        "decay_ratio": float(np.median(gone / decay)),
        "growth_ratio": float(np.median(grown / expected_growth)),
        # Control: one rate for all modes. Spread: interquartile range of the logarithm.
        "decay_spread": _spread(gone / decay),
        "decay_spread_one_rate": _spread(gone),
        "growth_spread": _spread(grown / expected_growth),
        "growth_spread_one_rate": _spread(grown),
    }
    return metrics, growth


def _ridges(
    config: Config, world: Matrix, response: Matrix, seed: int, stage: Stage
) -> tuple[dict[str, Any], Matrix]:
    """Return how well W is the ridge inverse of lambda = noise rate over motor rate."""
    left, s, _ = np.linalg.svd(response, full_matrices=False)
    within = left @ left.T  # what a motor pattern can reach of the sensors
    result, filters = {}, []
    for noise in NOISE:
        course = parts.learned(
            world,
            config.parameters(config.delay),
            config.rule(eta=config.noise_eta),
            duration=config.noise_duration,
            seed=seed,
            progress=stage(f"learns with noise, {noise:g} Hz"),
            noise_rate=noise,
        )
        weights = course.settled() @ within
        expected = noise / course.rate
        grid = np.concatenate(([0.0], np.geomspace(1e-3, 1e3, 301)))
        errors = [_misfit(weights, theory.fixed_point(response, 1.0, ridge=one)) for one in grid]
        filtered = theory.modes(weights @ response, response)
        filters.append(filtered)
        result[f"{noise:g}"] = {
            "motor_rate": course.rate,
            "lambda_predicted": expected,
            "lambda_fitted": float(grid[int(np.argmin(errors))]),
            "misfit_predicted": _misfit(weights, theory.fixed_point(response, 1.0, ridge=expected)),
            "misfit_fitted": float(min(errors)),
            "misfit_pinv": float(errors[0]),
            "misfit_transpose": _misfit(weights, response.T),
            "c_seen": float(np.mean(filtered / (s**2 / (s**2 + expected)))),
        }
    return result, np.array(filters)


def _misfit(weights: Matrix, form: Matrix) -> float:
    """Return the relative distance of W from a form, each row at its best scale."""
    scales = (weights * form).sum(axis=1) / (form**2).sum(axis=1)
    return float(np.linalg.norm(weights - scales[:, None] * form) / np.linalg.norm(weights))


def _exponent(s: Matrix, rates: Matrix) -> float:
    return float(np.polyfit(np.log(s), np.log(rates), 1)[0])


def _spread(values: Matrix) -> float:
    low, high = np.percentile(np.log(values), (25.0, 75.0))
    return float(high - low)
