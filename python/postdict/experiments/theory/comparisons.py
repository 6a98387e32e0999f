"""What `theory` compares: predicted and seen, the size of c, rates of the modes, and the ridge."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ... import theory
from ..._types import Floats
from ...analysis import inverse_quality
from ...lab.stages import Stage
from ...world.linear import LinearWorld, as_linear
from .._shared.lone_neurons import Lone
from .balance import balanced
from .config import WINDOWS, Config
from .loops import learned

# W G = c 1 of lone pairs: imposed strengths at which their drive is measured.
SCALES = np.array([-0.2, -0.1, 0.0, 0.1, 0.2, 0.3, 0.45, 0.6, 0.75, 0.85, 0.95, 1.05])
LOUDNESS = 4.0  # sensor spikes for a motor spike where c is measured: one sensor for each neuron
NOISE = (0.0, 10.0, 40.0, 160.0)  # Hz, spontaneous spikes of each sensor
PERTURBATION = 0.4  # mV in W G, of each mode


def compared_scales(
    config: Config, tau_m: float, alone: Lone, seed: int, stage: Stage
) -> tuple[dict[str, Any], Floats]:
    """Return c and b, predicted and seen, by window and delay, and the drives over imposed c."""
    n = config.n_motor
    result: dict[str, Any] = {name: {} for name in WINDOWS}
    curves = []
    identity = as_linear(LOUDNESS * np.eye(n))
    off_diagonal = ~np.eye(n, dtype=bool)
    for delay in config.all_delays():
        label = f"tau_m {tau_m:g} ms, D {delay:g} ms"
        parameters = config.parameters(delay, tau_m)
        rules = [config.rule(name, eta=1.0) for name in WINDOWS]
        linear = [alone.linear(rule.window, delay) for rule in rules]
        found, curve = balanced(
            parameters,
            rules,
            [predicted.uniform for predicted in linear],
            SCALES,
            n=n,
            duration=config.imposed_duration,
            seed=seed,
            progress=stage.part(f"imposes c, {label}"),
        )
        curves.append(curve)
        for name, first, (c, b) in zip(WINDOWS, linear, found, strict=True):
            course = learned(
                identity,
                parameters,
                config.rule(name, eta=2.0 * config.eta),
                duration=config.scale_duration,
                seed=seed,
                progress=stage.part(f"learns c, {label}"),
            )
            product = course.settled() @ identity.matrix
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


def compared_modes(
    config: Config,
    world: LinearWorld,
    response: Floats,
    alone: Lone,
    seed: int,
    stage: Stage,
) -> tuple[dict[str, Any], Floats]:
    """Return how fast modes are learned from zero and forgotten after a perturbation."""
    parameters, rule = config.parameters(config.delay), config.rule()
    left, s, right = np.linalg.svd(response, full_matrices=False)
    course = learned(
        world,
        parameters,
        rule,
        duration=config.mode_duration,
        seed=seed,
        progress=stage.part("learns modes"),
    )
    settled = course.settled()
    growth = theory.modes(course.weights @ response, response)
    grown = 1e3 * _rates(course.times, growth)

    rng = np.random.default_rng([seed, 0xDECA1])
    remains, rates = [], []
    duration = 0.5 * config.mode_duration
    for k in range(config.perturbations):
        # Each mode is pushed to a random output other than its own, so that diagonals stay.
        push = rng.normal(size=right.shape)
        push -= (push * right).sum(axis=1, keepdims=True) * right
        push /= np.linalg.norm(push, axis=1, keepdims=True)
        start = settled + PERTURBATION * (push / s[:, None]).T @ left.T
        back = learned(
            world,
            parameters,
            rule,
            duration=duration,
            seed=seed + 1000 * (k + 1),
            progress=stage.part("forgets a perturbation"),
            start=start,
            n_samples=400,
        )
        rest = (back.weights - settled) @ left * s  # (n_samples, n_motor, n_modes)
        remains.append(np.einsum("tmk,km->tk", rest, push) / PERTURBATION)
        rates.append(back.rate)
    remaining = np.mean(remains, axis=0)
    gone = 1e3 * _rates(back.times, 1.0 - remaining)

    linear = alone.linear(rule.window, config.delay, alone.both_signs())
    running = replace(linear, rate=float(np.mean(rates)), mirror=0.0)
    scale = float(np.trace(settled @ response)) / len(s)
    found, _ = balanced(
        parameters,
        [config.rule(eta=1.0)],
        [0.0],
        SCALES,
        n=config.n_motor,
        duration=config.imposed_duration,
        seed=seed,
        progress=stage.part("imposes c, modes"),
    )
    c_balanced = found[0][0]
    # The secant of a neuron's own drive, from W = 0 to where it vanishes.
    secant = -linear.own / c_balanced if c_balanced else linear.kappa
    expected = linear.growth(response, course.times, self_coupling=secant)
    expected_growth = 1e3 * _rates(course.times, expected)
    shuffled = rng.permutation(settled.ravel()).reshape(settled.shape)
    decay = running.mode_rates(s)
    metrics = {
        "c_seen": scale,
        "c_balanced": c_balanced,
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


def compared_ridges(
    config: Config, world: LinearWorld, response: Floats, seed: int, stage: Stage
) -> tuple[dict[str, Any], Floats]:
    """Return how well W is the ridge inverse of lambda = noise rate over motor rate."""
    left, s, _ = np.linalg.svd(response, full_matrices=False)
    within = left @ left.T  # what a motor pattern can reach of the sensors
    result, filters = {}, []
    for noise in NOISE:
        course = learned(
            world,
            config.parameters(config.delay),
            config.rule(eta=config.noise_eta),
            duration=config.noise_duration,
            seed=seed,
            progress=stage.part(f"learns with noise, {noise:g} Hz"),
            noise_rate=noise,
        )
        weights = course.settled() @ within
        expected = noise / course.rate
        grid = np.concatenate(([0.0], np.geomspace(1e-3, 1e3, 301)))
        errors = [
            _misfit(weights, theory.fixed_point(response, 1.0, ridge=ridge)) for ridge in grid
        ]
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


def _rates(times: Floats, modes: Floats) -> Floats:
    """Return the rate (1/ms) at which each mode, a column, relaxes."""
    return np.array([theory.relaxation(times, mode)[1] for mode in modes.T])


def _misfit(weights: Floats, form: Floats) -> float:
    """Return the relative distance of W from a form, each row at its best scale."""
    scales = (weights * form).sum(axis=1) / (form**2).sum(axis=1)
    return float(np.linalg.norm(weights - scales[:, None] * form) / np.linalg.norm(weights))


def _exponent(s: Floats, rates: Floats) -> float:
    return float(np.polyfit(np.log(s), np.log(rates), 1)[0])


def _spread(values: Floats) -> float:
    low, high = np.percentile(np.log(values), (25.0, 75.0))
    return float(high - low)
