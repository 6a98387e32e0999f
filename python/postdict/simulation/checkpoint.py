"""Checkpoints: a network and the whole state of its simulation in one .npz without objects.

The first member, "header", is JSON: format, version, the network's description and a SHA-256 over
all arrays. What is read is checked in this order: the file, the digest, the description (by
building the network anew, which applies every rule), the state (by the core).
"""

from __future__ import annotations

import hashlib
import json
import os
import warnings
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import _checks, _files
from ..connectivity import Triplets
from ..network import Network
from ..network.forms import Entries
from ..network.layouts import Sparse
from ..network.parts import Projection
from ..neurons import MODELS
from ..plasticity import RULES, Rule
from ..steps import Steps
from ..world.protocol import Absent

FORMAT = "postdict checkpoint"
VERSION = 2

Arrays = dict[str, NDArray[Any]]
States = dict[str, dict[str, Any]]
"""The states of worlds, by name."""


class CheckpointError(ValueError):
    """A file is not a whole, unaltered checkpoint of a version that this postdict reads."""


def write(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a checkpoint as a whole or not at all."""
    _files.write_bytes(path, content)


def pack(
    network: Network,
    limits: dict[str, Any],
    state: Arrays,
    streamed: tuple[str, float] | None = None,
    worlds: States | None = None,
) -> bytes:
    """Return the bytes of a checkpoint; `streamed` is a file and what it holds: until when, ms."""
    description, arrays = describe(network)
    states = {
        name: _files.packed(state, arrays, f"world/{k}", name=f"world {name!r}: state()")
        for k, (name, state) in enumerate((worlds or {}).items())
    }
    arrays.update({f"state/{name}": array for name, array in state.items()})
    header = {
        "format": FORMAT,
        "version": VERSION,
        "network": description,
        "limits": limits,
        "streamed": streamed,
        "worlds": states,
    }
    header["digest"] = _digest(header, arrays)
    text = json.dumps(header).encode()
    return _files.npz_bytes({"header": np.frombuffer(text, np.uint8), **arrays})


def unpack(
    content: bytes,
) -> tuple[Network, dict[str, Any], Arrays, tuple[str, float] | None, States]:
    """Return network, limits, the core's state, what was streamed and states of worlds.

    CheckpointError says what is wrong.
    """
    try:
        arrays = _files.read_npz(content)
    except ValueError as error:
        raise CheckpointError(f"not a checkpoint: {error}") from None
    try:
        header = json.loads(arrays.pop("header").tobytes())
        if header["format"] != FORMAT:
            raise CheckpointError(f"not a checkpoint: its format is {header['format']!r}")
        if header["version"] != VERSION:
            raise CheckpointError(
                f"the checkpoint has version {header['version']!r}, this postdict reads {VERSION}"
            )
        digest = header.pop("digest")
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        if isinstance(error, CheckpointError):
            raise
        raise CheckpointError("not a checkpoint: it has no readable header") from None
    if digest != _digest(header, arrays):
        raise CheckpointError("the checkpoint was altered or damaged: its digest does not match")
    prefix = "state/"
    state = {k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)}
    try:
        limits = dict(header["limits"])
        if set(limits) - {"max_rate"} != {"max_recorded_spikes", "max_pending_spikes"}:
            raise KeyError("limits")
        for name, value in limits.items():
            # What `Simulation` would take for a wrong call.
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise TypeError(f"{name} must be a number, got {value!r}")
            if name != "max_rate":
                _checks.integer(name, value)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # said when the network was made
            network = from_description(header["network"], arrays)
        packed = header.get("worlds", {})
        worlds = {w.name: _files.unpacked(packed[w.name], arrays) for w in network.worlds}
        return network, limits, state, _streamed(header["streamed"]), worlds
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        raise CheckpointError(f"the checkpoint describes no valid network: {error}") from None


def equal(one: Network, other: Network) -> bool:
    """Return whether two networks have equal descriptions."""
    return _digest(*describe(one)) == _digest(*describe(other))


def _streamed(given: Any) -> tuple[str, float] | None:
    if given is None:
        return None
    path, before = given
    if not isinstance(path, str):
        raise TypeError("what was streamed has no file name")
    return path, _checks.number("streamed", before, "ms", at_least=0.0)


def _digest(header: dict[str, Any], arrays: Arrays) -> str:
    digest = hashlib.sha256(json.dumps(header, sort_keys=True).encode())
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def describe(network: Network) -> tuple[dict[str, Any], Arrays]:
    """Return a network as JSON can hold it, and the arrays that belong to it."""
    description = {
        "seed": network.seed,
        "populations": [
            {
                "name": p.name,
                "size": p.size,
                "model": type(p.neurons).__name__,
                "parameters": p.neurons.to_dict(),
            }
            for p in network.populations
        ],
        "poisson_sources": [
            {
                "name": s.name,
                "population": s.population,
                "rate": None if isinstance(s.rate, Steps) else s.rate,
                "weight": s.weight,
            }
            for s in network.poisson_sources
        ],
        "current_sources": [
            {
                "name": s.name,
                "population": s.population,
                "ids": None if s.ids is None else list(s.ids),
            }
            for s in network.current_sources
        ],
        "spike_sources": [{"name": s.name, "size": s.size} for s in network.spike_sources],
        "projections": [
            {
                "pre": p.pre,
                "post": p.post,
                "form": network.synapses(p).form,
                "axonal_delay": p.axonal_delay,
                "dendritic_delay": p.dendritic_delay,
                "inhibitory": p.inhibitory,
                "plasticity": _described_rule(p.plasticity),
                "precision": p.precision,
            }
            for p in network.projections
        ],
        "recorders": [
            {
                "target": r.target.index if isinstance(r.target, Projection) else r.target.name,
                "variable": r.variable,
                "every": r.every,
                "times": None if r.times is None else list(r.times),
                "ids": None if r.ids is None else list(r.ids),
                "synapses": None if r.synapses is None else list(r.synapses),
                "max_bytes": r.max_bytes,
            }
            for r in network.recorders
        ],
    }
    if network.worlds:  # a key that networks without any do not have
        description["worlds"] = [asdict(w) for w in network.worlds]
    arrays: Arrays = {}
    for p in network.projections:
        synapses, k = network.synapses(p), p.index
        arrays[f"weights/{k}"] = synapses.weights
        if isinstance(synapses, Sparse):
            arrays[f"weights/{k}"] = synapses.given_weights()
            if p.axonal_delay is None:
                arrays[f"axonal_delay/{k}"] = synapses.given_delays()
            if synapses.form not in ("one", "matrix"):
                arrays[f"pre/{k}"], arrays[f"post/{k}"] = synapses.pairs()
    for k, source in enumerate(network.spike_sources):
        arrays[f"times/{k}"], arrays[f"ids/{k}"] = network.spikes(source)
    for k, poisson in enumerate(network.poisson_sources):
        if isinstance(poisson.rate, Steps):
            arrays |= _described_steps("rate", k, poisson.rate)
    for k, current in enumerate(network.current_sources):
        arrays |= _described_steps("current", k, current.current)
    return description, arrays


def from_description(description: dict[str, Any], arrays: Arrays) -> Network:
    """Return the network that `describe` described, through the checks of `Network`."""
    network = Network(description["seed"])
    for p in description["populations"]:
        network.add_population(p["name"], p["size"], MODELS[p["model"]](**p["parameters"]))
    for k, s in enumerate(description["poisson_sources"]):
        rate = _steps("rate", k, arrays) if s["rate"] is None else s["rate"]
        network.add_poisson(s["name"], s["population"], rate=rate, weight=s["weight"])
    for k, s in enumerate(description["current_sources"]):
        current = _steps("current", k, arrays)
        network.add_current(s["name"], s["population"], current, ids=s["ids"])
    for k, s in enumerate(description["spike_sources"]):
        network.add_spike_source(
            s["name"], s["size"], times=arrays[f"times/{k}"], ids=arrays[f"ids/{k}"]
        )
    for k, p in enumerate(description["projections"]):
        rule, delay = p["plasticity"], p["axonal_delay"]
        network.connect(
            p["pre"],
            p["post"],
            weights=_given_weights(p["form"], k, arrays),
            axonal_delay=arrays[f"axonal_delay/{k}"] if delay is None else delay,
            dendritic_delay=p["dendritic_delay"],
            inhibitory=p["inhibitory"],
            plasticity=RULES[rule["rule"]].from_dict(rule["parameters"]) if rule else None,
            precision=p["precision"],
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
        )
    for w in description.get("worlds", ()):
        given = {k: v for k, v in w.items() if k not in ("name", "interval")}
        network.add_world(w["name"], Absent(w["interval"]), **given)
    return network


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
