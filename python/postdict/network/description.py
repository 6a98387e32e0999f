"""A network as JSON and arrays, and built again from them through the checks of `Network`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

import numpy as np

from .._types import Arrays
from ..connectivity import Triplets
from ..neurons import MODELS
from ..plasticity import RULES, Rule
from ..steps import Steps
from ..world.protocol import Absent
from .forms import Entries
from .layouts import Sparse
from .network import Network
from .parts import Projection
from .registry import Registry


def describe(registry: Registry) -> tuple[dict[str, Any], Arrays]:
    """Return a network as JSON can hold it, and the arrays that belong to it."""
    description = {
        "seed": registry.seed,
        "populations": [
            {
                "name": p.name,
                "size": p.size,
                "model": type(p.neurons).__name__,
                "parameters": p.neurons.to_dict(),
            }
            for p in registry.populations
        ],
        "poisson_sources": [
            {
                "name": s.name,
                "population": s.population,
                "rate": None if isinstance(s.rate, Steps) else s.rate,
                "weight": s.weight,
                "ids": None if s.ids is None else list(s.ids),
            }
            for s in registry.poisson_sources
        ],
        "current_sources": [
            {
                "name": s.name,
                "population": s.population,
                "ids": None if s.ids is None else list(s.ids),
            }
            for s in registry.current_sources
        ],
        "spike_sources": [{"name": s.name, "size": s.size} for s in registry.spike_sources],
        "poisson_trains": [
            {
                "name": s.name,
                "size": s.size,
                "rate": None if isinstance(s.rate, Steps) else s.rate,
            }
            for s in registry.poisson_trains
        ],
        "projections": [
            {
                "name": p.name,
                "pre": p.pre,
                "post": p.post,
                "pre_ids": None if p.pre_ids is None else list(p.pre_ids),
                "post_ids": None if p.post_ids is None else list(p.post_ids),
                "form": registry.synapses[p.index].form,
                "axonal_delay": p.axonal_delay,
                "dendritic_delay": p.dendritic_delay,
                "inhibitory": p.inhibitory,
                "plasticity": _described_rule(p.plasticity),
                "precision": p.precision,
            }
            for p in registry.projections
        ],
        "recorders": [
            {
                "name": r.name,
                "target": r.target.index if isinstance(r.target, Projection) else r.target.name,
                "variable": r.variable,
                "every": r.every,
                "times": None if r.times is None else list(r.times),
                "ids": None if r.ids is None else list(r.ids),
                "synapses": None if r.synapses is None else list(r.synapses),
                "max_bytes": r.max_bytes,
            }
            for r in registry.recorders
        ],
    }
    if registry.worlds:  # a key that networks without any do not have
        description["worlds"] = [asdict(w) for w in registry.worlds]
    arrays: Arrays = {}
    for p in registry.projections:
        synapses, k = registry.synapses[p.index], p.index
        arrays[f"weights/{k}"] = synapses.weights
        if isinstance(synapses, Sparse):
            arrays[f"weights/{k}"] = synapses.given_weights()
            if p.axonal_delay is None:
                arrays[f"axonal_delay/{k}"] = synapses.given_delays()
            if synapses.form not in ("one", "matrix"):
                arrays[f"pre/{k}"], arrays[f"post/{k}"] = synapses.pairs()
    for k, source in enumerate(registry.spike_sources):
        arrays[f"times/{k}"], arrays[f"ids/{k}"] = registry.spikes_of(source)
    for k, poisson in enumerate(registry.poisson_sources):
        if isinstance(poisson.rate, Steps):
            arrays |= _described_steps("rate", k, poisson.rate)
    for k, trains in enumerate(registry.poisson_trains):
        if isinstance(trains.rate, Steps):
            arrays |= _described_steps("train_rate", k, trains.rate)
    for k, current in enumerate(registry.current_sources):
        arrays |= _described_steps("current", k, current.current)
    return description, arrays


def from_description(description: dict[str, Any], arrays: Arrays) -> Network:
    """Return the network that `describe` described, through the checks of `Network`."""
    network = Network(description["seed"])
    for p in description["populations"]:
        network.add_population(p["name"], p["size"], MODELS[p["model"]](**p["parameters"]))
    for k, s in enumerate(description["poisson_sources"]):
        rate = _steps("rate", k, arrays) if s["rate"] is None else s["rate"]
        network.add_poisson(s["name"], s["population"], rate=rate, weight=s["weight"], ids=s["ids"])
    for k, s in enumerate(description["current_sources"]):
        current = _steps("current", k, arrays)
        network.add_current(s["name"], s["population"], current, ids=s["ids"])
    for k, s in enumerate(description["spike_sources"]):
        network.add_spike_source(
            s["name"], s["size"], times=arrays[f"times/{k}"], ids=arrays[f"ids/{k}"]
        )
    for k, s in enumerate(description["poisson_trains"]):
        rate = _steps("train_rate", k, arrays) if s["rate"] is None else s["rate"]
        network.add_poisson_source(s["name"], s["size"], rate=rate)
    for k, p in enumerate(description["projections"]):
        rule, delay = p["plasticity"], p["axonal_delay"]
        network.connect(
            _end(network, p["pre"], p["pre_ids"]),
            _end(network, p["post"], p["post_ids"]),
            weights=_given_weights(p["form"], k, arrays),
            axonal_delay=arrays[f"axonal_delay/{k}"] if delay is None else delay,
            dendritic_delay=p["dendritic_delay"],
            inhibitory=p["inhibitory"],
            plasticity=RULES[rule["rule"]].from_dict(rule["parameters"]) if rule else None,
            precision=p["precision"],
            name=p["name"],
        )
    for r in description["recorders"]:
        target = r["target"]
        network.record(
            network.projections[target] if isinstance(target, int) else target,
            r["variable"],
            every=r["every"],
            times=r["times"],
            ids=r["ids"],
            synapses=r["synapses"],
            max_bytes=r["max_bytes"],
            name=r["name"],
        )
    for w in description.get("worlds", ()):
        given = {k: v for k, v in w.items() if k not in ("name", "interval")}
        network.add_world(w["name"], Absent(w["interval"]), **given)
    return network


def _end(network: Network, name: str, ids: list[int] | None) -> Any:
    """Return what is connected: a name, or a group."""
    if ids is None:
        return name
    whole: Any = network[name]
    return whole[ids]


def equal(registry: Registry, other: Registry) -> bool:
    """Return whether two networks have equal descriptions."""
    return digest(*describe(registry)) == digest(*describe(other))


def digest(header: dict[str, Any], arrays: Arrays) -> str:
    """Return a SHA-256 over what JSON holds and over all arrays."""
    result = hashlib.sha256(json.dumps(header, sort_keys=True).encode())
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        result.update(f"{name} {array.dtype.str} {array.shape}".encode())
        result.update(array.tobytes())
    return result.hexdigest()


def _described_rule(rule: Rule | None) -> dict[str, Any] | None:
    if rule is None:
        return None
    return {"rule": type(rule).__name__, "parameters": rule.to_dict()}


def _described_steps(kind: str, k: int, steps: Steps) -> Arrays:
    return {f"{kind}_times/{k}": steps.times, f"{kind}_values/{k}": steps.values}


def _steps(kind: str, k: int, arrays: Arrays) -> Steps:
    return Steps(arrays[f"{kind}_times/{k}"], arrays[f"{kind}_values/{k}"])


def _given_weights(form: str, k: int, arrays: Arrays) -> Any:
    """Return the declared weights of projection `k` so that `connect` finds the same form."""
    weights = arrays[f"weights/{k}"]
    if form in ("one", "matrix"):
        return weights
    if form == "triplets":
        return Triplets(arrays[f"pre/{k}"], arrays[f"post/{k}"], weights)
    return Entries(form, arrays[f"post/{k}"], arrays[f"pre/{k}"], weights)
