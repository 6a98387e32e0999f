"""What `detailed-balance` measures: fluxes of frozen weights, correlograms, drift and controls."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._types import Floats
from ...analysis import imbalance, specific_gain, window_areas
from ...lab.results import Nested
from ...lab.runs import RunawayError
from ...loop.exploration import Exploration, medians_by_world
from ...plasticity import AntisymmetricSTDP

BALANCED = 0.05  # median imbalance of the synapses that carry the inverse, below which they balance
BIN = 0.5  # ms, of the correlograms
REACH = 8.0  # of the correlograms, in the window's longer time constant: e^-8 is left out
HALVINGS = 12  # of the interval in which a control's uniform inhibition lies: to E / 2048


@dataclass(frozen=True)
class Counted:
    """An exploration with frozen weights, and what the rule would have made of it."""

    exploration: Exploration
    potentiation: Floats  # (n_motor, n_sensor), eta = 1
    depression: Floats

    @property
    def imbalance(self) -> Floats:
        """|P - N|/(P + N) of each synapse (n_motor, n_sensor)."""
        return imbalance(self.potentiation, self.depression)

    def metrics(self) -> Nested:
        """Return the medians of the imbalance, and motor rates (Hz): mean, most active neuron."""
        exploration = self.exploration
        counts = np.bincount(exploration.motor[1], minlength=exploration.n_motor)
        return {
            "imbalance": medians_by_world(self.imbalance, exploration.world),
            "motor_rate": exploration.motor_rate,
            "largest_rate": float(counts.max()) / (1e-3 * exploration.duration),
        }

    def arrays(self, when: str) -> dict[str, Floats]:
        """Return what is drawn, by name; the fluxes are in units of eta a second."""
        seconds = 1e-3 * self.exploration.duration
        return {
            f"potentiation_{when}": self.potentiation / seconds,
            f"depression_{when}": self.depression / seconds,
            f"imbalance_{when}": self.imbalance,
        }


@dataclass(frozen=True)
class Control:
    """Frozen weights that are no inverse; not counted where they ran away."""

    weights: Floats  # (n_motor, n_sensor) mV
    inhibition: float  # mV, that was subtracted from all of them
    counted: Counted | None

    @property
    def imbalance(self) -> Floats:
        """|P - N|/(P + N) of each synapse (n_motor, n_sensor), nan where not counted."""
        return (
            np.full(self.weights.shape, np.nan) if self.counted is None else self.counted.imbalance
        )

    def metrics(self, response: Floats) -> Nested:
        """Return those of `Counted`, all None where it ran away, and what the weights are."""
        medians = {"carrying": None, "rest": None}
        unknown = {"imbalance": medians, "motor_rate": None, "largest_rate": None}
        return {
            **(unknown if self.counted is None else self.counted.metrics()),
            "scale": float(np.trace(self.weights @ response)) / len(self.weights),
            "specific_gain": specific_gain(self.weights, response),
            "uniform_inhibition": self.inhibition,
        }


def count(exploration: Exploration, rule: AntisymmetricSTDP) -> Counted:
    """Return the exploration with its fluxes."""
    return Counted(exploration, *exploration.fluxes(rule))


@dataclass(frozen=True)
class Correlograms:
    """Sensor-motor correlograms of one exploration, and what the window makes of them."""

    lags: Floats  # (n_bins,) ms, t_motor - t_arrival
    pooled: dict[str, Floats]  # (n_bins,) motor rate in Hz, of synapses that carry, and the rest
    areas: dict[str, Nested]  # of the pooled ones: change by one arrival in units of eta
    drift: Floats  # (n_motor, n_sensor) predicted dw/dt, mV/s

    def arrays(self, when: str) -> dict[str, Floats]:
        """Return what is drawn, by name."""
        return {
            **{f"correlogram_{name}_{when}": values for name, values in self.pooled.items()},
            f"drift_predicted_{when}": self.drift,
        }


def correlate(exploration: Exploration, rule: AntisymmetricSTDP) -> Correlograms:
    """Return the correlograms of all synapses under the rule's window."""
    reach = BIN * math.ceil(REACH * max(rule.tau_plus, rule.tau_minus) / BIN)
    lags, counts = exploration.correlograms(max_lag=reach, bin_width=BIN)
    window = rule.window(lags)
    potentiation, depression = window_areas(counts, window)
    n_arrivals = np.bincount(exploration.sensor[1], minlength=exploration.world.shape[0])
    pooled, areas = {}, {}
    for name, synapses in (
        ("carrying", exploration.world.T > 0),
        ("rest", exploration.world.T <= 0),
    ):
        n = int((synapses * n_arrivals).sum())
        per_arrival = counts[synapses].sum(axis=0) / (n or math.nan)
        pooled[name] = 1e3 / BIN * per_arrival
        sides = window_areas(per_arrival, window / rule.eta)
        areas[name] = {
            side: float(area) if n else None
            for side, area in zip(("potentiation", "depression"), sides, strict=True)
        }
    seconds = 1e-3 * exploration.duration
    return Correlograms(lags, pooled, areas, (potentiation - depression) / seconds)


def agreement(predicted: Floats, seen: Floats, world: Floats) -> Nested:
    """Return how well a predicted drift agrees with the drift seen: correlations and slope.

    The slope is that of the line through zero: what is seen for each mV/s predicted.
    """
    square = float((predicted**2).sum())
    return {
        "correlation": _correlation(predicted, seen),
        "correlation_carrying": _correlation(predicted[world.T > 0], seen[world.T > 0]),
        "correlation_rest": _correlation(predicted[world.T <= 0], seen[world.T <= 0]),
        "slope": float((predicted * seen).sum()) / square if square else None,
    }


def _correlation(a: Floats, b: Floats) -> float | None:
    if a.size < 2 or not np.ptp(a) or not np.ptp(b):
        return None
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])


def matching_inhibition(rate: Callable[[float], float], target: float, bound: float) -> float:
    """Return what to subtract from all weights, from -bound to bound, for a motor rate (Hz).

    `rate` of what is subtracted (mV) falls, and may raise RunawayError where it is beyond bound.
    """
    low, high = -bound, bound
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        try:
            too_fast = rate(middle) > target
        except RunawayError:
            too_fast = True
        low, high = (middle, high) if too_fast else (low, middle)
    return high  # the side that is not too fast


def first_below(values: list[float | None], times: Floats) -> float | None:
    """Return the time at which the medians first fall below `BALANCED`."""
    for value, time in zip(values, times.tolist(), strict=True):
        if value is not None and value < BALANCED:
            return float(time)
    return None


def quartiles(values: Floats, synapses: NDArray[Any]) -> Floats:
    """Return quartiles (3, n_windows) over some synapses, of (n_windows, n_motor, n_sensor)."""
    chosen = values[:, synapses]
    result = np.full((3, len(values)), np.nan)
    known = np.isfinite(chosen).any(axis=1)
    if known.any():
        result[:, known] = np.nanquantile(chosen[known], (0.25, 0.5, 0.75), axis=1)
    return result
