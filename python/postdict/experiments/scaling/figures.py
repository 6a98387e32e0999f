"""What `scaling` shows: the headline numbers and the figure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ... import plotting
from ...lab.results import Nested, shown
from .cuts import CUTS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...lab.results import Result

LOGARITHMIC = ("n_motor", "condition", "duration")


def in_words(result: Result) -> str:
    """Return what came out, in a sentence."""
    f1 = shown(result.summary["f1_4hz"], ".2f")
    points = [point for cut in result.summary["cuts"].values() for point in cut.values()]
    whole = sum(point["n_seeds"] == point["n_learned"] for point in points)
    cuts = (
        f"; of {len(points)} points of the cuts {whole} were learned in all seeds" if points else ""
    )
    return f"At the settings themselves songs at 4 Hz are imitated with F1 {f1}{cuts}"


def headline(result: Result) -> list[tuple[str, str]]:
    """Return what the command line prints: medians over seeds, of the point and of each cut."""
    lines = [("F1 at 1 / 4 Hz, noisy; learned after", _line(result.summary))]
    for name, cut in result.summary["cuts"].items():
        lines.append((CUTS[name].label, ""))
        for value, point in cut.items():
            missed = point["n_seeds"] - point["n_learned"]
            note = f"; {missed} of {point['n_seeds']} seeds below 0.95" if missed else ""
            lines.append((f"  {value}", _line(point) + note))
    return lines


def _line(point: Nested) -> str:
    clean, noisy = (
        " / ".join(shown(point[f"f1_{rate}hz{noise}"]) for rate in (1, 4))
        for noise in ("", "_noisy")
    )
    when = point["time_to_learn"]
    return f"{clean}, {noisy}; " + ("not all" if when is None else f"{1e-3 * when:.0f} s")


def draw(result: Result, figure: Figure) -> None:
    """Draw F1 and the time to learn over each cut; the course of learning where there is none."""
    cuts = result.summary["cuts"]
    if not cuts:
        _draw_course(result, figure.subplots())
        return
    n_columns = min(3, len(cuts))
    n_rows = math.ceil(len(cuts) / n_columns)
    axes = figure.subplots(n_rows, n_columns, squeeze=False).ravel()
    for k, (ax, (name, cut)) in enumerate(zip(axes, cuts.items(), strict=False)):
        _draw_cut(plotting.panel(ax, chr(ord("a") + k), ""), name, cut)
        if k % n_columns == 0:
            ax.set_ylabel("F1 of unseen songs")
    for ax in axes[len(cuts) :]:
        ax.set_axis_off()
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=len(labels), fontsize=8)


def _draw_cut(ax: Axes, name: str, cut: Nested) -> None:
    unit = 1e-3 if name == "duration" else 1.0
    x = [unit * float(value) for value in cut]
    points = list(cut.values())

    def curve(label: str, color: str, metric: str, control: str = "", *, dashed: bool) -> None:
        of = [point["controls"][control] if control else point for point in points]
        spread = [
            point["spread"]["controls"][control] if control else point["spread"] for point in points
        ]
        known = [k for k, scores in enumerate(of) if scores[metric] is not None]
        plotting.ranges(
            ax,
            [x[k] for k in known],
            [of[k][metric] for k in known],
            [spread[k][metric][0] for k in known],
            [spread[k][metric][1] for k in known],
            label=label,
            color=color,
            dashed=dashed,
            front=not control,
        )

    curve("learned, 1 Hz", plotting.BLACK, "f1_1hz", dashed=False)
    curve("4 Hz, noisy", plotting.BLACK, "f1_4hz_noisy", dashed=True)
    curve("pseudo-inverse, 1 Hz", plotting.BLUE, "f1_1hz", "pinv", dashed=False)
    curve("4 Hz, noisy", plotting.BLUE, "f1_4hz_noisy", "pinv", dashed=True)
    ax.axhline(0.95, color="grey", linestyle=":", linewidth=1)
    lost = [x[k] for k, point in enumerate(points) if point["f1_1hz"] is None]
    ax.plot(lost, [0.02] * len(lost), "x", color=plotting.BLACK)
    times = ax.twinx()
    when = [(x[k], 1e-3 * p["time_to_learn"]) for k, p in enumerate(points) if p["time_to_learn"]]
    times.plot(*zip(*when, strict=True) if when else ([], []), "s:", color=plotting.VERMILION)
    times.set(yscale="log", ylim=(1, 3e3))
    times.set_ylabel("F1 0.95 after (s)", color=plotting.VERMILION, fontsize=8)
    times.tick_params(labelsize=7, colors=plotting.VERMILION)
    ax.set(xlabel=CUTS[name].label, ylim=(0, 1.04))
    if name in LOGARITHMIC:
        ax.set_xscale("log")
        ax.set_xticks(x, [f"{value:g}" for value in x])
        ax.minorticks_off()


def _draw_course(result: Result, ax: Axes) -> None:
    plotting.panel(ax, "a", "course of learning")
    if "f1_history" in result.arrays:
        ax.plot(1e-3 * result.arrays["f1_times"], result.arrays["f1_history"], "o-", color="black")
    ax.axhline(0.95, color="grey", linestyle=":", linewidth=1)
    ax.set(xlabel="biological time (s)", ylabel="F1 of an unseen song at 1 Hz", ylim=(0, 1.04))
    ax.set_xscale("log")
