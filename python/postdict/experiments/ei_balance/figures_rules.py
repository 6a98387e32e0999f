"""What `ei-balance` shows of antisymmetric STDP in the place of the rule: lines and panels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import plotting
from ...lab.results import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ...lab.results import Nested, Result

RULE_COLORS = (plotting.ORANGE, plotting.GREEN, plotting.PURPLE, plotting.BLUE)


def rule_lines(result: Result) -> list[tuple[str, str]]:
    """Return what the command line prints: a line for each start and rule."""
    lines = []
    for name, rule in result.summary["rules"].items():
        if not isinstance(rule, dict):
            continue
        away = sum(bool(seed["rules"][name]["ran_away"]) for seed in _per_seed(result))
        lines.append(
            (
                _label(name),
                f"{away} of {len(_per_seed(result))} ran away"
                if away
                else f"tuning {shown(rule['tuning'], '.2f')}, at equal rate E/-I "
                f"{shown(rule['ei'], '.2f')}, CV {shown(rule['cv'], '.2f')}",
            )
        )
    return lines


def _label(name: str) -> str:
    """Return the name of a rule and a start in words."""
    start, _, rule = name.partition("_")
    if rule == "none":
        return f"{start}, no learning"
    if rule == "vogels":
        return f"{start}, Vogels"
    return f"{start}, antisymmetric {rule.rpartition('_')[2]}"


def _names(result: Result) -> list[str]:
    """Return the rules, as they end the names of arrays and metrics."""
    ratios = [f"antisymmetric_{ratio:g}" for ratio in result.config["ratios"]]
    return ["vogels", *ratios]


def _style(name: str, k: int) -> tuple[str, str]:
    if name == "vogels":
        return "Vogels", plotting.BLACK
    return f"A₋/A₊ {name.rpartition('_')[2]}", RULE_COLORS[(k - 1) % len(RULE_COLORS)]


def draw_courses(result: Result, ax: Axes, start: str) -> None:
    """Draw the rate of E while each rule learns, from one of the starts."""
    for k, name in enumerate(_names(result)):
        key = f"{start}_{name}_course"
        if f"{key}_times" in result.arrays:
            label, color = _style(name, k)
            seconds = 1e-3 * result.arrays[f"{key}_times"]
            rate = result.arrays[f"{key}_rate"]
            ax.plot(seconds, rate, color=color, label=label, linewidth=1.2)
    target = result.config["target_rate"]
    ax.axhline(target, color="grey", linestyle=":", linewidth=1)
    ax.set(
        xlabel="time (s)", ylabel="rate of E (Hz)", yscale="log", ylim=(0.3 * target, 20 * target)
    )
    ticks = [0.4 * target, target, 2 * target, 4 * target, 10 * target]
    plotting.ticks(ax.yaxis, ticks)
    if ax.get_legend_handles_labels()[0]:
        ax.legend(fontsize=8, loc="upper left", frameon=False, ncols=2)


def draw_rules(result: Result, ax: Axes) -> None:
    """Draw the correlation of E and -I that each rule ends with, at equal rate."""
    names = ["none", *_names(result)]
    for start, color, shift in (
        ("uniform", plotting.SKY, -0.15),
        ("learned", plotting.BLACK, 0.15),
    ):
        for x, name in enumerate(names):
            if f"{start}_{name}" not in result.summary["rules"]:
                continue
            values = _over_seeds(result, f"{start}_{name}", "ei")
            if values:
                ax.plot([x + shift] * len(values), values, "o", color=color, markersize=4)
            else:
                away = any(_over_seeds(result, f"{start}_{name}", "ran_away"))
                ax.text(
                    x + shift,
                    -0.2,
                    "ran away" if away else "never at that rate",
                    rotation=90,
                    fontsize=7,
                    color=color,
                    ha="center",
                )
        ax.plot([], [], "o", color=color, markersize=4, label=f"from {start}")
    ticks = ["none", "Vogels", *(name.rpartition("_")[2] for name in names[2:])]
    ax.set_xticks(range(len(names)), ticks)
    ax.set(xlabel="rule, A₋/A₊", ylabel="E/−I correlation, ongoing", ylim=(-0.25, 1.1))
    ax.set_xlim(-0.5, len(names) - 0.5)
    ax.legend(fontsize=8, loc="upper right", frameon=False, ncols=2)


def _over_seeds(result: Result, name: str, key: str) -> list[float]:
    found: list[Any] = [seed["rules"][name][key] for seed in _per_seed(result)]
    return [float(value) for value in found if value is not None]


def _per_seed(result: Result) -> list[Nested]:
    seeds: list[Nested] = result.summary["per_seed"]
    return seeds
