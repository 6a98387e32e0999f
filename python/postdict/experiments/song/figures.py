"""What `song` shows: the headline and the figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ... import plotting
from ..._types import Floats
from ...analysis.spectrograms import HOP, RANGE
from ...lab.results import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...lab.results import Result

LONGEST = 2e3  # ms that are drawn
DECODERS = ("learned", "ridge", "pinv", "transpose", "shuffled", "untrained")

CONTRASTED = ("transpose", "shuffled")  # controls beside which F1 of own songs is printed


def in_words(result: Result) -> str:
    """Return what came out, in a sentence."""
    sentence = _sentence(result.summary)
    return sentence[0].upper() + sentence[1:]


def headline(result: Result) -> list[tuple[str, str]]:
    """Return what the command line prints: a sentence, then medians over birds."""
    summary = result.summary
    own, mean, recognised = summary["own"], summary["mean"], summary["recognised"]
    everybody = ("learned", "oracle", *(name for name in DECODERS[1:] if name in mean))
    lines = [
        ("in short", _sentence(summary)),
        ("own songs: F1 at ±10 / ±5 ms", f"{own['f1_10ms']:.3f} / {own['f1_5ms']:.3f}"),
        *(
            (f"  {name}", f"{control['f1_10ms']:.3f} / {control['f1_5ms']:.3f}")
            for name, control in ((name, own["controls"][name]) for name in CONTRASTED)
        ),
        ("own songs: correlation of spectrograms", shown(own["correlation"])),
        ("tutors: correlation, over 30 dB / 45 dB", ""),
        *(
            (
                f"  {name}",
                f"{shown(mean[name]['correlation'])} / {shown(mean[name]['correlation_45dB'])}",
            )
            for name in everybody
        ),
        ("  learned, without the reflex of loudness", shown(summary["correlation_without_reflex"])),
        ("pieces recognised / pitch error where voiced", ""),
        *(
            (
                f"  {name}",
                f"{shown(recognised[name]['identified'], '.2f')} / "
                f"{shown(mean[name]['pitch_error'])}",
            )
            for name in everybody
        ),
    ]
    lines += [(f"  {name}", text) for name, text in summary["verdicts"].items()]
    rates = [shown(summary[f"motor_rate_{when}"], ".2f") for when in ("before", "after")]
    lines.append(("babbling (Hz a motor neuron), first -> last", " -> ".join(rates)))
    return lines


def _sentence(summary: dict[str, Any]) -> str:
    """Return what came out, as one would say it."""
    recognised, n_songs = summary["recognised"], len(summary["tutors"])
    songs = "one song" if n_songs == 1 else f"{n_songs} songs"
    n = recognised["learned"]["pieces"]
    if not n:
        return f"{songs}, of which no piece of 100 ms sounds for half of its time"
    counts = {
        name: round(n * recognised[name]["identified"])
        for name in ("learned", "transpose", "shuffled", "oracle")
    }
    own = summary["own"]
    beside = (
        ""
        if counts["transpose"] < counts["learned"]
        else "; the transpose has as many, so that this does not show learning: own songs do, "
        f"F1 {own['f1_10ms']:.2f}, transpose {own['controls']['transpose']['f1_10ms']:.2f}"
    )
    error = summary["mean"]["learned"]["pitch_error"]
    pitch = "no pitch to compare" if error is None else f"the pitch is off by {100 * error:.1f} %"
    return (
        f"of {n:.0f} pieces of 100 ms of {songs} {counts['learned']} are recognised in the "
        f"imitation (transpose {counts['transpose']}, shuffled {counts['shuffled']}, "
        f"oracle {counts['oracle']}); {pitch}{beside}"
    )


def draw(result: Result, figure: Figure) -> None:
    """Draw tutor, imitation, oracle and control above one another, and what was learned."""
    rows = figure.add_gridspec(2, 1, height_ratios=(5.3, 1.5))
    # In one grid, so that times stand above one another; the narrow column is for colour bars.
    wide = figure.add_subfigure(rows[0]).subplots(
        5, 2, width_ratios=(60, 1), height_ratios=(1, 1, 1, 1, 1.3)
    )
    learned, product, scores, young = figure.add_subfigure(rows[1]).subplots(
        1, 4, width_ratios=(1.1, 1.1, 1.2, 1)
    )
    name = result.summary["tutor_names"][0]
    first = result.summary["per_seed"][0]["tutors"][name]
    controls = first["controls"]
    for row, (letter, which, title) in enumerate(
        (
            ("a", "tutor", f"tutor: {name}"),
            ("b", "imitation", f"learned imitation, correlation {first['correlation']:.2f}"),
            (
                "c",
                "oracle",
                f"the best that this voice can do, by search: {first['oracle']['correlation']:.2f}",
            ),
            (
                "d",
                "shuffled",
                f"control, weights shuffled: {controls['shuffled']['correlation']:.2f} (median)",
            ),
        )
    ):
        _draw_spectrogram(result, plotting.panel(wide[row, 0], letter, title), wide[row, 1], which)
    wide[4, 1].set_axis_off()
    _draw_raster(result, plotting.panel(wide[4, 0], "e", "gestures"))
    _draw_weights(result, plotting.panel(learned, "f", "W = E − w"))
    if len(result.summary["tutor_names"]) > 1:
        _draw_confusion(result, plotting.panel(product, "g", "which song is it?"))
    else:
        _draw_product(result, plotting.panel(product, "g", "W G"))
    _draw_scores(result, plotting.panel(scores, "h", "likeness"))
    _draw_development(result, plotting.panel(young, "i", "while it babbled"))


def shown_span(result: Result) -> tuple[float, float]:
    """Return begin and end (ms) of what is shown: of a long song its loudest stretch."""
    powers = np.power(10.0, 0.1 * result.arrays["tutor_spectrogram"]).sum(axis=1)
    n = int(LONGEST / HOP)
    if len(powers) <= n:
        return 0.0, HOP * len(powers)
    sums = np.concatenate([[0.0], np.cumsum(powers)])
    first = int(np.argmax(sums[n:] - sums[:-n]))
    return HOP * first, HOP * (first + n)


def _draw_spectrogram(result: Result, ax: Axes, bar_ax: Axes, which: str) -> None:
    values: Floats = result.arrays[f"{which}_spectrogram"]
    start, stop = shown_span(result)
    kept = values[round(start / HOP) : round(stop / HOP)]
    frequencies = 1e-3 * result.arrays["frequencies"]
    image = ax.imshow(
        kept.T,
        origin="lower",
        aspect="auto",
        cmap="Greys",
        vmin=0.0,
        vmax=RANGE,
        extent=(
            *(1e-3 * start, 1e-3 * (start + HOP * len(kept))),
            *(float(frequencies[0]), float(frequencies[-1])),
        ),
        interpolation="nearest",
    )
    ax.set(ylabel="frequency (kHz)", xlabel="time (s)", xlim=(1e-3 * start, 1e-3 * stop))
    bar = ax.figure.colorbar(image, cax=bar_ax)
    bar.set_label("dB above silence", fontsize=8)
    bar.ax.tick_params(labelsize=7)


def _draw_raster(result: Result, ax: Axes) -> None:
    arrays = result.arrays
    trains = {"tutor": (arrays["tutor_times"], arrays["tutor_ids"])}
    if not len(arrays["tutor_times"]):
        trains = {"oracle": (arrays["oracle_times"], arrays["oracle_ids"])}
    trains["imitation"] = (arrays["imitation_times"], arrays["imitation_ids"])
    start, stop = shown_span(result)
    plotting.raster(ax, trains, start=start, stop=stop)
    ax.set(xlim=(1e-3 * start, 1e-3 * stop), ylim=(-1, len(arrays["weights"])))


def _draw_weights(result: Result, ax: Axes) -> None:
    plotting.matrix(ax, result.arrays["weights"], unit="mV")
    ax.set(xlabel="sensor", ylabel="motor neuron")


def _draw_product(result: Result, ax: Axes) -> None:
    plotting.matrix(ax, result.arrays["weights"] @ result.arrays["response"], unit="mV")
    ax.set(xlabel="motor neuron", ylabel="motor neuron")


def _draw_confusion(result: Result, ax: Axes) -> None:
    plotting.matrix(ax, result.arrays["confusion"], unit="")
    names = result.summary["tutor_names"]
    ax.set(xlabel="tutor", ylabel="imitation of")
    ax.set_xticks(range(len(names)), names, rotation=60, ha="right", fontsize=6)
    ax.set_yticks(range(len(names)), names, fontsize=6)


def _draw_scores(result: Result, ax: Axes) -> None:
    summary, spread = result.summary, result.summary["spread"]

    def both(where: dict[str, Any], name: str) -> tuple[object, object]:
        own = where["own"] if name == "learned" else where["own"]["controls"][name]
        return own["correlation"], where["mean"][name]["correlation"]

    places = np.arange(len(DECODERS))
    series = [("own songs", plotting.SKY), ("the tutors, mean", plotting.BLACK)]
    for k, (label, color) in enumerate(series):
        middle = np.array([both(summary, name)[k] for name in DECODERS], dtype=float)
        limits = np.array([both(spread, name)[k] for name in DECODERS], dtype=float)
        ax.barh(
            places + 0.4 * (k - 0.5),
            middle,
            height=0.36,
            color=color,
            label=label,
            xerr=np.abs(limits.T - middle),
            error_kw={"linewidth": 1, "ecolor": plotting.VERMILION},
        )
    oracle = float(summary["mean"]["oracle"]["correlation"])
    ax.axvline(oracle, color=plotting.ORANGE, linestyle="--", linewidth=1.2, label="oracle")
    ax.set_yticks(places, DECODERS)
    ax.invert_yaxis()
    ax.set(xlim=(0.0, 1.0), xlabel="correlation", ylabel="")
    ax.legend(fontsize=7, loc="lower right")


def _draw_development(result: Result, ax: Axes) -> None:
    """Draw how well the tutors are imitated with weights of earlier times, and the range."""
    stages = result.summary["development"]
    spread = result.summary["spread"]["development"]
    times = np.array([float(time) for time in stages])
    for name, color in (("correlation", plotting.BLACK), ("identified", plotting.SKY)):
        middle = np.array([stage[name] for stage in stages.values()], dtype=float)
        limits = [spread[time][name] or (np.nan, np.nan) for time in stages]
        low, high = np.array(limits, dtype=float).reshape(-1, 2).T
        plotting.band(ax, times, low, middle, high, label=name, color=color)
    ax.set(ylim=(0.0, 1.0), xlabel="babbling (s)", ylabel="mean over the tutors")
    ax.legend(fontsize=7, loc="lower right")
