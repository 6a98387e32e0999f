"""The commands: ``postdict list``, ``run``, ``plot``, ``sweep``, ``completion``, ``help``."""

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
from . import completion, run, sweep
from .exit_codes import (
    DONE,
    FAILED,
    INTERRUPTED,
    TERMINATED,
    WRONG_CALL,
    Terminated,
    WrongCall,
    refusing,
    say,
)
from .parsing import Parser, listed, parse

EXAMPLES = """\
examples:
  postdict list                             the experiments, one line each
  postdict list song                        the settings of one, its own first
  postdict run inverse-model --quick        a first look, in postdict-results/inverse-model
  postdict run song --set tutor_file=a.wav  one setting changed
  postdict sweep plan grid.toml --out grid  many settings: plan, then run, status, collect
"""


def call(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; see `postdict.cli.main`."""
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
    options = parse(parser(), arguments)
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


def parser() -> Parser:
    """Return the parser of all commands."""
    root = Parser(
        prog="postdict",
        description="Inverse models learned by inhibitory STDP, simulated exactly.",
        epilog=EXAMPLES + "\nexperiments:\n" + listed(),
    )
    version = f"postdict {_version.version}"
    root.add_argument("-V", "--version", action="version", version=version, help="print it")
    commands = root.add_subparsers(required=True, metavar="COMMAND", parser_class=Parser)
    listing = commands.add_parser("list", help="list the experiments, or the settings of one")
    listing.set_defaults(command=_list)
    listing.add_argument("experiment", metavar="EXPERIMENT", nargs="?", help="show its settings")
    run.add_to(commands)
    sweep.add_to(commands)
    completing = commands.add_parser("completion", help="print what makes a shell complete names")
    completing.description = completion.HOW
    completing.set_defaults(command=lambda options: _completion(options, root))
    completing.add_argument("shell", choices=completion.SHELLS)
    helping = commands.add_parser("help", help="show this, or the help of a command")
    helping.set_defaults(command=lambda options: _help(options, root))
    helping.add_argument("topic", metavar="COMMAND", nargs="*", help="as in `help sweep plan`")
    return root


def _list(options: argparse.Namespace) -> int:
    if options.experiment is None:
        print(listed())
        print("settings: postdict list EXPERIMENT; a first look: postdict run EXPERIMENT --quick")
        return DONE
    with refusing():
        print(run.settings_of(options.experiment))
    return DONE


def _completion(options: argparse.Namespace, root: Parser) -> int:
    print(completion.script(root, options.shell))
    return DONE


def _help(options: argparse.Namespace, root: Parser) -> int:
    parse(root, [*options.topic, "--help"])  # which ends here
    return DONE
