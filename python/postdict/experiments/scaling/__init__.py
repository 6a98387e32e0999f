"""Where the inverse is learned and where it breaks: size, spread, condition, noise, delays, lag.

One configuration is one point, measured over its seeds; `axes` names cuts through it, each of which
changes one thing. For every point: F1 of unseen songs, other decoders' beside it, and the
biological time after which F1 at 1 Hz stays above 0.95.

Source of the claim: M. Westkott's thesis (Bremen 2016, chapter 5) finds that inversion works for
worlds that spread one motor spike over up to about 10 ms and breaks at 40 ms; its parameters are
not known, and every number here is our own choice.
"""

from __future__ import annotations

from dataclasses import asdict, replace

from ...lab.results import Nested, Result, summarised, with_spread
from ...lab.settings import warn_of
from ...lab.stages import Stage
from ...lab.trials import run_trials, trial_seeds
from .._shared.per_seed import Found
from .config import Config
from .cuts import CUTS
from .figures import draw, headline, in_words
from .trial import run_trial

__all__ = ["FIGURES", "UNITS", "Config", "headline", "in_words", "run"]

FIGURES = {"scaling": ((11.0, 9.0), draw)}
UNITS = {"time_to_learn": "ms", "motor_rate_before": "Hz", "motor_rate_after": "Hz"}


def run(config: Config, stage: Stage | None = None) -> Result:
    """Measure the point of `config`, and those of its cuts, for every seed.

    Parameters
    ----------
    config : Config
    stage : Stage, optional
        The run as a whole; see `postdict.lab.stages.Stage`.
    """
    warn_of(config)
    config, _ = config.with_worlds()
    own = replace(config, axes="none")
    places = {
        name: {
            value: CUTS[name].at(own, value) for value in CUTS[name].values(coarse=config.coarse)
        }
        for name in config.cuts()
    }
    of_cuts = (point for cut in places.values() for point in cut.values())
    points = list(dict.fromkeys([own, *of_cuts]))
    seeds = trial_seeds(config)
    trials = [(point, seed) for point in points for seed in seeds]

    def trial(index: int, stage: Stage) -> Found:
        point, seed = trials[index]
        return run_trial(point, point.linear_world(seed), seed, stage)

    found = dict(
        zip(trials, run_trials(trial, range(len(trials)), stage, kind="point"), strict=True)
    )
    of = {point: [found[point, seed][0] for seed in seeds] for point in points}
    return Result(
        "scaling",
        asdict(config),
        {
            **summarised(of[own], seeds),
            "cuts": {
                name: {f"{value:.12g}": _counted(of[point]) for value, point in cut.items()}
                for name, cut in places.items()
            },
        },
        found[own, seeds[0]][1],
    )


def _counted(per_seed: list[Nested]) -> Nested:
    learned = sum(bool(metrics["learned"]) for metrics in per_seed)  # None where it ran away
    return {**with_spread(per_seed), "n_learned": learned, "n_seeds": len(per_seed)}
