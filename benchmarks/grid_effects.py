"""What a time grid does to the loop, its inverse and its spikes; numbers and figure of a page.

    python benchmarks/grid_effects.py

The same exploration drives the exact loop and the loop on grids, so that differences between them
are the grid's; differences between seeds are those of the exploration. Takes about 5 minutes on one
core and 3 GB of memory.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pure_python
from grid_runs import GRIDS, Learned, Replay, corrected_depression, learn, replay, window_area
from matplotlib.axes import Axes
from matplotlib.figure import Figure

FIGURE = Path(__file__).parent.parent / "docs" / "figures" / "grid.png"
CORRECTED = "1 ms, corrected"  # with the A_minus of `corrected_depression`
COLORS = {"exact": "#000000", "0.1 ms": "#0072B2", "0.5 ms": "#E69F00", "1 ms": "#D55E00"}
GREEN, GREY = "#009E73", "#888888"  # all colours are Okabe and Ito's


def mean_sd(values: Iterable[float], digits: int, scale: float = 1.0) -> str:
    values = scale * np.array(list(values))
    return f"{values.mean():.{digits}f} ± {values.std(ddof=1):.{digits}f}"


def print_row(name: str, cells: Iterable[str]) -> None:
    print(f"| {name} | {' | '.join(cells)} |")


def print_learned(runs: dict[str, list[Learned]]) -> None:
    exact = runs["exact"]

    def quantity(name: str, value: Callable[[Learned], float], digits: int) -> None:
        print_row(name, [mean_sd(map(value, of), digits) for of in runs.values()])
        pairs = [
            [value(run) - value(same) for run, same in zip(of, exact, strict=True)]
            for of in runs.values()
        ]
        print_row("… minus exact", [mean_sd(differences, digits) for differences in pairs])

    def distance(one: Learned, other: Learned) -> float:
        return float(np.linalg.norm(other.weights - one.weights) / np.linalg.norm(one.weights))

    print_row("learned", runs)
    quantity("c, mean diagonal of WA", lambda run: run.diagonal, 3)
    quantity("mean off-diagonal of WA", lambda run: run.off_diagonal, 4)
    per_area = np.mean([run.off_diagonal for run in exact]) / window_area(None)
    print_row("… predicted", [f"{per_area * window_area(dt):.4f}" for dt in GRIDS.values()])
    quantity("specific inverse error", lambda run: run.error, 4)
    quantity("motor rate (Hz)", lambda run: run.rate, 2)
    apart = [map(distance, exact, of) for of in runs.values()]
    print_row("W from the exact W (%)", [mean_sd(values, 1, 100.0) for values in apart])
    seeds = [distance(one, other) for n, one in enumerate(exact) for other in exact[:n]]
    print(f"exact W of one seed from another's: {mean_sd(seeds, 1, 100.0)} %")


def print_replays(title: str, runs: list[dict[str, Replay]]) -> None:
    def quantity(name: str, value: Callable[[Replay], float], digits: int, scale: float) -> None:
        cells = [mean_sd([value(run[label]) for run in runs], digits, scale) for label in GRIDS]
        print_row(name, cells)

    print_row(f"replayed, {title}", GRIDS)
    quantity("motor rate (Hz)", lambda run: run.rate, 2, 1.0)
    quantity("arrivals at a motor spike", lambda run: run.arrivals, 2, 1.0)
    quantity("simultaneous motor spikes (%)", lambda run: run.shared, 1, 100.0)
    quantity("motor spikes lost (%)", lambda run: run.lost, 1, 100.0)
    jitter = [[run[f"jitter {label}"].lost for run in runs] for label in GRIDS]
    print_row("lost by jitter instead (%)", [mean_sd(lost, 1, 100.0) for lost in jitter])
    first = [np.median([run[label].first_lost for run in runs]) for label in GRIDS]
    print_row("median time of the first lost (s)", [f"{1e-3 * t:.2f}" for t in first])
    other = [run["other kicks"].lost for run in runs]
    print(f"lost with other kicks: {mean_sd(other, 1, 100.0)} %")


def draw(learned: dict[str, list[Learned]], replays: dict[str, list[dict[str, Replay]]]) -> Figure:
    figure, axes = plt.subplots(2, 2, figsize=(6.8, 5.0), layout="constrained")
    (uniform, specific), (rate, kept) = axes
    draw_against_grid(uniform, learned, lambda run: run.off_diagonal)
    steps = np.linspace(1e-3, 1.0, 50)  # ms
    area = np.array([window_area(dt) for dt in steps]) / window_area(None)
    exact = np.mean([run.off_diagonal for run in learned["exact"]])
    uniform.plot(steps, exact * area, "--", color=GREY, label="exact × window's sum")
    uniform.set(ylabel="mean off-diagonal of WA (mV)")

    draw_against_grid(specific, learned, lambda run: run.error)
    specific.set(ylabel="specific inverse error")

    draw_against_grid(rate, learned, lambda run: run.rate)
    frozen = [np.mean([run[label].rate for run in replays["learned weights"]]) for label in GRIDS]
    rate.plot([dt or 0.0 for dt in GRIDS.values()], frozen, ":", color=GREY, label="exact weights")
    rate.set(ylabel="motor rate (Hz)")

    draw_kept(kept, replays["learned weights"], "-")
    draw_kept(kept, replays["no feedback"], ":")
    for label in ("0.1 ms", "0.5 ms", "1 ms"):
        kept.plot([], [], color=COLORS[label], label=f"grid {label}")
    kept.plot([], [], color=GREY, label="other kicks")
    kept.plot([], [], ":", color="black", label="no feedback")
    kept.set(xlabel="tolerance (ms)", ylabel="motor spikes kept", ylim=(0.0, 1.02))

    for letter, ax in zip("abcd", axes.flat, strict=True):
        ax.set_title(letter, loc="left", fontweight="bold")
        ax.spines[["top", "right"]].set_visible(False)
        ax.legend(fontsize=7, frameon=False)
    return figure


def draw_against_grid(
    ax: Axes, learned: dict[str, list[Learned]], value: Callable[[Learned], float]
) -> None:
    """Draw a learned quantity against the grid: a dot per seed, a line through the means."""
    steps = [dt or 0.0 for dt in GRIDS.values()]
    for label, step in zip(GRIDS, steps, strict=True):
        ax.plot([step] * len(learned[label]), [*map(value, learned[label])], ".", c=COLORS[label])
    means = [np.mean([*map(value, learned[label])]) for label in GRIDS]
    ax.plot(steps, means, "-", color="black", linewidth=0.8, label="learned on the grid")
    corrected = [*map(value, learned[CORRECTED])]
    ax.plot([1.0] * len(corrected), corrected, "x", color=GREEN, label="rule corrected")
    ax.set(xlabel="grid (ms), 0 is exact")


def draw_kept(ax: Axes, runs: list[dict[str, Replay]], style: str) -> None:
    """Draw the share of exact motor spikes that have a partner within each tolerance."""
    tolerances = np.geomspace(1e-4, 50.0, 300)  # ms
    for label in ("0.1 ms", "0.5 ms", "1 ms", "other kicks"):
        distances = np.sort(np.concatenate([run[label].distances for run in runs]))
        kept = np.searchsorted(distances, tolerances, side="right") / len(distances)
        ax.semilogx(tolerances, kept, style, color=COLORS.get(label, GREY), linewidth=1.2)


def main() -> None:
    parser = argparse.ArgumentParser(description="What a time grid does to the loop.")
    parser.add_argument("--seeds", type=int, default=5, help="at least 3")
    parser.add_argument("--duration", type=float, default=1e7, help="of learning, ms")
    parser.add_argument("--replay", type=float, default=3e5, help="of frozen weights, ms")
    parser.add_argument("--figure", type=Path, default=FIGURE)
    options = parser.parse_args()
    started = time.perf_counter()

    learned: dict[str, list[Learned]] = {label: [] for label in (*GRIDS, CORRECTED)}
    replays: dict[str, list[dict[str, Replay]]] = {"learned weights": [], "no feedback": []}
    for seed in range(options.seeds):
        kicks = pure_python.poisson_kicks(options.duration, seed)
        for label, dt in GRIDS.items():
            learned[label].append(learn(kicks, options.duration, dt))
        learned[CORRECTED].append(learn(kicks, options.duration, 1.0, corrected_depression(1.0)))
        weights = learned["exact"][-1].weights
        replays["learned weights"].append(replay(weights, options.replay, seed + 100))
        replays["no feedback"].append(replay(0.0 * weights, options.replay, seed + 100))

    print(f"mean ± sd over {options.seeds} seeds")
    print(f"A_minus corrected for 1 ms: {corrected_depression(1.0):.4f}\n")
    print_learned(learned)
    for title, of in replays.items():
        print()
        print_replays(title, of)
    draw(learned, replays).savefig(options.figure, dpi=130)
    print(f"\n{options.figure.name} drawn; {time.perf_counter() - started:.0f} s in all")


if __name__ == "__main__":
    main()
