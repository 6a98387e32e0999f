"""What `inverse-model` shows: the headline numbers and the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ... import plotting
from ...lab.results import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...lab.results import Result

DECODERS = {
    "learned": plotting.BLACK,
    "pinv": plotting.BLUE,
    "ridge": plotting.SKY,
    "transpose": plotting.ORANGE,
    "reversed_window": plotting.PURPLE,
    "shuffled": plotting.VERMILION,
}


def in_words(result: Result) -> str:
    """Return what came out, in a sentence."""
    summary = result.summary

    def at_4(values: dict[str, Any]) -> str:
        return shown(values["imitation_f1"]["4"], ".2f")

    return (
        f"The inhibition that was learned imitates unheard songs at 4 Hz with F1 {at_4(summary)}; "
        f"shuffled it scores {at_4(summary['controls']['shuffled'])}, the pseudo-inverse "
        f"{at_4(summary['controls']['pinv'])}"
    )


def headline(result: Result) -> list[tuple[str, str]]:
    """Return what the command line prints: medians over seeds."""
    summary = result.summary

    def by_rate(metric: str, values: dict[str, Any] = summary) -> str:
        return " / ".join(f"{f1:.3f}" for f1 in values[metric].values())

    lines = [
        ("specific inverse error", shown(summary["specific_inverse_error"])),
        ("mode spread", shown(summary["mode_spread"])),
        ("scale c (mV)", shown(summary["scale"])),
        ("imitation F1 at 1 / 4 / 8 Hz", by_rate("imitation_f1")),
        ("  noisy", by_rate("imitation_f1_noisy")),
    ]
    for name, control in summary["controls"].items():
        noisy = by_rate("imitation_f1_noisy", control)
        lines.append(
            (f"  {name.replace('_', ' ')} / noisy", f"{by_rate('imitation_f1', control)}  {noisy}")
        )
    rates = f"{summary['motor_rate_before']:.2f} -> {summary['motor_rate_after']:.2f}"
    variance = (
        f"{summary['predictable_variance_before']:.3f} -> "
        f"{summary['predictable_variance_after']:.3f}"
    )
    balance = " -> ".join(
        shown(summary[f"imbalance_{when}"]["carrying"]) for when in ("before", "after")
    )
    lines += [
        ("motor rate (Hz), before -> after", rates),
        ("predictable variance", variance),
        ("imbalance |P - N|/(P + N)", balance),
    ]
    if "tutor_file_f1" in summary:
        lines.append(("F1 on tutor_file", shown(summary["tutor_file_f1"])))
    return lines


def draw(result: Result, figure: Figure) -> None:
    """Draw world, inverse, course of learning, autocorrelation, imitation and its score."""
    arrays = result.arrays
    weights = arrays["excitation"] - arrays["inhibition"]  # (n_motor, n_sensor)
    response = arrays["response"]
    scale = float(np.mean(np.diag(weights @ response)))
    rows = figure.add_gridspec(3, 1)
    top, middle, bottom = (figure.add_subfigure(rows[k]) for k in range(3))
    worlds, learned, inverse = top.subplots(1, 3)
    product, course, correlation = middle.subplots(1, 3)
    song, scores = bottom.subplots(1, 2, width_ratios=(2, 1))

    plotting.panel(worlds, "a", "world A, transposed")
    plotting.matrix(worlds, arrays["world"].T, unit="thresholds", centred=False)
    plotting.panel(learned, "b", "learned weights W = E − w")
    plotting.matrix(learned, weights, unit="mV")
    plotting.panel(inverse, "c", "pseudo-inverse of G, times c")
    plotting.matrix(inverse, scale * np.linalg.pinv(response), unit="mV")
    for ax in (worlds, learned, inverse):
        ax.set(xlabel="sensor", ylabel="motor neuron")
    plotting.panel(product, "d", "W G")
    plotting.matrix(product, weights @ response, unit="mV")
    product.set(xlabel="motor neuron", ylabel="motor neuron")
    _draw_course(result, plotting.panel(course, "e", "learning"))
    _draw_autocorrelation(result, plotting.panel(correlation, "f", "motor autocorrelation"))
    _draw_song(result, plotting.panel(song, "g", _song_title(result)))
    _draw_scores(result, plotting.panel(scores, "h", "imitation of unseen songs"))


def draw_overview(result: Result, figure: Figure) -> None:
    """Draw the loop, its world, and the product of learned weights and world."""
    arrays = result.arrays
    weights = arrays["excitation"] - arrays["inhibition"]
    loop, world, product = figure.subplots(1, 3, width_ratios=(1.25, 1, 1))
    _draw_loop(loop)
    world.set_title("the world A", fontsize=10)
    plotting.matrix(world, arrays["world"], unit="thresholds", centred=False)
    world.set(xlabel="motor neuron", ylabel="sensor")
    product.set_title("learned weights × world: W A", fontsize=10)
    plotting.matrix(product, weights @ arrays["world"], unit="mV")
    product.set(xlabel="motor neuron", ylabel="motor neuron")


def _draw_loop(ax: Axes) -> None:
    ax.set(xlim=(0, 10), ylim=(0, 8))
    ax.set_axis_off()
    box = {"boxstyle": "round,pad=0.5", "facecolor": "white", "edgecolor": "black"}
    for text, place in (
        ("motor\nneurons", (1.4, 2.2)),
        ("world", (5.0, 7.0)),
        ("sensory\nneurons", (8.6, 2.2)),
    ):
        ax.text(*place, text, ha="center", va="center", fontsize=9, bbox=box)
    arrow = {"arrowstyle": "-|>", "shrinkA": 0, "shrinkB": 0, "linewidth": 1.3, "color": "black"}
    for start, end in (
        ((1.6, 3.3), (4.1, 6.5)),
        ((5.9, 6.5), (8.4, 3.3)),
        ((1.4, 0.4), (1.4, 1.1)),
    ):
        ax.annotate("", end, start, arrowprops=arrow)
    inhibition = arrow | {"arrowstyle": "-[, widthB=0.35", "linewidth": 2.0, "color": plotting.BLUE}
    ax.annotate("", (2.9, 2.2), (7.0, 2.2), arrowprops=inhibition)
    for text, place, color in (
        ("plastic", (5.0, 2.45), plotting.BLUE),
        ("inhibition", (5.0, 1.55), plotting.BLUE),
        ("song", (2.0, 5.2), "black"),
        ("hearing", (8.0, 5.2), "black"),
        ("exploration", (1.4, -0.2), "black"),
    ):
        ax.text(*place, text, ha="center", fontsize=8, color=color)


def _draw_course(result: Result, ax: Axes) -> None:
    arrays = result.arrays
    hours = arrays["history_times"] / 3.6e6
    ax.plot(hours, arrays["specific_inverse_error_history"], color=plotting.BLACK)
    ax.set(xlabel="biological time (h)", ylabel="specific inverse error", ylim=(0, None))
    rate = ax.twinx()
    rate.plot(
        arrays["motor_rate_times"] / 3.6e6, arrays["motor_rate_history"], color=plotting.VERMILION
    )
    rate.set_ylim(0, None)
    rate.set_ylabel("motor rate (Hz)", color=plotting.VERMILION, fontsize=9)
    rate.tick_params(labelsize=8, colors=plotting.VERMILION)


def _draw_autocorrelation(result: Result, ax: Axes) -> None:
    arrays = result.arrays
    plotting.lagged(
        ax,
        arrays["autocorrelation_lags"],
        {
            "before": (arrays["autocorrelation_before"], plotting.SKY),
            "after": (arrays["autocorrelation_after"], plotting.BLACK),
        },
        delay=result.config["world_delay"] + result.config["synaptic_delay"],
    )
    ax.set(ylabel="rate after own spike (Hz)", ylim=(0, None))


def _song_title(result: Result) -> str:
    own = result.config["tutor_file"]
    return "the given song and its imitation" if own else "an unseen song and its imitation"


def _draw_song(result: Result, ax: Axes) -> None:
    arrays = result.arrays
    tutor = (arrays["tutor_times"], arrays["tutor_ids"])
    imitation = (arrays["imitation_times"], arrays["imitation_ids"])
    first = min((times[0] for times, _ in (tutor, imitation) if len(times)), default=0.0)
    trains = {"tutor": tutor} if len(tutor[0]) else {}
    plotting.raster(
        ax, {**trains, "imitated": imitation}, start=float(first), stop=float(first) + 1500.0
    )


def _draw_scores(result: Result, ax: Axes) -> None:
    summary, spread = result.summary, result.summary["spread"]
    for name, color in DECODERS.items():
        score = summary if name == "learned" else summary["controls"][name]
        limits = spread if name == "learned" else spread["controls"][name]
        for metric, dashed in (("imitation_f1", False), ("imitation_f1_noisy", True)):
            plotting.ranges_by_key(
                ax,
                score[metric],
                limits[metric],
                label="_" if dashed else name.replace("_", " "),
                color=color,
                dashed=dashed,
                front=name == "learned",
            )
    ax.set(xlabel="tutor rate (Hz per neuron)", ylabel="F1 (dashed: noisy)", ylim=(0, 1.05))
    plotting.legend_below(ax, ncols=3)
