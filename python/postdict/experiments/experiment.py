"""What an experiment offers: the names that the command line, sweeps and tests rely on."""

from __future__ import annotations

import ast
import importlib
import importlib.util
from collections.abc import Sequence
from dataclasses import Field
from typing import Any, ClassVar, Protocol, cast

from .. import _checks
from ..lab.figures import Figures
from ..lab.results import Result
from ..lab.stages import Stage
from . import EXPERIMENTS


class Settings(Protocol):
    """A frozen dataclass of settings, see `postdict.lab.settings`.

    It may have `doubts()`, sentences of which `run` warns: see `postdict.lab.settings.warn_of`.
    """

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def quick(self) -> Settings:
        """Return a small version, which ends in half a minute."""


class Experiment(Protocol):
    """A package that is named in `EXPERIMENTS`; its docstring begins with what it shows.

    It may have `UNITS`, those of its metrics by name, which tables of sweeps show, and `FILES`, the
    names of the tables and other files that it writes, lest they replace a user's. Where the
    settings decide which these are, `files(config)` returns them instead.
    """

    __doc__: str | None
    Config: type[Settings]
    FIGURES: Figures

    def run(self, config: Any, stage: Stage | None = None) -> Result:
        """Return what the experiment finds; ValueError or OSError before anything is simulated."""

    def headline(self, result: Result) -> Sequence[tuple[str, str]]:
        """Return name and value of what the command line prints."""

    def in_words(self, result: Result) -> str:
        """Return what came out, in a sentence: the last line that the command line prints."""


def load(name: str) -> Experiment:
    """Return the experiment of a name; ValueError tells the nearest of the known ones."""
    if name not in EXPERIMENTS:
        raise ValueError(_checks.unknown("experiment", name, EXPERIMENTS))
    return cast(Experiment, importlib.import_module(EXPERIMENTS[name]))


def purpose(name: str) -> str:
    """Return what an experiment shows, the first line of its text, without importing it."""
    spec = importlib.util.find_spec(EXPERIMENTS[name])
    source = spec.loader.get_source(spec.name) if spec is not None else None  # type: ignore[union-attr]
    return (ast.get_docstring(ast.parse(source or "")) or "").partition("\n")[0]


def files(experiment: Experiment, config: Any) -> tuple[str, ...]:
    """Return the names of the tables and other files that an experiment writes with a config.

    Raises
    ------
    ValueError, OSError
        Its settings name what cannot be read.
    """
    named = getattr(experiment, "files", None)
    if named is None:
        return cast(tuple[str, ...], getattr(experiment, "FILES", ()))
    return cast(tuple[str, ...], named(config))
