"""Networks and simulations at a glance, as HTML for notebooks."""

from __future__ import annotations

from collections.abc import Sequence

from .. import _checks
from .._html import Row, table
from ..steps import Steps
from . import memory
from .parts import CurrentSource, PoissonSource, Projection, label
from .registry import Registry


def in_a_line(registry: Registry, *, whole: bool = False) -> str:
    """Return a network as its repr shows it: the first parts, or the `whole`."""
    parts = [f"{p.name}[{p.size}]" for p in registry.emitters()]
    onto: list[PoissonSource | CurrentSource]
    onto = [*registry.poisson_sources, *registry.current_sources]
    parts += [f"{s.name}→{s.population}" for s in onto]
    parts += [
        f"{p.pre}→{p.post}{' inhibitory' * p.inhibitory}{' plastic' * bool(p.plasticity)}"
        for p in registry.projections
    ]
    parts += [f"{w.motor}→{w.name}→{w.sensor}" for w in registry.worlds]
    shown = ", ".join(parts) if whole else _checks.first_of(parts)
    return f"Network(seed={registry.seed}: {shown})"


def of_network(registry: Registry) -> str:
    """Return the parts of a network, and an estimate of its memory."""
    populations = [(p.name, p.size, type(p.neurons).__name__) for p in registry.populations]
    sources: list[Row] = [
        (s.name, "Poisson", s.population, f"{_rate(s.rate)}, {s.weight:g} mV")
        for s in registry.poisson_sources
    ]
    sources += [(s.name, "current", s.population, "in steps") for s in registry.current_sources]
    sources += [
        (s.name, "Poisson trains", "", f"{s.size} neurons, {_rate(s.rate)}")
        for s in registry.poisson_trains
    ]
    sources += [
        (s.name, "spikes", "", f"{s.size} neurons, {len(registry.spikes_of(s)[0])} spikes")
        for s in registry.spike_sources
    ]
    return "".join(
        [
            f"<p><b>Network</b>, seed {registry.seed}, about "
            f"{memory.of_network(registry).in_words()}</p>",
            table("populations", ("name", "neurons", "model"), populations),
            table("sources", ("name", "kind", "onto", "what"), sources),
            table(
                "projections",
                ("from → to", "synapses", "sign", "axonal delay", "plasticity"),
                [_projection(registry, p) for p in registry.projections],
            ),
            table(
                "worlds",
                ("name", "hears", "drives", "interval"),
                [(w.name, w.motor, w.sensor, f"{w.interval:g} ms") for w in registry.worlds],
            ),
            table(
                "recorders",
                ("what", "when"),
                [
                    (
                        label(r).removeprefix("recorder of "),
                        f"{len(r.times)} times" if r.times else f"every {r.every:g} ms",
                    )
                    for r in registry.recorders
                ],
            ),
        ]
    )


def of_simulation(registry: Registry, time: float, n_events: int, spikes: Sequence[int]) -> str:
    """Return the present, the activity so far, and the network; `spikes` are by population."""
    rows = []
    for population, n in zip(registry.populations, spikes, strict=True):
        rate = f"{n / population.size / (1e-3 * time):.3g} Hz" if time > 0 else ""
        rows.append((population.name, f"{n:,}", rate))
    return "".join(
        [
            f"<p><b>Simulation</b> at t = {time:g} ms after {n_events:,} synaptic events</p>",
            table("activity since t = 0", ("population", "spikes", "rate of a neuron"), rows),
            of_network(registry),
        ]
    )


def _rate(rate: float | Steps) -> str:
    return "rates in steps" if isinstance(rate, Steps) else f"{rate:g} Hz"


def _projection(registry: Registry, projection: Projection) -> Row:
    delay = projection.axonal_delay
    rule = projection.plasticity
    return (
        f"{projection.pre} → {projection.post}",
        f"{registry.synapses[projection.index].n_synapses:,}",
        "−" if projection.inhibitory else "+",
        "several" if delay is None else f"{delay:g} ms",
        "" if rule is None else type(rule).__name__,
    )
