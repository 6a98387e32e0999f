"""A world in the loop of the twin: what it hears at its steps, and how its answers come to act.

Step k = 1, 2, ... is at k interval, before the events at that time. Times are picoseconds here, but
ms in what a world hears and answers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .common import in_ms, picoseconds, require


@dataclass
class SteppedWorld:
    """`ask` gets and gives arrays as a world in Python does; interval, latency and tau in ms."""

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
    spikes: list[tuple[int, int]] = field(default_factory=list)  # all that were heard

    def __post_init__(self) -> None:
        require(self.readout in ("counts", "rates", "spikes"), "no such readout")
        require(self.drive in ("current", "kicks", "spikes"), "no such drive")

    @property
    def next_step(self) -> int:
        return self.k * picoseconds(self.interval)

    @property
    def acts(self) -> int:
        """From when on an answer to that step may act."""
        return self.next_step + picoseconds(self.latency)

    def heard(self) -> Any:
        """Read out at the next step, from all spikes of the past."""
        now, before = self.next_step, (self.k - 1) * picoseconds(self.interval)
        recent = sorted(spike for spike in self.spikes if spike[0] >= before)
        if self.readout == "spikes":
            return np.array([in_ms(t) for t, _ in recent]), np.array([j for _, j in recent], int)
        values = [0.0] * self.n_motor
        for t, j in recent if self.readout == "counts" else self.spikes:
            rate = 1e3 * math.exp(-in_ms(now - t) / self.tau) / self.tau
            values[j] += 1.0 if self.readout == "counts" else rate
        return np.array(values, int if self.readout == "counts" else float)

    def kicks(self, answer: Any) -> list[tuple[int, int, float]]:
        """Times, ids and weights of what an answer adds to potentials."""
        acts = self.acts
        if self.drive == "kicks":
            return [(acts, i, float(v)) for i, v in enumerate(answer) if v != 0.0]
        times, ids, *weights = answer
        given = weights[0] if weights else [self.weight] * len(times)
        when = [picoseconds(t) for t in times]
        # A world that counts by its interval as it was before it was rounded may be early by this.
        early = self.k // 2 + 1
        require(all(t >= acts - early for t in when), "a kick comes before its answer acts")
        when = [max(t, acts) for t in when]
        return [(t, int(i), float(w)) for t, i, w in zip(when, ids, given, strict=True)]
