"""What `sparse-activity` shows: the headline numbers and the figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ... import plotting
from ...lab.results import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...lab.results import Nested, Result

CONDITIONS = {
    "before": plotting.SKY,
    "after": plotting.BLACK,
    "shuffled": plotting.VERMILION,
    "no_mean": plotting.GREEN,
}
LABELS = {
    "before": "before",
    "after": "learned",
    "shuffled": "shuffled",
    "no_mean": "no mean term",
    "untrained": "untrained",
}
REGIME_COLORS = {
    "runaway": plotting.VERMILION,
    "echo": plotting.ORANGE,
    "sparse inverse": plotting.BLUE,
    "suppression": "#BBBBBB",
}
QUANTITIES = {  # title and label
    "motor_rate": ("motor rate", "motor rate (Hz)"),
    "predictable_variance": ("predictable share of variance", "held-out R²"),
    "lifetime_sparseness": ("lifetime sparseness (small: sparse)", "⟨r⟩² / ⟨r²⟩"),
}
RATIO_TICKS = {0.25: "1/4", 0.5: "1/2", 1.0: "1", 2.0: "2", 4.0: "4", 8.0: "8"}


def in_words(result: Result) -> str:
    """Return what came out, in a sentence."""
    summary = result.summary
    rates = [shown(summary[f"motor_rate_{when}"], ".1f") for when in ("before", "after")]
    variances = [
        shown(summary[f"predictable_variance_{when}"], ".2f") for when in ("before", "after")
    ]
    return (
        f"Learning took the motor rate from {rates[0]} to {rates[1]} Hz, and what sensors predict "
        f"of motor potentials from {variances[0]} to {variances[1]} of their variance"
    )


def headline(result: Result) -> list[tuple[str, str]]:
    """Return what the command line prints: medians over seeds."""
    summary, spread = result.summary, result.summary["spread"]

    def both(name: str, form: str = ".3f", where: Nested = summary) -> str:
        return " -> ".join(shown(where[f"{name}_{when}"], form) for when in ("before", "after"))

    def changed(name: str, form: str) -> str:
        limits = spread[name]
        if limits is None:
            return "undefined"
        low, high = (format(limit, form) for limit in limits)
        return f"{format(summary[name], form)} ({low} to {high} over seeds)"

    lines = [
        ("regime (seeds)", ", ".join(f"{k} ({n})" for k, n in summary["regime"].items())),
        ("motor rate (Hz), before -> after", both("motor_rate", ".2f")),
        ("  change", changed("motor_rate_change", "+.0%")),
        ("predictable variance", both("predictable_variance")),
        ("  change", changed("predictable_variance_change", "+.3f")),
        (
            "potential after own spike, deviation (mV)",
            " -> ".join(shown(summary["potential_deviation"][k]) for k in ("before", "after")),
        ),
        ("lifetime sparseness (small: sparse)", both("lifetime_sparseness")),
        ("population sparseness", both("population_sparseness")),
    ]
    for name, control in summary["controls"].items():
        lines.append(
            (
                f"{LABELS[name]}: rate (Hz), predictable",
                f"{shown(control['motor_rate'], '.2f')}, {shown(control['predictable_variance'])}",
            )
        )
    for delay, found in summary["over_delay"].items():
        lines.append(
            (
                f"D = {delay} ms: rate (Hz), predictable",
                f"{both('motor_rate', '.2f', found)}, {both('predictable_variance', '.3f', found)}",
            )
        )
    return lines


def draw(result: Result, figure: Figure) -> None:
    """Draw the chosen point: correlations, potential around a spike, course, and the numbers."""
    axes = figure.subplots(2, 3)
    (correlation, potential, course), numbers = axes
    arrays, delay = result.arrays, _delay(result)

    def curves(what: str) -> dict[str, Any]:
        return {
            LABELS[kind]: (arrays[f"{what}_{kind}"], color)
            for kind, color in CONDITIONS.items()
            if f"{what}_{kind}" in arrays
        }

    plotting.panel(correlation, "a", "motor autocorrelation")
    plotting.lagged(
        correlation, arrays["autocorrelation_lags"], curves("autocorrelation"), delay=delay
    )
    correlation.set(ylabel="rate after own spike (Hz)", yscale="log", ylim=(0.3, None))
    plotting.panel(potential, "b", "potential around own spike")
    plotting.lagged(potential, arrays["potential_lags"], curves("potential"), delay=delay)
    potential.set(ylabel="mean potential (mV)")
    plotting.panel(course, "c", "motor rate while learning")
    without = result.summary["per_seed"][0]["motor_rate_before"]
    course.axhline(without, color=plotting.SKY, linewidth=1, label="before")
    if "motor_rate_times" in arrays:
        hours = arrays["motor_rate_times"] / 3.6e6
        course.plot(
            hours, arrays["motor_rate_history"], color=plotting.BLACK, linewidth=1, label="learning"
        )
    course.legend(fontsize=8, loc="lower right")
    course.set(xlabel="biological time (h)", ylabel="motor rate (Hz)", ylim=(0, None))

    for ax, letter, name in zip(numbers, "def", QUANTITIES, strict=True):
        plotting.panel(ax, letter, QUANTITIES[name][0])
        _draw_conditions(result, ax, name)
        _scale(ax, name)


def draw_map(result: Result, figure: Figure) -> None:
    """Draw the regimes over D and A_minus/A_plus, rate and predictable share, and those over D."""
    rows = figure.add_gridspec(2, 1)
    top, bottom = (figure.add_subfigure(rows[k]) for k in range(2))
    regimes, rate, share = top.subplots(1, 3)
    plotting.panel(regimes, "a", "regime of most seeds")
    _draw_regimes(result, regimes)
    plotting.panel(rate, "b", "motor rate, after / before")
    _draw_field(result, rate, "motor_rate_change", RATIO_TICKS)
    plotting.panel(share, "c", "predictable share, after − before")
    _draw_field(result, share, "predictable_variance_change")
    for ax, letter, name in zip(bottom.subplots(1, 3), "def", QUANTITIES, strict=True):
        plotting.panel(ax, letter, QUANTITIES[name][0])
        _draw_over_delay(result, ax, name)
        _scale(ax, name)
        if letter == "d":
            ax.legend(fontsize=7)


def _scale(ax: Axes, name: str) -> None:
    ax.set_ylabel(QUANTITIES[name][1])
    low, high = ax.get_ylim()
    if name == "predictable_variance":
        # A share is below zero where nothing is predicted, and far below where activity switches
        # between the half that is fitted and the half that is predicted.
        ax.set_ylim(max(low, -0.1), min(high, 1.0))
    else:
        ax.set_ylim(0, 1.05 * high)


def _delay(result: Result) -> float:
    return float(result.config["world_delay"] + result.config["synaptic_delay"])


def _value(found: Nested, kind: str, name: str) -> Any:
    """Return one number (or its range) of one condition; None where it ran away."""
    if kind in found["controls"]:
        return found["controls"][kind][name]
    return found[f"{name}_{kind}"]


def _draw_conditions(result: Result, ax: Axes, name: str) -> None:
    """Draw one number of every seed, and its median, under each condition."""
    kinds = ("before", "untrained", "after", "shuffled", "no_mean")
    for k, kind in enumerate(kinds):
        color = CONDITIONS.get(kind, plotting.PURPLE)
        values = [_value(metrics, kind, name) for metrics in result.summary["per_seed"]]
        known = [v for v in values if v is not None]
        if not known:
            ax.text(k, 0.5, "runaway", transform=ax.get_xaxis_transform(), ha="center", fontsize=8)
            continue
        offsets = np.linspace(-0.15, 0.15, len(known)) if len(known) > 1 else [0.0]
        ax.plot(k + np.asarray(offsets), known, "o", markersize=4, color=color, alpha=0.8)
        ax.hlines(float(np.median(known)), k - 0.3, k + 0.3, color=color, linewidth=2)
    ax.set_xticks(range(len(kinds)), [LABELS[k].replace(" ", "\n", 1) for k in kinds], fontsize=7)
    ax.set_xlim(-0.6, len(kinds) - 0.4)


def _grid(result: Result) -> tuple[list[str], list[str]]:
    """Return D and A_minus/A_plus of the map, as the summary names them."""
    cells = result.summary["map"]
    return list(cells), list(next(iter(cells.values())))


def _frame(result: Result, ax: Axes) -> None:
    """Label a map whose cells stand side by side, and mark the point that was looked at closely."""
    from matplotlib.patches import Rectangle

    delays, ratios = _grid(result)
    ax.set_xticks(range(len(delays)), delays)
    ax.set_yticks(range(len(ratios)), ratios)
    ax.set(xlabel="loop delay D (ms)", ylabel="A₋ / A₊")
    x = delays.index(f"{_delay(result):g}")
    y = ratios.index(f"{result.config['A_minus'] / result.config['A_plus']:g}")
    ax.add_patch(
        Rectangle((x - 0.5, y - 0.5), 1, 1, fill=False, edgecolor=plotting.BLACK, linewidth=2.5)
    )


def _draw_regimes(result: Result, ax: Axes) -> None:
    """Colour each point by the regime of most seeds; a share is written where seeds differ."""
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Patch

    names = list(REGIME_COLORS)
    delays, ratios = _grid(result)
    field = np.zeros((len(ratios), len(delays)))
    for i, ratio in enumerate(ratios):
        for j, delay in enumerate(delays):
            counts = result.summary["map"][delay][ratio]["regime"]
            regime = next(iter(counts))
            field[i, j] = names.index(regime)
            if len(counts) > 1:
                share = f"{counts[regime]}/{sum(counts.values())}"
                ax.text(j, i, share, ha="center", va="center", fontsize=7)
    ax.imshow(
        field,
        origin="lower",
        aspect="auto",
        cmap=ListedColormap(list(REGIME_COLORS.values())),
        vmin=-0.5,
        vmax=len(names) - 0.5,
        interpolation="nearest",
    )
    _frame(result, ax)
    ax.legend(
        handles=[Patch(color=color, label=name) for name, color in REGIME_COLORS.items()],
        loc="upper center",
        bbox_to_anchor=(0.5, -0.2),
        ncols=2,
        fontsize=8,
        frameon=False,
    )


def _draw_field(
    result: Result, ax: Axes, name: str, ticks: Mapping[float, str] | None = None
) -> None:
    """Colour each point by one number, white at zero; crossed out where a seed ran away."""
    delays, ratios = _grid(result)
    cells = result.summary["map"]
    field = np.array(
        [[cells[d][r][name] for d in delays] for r in ratios], dtype=float
    )  # None becomes nan
    if ticks is not None:
        field = np.log2(1.0 + field)
    largest = float(np.nanmax(np.abs(field))) if np.isfinite(field).any() else 1.0
    image = ax.imshow(
        field,
        origin="lower",
        aspect="auto",
        cmap="RdBu_r",
        vmin=-largest,
        vmax=largest,
        interpolation="nearest",
    )
    ax.set_facecolor("#DDDDDD")
    i, j = np.nonzero(~np.isfinite(field))
    ax.plot(j, i, "x", color="grey", markersize=5)
    bar = ax.figure.colorbar(image, ax=ax, shrink=0.9, pad=0.02)
    bar.ax.tick_params(labelsize=7)
    if ticks is not None:
        inside = {t: text for t, text in ticks.items() if abs(np.log2(t)) <= largest}
        bar.set_ticks([np.log2(t) for t in inside], labels=list(inside.values()))
    _frame(result, ax)


def _draw_over_delay(result: Result, ax: Axes, name: str) -> None:
    over = result.summary["over_delay"]
    for kind, color in CONDITIONS.items():
        found = [
            (float(delay), _value(point, kind, name), _value(point["spread"], kind, name))
            for delay, point in over.items()
        ]
        known = [(delay, value, limits) for delay, value, limits in found if value is not None]
        if known:
            plotting.ranges(
                ax,
                [delay for delay, _, _ in known],
                [value for _, value, _ in known],
                [limits[0] for _, _, limits in known],
                [limits[1] for _, _, limits in known],
                label=LABELS[kind],
                color=color,
            )
    ax.axvline(_delay(result), color="grey", linestyle=":", linewidth=1)
    ax.set(xlabel="loop delay D (ms)", xscale="log")
    ticks = [float(delay) for delay in over]
    ax.set_xticks(ticks, list(over))
    ax.minorticks_off()
