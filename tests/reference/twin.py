"""The slow twin: the model of postdict in plain Python, the oracle for random small networks.

Written from the contract alone; it shares nothing with the C++ core. Here is the event loop, every
event an entry of one heap; beside it `neurons`, `crossing`, `currents`, `synapses` and
`rules`. Times in ms, potentials, currents and weights in mV.

Ties: all that is due at equal doubles is one instant, which the heap yields in the order of the
tuples (time, kind, object, id):

0. CURRENT   by step current in order of creation. V is continuous: nothing else of the instant
             changes by it, not even a crossing that is due exactly then.
1. ARRIVAL   by projection, then source id, then the order in which synapses were given. The
             synapse transmits the weight that it had before, then learns from the arrival, which it
             remembers.
2. DENDRITE  a spike of the target reaches the synapses of a projection with a dendritic delay:
             they learn from it, and remember it.
3. KICK      by kick source in order of creation, then neuron id.
4. CROSSING  of the threshold without further input. V counts as exactly v_thresh.
5. EMISSION  of a spike-time source.

Only then each neuron takes the sums of its inputs: LIF adds them to V, is clipped at v_min and
tested; LIFExp adds them to its currents and fires at a crossing alone. Those that fire are handled
by population, then neuron id: record, send, and where there is no dendritic delay let the synapses
learn and remember. What an instant causes lies strictly after it, so that an instant
never grows while it is handled.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .common import Each, for_each, require, strictly_after
from .currents import StepCurrent, total
from .neurons import LIF, Input, LIFExp, Neuron, drive_and_start
from .rules import AntisymmetricSTDP, CausalSTDP, HaasSTDP, Rule, VogelsSTDP, WindowSTDP
from .synapses import AnyProjection, Projection, SparseProjection, Weights
from .worlds import SteppedWorld

__all__ = [
    "AntisymmetricSTDP",
    "CausalSTDP",
    "HaasSTDP",
    "Projection",
    "SparseProjection",
    "Twin",
    "VogelsSTDP",
    "WindowSTDP",
]

CURRENT, ARRIVAL, DENDRITE, KICK, CROSSING, EMISSION = range(6)

Times = Iterable[float]
Ids = Iterable[int]


@dataclass
class Population:
    """Neurons, or a source, which has a size and no neurons; and the spikes so far."""

    n: int
    neurons: Sequence[Neuron]
    times: list[float] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.v_inf = [neuron.v_inf for neuron in self.neurons]  # without step currents


class Twin:
    """Build first, then run. Handles are indices; populations and sources share one numbering."""

    def __init__(self) -> None:
        self.now = 0.0
        self.populations: list[Population] = []
        self.projections: list[AnyProjection] = []
        self.kicks: list[tuple[int, float]] = []  # (population, weight)
        self.steps: list[StepCurrent] = []
        self.worlds: list[SteppedWorld] = []
        self.queue: list[tuple[float, int, int, int]] = []  # (time, kind, object, id)

    def add_population(
        self,
        n: int,
        tau_m: Each = 20.0,
        v_rest: Each = 0.0,
        v_thresh: Each = 1.0,
        v_reset: Each = 0.0,
        tau_refrac: Each = 0.0,
        i_offset: Each = 0.0,
        v_min: Each | None = None,
        v_init: Each | None = None,
        reset: str = "to",
    ) -> int:
        require(reset in ("to", "by"), "reset is 'to' or 'by'")
        v_inf, v0 = drive_and_start(n, v_rest, i_offset, v_init)
        low = -math.inf if v_min is None else v_min
        given = (tau_m, v_inf, v_thresh, v_reset, tau_refrac, low, v0)
        columns = zip(*(for_each(value, n) for value in given), strict=True)
        return self.add([LIF(*column, by_subtraction=reset == "by") for column in columns])

    def add_population_exp(
        self,
        n: int,
        tau_m: Each = 20.0,
        v_rest: Each = 0.0,
        v_thresh: Each = 1.0,
        v_reset: Each = 0.0,
        tau_refrac: Each = 0.0,
        i_offset: Each = 0.0,
        tau_syn_e: Each = 5.0,
        tau_syn_i: Each = 10.0,
        v_init: Each | None = None,
    ) -> int:
        v_inf, v0 = drive_and_start(n, v_rest, i_offset, v_init)
        given = (tau_m, v_inf, v_thresh, v_reset, tau_refrac, tau_syn_e, tau_syn_i, v0)
        columns = zip(*(for_each(value, n) for value in given), strict=True)
        return self.add([LIFExp(*column) for column in columns])

    def add(self, neurons: Sequence[Neuron]) -> int:
        self.populations.append(Population(len(neurons), neurons))
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

    def add_current(self, population: int, times: Times, values: Times, ids: Ids | None) -> int:
        n = len(self.populations[population].neurons)
        chosen = list(range(n)) if ids is None else [int(i) for i in ids]
        steps = StepCurrent(
            population, n, chosen, list(map(float, times)), list(map(float, values))
        )
        self.steps.append(steps)
        given = steps.times, range(len(steps.times))
        return self.push_given(CURRENT, len(self.steps) - 1, len(steps.times), *given)

    def add_world(self, motor: int, sensor: int, **options: Any) -> None:
        n_sensor = len(self.populations[sensor].neurons)
        world = SteppedWorld(motor, self.populations[motor].n, sensor, **options)
        for i in range(n_sensor if world.drive == "current" else 0):
            world.currents.append(len(self.steps))
            self.steps.append(StepCurrent(sensor, n_sensor, [i], [0.0], [0.0]))
        self.worlds.append(world)

    def append_spikes(self, source: int, times: Times, ids: Ids) -> None:
        """Further spikes of a source, none of them in the past."""
        require(not self.populations[source].neurons, "only a source takes spikes")
        self.push_given(EMISSION, source, self.populations[source].n, times, ids)

    def connect(
        self,
        pre: int,
        post: int,
        weights: Weights,
        axonal_delay: float = 1.0,
        inhibitory: bool = False,
        stdp: Rule | None = None,
        dendritic_delay: float = 0.0,
    ) -> int:
        """All-to-all synapses; weights are a number or (n_post, n_pre)."""
        common = self.common(pre, post, inhibitory, stdp, dendritic_delay)
        return self.project(Projection(axonal_delay=float(axonal_delay), **common), weights)

    def connect_sparse(
        self,
        pre: int,
        post: int,
        pre_ids: Ids,
        post_ids: Ids,
        weights: Each,
        axonal_delay: Each = 1.0,
        inhibitory: bool = False,
        stdp: Rule | None = None,
        dendritic_delay: float = 0.0,
    ) -> int:
        """Synapses given one by one, several of one pair allowed; weights and delays likewise."""
        common = self.common(pre, post, inhibitory, stdp, dendritic_delay)
        pairs = [int(j) for j in pre_ids], [int(i) for i in post_ids]
        synapses = SparseProjection(
            pre_ids=pairs[0], post_ids=pairs[1], axonal_delay=axonal_delay, **common
        )
        return self.project(synapses, weights)

    def common(
        self,
        pre: int,
        post: int,
        inhibitory: bool,
        stdp: Rule | None,
        dendritic_delay: float,
    ) -> dict[str, Any]:
        require(bool(self.populations[post].neurons), "nothing connects onto a source")
        return {
            "pre": pre,
            "post": post,
            "n_pre": self.populations[pre].n,
            "n_post": self.populations[post].n,
            "inhibitory": inhibitory,
            "stdp": stdp,
            "dendritic_delay": float(dendritic_delay),
        }

    def project(self, projection: AnyProjection, weights: Weights) -> int:
        projection.set_weights(weights)
        self.projections.append(projection)
        return len(self.projections) - 1

    def run_until(self, t: float) -> None:
        """Events in [now, t); what is due at t waits for the next call."""
        require(t >= self.now, "time runs forward")
        while True:
            step = min((world.next_step for world in self.worlds), default=math.inf)
            while self.queue and self.queue[0][0] < min(t, step):
                self.instant(self.queue[0][0])
            if step >= t:
                break
            for world in self.worlds:
                if world.next_step == step:
                    self.ask(world)
        self.now = t

    def ask(self, world: SteppedWorld) -> None:
        """After all that came before its step, and before what comes at it."""
        answer = world.ask(world.heard())
        if world.drive == "current":
            for index, value in zip(world.currents, answer, strict=True):
                self.steps[index].values.append(float(value))
                k = len(self.steps[index].values) - 1
                self.push(world.next_step + world.latency, CURRENT, index, k)
        else:
            for t, i, weight in world.kicks(answer):
                self.kicks.append((world.sensor, weight))
                self.push(t, KICK, len(self.kicks) - 1, i)
        world.k += 1

    def potential(self, population: int, i: int) -> float:
        """V at the present, before the inputs that arrive at this very instant."""
        return self.populations[population].neurons[i].potential(self.now)

    def currents(self, population: int, i: int) -> tuple[float, float]:
        """(g_e, g_i) of a LIFExp, likewise."""
        neuron = self.populations[population].neurons[i]
        if not isinstance(neuron, LIFExp):
            raise TypeError("only LIFExp has currents")
        return neuron.currents(self.now)

    def spikes(self, population: int) -> tuple[list[float], list[int]]:
        """Times and ids, by (time, id): the order in which an instant records them."""
        return list(self.populations[population].times), list(self.populations[population].ids)

    def weights(self, projection: int) -> list[Any]:
        """In the form given: rows (n_post, n_pre), or one number per synapse in the order given."""
        return self.projections[projection].given_weights()

    def set_weights(self, projection: int, weights: Weights) -> None:
        self.projections[projection].set_weights(weights)

    def set_plasticity(self, projection: int, on: bool) -> None:
        """Spikes and arrivals are remembered while plasticity is off."""
        self.projections[projection].plasticity_on = on

    def set_learning_rate(self, projection: int, eta: float) -> None:
        self.projections[projection].eta = eta

    def account_fluxes(self, projection: int, on: bool) -> None:
        self.projections[projection].account(on)

    def fluxes(self, projection: int) -> tuple[list[Any], list[Any]]:
        """What the rule has added and taken while accounted, learning or not, bounds aside."""
        return self.projections[projection].given_fluxes()

    def instant(self, t: float) -> None:
        inputs: dict[tuple[int, int], Input] = {}  # (population, id): added as a whole
        firing: list[tuple[int, int]] = []  # one entry per spike
        while self.queue and self.queue[0][0] == t:
            _, kind, index, i = heapq.heappop(self.queue)
            if kind == CURRENT:
                self.step(index, i, t)
            elif kind == ARRIVAL:
                projection = self.projections[index]
                for target, amount in projection.arrive(i, t):
                    given = inputs.setdefault((projection.post, target), Input())
                    given.add(amount, projection.inhibitory)
            elif kind == DENDRITE:
                self.projections[index].target_fired(i, t)
            elif kind == KICK:
                population, weight = self.kicks[index]
                inputs.setdefault((population, i), Input()).add(weight, weight < 0.0)
            elif kind == EMISSION:
                firing.append((index, i))
            elif self.populations[index].neurons[i].crossing == t:  # else remade since
                inputs.setdefault((index, i), Input())
        for (population, i), given in inputs.items():
            neuron = self.populations[population].neurons[i]
            predicted = neuron.crossing
            firing += [(population, i)] * neuron.receive(given, t)
            if neuron.crossing != predicted:
                self.push(neuron.crossing, CROSSING, population, i)
        for population, i in sorted(firing):
            self.fire(population, i, t)

    def step(self, index: int, k: int, t: float) -> None:
        steps = self.steps[index]
        steps.present = steps.values[k]
        population = self.populations[steps.population]
        for i in steps.ids:
            neuron, v_inf = population.neurons[i], population.v_inf[i]
            predicted = neuron.crossing
            neuron.drive(v_inf + total(self.steps, steps.population, i), t)
            if neuron.crossing != predicted:
                self.push(neuron.crossing, CROSSING, steps.population, i)

    def fire(self, population: int, i: int, t: float) -> None:
        self.populations[population].times.append(t)
        self.populations[population].ids.append(i)
        for world in self.worlds:
            if world.motor == population:
                world.spikes.append((t, i))
        for index, projection in enumerate(self.projections):
            if projection.pre == population:
                for delay, arrival in projection.sends(i):
                    self.push(strictly_after(t, t + delay), ARRIVAL, index, arrival)
            if projection.post == population and projection.dendritic_delay:
                seen = strictly_after(t, t + projection.dendritic_delay)
                self.push(seen, DENDRITE, index, i)
            elif projection.post == population:
                projection.target_fired(i, t)

    def push(self, t: float, kind: int, index: int, i: int) -> None:
        if t < math.inf:
            heapq.heappush(self.queue, (t, kind, index, i))

    def push_given(self, kind: int, index: int, n: int, times: Times, ids: Ids) -> int:
        for t, i in zip(times, ids, strict=True):
            require(t >= self.now and 0 <= i < n, f"spike {t, i} in the past or not in 0..{n - 1}")
            self.push(float(t), kind, index, int(i))
        return index
