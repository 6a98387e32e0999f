"""What came of a model, and where two outcomes part."""

from dataclasses import dataclass, field

import numpy as np


@dataclass
class Outcome:
    spikes: dict[str, tuple]  # times, ids
    potentials: dict[str, np.ndarray]  # at the end
    weights: list[np.ndarray]  # at the end
    # (time, what): read at pauses, or sampled by recorders
    readings: dict[tuple[float, str], np.ndarray] = field(default_factory=dict)


def assert_same(one, other, tolerance=1.5e-9):
    """The differences that are first in time are named, the root of all others among them.

    A crossing in the middle between two picoseconds may be rounded to either.
    """
    found = []  # (time, text)
    for name, spikes in one.spikes.items():
        found += spikes_part(name, spikes, other.spikes[name], tolerance)
    for key in one.readings.keys() & other.readings.keys():
        found += values_part(*key, one.readings[key], other.readings[key], tolerance)
    for name, values in one.potentials.items():
        theirs = other.potentials[name]
        found += values_part(np.inf, f"v of {name}", values, theirs, tolerance)
    for k, (values, theirs) in enumerate(zip(one.weights, other.weights, strict=True)):
        found += values_part(np.inf, f"weights of projection {k}", values, theirs, tolerance)
    assert not found, "\n".join(f"{t} ms: {text}" for t, text in sorted(found)[:5])


def spikes_part(name, ours, theirs, tolerance):
    n = min(len(ours[0]), len(theirs[0]))
    late = np.abs(np.asarray(ours[0])[:n] - np.asarray(theirs[0])[:n]) > tolerance
    wrong = late | (np.asarray(ours[1])[:n] != np.asarray(theirs[1])[:n])
    k = int(np.argmax(wrong)) if wrong.any() else n
    if k == len(ours[0]) == len(theirs[0]):
        return []
    next_ones = [
        [(float(t), int(i)) for t, i in zip(*s, strict=True)][k : k + 3] for s in (ours, theirs)
    ]
    time = min((spikes[0][0] for spikes in next_ones if spikes), default=np.inf)
    return [(time, f"spikes of {name} from number {k} on: {next_ones[0]}, expected {next_ones[1]}")]


def values_part(time, what, ours, theirs, tolerance):
    ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
    # Of large potentials, which many inputs made, the last bits are larger.
    if np.allclose(ours, theirs, rtol=0.01 * tolerance, atol=tolerance, equal_nan=True):
        return []
    return [(time, f"{what}: {ours.tolist()}, expected {theirs.tolist()}")]
