"""Runs of the loop on time grids, paired with exact ones: what it learned, and when it fires.

Runs on a grid are postdict's own (`exact_loop`); `bench_pure_python.py` proves that they equal a
clock-driven program's spike for spike.
"""

from __future__ import annotations

from dataclasses import dataclass

import exact_loop
import numpy as np
import pure_python
from pure_python import (
    A_MINUS,
    A_PLUS,
    EXCITATION,
    N_MOTOR,
    SYNAPTIC_DELAY,
    TAU_STDP,
    Floats,
    Result,
    Spikes,
)

from postdict.analysis import inverse_quality

WORLD = pure_python.random_world(1)
GRIDS = {"exact": None, "0.1 ms": 0.1, "0.5 ms": 0.5, "1 ms": 1.0}
SAME_INSTANT = 1e-6  # ms, far above rounding and far below every grid
TOLERANCE = 2.0  # ms, two bins of the coarsest grid
LAST = 0.2  # of the learning run, over which the motor rate is taken


@dataclass(frozen=True)
class Learned:
    """What one run learned."""

    weights: Floats  # W = E - w (motor, sensor), mV
    diagonal: float  # mean of WA
    off_diagonal: float  # mean of WA
    error: float  # specific inverse error
    rate: float  # of the motor neurons at the end, Hz


@dataclass(frozen=True)
class Replay:
    """One run of frozen weights, beside the exact run of the same kicks."""

    rate: float  # of the motor neurons, Hz
    arrivals: float  # of sensor spikes at the instant of a motor spike, per motor spike
    shared: float  # motor spikes at the instant of another motor neuron's, share
    distances: Floats  # (n_spikes,) from each exact motor spike to the same neuron's nearest, ms
    first_lost: float  # time of the first exact motor spike without one in the tolerance, ms

    @property
    def lost(self) -> float:
        """The share of exact motor spikes without a partner within the tolerance."""
        return float(np.mean(self.distances > TOLERANCE))


def window_area(dt: float | None, A_minus: float = A_MINUS) -> float:
    """Return the sum of the window (in units of eta) over all lags of a grid, ms.

    Lag 0 potentiates: A_plus dt (1 + q + ...) - A_minus dt (q + q^2 + ...), q = exp(-dt/tau).
    """
    if dt is None:
        return (A_PLUS - A_minus) * TAU_STDP
    q = np.exp(-dt / TAU_STDP)
    return float(dt * (A_PLUS - A_minus * q) / (1.0 - q))


def corrected_depression(dt: float) -> float:
    """Return the A_minus with which the window's area on a grid is the exact one."""
    q = np.exp(-dt / TAU_STDP)
    return float((A_PLUS - window_area(None) * (1.0 - q) / dt) / q)


def learn(kicks: Spikes, duration: float, dt: float | None, A_minus: float = A_MINUS) -> Learned:
    result = exact_loop.run(WORLD, duration=duration, kicks=kicks, dt=dt, A_minus=A_minus)
    weights = EXCITATION - result.weights
    product = weights @ WORLD
    error = inverse_quality(weights, WORLD).specific_inverse_error
    assert error is not None  # c is not 0
    n_late = np.sum(result.motor[0] >= (1.0 - LAST) * duration)
    return Learned(
        weights=weights,
        diagonal=float(np.diag(product).mean()),
        off_diagonal=float(product[~np.eye(N_MOTOR, dtype=bool)].mean()),
        error=error,
        rate=1e3 * n_late / (N_MOTOR * LAST * duration),
    )


def replay(weights: Floats, duration: float, seed: int) -> dict[str, Replay]:
    """Run frozen weights W on every grid, with jitter instead of it, and with other kicks.

    The keys are those of `GRIDS`, the same with "jitter " before them, and "other kicks".
    """
    rng = np.random.default_rng(seed)
    kicks = pure_python.poisson_kicks(duration, seed)

    def frozen(kicks: Spikes, dt: float | None = None) -> Result:
        inhibition = EXCITATION - weights
        return exact_loop.run(
            WORLD, duration=duration, eta=0.0, kicks=kicks, dt=dt, inhibition=inhibition
        )

    exact = frozen(kicks)
    runs = {}
    for label, dt in GRIDS.items():
        runs[label] = compare(exact, frozen(kicks, dt), duration, centre=0.5 * (dt or 0.0))
        runs[f"jitter {label}"] = compare(exact, frozen(jittered(kicks, dt or 0.0, rng)), duration)
    other = pure_python.poisson_kicks(duration, seed + 1000)
    runs["other kicks"] = compare(exact, frozen(other), duration)
    return runs


def jittered(kicks: Spikes, width: float, rng: np.random.Generator) -> Spikes:
    """Return kicks moved as far as a grid of `width` (ms) moves them, but not onto a grid."""
    times = np.abs(kicks[0] + rng.uniform(-0.5 * width, 0.5 * width, len(kicks[0])))
    order = np.argsort(times)
    return times[order], kicks[1][order]


def compare(exact: Result, result: Result, duration: float, centre: float = 0.0) -> Replay:
    """Compare a run with the exact one; `centre` (ms) leads from its times to their bin centres."""
    times, neurons = result.motor
    distances = _distances(exact.motor, (times + centre, neurons))
    lost = exact.motor[0][distances > TOLERANCE]
    arrivals = result.sensor[0] + SYNAPTIC_DELAY
    return Replay(
        rate=1e3 * len(times) / (N_MOTOR * duration),
        arrivals=float(np.mean(_at_same_instant(arrivals, times))),
        shared=float(np.mean(_at_same_instant(times, times) > 1)),
        distances=distances,
        first_lost=float(lost[0]) if len(lost) else np.inf,
    )


def _at_same_instant(times: Floats, instants: Floats) -> Floats:
    """Return how many of the sorted `times` lie at each instant."""
    first = np.searchsorted(times, instants - SAME_INSTANT)
    return np.searchsorted(times, instants + SAME_INSTANT) - first


def _distances(spikes: Spikes, others: Spikes) -> Floats:
    """Return the time from each spike to the nearest of the same neuron in `others`, ms."""
    result = np.empty(len(spikes[0]))
    for neuron in range(N_MOTOR):
        own = spikes[1] == neuron
        times = spikes[0][own]
        candidates = np.concatenate([[-np.inf], others[0][others[1] == neuron], [np.inf]])
        after = np.searchsorted(candidates, times)
        result[own] = np.minimum(times - candidates[after - 1], candidates[after] - times)
    return result
