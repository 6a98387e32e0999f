"""Two independent simulations in two threads of one process, against one alone.

python benchmarks/threads.py      # needs two free cores; half a minute

Goal: at most 1.15 times the wall time of one. A run releases the interpreter's lock. The first row
does the same with hashing, which shares nothing either: what the machine had to give at that time.
"""

from __future__ import annotations

import argparse
import hashlib
import statistics
import threading
import time
from collections.abc import Callable
from functools import partial

import run_postdict
from workloads import workload

import postdict

GOAL = 1.15


Job = Callable[[], object]


def hashing(_seed: int) -> Job:
    data = bytes(2**26)

    def hash_some() -> None:
        for _ in range(4):
            hashlib.sha256(data)  # releases the interpreter's lock

    return hash_some


def simulating(name: str, duration: float | None, seed: int) -> Job:
    """Return the run of a simulation that stands at its start."""
    work = workload(name, duration)
    simulation = postdict.Simulation(run_postdict.network(work, seed)[0])
    return partial(simulation.run, work.duration)


def wall_seconds(jobs: list[Job]) -> float:
    """Do all jobs at once, each in its thread, and return how long that took."""
    threads = [threading.Thread(target=job) for job in jobs]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - started


def ratios(prepare: Callable[[int], Job], rounds: int) -> list[float]:
    """Return by round the wall time of two over the mean wall time of each of them alone."""
    result = []
    for seed in range(0, 2 * rounds, 2):
        pair = (seed, seed + 1)
        alone = [wall_seconds([prepare(one)]) for one in pair]
        result.append(wall_seconds([prepare(one) for one in pair]) / statistics.mean(alone))
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description="Two simulations in two threads against one.")
    parser.add_argument("workloads", nargs="*", default=["loop-100", "loop-400", "jump", "cuba"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--duration", type=float, help="ms; the workload's own by default")
    options = parser.parse_args()
    print("| workload | wall, two at once / one alone: median (range) | goal |")
    print("|---|---|---|")
    preparing = {"hashing": hashing}
    preparing |= {name: partial(simulating, name, options.duration) for name in options.workloads}
    for name, prepare in preparing.items():
        found = ratios(prepare, options.rounds)
        middle = statistics.median(found)
        goal = f"≤ {GOAL:g}: {'reached' if middle <= GOAL else '**missed**'}"
        shown = f"{middle:.2f} ({min(found):.2f}–{max(found):.2f})"
        print(f"| {name} | {shown} | {'' if name == 'hashing' else goal} |", flush=True)


if __name__ == "__main__":
    main()
