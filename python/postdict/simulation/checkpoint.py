"""Checkpoints: a network and the whole state of its simulation in one .npz without objects.

The first member, "header", is JSON: format, version, the network's description and a SHA-256 over
all arrays. What is read is checked in this order: the file, the digest, the description (by
building the network anew, which applies every rule), the state (by the core).
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from .. import _checks, _files
from .._types import Arrays, Spikes
from ..network.description import describe, digest, from_description
from ..network.registry import Registry
from .limits import Limits
from .stream_reader import Moved
from .worlds import States

FORMAT = "postdict checkpoint"
VERSION = 5
READ = (VERSION,)  # in those before, parts had no names, or times were no whole picoseconds


class CheckpointError(ValueError):
    """A file is not a whole, unaltered checkpoint of a version that this postdict reads."""


@dataclass(frozen=True)
class Checkpoint:
    """What a file holds of a simulation."""

    registry: Registry
    limits: Limits
    state: Arrays  # of the core
    appended: Mapping[str, Spikes] = field(default_factory=dict)  # by spike source
    moved: Moved | None = None
    worlds: States = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """Return the content of the file."""
        description, arrays = describe(self.registry)
        states = {
            name: _files.packed(state, arrays, f"world/{k}", name=f"world {name!r}: state()")
            for k, (name, state) in enumerate(self.worlds.items())
        }
        for k, source in enumerate(self.registry.spike_sources):
            if source.name in self.appended:
                times, ids = self.appended[source.name]
                arrays |= {f"appended_times/{k}": times, f"appended_ids/{k}": ids}
        arrays |= {f"state/{name}": array for name, array in self.state.items()}
        header = {
            "format": FORMAT,
            "version": VERSION,
            "network": description,
            "limits": self.limits.given(),
            "streamed": None if self.moved is None else list(asdict(self.moved).values()),
            "worlds": states,
        }
        header["digest"] = digest(header, arrays)
        text = json.dumps(header).encode()
        return _files.npz_bytes({"header": np.frombuffer(text, np.uint8), **arrays})

    @classmethod
    def from_bytes(cls, content: bytes) -> Checkpoint:
        """Return what a file holds; CheckpointError says what is wrong with it."""
        try:
            arrays = _files.read_npz(content)
        except ValueError as error:
            raise CheckpointError(f"not a checkpoint: {error}") from None
        header = _checked_header(arrays)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # said when the network was made
                registry = from_description(header["network"], arrays)._registry
            prefix = "state/"
            packed = header.get("worlds", {})
            return cls(
                registry,
                _limits(header["limits"]),
                {k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)},
                _appended(registry, arrays),
                _moved(header["streamed"]),
                {w.name: _files.unpacked(packed[w.name], arrays) for w in registry.worlds},
            )
        except (
            KeyError,
            TypeError,
            ValueError,
            AttributeError,
            IndexError,
            OverflowError,
        ) as error:
            raise CheckpointError(f"the checkpoint describes no valid network: {error}") from None


def _checked_header(arrays: Arrays) -> dict[str, Any]:
    """Take the header from the arrays, whose format, version and digest are right."""
    try:
        header = json.loads(arrays.pop("header").tobytes())
        if header["format"] != FORMAT:
            raise CheckpointError(f"not a checkpoint: its format is {header['format']!r}")
        if header["version"] not in READ:
            raise CheckpointError(
                f"the checkpoint has version {header['version']!r}, this postdict reads "
                f"{' and '.join(map(str, READ))}: projections have names in it"
            )
        written = header.pop("digest")
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        if isinstance(error, CheckpointError):
            raise
        raise CheckpointError("not a checkpoint: it has no readable header") from None
    if written != digest(header, arrays):
        raise CheckpointError("the checkpoint was altered or damaged: its digest does not match")
    return dict(header)


def _limits(given: Mapping[str, Any]) -> Limits:
    if not {"max_recorded_spikes", "max_pending_spikes"} <= set(given):
        raise KeyError("limits")
    return Limits(**given)


def _appended(registry: Registry, arrays: Arrays) -> dict[str, Spikes]:
    return {
        source.name: _checks.spike_arrays(
            source.name, arrays[f"appended_times/{k}"], arrays[f"appended_ids/{k}"], source.size
        )
        for k, source in enumerate(registry.spike_sources)
        if f"appended_times/{k}" in arrays
    }


def _moved(given: Any) -> Moved | None:
    if given is None:
        return None
    path, before = given
    if not isinstance(path, str):
        raise TypeError("what was streamed has no file name")
    return Moved(path, _checks.number("streamed", before, "ms", at_least=0.0))
