"""What the theory says of a point of the map, from motor neurons without sensors or plasticity.

Two theories: the linear one, from lone neurons; and the *balance of a lone neuron*, from neurons on
which W G = c 1 - b 11' is imposed. See docs/theory.md for both. What is simulated knows nothing of
the window, so that all fits are read off the same spikes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from ... import theory
from ..._types import Floats
from ...lab.results import Nested
from ...lab.stages import Stage
from ...simulation import LimitError
from .._shared.lone_neurons import Lone, autocorrelation, hears_itself, lone, mean_rate
from .config import Config

# Imposed strengths, mV. Inhibition of all by all takes its part of c: above a threshold too there
# may be rest.
SCALES = (-0.6, -0.3, -0.1, 0.0, 0.15, 0.3, 0.45, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.35, 1.5)
UNIFORMS = (0.0, 0.05, 0.12, 0.25)  # mV
RUNAWAY = 5.0  # motor rate that counts as none at rest, in units of that without feedback

Correlation: TypeAlias = tuple[Floats, Floats]
"""Lags (ms) and rate (Hz) at each."""


@dataclass(frozen=True)
class Imposed:
    """Motor neurons on which W G = c 1 - b 11' is imposed."""

    rate: float  # Hz
    own: Correlation  # of a neuron with itself
    pooled: Correlation  # of all spikes with one another, per spike

    def drives(self, window: theory.Window, delay: float, n: int) -> tuple[float, float]:
        """Return c_ii / r and c_ik / r (mV), means included: what learning balances to zero."""
        own = theory.own_drive(window, delay, rate=0.0, autocorrelation=self.own)
        pooled = theory.own_drive(window, delay, rate=0.0, autocorrelation=self.pooled)
        return own, (pooled - own) / (n - 1)


Grid: TypeAlias = dict[tuple[float, float], Imposed]
"""By (c, b); what ran away is not there."""


def impose(config: Config, rate: float, seed: int, stage: Stage) -> Grid:
    """Return what neurons do under each imposed feedback, up to that at which they run away."""
    parameters, n, duration = config.parameters(), config.n_motor, config.imposed_duration
    grid: Grid = {}
    for uniform in UNIFORMS:
        for signed in (SCALES[SCALES.index(0.0) :], SCALES[: SCALES.index(0.0)][::-1]):
            for scale in signed:
                product = (config.weight_unit * scale, config.weight_unit * uniform)
                try:
                    spikes = hears_itself(
                        parameters,
                        product,
                        n,
                        duration,
                        seed,
                        stage.part(f"c {scale:g}, b {uniform:g}"),
                        max_rate=RUNAWAY * rate,
                    )
                except LimitError:
                    break
                pooled = (spikes[0], np.zeros(len(spikes[0]), dtype=np.int64))
                grid[scale, uniform] = Imposed(
                    mean_rate(spikes, n, duration),
                    autocorrelation(spikes, n, duration),
                    autocorrelation(pooled, 1, duration),
                )
    return grid


def balance(grid: Grid, window: theory.Window, delay: float, n: int) -> Nested:
    """Return c, b (mV) and the rate (Hz) where the drives vanish; None where they do nowhere.

    For each c in turn from 0 on, b is that at which neurons do not drive one another, linear
    between those imposed; a c at which the neurons run away with that b ends the search.
    """
    points = [(0.0, *zero)] if (zero := _at_balanced_uniform(grid, 0.0, window, delay, n)) else []
    for sign in (1.0, -1.0):
        for scale in sorted((c for c in SCALES if sign * c > 0.0), key=abs):
            point = _at_balanced_uniform(grid, scale, window, delay, n)
            if point is None:
                break
            points.append((scale, *point))
    scales, uniforms, drives, rates = np.array(sorted(points)).reshape(-1, 4).T
    found = theory.balanced_scale(scales, drives) if len(scales) > 1 else None
    if found is None:
        return {"c": None, "b": None, "rate": None}
    return {
        "c": found,
        "b": float(np.interp(found, scales, uniforms)),
        "rate": float(np.interp(found, scales, rates)),
    }


def _at_balanced_uniform(
    grid: Grid, scale: float, window: theory.Window, delay: float, n: int
) -> tuple[float, float, float] | None:
    """Return b, a neuron's own drive (mV) and the rate (Hz) at a c; None where it has run away."""
    known = [b for b in UNIFORMS if (scale, b) in grid]
    if not known:
        return None
    own, other = np.array([grid[scale, b].drives(window, delay, n) for b in known]).T
    rates = [grid[scale, b].rate for b in known]
    # Inhibition of all by all is added while neurons drive one another's inhibition up.
    if other[0] <= 0.0:
        uniform = known[0]
        if uniform > UNIFORMS[0]:
            return None  # what would hold is less than what it takes
    elif other[-1] > 0.0:
        uniform = known[-1]
    else:
        uniform = float(np.interp(0.0, -other, known))
    return uniform, float(np.interp(uniform, known, own)), float(np.interp(uniform, known, rates))


def linear(alone: Lone, config: Config, fit: str) -> Nested:
    """Return what the linear theory says of a fit, weights in mV of a jump of the same area."""
    window, unit = config.seen_window(fit), config.weight_unit
    own = theory.own_drive(
        window, config.delay, rate=alone.rate, autocorrelation=alone.autocorrelation
    )
    response = alone.excited if own < 0.0 else alone.inhibited
    found = alone.linear(window, config.delay, response)
    rate = found.settled_rate(config.n_motor, response.total)
    return {
        "own": found.own,
        "kappa": unit * found.kappa,
        "mirror": unit * found.mirror,
        "c": found.scale / unit if found.converges else None,
        "rate": rate if math.isfinite(rate) else None,
    }


def predict(config: Config, tau_syn: float, seed: int, stage: Stage) -> Nested:
    """Return what both theories say of every fit at every delay of the map, by delay and fit."""
    first = config.at(tau_syn, config.map_delays[0])
    alone = lone(
        first.parameters(),
        first.n_motor,
        config.lone_duration,
        seed,
        stage.part("lone neurons"),
    )
    result: Nested = {}
    for delay in config.map_delays:
        point = config.at(tau_syn, delay)
        grid = impose(point, alone.rate, seed, stage.part(f"imposes at D {delay:g} ms"))
        result[f"{delay:g}"] = {
            fit: {
                "linear": linear(alone, point, fit),
                "balance": balance(grid, point.seen_window(fit), delay, point.n_motor),
                "rate_before": alone.rate,
            }
            for fit in config.fit_names()
        }
    return result
