"""What `ei-balance` shows: the headline numbers and the figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ... import plotting
from ...lab.results import shown
from .figures_rules import draw_courses, draw_rules, rule_lines

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..._types import Floats
    from ...lab.results import Result

STATES = {
    "before": ("before", plotting.SKY),
    "after": ("after", plotting.BLACK),
    "shuffled": ("shuffled", plotting.VERMILION),
}
RASTER = 1000.0  # ms


def in_words(result: Result) -> str:
    """Return what came out, in a sentence."""
    before, after = result.summary["before"], result.summary["after"]
    return (
        f"Inhibitory STDP brought the excitatory cells from {shown(before['rate'], '.1f')} to "
        f"{shown(after['rate'], '.1f')} Hz; {shown(after['share_within'], '.0%')} of them are "
        "within 25 % of the target"
    )


def headline(result: Result) -> list[tuple[str, str]]:
    """Return what the command line prints: medians over seeds."""
    summary = result.summary
    states = (summary["before"], summary["after"], summary["controls"]["shuffled"])

    def three(key: str, form: str = ".3f") -> str:
        before, after, control = (shown(state[key], form) for state in states)
        return f"{before} -> {after} (shuffled {control})"

    def peak(when: str) -> str:
        before, after, control = (
            f"{shown(state[when]['median'])} "
            f"[{shown(state[when]['low'], '.2f')}, {shown(state[when]['high'], '.2f')}]"
            for state in states
        )
        return f"{before} -> {after} (shuffled {control})"

    assembly = summary["assembly"]
    lines = [
        ("rate of E (Hz)", three("rate", ".2f")),
        ("  share of cells within 25 % of the target", three("share_within", ".2f")),
        ("CV of intervals", three("cv", ".2f")),
        ("pairwise correlation of counts", three("pairwise")),
        ("  pairs of one group", three("pairwise_same_group")),
        ("E/-I correlation in a cell, ongoing", peak("ongoing")),
        ("  evoked", peak("evoked")),
        (
            "  lag of the peak, ongoing and evoked (ms)",
            ", ".join(
                shown(summary["after"][when]["lag"], ".0f") for when in ("ongoing", "evoked")
            ),
        ),
        (
            "assembly and rest (Hz), balanced",
            f"{shown(assembly['balanced']['assembly'], '.1f')}, "
            f"{shown(assembly['balanced']['rest'], '.1f')}",
        ),
        (
            "  its inhibition lowered, or that of others",
            f"{shown(assembly['lowered']['assembly'], '.1f')}, "
            f"others {shown(assembly['lowered_others']['others'], '.1f')}",
        ),
    ]
    return lines + rule_lines(result)


def draw(result: Result, figure: Figure) -> None:
    """Draw rasters, rates, currents, correlations, tuning, the assembly and the other rule."""
    axes = figure.subplots(4, 3)
    (before, after, rates), (traces, ongoing, evoked), (pairs, tuning, assembly), last = axes
    _draw_raster(result, plotting.panel(before, "a", "excitatory cells, before"), "before")
    _draw_raster(result, plotting.panel(after, "b", "excitatory cells, after"), "after")
    _draw_rates(result, plotting.panel(rates, "c", "rates of excitatory cells"))
    _draw_traces(result, plotting.panel(traces, "d", "currents of one cell"))
    _draw_lags(result, plotting.panel(ongoing, "e", "E and −I of a cell, ongoing"), "ongoing")
    _draw_lags(result, plotting.panel(evoked, "f", "E and −I of a cell, evoked"), "evoked")
    _draw_pairs(result, plotting.panel(pairs, "g", "across pairs, after, ongoing"))
    _draw_tuning(result, plotting.panel(tuning, "h", "tuning of inhibition, after"))
    _draw_assembly(result, plotting.panel(assembly, "i", "a stored assembly"))
    draw_courses(result, plotting.panel(last[0], "j", "from uniform, other rules"), "uniform")
    draw_courses(result, plotting.panel(last[1], "k", "from learned, other rules"), "learned")
    draw_rules(result, plotting.panel(last[2], "l", "brought to equal rate"))


def _draw_raster(result: Result, ax: Axes, name: str) -> None:
    times, ids = result.arrays[f"raster_times_{name}"], result.arrays[f"raster_ids_{name}"]
    start = float(times[0]) if times.size else 0.0
    inside = times < start + RASTER
    ax.plot(times[inside] - start, ids[inside], ".", color=plotting.BLACK, markersize=1.5)
    per_group = result.config["recorded"]
    for edge in range(1, result.config["n_groups"]):
        ax.axhline(edge * per_group - 0.5, color="grey", linewidth=0.4)
    n = per_group * result.config["n_groups"]
    ax.set(xlabel="time (ms)", ylabel="cell, by group", xlim=(0, RASTER), ylim=(-0.5, n - 0.5))


def _draw_rates(result: Result, ax: Axes) -> None:
    target = result.config["target_rate"]
    edges = np.linspace(0.0, 6.0 * target, 61)
    for name, (label, color) in STATES.items():
        rates = np.minimum(result.arrays[f"rates_{name}"], edges[-1])
        plotting.shares(ax, rates, edges, label=label, color=color)
    ax.axvspan(0.75 * target, 1.25 * target, color="grey", alpha=0.2, linewidth=0)
    ax.set(xlabel="rate (Hz)", ylabel="share of cells", xlim=(0, edges[-1]))
    ax.legend(fontsize=8, frameon=False)


def _draw_traces(result: Result, ax: Axes) -> None:
    offset = 0.0
    ticks, names = [], []
    for name in ("after", "shuffled", "before"):
        e, i = result.arrays[f"excitation_{name}"], result.arrays[f"inhibition_{name}"]
        time = np.arange(len(e))
        shift = offset - min(float(e.min()), float(i.min()))
        ax.plot(time, e + shift, color=plotting.VERMILION, linewidth=0.8, label="E")
        ax.plot(time, i + shift, color=plotting.BLUE, linewidth=0.8, label="−I")
        ticks.append(offset + 0.5 * float(max(e.max(), i.max()) + shift - offset))
        names.append(name)
        offset = float(max(e.max(), i.max())) + shift + 2.0
    ax.set(xlabel="time (ms)", xlim=(0, len(time)), ylim=(-1.0, 1.12 * offset))
    ax.set_yticks(ticks, names, rotation=90, va="center")
    ax.plot([30, 30], [0.98 * offset, 0.98 * offset + 10.0], color="black", linewidth=2)
    ax.text(50, 0.98 * offset + 5.0, "10 mV", fontsize=8, va="center")
    handles, labels = ax.get_legend_handles_labels()
    ax.legend(handles[:2], labels[:2], fontsize=8, ncols=2, loc="upper right", frameon=False)


def _draw_lags(result: Result, ax: Axes, when: str) -> None:
    lags = result.arrays["lags"]
    for name, (label, color) in STATES.items():
        curves = result.arrays[f"{when}_{name}"]
        curves = curves[:, np.isfinite(curves).all(axis=0)]
        if not curves.size:
            curves = np.full((len(lags), 1), np.nan)
        low, middle, high = np.quantile(curves, (0.25, 0.5, 0.75), axis=1)
        plotting.band(ax, lags, low, middle, high, label=label, color=color)
    ax.set(xlabel="inhibition after excitation (ms)", ylabel="correlation", ylim=(-0.3, 1.0))
    _set_lags(ax, lags)


def _draw_pairs(result: Result, ax: Axes) -> None:
    lags = result.arrays["lags"]
    for kind, label, color in (
        ("ee", "E, E", plotting.VERMILION),
        ("ii", "−I, −I", plotting.BLUE),
        ("ei", "E, −I", plotting.BLACK),
    ):
        for who, style in (("same_group", "-"), ("other_group", "--")):
            curve = result.arrays[f"pairs_{kind}_{who}_ongoing_after"]
            ax.plot(
                lags,
                curve,
                color=color,
                linestyle=style,
                linewidth=1.2,
                label=label if style == "-" else None,
            )
    ax.set(xlabel="second after first (ms)", ylabel="correlation (dashed: other group)")
    ax.set_ylim(-0.9, 1.05)
    _set_lags(ax, lags)


def _set_lags(ax: Axes, lags: Floats) -> None:
    ax.axvline(0.0, color="grey", linestyle=":", linewidth=1)
    ax.set_xlim(float(lags[0]), float(lags[-1]))
    ax.legend(fontsize=8, loc="lower left", ncols=3, frameon=False, columnspacing=1.0)


def _draw_tuning(result: Result, ax: Axes) -> None:
    n = result.config["n_groups"]
    distance = np.arange(n)
    distance = np.where(distance > n // 2, distance - n, distance)
    order = np.argsort(distance)
    for name, label, color in (
        ("tuning_excitation", "excitation", plotting.VERMILION),
        ("tuning_inhibition", "inhibition", plotting.BLUE),
    ):
        values = result.arrays[name]
        ax.plot(
            distance[order],
            (values / values.max())[order],
            "o-",
            color=color,
            label=label,
            markersize=3.5,
            linewidth=1.2,
        )
    ax.set(xlabel="group, from the preferred one", ylabel="strength / largest", ylim=(0, 1.15))
    ax.locator_params(axis="x", integer=True)
    ax.legend(fontsize=8, loc="upper right", frameon=False)


def _draw_assembly(result: Result, ax: Axes) -> None:
    phase = result.config["recall_duration"]
    times, ids = result.arrays["recall_times"], result.arrays["recall_ids"]
    ax.plot(1e-3 * times, ids, ".", color=plotting.BLACK, markersize=0.8)
    n = int(ids.max()) + 1 if ids.size else 1
    ax.axhline(39.5, color="grey", linewidth=0.8)
    ax.axvspan(1e-3 * phase, 2e-3 * phase, color=plotting.ORANGE, alpha=0.25, linewidth=0)
    ax.set(xlabel="time (s); shaded: its inhibition lowered", ylabel="cell")
    ax.set(xlim=(0, 3e-3 * phase), ylim=(-0.5, n - 0.5))
    ax.set_yticks([20, 60], ["assembly", "others"], rotation=90, va="center")
