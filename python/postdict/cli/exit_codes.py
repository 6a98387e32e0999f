"""What the commands share: exit codes, how they are reached, and what is said on the way."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

DONE, FAILED, WRONG_CALL, INTERRUPTED, TERMINATED = 0, 1, 2, 130, 143


class Terminated(BaseException):
    """SIGTERM arrived."""


class WrongCall(Exception):
    """What the user asked for cannot be."""


def say(message: str, code: int = DONE) -> int:
    """Print one line on stderr, unless it is closed, and return the code."""
    one_line = "; ".join(part.strip() for part in message.splitlines() if part.strip())
    with suppress(OSError):  # what cannot be said costs no result
        if sys.stderr is not None:
            print(f"postdict: {one_line}", file=sys.stderr)
    return code


@contextmanager
def refusing() -> Iterator[None]:
    """Turn what is refused before anything runs into a wrong call."""
    try:
        yield
    except (ValueError, TypeError, OSError, ImportError) as error:
        raise WrongCall(str(error)) from None


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
