"""What `vogels2011` shows: the headline numbers and the figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ... import plotting
from ...lab.results import shown
from .config import Config
from .recurrent import DRAWN, cell_groups

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...lab.results import Result

STATES = {
    "before": ("before", plotting.SKY),
    "after": ("after", plotting.BLACK),
    "shuffled": ("channels shuffled", plotting.VERMILION),
    "unrelated": ("unrelated channels", plotting.PURPLE),
}
GROUPS = {
    "assembly": ("assembly", plotting.VERMILION),
    "other": ("other assembly", plotting.ORANGE),
    "rest": ("other cells", plotting.BLACK),
}
ORDER = ("cued", "assembly", "other", "rest", "inhibitory")
RASTER = 1000.0  # ms


def in_words(result: Result) -> str:
    """Return what came out, in a sentence."""
    network, held = result.summary["network"], result.summary["controls"]["held"]
    loud, learned = (network[name]["rest"] for name in ("loud", "background"))
    return (
        f"Inhibitory STDP brought the excitatory cells from {shown(loud, '.0f')} to "
        f"{shown(learned, '.1f')} Hz; a stored and balanced assembly, at "
        f"{shown(held['balanced']['assembly'], '.1f')} Hz, is recalled by a part of it at "
        f"{shown(held['cued']['assembly'], '.0f')} Hz"
    )


def headline(result: Result) -> list[tuple[str, str]]:
    """Return what the command line prints: medians over seeds."""
    cell, network = result.summary["cell"], result.summary["network"]
    controls = result.summary["controls"]

    def four(key: str, form: str = ".2f") -> str:
        before, after, shuffled, apart = (
            shown(state[key], form)
            for state in (
                cell["before"], cell["after"], controls["shuffled"], controls["unrelated"],
            )
        )  # fmt: skip
        return f"{before} -> {after} (shuffled {shuffled}, unrelated {apart})"

    def course(run: dict[str, dict[str, float | None]]) -> str:
        phases = ("balanced", "cued", "afterwards")
        return ", ".join(
            f"{shown(run[name]['assembly'], '.1f')} ({shown(run[name]['rest'], '.1f')})"
            for name in phases
        )

    return [
        ("the cell: tuning of inhibition to excitation", four("tuning")),
        ("  weight of the preferred channel over the others'", four("contrast")),
        ("  mismatch of mean currents by channel", four("residual")),
        ("  rate (Hz)", four("rate", ".1f")),
        (
            "the network: rate of E (Hz), loud -> learned",
            f"{shown(network['loud']['rest'], '.1f')} -> "
            f"{shown(network['background']['rest'], '.1f')}",
        ),
        (
            "  CV of intervals, correlation of counts",
            f"{shown(network['background']['cv'], '.2f')}, "
            f"{shown(network['background']['pairwise'], '.3f')}",
        ),
        (
            "  assembly (others) when just stored (Hz)",
            f"{shown(network['stored']['assembly'], '.1f')} "
            f"({shown(network['stored']['rest'], '.1f')})",
        ),
        ("  balanced, recalled, afterwards: weights held", course(controls["held"])),
        ("    while they learn on", course(network)),
        ("    not balanced (control)", course(controls["frozen"])),
        ("    not stored (control)", course(controls["unstored"])),
    ]


def draw(result: Result, figure: Figure) -> None:
    """Draw the cell in the upper two rows, the network in the lower two."""
    axes = figure.subplots(4, 3)
    _draw_weights(result, plotting.panel(axes[0, 0], "a", "one cell: mean weights of the channels"))
    _draw_channels(result, plotting.panel(axes[0, 1], "b", "mean currents of the channels"))
    _draw_cell_course(result, plotting.panel(axes[0, 2], "c", "rate of the cell while it learns"))
    _draw_currents(result, plotting.panel(axes[1, 0], "d", "before learning"), "before")
    _draw_currents(result, plotting.panel(axes[1, 1], "e", "after learning"), "after")
    _draw_heard(result, plotting.panel(axes[1, 2], "f", "which channel the spikes follow"))
    _draw_course(result, plotting.panel(axes[2, 0], "g", "network: rates"))
    _draw_background(result, plotting.panel(axes[2, 1], "h", "network: background"))
    _draw_cv(result, plotting.panel(axes[2, 2], "i", "irregularity of the background"))
    _draw_recall(result, plotting.panel(axes[3, 0], "j", "recall of a balanced assembly"))
    held = result.summary["controls"]["held"]
    _draw_phases(result.summary["network"], plotting.panel(axes[3, 1], "k", "weights learn on"))
    _draw_phases(held, plotting.panel(axes[3, 2], "l", "weights held, and controls"))
    _draw_controls(result, axes[3, 2])


def _draw_weights(result: Result, ax: Axes) -> None:
    excitatory = result.arrays["excitatory_weights"]
    channel = np.arange(1, len(excitatory) + 1)
    ax.plot(channel, excitatory / excitatory.mean(), color="grey", linewidth=5, alpha=0.4,
            label="excitation")  # fmt: skip
    for name, (label, color) in STATES.items():
        weights = result.arrays[f"inhibitory_weights_{name}"]
        ax.plot(channel, weights / weights.mean(), "o-", color=color, markersize=3, linewidth=1.2,
                label=label)  # fmt: skip
    ax.set(xlabel="channel", ylabel="weight / mean over channels", ylim=(0, None))
    ax.legend(fontsize=7, frameon=False, ncols=2, loc="upper left")
    ax.set_ylim(0, 1.5 * ax.get_ylim()[1])


def _draw_channels(result: Result, ax: Axes) -> None:
    largest = 0.0
    for name, (label, color) in STATES.items():
        x, y = (result.arrays[f"channel_{kind}_{name}"] for kind in ("excitation", "inhibition"))
        largest = max(largest, float(x.max()), float(y.max()))
        ax.plot(x, y, "o", color=color, markersize=4, label=label)
    ax.plot([0, largest], [0, largest], color="grey", linestyle=":", linewidth=1)
    ax.set(xlabel="excitation (mV)", ylabel="inhibition (mV)")
    ax.set(xlim=(0, 1.05 * largest), ylim=(0, 1.05 * largest))
    ax.legend(fontsize=7, frameon=False, loc="upper left")


def _draw_cell_course(result: Result, ax: Axes) -> None:
    seconds = 1e-3 * result.arrays["course_times"]
    ax.plot(seconds, result.arrays["course_rate"], color=plotting.BLACK, linewidth=1.2)
    target = result.config["cell_target"]
    ax.axhline(target, color="grey", linestyle=":", linewidth=1)
    ax.text(seconds[-1], target, "target", fontsize=7, color="grey", va="bottom", ha="right")
    ax.set(xlabel="time (s)", ylabel="rate (Hz)", xlim=(0, seconds[-1]), ylim=(0, None))


def _draw_currents(result: Result, ax: Axes, name: str) -> None:
    e, i = result.arrays[f"excitation_{name}"], result.arrays[f"inhibition_{name}"]
    time = np.arange(len(e))
    ax.plot(time, e, color=plotting.VERMILION, linewidth=0.8, label="excitation")
    ax.plot(time, -i, color=plotting.BLUE, linewidth=0.8, label="inhibition")
    ax.plot(time, e - i, color=plotting.BLACK, linewidth=0.8, label="sum")
    ax.axhline(0.0, color="grey", linewidth=0.5)
    ax.set(xlabel="time (ms)", ylabel="current / leak (mV)", xlim=(0, len(e)))
    low, high = ax.get_ylim()
    ax.set_ylim(low, high + 0.25 * (high - low))
    ax.legend(fontsize=7, frameon=False, ncols=3, loc="upper center")


def _draw_heard(result: Result, ax: Axes) -> None:
    for name, (label, color) in STATES.items():
        heard = result.arrays[f"signal_correlation_{name}"]
        channel = np.arange(1, len(heard) + 1)
        ax.plot(channel, heard, "o-", color=color, markersize=3, linewidth=1.2, label=label)
    ax.axhline(0.0, color="grey", linewidth=0.5)
    ax.set(xlabel="channel", ylabel="correlation of spikes and signal")


def _draw_course(result: Result, ax: Axes) -> None:
    seconds, rates = 1e-3 * result.arrays["network_times"], result.arrays["network_rates"]
    for name, (label, color) in GROUPS.items():
        rate = rates[ORDER.index(name)]
        smooth = np.convolve(rate, np.full(10, 0.1), mode="valid")
        ax.plot(seconds[9:], np.maximum(smooth, 0.1), color=color, linewidth=1, label=label)
    ax.axhline(result.config["target_rate"], color="grey", linestyle=":", linewidth=1)
    names = list(result.summary["network"])
    for what, after in (("plastic", "loud"), ("stored", "background"), ("cue", "balanced")):
        at = 1e-3 * result.arrays["phase_ends"][names.index(after)]
        ax.axvline(at, color="grey", linewidth=0.6)
        ax.text(at, 0.85, what, rotation=90, fontsize=7, color="grey", va="top", ha="right",
                transform=ax.get_xaxis_transform())  # fmt: skip
    ax.set(xlabel="time (s)", ylabel="rate (Hz)", yscale="log", ylim=(0.5, 2000))
    ax.set_xlim(0, seconds[-1])
    plotting.ticks(ax.yaxis, [1, 3, 10, 30, 100])
    ax.legend(fontsize=7, frameon=False, loc="upper center", ncols=3, columnspacing=1.0)


def _draw_background(result: Result, ax: Axes) -> None:
    times, ids = result.arrays["background_times"], result.arrays["background_ids"]
    inside = (times < RASTER) & (ids < 100)
    ax.plot(times[inside], ids[inside], ".", color=plotting.BLACK, markersize=2)
    ax.set(xlabel="time (ms)", ylabel="excitatory cell", xlim=(0, RASTER), ylim=(-0.5, 99.5))


def _draw_cv(result: Result, ax: Axes) -> None:
    cv = result.arrays["background_cv"]
    cv = cv[np.isfinite(cv)]
    if cv.size:
        edges = np.linspace(0.0, 2.0, 41)
        plotting.shares(ax, np.minimum(cv, 2.0), edges, label="E", color=plotting.BLACK)
        ax.axvline(float(np.median(cv)), color="grey", linestyle=":", linewidth=1)
    ax.set(xlabel="CV of intervals (dotted: median)", ylabel="share of cells", xlim=(0, 2))


def _draw_recall(result: Result, ax: Axes) -> None:
    times, ids = result.arrays["cue_times"], result.arrays["cue_ids"]
    cue = result.config["cue"]
    inside = (times >= -cue) & (times < 2 * cue) & (ids % 2 == 0)
    ax.plot(times[inside], ids[inside], ".", color=plotting.BLACK, markersize=0.8)
    ax.axvspan(0.0, cue, color=plotting.ORANGE, alpha=0.25, linewidth=0)
    groups = cell_groups(Config(**result.config))
    rows = np.cumsum([0, *(min(DRAWN, last - first) for first, last in groups.values())])
    for edge in rows[1:-1]:
        ax.axhline(edge - 0.5, color="grey", linewidth=0.6)
    middles = 0.5 * (rows[1:] + rows[:-1])
    ax.set_yticks(middles.tolist(), list(groups), rotation=90, va="center")
    ax.set(xlabel="time (ms); shaded: a part is stimulated", xlim=(-cue, 2 * cue))
    ax.set_ylim(-0.5, float(rows[-1]) - 0.5)


PHASES = {
    "background": "background", "stored": "stored", "balanced": "balanced", "cued": "cued",
    "ending": "then", "afterwards": "afterwards",
}  # fmt: skip


def _draw_phases(phases: dict[str, dict[str, float]], ax: Axes) -> None:
    names = [name for name in PHASES if name in phases]
    for group, (label, color) in GROUPS.items():
        values = [phases[name][group] for name in names]
        ax.plot(range(len(names)), values, "o-", color=color, markersize=4, linewidth=1.2,
                label=label)  # fmt: skip
    ax.set_yscale("log")
    ax.set(ylabel="rate (Hz)", ylim=(0.5, 900), xlim=(-0.4, len(names) - 0.6))
    plotting.ticks(ax.yaxis, [1, 3, 10, 30, 100])
    ax.set_xticks(range(len(names)), [PHASES[name] for name in names], rotation=30, ha="right")
    ax.legend(fontsize=7, frameon=False, ncols=2, loc="upper left")


def _draw_controls(result: Result, ax: Axes) -> None:
    for run, label, style in (("frozen", "not balanced", ":"), ("unstored", "not stored", "--")):
        phases = result.summary["controls"][run]
        values = [phases[name]["assembly"] for name in PHASES if name in phases]
        ax.plot(range(len(values)), values, style, color=plotting.VERMILION, linewidth=1.2,
                label=f"assembly, {label}")  # fmt: skip
    ax.legend(fontsize=7, frameon=False, ncols=2, loc="upper left")
