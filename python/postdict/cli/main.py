"""The command line: ``postdict list``, ``run EXPERIMENT``, ``plot DIR``, ``sweep``."""

from __future__ import annotations

import argparse
import io
import os
import sys
import warnings
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from .. import _version
from ..experiments import EXPERIMENTS
from . import run, sweep
from .exit_codes import (
    DONE,
    FAILED,
    INTERRUPTED,
    TERMINATED,
    WRONG_CALL,
    Terminated,
    WrongCall,
    say,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    0 done, 1 the run failed or nobody reads what it prints, 2 the call was wrong, 130 interrupted,
    143 terminated.
    """
    for stream in (sys.stdout, sys.stderr):  # in a locale that has no µ, print it as \xb5
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        try:
            return _call(arguments)
        finally:
            if sys.stdout is not None:  # closed by the caller, as by >&-
                sys.stdout.flush()  # here, not when the interpreter ends and can only complain
    except BrokenPipeError:
        return _nobody_reads()
    except OSError as error:  # a full disk takes no output either
        _nobody_reads()
        return say(f"{type(error).__name__}: {error}", FAILED)


def _call(arguments: Sequence[str] | None) -> int:
    options = _parser().parse_args(arguments)
    options.words = sys.argv[1:] if arguments is None else arguments
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("default", UserWarning)
            warnings.showwarning = _show_warning
            return int(options.command(options))
    except WrongCall as error:
        return say(str(error), WRONG_CALL)
    except KeyboardInterrupt:
        return say("interrupted", INTERRUPTED)
    except Terminated:
        return say("terminated", TERMINATED)
    except BrokenPipeError:
        raise  # an OSError that is nobody's fault
    except (ArithmeticError, OSError, RuntimeError, ValueError, MemoryError) as error:
        return say(f"{type(error).__name__}: {error}", FAILED)


def _nobody_reads() -> int:
    """Let what is still to be printed go nowhere, as in ``postdict list | head``."""
    with suppress(OSError):  # a stream that is no file has nothing to be redirected
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    return FAILED


def _show_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    say(f"warning: {message}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="postdict", description="Inverse models learned by inhibitory STDP, simulated exactly."
    )
    parser.add_argument("--version", action="version", version=f"postdict {_version.version}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    listing = commands.add_parser("list", help="list the experiments and their settings")
    listing.set_defaults(command=_list)
    run.add_to(commands)
    sweep.add_to(commands)
    return parser


def _list(_: argparse.Namespace) -> int:
    for name in EXPERIMENTS:
        print(run.settings_of(name))
    return DONE
