"""The slow twin: the model of postdict in plain Python, the oracle for random small networks.

Written from the contract alone; it shares nothing with the C++ core. Here is the event loop, every
event an entry of one heap; what there is to run is added in `twin_parts`; beside them `neurons`,
`conductances`, `crossing`, `currents`, `synapses` and `rules`. Times are whole numbers of
picoseconds, in which what is given in ms is rounded; potentials, currents and weights in mV.

Ties: all that is due in one picosecond is one instant, which the heap yields in the order of the
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
tested; LIFExp and LIFCond add them to their currents or conductances and fire at a crossing alone.
Those that fire are handled by population, then neuron id: record, send, and where there is no
dendritic delay let the synapses learn and remember. What an instant causes lies strictly after it,
so that an instant never grows while it is handled.
"""

from __future__ import annotations

import heapq
import math
from typing import Any

from .common import in_ms, picoseconds, require
from .conductances import LIFCond
from .currents import total
from .neurons import Input, LIFExp
from .rules import (
    AntisymmetricSTDP,
    CausalSTDP,
    CustomSTDP,
    HaasSTDP,
    TripletSTDP,
    VogelsSTDP,
    WindowSTDP,
)
from .synapses import AnyProjection, Projection, SparseProjection, Weights
from .third_factor import Modulated, Signal
from .twin_parts import ARRIVAL, CROSSING, CURRENT, DENDRITE, EMISSION, KICK, Parts
from .worlds import SteppedWorld

__all__ = [
    "AntisymmetricSTDP",
    "CausalSTDP",
    "CustomSTDP",
    "HaasSTDP",
    "Modulated",
    "Projection",
    "SparseProjection",
    "TripletSTDP",
    "Twin",
    "VogelsSTDP",
    "WindowSTDP",
]


class Twin(Parts):
    """Build first, then run."""

    def run_until(self, t: float) -> None:
        """Events in [now, t); what is due at t waits for the next call."""
        end = picoseconds(t)
        require(end >= self.present, "time runs forward")
        while True:
            step = min((world.next_step for world in self.worlds), default=math.inf)
            while self.queue and self.queue[0][0] < min(end, step):
                self.instant(self.queue[0][0])
            if step >= end:
                break
            for world in self.worlds:
                if world.next_step == step:
                    self.ask(world)
        self.present = end

    def ask(self, world: SteppedWorld) -> None:
        """After all that came before its step, and before what comes at it."""
        answer = world.ask(world.heard())
        if world.drive == "current":
            for index, value in zip(world.currents, answer, strict=True):
                self.steps[index].values.append(float(value))
                k = len(self.steps[index].values) - 1
                self.push(world.acts, CURRENT, index, k)
        else:
            for t, i, weight in world.kicks(answer):
                self.kicks.append((world.sensor, weight))
                self.push(t, KICK, len(self.kicks) - 1, i)
        world.k += 1

    def potential(self, population: int, i: int) -> float:
        """V at the present, before the inputs that arrive at this very instant."""
        return self.populations[population].neurons[i].potential(self.present)

    def currents(self, population: int, i: int) -> tuple[float, float]:
        """(g_e, g_i) of a LIFExp, likewise."""
        neuron = self.populations[population].neurons[i]
        if not isinstance(neuron, LIFExp):
            raise TypeError("only LIFExp has currents")
        return neuron.currents(self.present)

    def conductances(self, population: int, i: int) -> tuple[float, float]:
        """(g_e, g_i) of a LIFCond, likewise."""
        neuron = self.populations[population].neurons[i]
        if not isinstance(neuron, LIFCond):
            raise TypeError("only LIFCond has conductances")
        return neuron.conductances(self.present)

    def spikes(self, population: int) -> tuple[list[float], list[int]]:
        """Times and ids, by (time, id): the order in which an instant records them."""
        return list(map(in_ms, self.populations[population].times)), list(
            self.populations[population].ids
        )

    def weights(self, projection: int) -> list[Any]:
        """In the form given: rows (n_post, n_pre), or one number per synapse in the order given."""
        return self.settled(projection).given_weights()

    def set_weights(self, projection: int, weights: Weights) -> None:
        self.settled(projection).set_weights(weights)

    def set_plasticity(self, projection: int, on: bool) -> None:
        """Spikes and arrivals are remembered while plasticity is off."""
        self.settled(projection).plasticity_on = on

    def set_learning_rate(self, projection: int, eta: float) -> None:
        self.projections[projection].eta = eta

    def account_fluxes(self, projection: int, on: bool) -> None:
        self.settled(projection).account(on)

    def fluxes(self, projection: int) -> tuple[list[Any], list[Any]]:
        """What the rule has added and taken while accounted, learning or not, bounds aside."""
        return self.settled(projection).given_fluxes()

    def set_modulator(self, projection: int, signal: Signal) -> None:
        """From now on; what a signal of steps was before now is not heard."""
        self.projections[projection].set_modulator(signal, self.present)

    def settled(self, projection: int) -> AnyProjection:
        """Its weights brought to the present, where a third factor moves them between events."""
        self.projections[projection].settle(self.present)
        return self.projections[projection]

    def instant(self, t: int) -> None:
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

    def step(self, index: int, k: int, t: int) -> None:
        steps = self.steps[index]
        steps.present = steps.values[k]
        population = self.populations[steps.population]
        for i in steps.ids:
            neuron, v_inf = population.neurons[i], population.v_inf[i]
            predicted = neuron.crossing
            neuron.drive(v_inf + total(self.steps, steps.population, i), t)
            if neuron.crossing != predicted:
                self.push(neuron.crossing, CROSSING, steps.population, i)

    def fire(self, population: int, i: int, t: int) -> None:
        self.populations[population].times.append(t)
        self.populations[population].ids.append(i)
        for world in self.worlds:
            if world.motor == population:
                world.spikes.append((t, i))
        for index, projection in enumerate(self.projections):
            if projection.pre == population:
                for delay, arrival in projection.sends(i):
                    self.push(t + delay, ARRIVAL, index, arrival)
            if projection.post == population and projection.dendritic_delay:
                seen = t + picoseconds(projection.dendritic_delay)
                self.push(seen, DENDRITE, index, i)
            elif projection.post == population:
                projection.target_fired(i, t)
