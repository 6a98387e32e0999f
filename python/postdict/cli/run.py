"""The command line: ``postdict list``, ``run EXPERIMENT``, ``plot DIR``, ``sweep``."""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
import tomllib
import warnings
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

from .. import _version
from .._progress import ProgressLine
from ..experiments import EXPERIMENTS
from ..lab import result_files, settings
from ..lab.checkpoints import Keeper
from ..lab.stages import Stage
from ..simulation.checkpoint import CheckpointError
from . import sweep as cli_sweep
from .exit_codes import (
    DONE,
    FAILED,
    INTERRUPTED,
    TERMINATED,
    WRONG_CALL,
    Terminated,
    WrongCall,
    experiment,
    path,
    say,
    termination,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    0 done, 1 the run failed or nobody reads what it prints, 2 the call was wrong, 130 interrupted,
    143 terminated.
    """
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
    print(f"postdict: warning: {message}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="postdict", description="Inverse models learned by inhibitory STDP, simulated exactly."
    )
    parser.add_argument("--version", action="version", version=f"postdict {_version.version}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    listing = commands.add_parser("list", help="list the experiments and their settings")
    listing.set_defaults(command=_list)
    run = commands.add_parser("run", help="run an experiment and write its results", add_help=False)
    run.set_defaults(command=_run)
    run.add_argument(
        "-h",
        "--help",
        action=_HelpOnSettings,
        nargs=0,
        help="show this, and after an EXPERIMENT its settings with units and defaults",
    )
    run.add_argument("experiment", metavar="EXPERIMENT", help=", ".join(EXPERIMENTS))
    run.add_argument("--config", metavar="FILE.toml", type=path, help="settings as a TOML table")
    run.add_argument(
        "--set",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        help="one setting, over those of --config; `postdict list` shows names and units",
    )
    run.add_argument("--seed", type=int, metavar="N", help="the first seed")
    run.add_argument(
        "--out",
        metavar="DIR",
        type=path,
        help="output folder (default: postdict-results/EXPERIMENT)",
    )
    run.add_argument(
        "--quick", action="store_true", help="a small version: under 30 s for the default network"
    )
    run.add_argument(
        "--checkpoint-every",
        type=_seconds,
        metavar="SECONDS",
        help="keep checkpoints of the simulations, so often (wall clock), in DIR/checkpoints",
    )
    run.add_argument(
        "--resume",
        action="store_true",
        help="go on from the checkpoints in DIR, if there are any; otherwise start afresh",
    )
    _add_format(run)
    run.add_argument("--no-progress", action="store_true", help="no progress line on stderr")
    plot = commands.add_parser("plot", help="draw the figures of a folder of results again")
    plot.set_defaults(command=_plot)
    plot.add_argument(
        "directory", metavar="DIR", type=path, help="what `postdict run --out DIR` wrote"
    )
    plot.add_argument("--out", metavar="DIR", type=path, help="output folder (default: the same)")
    _add_format(plot)
    cli_sweep.add_to(commands)
    return parser


def _add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format",
        choices=result_files.FORMS,
        default="png",
        help="of the figures (default: png, 150 dots an inch)",
    )


class _HelpOnSettings(argparse.Action):
    """Print the options, and the settings of the experiment that was named before."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        *_: Any,
    ) -> None:
        print(parser.format_help())
        named = getattr(namespace, "experiment", None)
        for name in [named] if named in EXPERIMENTS else []:
            print(_settings(name))
        parser.exit()


def _settings(name: str) -> str:
    """Return what an experiment is, and its settings with defaults, units and meanings."""
    module = experiment(name)
    lines = [f"{name}: {(module.__doc__ or '').splitlines()[0]}"]
    for key, default, unit, meaning in settings.describe(module.Config):
        lines.append(f"    {key} = {default}{' ' + unit if unit else ''}  ({meaning})")
    return "\n".join(lines)


def _list(_: argparse.Namespace) -> int:
    for name in EXPERIMENTS:
        print(_settings(name))
    return DONE


