"""One trial a seed: what experiments have in common that run so, in worlds of the loop or not."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, asdict
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from ...lab.results import Nested, Result, summarised
from ...lab.trials import Report, Stage, run_trials

if TYPE_CHECKING:
    from .loop_settings import LoopConfig

Found = tuple[Nested, dict[str, NDArray[Any]]]
"""What one seed found: metrics, and arrays by name."""


class Seeded(Protocol):
    """A dataclass of settings, among them how many seeds there are, and the first."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def seeds(self) -> int:
        """How many."""

    @property
    def seed(self) -> int:
        """The first."""


S = TypeVar("S", bound=Seeded)
C = TypeVar("C", bound="LoopConfig")

Trial = Callable[[S, int, Stage], Found]
"""Called with the config, the seed and its stages."""

TrialInWorld = Callable[[C, NDArray[np.float64], int, Stage], Found]
"""Called with the config, the seed's world (n_sensor, n_motor), the seed and its stages."""


def trial_seeds(config: Seeded) -> list[int]:
    """Return the seed of each trial."""
    return list(range(config.seed, config.seed + config.seeds))


def warn_of(doubts: Iterable[str]) -> None:
    """Warn, where `run` was called, of why settings cannot show what they are for."""
    for doubt in doubts:
        warnings.warn(doubt, stacklevel=3)


def run_per_seed(name: str, config: S, trial: Trial[S], report: Report | None) -> Result:
    """Return medians and ranges over the seeds of `config`, and the arrays of the first seed."""
    seeds = trial_seeds(config)
    found = run_trials(lambda seed, stage: trial(config, seed, stage), seeds, report)
    metrics = [one for one, _ in found]
    return Result(name, asdict(config), summarised(metrics, seeds), found[0][1])


def run_in_worlds(
    name: str,
    config: C,
    worlds: Mapping[int, NDArray[np.float64]],
    trial: TrialInWorld[C],
    report: Report | None,
) -> Result:
    """Do the same in a world for each seed.

    `config` and `worlds` come from `LoopConfig.with_worlds`.
    """

    def in_world(config: C, seed: int, stage: Stage) -> Found:
        return trial(config, worlds[seed], seed, stage)

    return run_per_seed(name, config, in_world, report)
