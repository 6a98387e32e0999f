"""What `stdp-window` shows: the headline numbers and the figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ... import plotting
from ..._types import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...lab.results import Result

TITLES = {
    "antisymmetric": "AntisymmetricSTDP",
    "haas": "HaasSTDP",
    "vogels": "VogelsSTDP",
    "causal": "CausalSTDP",
    "sampled": "WindowSTDP: 41 samples",
    "triplet": "TripletSTDP: isolated pairs",
    "custom": "CustomSTDP: 2 exp(−|lag|/10) − exp(−|lag|/30)",
    "modulated": "Modulated: antisymmetric, punished",
}
PAIRINGS = {"all": (plotting.BLUE, "o"), "nearest": (plotting.VERMILION, "s")}


def in_words(result: Result) -> str:
    """Return what came out, in a sentence."""
    rules = result.summary["rules"]
    largest = max(
        max(r["difference"], *r["difference_by_frequency"].values()) for r in rules.values()
    )
    return (
        f"The weights of {len(rules)} rules changed as their windows say but for {largest:.0e} of "
        "the peak"
    )


def headline(result: Result) -> list[tuple[str, str]]:
    """Return what the command line prints: differences relative to each window's peak."""
    summary = result.summary
    lines = []
    for name, rule in summary["rules"].items():
        by_frequency = max(rule["difference_by_frequency"].values())
        numbers = f"{rule['difference']:.1e}, by frequency {by_frequency:.1e}"
        lines.append((f"{TITLES[name].split(':')[0]}: off its window by", numbers))
    control = summary["controls"]["reversed_window"]
    lines.append(("window reversed in time: off its own by", f"{control['difference']:.1e}"))
    lines.append(("  off the one not reversed by", f"{control['difference_from_forward']:.2f}"))
    return lines


def draw(result: Result, figure: Figure) -> None:
    """Draw the protocol, every window, and the change per pair over the frequency of pairs."""
    axes = figure.subplots(5, 4)
    letters = iter("abcdefghijklmnopqrs")
    panels = iter(axes.flat)
    _draw_protocol(plotting.panel(next(panels), next(letters), "the pairing protocol"), result)
    for name, title in TITLES.items():
        ax = plotting.panel(next(panels), next(letters), title)
        _draw_window(ax, result, name)
        _note(ax, f"off by {result.summary['rules'][name]['difference']:.0e}")
        if name == "haas":
            _cite_haas(ax, result)
        if name == "antisymmetric":
            ax.legend(fontsize=7, loc="lower right", frameon=False)
    for name, title in TITLES.items():
        ax = plotting.panel(next(panels), next(letters), title.split(":")[0])
        _draw_frequencies(ax, result, name)
        if name == "antisymmetric":
            ax.legend(fontsize=7, frameon=False, loc="center left")
    ax = plotting.panel(next(panels), next(letters), "control: window reversed in time")
    _draw_window(ax, result, "reversed")
    window = result.arrays["antisymmetric_window"]
    _draw_sides(ax, result.arrays["lags"], window, color="grey", linestyle="--", linewidth=1)
    control = result.summary["controls"]["reversed_window"]
    own, forward = control["difference"], control["difference_from_forward"]
    _note(ax, f"off by {own:.0e}\nfrom the dashed one by {forward:.1f}")
    title = "TripletSTDP and visual cortex"
    _draw_published(plotting.panel(next(panels), next(letters), title), result)
    next(panels).set_axis_off()


def _draw_protocol(ax: Axes, result: Result) -> None:
    interval, lag = 50.0, 10.0
    arrivals = np.array([0.0, 1.0, 2.0]) * interval
    for height, times, color in (
        (2.2, arrivals, plotting.BLUE),
        (1.0, arrivals + lag, plotting.BLACK),
    ):
        ax.hlines(height, -12.0, 125.0, color="grey", linewidth=0.8)
        ax.vlines(times, height, height + 0.6, color=color, linewidth=2.0)
    arrow = {"arrowstyle": "<->", "shrinkA": 0, "shrinkB": 0, "linewidth": 0.9}
    ax.annotate("", (0.0, 0.75), (lag, 0.75), arrowprops=arrow)
    ax.text(0.5 * lag, 0.6, "lag", ha="center", va="top", fontsize=8)
    ax.annotate("", (0.0, 3.05), (interval, 3.05), arrowprops=arrow)
    ax.text(0.5 * interval, 3.15, "1 / frequency", ha="center", va="bottom", fontsize=8)
    ax.text(-16.0, 2.3, "arrivals", ha="right", fontsize=8, color=plotting.BLUE)
    ax.text(-16.0, 1.1, "cell, made\nto fire", ha="right", fontsize=8)
    ax.text(130.0, 1.6, f"… × {result.config['pairs']}", ha="left", fontsize=8)
    ax.set(xlim=(-62.0, 165.0), ylim=(0.0, 3.8))
    ax.set_axis_off()


