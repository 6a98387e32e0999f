"""What `negative-image` shows: the headline numbers and the figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ... import plotting
from ...lab.results import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...lab.results import Nested, Result

RULES = {
    "antisymmetric": ("antisymmetric", plotting.BLUE),
    "unequal_sides": ("unequal sides", plotting.GREEN),
    "causal": ("causal", plotting.BLACK),
    "vogels": ("Vogels", plotting.ORANGE),
}
REVERSED = ("reversed window", plotting.VERMILION)
BURSTS = {
    "without": ("without feedback", plotting.SKY),
    "uniform": ("feedback without phase", plotting.ORANGE),
    "learned": ("feedback as learned", plotting.BLACK),
}
BEFORE = ("before learning", plotting.SKY)

LEAST = 0.02  # of a stimulus, on a logarithmic scale


def in_words(result: Result) -> str:
    """Return what came out, in a sentence."""
    said = [
        f"{RULES[name][0]} {shown(found['residual'], '.2f')}"
        for name, found in result.summary["rules"].items()
    ]
    untrained = shown(result.summary["controls"]["untrained"]["residual"], ".2f")
    return f"Share of the predictable response that is left (untrained {untrained}): " + ", ".join(
        said
    )


def headline(result: Result) -> list[tuple[str, str]]:
    """Return what the command line prints: medians over seeds."""
    summary = result.summary

    def left(found: Nested) -> str:
        return (
            f"{shown(found['residual'])} (mean of targets {shown(found['residual_mean'])}), "
            f"{shown(found['image_correlation'])}"
        )

    lines = [
        (
            "rate of commands alone (Hz)",
            f"{shown(summary['rate_alone_before'], '.1f')}, modulation by the response "
            f"{shown(summary['modulation_before'], '.1f')}",
        )
    ]
    for name, found in summary["rules"].items():
        later, again, novel = found["extinction"], found["renewal"], found["novel"]
        lines += [
            (f"{RULES[name][0]}: residual, image correlation", left(found)),
            ("  learned in (trials)", shown(found["learning_trials"], ".0f")),
            (
                "  extinction: image left, trials",
                f"{shown(later['image_gain'])}, {shown(later['trials'], '.0f')}",
            ),
            (
                "  renewal: residual, correlation, trials",
                f"{shown(again['residual_mean_first'])} -> {shown(again['residual_mean_last'])}, "
                f"{shown(again['image_correlation'])}, {shown(again['trials'], '.0f')}",
            ),
            ("  novel stimulus: attenuation", shown(novel["attenuation"])),
        ]
    lines += [
        (f"control, {name.replace('_', ' ')}", left(found))
        for name, found in summary["controls"].items()
    ]
    return lines + [
        (
            f"bursts, {frequency} Hz: depth (Hz)",
            f"{shown(found['depth_without'], '.1f')} -> {shown(found['depth_learned'], '.1f')}, "
            f"uniform weights {shown(found['depth_uniform'], '.1f')}",
        )
        for frequency, found in summary["bursts"].items()
    ]


def draw(result: Result, figure: Figure) -> None:
    """Draw rates over the trial, images, weights, courses, and the novel stimulus."""
    axes = figure.subplots(3, 3)
    titles = (
        "command and response",
        "command alone: the image",
        "what the relays learned",
        "residual while learning",
        "extinction: response away",
        "renewal: response moved",
        "command alone, after renewal",
        "novel stimulus at random times",
        "every seed, weights held",
    )
    for ax, letter, title in zip(axes.flat, "abcdefghi", titles, strict=True):
        plotting.panel(ax, letter, title)
    (both, image, weights), (learning, extinction, renewal), (renewed, novel, seeds) = axes
    _draw_rates(result, both, "rate_before", "rate_{}", reverse=True)
    both.set_ylim(0, 1.45 * both.dataLim.y1)
    both.legend(fontsize=7, frameon=False, ncols=2, loc="upper left")
    _draw_rates(result, image, "rate_alone_before", "rate_alone_{}", reverse=False)
    _draw_response(result, image, "rate_before", "minus the response")
    _draw_weights(result, weights)
    _draw_course(result, learning, "block_trials", "residual_history_{}", reverse=True)
    learning.set(ylabel="residual modulation (of the start)", ylim=(0, 1.6))
    learning.legend(fontsize=7, frameon=False)
    _draw_course(result, extinction, "later_block_trials", "extinction_history_{}")
    extinction.set(ylabel="size of the image", ylim=(-1.0, 1.2))
    _draw_course(result, renewal, "later_block_trials", "renewal_history_{}")
    renewal.set(ylabel="residual modulation (of the start)", ylim=(0, None))
    _draw_rates(result, renewed, "rate_alone_before", "rate_alone_renewed_{}", reverse=False)
    _draw_response(result, renewed, "rate_moved_before", "minus the response")
    for ax in (image, renewed):
        ax.set_ylim(0, 1.6 * result.arrays["rate_alone_before"].max())
        ax.legend(fontsize=7, frameon=False, ncols=2, loc="upper left")
    _draw_novel(result, novel)
    _draw_seeds(result, seeds)


def draw_bursts(result: Result, figure: Figure) -> None:
    """Draw the burst model: rate and weights over the cycle, and depth over frequency."""
    rates, weights, depths = figure.subplots(1, 3)
    arrays, found = result.arrays, result.summary["bursts"]
    frequency = "4" if "4" in found else next(iter(found))
    plotting.panel(rates, "a", f"burst model, {frequency} Hz")
    for what, (label, color) in BURSTS.items():
        rate = arrays[f"burst_rate_{what}_{frequency}"]
        phases = (np.arange(len(rate)) + 0.5) / len(rate)
        rates.plot(phases, rate, color=color, label=label, linewidth=1.4)
    rates.set(xlabel="phase of the stimulus (cycles)", ylabel="rate (Hz)", xlim=(0, 1))
    rates.set_ylim(0, 1.45 * rates.get_ylim()[1])
    rates.legend(fontsize=8, frameon=False, loc="upper right")
    plotting.panel(weights, "b", "what the fibres learned")
    colors = (plotting.BLUE, plotting.BLACK, plotting.VERMILION, plotting.GREEN, plotting.PURPLE)
    for k, name in enumerate(found):
        learned = arrays[f"burst_weights_{name}"].mean(axis=0)
        phases = np.arange(len(learned)) / len(learned)
        color = colors[k % len(colors)]
        weights.plot(phases, learned, color=color, label=f"{name} Hz", linewidth=1.2)
    weights.set(xlabel="phase of the stimulus (cycles)", ylabel="weight (thresholds)", xlim=(0, 1))
    weights.legend(fontsize=8, frameon=False)
    plotting.panel(depths, "c", "modulation depth")
    for what, (label, color) in BURSTS.items():
        spread = [result.summary["spread"]["bursts"][name][f"depth_{what}"] for name in found]
        plotting.ranges(
            depths,
            [float(name) for name in found],
            [found[name][f"depth_{what}"] for name in found],
            [low for low, _ in spread],
            [high for _, high in spread],
            label=label,
            color=color,
        )
    depths.set(xlabel="frequency of the stimulus (Hz)", ylabel="depth (Hz)", ylim=(0, None))


def _draw_rates(result: Result, ax: Axes, before: str, after: str, *, reverse: bool) -> None:
    arrays = result.arrays
    times = arrays["bin_centres"]
    shown_rules: dict[str, tuple[str, str]] = dict(RULES)
    if reverse:
        shown_rules = {"reversed": REVERSED, **shown_rules}
    ax.plot(times, arrays[before], color=BEFORE[1], label=BEFORE[0], linewidth=1.6)
    for name, (label, color) in shown_rules.items():
        ax.plot(times, arrays[after.format(name)], color=color, label=label, linewidth=1)
    ax.set(xlabel="time after the command (ms)", ylabel="rate (Hz)", ylim=(0, None))
    ax.set_xlim(0, result.config["interval"])


def _draw_response(result: Result, ax: Axes, before: str, label: str) -> None:
    arrays = result.arrays
    alone = arrays["rate_alone_before"]
    mirrored = alone - (arrays[before] - alone)
    ax.plot(arrays["bin_centres"], mirrored, ":", color="grey", label=label, linewidth=1.6)


def _draw_weights(result: Result, ax: Axes) -> None:
    times = result.arrays["relay_times"] + result.config["synaptic_delay"]
    for name, (label, color) in RULES.items():
        learned = result.arrays[f"weights_{name}"]
        middle, spread = learned.mean(axis=0), learned.std(axis=0)
        ax.fill_between(
            times, middle - spread, middle + spread, color=color, alpha=0.2, linewidth=0
        )
        ax.plot(times, middle, color=color, label=label, linewidth=1)
    ax.axhline(0.0, color="grey", linestyle=":", linewidth=1)
    ax.set(
        xlabel="arrival after the command (ms)",
        ylabel="effective weight E − w (mV)",
        xlim=(0, result.config["interval"]),
    )


def _draw_course(
    result: Result, ax: Axes, trials: str, course: str, *, reverse: bool = False
) -> None:
    arrays = result.arrays
    for name, (label, color) in RULES.items():
        ax.plot(1e-3 * arrays[trials], arrays[course.format(name)], color=color, label=label)
    if reverse:
        ax.plot(
            1e-3 * arrays[trials],
            arrays[course.format("reversed")],
            color=REVERSED[1],
            label=REVERSED[0],
        )
    ax.axhline(0.0, color="grey", linestyle=":", linewidth=1)
    ax.set(xlabel="trials (thousands)", xlim=(0, None))


def _draw_novel(result: Result, ax: Axes) -> None:
    arrays = result.arrays
    lags = arrays["novel_lags"]
    ax.plot(lags, arrays["novel_before"], color=BEFORE[1], label=BEFORE[0], linewidth=2.5)
    for name, (label, color) in RULES.items():
        ax.plot(lags, arrays[f"novel_{name}"], color=color, label=label, linewidth=1)
    ax.set(
        xlabel="time from the novel stimulus (ms)",
        ylabel="rate (Hz)",
        ylim=(0, None),
        xlim=(-60, 60),
    )
    ax.legend(fontsize=7, frameon=False, loc="lower left")


def _draw_seeds(result: Result, ax: Axes) -> None:
    """Draw what is left of the predictable and of the novel stimulus in every seed."""
    groups: list[tuple[str, str, Any]] = [
        ("reversed", REVERSED[1], lambda seed: seed["controls"]["reversed_window"]["residual"])
    ]
    for name, (_, color) in RULES.items():
        groups += [
            (name, color, lambda seed, name=name: seed["rules"][name]["residual"]),
            (name, color, lambda seed, name=name: _passed(seed["rules"][name]["novel"])),
        ]
    labels = ["reversed"]
    for k, (_, color, value) in enumerate(groups):
        found = [value(seed) for seed in result.summary["per_seed"]]
        values = [max(left, LEAST) for left in found if left is not None]
        offsets = (
            np.linspace(-0.15, 0.15, len(values)) if len(values) > 1 else np.zeros(len(values))
        )
        novel = k > 0 and k % 2 == 0
        ax.plot(
            np.full(len(values), k) + offsets,
            values,
            "s" if novel else "o",
            color=color,
            markersize=4,
            markerfacecolor="none" if novel else color,
        )
    labels += [part for label, _ in RULES.values() for part in (label, "novel")]
    ax.set_xticks(range(len(groups)), labels, fontsize=7, rotation=30, ha="right")
    ax.axhline(1.0, color="grey", linestyle=":", linewidth=1)
    ax.set(ylabel="what is left of a stimulus", yscale="log", ylim=(0.8 * LEAST, None))
    ticks = [0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0]
    ax.set_yticks([LEAST, *ticks], [f"≤ {LEAST:g}", *(f"{tick:g}" for tick in ticks)])
    ax.set_yticks([], minor=True)


def _passed(novel: Nested) -> float | None:
    attenuation = novel["attenuation"]
    return None if attenuation is None else 1.0 - attenuation
