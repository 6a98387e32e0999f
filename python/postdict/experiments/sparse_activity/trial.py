"""What one seed of `sparse-activity` finds at one loop delay: activity, regimes and controls."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._types import Floats
from ...analysis import InverseQuality, inverse_quality
from ...lab.results import Nested
from ...lab.stages import Stage
from ...loop.exploration import Exploration, explore
from ...loop.learning import Learned, learn, shuffled
from ...simulation import LimitError
from ...world.linear import LinearWorld
from .config import Config

REGIMES = ("runaway", "echo", "sparse inverse", "suppression")
INVERSE_ERROR = 0.5  # of the specific inverse error: below it W counts as an inverse
SETTLING = 50.0  # ms
REFIRE = 5.0  # ms, from D on: where a motor neuron answers its own sound
ELSEWHERE = 10**9  # added to a seed: another exploration of the same world

ACTIVITY = (
    "motor_rate",
    "lifetime_sparseness",
    "population_sparseness",
    "predictable_variance",
    "potential_variance",
    "dip",
    "refire",
)
CHANGES = ("motor_rate_change", "predictable_variance_change")
INVERSE = ("scale", "specific_inverse_error")


@dataclass(frozen=True)
class Point:
    """What one seed learned at one D and A_minus/A_plus; all numbers are None where it ran away."""

    regime: str
    activity: Nested
    inverse: Nested
    learned: Learned | None = None
    exploration: Exploration | None = None


@dataclass(frozen=True)
class Row:
    """What one seed found at one D: without feedback, for each A_minus/A_plus, and controls."""

    before: Nested
    points: dict[float, Point]
    controls: dict[str, Nested]
    deviation: Nested  # see `_deviation`, by condition
    arrays: dict[str, NDArray[Any]]

    def judged(self, ratio: float) -> Nested:
        """Return activity before and after learning at one A_minus/A_plus, and of the controls."""
        after = self.points[ratio]
        return {
            **{f"{name}_before": value for name, value in self.before.items()},
            **{f"{name}_after": after.activity[name] for name in ACTIVITY},
            **{name: after.activity[name] for name in CHANGES},
            **after.inverse,
            "potential_deviation": self.deviation,
            "controls": self.controls,
        }


def regime(before: float, after: float, quality: InverseQuality) -> str:
    """Return the regime of a loop that has learned and did not run away; the first rule decides.

    echo
        The motor rate is above the one without feedback: the loop adds spikes.
    sparse inverse
        It is not above it, the scale c is positive and the specific inverse error below 0.5.
    suppression
        The rest: fewer spikes, but not by an inverse.

    Parameters
    ----------
    before : float
        Motor rate without feedback, Hz.
    after : float
        Motor rate with what was learned, Hz.
    quality : InverseQuality
        Of the learned weights, by the measured response.
    """
    if after > before:
        return "echo"
    error = quality.specific_inverse_error
    inverts = quality.scale > 0 and error is not None and error < INVERSE_ERROR
    return "sparse inverse" if inverts else "suppression"


def run_trial(config: Config, world: LinearWorld, seed: int, delay: float, stage: Stage) -> Row:
    """Learn and measure at one loop delay (ms), for every A_minus/A_plus."""
    config = config.at_delay(delay)
    exploring = partial(
        explore, world, config.parameters(), duration=config.measure_duration, seed=seed
    )
    name = f"D = {delay:g} ms"
    # At the start W = 0, so that the loop before learning is the loop without feedback.
    before = exploring(None, progress=stage.part(f"{name} explores before"))
    again = exploring(None, seed=seed + ELSEWHERE, progress=stage.part(f"{name} explores again"))
    plain, untrained = _activity(before, config), _activity(again, config)
    max_rate = config.runaway_factor * before.motor_rate
    response = before.response()

    def point(ratio: float) -> Point:
        label = f"{name}, A_minus/A_plus = {ratio:g}"
        rule = replace(config, A_minus=ratio * config.A_plus).rule()
        try:
            learned = learn(
                world,
                config.parameters(),
                rule,
                duration=config.duration,
                seed=seed,
                n_samples=1,
                max_rate=max_rate,
                progress=stage.part(f"{label} learns"),
            )
            after = exploring(
                learned.weights, max_rate=max_rate, progress=stage.part(f"{label} explores after")
            )
        except LimitError:
            return Point("runaway", NOTHING, dict.fromkeys(INVERSE))
        quality = inverse_quality(learned.weights, response)
        return Point(
            regime(before.motor_rate, after.motor_rate, quality),
            _changed(plain, _activity(after, config)),
            {name: getattr(quality, name) for name in INVERSE},
            learned,
            after,
        )

    points, kept = {}, {}
    for ratio in config.all_ratios():
        full = point(ratio)
        points[ratio] = replace(full, learned=None, exploration=None)
        if ratio in (config.ratio, config.balanced_ratio):
            kept[ratio] = full  # with its spikes, which are many
    own = kept[config.ratio]
    mixed, mixed_activity = None, NOTHING
    if own.learned is not None:
        try:
            mixed = exploring(
                shuffled(own.learned.weights, seed),
                max_rate=max_rate,
                progress=stage.part(f"{name} explores shuffled"),
            )
            mixed_activity = _changed(plain, _activity(mixed, config))
        except LimitError:
            pass
    explorations = {
        "before": before,
        "after": own.exploration,
        "shuffled": mixed,
        "no_mean": kept[config.balanced_ratio].exploration,
    }
    traces = _traces(own.learned, explorations, delay)
    return Row(
        plain,
        points,
        {
            "untrained": _changed(plain, untrained),
            "shuffled": mixed_activity,
            "no_mean": points[config.balanced_ratio].activity,
        },
        {kind: _deviation(traces, kind, delay) for kind in explorations},
        {"world": world.matrix, "response": response, **traces},
    )


NOTHING: Nested = dict.fromkeys((*ACTIVITY, *CHANGES))


def _activity(exploration: Exploration, config: Config) -> Nested:
    sparseness = exploration.sparseness()
    lags, rate = _autocorrelation(exploration, config.delay)
    relative = rate / (exploration.motor_rate or math.nan)
    within = lags < config.delay
    return {
        name: value if math.isfinite(value) else None  # silent neurons have no sparseness
        for name, value in {
            "motor_rate": exploration.motor_rate,
            "lifetime_sparseness": sparseness["lifetime"],
            "population_sparseness": sparseness["population"],
            "predictable_variance": exploration.predictable_variance(taus=config.trace_taus()),
            "potential_variance": float(exploration.v.var(axis=0).mean()),
            "dip": float(relative[within].mean()),
            "refire": float(relative[~within & (lags < config.delay + REFIRE)].mean()),
        }.items()
    }


def _changed(before: Nested, after: Nested) -> Nested:
    """Return activity, and how it differs: the rate as a share of the one before."""
    rates, shares = (
        [state[name] for state in (before, after)]
        for name in ("motor_rate", "predictable_variance")
    )
    return {
        **after,
        "motor_rate_change": rates[1] / rates[0] - 1.0 if rates[0] else None,
        "predictable_variance_change": None if None in shares else shares[1] - shares[0],
    }


def _beyond(delay: float) -> float:
    """Return the largest lag (ms): far enough beyond D for the potential to settle."""
    return max(200.0, math.ceil(delay) + 2 * SETTLING)


def _autocorrelation(exploration: Exploration, delay: float) -> tuple[Floats, Floats]:
    return exploration.autocorrelation(max_lag=_beyond(delay))


def _traces(
    learned: Learned | None, explorations: dict[str, Exploration | None], delay: float
) -> dict[str, NDArray[Any]]:
    """Return what is drawn: nothing of what ran away."""
    arrays: dict[str, NDArray[Any]] = {}
    if learned is not None:
        arrays |= {
            "weights": learned.weights,
            "motor_rate_times": learned.rate_times,
            "motor_rate_history": learned.rate,
        }
    for kind, exploration in explorations.items():
        if exploration is not None:
            for what, (lags, values) in {
                "autocorrelation": _autocorrelation(exploration, delay),
                "potential": exploration.triggered_potential(after=_beyond(delay)),
            }.items():
                arrays |= {f"{what}_lags": lags, f"{what}_{kind}": values}
    return arrays


def _deviation(traces: dict[str, NDArray[Any]], kind: str, delay: float) -> float | None:
    """Return how far a neuron's own spike moves its mean potential after the loop delay, mV.

    The root mean square over lags in [D, D + 50 ms) of the mean potential around own spikes, from
    its mean over the last 50 ms of lags.
    """
    if f"potential_{kind}" not in traces:
        return None
    lags, potential = traces["potential_lags"], traces[f"potential_{kind}"]
    moved = potential[(lags >= delay) & (lags < delay + SETTLING)]
    at_rest = potential[lags >= lags[-1] - SETTLING]
    deviation = float(np.sqrt(np.mean((moved - at_rest.mean()) ** 2)))
    return deviation if math.isfinite(deviation) else None
