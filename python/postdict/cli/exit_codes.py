"""What the commands share: exit codes, wrong calls, experiments by name."""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, ModuleType

from .. import _checks
from ..experiments import EXPERIMENTS

DONE, FAILED, WRONG_CALL, INTERRUPTED, TERMINATED = 0, 1, 2, 130, 143


class Terminated(BaseException):
    """SIGTERM arrived."""


class WrongCall(Exception):
    """What the user asked for cannot be."""


def say(message: str, code: int = DONE) -> int:
    """Print one line on stderr and return the code."""
    one_line = "; ".join(part.strip() for part in message.splitlines() if part.strip())
    print(f"postdict: {one_line}", file=sys.stderr)
    return code


def experiment(name: str) -> ModuleType:
    """Return the module of an experiment."""
    if name not in EXPERIMENTS:
        raise WrongCall(_checks.unknown("experiment", name, EXPERIMENTS))
    return importlib.import_module(EXPERIMENTS[name])


def path(text: str) -> str:
    """Return the path that an argument names; an unset variable of a shell names none."""
    if not text:
        raise argparse.ArgumentTypeError("a path must not be empty, got ''")
    return text


@contextmanager
def termination() -> Iterator[None]:
    """Raise Terminated where SIGTERM arrives, so that a command can leave its files whole."""
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminate(_: int, __: FrameType | None) -> None:
    raise Terminated
