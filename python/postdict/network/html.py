"""Networks and simulations at a glance, as HTML for notebooks."""

from __future__ import annotations

from collections.abc import Sequence

from .._html import Row, table
from ..steps import Steps
from .parts import Projection, label
from .registry import Declarations


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
                "worlds",
                ("name", "hears", "drives", "interval"),
                [(w.name, w.motor, w.sensor, f"{w.interval:g} ms") for w in network.worlds],
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


def _rate(rate: float | Steps) -> str:
    return "rate in steps" if isinstance(rate, Steps) else f"{rate:g} Hz"


def _projection(network: Declarations, one: Projection) -> Row:
    n_post, n_pre = network.synapses(one).shape
    n = getattr(network.synapses(one), "n_synapses", n_post * n_pre)
    delay = "several" if one.axonal_delay is None else f"{one.axonal_delay:g} ms"
    rule = "" if one.plasticity is None else type(one.plasticity).__name__
    return f"{one.pre} → {one.post}", f"{n:,}", "−" if one.inhibitory else "+", delay, rule
