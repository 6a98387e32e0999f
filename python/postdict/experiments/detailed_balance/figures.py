"""What `detailed-balance` shows: the headline numbers and the figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ... import plotting
from ...lab.results import shown
from ...plasticity import AntisymmetricSTDP
from .measures import BALANCED

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...lab.results import Nested, Result

STATES = {
    "before": ("untrained", plotting.SKY),
    "after": ("learned", plotting.BLACK),
    "transpose": ("transpose", plotting.ORANGE),
    "half_transpose": ("half transpose", plotting.PURPLE),
    "shuffled": ("shuffled", plotting.VERMILION),
}
SYNAPSES = {
    "rest": ("the rest", plotting.GREEN),
    "carrying": ("carry the inverse", plotting.BLACK),
}
SHOWN_BIN = 1.0  # ms, of the correlograms as drawn


def in_words(result: Result) -> str:
    """Return what came out, in a sentence."""
    before, after = (
        shown(result.summary[f"imbalance_{when}"]["carrying"], ".2f")
        for when in ("before", "after")
    )
    return (
        f"Learning took the imbalance of what the rule adds and takes from {before} to {after} of "
        "their sum, at the synapses that carry the inverse (0 is detailed balance)"
    )


def headline(result: Result) -> list[tuple[str, str]]:
    """Return what the command line prints: medians over seeds."""
    summary = result.summary

    def carrying(where: Nested) -> str:
        return shown(where["carrying"])

    lines = [
        (
            "imbalance |P - N|/(P + N), carrying",
            f"{carrying(summary['imbalance_before'])} -> {carrying(summary['imbalance_after'])}",
        ),
        (
            "  the other synapses",
            " -> ".join(
                shown(summary[f"imbalance_{when}"]["rest"]) for when in ("before", "after")
            ),
        ),
        (
            "  while learning, first and last window",
            " -> ".join(
                carrying(summary["while_learning"][f"{which}_window"])
                for which in ("first", "last")
            ),
        ),
    ]
    lines += [
        (
            f"  {name.replace('_', ' ')}, frozen",
            f"{carrying(control['imbalance'])} at {shown(control['motor_rate'], '.2f')} Hz",
        )
        for name, control in summary["controls"].items()
    ]
    for when in ("before", "after"):
        areas = summary["areas"][when]["carrying"]
        lines.append(
            (
                f"areas under the window, {when}",
                f"P {shown(areas['potentiation'])}, N {shown(areas['depression'])}",
            )
        )
    drift = summary["drift"]["starts"]
    rates = " -> ".join(shown(summary[f"motor_rate_{when}"], ".2f") for when in ("before", "after"))
    return [
        *lines,
        (
            "drift, predicted and seen: correlation",
            f"{shown(drift['correlation'])} (carrying {shown(drift['correlation_carrying'])})",
        ),
        ("  seen / predicted", shown(drift["slope"], ".2f")),
        ("motor rate (Hz), before -> after", rates),
    ]


def draw(result: Result, figure: Figure) -> None:
    """Draw the imbalance of synapses and its course, fluxes, correlograms and drift."""
    (histogram, course, fluxes), (before, after, drift) = figure.subplots(2, 3)
    _draw_histogram(result, plotting.panel(histogram, "a", "synapses that carry the inverse"))
    _draw_course(result, plotting.panel(course, "b", "while learning"))
    _draw_fluxes(result, plotting.panel(fluxes, "c", "fluxes, synapse by synapse"))
    _draw_correlogram(result, plotting.panel(before, "d", "correlogram, untrained"), "before")
    _draw_correlogram(result, plotting.panel(after, "e", "correlogram, learned"), "after")
    _draw_drift(result, plotting.panel(drift, "f", "drift of the inhibition"))


def _carrying(result: Result) -> np.ndarray:
    return np.asarray(result.arrays["world"].T > 0)


def _draw_histogram(result: Result, ax: Axes) -> None:
    edges = np.geomspace(1e-3, 1.0, 31)
    for name, (label, color) in STATES.items():
        values = result.arrays[f"imbalance_{name}"][_carrying(result)]
        values = np.clip(values[np.isfinite(values)], edges[0], None)
        control = name in result.summary["controls"]
        width = 1.0 if control else 1.6
        plotting.shares(
            ax, values, edges, label=label, color=color, linewidth=width, dashed=control
        )
    ax.set(xscale="log", xlabel="imbalance |P − N|/(P + N)", ylabel="share of synapses")
    ax.legend(fontsize=8, loc="upper left", frameon=False)


def _draw_course(result: Result, ax: Axes) -> None:
    arrays = result.arrays
    seconds = 1e-3 * arrays["window_ends"]
    for kind, (label, color) in SYNAPSES.items():
        low, middle, high = arrays[f"imbalance_history_{kind}"]
        plotting.band(ax, seconds, low, middle, high, label=label, color=color)
    for name in result.summary["controls"]:
        values = arrays[f"imbalance_{name}"][_carrying(result)]
        if np.isfinite(values).any():
            level = float(np.nanmedian(values))
            ax.axhline(level, color=STATES[name][1], linestyle="--", linewidth=1)
    ax.axhline(BALANCED, color="grey", linestyle=":", linewidth=1)
    ax.set(
        xscale="log",
        yscale="log",
        xlabel="biological time (s)",
        ylabel="imbalance |P − N|/(P + N)",
        ylim=(2e-3, 1.0),
    )
    plotting.ticks(ax.yaxis, [0.01, 0.05, 0.1, 1.0])
    ax.legend(fontsize=8, loc="lower left", frameon=False)


def _draw_fluxes(result: Result, ax: Axes) -> None:
    largest = 0.0
    for when in ("before", "after"):
        label, color = STATES[when]
        p, n = (
            result.arrays[f"{side}_{when}"][_carrying(result)]
            for side in ("potentiation", "depression")
        )
        ax.plot(n, p, "o", color=color, label=label, markersize=2.5, markeredgewidth=0)
        largest = max(largest, float(p.max()), float(n.max()))
    ax.axline((0, 0), slope=1, color="grey", linewidth=1, linestyle=":")
    ax.set(
        xlabel="depression N (η/s)",
        ylabel="potentiation P (η/s)",
        xlim=(0, 1.05 * largest or 1.0),
        ylim=(0, 1.05 * largest or 1.0),
    )
    ax.legend(fontsize=8, loc="upper left", frameon=False)


def _draw_correlogram(result: Result, ax: Axes, when: str) -> None:
    """Draw the correlograms below, the window above them, and the two areas."""
    arrays, config = result.arrays, result.config
    delay = config["world_delay"] + config["synaptic_delay"]
    most = 5.0 * np.ceil(max(3.0 * delay, 2.0 * max(config["tau_plus"], config["tau_minus"])) / 5.0)
    lags, step = arrays["lags"], float(np.diff(arrays["lags"][:2])[0])
    n = max(round(SHOWN_BIN / step), 1)
    inside = np.abs(lags) < most
    edges = lags[inside][::n] - 0.5 * step
    for kind, (label, color) in SYNAPSES.items():
        rate = arrays[f"correlogram_{kind}_{when}"][inside].reshape(-1, n).mean(axis=1)
        ax.stairs(rate, [*edges, edges[-1] + n * step], color=color, label=label, linewidth=1)
    ax.set(
        xlabel="motor spike after the sensor's arrival (ms)",
        ylabel="motor rate (Hz)",
        yscale="log",
        xlim=(-most, most),
        ylim=(0.5, 3e4),
    )
    ax.set_yticks([1, 10, 100, 1000])
    _draw_window(result, ax, most)
    areas = result.summary["per_seed"][0]["areas"][when]["carrying"]
    for x, side, text, color in (
        (0.03, "left", f"N = {shown(areas['depression'])} η/arrival", plotting.BLUE),
        (0.97, "right", f"P = {shown(areas['potentiation'])} η/arrival", plotting.VERMILION),
    ):
        ax.text(
            x, 0.97, text, transform=ax.transAxes, ha=side, va="top", fontsize=8.5, color=color
        )  # fmt: skip
    if when == "before":
        ax.legend(fontsize=8, loc="center right", frameon=False)


def _draw_window(result: Result, ax: Axes, most: float) -> None:
    """Shade the window above the curves, on a scale of its own."""
    config = result.config
    names = ("eta", "A_plus", "A_minus", "tau_plus", "tau_minus")
    rule = AntisymmetricSTDP(**{name: config[name] for name in names})
    above = ax.twinx()
    for lags, color in (
        (np.linspace(-most, -1e-9, 200), plotting.BLUE),
        (np.linspace(0.0, most, 200), plotting.VERMILION),
    ):
        above.fill_between(lags, rule.window(lags) / rule.eta, color=color, alpha=0.3, linewidth=0)
    size = max(config["A_plus"], config["A_minus"])
    above.set(ylim=(-4.6 * size, 1.9 * size), yticks=[-config["A_minus"], 0.0, config["A_plus"]])
    above.set_ylabel("window (η)", fontsize=9, y=0.72)
    above.tick_params(labelsize=8)


def _draw_drift(result: Result, ax: Axes) -> None:
    arrays, carrying = result.arrays, _carrying(result)
    predicted, seen = 1e3 * arrays["drift_predicted_before"], 1e3 * arrays["drift_seen"]
    for synapses, label, color in (
        (~carrying, "start, the rest", plotting.GREEN),
        (carrying, "start, carry the inverse", plotting.SKY),
    ):
        ax.plot(
            predicted[synapses],
            seen[synapses],
            "o",
            color=color,
            label=label,
            markersize=2.5,
            markeredgewidth=0,
        )
    ax.plot(
        1e3 * arrays["drift_predicted_after"].ravel(),
        1e3 * arrays["drift_seen_after"].ravel(),
        "o",
        color=plotting.BLACK,
        label="end, all",
        markersize=1.2,
        markeredgewidth=0,
    )
    ax.axline((0, 0), slope=1, color="grey", linewidth=1, linestyle=":")
    found = result.summary["per_seed"][0]["drift"]["starts"]
    ax.text(
        0.97,
        0.05,
        f"start: r = {shown(found['correlation'])}",
        transform=ax.transAxes,
        ha="right",
        fontsize=8.5,
    )
    ax.set(xlabel="dw/dt from the correlograms (µV/s)", ylabel="dw/dt seen (µV/s)")
    ax.legend(fontsize=8, loc="upper left", frameon=False)
