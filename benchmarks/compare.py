"""postdict against Brian2, NEST and numpy: first the answers, then the time, in one sitting.

python benchmarks/compare.py --brian2 PYTHON --nest PYTHON      # interpreters that have them

Everything runs in turns, one process a run, one thread. After the first round the rates and weights
of every simulator must lie within the spread of postdict's own seeds, else nothing more is timed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import compare_answers
import compare_tables
from workloads import workload

HERE = Path(__file__).parent
COMPARED = (
    "loop-400", "loop-100", "jump", "cuba", "coba",
    "jump-50hz", "jump-150hz", "cuba-50hz", "cuba-150hz", "vogels2011", "vogels2011-currents",
)  # fmt: skip
ALONE = ("loop-1600", "inverse-model")  # postdict only
FEWEST_SEEDS = 8
Runs = dict[tuple[str, str], list[dict[str, Any]]]
"""Runs by (workload, simulator), a run for each round."""


def one_run(python: str, simulator: str, *arguments: str) -> dict[str, Any]:
    """Run a simulator in a process of its own and return what it reports."""
    # A linear-algebra library that starts threads would count as processor time.
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    done = subprocess.run(
        [python, str(HERE / f"run_{simulator}.py"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **threads},
    )
    if done.returncode:
        raise SystemExit(f"run_{simulator}.py {' '.join(arguments)} failed:\n{done.stderr[-2000:]}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def one_round(options: argparse.Namespace, seed: int, builds: Path) -> Iterator[dict[str, Any]]:
    """Run every simulator on every workload once."""
    for name in options.workloads:
        if name == "inverse-model":
            yield one_run(sys.executable, "inverse_model", "--seed", str(seed))
            continue
        duration = options.share * workload(name).duration
        call = (name, "--seed", str(seed), "--duration", str(duration))
        yield one_run(sys.executable, "postdict", *call)
        if name in ALONE:
            continue
        if options.brian2:
            yield one_run(options.brian2, "brian2", *call, "--build", str(builds / name))
        if options.nest:
            yield one_run(options.nest, "nest", *call)
        yield one_run(sys.executable, "numpy", *call)


def show_progress(run: dict[str, Any]) -> None:
    print(
        f"{run['workload']} seed {run['seed']} {run['simulator']}: {run['cpu_s']:.3f} s",
        file=sys.stderr,
    )


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="postdict against its peers.")
    parser.add_argument(
        "--brian2", metavar="PYTHON", help="an interpreter with brian2 and a compiler"
    )
    parser.add_argument("--nest", metavar="PYTHON", help="an interpreter with nest-simulator")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=16, help="of postdict, for the spread")
    parser.add_argument("--share", type=float, default=1.0, help="of the biological time")
    parser.add_argument(
        "--workloads", nargs="+", default=[*COMPARED, *ALONE], choices=[*COMPARED, *ALONE]
    )
    return parser


def main() -> None:
    options = arguments().parse_args()
    if options.seeds < FEWEST_SEEDS:
        raise SystemExit(f"--seeds must be at least {FEWEST_SEEDS}: fewer do not tell the spread")
    compared = [name for name in options.workloads if name in COMPARED]
    spreads = {
        name: compare_answers.spread(name, options.share, options.seeds) for name in compared
    }
    runs: Runs = {}
    with tempfile.TemporaryDirectory() as builds:
        for seed in range(1, options.rounds + 1):
            for run in one_round(options, seed, Path(builds)):
                show_progress(run)
                runs.setdefault((run["workload"], run["simulator"]), []).append(run)
            compare_answers.require_agreement(runs, spreads)
    compare_tables.show(runs, spreads, rounds=options.rounds, seeds=options.seeds)


if __name__ == "__main__":
    main()
