"""One trial a seed: what experiments have in common that run so, in worlds of the loop or not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TypeVar

from ..._types import Arrays
from ...lab.results import Nested, Result, summarised
from ...lab.stages import Stage
from ...lab.trials import Seeded, run_trials, trial_seeds
from ...world.linear import LinearWorld
from .loop_settings import LoopConfig

Found = tuple[Nested, Arrays]
"""What one seed found: metrics, and arrays by name."""

S = TypeVar("S", bound=Seeded)
C = TypeVar("C", bound=LoopConfig)

Trial = Callable[[S, int, Stage], Found]
"""Called with the config, the seed and its stages."""

TrialInWorld = Callable[[C, LinearWorld, int, Stage], Found]
"""Called with the config, the seed's world, the seed and its stages."""


def run_per_seed(name: str, config: S, trial: Trial[S], stage: Stage | None) -> Result:
    """Return medians and ranges over the seeds of `config`, and the arrays of the first seed."""
    seeds = trial_seeds(config)
    found = run_trials(lambda seed, part: trial(config, seed, part), seeds, stage)
    metrics = [each for each, _ in found]
    return Result(name, asdict(config), summarised(metrics, seeds), found[0][1])


def run_in_worlds(
    name: str,
    config: C,
    worlds: Mapping[int, LinearWorld],
    trial: TrialInWorld[C],
    stage: Stage | None,
) -> Result:
    """Do the same in a world for each seed.

    `config` and `worlds` come from `LoopConfig.with_worlds`.
    """

    def in_world(config: C, seed: int, stage: Stage) -> Found:
        return trial(config, worlds[seed], seed, stage)

    return run_per_seed(name, config, in_world, stage)
