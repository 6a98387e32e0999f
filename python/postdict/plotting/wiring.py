"""What is connected to what: boxes in columns, from the sources on, and arrows between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from .. import _checks
from .panels import BLACK, BLUE, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Kind: TypeAlias = Literal["population", "source", "drive", "world"]
FACES: dict[Kind, str] = {
    "population": "#ffffff",
    "source": "#eeeeee",
    "drive": "#f7f0d8",
    "world": "#dcefe6",
}
WIDTH, HEIGHT = 1.3, 0.62  # of a box
COLUMN, ROW = 2.7, 1.7  # from one to the next
ALL = ("excitatory", "inhibitory", "plastic")


@_checks.brief
@dataclass(frozen=True)
class Box:
    """A part of a network, with the lines of text in its box.

    Examples
    --------
    >>> from postdict.plotting import Box
    >>> Box("noise", "drive")
    Box(text='noise', kind='drive')
    """

    text: str
    kind: Kind = "population"


@_checks.brief
@dataclass(frozen=True)
class Arrow:
    """A connection from a box to a box, by their names.

    Examples
    --------
    >>> from postdict.plotting import Arrow
    >>> Arrow("cells", "cells", inhibitory=True)
    Arrow(pre='cells', post='cells', inhibitory=True)
    """

    pre: str
    post: str
    label: str = ""
    inhibitory: bool = False
    plastic: bool = False


def size_of(boxes: Mapping[str, Box], arrows: Sequence[Arrow]) -> tuple[float, float]:
    """Return the width and the height (inches) of a figure in which all can be read."""
    places = np.array(list(placed(list(boxes), arrows).values())).reshape(-1, 2)
    (width, height) = np.ptp(places, axis=0) if len(places) else (0.0, 0.0)
    return 0.8 * width + 2.6, 0.8 * height + 2.4


def wiring(ax: Axes, boxes: Mapping[str, Box], arrows: Sequence[Arrow]) -> Axes:
    """Draw boxes, and arrows by their sign (point or bar, colour) and plasticity (broken line).

    Parameters
    ----------
    ax : Axes
    boxes : dict of Box
        By name; those that nothing reaches stand at the left.
    arrows : sequence of Arrow
        Between boxes; from a box to itself as a loop.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from postdict.plotting import Arrow, Box, wiring
    >>> ax = Figure().subplots()
    >>> boxes = {"input": Box("input", "source"), "cells": Box("cells")}
    >>> drawn = wiring(ax, boxes, [Arrow("input", "cells", "learns", plastic=True)])
    >>> [text.get_text() for text in drawn.texts]
    ['input', 'cells', 'learns']
    """
    from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

    places = placed(list(boxes), arrows)
    patches = {}
    for name, box in boxes.items():
        x, y = places[name]
        patches[name] = ax.add_patch(
            FancyBboxPatch(
                (x - WIDTH / 2, y - HEIGHT / 2),
                WIDTH,
                HEIGHT,
                boxstyle="round,pad=0.06" if box.kind != "source" else "square,pad=0.06",
                facecolor=FACES[box.kind],
                edgecolor=BLACK,
                linestyle=":" if box.kind == "world" else "-",
                zorder=2,
            )
        )
        ax.text(x, y, box.text, ha="center", va="center", fontsize=8, zorder=4)
    for arrow, bend in zip(arrows, _bends(arrows, places), strict=True):
        loop = arrow.pre == arrow.post
        a, b = np.array(places[arrow.pre]), np.array(places[arrow.post])
        if loop:
            rise, half = np.sign(bend) * HEIGHT / 2, np.sign(bend) * (0.5 * abs(bend) - 0.25)
            a, b = a + np.array([-half, rise]), b + np.array([half, rise])
        rad = -abs(bend) if loop else bend
        color = BLUE if arrow.inhibitory else VERMILION
        ax.add_patch(
            FancyArrowPatch(
                (float(a[0]), float(a[1])),
                (float(b[0]), float(b[1])),
                arrowstyle="|-|,widthA=0,widthB=0.35" if arrow.inhibitory else "-|>",
                mutation_scale=11,
                connectionstyle=f"arc3,rad={rad}",
                color=color,
                linestyle=(0, (4, 1.5)) if arrow.plastic else "-",
                linewidth=1.4,
                patchA=None if loop else patches[arrow.pre],
                patchB=None if loop else patches[arrow.post],
                shrinkA=4 if loop else 2,
                shrinkB=6 if loop else 3,
            )
        )
        dx, dy = b - a
        x, y = (a + b) / 2 + 0.5 * rad * np.array([dy, -dx])
        ax.text(
            float(x), float(y + 0.06 * np.sign(dx) * loop), arrow.label, ha="center",
            va="center" if not loop else "bottom" if dx > 0 else "top", fontsize=7, color=color,
            zorder=5, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85},
        )  # fmt: skip
    _explain(ax, arrows)
    xs, ys = np.array([*places.values()] or [(0.0, 0.0)]).T
    ax.set(xlim=(xs.min() - 1.2, xs.max() + 1.2), ylim=(ys.min() - 1.3, ys.max() + 1.2))
    ax.set_aspect("equal")
    ax.axis("off")
    return ax


def placed(names: Sequence[str], arrows: Sequence[Arrow]) -> dict[str, tuple[float, float]]:
    """Return where each box stands: in columns by the steps from what nothing reaches."""
    columns = _columns(names, arrows)
    rows: dict[int, list[str]] = {}
    height: dict[str, float] = {}
    for column in sorted(set(columns.values())):
        here = [name for name in names if columns[name] == column]
        before = {name: _mean(height, name, arrows) for name in here}
        here.sort(key=lambda name: -before[name])  # (stable: of equal ones the first at the top)
        rows[column] = here
        for k, name in enumerate(here):
            height[name] = ROW * (0.5 * (len(here) - 1) - k)
    return {name: (COLUMN * columns[name], height[name]) for name in names}


def _columns(names: Sequence[str], arrows: Sequence[Arrow]) -> dict[str, int]:
    reached = {arrow.post for arrow in arrows if arrow.pre != arrow.post}
    columns: dict[str, int] = {}
    front = [name for name in names if name not in reached]
    depth = 0
    while len(columns) < len(names):
        front = front or [next(name for name in names if name not in columns)]
        columns |= dict.fromkeys(front, depth)
        found = [arrow.post for arrow in arrows if arrow.pre in front]
        front = [name for name in dict.fromkeys(found) if name not in columns]
        depth += 1
    return columns


def _mean(height: Mapping[str, float], name: str, arrows: Iterable[Arrow]) -> float:
    before = [height[a.pre] for a in arrows if a.post == name and a.pre in height]
    return sum(before) / len(before) if before else 0.0


def _bends(arrows: Sequence[Arrow], places: Mapping[str, tuple[float, float]]) -> list[float]:
    """Return how much each arrow is bent, so that those of one pair lie apart."""
    among, bends = Counter[tuple[str, str]](), []
    both = {(arrow.pre, arrow.post) for arrow in arrows}
    for arrow in arrows:
        pair = (arrow.pre, arrow.post)
        k = among[pair]
        among[pair] += 1
        if arrow.pre == arrow.post:
            bends.append((1.1 + 0.4 * (k // 2)) * (-1.0 if k % 2 else 1.0))
            continue
        (xa, ya), (xb, yb) = places[arrow.pre], places[arrow.post]
        near = abs(xa - xb) <= COLUMN and abs(ya - yb) <= (ROW if xa == xb else np.inf)
        first = 0.0 if near and pair[::-1] not in both else 0.22
        bends.append(first + 0.25 * k)
    return bends


def _explain(ax: Axes, arrows: Sequence[Arrow]) -> None:
    from matplotlib.lines import Line2D

    there = {
        "excitatory": any(not arrow.inhibitory for arrow in arrows),
        "inhibitory": any(arrow.inhibitory for arrow in arrows),
        "plastic": any(arrow.plastic for arrow in arrows),
    }
    looks: dict[str, dict[str, Any]] = {
        "excitatory": {"color": VERMILION, "marker": ">", "markevery": [1]},
        "inhibitory": {"color": BLUE, "marker": "|", "markevery": [1], "markeredgewidth": 2},
        "plastic": {"color": "grey", "linestyle": (0, (4, 1.5))},
    }
    handles = [Line2D([], [], label=name, **looks[name]) for name in ALL if there[name]]
    if handles:
        ax.legend(
            handles=handles, loc="upper center", bbox_to_anchor=(0.5, 0.03), ncols=3,
            fontsize=8, frameon=False,
        )  # fmt: skip
