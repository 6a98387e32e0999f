"""What `measured-window` shows: the headline numbers and the figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ... import plotting
from ...lab.results import Nested, shown
from ...lab.settings import read
from .claims import THEORIES, all_points, predicted_stable
from .config import Config
from .trial import SCORES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..._types import Floats
    from ...lab.results import Result

COLORS = {
    "published": plotting.BLACK,
    "shifted": plotting.BLUE,
    "older": plotting.ORANGE,
    "symmetric": plotting.PURPLE,
}


def in_words(result: Result) -> str:
    """Return what came out, in a sentence."""
    said = [
        f"{fit} {_scores(found['f1']).partition(',')[0]} (shuffled "
        f"{_scores(found['controls']['shuffled']).partition(',')[0]})"
        for fit, found in result.summary["fits"].items()
    ]
    return "F1 at 1 / 4 Hz of what each fit of the measured window learned: " + "; ".join(said)


def headline(result: Result) -> list[tuple[str, str]]:
    """Return what the command line prints: medians over worlds."""
    lines = []
    for fit, found in result.summary["fits"].items():
        controls = found["controls"]
        ran_away = sum(trial["ran_away"] for trial in found["per_seed"])
        lines += [
            (f"{fit}: F1 at 1 / 4 Hz, noisy", _scores(found["f1"])),
            ("  shuffled", _scores(controls["shuffled"])),
            ("  reversed window", _scores(controls["reversed"])),
            ("  specific inverse error", shown(found["specific_inverse_error"])),
            (
                "  c (mV), motor rate (Hz)",
                f"{shown(found['c'])}, {shown(found['motor_rate_after'])}",
            ),
            ("  imbalance, carrying", shown(_carrying(found))),
            ("  share of weights at a bound", shown(found["at_bound"])),
        ]
        if ran_away:
            lines.append(("  ran away", f"{ran_away} of {len(found['per_seed'])} worlds"))
    for name, control in result.summary["controls"].items():
        if "f1" in control:
            lines.append((f"{name}: F1 at 1 / 4 Hz, noisy", _scores(control["f1"])))
    for theory in THEORIES:
        claim = result.summary["claims"][theory]
        lines += [
            (
                f"{theory} theory: verdict right",
                f"{shown(claim['verdict_right'])} of {claim['n_points']} points",
            ),
            ("  sign of c right", f"{shown(claim['sign_right'])} of {claim['n_signs']} points"),
            ("  median difference of c (mV)", shown(claim["median_difference"])),
        ]
    for name, varied in result.summary["variants"].items():
        lines.append((name, _variant(varied)))
    return lines


def _scores(f1: Nested) -> str:
    return (
        " / ".join(shown(f1[name]) for name in SCORES if "noisy" not in name)
        + ", "
        + " / ".join(shown(f1[name]) for name in SCORES if "noisy" in name)
    )


def _carrying(found: Nested) -> float | None:
    return found["imbalance"]["carrying"] if found["imbalance"] is not None else None


def _variant(found: Nested) -> str:
    runs = found["per_seed"]
    ran_away = sum(trial["ran_away"] for trial in runs)
    if ran_away:
        return f"{ran_away} of {len(runs)} worlds ran away"
    return (
        f"error {shown(found['specific_inverse_error'])}, c {shown(found['c'])} mV, "
        f"imbalance {shown(_carrying(found))}, {shown(found['motor_rate_after'], '.1f')} Hz"
    )


def draw(result: Result, figure: Figure) -> None:
    """Draw windows, the learned inverse, F1, the maps of theory and simulation, c and fluxes."""
    rows = figure.add_gridspec(3, 1, height_ratios=(1, 1.25, 1))
    top, middle, bottom = (figure.add_subfigure(rows[k]) for k in range(3))
    windows, product, scores = top.subplots(1, 3)
    said, seen = middle.subplots(1, 2)
    course, scatter, fluxes = bottom.subplots(1, 3)
    _draw_windows(result, plotting.panel(windows, "a", "window of the inhibition, four fits"))
    arrays = result.arrays
    if "weights" in arrays:
        plotting.panel(product, "b", f"W G, {next(iter(result.summary['fits']))}")
        plotting.matrix(product, arrays["weights"] @ arrays["response"], unit="mV")
        product.set(xlabel="motor neuron", ylabel="motor neuron")
        _draw_fluxes(arrays, plotting.panel(fluxes, "h", "fluxes of each synapse"))
    _draw_scores(result, plotting.panel(scores, "c", "imitation of unseen songs at 1 Hz"))
    points = result.summary["map"]
    _draw_map(points, "balance", plotting.panel(said, "d", "c, balance of a lone neuron"))
    _draw_map(points, "seen", plotting.panel(seen, "e", "c, simulated loops"))
    current = f"{result.config['tau_syn']:g}"
    shown_current = (
        current
        if current in next(iter(points.values()))
        else next(iter(next(iter(points.values()))))
    )
    _draw_course(points, shown_current, plotting.panel(course, "f", f"c, τ_syn {shown_current} ms"))
    _draw_scatter(points, plotting.panel(scatter, "g", "c at all points of the map"))


def _draw_windows(result: Result, ax: Axes) -> None:
    config = read(Config, result.config)
    lags = np.linspace(-30.0, 30.0, 601)
    for fit in config.fit_names():
        ax.plot(lags, config.seen_window(fit)(lags), color=COLORS[fit], label=fit, linewidth=1.2)
    ax.axhline(0.0, color="grey", linewidth=0.6)
    ax.axvline(-config.delay, color="grey", linestyle=":", linewidth=1)
    ax.text(-config.delay, -1.15, " −D", fontsize=8, color="grey")
    ax.set(xlabel="lag, motor spike after arrival (ms)", ylabel="K / η", ylim=(-1.25, 1.15))
    ax.legend(fontsize=7, loc="lower right")


def _draw_scores(result: Result, ax: Axes) -> None:
    rows: list[tuple[str, Nested, Nested]] = []
    for fit, found in result.summary["fits"].items():
        spread = found["spread"]
        rows.append((fit, found["f1"], spread["f1"]))
    first = next(iter(result.summary["fits"].values()))
    for name in ("reversed", "shuffled"):
        spread = first["spread"]["controls"][name]
        rows.append((name, first["controls"][name], spread))
    for name in ("transpose", "pinv", "exponential"):
        control = result.summary["controls"][name]
        rows.append((name, control["f1"], result.summary["controls"]["spread"][name]["f1"]))
    for k, (_, f1, spread) in enumerate(rows):
        for score, offset, filled in (("1", -0.12, True), ("1 noisy", 0.12, False)):
            if f1[score] is None:
                continue
            low, high = spread[score]
            face = plotting.BLACK if filled else "white"
            ax.plot([low, high], [k + offset] * 2, color="grey", linewidth=1)
            ax.plot(f1[score], k + offset, "o", color=plotting.BLACK, markerfacecolor=face, ms=5)
    ax.set_yticks(range(len(rows)), [name for name, *_ in rows], fontsize=8)
    ax.set(xlabel="F1 (open: noisy)", xlim=(-0.03, 1.03))
    ax.invert_yaxis()


def _draw_map(points: Nested, of: str, ax: Axes) -> None:
    names = [(fit, tau) for fit, of_current in points.items() for tau in of_current]
    delays = list(next(iter(next(iter(points.values())).values())))
    values = np.full((len(names), len(delays)), np.nan)
    for k, (fit, tau) in enumerate(names):
        for j, delay in enumerate(delays):
            point = points[fit][tau][delay]
            lost = point["seen"]["ran_away"] if of == "seen" else not predicted_stable(point, of)
            if not lost:
                values[k, j] = point[of]["c"]
    image = ax.imshow(values, cmap="RdBu_r", vmin=-1.0, vmax=1.0, aspect="auto")
    for k, j in np.argwhere(np.isnan(values)):
        ax.plot(j, k, "x", color="black", markersize=6)
    ax.set_xticks(range(len(delays)), delays)
    labels = [f"{fit}, {tau} ms" if tau != "0" else f"{fit}, jumps" for fit, tau in names]
    ax.set_yticks(range(len(names)), labels, fontsize=7)
    ax.set(xlabel="loop delay D (ms)")
    bar = ax.figure.colorbar(image, ax=ax, shrink=0.9, pad=0.02)
    bar.set_label("c (mV); ×: runs away", fontsize=8)
    bar.ax.tick_params(labelsize=7)


def _draw_course(points: Nested, tau_syn: str, ax: Axes) -> None:
    for fit, of_current in points.items():
        of_delay = of_current[tau_syn]
        delays = np.array([float(delay) for delay in of_delay])
        for theory, style in (("balance", "-"), ("linear", ":")):
            said = [
                np.nan
                if point[theory]["c"] is None or not predicted_stable(point, theory)
                else point[theory]["c"]
                for point in of_delay.values()
            ]
            ax.plot(delays, said, style, color=COLORS[fit], linewidth=1)
        seen = [
            np.nan if point["seen"]["c"] is None else point["seen"]["c"]
            for point in of_delay.values()
        ]
        ax.plot(delays, seen, "o", color=COLORS[fit], markersize=4, label=fit)
    ax.axhline(0.0, color="grey", linewidth=0.6)
    ax.set(xlabel="loop delay D (ms)", ylabel="c (mV); — balance, ··· linear", ylim=(-0.4, 1.8))
    ax.legend(fontsize=7)


def _draw_scatter(points: Nested, ax: Axes) -> None:
    for fit, _, _, point in all_points(points):
        if point["seen"]["c"] is None or not predicted_stable(point, "balance"):
            continue
        ax.plot(point["balance"]["c"], point["seen"]["c"], "o", color=COLORS[fit], markersize=4)
    ax.axline((0.0, 0.0), slope=1.0, color="grey", linewidth=0.8)
    ax.set(xlabel="c, balance of a lone neuron (mV)", ylabel="c seen (mV)")


def _draw_fluxes(arrays: Any, ax: Axes) -> None:
    carrying = arrays["world"].T > 0
    for synapses, label, color in (
        (~carrying, "others", plotting.SKY),
        (carrying, "that carry the inverse", plotting.BLACK),
    ):
        ax.plot(
            arrays["depression"][synapses],
            arrays["potentiation"][synapses],
            ".",
            color=color,
            markersize=3,
            label=label,
        )
    ends: Floats = np.array([arrays["depression"].min(), arrays["depression"].max()])
    ax.plot(ends, ends, color="grey", linewidth=0.8)
    ax.set(xlabel="depression (mV)", ylabel="potentiation (mV)")
    ax.legend(fontsize=7)
