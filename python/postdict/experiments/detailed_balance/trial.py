"""What one seed of `detailed-balance` does: the loop learns, is frozen, and fluxes are counted."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from ..._types import Floats
from ...analysis import imbalance, inverse_quality, specific_gain
from ...lab.runs import RunawayError
from ...lab.stages import Stage
from ...loop.exploration import Exploration, explore, medians_by_world
from ...loop.learning import Learned, learn, shuffled
from ...world.linear import LinearWorld
from .._shared.per_seed import Found
from .config import Config
from .measures import (
    Control,
    Counted,
    agreement,
    correlate,
    count,
    first_below,
    matching_inhibition,
    quartiles,
)

RUNAWAY = 10.0  # motor rate that ends a run, in units of the one without feedback
MATCHING = 1e5  # ms, of each exploration that looks for a control's uniform inhibition


def run_trial(config: Config, world: LinearWorld, seed: int, stage: Stage) -> Found:
    """Let one loop learn, and count what its rule adds and takes, then and with frozen weights."""
    trial, matrix = _Trial(config, world, seed, stage), world.matrix
    before = trial.counted("before", None)
    trial = replace(trial, max_rate=RUNAWAY * before.exploration.motor_rate)
    learned = trial.learned(stage.part("learns"), config.duration, seed, config.windows)
    after = trial.counted("after", learned.weights)
    response = before.exploration.response()
    transpose = response.T * relative_gain(learned.weights, response)
    controls = {
        name: trial.control(name, pattern, after.exploration.motor_rate)
        for name, pattern in (
            ("transpose", transpose),
            ("half_transpose", 0.5 * transpose),
            ("shuffled", shuffled(learned.weights, seed)),
        )
    }
    correlograms = {
        when: correlate(counted.exploration, config.rule())
        for when, counted in (("before", before), ("after", after))
    }
    seen = {
        "starts": trial.drift_at_the_start(),
        "first_window": _drift(learned, slice(0, 1), config),
    }
    history = imbalance(
        learned.potentiation.reshape(config.windows, -1),
        learned.depression.reshape(config.windows, -1),
    ).reshape(learned.potentiation.shape)
    medians = [medians_by_world(window, matrix) for window in history]
    last_tenth = slice(config.windows * 9 // 10, config.windows)
    quality = inverse_quality(learned.weights, response)
    metrics = {
        **{f"{name}_before": value for name, value in before.metrics().items()},
        **{f"{name}_after": value for name, value in after.metrics().items()},
        "while_learning": {
            "first_window": medians[0],
            "last_window": medians[-1],
            "balanced_at": first_below(
                [median["carrying"] for median in medians], config.window_ends()
            ),
        },
        "controls": {name: control.metrics(response) for name, control in controls.items()},
        "areas": {when: each.areas for when, each in correlograms.items()},
        "drift": {
            when: agreement(correlograms["before"].drift, drift, matrix)
            for when, drift in seen.items()
        },
        "scale": quality.scale,
        "specific_inverse_error": quality.specific_inverse_error,
    }
    arrays = {
        "world": matrix,
        "response": response,
        "weights": learned.weights,
        **before.arrays("before"),
        **after.arrays("after"),
        **{f"imbalance_{name}": control.imbalance for name, control in controls.items()},
        "window_ends": config.window_ends(),
        "imbalance_history_carrying": quartiles(history, matrix.T > 0),
        "imbalance_history_rest": quartiles(history, matrix.T <= 0),
        "lags": correlograms["before"].lags,
        **correlograms["before"].arrays("before"),
        **correlograms["after"].arrays("after"),
        "drift_seen": seen["starts"],
        "drift_seen_after": _drift(learned, last_tenth, config),
    }
    return metrics, arrays


@dataclass(frozen=True)
class _Trial:
    """One seed: its loop learns and explores, until it runs away."""

    config: Config
    world: LinearWorld
    seed: int
    stage: Stage
    max_rate: float = math.inf  # Hz

    def explored(self, stage: Stage, weights: Floats | None, duration: float) -> Exploration:
        """Explore by other kicks than those that weights were learned with."""
        return explore(
            self.world,
            self.config.parameters(),
            weights,
            duration=duration,
            seed=_elsewhere(self.seed, 0),
            max_rate=self.max_rate,
            progress=stage,
        )

    def counted(self, name: str, weights: Floats | None) -> Counted:
        """Explore with frozen weights, none being W = 0, with which learning starts; count."""
        stage = self.stage.part(f"explores {name}")
        found = self.explored(stage, weights, self.config.measure_duration)
        return count(found, self.config.rule())

    def learned(self, stage: Stage, duration: float, seed: int, n_windows: int = 0) -> Learned:
        """Learn from the start."""
        return learn(
            self.world,
            self.config.parameters(),
            self.config.rule(),
            duration=duration,
            seed=seed,
            n_samples=1,
            n_windows=n_windows,
            max_rate=self.max_rate,
            progress=stage,
        )

    def drift_at_the_start(self) -> Floats:
        """Return the mean dw/dt (mV/s) of many beginnings, each with kicks of its own."""
        duration, stage = self.config.start_duration, self.stage.part("starts again")
        total = np.zeros(self.world.matrix.T.shape)
        for k in range(self.config.starts):
            total += self.learned(stage, duration, _elsewhere(self.seed, 1 + k)).weights
        return -total / (1e-3 * duration * self.config.starts)  # W starts at 0, and W = E - w

    def control(self, name: str, pattern: Floats, rate: float) -> Control:
        """Count with a pattern of weights less a uniform inhibition that makes it fire at `rate`.

        A control that runs away all the same has no numbers.
        """
        duration = min(MATCHING, self.config.measure_duration)
        stage = self.stage.part(f"matches {name}")  # of all explorations: each is kept apart
        inhibition = matching_inhibition(
            lambda u: self.explored(stage, pattern - u, duration).motor_rate,
            rate,
            self.config.excitation,
        )
        weights = pattern - inhibition
        try:
            return Control(weights, inhibition, self.counted(name, weights))
        except RunawayError:
            return Control(weights, inhibition, None)


def _elsewhere(seed: int, k: int) -> int:
    """Return the k-th other seed of a seed, for another exploration of the same world."""
    return int(np.random.SeedSequence([seed, 0xBA1A, k]).generate_state(1)[0])


def relative_gain(weights: Floats, response: Floats) -> float:
    """Return the factor that makes the transpose of G as specific as the weights.

    ValueError where the transpose of G is not specific at all.
    """
    of_transpose = specific_gain(response.T, response)
    if of_transpose == 0.0:
        raise ValueError("the world has no inverse: all motor neurons drive its sensors alike")
    return specific_gain(weights, response) / of_transpose


def _drift(learned: Learned, windows: slice, config: Config) -> Floats:
    """Return the mean dw/dt (mV/s) in some of the windows of learning."""
    added = (learned.potentiation - learned.depression)[windows]
    drift: Floats = added.mean(axis=0) / (1e-3 * config.duration / config.windows)
    return drift
