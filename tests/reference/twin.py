"""The slow twin: the model of postdict in plain Python, the oracle for random small networks.

Written from the contract alone; it shares nothing with the C++ core. Every synapse is a number in
a list, every event an entry of one heap. Times in ms, potentials and weights in mV.

Ties: all that is due at equal doubles is one instant, which the heap yields in the order of the
tuples (time, kind, object, id):

1. ARRIVAL   by projection, then source id. The synapse transmits the weight that it had before,
             is then depressed, and the pre trace counts the arrival.
2. KICK      by kick source in order of creation, then neuron id.
3. CROSSING  of the threshold under constant drive. V counts as exactly v_thresh.
4. EMISSION  of a spike-time source.

Only then each neuron adds the sum of its inputs, is clipped at v_min and tested, and those that
fire are handled by population, then neuron id: record, send, potentiate, count in the post trace.
What an instant causes lies strictly after it, so that an instant never grows while it is handled.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable
from dataclasses import dataclass, field

ARRIVAL, KICK, CROSSING, EMISSION = range(4)

Matrix = list[list[float]]  # (n_post, n_pre)
PerNeuron = float | Iterable[float]
Weights = float | Iterable[Iterable[float]]
Times = Iterable[float]
Ids = Iterable[int]


def require(condition: bool, rule: str) -> None:
    if not condition:
        raise ValueError(rule)


def strictly_after(now: float, t: float) -> float:
    """t, or the next double after now where rounding has made t no later than now."""
    return max(t, math.nextafter(now, math.inf))


def per_neuron(value: PerNeuron, n: int) -> list[float]:
    return [float(v) for v in value] if isinstance(value, Iterable) else [float(value)] * n


@dataclass(frozen=True)
class AntisymmetricSTDP:
    """All pairs, lag = t_post - t_pre at the synapse, coincidence counted once as lag 0+.

    lag >= 0: w += eta A_plus exp(-lag / tau_plus); lag < 0: w -= eta A_minus exp(lag / tau_minus).
    """

    eta: float
    A_plus: float
    A_minus: float
    tau_plus: float
    tau_minus: float
    w_max: float = math.inf


class Trace:
    """Sum over the past events of each of n neurons of exp(-age / tau)."""

    def __init__(self, n: int, tau: float) -> None:
        self.tau = tau
        self.value = [0.0] * n  # as of the last event
        self.last = [0.0] * n

    def at(self, i: int, t: float) -> float:
        return self.value[i] * math.exp(-(t - self.last[i]) / self.tau)

    def count(self, i: int, t: float) -> None:
        self.value[i], self.last[i] = self.at(i, t) + 1.0, t


@dataclass
class Neuron:
    """LIF: V(t) = v_inf + (v0 - v_inf) exp(-(t - t0) / tau_m) for t >= t0, and v0 before t0."""

    tau_m: float
    v_inf: float  # v_rest + i_offset
    v_thresh: float
    v_reset: float
    tau_refrac: float
    v_min: float  # -inf for none
    v0: float
    by_subtraction: bool = field(kw_only=True)
    t0: float = 0.0  # still to come while the neuron is refractory
    crossing: float = math.inf  # when V reaches v_thresh if no input arrives

    def __post_init__(self) -> None:
        require(self.tau_m > 0.0 and self.tau_refrac >= 0.0, "tau_m > 0 and tau_refrac >= 0")
        require(max(self.v_reset, self.v0) < self.v_thresh, "v_reset and v_init below v_thresh")
        require(self.v_min <= min(self.v_reset, self.v_inf), "v_min above v_reset or v_inf")
        require(not (self.by_subtraction and self.tau_refrac), "reset 'by' excludes tau_refrac")
        self.start(self.v0, 0.0, 0.0)

    def potential(self, t: float) -> float:
        if t == self.crossing:
            return self.v_thresh
        if t <= self.t0:
            return self.v0
        return self.v_inf + (self.v0 - self.v_inf) * math.exp(-(t - self.t0) / self.tau_m)

    def start(self, v: float, t0: float, now: float) -> None:
        """Let V run from v at t0 on, and predict the crossing."""
        self.v0, self.t0, self.crossing = v, t0, math.inf
        if self.v_inf > self.v_thresh:
            ratio = (self.v_inf - v) / (self.v_inf - self.v_thresh)
            self.crossing = strictly_after(now, t0 + self.tau_m * math.log(ratio))

    def receive(self, total: float, t: float) -> int:
        """Add all input of the instant t, and return the number of spikes."""
        if t < self.t0:
            return 0
        before = self.potential(t)
        v = max(before + total, self.v_min)
        if v < self.v_thresh:
            if v != before:  # input that cancels leaves the prediction as it is, to the last bit
                self.start(v, t, t)
            return 0
        if not self.by_subtraction:
            self.start(self.v_reset, t + self.tau_refrac, t)
            return 1
        spikes = 0
        while v >= self.v_thresh:
            v -= self.v_thresh - self.v_reset
            spikes += 1
        self.start(v, t, t)
        return spikes


@dataclass
class Population:
    """Neurons, or a source, which has a size and no neurons; and the spikes so far."""

    n: int
    neurons: list[Neuron]
    times: list[float] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)


@dataclass
class Projection:
    """All-to-all synapses. Traces are per projection: arrivals depend on the delay."""

    pre: int
    post: int
    shape: tuple[int, int]  # (n_post, n_pre)
    axonal_delay: float
    inhibitory: bool
    stdp: AntisymmetricSTDP | None
    plasticity_on: bool = True

    def __post_init__(self) -> None:
        n_post, n_pre = self.shape
        self.x = Trace(n_pre, self.stdp.tau_plus if self.stdp else 1.0)  # arrivals, per source
        self.y = Trace(n_post, self.stdp.tau_minus if self.stdp else 1.0)  # spikes, per target

    def set_weights(self, weights: Weights) -> None:
        n_post, n_pre = self.shape
        rows = weights if isinstance(weights, Iterable) else [[weights] * n_pre] * n_post
        matrix = [[float(w) for w in row] for row in rows]
        require([len(row) for row in matrix] == [n_pre] * n_post, "weights are (post, pre)")
        low = 0.0 if self.stdp or self.inhibitory else -math.inf
        high = self.stdp.w_max if self.stdp else math.inf
        require(all(low <= w <= high for row in matrix for w in row), "weight out of bounds")
        self.weights = matrix

    def arrive(self, j: int, t: float) -> list[float]:
        """Take a spike of source j, and return the input that it gives to each target."""
        inputs = [-row[j] if self.inhibitory else row[j] for row in self.weights]
        if self.stdp:
            for i in range(self.shape[0]):
                self.change(i, j, -self.stdp.eta * self.stdp.A_minus * self.y.at(i, t))
        self.x.count(j, t)
        return inputs

    def target_fired(self, i: int, t: float) -> None:
        if self.stdp:
            for j in range(self.shape[1]):
                self.change(i, j, self.stdp.eta * self.stdp.A_plus * self.x.at(j, t))
        self.y.count(i, t)

    def change(self, i: int, j: int, amount: float) -> None:
        if self.stdp and self.plasticity_on:
            self.weights[i][j] = min(max(self.weights[i][j] + amount, 0.0), self.stdp.w_max)


class Twin:
    """Build first, then run. Handles are indices; populations and sources share one numbering."""

    def __init__(self) -> None:
        self.now = 0.0
        self.populations: list[Population] = []
        self.projections: list[Projection] = []
        self.kicks: list[tuple[int, float]] = []  # (population, weight)
        self.queue: list[tuple[float, int, int, int]] = []  # (time, kind, object, id)

    def add_population(
        self,
        n: int,
        tau_m: PerNeuron = 20.0,
        v_rest: PerNeuron = 0.0,
        v_thresh: PerNeuron = 1.0,
        v_reset: PerNeuron = 0.0,
        tau_refrac: PerNeuron = 0.0,
        i_offset: PerNeuron = 0.0,
        v_min: PerNeuron | None = None,
        v_init: PerNeuron | None = None,
        reset: str = "to",
    ) -> int:
        require(reset in ("to", "by"), "reset is 'to' or 'by'")
        rest = per_neuron(v_rest, n)
        v_inf = [v + i for v, i in zip(rest, per_neuron(i_offset, n), strict=True)]
        low = -math.inf if v_min is None else v_min
        v0 = rest if v_init is None else v_init
        given = (tau_m, v_inf, v_thresh, v_reset, tau_refrac, low, v0)
        columns = zip(*(per_neuron(value, n) for value in given), strict=True)
        neurons = [Neuron(*column, by_subtraction=reset == "by") for column in columns]
        self.populations.append(Population(n, neurons))
        for i, neuron in enumerate(neurons):
            self.push(neuron.crossing, CROSSING, len(self.populations) - 1, i)
        return len(self.populations) - 1

    def add_spike_source(self, n: int, times: Times, ids: Ids) -> int:
        self.populations.append(Population(n, []))
        return self.push_given(EMISSION, len(self.populations) - 1, n, times, ids)

    def add_kicks(self, population: int, times: Times, ids: Ids, weight: float) -> int:
        self.kicks.append((population, float(weight)))
        n = len(self.populations[population].neurons)
        return self.push_given(KICK, len(self.kicks) - 1, n, times, ids)

    def connect(
        self,
        pre: int,
        post: int,
        weights: Weights,
        axonal_delay: float = 1.0,
        inhibitory: bool = False,
        stdp: AntisymmetricSTDP | None = None,
    ) -> int:
        require(axonal_delay > 0.0, "axonal_delay must be positive")
        require(bool(self.populations[post].neurons), "nothing connects onto a source")
        shape = (self.populations[post].n, self.populations[pre].n)
        self.projections.append(Projection(pre, post, shape, axonal_delay, inhibitory, stdp))
        self.projections[-1].set_weights(weights)
        return len(self.projections) - 1

    def run_until(self, t: float) -> None:
        """Events in [now, t); what is due at t waits for the next call."""
        require(t >= self.now, "time runs forward")
        while self.queue and self.queue[0][0] < t:
            self.instant(self.queue[0][0])
        self.now = t

    def potential(self, population: int, i: int) -> float:
        """V at the present, before the inputs that arrive at this very instant."""
        return self.populations[population].neurons[i].potential(self.now)

    def spikes(self, population: int) -> tuple[list[float], list[int]]:
        """Times and ids, by (time, id): the order in which an instant records them."""
        return list(self.populations[population].times), list(self.populations[population].ids)

    def weights(self, projection: int) -> Matrix:
        return [list(row) for row in self.projections[projection].weights]

    def set_weights(self, projection: int, weights: Weights) -> None:
        self.projections[projection].set_weights(weights)

    def set_plasticity(self, projection: int, on: bool) -> None:
        """Traces run on while plasticity is off."""
        self.projections[projection].plasticity_on = on

    def instant(self, t: float) -> None:
        inputs: dict[tuple[int, int], float] = {}  # (population, id): sum, added as a whole
        firing: list[tuple[int, int]] = []  # one entry per spike
        while self.queue and self.queue[0][0] == t:
            _, kind, index, i = heapq.heappop(self.queue)
            if kind == ARRIVAL:
                post = self.projections[index].post
                for target, w in enumerate(self.projections[index].arrive(i, t)):
                    inputs[post, target] = inputs.get((post, target), 0.0) + w
            elif kind == KICK:
                population, w = self.kicks[index]
                inputs[population, i] = inputs.get((population, i), 0.0) + w
            elif kind == EMISSION:
                firing.append((index, i))
            elif self.populations[index].neurons[i].crossing == t:  # else remade since
                inputs.setdefault((index, i), 0.0)
        for (population, i), total in inputs.items():
            neuron = self.populations[population].neurons[i]
            predicted = neuron.crossing
            firing += [(population, i)] * neuron.receive(total, t)
            if neuron.crossing != predicted:
                self.push(neuron.crossing, CROSSING, population, i)
        for population, i in sorted(firing):
            self.fire(population, i, t)

    def fire(self, population: int, i: int, t: float) -> None:
        self.populations[population].times.append(t)
        self.populations[population].ids.append(i)
        for index, projection in enumerate(self.projections):
            if projection.pre == population:
                self.push(strictly_after(t, t + projection.axonal_delay), ARRIVAL, index, i)
            if projection.post == population:
                projection.target_fired(i, t)

    def push(self, t: float, kind: int, index: int, i: int) -> None:
        if t < math.inf:
            heapq.heappush(self.queue, (t, kind, index, i))

    def push_given(self, kind: int, index: int, n: int, times: Times, ids: Ids) -> int:
        for t, i in zip(times, ids, strict=True):
            require(t >= self.now and 0 <= i < n, f"spike {t, i} in the past or not in 0..{n - 1}")
            self.push(float(t), kind, index, int(i))
        return index
