"""What was recorded as a picture, for `Simulation.plot_spikes`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .. import _checks
from ..network.registry import Registry
from ..plotting.activity import activity
from .recordings import Recordings

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plotted(
    registry: Registry,
    recordings: Recordings,
    populations: Sequence[object] | None,
    axes: tuple[Axes, Axes] | None,
    *,
    start: float | None,
    stop: float,
    bin_width: float | None,
    most: int,
) -> tuple[Axes, Axes]:
    """Draw spikes and rates; see `Simulation.plot_spikes`."""
    first, stop = _checks.window(0.0 if start is None else start, stop)
    chosen = registry.populations if populations is None else populations
    trains = {}
    for given in chosen:
        population, selection = registry.firing(given)
        name = population.name if selection is None else population[selection].name
        size = population.size if selection is None else len(selection)
        trains[name] = (*recordings.spikes(given, start, stop), size)
    if axes is None:
        from matplotlib import pyplot as plt

        _, (raster, rates) = plt.subplots(
            2, sharex=True, layout="constrained", figsize=(7.0, 5.0), height_ratios=(3, 1)
        )
    else:
        raster, rates = axes
    return activity(raster, rates, trains, start=first, stop=stop, bin_width=bin_width, most=most)
