"""A network as boxes and arrows, for `Network.plot`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..plotting.wiring import Arrow, Box, size_of, wiring
from ..steps import Steps
from .parts import Projection
from .registry import Registry

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LONGEST = 18  # signs of a line in a box


def plotted(registry: Registry, ax: Axes | None) -> Axes:
    """Draw a network; see `Network.plot`."""
    boxes, arrows = boxes_of(registry), arrows_of(registry)
    if ax is None:
        from matplotlib import pyplot as plt

        _, ax = plt.subplots(figsize=size_of(boxes, arrows), layout="constrained")
    return wiring(ax, boxes, arrows)


def boxes_of(registry: Registry) -> dict[str, Box]:
    """Return all that is joined, by name."""
    boxes: dict[str, Box] = {}
    for s in registry.poisson_sources:
        boxes[s.name] = Box(_lines(s.name, _rate(s.rate)), "drive")
    for c in registry.current_sources:
        boxes[c.name] = Box(_lines(c.name, "current"), "drive")
    for t in registry.poisson_trains:
        boxes[t.name] = Box(_lines(t.name, f"{t.size} trains, {_rate(t.rate)}"), "source")
    for g in registry.spike_sources:
        boxes[g.name] = Box(_lines(g.name, f"{g.size}, given spikes"), "source")
    for p in registry.populations:
        boxes[p.name] = Box(_lines(p.name, f"{p.size} {type(p.neurons).__name__}"))
    for w in registry.worlds:
        boxes[w.name] = Box(_lines(w.name, f"every {w.interval:g} ms"), "world")
    return boxes


def arrows_of(registry: Registry) -> list[Arrow]:
    """Return all that joins, in the order of the network."""
    arrows = [
        Arrow(s.name, s.population, inhibitory=s.weight < 0) for s in registry.poisson_sources
    ]
    arrows += [Arrow(c.name, c.population) for c in registry.current_sources]
    arrows += [_projection(p) for p in registry.projections]
    for w in registry.worlds:
        arrows += [Arrow(w.motor, w.name), Arrow(w.name, w.sensor, inhibitory=(w.weight or 0) < 0)]
    return arrows


def _projection(p: Projection) -> Arrow:
    made = "->" in p.name  # of the names of what it joins, which the boxes say
    groups = p.pre_ids is not None or p.post_ids is not None
    own = [p.name] if groups or not made else []
    rule = [type(p.plasticity).__name__] if p.plasticity is not None else []
    return Arrow(p.pre, p.post, "\n".join([*own, *rule]), p.inhibitory, bool(rule))


def _rate(rate: float | Steps) -> str:
    return "rates in steps" if isinstance(rate, Steps) else f"{rate:g} Hz"


def _lines(*lines: str) -> str:
    return "\n".join(s if len(s) <= LONGEST else f"{s[: LONGEST - 1]}…" for s in lines)
