"""The commands ``postdict run EXPERIMENT`` and ``postdict plot DIR``."""

from __future__ import annotations

import argparse
import math
import os
import shlex
import time
import tomllib
from pathlib import Path
from typing import Any

from .. import _version
from .._progress import ProgressLine
from ..experiments import EXPERIMENTS
from ..experiments.experiment import Experiment, files, load, purpose
from ..lab import result_files, settings
from ..lab.checkpoints import FOLDER, Keeper
from ..lab.figures import FORMS
from ..lab.stages import Stage
from ..simulation.checkpoint import CheckpointError
from .exit_codes import DONE, FAILED, Terminated, WrongCall, path, refusing, say, termination
from .parsing import listed
from .trials import Trials

EXAMPLES = """\
examples:
  postdict run inverse-model --quick
  postdict run song --set tutor_file=a.wav --out a
  postdict run scaling --config settings.toml --seed 7 --checkpoint-every 300
  postdict run scaling --config settings.toml --seed 7 --resume
  postdict run song --help                  its settings with units and defaults
"""
EVERY = 600.0  # s between checkpoints, where nothing else is asked for


def add_to(commands: Any) -> None:
    """Add the parsers of ``run`` and ``plot`` to those of the command line."""
    run = commands.add_parser(
        "run",
        help="run an experiment and write its results",
        add_help=False,
        epilog=f"{EXAMPLES}\nexperiments:\n{listed()}",
    )
    run.set_defaults(command=_run)
    run.add_argument(
        "-h",
        "--help",
        action=_HelpOnSettings,
        nargs=0,
        help="show this, and after an EXPERIMENT its settings with units and defaults",
    )
    run.add_argument("experiment", metavar="EXPERIMENT", help="one of those below")
    run.add_argument("--config", metavar="FILE.toml", type=path, help="settings as a TOML table")
    run.add_argument(
        "--set",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        help="one setting, over those of --config; `postdict list EXPERIMENT` shows them",
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
        help="keep checkpoints of the simulations, so often (wall clock), in DIR/checkpoints "
        f"(default: {EVERY:g}, from a run of {EVERY / 60:g} minutes on)",
    )
    run.add_argument("--no-checkpoints", action="store_true", help="keep none")
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


def _add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format",
        choices=FORMS,
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
            print(settings_of(name))
        parser.exit()


def settings_of(name: str) -> str:
    """Return what an experiment is, and its settings with defaults, units and meanings."""
    config = load(name).Config
    about = {key: rest for key, *rest in settings.describe(config)}
    lines = [f"{name}: {purpose(name)}"]
    for home, keys in settings.homes(config).items():
        if home is not config:
            lines.append(f"  {(home.__doc__ or '').partition(';')[0].partition('.')[0]}:")
        for key in keys:
            default, unit, meaning = about[key]
            lines.append(f"    {key} = {default}{' ' + unit if unit else ''}  ({meaning})")
    return "\n".join(lines)


def _plot(options: argparse.Namespace) -> int:
    with refusing():
        result = result_files.read(options.directory)
        figures = load(result.experiment).FIGURES
        folder = result_files.prepare_directory(options.out or options.directory)
    try:
        with termination():
            written = result_files.write_figures(result, folder, figures, form=options.format)
    except ValueError as error:
        raise WrongCall(f"{options.directory!r} holds damaged results: {error}") from None
    print(*map(str, written), sep="\n")
    return DONE


def _run(options: argparse.Namespace) -> int:
    with refusing():
        experiment = load(options.experiment)
        config = _config(experiment, options)
    out = options.out or f"postdict-results/{options.experiment}"
    with refusing():
        figures = [f"{name}.{options.format}" for name in experiment.FIGURES]
        texts = [value for value in vars(config).values() if isinstance(value, str)]
        several = [part for text in texts for part in text.split(os.pathsep)]
        inputs = [*texts, *several, *([options.config] if options.config else [])]
        result_files.check_place(
            out, options.experiment, figures, files(experiment, config), inputs
        )
        if options.quick and options.out is None and result_files.is_long(out):
            raise ValueError(
                f"{out!r} holds results of a run that was not quick: keep them by another --out, "
                f"or replace them by --out {out}"
            )
        folder = result_files.prepare_directory(out)
    with termination():
        return _run_in(folder, experiment, config, options)


