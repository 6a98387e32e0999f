"""What `theory` shows: the headline numbers and the figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ... import plotting

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...lab.results import Result

COLORS = {
    "A- 1, 20 ms": plotting.BLACK,
    "A- 0.7, 20 ms": plotting.BLUE,
    "A- 1, 10 ms": plotting.VERMILION,
}
NOISE_COLORS = (plotting.BLACK, plotting.BLUE, plotting.ORANGE, plotting.VERMILION)


def in_words(result: Result) -> str:
    """Return what came out, in a sentence."""
    said = []
    for kind, title in (("linear", "linear theory"), ("balanced", "the balance of a lone neuron")):
        found = result.summary["claims"][kind]
        n_right = found["signs_compared"] - len(found["signs_wrong"])
        said.append(
            f"{title} names the sign of c at {n_right} of {found['signs_compared']} delays and is "
            f"off by at most {found['largest_error_mV']:.2f} mV"
        )
    text = "; ".join(said)
    return text[0].upper() + text[1:]


def headline(result: Result) -> list[tuple[str, str]]:
    """Return what the command line prints: medians over seeds."""
    summary = result.summary

    def shown(limits: list[float] | None) -> str:
        return "none" if limits is None else f"{limits[0]:.2f} to {limits[1]:.2f}"

    lines = []
    for kind, title in (("linear", "linear theory"), ("balanced", "balance of a lone neuron")):
        found = summary["claims"][kind]
        n_right = found["signs_compared"] - len(found["signs_wrong"])
        lines += [
            (f"{title}: signs of c right", f"{n_right} of {found['signs_compared']}"),
            ("  c seen / predicted, D 25-35 ms", shown(found["seen_over_predicted_25_to_35_ms"])),
            ("  where |c| < 0.2", shown(found["the_same_where_c_is_below_0.2"])),
            ("  largest error (mV)", f"{found['largest_error_mV']:.3f}"),
        ]
    modes = summary["modes"]
    lines += [
        ("decay of a mode: rate ~ s^p, p", f"{modes['decay_exponent']:.2f} (2)"),
        ("  rate seen / predicted", f"{modes['decay_ratio']:.2f}"),
        (
            "growth of a mode: p (predicted)",
            f"{modes['growth_exponent']:.2f} ({modes['growth_exponent_predicted']:.2f})",
        ),
        ("  rate seen / predicted", f"{modes['growth_ratio']:.2f}"),
    ]
    for noise, cell in summary["ridge"].items():
        lines.append(
            (
                f"noise {noise} Hz: lambda, fitted (predicted)",
                f"{cell['lambda_fitted']:.2f} ({cell['lambda_predicted']:.2f}); misfit "
                f"{cell['misfit_predicted']:.2f}, pinv {cell['misfit_pinv']:.2f}, "
                f"transpose {cell['misfit_transpose']:.2f}",
            )
        )
    return lines


def draw(result: Result, figure: Figure) -> None:
    """Draw lone neurons, c over the loop delay, rates of the modes and the ridge."""
    rows = figure.add_gridspec(3, 1)
    top, middle, bottom = (figure.add_subfigure(rows[k]) for k in range(3))
    lone, kick, drive = top.subplots(1, 3)
    _draw_lone(result, plotting.panel(lone, "a", "motor neuron alone"))
    _draw_kick(result, plotting.panel(kick, "b", "response to a kick, τ$_m$ 100 ms"))
    _draw_drive(result, plotting.panel(drive, "c", "drive of a neuron that hears itself"))
    slow, fast, agreement = middle.subplots(1, 3)
    for ax, letter, tau_m in ((slow, "d", "100"), (fast, "e", "50")):
        _draw_scale(result, plotting.panel(ax, letter, f"c over D, τ$_m$ {tau_m} ms"), tau_m)
    slow.legend(fontsize=6.5)
    _draw_agreement(result, plotting.panel(agreement, "f", "c seen against predicted"))
    rates, filters, ridges, misfits = bottom.subplots(1, 4, width_ratios=(1.25, 1.25, 1, 1))
    _draw_rates(result, plotting.panel(rates, "g", "rates of the modes"))
    _draw_filters(result, plotting.panel(filters, "h", "modes under sensor noise"))
    _draw_ridges(result, plotting.panel(ridges, "i", "ridge of W"))
    _draw_misfits(result, plotting.panel(misfits, "j", "distance of W"))


def _draw_lone(result: Result, ax: Axes) -> None:
    for tau_m, color in (("100", plotting.BLACK), ("50", plotting.ORANGE)):
        lags = result.arrays[f"autocorrelation_lags_{tau_m}"]
        rate = result.arrays[f"autocorrelation_{tau_m}"]
        ax.plot(lags, rate, color=color, linewidth=1, label=f"τ$_m$ {tau_m} ms")
    ax.set(xlabel="lag (ms)", ylabel="rate after own spike (Hz)", xlim=(0, 300), ylim=(0, None))
    ax.legend(fontsize=7)


def _draw_kick(result: Result, ax: Axes) -> None:
    lags = result.arrays["kick_lags_100"]
    at_once = result.summary["lone"]["100"]["at_once_per_mV"]
    for sign, name, color in (
        ("+", "excited", plotting.BLACK),
        ("−", "inhibited", plotting.VERMILION),
    ):
        values = 1e3 * result.arrays[f"kick_{name}_100"]
        # Averaged over 5 ms, as the rare inhibiting kicks leave much counting noise.
        smooth = values[: len(values) // 5 * 5].reshape(-1, 5).mean(axis=1)
        ax.plot(
            lags[2::5][: len(smooth)],
            smooth,
            color=color,
            linewidth=1,
            label=f"kick of {sign}0.1 mV",
        )
    ax.axhline(0.0, color="grey", linewidth=0.6)
    ax.text(
        0.97,
        0.62,
        f"at once: {at_once:.2f} spikes/mV (+)\n0 (−)",
        transform=ax.transAxes,
        ha="right",
        fontsize=7,
    )
    ax.set(xlabel="lag after the kick (ms)", ylabel="change of rate (Hz/mV)", xlim=(0, 200))
    ax.legend(fontsize=7)


def _draw_drive(result: Result, ax: Axes) -> None:
    delays, scales = result.arrays["delays"], result.arrays["imposed_scales"]
    shown = [d for d in (11.0, 31.0, 61.0) if d in delays]
    for delay, color in zip(shown, (plotting.BLUE, plotting.BLACK, plotting.ORANGE), strict=False):
        curve = result.arrays["imposed_drive_100"][int(np.flatnonzero(delays == delay)[0])]
        ax.plot(scales, curve, color=color, linewidth=1.2, label=f"D {delay:g} ms")
        cell = result.summary["scale"]["100"]["A- 1, 20 ms"][f"{delay:g}"]
        zero = float(np.interp(0.0, scales, curve))
        ax.plot([0.0, cell["c_linear"]], [zero, 0.0], color=color, linewidth=1, linestyle="--")
        ax.plot(cell["c_seen"], 0.0, "o", color=color, markersize=4.5, markerfacecolor="white")
    ax.axhline(0.0, color="grey", linewidth=0.6)
    ax.set(xlabel="c imposed (mV)", ylabel="drive, units of η", xlim=(-0.2, 1.05))
    ax.set_ylim(-0.6, 1.4)  # the upper half is the legend's
    ax.plot([], [], "--", color="grey", label="linear theory")
    ax.plot([], [], "o", color="grey", markerfacecolor="white", label="c learned")
    ax.legend(fontsize=7)


def _draw_scale(result: Result, ax: Axes, tau_m: str) -> None:
    for window, color in COLORS.items():
        cells = result.summary["scale"][tau_m][window]
        spread = result.summary["spread"]["scale"][tau_m][window]
        delays = [float(delay) for delay in cells]

        def values(name: str, cells: dict[str, Any] = cells) -> list[float]:
            return [np.nan if cell[name] is None else cell[name] for cell in cells.values()]

        low, high = ([limits["c_seen"][k] for limits in spread.values()] for k in (0, 1))
        seen = np.array(values("c_seen"))
        ax.errorbar(
            delays,
            seen,
            yerr=np.abs(np.stack([seen - low, high - seen])),
            linestyle="none",
            marker="o",
            markersize=4,
            color=color,
            markerfacecolor="white",
            capsize=2,
            label=f"seen, {window.replace('A-', 'A₋')}",
        )
        ax.plot(delays, values("c_balanced"), color=color, linewidth=1.2)
        ax.plot(delays, values("c_linear"), color=color, linewidth=0.9, linestyle=":")
    ax.plot([], [], "-", color="grey", label="balance of a lone neuron")
    ax.plot([], [], ":", color="grey", label="linear theory")
    ax.axhline(0.0, color="grey", linewidth=0.6)
    ax.set(xlabel="loop delay D (ms)", ylabel="c (mV)", ylim=(-0.25, 1.25))


def _draw_agreement(result: Result, ax: Axes) -> None:
    for kind, color, marker in (
        ("linear", plotting.ORANGE, "s"),
        ("balanced", plotting.BLACK, "o"),
    ):
        pairs = [
            (cell[f"c_{kind}"], cell["c_seen"])
            for windows in result.summary["scale"].values()
            for cells in windows.values()
            for cell in cells.values()
            if cell[f"c_{kind}"] is not None
        ]
        name = "balance of a lone neuron" if kind == "balanced" else "linear theory"
        x, y = np.array(pairs).T
        ax.plot(x, y, marker, linestyle="none", color=color, markersize=3.5, alpha=0.8, label=name)
    line = np.array([-0.2, 1.25])
    ax.plot(line, line, color="grey", linewidth=0.8)
    ax.set(xlabel="c predicted (mV)", ylabel="c seen (mV)", xlim=(-0.25, 1.6), ylim=(-0.25, 1.25))
    ax.legend(fontsize=7, loc="lower right")


def _draw_rates(result: Result, ax: Axes) -> None:
    for kind, color, name in (
        ("decay", plotting.BLACK, "forgetting"),
        ("growth", plotting.VERMILION, "growing from 0"),
    ):
        for k, seed in enumerate(result.summary["per_seed"]):
            modes = seed["modes"]
            s = np.array(list(modes["singular_values"].values()))
            order = np.argsort(s)
            ax.plot(
                s,
                list(modes[kind].values()),
                "o",
                linestyle="none",
                color=color,
                markersize=2.5,
                alpha=0.6,
                label=name if k == 0 else "_",
            )
            if k == 0:
                predicted = np.array(list(modes[f"{kind}_predicted"].values()))
                ax.plot(s[order], predicted[order], color=color, linewidth=1)
    ax.plot([], [], "-", color="grey", label="predicted (first seed)")
    ax.set(
        xlabel="singular value s of G",
        ylabel="rate (1/s)",
        xscale="log",
        yscale="log",
    )
    ticks = [2.0, 3.0, 5.0, 8.0]
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
    ax.legend(fontsize=7)


def _draw_filters(result: Result, ax: Axes) -> None:
    s = np.linalg.svd(result.arrays["response"], compute_uv=False)
    fine = np.linspace(s.min(), s.max(), 100)
    ridge = result.summary["per_seed"][0]["ridge"]
    for (noise, cell), filtered, color in zip(
        ridge.items(), result.arrays["filters"], NOISE_COLORS, strict=True
    ):
        ax.plot(
            s,
            filtered / cell["c_seen"],
            "o",
            linestyle="none",
            color=color,
            markersize=3,
            label=f"{noise} Hz",
        )
        ax.plot(fine, fine**2 / (fine**2 + cell["lambda_predicted"]), color=color, linewidth=1)
    ax.set(
        xlabel="singular value s of G",
        ylabel="v′WGv / c",
        ylim=(0, 1.5),
    )
    ax.plot([], [], "-", color="grey", label="s²/(s² + λ)")
    ax.legend(fontsize=6.5, ncols=3, title="noise a sensor", title_fontsize=7)


def _draw_ridges(result: Result, ax: Axes) -> None:
    cells = [(float(k), v) for k, v in result.summary["ridge"].items() if float(k) > 0]
    spread = result.summary["spread"]["ridge"]
    noise = [rate for rate, _ in cells]
    limits = [spread[f"{rate:g}"]["lambda_fitted"] for rate in noise]
    plotting.ranges(
        ax,
        noise,
        [cell["lambda_fitted"] for _, cell in cells],
        [low for low, _ in limits],
        [high for _, high in limits],
        label="fitted to W",
        color=plotting.BLACK,
    )
    ax.plot(
        noise,
        [cell["lambda_predicted"] for _, cell in cells],
        "--",
        color=plotting.VERMILION,
        label="predicted:\nnoise rate\n/ motor rate",
    )
    ax.set(xlabel="noise a sensor (Hz)", ylabel="λ", xscale="log", yscale="log")
    ax.legend(fontsize=7)


def _draw_misfits(result: Result, ax: Axes) -> None:
    ridge, spread = result.summary["ridge"], result.summary["spread"]["ridge"]
    places = list(range(len(ridge)))
    for name, label, color in (
        ("predicted", "ridge inverse", plotting.BLACK),
        ("pinv", "pseudo-inverse", plotting.BLUE),
        ("transpose", "transpose", plotting.ORANGE),
    ):
        key = f"misfit_{name}"
        plotting.ranges(
            ax,
            places,
            [cell[key] for cell in ridge.values()],
            [limits[key][0] for limits in spread.values()],
            [limits[key][1] for limits in spread.values()],
            label=label,
            color=color,
        )
    ax.set_xticks(places, list(ridge))
    ax.set(xlabel="noise a sensor (Hz)", ylabel="relative misfit", ylim=(0, 1))
    ax.legend(fontsize=6.5, title="of W to", title_fontsize=7)