def _plot(options: argparse.Namespace) -> int:
    try:
        result = result_files.read(options.directory)
        figures = experiment(result.experiment).FIGURES
        folder = result_files.prepare_directory(options.out or options.directory)
    except (ValueError, OSError) as error:
        raise WrongCall(str(error)) from None
    try:
        with termination():
            written = result_files.write_figures(result, folder, figures, form=options.format)
    except ValueError as error:
        raise WrongCall(f"{options.directory!r} holds damaged results: {error}") from None
    print(*map(str, written), sep="\n")
    return DONE


def _run(options: argparse.Namespace) -> int:
    module = experiment(options.experiment)
    settings = _config(module, options)
    out = options.out or f"postdict-results/{options.experiment}"
    there = result_files.experiment_in(out)
    if there not in (None, options.experiment):
        raise WrongCall(f"{out!r} holds results of {there!r}: use another --out")
    try:
        folder = result_files.prepare_directory(out)
    except OSError as error:
        raise WrongCall(str(error)) from None
    with termination():
        return _run_in(folder, module, settings, options)


def _run_in(folder: Path, module: ModuleType, settings: Any, options: argparse.Namespace) -> int:
    keeper = _keeper(options, settings, folder)
    started = time.perf_counter()
    line = None if options.no_progress else ProgressLine()
    progress = _Progress(line)
    try:
        result = module.run(settings, Stage(report=progress, keeper=keeper))
    except CheckpointError:
        raise
    except (ValueError, OSError, ImportError) as error:
        # An experiment reads its files, and finds what it needs, before it simulates.
        if progress.last is None:
            raise WrongCall(str(error)) from None
        raise
    except (KeyboardInterrupt, Terminated):
        if progress.last is not None:
            stage, t, t_stop = progress.last
            part = f", {1e-3 * t:,.0f} of {1e-3 * t_stop:,.0f} s" if t > 0.0 else ""
            say(f"stopped while {stage}{part}", DONE)
        raise
    finally:
        if line is not None:
            line.close()
    wall = time.perf_counter() - started
    written = result_files.write(result, folder, module.FIGURES, wall_s=wall, form=options.format)
    if keeper is not None:
        keeper.done()
    for name, value in module.headline(result):
        print(f"{name:<42} {value}")
    print(f"written to {folder}: {', '.join(path.name for path in written)}")
    return DONE


class _Progress:
    """How far an experiment has come: on the line, and for a message when it is stopped."""

    def __init__(self, line: ProgressLine | None) -> None:
        self.line = line
        self.last: tuple[str, float, float] | None = None

    def __call__(self, stage: str, t: float, t_stop: float, wall: float, n_events: int) -> None:
        self.last = (stage, t, t_stop)
        if self.line is not None:
            self.line.label = stage
            self.line(t, t_stop, wall, n_events)


def _keeper(options: argparse.Namespace, settings: Any, folder: Path) -> Keeper | None:
    every = options.checkpoint_every
    if every is None and not options.resume:
        return None
    identity = {
        "experiment": options.experiment,
        "settings": vars(settings),
        "version": _version.version,
    }
    try:
        return Keeper(folder, identity, every=every or math.inf, resume=options.resume)
    except (ValueError, OSError) as error:
        raise WrongCall(str(error)) from None


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"SECONDS must be a positive number, got {text!r}")
    return value


def _config(module: ModuleType, options: argparse.Namespace) -> Any:
    try:
        values = _toml(options.config) if options.config else {}
        for pair in options.set:
            key, equals, value = pair.partition("=")
            if not equals:
                raise ValueError(f"--set takes KEY=VALUE, got {pair!r}")
            values[key] = value
        if options.seed is not None:
            values["seed"] = options.seed
        start = module.Config().quick() if options.quick else module.Config()
        return settings.read(module.Config, values, start=vars(start))
    except (ValueError, TypeError, OSError) as error:
        raise WrongCall(str(error)) from None


def _toml(file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(Path(file).read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"--config {file!r} is not a TOML file: {error}") from None
