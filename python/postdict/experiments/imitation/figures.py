"""What `imitation` shows: the headline numbers and the figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ... import plotting
from ...lab.results import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...lab.results import Nested, Result

DECODERS = {
    "learned": ("learned", plotting.BLACK),
    "ridge_uniform": ("ridge + uniform", plotting.GREEN),
    "ridge": ("best ridge", plotting.SKY),
    "pinv": ("pseudo-inverse", plotting.BLUE),
    "transpose": ("transpose", plotting.ORANGE),
    "shuffled": ("shuffled", plotting.VERMILION),
    "untrained": ("untrained", plotting.PURPLE),
}
VARIANTS = {
    "learned": "learned",
    "in_range": "… without null space",
    "no_uniform": "… without uniform inhibition",
    "modes": "… its gains of modes alone",
    "modes_uniform": "… gains of modes + uniform inhibition",
    "stopped": "… stopped early",
    "in_noise": "learned in noise",
    "ridge_uniform": "ridge of G + uniform",
    "ridge": "ridge of G",
    "pinv": "pseudo-inverse of G",
    "ridge_of_world_uniform": "ridge of A + uniform",
    "ridge_of_world": "ridge of A",
    "pinv_of_world": "pseudo-inverse of A",
}
RIDGES = {
    "ridge_uniform": ("of G + uniform", plotting.GREEN),
    "ridge": ("of G", plotting.SKY),
    "ridge_of_world_uniform": ("of A + uniform", plotting.ORANGE),
    "ridge_of_world": ("of A", plotting.VERMILION),
}
KINDS = {
    "jitter": "jitter alone (sd, ms)",
    "deletion": "share of heard spikes lost",
    "background_rate": "random spikes a sensor (Hz)",
}


def in_words(result: Result) -> str:
    """Return what came out, in a sentence."""
    said = []
    for name, world in result.summary["worlds"].items():
        learned, shuffled = (
            _by_rate(world["decoders"][key], "clean") for key in ("learned", "shuffled")
        )
        said.append(f"in the {name} world what was learned scores {learned}, shuffled {shuffled}")
    rates = " / ".join(f"{rate:g}" for rate in result.config["rates"])
    return f"F1 of unheard songs at {rates} Hz: " + "; ".join(said)


def headline(result: Result) -> list[tuple[str, str]]:
    """Return what the command line prints: medians over seeds."""
    rates = " / ".join(f"{rate:g}" for rate in result.config["rates"])
    lines = []
    for name, world in result.summary["worlds"].items():
        conditions = [shown(world[key], ".1f") for key in _CONDITIONS]
        lines.append((f"{name} world: condition of G, of A", ", ".join(conditions)))
        lines.append((f"  F1 at {rates} Hz, clean and noisy", ""))
        lines += [
            (f"  {DECODERS[key][0]}", "  ".join(_by_rate(decoder, song) for song in _SONGS))
            for key, decoder in world["decoders"].items()
        ]
        lines += [
            (f"  {VARIANTS[key]}", "  ".join(_by_rate(variant, song) for song in _SONGS))
            for key, variant in world.get("variants", {}).items()
            if key not in world["decoders"]
        ]
    return lines


_SONGS = ("clean", "noisy")
_CONDITIONS = ("condition_number", "condition_number_of_world")


def _by_rate(decoder: dict[str, Any], song: str) -> str:
    scores = decoder[song].values()
    return " / ".join(f"{at['f1'] if isinstance(at, dict) else at:.3f}" for at in scores)


def draw(result: Result, figure: Figure) -> None:
    """Draw a song, F1 by rate and by noise, distances, ridges by lambda, and the variants."""
    worlds = result.summary["worlds"]
    name = "hard" if "hard" in worlds else "default"
    rows = figure.add_gridspec(3, 1)
    top, middle, bottom = (figure.add_subfigure(rows[k]) for k in range(3))
    song, default, hard = top.subplots(1, 3)
    noise = middle.subplots(1, 4)
    ridges, variants = bottom.subplots(1, 2, width_ratios=(1, 1.2))

    _draw_song(result, plotting.panel(song, "a", ""), name)
    for ax, letter, world in ((default, "b", "default"), (hard, "c", "hard")):
        if world not in worlds:
            ax.set_axis_off()
            continue
        of_response, of_world = (worlds[world][key] for key in _CONDITIONS)
        title = f"{world} world, condition of G {of_response:.0f}, of A {of_world:.0f}"
        plotting.panel(ax, letter, title)
        _draw_rates(result, ax, world, "f1")
    plotting.legend_below(default, ncols=3)
    for ax, letter, (kind, label) in zip(noise, "def", KINDS.items(), strict=False):
        plotting.panel(ax, letter, f"{result.config['sweep_rate']:g} Hz, {name} world")
        _draw_sweep(result, ax, name, kind)
        ax.set(xlabel=label, ylabel="F1", ylim=(0, 1.05))
    plotting.panel(noise[3], "g", f"distance, {name} world")
    _draw_distances(result, noise[3], name)
    plotting.panel(ridges, "h", f"ridge inverses, {name} world")
    _draw_ridges(result, ridges, name)
    if "variants" not in worlds[name]:
        variants.set_axis_off()
        return
    _draw_variants(result, plotting.panel(variants, "i", ""), name)


def _draw_song(result: Result, ax: Axes, name: str) -> None:
    arrays = result.arrays
    trains = {
        label: (arrays[f"{name}_{train}_times"], arrays[f"{name}_{train}_ids"])
        for label, train in (("tutor", "tutor"), ("imitated", "imitation"))
    }
    first = float(trains["tutor"][0][0])
    plotting.raster(ax, trains, start=first, stop=first + 1000.0)
    ax.set_title(f"noisy, {name} world", fontsize=9, loc="center")
    ax.legend(fontsize=7, loc="lower center", bbox_to_anchor=(0.5, 1.07), ncols=2, frameon=False)


def _of_world(result: Result, name: str) -> tuple[Nested, Nested]:
    """Return the medians of a world, and their ranges over seeds."""
    summary = result.summary
    return summary["worlds"][name], summary["spread"]["worlds"][name]


def _each(by_level: Nested, metric: str) -> Nested:
    """Return one metric by rate or level of noise."""
    return {level: scores[metric] for level, scores in by_level.items()}


def _draw_rates(result: Result, ax: Axes, name: str, metric: str) -> None:
    summary, spread = _of_world(result, name)
    for key, (label, color) in DECODERS.items():
        for song in _SONGS:
            medians, limits = (where["decoders"][key][song] for where in (summary, spread))
            plotting.ranges_by_key(
                ax,
                _each(medians, metric),
                _each(limits, metric),
                label="_" if song == "noisy" else label,
                color=color,
                dashed=song == "noisy",
                front=key == "learned",
            )
    _rate_axis(result, ax)
    ax.set(ylabel="F1 (dashed: noisy)", ylim=(-0.03, 1.05))


def _rate_axis(result: Result, ax: Axes) -> None:
    ax.set_xscale("log")
    plotting.ticks(ax.xaxis, result.config["rates"])
    ax.set_xlabel("tutor rate (Hz per neuron)")


def _draw_sweep(result: Result, ax: Axes, name: str, kind: str) -> None:
    summary, spread = _of_world(result, name)
    for key, (label, color) in DECODERS.items():
        if kind not in summary["decoders"][key]:
            continue
        medians, limits = (where["decoders"][key][kind] for where in (summary, spread))
        plotting.ranges_by_key(
            ax,
            _each(medians, "f1"),
            _each(limits, "f1"),
            label=label,
            color=color,
            front=key == "learned",
        )


def _draw_distances(result: Result, ax: Axes, name: str) -> None:
    decoders = result.summary["worlds"][name]["decoders"]
    for key in ("learned", "ridge_uniform", "ridge", "pinv", "transpose"):
        noisy = decoders[key]["noisy"]
        for metric, style in (("van_rossum", "-"), ("victor_purpura", ":")):
            ax.plot(
                [float(rate) for rate in noisy],
                [at[metric] for at in noisy.values()],
                style,
                color=DECODERS[key][1],
                linewidth=1.2,
                marker="o",
                markersize=2.5,
            )
    ax.axhline(1.0, color="grey", linewidth=0.8)
    ax.text(0.98, 1.0, "silence", transform=ax.get_yaxis_transform(), fontsize=7, ha="right",
            va="bottom", color="grey")  # fmt: skip
    _rate_axis(result, ax)
    ax.set(ylabel="van Rossum; dotted: Victor–Purpura", ylim=(0, None))


def _draw_ridges(result: Result, ax: Axes, name: str) -> None:
    summary, spread = _of_world(result, name)
    for key, (label, color) in RIDGES.items():
        if key not in summary["practice"]:
            continue
        medians, limits = (where["practice"][key] for where in (summary, spread))
        plotting.ranges_by_key(ax, medians, limits, label=f"ridge {label}", color=color)
    low, high = spread["decoders"]["learned"]["practice_f1"]
    ax.axhspan(low, high, color=plotting.BLACK, alpha=0.12, linewidth=0)
    learned = summary["decoders"]["learned"]["practice_f1"]
    ax.axhline(learned, color=plotting.BLACK, label="learned", linewidth=1, zorder=3)
    ax.set_xscale("log")
    ax.set(xlabel="λ (mean squared singular value)", ylabel="F1, practice song")
    plotting.legend_below(ax, ncols=3)


def _draw_variants(result: Result, ax: Axes, name: str) -> None:
    summary, spread = _of_world(result, name)
    rates = list(summary["variants"]["learned"]["noisy"])
    rate = "4" if "4" in rates else rates[-1]
    labels = []
    for row, (key, label) in enumerate(VARIANTS.items()):
        if key in summary["variants"]:
            median, limits = (where["variants"][key]["noisy"][rate] for where in (summary, spread))
        else:
            median, limits = (
                where["decoders"][key]["noisy"][rate]["f1"] for where in (summary, spread)
            )
        own = key in ("ridge_uniform", "ridge", "pinv") or "of_world" in key
        color = plotting.BLUE if own else plotting.BLACK
        ax.plot(limits, [row, row], color=color, linewidth=1.2)
        ax.plot(median, row, "o", color=color, markersize=4.5)
        labels.append(label)
    learned = summary["variants"]["learned"]["noisy"][rate]
    ax.axvline(learned, color="grey", linestyle=":", linewidth=1)
    ax.set_yticks(np.arange(len(labels)), labels, fontsize=8)
    ax.invert_yaxis()
    ax.set(xlabel="F1, median and range")
    ax.set_title(f"taken apart, {name} world, {rate} Hz noisy", fontsize=9)
