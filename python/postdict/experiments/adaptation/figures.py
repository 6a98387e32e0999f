"""What `adaptation` shows: the headline numbers and the figure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from ... import plotting
from ...lab.results import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...lab.results import Nested, Result

COLORS = (
    plotting.BLACK,
    plotting.BLUE,
    plotting.SKY,
    plotting.ORANGE,
    plotting.GREEN,
    plotting.PURPLE,
    plotting.VERMILION,
)


def _label(name: str) -> str:
    return {"silent": "silent sensors", "delay": "new delay", "none": "no change"}.get(
        name, name.replace("gain_", "gain × ")
    )


def in_words(result: Result) -> str:
    """Return what came out, in a sentence."""
    summary = result.summary
    changes = [
        f"after {_label(name)} {shown(on['at_once']['imitation_f1'], '.2f')} at once and "
        f"{shown(on['imitation_f1'], '.2f')} once it had learned on"
        for name, on in summary["changes"].items()
        if name != "none"
    ]
    before = shown(summary["before"]["imitation_f1"], ".2f")
    return "; ".join(
        [f"The loop imitates songs with F1 {before} before its world changes", *changes]
    )


def headline(result: Result) -> list[tuple[str, str]]:
    """Return what the command line prints: medians over seeds."""
    summary = result.summary
    lines = [("F1 at 4 Hz before, clean / noisy", _f1(summary["before"]))]
    for name, on in summary["changes"].items():
        off, forgotten = (
            summary["controls"][what][name] for what in ("plasticity_off", "forgotten")
        )
        lines += [
            (
                f"{_label(name)}: F1 at once, on, off",
                f"{_f1(on['at_once'])}, {_f1(on)}, {_f1(off)}",
            ),
            (
                "  F1 0.95 after (s), by eta",
                " / ".join(
                    f"{shown(branch['recovery_time'], '.0f')} ({rate})"
                    for rate, branch in summary["by_rate"][name].items()
                )
                + f"; from nothing {shown(forgotten['recovery_time'], '.0f')}",
            ),
            (
                "  specific error at once, on, off",
                ", ".join(
                    shown(state["specific_inverse_error"]) for state in (on["at_once"], on, off)
                ),
            ),
            (
                "  imbalance |P - N|/(P + N) on, off",
                ", ".join(shown(branch["imbalance_last"]) for branch in (on, off)),
            ),
        ]
    if summary["drift"]:
        for turn, drift in summary["drift"]["by_turn"].items():
            lines.append(
                (
                    f"drift, a turn in {turn} s: lag (s)",
                    f"{shown(drift['lag'], '.0f')}, F1 {_f1(drift)}",
                )
            )
        lines.append(("  frozen weights: F1", _f1(summary["drift"]["frozen"])))
    return lines


def _f1(judged: Nested) -> str:
    return f"{shown(judged['imitation_f1'])} / {shown(judged['imitation_f1_noisy'])}"


def draw(result: Result, figure: Figure) -> None:
    """Draw the course after each change, balance, recovery over learning rate, and drift."""
    (f1, error, balance), (recovery, lag, tracked) = figure.subplots(2, 3)
    _draw_course(result, plotting.panel(f1, "a", "imitation after a change"), "imitation_f1")
    f1.set(ylabel="F1 at 4 Hz", ylim=(-0.03, 1.05))
    f1.axhline(0.95, color="grey", linestyle=":", linewidth=1)
    _draw_course(result, plotting.panel(error, "b", "inverse"), "specific_inverse_error")
    top = error.get_ylim()[1]
    error.set(ylabel="specific inverse error", yscale="log", ylim=(0.03, 10.0 * top))
    error.set_yticks([0.1, 1.0, 10.0], ["0.1", "1", "10"])
    error.legend(fontsize=7.5, loc="upper right", ncols=2, frameon=False)
    _draw_balance(result, plotting.panel(balance, "c", "balance in the end"))
    _draw_recovery(result, plotting.panel(recovery, "d", "time to F1 0.95"))
    _draw_lag(result, plotting.panel(lag, "e", "lag in a drifting world"))
    _draw_tracked(result, plotting.panel(tracked, "f", "imitation in a drifting world"))


def _changes(result: Result) -> dict[str, str]:
    """Return the colour of each change by its name."""
    names = [name for name in result.summary["changes"] if name != "none"]
    return {name: COLORS[k % len(COLORS)] for k, name in enumerate(names)}


def _draw_course(result: Result, ax: Axes, metric: str) -> None:
    """Draw the first seed: before the change at the left, then time on a logarithmic axis."""
    seconds = 1e-3 * result.arrays["times"]
    before = 0.4 * seconds[1]
    x = np.concatenate([[before, 0.75 * seconds[1]], seconds[1:]])
    level = result.summary["per_seed"][0]["before"][metric]
    for name, color in _changes(result).items():
        for what, style in (("on", "-"), ("off", "--")):
            course = result.arrays[f"{name}_{what}_{metric}"]
            ax.plot(
                x,
                [np.nan if level is None else level, *course],
                style,
                color=color,
                label=_label(name) if what == "on" else None,
                linewidth=1.3,
            )
    ax.set(xscale="log", xlabel="biological time after the change (s)")
    decades = 10.0 ** np.arange(
        np.ceil(np.log10(seconds[1])), np.floor(np.log10(seconds[-1]) + 1e-9) + 1
    )
    ax.set_xticks([before, *decades], ["before", *(f"{decade:g}" for decade in decades)])
    ax.set_xticks([], minor=True)


def _draw_balance(result: Result, ax: Axes) -> None:
    """Draw medians and ranges of the imbalance over the last part of each branch."""
    summary = result.summary
    for k, (what, place, color, marker) in enumerate(
        (
            ("plasticity on", ("changes",), plotting.BLACK, "o"),
            ("plasticity off", ("controls", "plasticity_off"), plotting.VERMILION, "s"),
        )
    ):
        for j, name in enumerate(summary["changes"]):
            values = [
                value
                for seed in summary["per_seed"]
                if (value := _at(seed, *place, name, "imbalance_last")) is not None
            ]
            if values:
                x = j + 0.24 * (k - 0.5)
                ax.plot([x, x], [min(values), max(values)], color=color, linewidth=1)
                ax.plot(
                    x,
                    np.median(values),
                    marker,
                    color=color,
                    markersize=5,
                    linestyle="none",
                    label=what if j == 0 else None,
                )
    ax.set(yscale="log", ylabel="imbalance |P − N|/(P + N)", ylim=(6e-4, 1.5))
    ax.set_xticks(
        range(len(summary["changes"])), [_label(name) for name in summary["changes"]], rotation=30
    )
    ax.set_yticks([0.01, 0.1, 1.0], ["0.01", "0.1", "1"])
    ax.legend(fontsize=8, loc="lower left", frameon=False)


def _draw_recovery(result: Result, ax: Axes) -> None:
    """Draw what recovered, in each seed and at each rate, from below."""
    summary = result.summary
    for k, (name, color) in enumerate(_changes(result).items()):
        by_rate = summary["by_rate"][name]
        limits = [
            _at(summary["spread"], "by_rate", name, rate, "recovery_time") for rate in by_rate
        ]
        if all(limit is not None and limit[0] > 0 for limit in limits):
            low, high = np.transpose(limits)
            median = [branch["recovery_time"] for branch in by_rate.values()]
            rates = [1.03 ** (k - 1) * float(rate) for rate in by_rate]  # bars side by side
            exponent = summary["recovery_exponent"][name]
            label = _label(name) + (f": ∝ η$^{{{exponent:.2f}}}$" if exponent is not None else "")
            plotting.ranges(ax, rates, median, low, high, label=label, color=color)
    ax.set(
        xscale="log",
        yscale="log",
        xlabel="learning rate η after the change (10⁻⁵ mV)",
        ylabel="biological time (s)",
    )
    plotting.ticks(ax.xaxis, [float(rate) for rate in summary["by_rate"]["none"]], unit=1e-5)
    if ax.get_legend_handles_labels()[0]:
        low, high = ax.get_ylim()
        ax.set(ylim=(low, high * (high / low) ** 0.35))
        ax.legend(fontsize=8, loc="upper right", frameon=False)


def _draw_lag(result: Result, ax: Axes) -> None:
    """Draw medians and ranges of the lag over the time of a turn."""
    by_turn = result.summary["drift"].get("by_turn", {})
    known = {turn: drift["lag"] for turn, drift in by_turn.items() if drift["lag"] is not None}
    if known:
        spread = result.summary["spread"]["drift"]["by_turn"]
        limits = {turn: spread[turn]["lag"] for turn in known}
        plotting.ranges_by_key(ax, known, limits, label="lag", color=plotting.BLACK)
        ax.set(ylim=(0.0, 1.25 * max(high for _, high in limits.values())))
    ax.set(
        xscale="log", xlabel="time in which every sensor moves (s)", ylabel="lag of the inverse (s)"
    )
    _tick_turns(ax, by_turn)


def _draw_tracked(result: Result, ax: Axes) -> None:
    """Draw F1 with weights that learn and with those that do not."""
    drift = result.summary["drift"]
    by_turn = drift.get("by_turn", {})
    for label, metric, color in (
        ("clean", "imitation_f1", plotting.BLACK),
        ("noisy", "imitation_f1_noisy", plotting.ORANGE),
    ):
        tracked = {
            turn: judged[metric] for turn, judged in by_turn.items() if judged[metric] is not None
        }
        if tracked:
            spread = result.summary["spread"]["drift"]["by_turn"]
            limits = {turn: spread[turn][metric] for turn in tracked}
            plotting.ranges_by_key(ax, tracked, limits, label=label, color=color)
            frozen = drift["frozen"][metric]
            if frozen is not None:
                ax.axhline(frozen, color=color, linestyle="--", linewidth=1)
    ax.set(
        xscale="log",
        xlabel="time in which every sensor moves (s)",
        ylabel="F1 at 4 Hz",
        ylim=(-0.03, 1.05),
    )
    _tick_turns(ax, by_turn)
    if ax.get_legend_handles_labels()[0]:
        ax.legend(fontsize=8, loc="center right", frameon=False)


def _tick_turns(ax: Axes, turns: Iterable[str]) -> None:
    if seconds := [float(turn) for turn in turns]:
        plotting.ticks(ax.xaxis, seconds)


def _at(values: Any, *path: str) -> Any:
    """Return what stands at a path of keys."""
    for key in path:
        values = values[key]
    return values
