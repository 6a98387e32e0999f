"""Detailed balance: potentiation and depression become equal synapse by synapse.

While the loop learns as in `inverse-model`, the engine accounts what the rule adds to each synapse
and what it takes. With frozen weights, untrained and learned, both are counted again and set beside
those of controls as active as the learned network: the transpose of the response, as strong as what
was learned and half as strong, and the learned weights shuffled. The sensor-motor correlograms
under the window say where both come from, and predict the drift of the weights at the start.

Source of the claim: Westkott, Albers & Pawelzik 2013, BMC Neurosci 14(S1):O3, which prints no
parameter; every number here is our own choice.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ...analysis import imbalance, inverse_quality, specific_gain
from ...lab.results import Result
from ...lab.runs import RunawayError
from ...lab.settings import setting
from ...lab.stages import Stage
from ...loop.exploration import Exploration, explore, medians_by_world
from ...loop.learning import Learned, learn, shuffled
from .._shared.loop_settings import LoopConfig
from .._shared.per_seed import Found, run_in_worlds
from .figures import draw, headline
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

Matrix = NDArray[np.float64]

__all__ = ["FIGURES", "Config", "draw", "headline", "run"]

FIGURES = {"detailed-balance": ((11.0, 7.0), draw)}

RUNAWAY = 10.0  # motor rate that ends a run, in units of the one without feedback
MATCHING = 1e5  # ms, of each exploration that looks for a control's uniform inhibition


@dataclass(frozen=True)
class Config(LoopConfig):
    """Settings of `detailed-balance`; all defaults are our own."""

    windows: int = setting(100, "equal parts of learning with fluxes of their own", at_least=2)
    starts: int = setting(200, "beginnings of learning over which drift is averaged", at_least=1)
    start_duration: float = setting(5e3, "of each of them", unit="ms", at_least=1e3)

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("eta", "A_plus", "A_minus"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be positive, got {getattr(self, name)}")

    def quick(self) -> Config:
        """Return a version that ends in half a minute: a tenth of the learning, two worlds."""
        return replace(
            self,
            duration=1e6,
            eta=2e-4,
            measure_duration=4e5,
            seeds=2,
            starts=100,
            start_duration=2e3,
        )

    def window_ends(self) -> Matrix:
        """Return the ends (ms) of the parts of learning."""
        ends: Matrix = self.duration / self.windows * np.arange(1.0, self.windows + 1)
        return ends


def run(config: Config, stage: Stage | None = None) -> Result:
    """Learn, freeze and count, once for every seed.

    Parameters
    ----------
    config : Config
    stage : Stage, optional
        The run as a whole; see `postdict.lab.stages.Stage`.
    """
    return run_in_worlds("detailed-balance", *config.with_worlds(), _trial, stage)


def _trial(config: Config, world: Matrix, seed: int, stage: Stage) -> Found:
    bench = _Bench(config, world, seed, stage)
    before = bench.counted("before", None)
    bench = replace(bench, max_rate=RUNAWAY * before.exploration.motor_rate)
    learned = bench.learned("learns", config.duration, seed, config.windows)
    after = bench.counted("after", learned.weights)
    response = before.exploration.response()
    transpose = response.T * _relative_gain(learned.weights, response)
    controls = {
        name: bench.control(name, pattern, after.exploration.motor_rate)
        for name, pattern in (
            ("transpose", transpose),
            ("half_transpose", 0.5 * transpose),
            ("shuffled", shuffled(learned.weights, seed)),
        )
    }
    correlograms = {
        when: correlate(one.exploration, config.rule())
        for when, one in (("before", before), ("after", after))
    }
    seen = {
        "starts": bench.drift_at_the_start(),
        "first_window": _drift(learned, slice(0, 1), config),
    }
    history = imbalance(
        learned.potentiation.reshape(config.windows, -1),
        learned.depression.reshape(config.windows, -1),
    ).reshape(learned.potentiation.shape)
    medians = [medians_by_world(one, world) for one in history]
    last_tenth = slice(config.windows * 9 // 10, config.windows)
    quality = inverse_quality(learned.weights, response)
    metrics = {
        **{f"{name}_before": value for name, value in before.metrics().items()},
        **{f"{name}_after": value for name, value in after.metrics().items()},
        "while_learning": {
            "first_window": medians[0],
            "last_window": medians[-1],
            "balanced_at": first_below([one["carrying"] for one in medians], config.window_ends()),
        },
        "controls": {name: one.metrics(response) for name, one in controls.items()},
        "areas": {when: one.areas for when, one in correlograms.items()},
        "drift": {
            when: agreement(correlograms["before"].drift, drift, world)
            for when, drift in seen.items()
        },
        "scale": quality.scale,
        "specific_inverse_error": quality.specific_inverse_error,
    }
    arrays = {
        "world": world,
        "response": response,
        "weights": learned.weights,
        **before.arrays("before"),
        **after.arrays("after"),
        **{f"imbalance_{name}": one.imbalance for name, one in controls.items()},
        "window_ends": config.window_ends(),
        "imbalance_history_carrying": quartiles(history, world.T > 0),
        "imbalance_history_rest": quartiles(history, world.T <= 0),
        "lags": correlograms["before"].lags,
        **correlograms["before"].arrays("before"),
        **correlograms["after"].arrays("after"),
        "drift_seen": seen["starts"],
        "drift_seen_after": _drift(learned, last_tenth, config),
    }
    return metrics, arrays


@dataclass(frozen=True)
class _Bench:
    """What one seed does over and over."""

    config: Config
    world: Matrix
    seed: int
    stage: Stage
    max_rate: float = math.inf  # Hz

    def explored(self, what: str, weights: Matrix | None, duration: float) -> Exploration:
        """Explore by other kicks than those that weights were learned with."""
        return explore(
            self.world,
            self.config.parameters(),
            weights,
            duration=duration,
            seed=_elsewhere(self.seed, 0),
            max_rate=self.max_rate,
            progress=self.stage.part(what),
        )

    def counted(self, name: str, weights: Matrix | None) -> Counted:
        """Explore with frozen weights, none being W = 0, with which learning starts; count."""
        found = self.explored(f"explores {name}", weights, self.config.measure_duration)
        return count(found, self.config.rule())

    def learned(self, what: str, duration: float, seed: int, n_windows: int = 0) -> Learned:
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
            progress=self.stage.part(what),
        )

    def drift_at_the_start(self) -> Matrix:
        """Return the mean dw/dt (mV/s) of many beginnings, each with kicks of its own."""
        duration = self.config.start_duration
        total = np.zeros(self.world.T.shape)
        for k in range(self.config.starts):
            total += self.learned("starts again", duration, _elsewhere(self.seed, 1 + k)).weights
        return -total / (1e-3 * duration * self.config.starts)  # W starts at 0, and W = E - w

    def control(self, name: str, pattern: Matrix, rate: float) -> Control:
        """Count with a pattern of weights less a uniform inhibition that makes it fire at `rate`.

        A control that runs away all the same has no numbers.
        """
        duration = min(MATCHING, self.config.measure_duration)
        inhibition = matching_inhibition(
            lambda u: self.explored(f"matches {name}", pattern - u, duration).motor_rate,
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


def _relative_gain(weights: Matrix, response: Matrix) -> float:
    """Return the factor that makes the transpose of G as specific as the weights."""
    return specific_gain(weights, response) / specific_gain(response.T, response)


def _drift(learned: Learned, windows: slice, config: Config) -> Matrix:
    """Return the mean dw/dt (mV/s) in some of the windows of learning."""
    added = (learned.potentiation - learned.depression)[windows]
    drift: Matrix = added.mean(axis=0) / (1e-3 * config.duration / config.windows)
    return drift
