"""What `mirror-offset` shows: the headline numbers and the figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ... import plotting
from ..._types import Floats
from ...lab.results import shown
from .covariances import BIN, smoothed
from .singing import Code

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...lab.results import Nested, Result

STYLES = {
    "random": ("random", plotting.BLACK),
    "mixed": ("mixed", plotting.ORANGE),
    "stereotyped": ("stereotyped", plotting.VERMILION),
}
SHUFFLED = ("random, W shuffled", plotting.SKY)
LAG_BIN = 2.0  # ms, of the profile of W G
SHOWN_RATE = "4"  # Hz


def in_words(result: Result) -> str:
    """Return what came out, in a sentence."""
    said = []
    for delay in result.summary["over_delay"]:
        pooled = result.summary["pooled"][delay]
        random, stereotyped = (
            shown(pooled[name]["offset"], ".1f") for name in ("random", "stereotyped")
        )
        said.append(
            f"{random} ms after babbling and {stereotyped} ms after a motif of D = {delay} ms"
        )
    return "Mirror neurons answer a heard song later than they sing it: by " + "; by ".join(said)


def headline(result: Result) -> list[tuple[str, str]]:
    """Return what the command line prints: offsets with 95 % intervals, medians of the rest."""
    lines = []
    for delay, codes in result.summary["over_delay"].items():
        pooled = result.summary["pooled"][delay]
        lines.append((f"D = {delay} ms", "offset (ms); F1 unseen, noisy; own song at 0, at D"))
        for name in STYLES:
            code = codes[name]
            own = code["own_song_f1"]
            lines.append(
                (
                    f"  {name}",
                    f"{_offset(pooled[name])}; {shown(code['imitation_f1'][SHOWN_RATE])}, "
                    f"{shown(code['imitation_f1_noisy'][SHOWN_RATE])}; "
                    f"{shown(own['at_zero'], '.2f')}, {shown(own['at_delay'], '.2f')}",
                )
            )
        for name in STYLES:
            f1 = codes[f"rate_model_{name}"]["imitation_f1"][SHOWN_RATE]
            offset = _offset(pooled[f"rate_model_{name}"])
            lines.append((f"  {name}, rate model", f"{offset}; {shown(f1)}"))
        shuffled = codes["shuffled"]["offset_sd"]
        spread = f"{shown(codes['random']['offset_sd'], '.1f')} -> {shown(shuffled, '.1f')} ms"
        lines.append(("  sd of offsets, random -> shuffled", spread))
        drift = codes["first_drift"]["correlation"]
        lines.append(("  first drift of the motif: seen, predicted", f"r = {shown(drift)}"))
        free = codes["no_floor"]
        lines.append(
            (
                "  stereotyped without a floor",
                f"{shown(free['offset'], '.1f')} ms; {shown(free['imitation_f1'][SHOWN_RATE])}; "
                f"sings at {shown(free['sung_rate'], '.1f')} Hz",
            )
        )
    return lines


def draw(result: Result, figure: Figure) -> None:
    """Draw W G by song position, its profile, cross-covariances, offsets and F1."""
    (causal, predictive, profile, offsets), (*covariances, worth) = figure.subplots(2, 4)
    first = next(iter(result.summary["over_delay"]))
    title = f"W G, D = {first} ms:"
    _draw_product(result, plotting.panel(causal, "a", f"{title} random"), "random")
    _draw_product(result, plotting.panel(predictive, "b", f"{title} stereotyped"), "stereotyped")
    _draw_profile(result, plotting.panel(profile, "c", f"{title} along the motif"))
    _draw_offsets(result, plotting.panel(offsets, "d", "mirror offset"))
    delays = list(result.summary["over_delay"])
    for ax, letter, delay in zip(covariances, "efg", delays, strict=False):
        plotting.panel(ax, letter, f"D = {delay} ms")
        _draw_covariances(result, ax, delay)
    for ax in covariances[len(delays) :]:
        ax.set_axis_off()
    _draw_worth(result, plotting.panel(worth, "h", "imitation of unseen songs"))


def _offset(pooled: Nested) -> str:
    if pooled["interval"] is None:
        return "undefined"
    low, high = pooled["interval"]
    return f"{pooled['offset']:.2f} [{low:.2f}, {high:.2f}]"


def _product(result: Result, name: str) -> Floats:
    """Return W G (n_motor, n_motor) at the first delay."""
    delay = next(iter(result.summary["over_delay"]))
    product: Floats = result.arrays[f"weights_{name}_{delay}"] @ result.arrays["response"]
    return product


def _draw_product(result: Result, ax: Axes, name: str) -> None:
    product = _product(result, name)
    order = np.argsort(result.arrays["onsets"])
    plotting.matrix(ax, product[np.ix_(order, order)], unit="mV")
    ax.set(xlabel="sound of motor neuron (place in motif)", ylabel="to motor neuron (place)")


def _draw_profile(result: Result, ax: Axes) -> None:
    """Draw the mean of W G against when its target is commanded, seen from the sound's arrival."""
    config = result.config
    code = Code(result.arrays["onsets"], config["period"], 1.0, config["command"])
    delay = next(iter(result.summary["over_delay"]))
    for name in ("random", "stereotyped"):
        product = _product(result, name)
        lag = code.before_arrival(float(delay))
        reach = LAG_BIN * np.floor(0.5 * config["period"] / LAG_BIN)
        edges = np.arange(-reach, reach + LAG_BIN, LAG_BIN)
        places = np.digitize(lag.ravel(), edges) - 1
        means = [
            product.ravel()[places == k].mean() if (places == k).any() else np.nan
            for k in range(len(edges) - 1)
        ]
        label, color = STYLES[name]
        ax.plot(edges[:-1] + 0.5 * LAG_BIN, means, color=color, label=label, linewidth=1.2)
    ax.axvline(0.0, color="grey", linewidth=0.8)
    ax.axvline(-float(delay), color="grey", linestyle=":", linewidth=1)
    ax.text(-float(delay), 0.02, "−D ", transform=ax.get_xaxis_transform(), fontsize=8, ha="right")
    ax.set(xlabel="own time in motif − arrival (ms)", ylabel="mean W G (mV)")
    ax.legend(fontsize=8, loc="upper right", frameon=False)


