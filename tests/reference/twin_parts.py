"""What the slow twin consists of: populations, projections, kicks, currents, worlds; and its heap.

The kinds of entries of the heap are numbered in the order in which one instant takes them; see
`twin`.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .common import Each, for_each, in_ms, picoseconds, require
from .conductances import LIFCond
from .currents import StepCurrent
from .neurons import LIF, LIFExp, Neuron, drive_and_start
from .rules import Rule
from .synapses import AnyProjection, Projection, SparseProjection, Weights
from .third_factor import Modulated
from .worlds import SteppedWorld

CURRENT, ARRIVAL, DENDRITE, KICK, CROSSING, EMISSION = range(6)

Times = Iterable[float]
Ids = Iterable[int]


@dataclass
class Population:
    """Neurons, or a source, which has a size and no neurons; and the spikes so far."""

    n: int
    neurons: Sequence[Neuron]
    times: list[int] = field(default_factory=list)  # ps
    ids: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.v_inf = [neuron.v_inf for neuron in self.neurons]  # without step currents


class Parts:
    """Added one by one. Handles are indices; populations and sources share one numbering."""

    def __init__(self) -> None:
        self.present = 0  # ps
        self.populations: list[Population] = []
        self.projections: list[AnyProjection] = []
        self.kicks: list[tuple[int, float]] = []  # (population, weight)
        self.steps: list[StepCurrent] = []
        self.worlds: list[SteppedWorld] = []
        self.queue: list[tuple[int, int, int, int]] = []  # (time, kind, object, id)

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

    def add_population_cond(
        self,
        n: int,
        tau_m: Each = 20.0,
        v_rest: Each = -60.0,
        v_thresh: Each = -50.0,
        v_reset: Each = -60.0,
        tau_refrac: Each = 0.0,
        i_offset: Each = 0.0,
        tau_syn_e: Each = 5.0,
        tau_syn_i: Each = 10.0,
        e_rev_e: Each = 0.0,
        e_rev_i: Each = -80.0,
        v_init: Each | None = None,
    ) -> int:
        v_inf, v0 = drive_and_start(n, v_rest, i_offset, v_init)
        given = (tau_m, v_inf, v_thresh, v_reset, tau_refrac, tau_syn_e, tau_syn_i)
        given = (*given, e_rev_e, e_rev_i, v0)
        columns = zip(*(for_each(value, n) for value in given), strict=True)
        return self.add([LIFCond(*column) for column in columns])

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
        stdp: Rule | Modulated | None = None,
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
        stdp: Rule | Modulated | None = None,
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
        stdp: Rule | Modulated | None,
        dendritic_delay: float,
    ) -> dict[str, Any]:
        require(bool(self.populations[post].neurons), "nothing connects onto a source")
        return {
            "pre": pre,
            "post": post,
            "n_pre": self.populations[pre].n,
            "n_post": self.populations[post].n,
            "inhibitory": inhibitory,
            "stdp": stdp.rule if isinstance(stdp, Modulated) else stdp,
            "modulated": stdp if isinstance(stdp, Modulated) else None,
            "dendritic_delay": float(dendritic_delay),
        }

    def project(self, projection: AnyProjection, weights: Weights) -> int:
        projection.set_weights(weights)
        self.projections.append(projection)
        return len(self.projections) - 1

    @property
    def now(self) -> float:
        """The present, ms."""
        return in_ms(self.present)

    def push(self, t: float, kind: int, index: int, i: int) -> None:
        if t < math.inf:
            heapq.heappush(self.queue, (int(t), kind, index, i))

    def push_given(self, kind: int, index: int, n: int, times: Times, ids: Ids) -> int:
        for t, i in zip(times, ids, strict=True):
            require(t >= self.now and 0 <= i < n, f"spike {t, i} in the past or not in 0..{n - 1}")
            self.push(picoseconds(float(t)), kind, index, int(i))
        return index
