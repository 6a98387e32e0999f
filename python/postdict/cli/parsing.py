"""How calls are read: examples below the options, and the nearest name to one that is unknown."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from .. import _checks
from ..experiments import EXPERIMENTS
from ..experiments.experiment import purpose


class Parser(argparse.ArgumentParser):
    """A parser that prints its epilog as it stands, and names the nearest to an unknown word."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(**options)
        self.set_defaults(parser=self)  # of several, the last: that of the command

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            kind = "command" if isinstance(action.choices, dict) else action.dest
            raise argparse.ArgumentError(action, _checks.unknown(kind, value, action.choices))

    def option_names(self) -> list[str]:
        """Return the options of this command."""
        return [name for action in self._actions for name in action.option_strings]

    def flags(self) -> list[str]:
        """Return the options that take no value."""
        return [name for a in self._actions if a.nargs == 0 for name in a.option_strings]

    def choices_of(self) -> dict[str, list[str]]:
        """Return what each option or argument may be, where that is known, by its name."""
        return {
            name: list(action.choices)
            for action in self._actions
            if action.choices is not None
            for name in action.option_strings or [action.dest]
        }

    def commands(self) -> dict[str, Parser]:
        """Return the parsers of the commands below this one, by name."""
        return {
            name: parser
            for action in self._actions
            if isinstance(action.choices, dict)
            for name, parser in action.choices.items()
        }


def parse(root: Parser, arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the options of a call; SystemExit where it is wrong, or help was asked for."""
    options, rest = root.parse_known_args(arguments)
    if rest:
        parser: Parser = options.parser
        if rest[0].startswith("-"):
            name = rest[0].partition("=")[0]
            parser.error(_checks.unknown("option", name, parser.option_names()))
        parser.error(f"{rest[0]!r} is one word too many")
    return options


def listed() -> str:
    """Return the experiments, one line each."""
    width = max(map(len, EXPERIMENTS))
    return "\n".join(f"  {name:<{width}}  {purpose(name)}" for name in EXPERIMENTS)
