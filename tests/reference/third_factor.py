"""A third factor: each synapse has a trace of what its rule would do, and a signal makes it act.

``de/dt = -e / tau`` between what the rule adds, ``dw/dt = d(t) e(t)`` within bounds. Every synapse
is brought from event to event and from step to step of the signal, between which w moves one way.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .common import in_ms, picoseconds
from .rules import Rule

Signal = float | tuple[Sequence[float], Sequence[float]]  # constant, or times (ms) and values
Key = tuple[int, int] | int


@dataclass(frozen=True)
class Modulated:
    rule: Rule
    tau_eligibility: float
    modulator: Signal = 0.0


class Traces:
    """Of all synapses of a projection."""

    def __init__(self, tau: float, signal: Signal) -> None:
        self.tau = tau
        self.steps: list[tuple[int, float]] = [(0, 0.0)]  # (ps, 1/ms), each until the next
        self.of: dict[Key, tuple[float, int]] = {}  # trace, and when it had that value
        self.set(signal, 0)

    def set(self, signal: Signal, now: int) -> None:
        """From now on."""
        times, values = ([0.0], [signal]) if isinstance(signal, float) else signal
        given = list(zip(map(picoseconds, times), map(float, values), strict=True))
        past = [value for t, value in given if t <= now]
        self.steps = [step for step in self.steps if step[0] < now]
        self.steps += [(now, past[-1] if past else 0.0), *(step for step in given if step[0] > now)]

    def pieces(self, start: int, end: int) -> Iterable[tuple[int, float]]:
        """How long (ps) the signal has which value, between two times."""
        for (t, value), (following, _) in pairwise([*self.steps, (max(end, self.steps[-1][0]), 0)]):
            first, last = max(t, start), min(following, end)
            if first < last:
                yield last - first, value

    def move(self, key: Key, now: int, change: Callable[[float], None]) -> None:
        """Let the trace of a synapse decay until now, and change its weight on the way."""
        trace, since = self.of.get(key, (0.0, 0))
        for length, value in self.pieces(since, now):
            share = -math.expm1(-in_ms(length) / self.tau)
            change(value * self.tau * trace * share)
            trace *= math.exp(-in_ms(length) / self.tau)
        self.of[key] = trace, now

    def add(self, key: Key, amount: float) -> None:
        """At the time to which the synapse was moved."""
        trace, since = self.of[key]
        self.of[key] = trace + amount, since