def _draw_window(ax: Axes, result: Result, name: str) -> None:
    lags, arrays = result.arrays["lags"], result.arrays
    ax.axhline(0.0, color="lightgrey", linewidth=0.8)
    ax.axvline(0.0, color="lightgrey", linewidth=0.8)
    _draw_sides(ax, lags, arrays[f"{name}_window"], color=plotting.ORANGE, linewidth=3)
    per_arrival = result.summary["rules"].get(name, {}).get("per_arrival")
    if per_arrival:
        ax.axhline(per_arrival, color="grey", linestyle=":", linewidth=1)
        ax.text(-lags[-1], per_arrival, "each arrival", va="bottom", fontsize=7, color="grey")
    ax.plot(
        lags,
        arrays[f"{name}_measured"],
        linestyle="none",
        marker=".",
        markersize=2.5,
        color=plotting.BLACK,
        label="engine, per pair",
    )
    ax.set(xlabel="lag t_post − t_pre (ms)", ylabel="change of w (η)")
    low, high = ax.get_ylim()
    ax.set_ylim(low - 0.1 * (high - low), high + 0.22 * (high - low))


def _draw_sides(ax: Axes, lags: Floats, window: Floats, **style: Any) -> None:
    """Draw both sides of lag 0: a jump there is none of the window's values."""
    for side, label in ((lags < 0.0, "window(lag)"), (lags >= 0.0, None)):
        ax.plot(lags[side], window[side], label=label, **style)


def _cite_haas(ax: Axes, result: Result) -> None:
    text = (
        f"Haas et al. 2006:\nfit '{result.config['haas_fit']}'\n"
        "in T. Nowotny's code\n(ModelDB 144403);\nno data points"
    )
    ax.text(0.03, 0.97, text, transform=ax.transAxes, va="top", fontsize=7)


def _draw_frequencies(ax: Axes, result: Result, name: str) -> None:
    frequencies = result.arrays["frequencies"]
    lag = result.config["pair_lag"]
    ax.axhline(0.0, color="lightgrey", linewidth=0.8)
    for pairing, (color, marker) in PAIRINGS.items():
        both = result.arrays[f"{name}_{pairing}_by_frequency"]
        for values, sign, style in zip(both, "+−", ("-", "--"), strict=True):
            ax.plot(
                frequencies,
                values,
                color=color,
                marker=marker,
                markersize=3,
                linewidth=1.2,
                linestyle=style,
                markerfacecolor=color if sign == "+" else "white",
                label=f"{pairing}, {sign}{lag:g} ms",
            )
    ax.set(xlabel="frequency of pairs (Hz)", ylabel="change of w per pair (η)", xlim=(0, None))
    difference = max(result.summary["rules"][name]["difference_by_frequency"].values())
    low, high = ax.get_ylim()
    ax.set_ylim(low, high + 0.15 * (high - low))
    _note(ax, f"off by {difference:.0e}")


def _note(ax: Axes, text: str) -> None:
    ax.text(0.97, 0.97, text, transform=ax.transAxes, ha="right", va="top", fontsize=7)


def _draw_published(ax: Axes, result: Result) -> None:
    """Draw the fits' change by 60 pairs over the frequency, and the data that were fitted."""
    arrays = result.arrays
    frequencies = arrays["published_frequencies"]
    ax.axhline(0.0, color="lightgrey", linewidth=0.8)
    for pairing, (color, _) in PAIRINGS.items():
        for side, style in enumerate(("-", "--")):
            label = pairing if side == 0 else None
            ax.plot(
                frequencies,
                arrays[f"published_{pairing}"][side],
                color=color,
                linestyle=style,
                label=label,
            )
    for (mean, error), marker, lag in zip(arrays["published"], "o^", ("+10", "−10"), strict=True):
        ax.errorbar(
            frequencies,
            mean,
            error,
            color=plotting.BLACK,
            linestyle="none",
            marker=marker,
            markersize=3,
            linewidth=0.8,
            label=f"data, {lag} ms",
        )
    ax.legend(fontsize=6, frameon=False, loc="upper left")
    ax.set(xlabel="frequency (Hz)", ylabel="relative change, 60 pairs")
