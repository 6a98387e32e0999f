"""What learning does to motor activity: rate, sparseness, and how far sensors predict potentials.

The loop learns as in `inverse-model`, over the loop delay D and over A_minus/A_plus; then weights
are frozen and motor activity is measured beside that of the loop without feedback, of the same
weights shuffled, and of a loop that learned without the mean term of its window. Every point of the
plane has one of four regimes: runaway where the motor rate passes ten times the one without
feedback, the others by the rules of `trial.regime`.

Source of the claim: Westkott, Albers & Pawelzik 2013, BMC Neurosci 14(S1):O3, which prints no
parameter; every number here is our own choice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from ...lab.results import Nested, Result, median_and_range, summarised, with_spread
from ...lab.stages import Stage
from ...lab.trials import run_trials, trial_seeds
from .config import Config
from .figures import draw, draw_map, headline, in_words
from .trial import ACTIVITY, INVERSE, Point, Row, run_trial

__all__ = ["FIGURES", "FILES", "UNITS", "Config", "headline", "in_words", "run"]

FIGURES = {"sparse-activity": ((11.0, 6.6), draw), "regimes": ((11.0, 7.2), draw_map)}
FILES = ("map.csv",)
UNITS = {"motor_rate_before": "Hz", "motor_rate_after": "Hz"}


def run(config: Config, stage: Stage | None = None) -> Result:
    """Learn, freeze and measure, for every seed, loop delay and A_minus/A_plus.

    Parameters
    ----------
    config : Config
    stage : Stage, optional
        The run as a whole; see `postdict.lab.stages.Stage`.
    """
    config, worlds = config.with_worlds()
    seeds, delays, ratios = trial_seeds(config), config.all_delays(), config.all_ratios()
    places = [(seed, delay) for seed in seeds for delay in delays]

    def trial(index: int, stage: Stage) -> Row:
        seed, delay = places[index]
        return run_trial(config, worlds[seed], seed, delay, stage)

    found = run_trials(trial, range(len(places)), stage, kind="row")
    rows = dict(zip(places, found, strict=True))
    own = [rows[seed, config.delay] for seed in seeds]
    by_delay = {f"{delay:g}": [rows[seed, delay] for seed in seeds] for delay in delays}
    return Result(
        "sparse-activity",
        asdict(config),
        {
            **summarised([row.judged(config.ratio) for row in own], seeds),
            "regime": _counted([row.points[config.ratio] for row in own]),
            "over_delay": {
                delay: with_spread([row.judged(config.ratio) for row in those])
                for delay, those in by_delay.items()
            },
            "map": {
                delay: {
                    f"{ratio:g}": _cell([row.points[ratio] for row in those]) for ratio in ratios
                }
                for delay, those in by_delay.items()
            },
        },
        own[0].arrays,
        {"map": _table(rows)},
    )


def _counted(points: Sequence[Point]) -> dict[str, int]:
    """Return how many seeds are in each regime, the most frequent first."""
    return dict(Counter(point.regime for point in points).most_common())


def _cell(points: Sequence[Point]) -> Nested:
    """Return one point of the map: None where any seed ran away, or has no such number."""
    medians, _ = median_and_range([{**point.activity, **point.inverse} for point in points])
    return {"regime": _counted(points), **medians}


def _table(rows: dict[tuple[int, float], Row]) -> dict[str, NDArray[np.generic]]:
    """Return the map with one row a seed and point; what is None is nan."""
    columns: dict[str, list[float | str]] = {}
    for (seed, delay), row in rows.items():
        for ratio, point in row.points.items():
            numbers = {
                **{f"{name}_before": row.before[name] for name in ACTIVITY},
                **{f"{name}_after": point.activity[name] for name in ACTIVITY},
                **{name: point.inverse[name] for name in INVERSE},
            }
            line: dict[str, float | str] = {
                "seed": seed,
                "loop_delay_ms": delay,
                "A_minus_over_A_plus": ratio,
                "regime": point.regime,
                **{k: float("nan") if v is None else v for k, v in numbers.items()},
            }
            for name, value in line.items():
                columns.setdefault(name, []).append(value)
    return {name: np.array(values) for name, values in columns.items()}
