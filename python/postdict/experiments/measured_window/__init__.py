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
from typing import Any

from ...lab.results import Nested, Result, median_and_range
from ...lab.stages import Stage
from ...lab.trials import run_trials, trial_seeds
from ...world.linear import LinearWorld
from .claims import claims
from .config import VARIANTS, Config
from .figures import draw, headline
from .prediction import predict
from .trial import judge, judge_controls, learn_only

__all__ = ["FIGURES", "UNITS", "Config", "headline", "run"]

FIGURES = {"measured-window": ((11.0, 9.0), draw)}
UNITS = {"motor_rate_before": "Hz", "motor_rate_after": "Hz"}

Job = tuple[str, ...]


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
    jobs = _jobs(config, worlds)
    names = list(jobs)

    def trial(index: int, stage: Stage) -> Any:
        return jobs[names[index]](stage)

    found = dict(zip(names, run_trials(trial, range(len(names)), stage, kind="part"), strict=True))
    judged = {
        fit: _summary([found["judge", fit, str(seed)][0] for seed in seeds])
        for fit in config.fit_names()
    }
    points: Nested = {}
    for tau_syn in config.map_tau_syns:
        said = found["predict", f"{tau_syn:g}"]
        for delay in map(_text, config.map_delays):
            for fit in config.fit_names():
                seen = found["map", f"{tau_syn:g}", delay, fit]
                points.setdefault(fit, {}).setdefault(f"{tau_syn:g}", {})[delay] = {
                    "seen": seen,
                    **said[delay][fit],
                }
    summary = {
        "fits": judged,
        "controls": _summary([found["controls", str(seed)] for seed in seeds]),
        "claims": claims(points),
        "map": points,
        "variants": {
            name: _summary([found["variant", name, str(seed)] for seed in _varied(config)])
            for name in (VARIANTS if config.variants else ())
        },
        "seeds": seeds,
    }
    arrays = found["judge", config.fit_names()[0], str(seeds[0])][1]
    return Result("measured-window", asdict(config), summary, arrays)


def _jobs(config: Config, worlds: dict[int, LinearWorld]) -> dict[Job, Callable[[Stage], Any]]:
    """Return what is to be done, by name, the longest first."""
    fits = config.fit_names()
    jobs: dict[Job, Callable[[Stage], Any]] = {}
    for tau_syn in config.map_tau_syns:
        jobs["predict", _text(tau_syn)] = partial(predict, config, tau_syn, config.seed)
    for seed, world in worlds.items():
        for fit in fits:
            jobs["judge", fit, str(seed)] = partial(judge, config, world, fit, seed)
        jobs["controls", str(seed)] = partial(judge_controls, config, world, seed)
    if config.variants:
        for name, changes in VARIANTS.items():
            for seed in _varied(config):
                varied = replace(config, **changes)
                jobs["variant", name, str(seed)] = partial(
                    learn_only, varied, worlds[seed], fits[0], seed
                )
    for tau_syn in config.map_tau_syns:
        for delay in config.map_delays:
            for fit in fits:
                point = config.at(tau_syn, delay)
                jobs["map", _text(tau_syn), _text(delay), fit] = partial(
                    learn_only, point, worlds[config.seed], fit, config.seed
                )
    return jobs


def _varied(config: Config) -> list[int]:
    return trial_seeds(config)[: config.variant_seeds]


def _text(number: float) -> str:
    return f"{number:g}"


def _summary(per_seed: list[Nested]) -> Nested:
    medians, ranges = median_and_range(per_seed)
    return {**medians, "spread": ranges, "per_seed": per_seed}
