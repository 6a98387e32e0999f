"""A projection as `Network.connect` declares it, checked as a whole."""

from __future__ import annotations

from typing import Any, Literal, Protocol, TypedDict

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks
from ..neurons import LIFCond
from ..plasticity import Rule, check_rule
from . import connecting
from .forms import Bounds
from .groups import Group
from .layouts import Synapses
from .parts import Projection
from .registry import Registry


class Synaptic(TypedDict, total=False):
    """What `Network.connect` is told beside the weights and the rule, to type checkers."""

    axonal_delay: ArrayLike
    dendritic_delay: float
    inhibitory: bool
    allow_multapses: bool
    precision: Literal["double", "single"]
    name: str | None


class SparseMatrix(Protocol):
    """A matrix of scipy.sparse, of any format, to type checkers."""

    @property
    def shape(self) -> Any:
        """(post, pre)."""

    def tocoo(self) -> Any:
        """Return it by coordinates."""


def declared(
    registry: Registry,
    pre: object,
    post: object,
    *,
    weights: Any,
    axonal_delay: ArrayLike,
    dendritic_delay: float,
    inhibitory: bool,
    plasticity: Rule | None,
    allow_multapses: bool,
    precision: Literal["double", "single"],
    name: str | None,
) -> tuple[Projection, Synapses]:
    """Return the next projection of a network and its synapses; see `Network.connect`."""
    (source, pre_ids), (target, post_ids) = registry.senders(pre), registry.neurons(post)
    if plasticity is not None:
        check_rule(plasticity)
    if precision not in ("double", "single"):
        raise ValueError(f"precision must be 'double' or 'single', got {precision!r}")
    if plasticity is not None and precision == "single" and plasticity.w_max < 1e-37:
        raise ValueError(
            "w_max, in single precision, must be at least 1e-37 mV, "
            f"got {_checks.shown(plasticity.w_max)} mV"
        )
    plastic = plasticity is not None
    w_max = plasticity.w_max if plasticity else np.inf
    sizes = (target.size, source.size)
    groups = connecting.Groups(sizes, post_ids, pre_ids) if pre_ids or post_ids else None
    synapses = connecting.declared(
        weights,
        axonal_delay,
        (len(post_ids or range(target.size)), len(pre_ids or range(source.size))),
        Bounds(
            bool(inhibitory) or plastic or isinstance(target.neurons, LIFCond),
            w_max,
            precision == "single",
        ),
        plastic=plastic,
        allow_multapses=allow_multapses,
        groups=groups,
    )
    ends = [
        end.name if isinstance(end, Group) else whole.name
        for end, whole in ((pre, source), (post, target))
    ]
    projection = Projection(
        len(registry.projections),
        source.name,
        target.name,
        synapses.delay,
        bool(inhibitory),
        plasticity,
        _checks.span("dendritic_delay", dendritic_delay, positive=False),
        precision,
        registry.given_or_made(name, "->".join(ends)),
        pre_ids,
        post_ids,
    )
    return projection, synapses
