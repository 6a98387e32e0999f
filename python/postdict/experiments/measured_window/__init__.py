"""The inverse learned by the window that was measured, where it balances, and what theory says.

The motor–world–sensor loop of `inverse-model`, with currents onto the motor neurons, learns by the
inhibitory window of Haas, Nowotny & Abarbanel 2006 in the four fits of `HaasSTDP`. At one loop
delay and current the inverse is judged in several worlds, beside its controls; over a map of loop
delays and currents, c and whether the loop comes to rest are held against the theory; and one thing
at a time is varied.

Source of the claim: Westkott, Albers & Pawelzik 2013, BMC Neurosci 14(S1):O3, reference 2. The
windows' shapes stand in code by T. Nowotny (see `HaasSTDP`); all else is our own choice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from itertools import product
from typing import Any

from ..._types import Floats
from ...lab.results import Nested, Result, median_and_range
from ...lab.stages import Stage
from ...lab.trials import run_trials, trial_seeds
from ...world.linear import LinearWorld
from .claims import claims
from .config import VARIANTS, Config
from .figures import draw, headline, in_words
from .prediction import predict
from .trial import judge, judge_controls, learn_only, respond

__all__ = ["FIGURES", "UNITS", "Config", "headline", "in_words", "run"]

FIGURES = {"measured-window": ((11.0, 9.0), draw)}
UNITS = {"motor_rate_before": "Hz", "motor_rate_after": "Hz"}

Job = tuple[Any, ...]
Place = tuple[LinearWorld, Floats]
"""A world and its response G."""


def run(config: Config, stage: Stage | None = None) -> Result:
    """Judge every fit in every world, fill the map, predict it, and vary one thing at a time.

    Parameters
    ----------
    config : Config
    stage : Stage, optional
        The run as a whole; see `postdict.lab.stages.Stage`.
    """
    config, worlds = config.with_worlds()
    seeds = trial_seeds(config)
    _, small_worlds = config.small().with_worlds()
    answers = _done(_measurements(config, worlds, small_worlds), stage, "response")
    places = {seed: (worlds[seed], answers["large", seed]) for seed in seeds}
    small = {
        seed: (small_worlds[seed], answers["small", seed])
        for seed in {config.seed, *_varied(config)}
    }
    found = _done(_jobs(config, places, small), stage, "part")
    judged = {
        fit: _summary([found["judge", fit, seed][0] for seed in seeds])
        for fit in config.fit_names()
    }
    points: Nested = {}
    for tau_syn, delay, fit in product(config.map_tau_syns, config.map_delays, config.fit_names()):
        said = found["predict", tau_syn][f"{delay:g}"][fit]
        of_current = points.setdefault(fit, {}).setdefault(f"{tau_syn:g}", {})
        of_current[f"{delay:g}"] = {"seen": found["map", tau_syn, delay, fit], **said}
    summary = {
        "fits": judged,
        "controls": _summary([found["controls", seed] for seed in seeds]),
        "claims": claims(points),
        "map": points,
        "variants": {
            name: _summary([found["variant", name, seed] for seed in _varied(config)])
            for name in (VARIANTS if config.variants else ())
        },
        "seeds": seeds,
    }
    arrays = found["judge", config.fit_names()[0], seeds[0]][1]
    return Result("measured-window", asdict(config), summary, arrays)


def _done(
    jobs: dict[Job, Callable[[Stage], Any]], stage: Stage | None, kind: str
) -> dict[Job, Any]:
    """Return what jobs find, by their names."""
    names = list(jobs)

    def trial(index: int, stage: Stage) -> Any:
        return jobs[names[index]](stage)

    return dict(zip(names, run_trials(trial, range(len(names)), stage, kind=kind), strict=True))


def _measurements(
    config: Config, worlds: dict[int, LinearWorld], small: dict[int, LinearWorld]
) -> dict[Job, Callable[[Stage], Any]]:
    """Return how the responses of all worlds are measured."""
    jobs: dict[Job, Callable[[Stage], Any]] = {}
    for seed, world in worlds.items():
        jobs["large", seed] = partial(respond, config, world, seed)
    for seed in {config.seed, *_varied(config)}:
        jobs["small", seed] = partial(respond, config.small(), small[seed], seed)
    return jobs


def _jobs(
    config: Config, places: dict[int, Place], small: dict[int, Place]
) -> dict[Job, Callable[[Stage], Any]]:
    """Return what is to be done, by name, the longest first."""
    fits = config.fit_names()
    jobs: dict[Job, Callable[[Stage], Any]] = {}
    for tau_syn in config.map_tau_syns:
        jobs["predict", tau_syn] = partial(predict, config, tau_syn, config.seed)
    for seed, place in places.items():
        for fit in fits:
            jobs["judge", fit, seed] = partial(judge, config, *place, fit, seed)
        jobs["controls", seed] = partial(judge_controls, config, *place, seed)
    if config.variants:
        for name, changes in VARIANTS.items():
            varied = replace(config.small(), **changes)
            for seed in _varied(config):
                jobs["variant", name, seed] = partial(
                    learn_only, varied, *small[seed], fits[0], seed
                )
    for tau_syn, delay, fit in product(config.map_tau_syns, config.map_delays, fits):
        point = config.at(tau_syn, delay)
        jobs["map", tau_syn, delay, fit] = partial(
            learn_only, point, *small[config.seed], fit, config.seed
        )
    return jobs


def _varied(config: Config) -> list[int]:
    return trial_seeds(config)[: config.variant_seeds]


def _summary(per_seed: list[Nested]) -> Nested:
    medians, ranges = median_and_range(per_seed)
    return {**medians, "spread": ranges, "per_seed": per_seed}
