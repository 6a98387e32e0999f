"""What `pendulum` shows: the headline numbers and the figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ... import plotting
from ...lab.results import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...lab.results import Nested, Result

COLORS = {
    "learned": plotting.BLACK,
    "physics": plotting.SKY,
    "untrained": plotting.GREEN,
    "shuffled": plotting.VERMILION,
    "transpose": plotting.PURPLE,
}
LABELS = {"imitation_f1": "which motor neuron: F1", "torque_correlation": "torque: correlation"}
SHOWN = 3.0  # s of torque that are drawn


def scores(found: Nested, name: str) -> dict[str, Any]:
    """Return one score of all decoders."""
    return {"learned": found[name], **{k: c[name] for k, c in found["controls"].items()}}


def in_words(result: Result) -> str:
    """Return what came out, in a sentence."""
    f1 = scores(result.summary, "imitation_f1")
    return (
        "What was learned through the environment imitates torques with F1 "
        f"{shown(f1['learned'])}; "
        f"the pendulum's own physics score {shown(f1['physics'])}, shuffled weights "
        f"{shown(f1['shuffled'])}"
    )


def headline(result: Result) -> list[tuple[str, str]]:
    """Return what the command line prints: medians over seeds."""
    summary, spread = result.summary, result.summary["spread"]
    lines = [
        ("specific inverse error of W", shown(summary["specific_inverse_error"])),
        ("motor rate while learning (Hz)", shown(summary["motor_rate"], ".2f")),
    ]
    f1, torque = (scores(summary, name) for name in LABELS)
    limits = scores(spread, "imitation_f1")
    for name in COLORS:
        low, high = limits[name]
        numbers = f"{shown(f1[name])} ({low:.3f}-{high:.3f}), {shown(torque[name])}"
        lines.append((f"{name}: F1 (range), torque correlation", numbers))
    return lines


def draw(result: Result, figure: Figure) -> None:
    """Draw weights, their product with G, a stretch of torque, and the scores."""
    top, bottom = figure.subplots(2, 2, width_ratios=(1.35, 1.0))
    arrays = result.arrays
    plotting.panel(top[0], "a", "learned effective weights W")
    plotting.matrix(top[0], arrays["weights"], unit="mV")
    _ticks(top[0], "x", arrays["preferred"], 3)
    _ticks(top[0], "y", arrays["torques"], 1)
    top[0].set(xlabel="acceleration preferred by sensor (rad/s²)", ylabel="torque of motor (N m)")
    plotting.panel(top[1], "b", "W G, with G by physics")
    plotting.matrix(top[1], arrays["weights"] @ arrays["response"], unit="mV²")
    for axis in "xy":
        _ticks(top[1], axis, arrays["torques"], 1)
    top[1].set(xlabel="torque that was (N m)", ylabel="torque that is inferred (N m)")
    plotting.panel(bottom[0], "c", "torque of an unseen sequence")
    _draw_torque(result, bottom[0])
    plotting.panel(bottom[1], "d", "scores of all seeds")
    _draw_scores(result, bottom[1])


def _ticks(ax: Axes, axis: str, values: Any, every: int) -> None:
    places = np.arange(0, len(values), every)
    labels = [f"{values[k]:g}" for k in places]
    (ax.set_xticks if axis == "x" else ax.set_yticks)(places, labels, fontsize=7)


def _draw_torque(result: Result, ax: Axes) -> None:
    seconds = 1e-3 * result.config["interval"]
    n = min(round(SHOWN / seconds), len(result.arrays["torque_true"]))
    times = seconds * np.arange(n + 1)
    true = result.arrays["torque_true"][:n]
    ax.stairs(true, times, fill=True, color="#BBBBBB", label="true")
    for name in ("learned", "shuffled"):
        values = result.arrays[f"torque_{name}"][:n]
        k = np.flatnonzero(values)
        ax.plot(
            times[k] + 0.5 * seconds,
            values[k],
            "o" if name == "learned" else "x",
            color=COLORS[name],
            markersize=4,
            markerfacecolor="none",
            label=name,
        )
    ax.axhline(0.0, color="grey", linewidth=0.5)
    low, high = ax.get_ylim()
    ax.set(xlabel="time (s)", ylabel="torque (N m)", ylim=(low, high + 0.3 * (high - low)))
    ax.legend(fontsize=8, ncols=3, loc="upper center")


def _draw_scores(result: Result, ax: Axes) -> None:
    for k, name in enumerate(COLORS):
        for offset, score, marker in (
            (-0.17, "imitation_f1", "o"),
            (0.17, "torque_correlation", "^"),
        ):
            values = [scores(seed, score)[name] for seed in result.summary["per_seed"]]
            known = np.array([v for v in values if v is not None])
            if len(known):
                apart = np.linspace(-0.08, 0.08, len(known)) if len(known) > 1 else 0.0
                label = LABELS[score] if k == 0 else None
                x = k + offset + np.broadcast_to(apart, known.shape)
                ax.plot(x, known, marker, color=COLORS[name], markersize=4, alpha=0.8, label=label)
    ax.axhline(0.0, color="grey", linewidth=0.5)
    ax.set_xticks(range(len(COLORS)), list(COLORS), fontsize=8)
    ax.set(ylabel="score", ylim=(None, 1.45))
    ax.set_yticks([0.0, 0.5, 1.0])
    ax.legend(fontsize=8, loc="upper right")
