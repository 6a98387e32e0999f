"""Synapses: all-to-all or given one by one, fixed or plastic. Every weight is a number in a list.

What a synapse sees: arrivals of its source, axonal_delay after the spikes, and of its target,
dendritic_delay after them. Axonal arrivals also act on the target's potential; dendritic do not.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from .common import Each, for_each, in_ms, picoseconds, require
from .rules import Rule, Update
from .third_factor import Key, Modulated, Signal, Traces

Matrix = list[list[float]]  # (n_post, n_pre)
Weights = float | Iterable[float] | Iterable[Iterable[float]]
# A Key names a synapse: (target, source), or its place in the order given.


@dataclass(kw_only=True)
class Synapses:
    """What both kinds of projection share."""

    pre: int
    post: int
    n_pre: int
    n_post: int
    inhibitory: bool
    stdp: Rule | None
    dendritic_delay: float
    modulated: Modulated | None = None
    plasticity_on: bool = True

    def __post_init__(self) -> None:
        given = self.modulated
        self.traces = Traces(given.tau_eligibility, given.modulator) if given else None
        require(self.dendritic_delay >= 0.0, "dendritic_delay must not be negative")
        self.spikes: list[list[int]] = [[] for _ in range(self.n_post)]  # as the synapses see them
        self.eta = self.stdp.eta if self.stdp else 0.0
        self.accounting = False

    def check(self, weights: Iterable[float]) -> None:
        low = 0.0 if self.stdp or self.inhibitory else -math.inf
        high = self.stdp.w_max if self.stdp else math.inf
        require(all(low <= w <= high for w in weights), "weight out of bounds")

    def sign(self, w: float) -> float:
        return -w if self.inhibitory else w

    def of_arrival(self, t: int, i: int, arrivals: Sequence[int]) -> Update:
        """What the rule does, bounds aside, to a synapse onto target i with these arrivals so far,
        when another reaches it.
        """
        assert self.stdp is not None
        lags = [in_ms(spike - t) for spike in self.spikes[i]]
        return self.stdp.of_arrival(lags, [in_ms(t - before) for before in arrivals])

    def of_spike(self, t: int, i: int, arrivals: Sequence[int]) -> Update:
        """And when its target has fired."""
        assert self.stdp is not None
        lags = [in_ms(t - arrival) for arrival in arrivals]
        return self.stdp.of_spike(lags, [in_ms(t - before) for before in self.spikes[i]])

    def account(self, on: bool) -> None:
        """Count from 0, by synapse, what events add and take."""
        self.accounting = on
        self.added: dict[Key, float] = {}
        self.taken: dict[Key, float] = {}

    def learned(self, key: Key, w: float, update: Update) -> float:
        amount = update(w, self.eta) - w if callable(update) else self.eta * update
        if self.traces:
            assert self.stdp is not None
            self.traces.add(key, self.stdp.scaled(w, amount))
            return w
        self.count(key, amount)
        if self.stdp and self.plasticity_on:
            return self.stdp.changed(w, amount)
        return w

    def count(self, key: Key, amount: float) -> None:
        if self.accounting:
            flux = self.added if amount > 0.0 else self.taken
            flux[key] = flux.get(key, 0.0) + abs(amount)

    def moved(self, key: Key, w: float, t: int) -> float:
        """The weight at t, where a third factor moves it."""

        def change(amount: float) -> None:
            nonlocal w
            assert self.stdp is not None
            self.count(key, amount)
            if self.plasticity_on:
                w = self.stdp.bounded(w + amount)

        if self.traces:
            self.traces.move(key, t, change)
        return w

    def set_modulator(self, signal: Signal, t: int) -> None:
        assert self.traces is not None
        self.traces.set(signal, t)


class AnyProjection(Protocol):
    """What the event loop knows of a projection. An arrival is a number that sorts by source id."""

    pre: int
    post: int
    inhibitory: bool
    stdp: Rule | None
    dendritic_delay: float
    plasticity_on: bool
    eta: float

    def set_weights(self, weights: Weights) -> None: ...

    def given_weights(self) -> Matrix | list[float]: ...

    def settle(self, t: int) -> None:
        """Bring all weights to t."""

    def set_modulator(self, signal: Signal, t: int) -> None: ...

    def account(self, on: bool) -> None: ...

    def given_fluxes(self) -> tuple[Matrix, Matrix] | tuple[list[float], list[float]]:
        """What was added, what was taken."""

    def sends(self, j: int) -> Iterable[tuple[int, int]]:
        """(delay in ps, arrival) of what a spike of source j causes."""

    def arrive(self, arrival: int, t: int) -> Iterable[tuple[int, float]]:
        """Transmit (target, input), then learn from the arrival, then remember it."""

    def target_fired(self, i: int, t: int) -> None:
        """Learn from the spike, then remember it."""


@dataclass(kw_only=True)
class Projection(Synapses):
    """All-to-all with one delay, so that the synapses of one source share their arrivals."""

    axonal_delay: float

    def __post_init__(self) -> None:
        super().__post_init__()
        require(picoseconds(self.axonal_delay) > 0, "axonal_delay must be positive")
        self.arrivals: list[list[int]] = [[] for _ in range(self.n_pre)]

    def set_weights(self, weights: Weights) -> None:
        rows = weights if isinstance(weights, Iterable) else [[weights] * self.n_pre] * self.n_post
        matrix = [for_each(row, self.n_pre) for row in rows]
        require(len(matrix) == self.n_post, "weights are (post, pre)")
        self.check(w for row in matrix for w in row)
        self.weights = matrix

    def given_weights(self) -> Matrix:
        return [list(row) for row in self.weights]

    def given_fluxes(self) -> tuple[Matrix, Matrix]:
        pairs = [[(i, j) for j in range(self.n_pre)] for i in range(self.n_post)]
        added, taken = (
            [[flux.get(pair, 0.0) for pair in row] for row in pairs]
            for flux in (self.added, self.taken)
        )
        return added, taken

    def sends(self, j: int) -> Iterable[tuple[int, int]]:
        return [(picoseconds(self.axonal_delay), j)]

    def arrive(self, arrival: int, t: int) -> Iterable[tuple[int, float]]:
        j = arrival
        for i, row in enumerate(self.weights):
            row[j] = self.moved((i, j), row[j], t)
        inputs = [(i, self.sign(row[j])) for i, row in enumerate(self.weights)]
        if self.stdp:
            for i in range(self.n_post):
                self.change(i, j, self.of_arrival(t, i, self.arrivals[j]))
        self.arrivals[j].append(t)
        return inputs

    def target_fired(self, i: int, t: int) -> None:
        if self.stdp:
            for j in range(self.n_pre):
                self.weights[i][j] = self.moved((i, j), self.weights[i][j], t)
                self.change(i, j, self.of_spike(t, i, self.arrivals[j]))
        self.spikes[i].append(t)

    def settle(self, t: int) -> None:
        for i, row in enumerate(self.weights):
            row[:] = [self.moved((i, j), w, t) for j, w in enumerate(row)]

    def change(self, i: int, j: int, update: Update) -> None:
        self.weights[i][j] = self.learned((i, j), self.weights[i][j], update)


@dataclass(kw_only=True)
class SparseProjection(Synapses):
    """Synapses k = 0, 1, ... in the order given, each with its own delay and arrivals.

    An arrival is the position of its synapse if sorted by source id, then by the order given.
    """

    pre_ids: Sequence[int]
    post_ids: Sequence[int]
    axonal_delay: Each

    def __post_init__(self) -> None:
        super().__post_init__()
        n = len(self.pre_ids)
        require(len(self.post_ids) == n, "pre_ids and post_ids differ in length")
        require(all(0 <= j < self.n_pre for j in self.pre_ids), "pre id out of range")
        require(all(0 <= i < self.n_post for i in self.post_ids), "post id out of range")
        self.delays = for_each(self.axonal_delay, n)
        require(all(picoseconds(d) > 0 for d in self.delays), "axonal_delay must be positive")
        self.arrivals: list[list[int]] = [[] for _ in range(n)]
        self.order = sorted(range(n), key=lambda k: self.pre_ids[k])  # a stable sort

    def set_weights(self, weights: Weights) -> None:
        numbers = weights if isinstance(weights, Iterable) else [weights] * len(self.pre_ids)
        given = [float(w) for w in numbers]  # type: ignore[arg-type]
        require(len(given) == len(self.pre_ids), "one weight per synapse")
        self.check(given)
        self.weights = given

    def given_weights(self) -> list[float]:
        return list(self.weights)

    def given_fluxes(self) -> tuple[list[float], list[float]]:
        every = range(len(self.weights))
        return [self.added.get(k, 0.0) for k in every], [self.taken.get(k, 0.0) for k in every]

    def sends(self, j: int) -> Iterable[tuple[int, int]]:
        return [
            (picoseconds(self.delays[k]), r)
            for r, k in enumerate(self.order)
            if self.pre_ids[k] == j
        ]

    def arrive(self, arrival: int, t: int) -> Iterable[tuple[int, float]]:
        k = self.order[arrival]
        self.weights[k] = self.moved(k, self.weights[k], t)
        i, transmitted = self.post_ids[k], self.sign(self.weights[k])
        if self.stdp:
            self.change(k, self.of_arrival(t, i, self.arrivals[k]))
        self.arrivals[k].append(t)
        return [(i, transmitted)]

    def target_fired(self, i: int, t: int) -> None:
        if self.stdp:
            for k, target in enumerate(self.post_ids):
                if target == i:
                    self.weights[k] = self.moved(k, self.weights[k], t)
                    self.change(k, self.of_spike(t, i, self.arrivals[k]))
        self.spikes[i].append(t)

    def settle(self, t: int) -> None:
        self.weights = [self.moved(k, w, t) for k, w in enumerate(self.weights)]

    def change(self, k: int, update: Update) -> None:
        self.weights[k] = self.learned(k, self.weights[k], update)
