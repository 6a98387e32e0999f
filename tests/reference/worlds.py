"""A world in the loop of the twin: what it hears at its steps, and how its answers come to act.

Step k = 1, 2, ... is at k interval, before the events at that time.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .common import require


@dataclass
class SteppedWorld:
    """`ask` gets and gives arrays as a world in Python does; times in ms."""

    motor: int
    n_motor: int
    sensor: int
    interval: float
    latency: float
    readout: str
    tau: float
    drive: str
    weight: float
    ask: Callable[[Any], Any]
    currents: list[int] = field(default_factory=list)  # of the sensors, where it drives by these
    k: int = 1
    spikes: list[tuple[float, int]] = field(default_factory=list)  # all that were heard

    def __post_init__(self) -> None:
        require(self.readout in ("counts", "rates", "spikes"), "no such readout")
        require(self.drive in ("current", "kicks", "spikes"), "no such drive")

    @property
    def next_step(self) -> float:
        return self.k * self.interval

    def heard(self) -> Any:
        """Read out at the next step, from all spikes of the past."""
        now, before = self.next_step, (self.k - 1) * self.interval
        recent = sorted(spike for spike in self.spikes if spike[0] >= before)
        if self.readout == "spikes":
            return np.array([t for t, _ in recent]), np.array([j for _, j in recent], int)
        values = [0.0] * self.n_motor
        for t, j in recent if self.readout == "counts" else self.spikes:
            rate = 1e3 * math.exp(-(now - t) / self.tau) / self.tau
            values[j] += 1.0 if self.readout == "counts" else rate
        return np.array(values, int if self.readout == "counts" else float)

    def kicks(self, answer: Any) -> list[tuple[float, int, float]]:
        """Times, ids and weights of what an answer adds to potentials."""
        acts = self.next_step + self.latency
        if self.drive == "kicks":
            return [(acts, i, float(v)) for i, v in enumerate(answer) if v != 0.0]
        times, ids, *weights = answer
        given = weights[0] if weights else [self.weight] * len(times)
        require(all(t >= acts for t in times), "a kick comes before its answer acts")
        return [(float(t), int(i), float(w)) for t, i, w in zip(times, ids, given, strict=True)]
