"""One trial a seed in a loop with a world: what such experiments have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, TypeVar

from numpy.typing import NDArray

from ..results import Nested, Result, summarised
from ..trials import Report, Stage, run_trials
from ._loop_config import LoopConfig, Matrix

C = TypeVar("C", bound=LoopConfig)

Found = tuple[Nested, dict[str, NDArray[Any]]]
"""What one seed found: metrics, and arrays by name."""

Trial = Callable[[C, Matrix, int, Stage], Found]
"""Called with the config, the seed's world (n_sensor, n_motor), the seed and its stages."""


def run_per_seed(
    name: str, config: C, worlds: Mapping[int, Matrix], trial: Trial[C], report: Report | None
) -> Result:
    """Return medians and ranges over the seeds of `config`, and the arrays of the first seed.

    `config` and `worlds` come from `LoopConfig.with_worlds`.
    """
    seeds = config.trial_seeds()
    found = run_trials(lambda seed, stage: trial(config, worlds[seed], seed, stage), seeds, report)
    metrics = [one for one, _ in found]
    return Result(name, asdict(config), summarised(metrics, seeds), found[0][1])