def _draw_covariances(result: Result, ax: Axes, delay: str) -> None:
    arrays = result.arrays
    curves = {
        label: (smoothed(arrays[f"covariance_{name}_{delay}"]), color)
        for name, (label, color) in STYLES.items()
    }
    label, color = SHUFFLED
    curves[label] = (smoothed(arrays[f"covariance_shuffled_{delay}"]), color)
    plotting.lagged(ax, arrays["lags"], curves, delay=float(delay) + 0.5 * BIN)
    ax.axvline(0.0, color="grey", linewidth=0.8)
    ax.set(xlabel="t listening − t singing (ms)", ylabel="cross-covariance (Hz)")
    low, high = ax.get_ylim()
    ax.set_ylim(low, high + 0.35 * (high - low))  # the legend stands above the curves
    ax.legend(
        fontsize=7, loc="upper left", ncols=2, columnspacing=1.0, framealpha=1.0, edgecolor="white"
    )


def _draw_offsets(result: Result, ax: Axes) -> None:
    pooled = result.summary["pooled"]
    delays = [float(delay) for delay in pooled]
    longest = 1.15 * max(delays)
    ax.plot([0, longest], [0, longest], color="grey", linestyle=":", linewidth=1)
    ax.axhline(0.0, color="grey", linestyle=":", linewidth=1)
    for name, (label, color) in STYLES.items():
        for prefix, shift, dashed in (("", -0.01, False), ("rate_model_", 0.01, True)):
            known = [
                (float(delay), codes[prefix + name])
                for delay, codes in pooled.items()
                if codes[prefix + name]["interval"] is not None
            ]
            if not known:
                continue
            plotting.ranges(
                ax,
                [delay + shift * longest for delay, _ in known],
                [code["offset"] for _, code in known],
                *np.transpose([code["interval"] for _, code in known]),
                label=f"{label}, rate model" if dashed else label,
                color=color,
                dashed=dashed,
            )
    ax.set(xlabel="loop delay D (ms)", ylabel="offset (ms)", xlim=(0, longest))
    ax.set_ylim(-0.06 * longest, 1.5 * longest)
    ax.legend(fontsize=7, loc="upper left", frameon=False)


def _draw_worth(result: Result, ax: Axes) -> None:
    summary = result.summary
    for name, (label, color) in STYLES.items():
        for noisy, suffix in ((False, ""), (True, "_noisy")):
            metric = "imitation_f1" + suffix
            medians, limits = (
                {
                    delay: codes[name][metric][SHOWN_RATE]
                    for delay, codes in where["over_delay"].items()
                }
                for where in (summary, summary["spread"])
            )
            plotting.ranges_by_key(
                ax,
                medians,
                limits,
                label="" if noisy else label,
                color=color,
                dashed=noisy,
            )
    ax.set(xlabel="loop delay D (ms)", ylabel=f"F1 at {SHOWN_RATE} Hz", ylim=(0, 1.45))
    ax.set_yticks([0.0, 0.5, 1.0])
    ax.legend(fontsize=7, loc="upper left", frameon=False, title="dashed: noisy", title_fontsize=7)
