"""Networks, simulations and results at a glance, as HTML for notebooks."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from numbers import Real
from typing import Any

import numpy as np

from .declarations import Declarations
from .parts import Projection, label
from .signals import Steps

Row = Sequence[object]


def table(caption: str, head: Row, rows: Iterable[Row]) -> str:
    """Return an HTML table, or nothing where there are no rows; all cells are escaped."""
    lines = ["".join(f"<td>{html.escape(str(cell))}</td>" for cell in row) for row in rows]
    if not lines:
        return ""
    names = "".join(f"<th>{html.escape(str(name))}</th>" for name in head)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return (
        f"<table><caption>{html.escape(caption)}</caption>"
        f"<thead><tr>{names}</tr></thead><tbody>{body}</tbody></table>"
    )


def of_network(network: Declarations) -> str:
    """Return the parts of a network, and an estimate of its memory."""
    populations = [(p.name, p.size, type(p.neurons).__name__) for p in network.populations]
    sources: list[Row] = [
        (s.name, "Poisson", s.population, f"{_rate(s.rate)}, {s.weight:g} mV")
        for s in network.poisson_sources
    ]
    sources += [(s.name, "current", s.population, "in steps") for s in network.current_sources]
    sources += [
        (s.name, "spikes", "", f"{s.size} neurons, {len(network.spikes(s)[0])} spikes")
        for s in network.spike_sources
    ]
    return "".join(
        [
            f"<p><b>Network</b>, seed {network.seed}, about "
            f"{1e-6 * network.memory().total:.3g} MB with its recorders full</p>",
            table("populations", ("name", "neurons", "model"), populations),
            table("sources", ("name", "kind", "onto", "what"), sources),
            table(
                "projections",
                ("from → to", "synapses", "sign", "axonal delay", "plasticity"),
                [_projection(network, one) for one in network.projections],
            ),
            table(
                "recorders",
                ("what", "when"),
                [
                    (
                        label(r).removeprefix("recorder of "),
                        f"{len(r.times)} times" if r.times else f"every {r.every:g} ms",
                    )
                    for r in network.recorders
                ],
            ),
        ]
    )


def of_simulation(network: Declarations, time: float, n_events: int, spikes: Sequence[int]) -> str:
    """Return the present, the activity so far, and the network; `spikes` are by population."""
    rows = []
    for population, n in zip(network.populations, spikes, strict=True):
        rate = f"{n / population.size / (1e-3 * time):.3g} Hz" if time > 0 else ""
        rows.append((population.name, f"{n:,}", rate))
    return "".join(
        [
            f"<p><b>Simulation</b> at t = {time:g} ms after {n_events:,} synaptic events</p>",
            table("activity since t = 0", ("population", "spikes", "rate of a neuron"), rows),
            of_network(network),
        ]
    )


def of_result(experiment: str, summary: Mapping[str, Any], arrays: Mapping[str, Any]) -> str:
    """Return the numbers of a summary, medians over seeds with their range, and the arrays."""
    spread = summary.get("spread")
    ranges = spread if isinstance(spread, Mapping) else {}  # a user's metric may have the name
    rows = [
        (name, _number(value), _range(ranges.get(name)))
        for name, value in summary.items()
        if isinstance(value, Real) and not isinstance(value, bool)
    ]
    shapes = [
        (name, " × ".join(map(str, np.shape(array))) or "1") for name, array in arrays.items()
    ]
    return "".join(
        [
            f"<p><b>Result</b> of {html.escape(experiment)}</p>",
            table("metrics", ("name", "median", "range over seeds"), rows),
            table("arrays", ("name", "shape"), shapes),
        ]
    )


def _number(value: object) -> str:
    if isinstance(value, Real):
        with suppress(OverflowError):  # an integer that no double holds
            return f"{float(value):.4g}"
    return str(value)


def _range(values: object) -> str:
    return " … ".join(map(_number, values)) if isinstance(values, (list, tuple)) else ""


def _rate(rate: float | Steps) -> str:
    return "rate in steps" if isinstance(rate, Steps) else f"{rate:g} Hz"


def _projection(network: Declarations, one: Projection) -> Row:
    n_post, n_pre = network.synapses(one).shape
    n = getattr(network.synapses(one), "n_synapses", n_post * n_pre)
    delay = "several" if one.axonal_delay is None else f"{one.axonal_delay:g} ms"
    rule = "" if one.plasticity is None else type(one.plasticity).__name__
    return f"{one.pre} → {one.post}", f"{n:,}", "−" if one.inhibitory else "+", delay, rule
