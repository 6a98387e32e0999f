"""The commands ``postdict sweep plan | run | status | collect``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .. import _checks, sweep
from .._progress import ProgressLine
from ..experiments.experiment import load
from ..sweep.folder import Folder, Record
from ..sweep.progress import Count
from ..sweep.workers import cpus
from .exit_codes import DONE, FAILED, Terminated, WrongCall, path, refusing, say, termination
from .parsing import Parser

EXAMPLES = """\
FILE.toml, for instance:
  experiment = "inverse-model"
  seeds = 3
  [set]                                     # fixed, optional
  duration = 2e6
  [grid]                                    # or [zip], or [random] with samples = 100
  eta = [2e-5, 5e-5, 1e-4]

  postdict sweep plan FILE.toml --out DIR   check it, and say what it will cost
  postdict sweep run DIR                    run what is not done; again after any stop
  postdict sweep run DIR --shard 3/8        on one of eight machines or jobs
  postdict sweep status DIR
  postdict sweep collect DIR --to FILE.csv
"""
PLANNED = "the folder that `postdict sweep plan --out DIR` made"
LONGEST = 1e6  # s, to measure points for
SHOWN = 5  # failures of which error and settings are printed; the others are counted


def add_to(commands: Any) -> None:
    """Add the parsers of ``sweep`` to those of the command line."""
    parser = commands.add_parser(
        "sweep", help="run an experiment over lists of settings and seeds", epilog=EXAMPLES
    )
    parts = parser.add_subparsers(
        required=True, metavar="plan|run|status|collect", parser_class=Parser
    )
    plan = parts.add_parser("plan", help="check a sweep, make its folder, estimate its cost")
    plan.set_defaults(command=_plan)
    plan.add_argument(
        "file",
        metavar="FILE.toml",
        type=path,
        help="the experiment, its seeds and the lists of settings: see `postdict help sweep`",
    )
    plan.add_argument("--out", metavar="DIR", required=True, type=path, help="the sweep's folder")
    plan.add_argument(
        "--measure",
        type=float,
        metavar="SECONDS",
        default=10.0,
        help="run up to three points for so long, to say what all will take (default 10; 0: none)",
    )
    run = parts.add_parser("run", help="run what is not done yet")
    run.set_defaults(command=_run)
    run.add_argument("folder", metavar="DIR", type=path, help=PLANNED)
    run.add_argument(
        "--shard", metavar="i/n", default="0/1", help="every n-th point from the i-th, i from 0"
    )
    run.add_argument("--workers", type=int, metavar="N", help="processes (default: processors)")
    run.add_argument(
        "--scheduler", metavar="ADDRESS", help="of dask.distributed, tcp://...: run there"
    )
    run.add_argument(
        "--retries", type=int, metavar="N", default=0, help="further attempts at failing points"
    )
    run.add_argument("--again", action="store_true", help="try what failed in an earlier run")
    run.add_argument(
        "--chunk", type=int, metavar="N", default=1, help="points handed to a worker at a time"
    )
    run.add_argument("--no-progress", action="store_true", help="no progress line on stderr")
    status = parts.add_parser("status", help="say what is done, failed, remaining")
    status.set_defaults(command=_status)
    status.add_argument("folder", metavar="DIR", type=path, help=PLANNED)
    collect = parts.add_parser("collect", help="write all results as one table")
    collect.set_defaults(command=_collect)
    collect.add_argument("folder", metavar="DIR", type=path, help=PLANNED)
    collect.add_argument(
        "--to",
        metavar="FILE.nc|FILE.csv",
        required=True,
        type=path,
        help="the table: netCDF with a dimension a setting, or a row a point",
    )


def _plan(options: argparse.Namespace) -> int:
    with refusing():
        _checks.number("--measure", options.measure, "s", at_least=0.0, at_most=LONGEST)
        found = sweep.sweep_of(sweep.read_toml(options.file), load)
        # The folder is claimed here, so that a foreign one is refused before anything is measured.
        estimated = sweep.estimate(found, options.out, limit_s=0.0)
    dims = " x ".join(f"{n} {name}" for name, n in found.dims.items())
    print(f"{len(found)} points: {dims}")
    if not estimated.walls:
        with termination():
            estimated = sweep.estimate(found, options.out, limit_s=options.measure)
    for error in estimated.errors:
        say(f"a measured point fails: {error}")
    if estimated.errors and not estimated.walls and not estimated.stopped_s:
        raise WrongCall("every measured point fails")
    with refusing():
        sweep.check_metrics(options.out)
    print(estimated.text(cpus()))
    print(f"planned in {options.out}: postdict sweep run {options.out}")
    return DONE


def _run(options: argparse.Namespace) -> int:
    with refusing():
        plan = Folder.of(options.folder).plan()
        if plan["source"] is None:
            raise ValueError(
                f"{options.folder!r} was planned in Python ({plan['function']}): run it from there"
            )
        found = sweep.sweep_of(plan["source"], load)
        if [point.key for point in found.points] != plan["keys"]:
            raise ValueError(
                f"{options.folder!r} was planned with other code or defaults ({plan['engine']}): "
                "plan it again in another folder"
            )
        shard = _shard(options.shard)
        for name, least in (("workers", 1), ("chunk", 1), ("retries", 0)):
            value = getattr(options, name)
            if value is not None and value < least:
                raise ValueError(f"--{name} must be at least {least}, got {value}")
    line = None if options.no_progress else ProgressLine()
    last: Count | None = None

    def note(count: Count) -> None:
        nonlocal last
        last = count
        if line is not None:
            line.show(count, last=not count.remaining)

    try:
        with termination(), _executor(options.scheduler) as executor:
            report = found.run(
                options.folder, executor, workers=options.workers, shard=shard,
                retries=options.retries, again=options.again, chunk=options.chunk, progress=note,
            )  # fmt: skip
    except (KeyboardInterrupt, Terminated):
        if last is not None:
            done = last.before + last.done
            say(f"stopped: {done} of {last.total} points done; run again to go on")
        raise
    finally:
        if line is not None:
            line.close()
    for text in report.warnings:
        say(f"warning: {text}")
    for text in report.aside:
        say(f"set aside: {text}")
    _say_failures(report.failures, plan, options.folder)
    if report.skipped:
        say(f"{report.skipped} points failed earlier; --again tries them again")
    print(report)
    return FAILED if report.failures or report.skipped else DONE


@contextmanager
def _executor(address: str | None) -> Iterator[Any]:
    if address is None:
        yield None
        return
    if not address:
        raise WrongCall("--scheduler must not be empty, got ''")
    try:
        from distributed import Client
        from distributed.comm.addressing import get_address_host_port
    except ImportError:
        raise WrongCall("--scheduler needs dask: pip install 'postdict[dask]'") from None
    try:
        get_address_host_port(address)  # a Client that was made in vain waits, and complains later
        client = Client(address, timeout="10s", set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise WrongCall(f"no dask scheduler answers at {address!r}: {error}") from None
    with client:
        yield client


def _shard(text: str) -> tuple[int, int]:
    which, slash, of = text.partition("/")
    if not (slash and which.isdecimal() and of.isdecimal() and int(which) < int(of)):
        raise ValueError(f"--shard must be i/n with 0 <= i < n, counted from 0, got {text!r}")
    return int(which), int(of)


def _status(options: argparse.Namespace) -> int:
    with refusing():
        plan = Folder.of(options.folder).plan()
        found = sweep.status(options.folder)
    for text in found.damaged:
        say(f"does not verify, the next run sets it aside: {text}")
    _say_failures(found.failures, plan, options.folder)
    if len(found.commits) > 1:
        say(f"warning: results of {len(found.commits)} builds: {found.commits}")
    print(
        f"{found.done} of {found.total} points done, {len(found.failures)} failed, "
        f"{found.remaining} remaining"
    )
    return DONE


def _collect(options: argparse.Namespace) -> int:
    try:
        with refusing():
            done, total = sweep.collect(options.folder, options.to)
    except WrongCall as error:
        if "xarray" in str(error) or "h5netcdf" in str(error):
            raise WrongCall(".nc needs xarray: pip install 'postdict[xarray]'") from None
        raise
    if done < total:
        say(f"warning: {total - done} of {total} points are missing")
    print(f"{done} points written to {options.to}")
    return DONE


def _say_failures(failures: list[Record], plan: Record, folder: str) -> None:
    swept = plan["coords"]
    for failure in failures[:SHOWN]:
        values = {name: failure["config"].get(name) for name in swept}
        at = ", ".join(f"{name} = {value}" for name, value in values.items())
        say(f"failed: {at + ', ' if at else ''}seed = {failure['seed']}: {failure['error']}")
    if failures:
        more = f"{len(failures) - SHOWN} more failed; " if len(failures) > SHOWN else ""
        say(f"{more}config, seed and traceback of all are in {folder}/failed")
