"""What `plants` shows: the headline numbers and the figure."""

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
    "blind": plotting.BLUE,
    "transpose": plotting.PURPLE,
    "shuffled": plotting.VERMILION,
    "untrained": plotting.GREEN,
}
NAMES = {
    "pendulum": "the arm under gravity",
    "mountain_car": "the car between hills",
    "two_joint": "the arm of two joints",
}
PLACES = {
    "pendulum": "angle (rad)",
    "mountain_car": "position",
    "two_joint": "angle of the elbow (rad)",
}
PUSHES = {"mountain_car": "acceleration (10⁻³/step²)"}
UNITS = {"mountain_car": "force"}


def scores(found: Nested) -> dict[str, Any]:
    """Return F1 of all decoders, of one plant."""
    controls = {name: of["imitation_f1"] for name, of in found["controls"].items()}
    return {"learned": found["imitation_f1"], **controls}


def in_words(result: Result) -> str:
    """Return what came out, in a sentence."""
    said = []
    for key in _plants(result.summary):
        f1 = scores(result.summary[key])
        said.append(
            f"through {NAMES[key]} F1 {shown(f1['learned'])} (physics {shown(f1['physics'])}, "
            f"without places {shown(f1['blind'])}, shuffled {shown(f1['shuffled'])})"
        )
    return "Commands are imitated " + "; ".join(said)


def headline(result: Result) -> list[tuple[str, str]]:
    """Return what the command line prints: medians over seeds."""
    lines = []
    for key in _plants(result.summary):
        found, spread = result.summary[key], result.summary["spread"][key]
        rates = [shown(found[f"motor_rate_{when}"], ".2f") for when in ("before", "after")]
        lines.append((f"{key}: motor rate at the start → the end (Hz)", " → ".join(rates)))
        limits = scores(spread)
        for name, f1 in scores(found).items():
            low, high = limits[name]
            lines.append((f"{key}: {name}, F1 (range)", f"{shown(f1)} ({low:.3f}-{high:.3f})"))
    return lines


def draw(result: Result, figure: Figure) -> None:
    """Draw for each plant the weights of one motor neuron, answers to commands, and the scores."""
    keys = _plants(result.summary)
    rows = figure.subplots(len(keys), 3, squeeze=False, width_ratios=(1.3, 1.0, 1.2))
    letters = iter("abcdefghi")
    for key, row in zip(keys, rows, strict=True):
        _draw_weights(result.arrays, key, row[0], next(letters))
        _draw_answers(result.arrays, key, row[1], next(letters))
        plotting.panel(row[2], next(letters), "scores of all seeds")
        _draw_scores([seed[key] for seed in result.summary["per_seed"]], row[2])


def _plants(summary: Nested) -> list[str]:
    return [key for key in NAMES if key in summary]


def _draw_weights(arrays: Any, key: str, ax: Axes, letter: str) -> None:
    preferred, weights = arrays[f"{key}_preferred"], arrays[f"{key}_weights"][-1]
    n_joints = len(arrays[f"{key}_commands"])
    where = preferred[:, :-n_joints]
    if where.shape[1] == 2:  # on the circle
        where = np.mod(np.round(np.arctan2(where[:, 1], where[:, 0]), 9), 2.0 * np.pi)
    places, column = np.unique(where.ravel(), return_inverse=True)
    levels, line = np.unique(preferred[:, -1], return_inverse=True)
    seen = np.zeros((len(levels), len(places)))
    np.add.at(seen, (line.ravel(), column.ravel()), weights)
    limit = float(seen.max()) or 1.0  # what silences may be far below
    plotting.panel(ax, letter, NAMES[key])
    image = ax.pcolormesh(
        places, levels, seen, shading="nearest", cmap="RdBu_r", vmin=-limit, vmax=limit
    )
    ax.figure.colorbar(image, ax=ax, label="W of the last motor neuron (mV)")
    pushes = arrays[f"{key}_accelerations"][..., -1]
    for k, style in ((0, ":"), (-1, "-")):
        name = "no command" if k == 0 else "its command"
        ax.plot(arrays[f"{key}_places"], pushes[:, k], style, color="black", label=name)
    ax.set(
        xlabel=PLACES[key],
        ylabel=PUSHES.get(key, "acceleration (rad/s²)"),
        xlim=(places[0], places[-1]),
        ylim=(levels[0], levels[-1]),
    )
    ax.legend(fontsize=7, loc="upper right")


def _draw_answers(arrays: Any, key: str, ax: Axes, letter: str) -> None:
    plotting.panel(ax, letter, "answers to commands")
    plotting.matrix(ax, arrays[f"{key}_answers"].T, unit="mV")
    commands = arrays[f"{key}_commands"]
    largest = np.abs(commands).argmax(axis=0)  # the joint that a motor neuron moves
    names = [f"{commands[joint, k]:+g}" for k, joint in enumerate(largest)]
    ax.set_xticks(range(len(names) + 1), ["none", *names], fontsize=7)
    ax.set_yticks(range(len(names)), names, fontsize=7)
    ax.set(xlabel=f"{UNITS.get(key, 'torque (N m)')} that was", ylabel="motor neuron")


def _draw_scores(per_seed: list[Nested], ax: Axes) -> None:
    for k, name in enumerate(COLORS):
        values = [scores(found)[name] for found in per_seed]
        apart = np.linspace(-0.12, 0.12, len(values)) if len(values) > 1 else np.zeros(1)
        ax.plot(k + apart, values, "o", color=COLORS[name], markersize=4, alpha=0.8)
    ax.set_xticks(range(len(COLORS)), list(COLORS), fontsize=7, rotation=20)
    ax.set(ylabel="which motor neuron: F1", ylim=(-0.03, 1.03))
