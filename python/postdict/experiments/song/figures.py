"""What `song` shows: the headline numbers and the figure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

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


def headline(result: Result) -> list[tuple[str, str]]:
    """Return what the command line prints: medians over seeds."""
    own, tutor = result.summary["own"], result.summary["tutor"]
    suited = tutor["gains_suited_to_the_tutor"]
    lines = [
        ("own songs: F1 at ±10 / ±5 ms", f"{own['f1_10ms']:.3f} / {own['f1_5ms']:.3f}"),
        ("own songs: correlation of spectrograms", shown(own["correlation"])),
        ("own songs: pitch error where voiced", shown(own["pitch_error"])),
    ]
    lines += [
        (
            f"  {name}: F1 / correlation",
            f"{control['f1_10ms']:.3f} / {control['correlation']:.3f}",
        )
        for name, control in own["controls"].items()
    ]
    given = result.config["tutor_file"]
    what = Path(given).name if given else "an own song"
    lines += [
        (f"imitation of {what}", shown(tutor["correlation"])),
        ("  oracle, by direct search", shown(tutor["oracle"])),
        *(
            (f"  {name.replace('_', ' ')}", shown(value))
            for name, value in tutor["controls"].items()
        ),
        ("  share of the possible, shuffled is zero", shown(tutor["share_of_oracle"], ".2f")),
        (
            "  the same with gains suited to the tutor",
            f"{shown(suited['share_of_oracle'], '.2f')} "
            f"({shown(suited['learned'])} against {shown(suited['shuffled'])})",
        ),
        (
            "  pitch error where voiced, and oracle's",
            f"{shown(tutor['pitch_error'])}, {shown(tutor['oracle_pitch_error'])}",
        ),
    ]
    rates = [shown(result.summary[f"motor_rate_{when}"], ".2f") for when in ("before", "after")]
    lines.append(("babbling (Hz a motor neuron), first -> last", " -> ".join(rates)))
    return lines


def draw(result: Result, figure: Figure) -> None:
    """Draw tutor, imitation and oracle, the motor raster, and what was learned."""
    rows = figure.add_gridspec(5, 1, height_ratios=(1, 1, 1, 1.2, 1.35))
    wide = [figure.add_subfigure(rows[k]).subplots() for k in range(4)]
    learned, product, scores = figure.add_subfigure(rows[4]).subplots(
        1, 3, width_ratios=(1.2, 1, 1.3)
    )
    first = result.summary["per_seed"][0]["tutor"]
    given = result.config["tutor_file"]
    name = "a song from a file" if given else "an unseen song of its own voice"
    for ax, letter, which, title in (
        (wide[0], "a", "tutor", f"tutor: {name}"),
        (wide[1], "b", "imitation", f"imitation, correlation {first['correlation']:.2f}"),
        (
            wide[2],
            "c",
            "oracle",
            f"the best that this voice can do, by search: {first['oracle']:.2f}",
        ),
    ):
        _draw_spectrogram(result, plotting.panel(ax, letter, title), which)
    _draw_raster(result, plotting.panel(wide[3], "d", "gestures"))
    _draw_weights(result, plotting.panel(learned, "e", "learned weights W = E − w"))
    _draw_product(result, plotting.panel(product, "f", "W G"))
    _draw_scores(result, plotting.panel(scores, "g", "correlation with the tutor"))


def _stop(result: Result) -> float:
    return min(LONGEST, HOP * len(result.arrays["tutor_spectrogram"]))


def _draw_spectrogram(result: Result, ax: Axes, which: str) -> None:
    values: Floats = result.arrays[f"{which}_spectrogram"]
    kept = values[: int(_stop(result) / HOP)]
    frequencies = 1e-3 * result.arrays["frequencies"]
    image = ax.imshow(
        kept.T,
        origin="lower",
        aspect="auto",
        cmap="Greys",
        vmin=0.0,
        vmax=RANGE,
        extent=(0.0, 1e-3 * HOP * len(kept), float(frequencies[0]), float(frequencies[-1])),
        interpolation="nearest",
    )
    ax.set(ylabel="frequency (kHz)", xlabel="time (s)")
    bar = ax.figure.colorbar(image, ax=ax, pad=0.01)
    bar.set_label("dB above silence", fontsize=8)
    bar.ax.tick_params(labelsize=7)


def _draw_raster(result: Result, ax: Axes) -> None:
    arrays = result.arrays
    trains = {"tutor": (arrays["tutor_times"], arrays["tutor_ids"])}
    if not len(arrays["tutor_times"]):
        trains = {"oracle": (arrays["oracle_times"], arrays["oracle_ids"])}
    trains["imitation"] = (arrays["imitation_times"], arrays["imitation_ids"])
    plotting.raster(ax, trains, start=0.0, stop=_stop(result))
    ax.set_ylim(-1, len(arrays["gesture_pressure"]))


def _draw_weights(result: Result, ax: Axes) -> None:
    plotting.matrix(ax, result.arrays["weights"], unit="mV")
    ax.set(xlabel="sensor", ylabel="motor neuron")


def _draw_product(result: Result, ax: Axes) -> None:
    plotting.matrix(ax, result.arrays["weights"] @ result.arrays["response"], unit="mV")
    ax.set(xlabel="motor neuron", ylabel="motor neuron")


def _draw_scores(result: Result, ax: Axes) -> None:
    summary, spread = result.summary, result.summary["spread"]

    def both(where: dict[str, dict[str, object]], name: str) -> tuple[object, object]:
        own, tutor = where["own"], where["tutor"]
        if name == "learned":
            return own["correlation"], tutor["correlation"]
        of_own, of_tutor = own["controls"], tutor["controls"]
        assert isinstance(of_own, dict)
        assert isinstance(of_tutor, dict)
        return of_own[name]["correlation"], of_tutor[name]

    places = np.arange(len(DECODERS))
    series = [("own songs", plotting.SKY), ("the tutor above", plotting.BLACK)]
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
    oracle = float(summary["tutor"]["oracle"])
    ax.axvline(oracle, color=plotting.ORANGE, linestyle="--", linewidth=1.2, label="oracle")
    ax.set_yticks(places, DECODERS)
    ax.invert_yaxis()
    ax.set(xlim=(0.0, 1.0), xlabel="correlation", ylabel="")
    ax.legend(fontsize=7, loc="lower right")
