"""The published rate model: a linear Hebbian rule with an eligibility trace, in discrete time.

a_t = Q m_(t-D) is what is heard of motor activity m. The rule

    dV ~ (sum_k e_k m_(t-k) - V a_t) a_t'        rests at        V = <m~ a'> <a a'>^+

with the eligibility e_k = exp(-k/tau) and m~_t = sum_k e_k m_(t-k). White exploration gives
V = e_D Q^+, the causal inverse; a stereotyped code gives the motor activity that most recently
preceded what is heard (Hanuschkin, Ganguli & Hahnloser 2013, Front Neural Circuits 7:106, in form;
parameters are our own). Nothing spikes here, and what is heard does not drive what is sung.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..._types import Floats, Spikes
from ...analysis import poisson_sequence, score_imitation
from ...loop.unseen_songs import TOLERANCE
from .singing import Code

STEP = 1.0  # ms
BLOCK = 20_000  # steps
LEVELS = np.linspace(0.1, 1.0, 19)  # thresholds that are tried, in units of a large read-out
LARGE = 0.999  # its quantile


@dataclass(frozen=True)
class RateModel:
    """What the rule has learned: V (n_motor, n_sensor), for Q (n_sensor, n_motor) and D (steps)."""

    weights: Floats
    world: Floats
    delay: int

    def heard(self, motor: Floats) -> Floats:
        """Return V a_t (n_motor, n_steps) for a motor sequence (n_motor, n_steps)."""
        listening: Floats = self.weights @ (self.world @ _later(motor, self.delay))
        return listening


def babble(n_motor: int, n_steps: int, rate: float, rng: np.random.Generator) -> Floats:
    """Return white motor activity (n_motor, n_steps) of zeros and ones at `rate` (Hz)."""
    return (rng.random((n_motor, n_steps)) < 1e-3 * STEP * rate).astype(float)


def sing_in_steps(code: Code, n_steps: int, rng: np.random.Generator) -> Floats:
    """Return motor activity (n_motor, n_steps): in each slot the motif, or babble of its rate."""
    n_motor = len(code.onsets)
    motor = babble(n_motor, n_steps, 1e3 / code.period, rng)
    starts = code.starts(n_steps * STEP)
    commanded = rng.random(len(starts)) < code.stereotypy
    slot = (np.arange(n_steps) * STEP // code.period).astype(int)
    motor[:, commanded[slot]] = 0.0
    times, ids = code.commands(starts[commanded])
    steps = (times / STEP).astype(int)
    inside = steps < n_steps
    motor[ids[inside], steps[inside]] = 1.0
    return motor


def learn_in_steps(
    code: Code, world: Floats, delay: int, tau: float, n_steps: int, rng: np.random.Generator
) -> RateModel:
    """Return where the rule rests when a code is sung for `n_steps`; `tau` in ms."""
    n_sensor, n_motor = world.shape
    crossed, squared = np.zeros((n_motor, n_sensor)), np.zeros((n_sensor, n_sensor))
    for _ in range(-(-n_steps // BLOCK)):  # in blocks: a long song is large
        motor = sing_in_steps(code, BLOCK, rng)
        heard = world @ _later(motor, delay)
        heard -= heard.mean(axis=1, keepdims=True)
        crossed += _eligible(motor, tau) @ heard.T
        squared += heard @ heard.T
    return RateModel(crossed @ np.linalg.pinv(squared, rcond=1e-6), world, delay)


def covariance_in_steps(sung: Floats, listening: Floats, max_lag: int) -> tuple[Floats, Floats]:
    """Return lags (n_lags,), ms, and each neuron's cross-covariance (n_motor, n_lags)."""
    lags = np.arange(-max_lag, max_lag + 1)  # steps
    centred = [x - x.mean(axis=1, keepdims=True) for x in (sung, listening)]
    inside = slice(max_lag, sung.shape[1] - max_lag)
    covariances = [
        np.mean(centred[0][:, inside] * np.roll(centred[1], -lag, axis=1)[:, inside], axis=1)
        for lag in lags
    ]
    return STEP * lags.astype(np.float64), np.stack(covariances, axis=1)


def imitation_in_steps(model: RateModel, rate: float, n_steps: int, seed: int) -> float:
    """Return F1 of an unseen random sequence at `rate` (Hz), by a threshold chosen on another."""
    rng = np.random.default_rng([seed, 0x5A7E])
    practice, test = (_sequence(model, rate, n_steps, rng) for _ in range(2))
    levels = LEVELS * np.quantile(practice[1], LARGE)
    best = max(levels, key=lambda level: _score(model, practice, level))
    return _score(model, test, best)


def _sequence(
    model: RateModel, rate: float, n_steps: int, rng: np.random.Generator
) -> tuple[Spikes, Floats]:
    """Return a tutor's spikes and the read-out V a_t of what is heard of them."""
    n_motor = model.world.shape[1]
    times, ids = poisson_sequence(n_motor, rate, n_steps * STEP, rng=rng)
    motor = np.zeros((n_motor, n_steps))
    motor[ids, (times / STEP).astype(int)] = 1.0
    return (times, ids), model.heard(motor)


def _score(model: RateModel, sequence: tuple[Spikes, Floats], level: float) -> float:
    tutor, listening = sequence
    ids, steps = np.nonzero(listening > level)
    answer = (steps * STEP, ids)
    delay = model.delay * STEP
    return score_imitation(*tutor, *answer, delay=delay, tolerance=TOLERANCE).f1


def _eligible(motor: Floats, tau: float) -> Floats:
    """Return the traces (n_motor, n_steps) by which past activity may still be learned of."""
    traces = np.zeros_like(motor)
    trace = np.zeros(len(motor))
    for t, active in enumerate(motor.T):
        trace = trace * np.exp(-STEP / tau) + active
        traces[:, t] = trace
    return traces


def _later(values: Floats, steps: int) -> Floats:
    """Return values (n, n_steps) moved to later times, with silence before."""
    moved = np.zeros_like(values)
    moved[:, steps:] = values[:, : values.shape[1] - steps]
    return moved