def _run_in(folder: Path, experiment: Experiment, config: Any, options: argparse.Namespace) -> int:
    keeper = _keeper(options, config, folder)
    started = time.perf_counter()
    line = None if options.no_progress else ProgressLine()
    progress = _Progress(line)
    try:
        result = experiment.run(config, Stage(report=progress, keeper=keeper))
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
            say(f"stopped while {stage}{part}")
        if keeper is not None and keeper.has_saved:
            words = [*options.words, *([] if options.resume else ["--resume"])]
            say(f"to go on: {shlex.join(['postdict', *words])}")
        raise
    finally:
        if line is not None:
            line.close()
    wall = time.perf_counter() - started
    written = result_files.write(
        result,
        folder,
        experiment.FIGURES,
        wall_s=wall,
        form=options.format,
        quick=options.quick,
    )
    if keeper is not None:
        keeper.done()
    for name, value in experiment.headline(result):
        print(f"{name:<42} {value}")
    print(f"written to {folder}: {', '.join(path.name for path in written.paths)}")
    print(f"{experiment.in_words(result)}.")
    for name, why in written.missing.items():
        say(f"the figure {name!r} could not be drawn ({why}): postdict plot {folder} tries again")
    return FAILED if written.missing else DONE


class _Progress:
    """How far an experiment has come: on the line, and for a message when it is stopped."""

    def __init__(self, line: ProgressLine | None) -> None:
        self.line = line
        self.last: tuple[str, float, float] | None = None
        self._trials = Trials()

    def __call__(self, stage: str, t: float, t_stop: float, wall: float, n_events: int) -> None:
        if not self._trials.note(stage):
            self.last = (stage, t, t_stop)
        if self.line is not None:
            self.line.label = f"{self._trials}{stage}"
            self.line(t, t_stop, wall, n_events)


def _keeper(options: argparse.Namespace, config: Any, folder: Path) -> Keeper | None:
    every = options.checkpoint_every
    if options.no_checkpoints:
        if every is not None or options.resume:
            raise WrongCall("--no-checkpoints excludes --checkpoint-every and --resume")
        return None
    identity = {
        "experiment": options.experiment,
        "settings": vars(config),
        "version": _version.version,
    }
    asked = every is not None or options.resume
    try:
        keeper = Keeper(folder, identity, every=every or EVERY, resume=options.resume, asked=asked)
        if asked:
            keeper.claim()
    except (ValueError, OSError) as error:
        if asked:
            raise WrongCall(str(error)) from None
        say(f"keeps no checkpoints: {error}")
        return None
    if keeper.holds_any and not asked:
        say(f"starts afresh; --resume would go on from {folder / FOLDER}")
    return keeper


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"SECONDS must be a positive number, got {text!r}")
    return value


def _config(experiment: Experiment, options: argparse.Namespace) -> Any:
    values = _toml(options.config) if options.config else {}
    repeating, given = settings.repeating(experiment.Config), set()
    for pair in options.set:
        key, equals, value = pair.partition("=")
        if not equals:
            raise ValueError(f"--set takes KEY=VALUE, got {pair!r}")
        if key in repeating and key in given:
            value = f"{values[key]}{os.pathsep}{value}"
        values[key] = value
        given.add(key)
    if options.seed is not None:
        if "seed" not in experiment.Config.__dataclass_fields__:
            raise ValueError(f"{options.experiment} takes no --seed: nothing in it is random")
        values["seed"] = options.seed
    start = experiment.Config().quick() if options.quick else experiment.Config()
    return settings.read(experiment.Config, values, start=vars(start))


def _toml(file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(Path(file).read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"--config {file!r} is not a TOML file: {error}") from None
