"""The two kinds of neuron: LIF with delta synapses, LIFExp with exponential currents.

To the event loop both are V at a time, the next crossing of v_thresh if no input arrives, and
`receive`, which takes all input of one instant and returns the number of spikes.

A spike is counted in whole picoseconds, but a neuron goes on from its crossing itself, which lies
up to half a picosecond before or after.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Protocol

from . import crossing as exact
from .common import Each, for_each, in_ms, picoseconds, require, strictly_after


@dataclass
class Input:
    """What one instant brings to one neuron: sums, in the order of arrival, from 0.0."""

    total: float = 0.0
    excitatory: float = 0.0
    inhibitory: float = 0.0

    def add(self, amount: float, inhibitory: bool) -> None:
        self.total += amount
        if inhibitory:
            self.inhibitory += amount
        else:
            self.excitatory += amount


class Neuron(Protocol):
    crossing: float  # picosecond in which, or inf: when V reaches v_thresh if no input arrives
    v_inf: float

    def potential(self, t: int) -> float: ...

    def drive(self, v_inf: float, t: int) -> None:
        """Let V, which is continuous, run toward another v_inf from t on.

        A neuron at v_thresh at this very instant has got there and fires, if no input prevents it.
        """
        ...

    def receive(self, given: Input, t: int) -> int: ...


@dataclass
class LIF:
    """LIF: V(t) = v_inf + (v0 - v_inf) exp(-(t - t0) / tau_m) for t >= t0, and v0 before t0."""

    tau_m: float
    v_inf: float  # v_rest + i_offset
    v_thresh: float
    v_reset: float
    tau_refrac: float
    v_min: float  # -inf for none
    v0: float
    by_subtraction: bool = field(kw_only=True)
    t0: int = 0  # ps; still to come while the neuron is refractory
    t0_rest: float = 0.0  # ms, which t0 lies before the start itself
    crossing: float = math.inf
    crossing_rest: float = 0.0

    def __post_init__(self) -> None:
        require(self.tau_m > 0.0 and self.tau_refrac >= 0.0, "tau_m > 0 and tau_refrac >= 0")
        require(max(self.v_reset, self.v0) < self.v_thresh, "v_reset and v_init below v_thresh")
        require(self.v_min <= min(self.v_reset, self.v_inf), "v_min above v_reset or v_inf")
        require(not (self.by_subtraction and self.tau_refrac), "reset 'by' excludes tau_refrac")
        self.refractory = picoseconds(self.tau_refrac)
        self.start(self.v0, 0, 0)

    def potential(self, t: int) -> float:
        if t == self.crossing:
            return self.v_thresh
        if t <= self.t0:
            return self.v0
        age = in_ms(t - self.t0) - self.t0_rest
        return self.v_inf + (self.v0 - self.v_inf) * math.exp(-age / self.tau_m)

    def start(self, v: float, t0: int, now: int, rest: float = 0.0) -> None:
        """Let V run from v at t0 on, and predict the crossing."""
        self.v0, self.t0, self.t0_rest, self.crossing = v, t0, rest, math.inf
        if self.v_inf > self.v_thresh:
            ratio = (self.v_inf - v) / (self.v_inf - self.v_thresh)
            after = rest + self.tau_m * math.log(ratio)
            self.crossing, self.crossing_rest = spike_after(t0, after, now)

    def drive(self, v_inf: float, t: int) -> None:
        require(self.v_min <= v_inf, "v_min above v_inf")
        v = min(self.potential(t), math.nextafter(self.v_thresh, -math.inf))
        self.v_inf = v_inf
        if t != self.crossing:
            self.start(v, max(t, self.t0), t, self.t0_rest if t <= self.t0 else 0.0)

    def receive(self, given: Input, t: int) -> int:
        if t < self.t0:
            return 0
        before = self.potential(t)
        rest = self.t0_rest if t == self.t0 else 0.0
        if t == self.crossing:
            rest = self.crossing_rest
        v = max(before + given.total, self.v_min)
        if v < self.v_thresh:
            if v != before:  # input that cancels leaves the prediction as it is, to the last bit
                self.start(v, t, t, rest)
            return 0
        if not self.by_subtraction:
            self.start(self.v_reset, t + self.refractory, t, rest)
            return 1
        spikes = 0
        while v >= self.v_thresh:
            v -= self.v_thresh - self.v_reset
            spikes += 1
        self.start(v, t, t, rest)
        return spikes


@dataclass
class LIFExp:
    """tau_m dV/dt = v_inf - V + g_e + g_i for t >= t0, and V = v0 before t0; dg/dt = -g / tau_syn.

    Input adds to the currents, refractory or not. V is continuous but for the reset, so that only
    a predicted crossing is a spike, and input at its very instant comes too late to prevent it.
    """

    tau_m: float
    v_inf: float  # v_rest + i_offset
    v_thresh: float
    v_reset: float
    tau_refrac: float
    tau_syn_e: float
    tau_syn_i: float
    v0: float
    t0: int = 0  # ps; still to come while the neuron is refractory
    t0_rest: float = 0.0  # ms, which t0 lies before the start itself
    g_e: float = 0.0  # as of t_g
    g_i: float = 0.0
    t_g: int = 0  # ps
    crossing: float = math.inf
    crossing_rest: float = 0.0

    def __post_init__(self) -> None:
        require(self.tau_m > 0.0 and self.tau_refrac >= 0.0, "tau_m > 0 and tau_refrac >= 0")
        require(self.tau_syn_e > 0.0 and self.tau_syn_i > 0.0, "tau_syn_e and tau_syn_i > 0")
        require(max(self.v_reset, self.v0) < self.v_thresh, "v_reset and v_init below v_thresh")
        self.refractory = picoseconds(self.tau_refrac)
        self.start(self.v0, 0, 0)

    def currents(self, t: int, rest: float = 0.0) -> tuple[float, float]:
        age = in_ms(t - self.t_g) + rest
        e, i = math.exp(-age / self.tau_syn_e), math.exp(-age / self.tau_syn_i)
        return self.g_e * e, self.g_i * i

    def course(self) -> exact.Course:
        """V from t0 on."""
        g_e, g_i = self.currents(self.t0, self.t0_rest)
        return exact.Course(
            self.v0, self.v_inf, self.tau_m, g_e, g_i, self.tau_syn_e, self.tau_syn_i
        )

    def potential(self, t: int) -> float:
        if t == self.crossing:
            return self.v_thresh
        if t <= self.t0:
            return self.v0
        v = exact.potential(self.course(), in_ms(t - self.t0) - self.t0_rest)
        return min(v, math.nextafter(self.v_thresh, -math.inf))  # not there yet, despite rounding

    def start(self, v: float, t0: int, now: int, rest: float = 0.0) -> None:
        """Let V run from v at t0 on, and predict the crossing."""
        self.v0, self.t0, self.t0_rest = v, t0, rest
        after = exact.first_crossing(self.course(), self.v_thresh)
        self.crossing = math.inf
        if after < math.inf:
            self.crossing, self.crossing_rest = spike_after(t0, rest + after, now)

    def drive(self, v_inf: float, t: int) -> None:
        v = self.potential(t)
        self.v_inf = v_inf
        if t != self.crossing:
            self.start(v, max(t, self.t0), t, self.t0_rest if t <= self.t0 else 0.0)

    def receive(self, given: Input, t: int) -> int:
        fires = t == self.crossing
        if not (fires or given.excitatory or given.inhibitory):
            return 0  # the prediction stays as it is, to the last bit
        if fires:
            v, t0, rest = self.v_reset, t + self.refractory, self.crossing_rest
        elif t <= self.t0:
            v, t0, rest = self.v0, self.t0, self.t0_rest
        else:
            v, t0, rest = self.potential(t), t, 0.0
        g_e, g_i = self.currents(t)
        self.g_e, self.g_i, self.t_g = g_e + given.excitatory, g_i + given.inhibitory, t
        self.start(v, t0, t, rest)
        return int(fires)


def spike_after(t0: int, after: float, now: int) -> tuple[int, float]:
    """The picosecond of a crossing `after` ms from t0, and what it lies after that, ms."""
    crossing = strictly_after(now, t0 + picoseconds(after))
    return crossing, after - in_ms(crossing - t0)


def drive_and_start(
    n: int, v_rest: Each, i_offset: Each, v_init: Each | None
) -> tuple[list[float], list[float]]:
    """v_inf, which is v_rest + i_offset, and V(0), which is v_rest unless given."""
    rest = for_each(v_rest, n)
    v_inf = [v + i for v, i in zip(rest, for_each(i_offset, n), strict=True)]
    return v_inf, rest if v_init is None else for_each(v_init, n)
