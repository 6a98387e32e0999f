"""The tables of `compare.py`, ready to be pasted into README.md."""

from __future__ import annotations

import datetime as dt
import os
import platform
import statistics
from pathlib import Path
from typing import Any

from compare_answers import Spread, answers

Runs = dict[tuple[str, str], list[dict[str, Any]]]
PEERS = ("brian2", "nest", "numpy")
GOALS = {
    ("loop-400", "brian2"): 10.0,
    ("loop-100", "brian2"): 8.0,
    ("loop-100", "numpy"): 150.0,
    ("jump", "brian2"): 1.7,
    ("jump", "nest"): 25.0,
    ("cuba", "brian2"): 1.5,
    ("cuba", "nest"): 25.0,
    ("coba", "brian2"): 1.5,
    ("coba", "nest"): 20.0,
    ("jump-50hz", "brian2"): 2.0,
    ("jump-150hz", "brian2"): 2.0,
    ("cuba-50hz", "brian2"): 2.0,
    ("cuba-150hz", "brian2"): 2.0,
    ("vogels2011", "brian2"): 1.5,
    ("vogels2011", "nest"): 20.0,
    ("vogels2011-currents", "brian2"): 2.0,
}
LARGEST_GROWTH = 1.5  # of the cost of an event from loop-400 to loop-1600
REAL_TIME = 2000.0  # how much faster than real time inverse-model is to run


def per_event(run: dict[str, Any]) -> float:
    """Return processor time per event, ns."""
    return float(1e9 * run["cpu_s"] / run["events"])


def show_range(values: list[float], digits: int) -> str:
    middle, low, high = statistics.median(values), min(values), max(values)
    return f"{middle:.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"


def ratios(runs: Runs, name: str, simulator: str) -> list[float]:
    """Return by round how much more an event costs the simulator than it costs postdict."""
    both = zip(runs[name, simulator], runs[name, "postdict"], strict=True)
    return [per_event(one) / per_event(own) for one, own in both]


def verdict(reached: bool) -> str:
    return "reached" if reached else "**missed**"


def against(runs: Runs, name: str, simulator: str) -> list[str]:
    """Return the cells that hold a peer's ratio and its goal."""
    found, goal = ratios(runs, name, simulator), GOALS.get((name, simulator))
    reached = f"≥ {goal:g}: {verdict(statistics.median(found) >= goal)}" if goal else ""
    return [show_range(found, 2), reached]


def times(runs: Runs) -> None:
    """Print a row for each workload and simulator."""
    print("| workload | simulator | events | ns per event | times postdict | goal | peak MB |")
    print("|---|---|---|---|---|---|---|")
    for (name, simulator), of in runs.items():
        events = statistics.median(run["events"] for run in of)
        cells = [name, simulator, f"{events / 1e6:.1f} M"]
        cells.append(show_range([per_event(run) for run in of], 2))
        cells += ["", ""] if simulator == "postdict" else against(runs, name, simulator)
        cells.append(f"{statistics.median(run['peak_mb'] for run in of):.0f}")
        print(f"| {' | '.join(cells)} |")


def further_goals(runs: Runs) -> None:
    """Print what the larger loop costs, and how fast the main job is."""
    small, large = (runs.get((f"loop-{n}", "postdict"), []) for n in (400, 1600))
    if small and large:
        growth = [per_event(b) / per_event(a) for a, b in zip(small, large, strict=True)]
        reached = verdict(statistics.median(growth) <= LARGEST_GROWTH)
        print(
            f"\nAn event of loop-1600 costs {show_range(growth, 2)} times one of loop-400; "
            f"goal ≤ {LARGEST_GROWTH:g}: {reached}."
        )
    learning = runs.get(("inverse-model", "postdict"), [])
    if learning:
        factors = [1e-3 * run["duration_ms"] / run["cpu_s"] for run in learning]
        reached = verdict(statistics.median(factors) >= REAL_TIME)
        print(
            f"\ninverse-model, {1e-3 * learning[0]['duration_ms']:g} s: {show_range(factors, 0)} "
            f"times real time; goal ≥ {REAL_TIME:g}: {reached}."
        )


def show_answer(found: list[float], known: Spread) -> str:
    mean = statistics.mean(found)
    share = 100.0 * (mean - known.mean) / known.mean
    return f"{mean:.4g} ({share:+.1f} %, {known.distance(found):+.1f} sd)"


def agreement(runs: Runs, spreads: dict[str, dict[str, Spread]]) -> None:
    """Print every answer beside the spread of postdict's seeds."""
    simulators = [s for s in ("postdict", *PEERS) if any(s == key[1] for key in runs)]
    print(f"| workload | answer | postdict's seeds | {' | '.join(simulators)} |")
    print(f"|---|---|---|{'---|' * len(simulators)}")
    for name, quantities in spreads.items():
        for quantity, known in quantities.items():
            cells = [name, quantity, f"{known.mean:.4g} ± {known.sd:.2g}"]
            for simulator in simulators:
                found = [answers(run)[quantity] for run in runs.get((name, simulator), [])]
                cells.append(show_answer(found, known) if found else "")
            print(f"| {' | '.join(cells)} |")


def processor() -> str:
    """Return the processor's name where the system tells it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def show(runs: Runs, spreads: dict[str, dict[str, Spread]], *, rounds: int, seeds: int) -> None:
    versions = {run["simulator"]: run["version"] for of in runs.values() for run in of}
    today = dt.datetime.now(tz=dt.UTC).date()
    print(f"{today}, {os.cpu_count()} cores, {processor()}, Python {platform.python_version()};")
    print(f"{', '.join(f'{name} {version}' for name, version in versions.items())}.\n")
    print(f"Answers (Hz, mV): means of {rounds} runs; in brackets their distance from the mean of")
    print(f"{seeds} other seeds of postdict, in per cent and in seed-to-seed sd.\n")
    agreement(runs, spreads)
    print(f"\nProcessor time of one thread, {rounds} rounds in turns: median (range).\n")
    times(runs)
    further_goals(runs)
