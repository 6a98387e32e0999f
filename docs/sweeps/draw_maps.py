"""Draw the maps of `scaling`, docs/figures/scaling-maps.png, from three sweeps that were collected.

    postdict sweep plan docs/sweeps/spread.toml --out spread && postdict sweep run spread
    postdict sweep collect spread --to spread.csv    # likewise sizes and lag
    python docs/sweeps/draw_maps.py spread.csv sizes.csv lag.csv --to docs/figures/scaling-maps.png

A cell is the median over the sweep's seeds; a cross, where the loop ran away with any of them;
nothing, where no point was collected.
"""

from __future__ import annotations

import argparse
import csv
import statistics
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from postdict import plotting

DARK = 0.5  # below it numbers are white


class Map(NamedTuple):
    """What of a table is drawn, over which two settings."""

    x: str
    x_label: str
    y: str
    y_label: str
    metric: str
    title: str


MAPS = {
    "spread": Map(
        "spread", "spread (ms)", "gain", "gain (thresholds in all)", "f1_4hz", "F1 at 4 Hz, ±10 ms"
    ),
    "sizes": Map(
        "n_motor",
        "motor neurons M",
        "n_sensor",
        "sensors S",
        "f1_4hz_noisy",
        "F1 at 4 Hz, noisy, ±5 ms",
    ),
    "lag": Map(
        "inhibition_lag",
        "lag of inhibition (ms)",
        "excitation",
        "excitation E (mV)",
        "f1_4hz",
        "F1 at 4 Hz, currents of 5 ms",
    ),
}


def read(path: str | Path, one: Map) -> dict[tuple[float, float], float | None]:
    """Return the medians over seeds by (x, y); None where one of them has no number.

    ValueError where the table has no such column, or no row.
    """
    with Path(path).open(encoding="utf-8", newline="") as file:
        table = csv.DictReader(file)
        missing = {one.x, one.y, one.metric} - set(table.fieldnames or ())
        if missing:
            raise ValueError(f"{path} has no column {', '.join(sorted(missing))}")
        cells: dict[tuple[float, float], list[str]] = defaultdict(list)
        for row in table:
            cells[float(row[one.x]), float(row[one.y])].append(row[one.metric])
    if not cells:
        raise ValueError(f"{path} has no row")
    return {
        place: statistics.median(map(float, values)) if all(values) else None
        for place, values in cells.items()
    }


def draw(ax: Axes, one: Map, cells: dict[tuple[float, float], float | None]) -> AxesImage:
    """Draw a map with its numbers, the smallest settings at the lower left."""
    xs, ys = (sorted({place[k] for place in cells}) for k in (0, 1))
    values = np.full((len(ys), len(xs)), np.nan)
    for (x, y), value in cells.items():
        column, row = xs.index(x), ys.index(y)
        text, color = "×", "black"
        if value is not None:
            values[row, column] = value
            text, color = f"{value:.2f}", "white" if value < DARK else "black"
        ax.text(column, row, text, color=color, fontsize=7, ha="center", va="center")
    ax.set_xticks(range(len(xs)), [f"{x:g}" for x in xs])
    ax.set_yticks(range(len(ys)), [f"{y:g}" for y in ys])
    ax.set(xlabel=one.x_label, ylabel=one.y_label)
    return ax.imshow(values, origin="lower", aspect="auto", cmap="viridis", vmin=0.0, vmax=1.0)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the tables and write the figure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in MAPS:
        parser.add_argument(name, metavar=f"{name}.csv")
    parser.add_argument("--to", required=True, metavar="FIGURE.png")
    options = vars(parser.parse_args(arguments))
    figure = Figure(figsize=(11.0, 3.6), dpi=150, layout="constrained")
    axes = figure.subplots(1, len(MAPS))
    for letter, ax, (name, one) in zip("abc", axes, MAPS.items(), strict=True):
        image = draw(ax, one, read(options[name], one))
        plotting.panel(ax, letter, one.title)
    bar = figure.colorbar(image, ax=axes, pad=0.01)
    bar.ax.tick_params(labelsize=7)
    figure.savefig(options["to"])


if __name__ == "__main__":
    main()
