"""LIFCond: exponential conductances, by power series in short steps.

tau_m V' = v_inf - V - g_e (V - e_rev_e) - g_i (V - e_rev_i) and g_x' = -g_x / tau_syn_x. All are
analytic, and their power series follow from each other term by term; a step is at most as long as
the shortest time constant of its start, so that N_TERMS leave nothing. V is looked at `LOOKS` times
in a step: a crossing lies where it is found at or above threshold, or between two looks where V
turns from rising to falling at or above threshold.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from .common import in_ms, picoseconds, require
from .crossing import bisect
from .neurons import Input, spike_after

N_TERMS = 30
LOOKS = 8
LONGEST = 10_000  # steps


@dataclass
class LIFCond:
    """V runs from v0 at t0 + t0_rest on; input adds to the conductances, refractory or not.

    V is continuous but for the reset, so that only a predicted crossing is a spike, and input at
    its very instant comes too late to prevent it.
    """

    tau_m: float
    v_inf: float  # v_rest + i_offset
    v_thresh: float
    v_reset: float
    tau_refrac: float
    tau_syn_e: float
    tau_syn_i: float
    e_rev_e: float
    e_rev_i: float
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
        require(self.e_rev_i <= self.v_thresh, "e_rev_i at most v_thresh")
        self.refractory = picoseconds(self.tau_refrac)
        self.start(self.v0, 0, 0)

    def conductances(self, t: int, rest: float = 0.0) -> tuple[float, float]:
        age = in_ms(t - self.t_g) + rest
        e, i = math.exp(-age / self.tau_syn_e), math.exp(-age / self.tau_syn_i)
        return self.g_e * e, self.g_i * i

    def series(self, v: float, g_e: float, g_i: float) -> list[float]:
        """V's coefficients in powers of ms."""
        terms, e, i = [v], [g_e], [g_i]
        for k in range(N_TERMS):
            g = [1.0 + e[0] + i[0], *(a + b for a, b in zip(e[1:], i[1:], strict=True))]
            pull = (self.v_inf if k == 0 else 0.0) + e[k] * self.e_rev_e + i[k] * self.e_rev_i
            pull -= sum(a * b for a, b in zip(g, reversed(terms), strict=True))
            terms.append(pull / (self.tau_m * (k + 1)))
            e.append(-e[k] / (self.tau_syn_e * (k + 1)))
            i.append(-i[k] / (self.tau_syn_i * (k + 1)))
        return terms

    def step_from(self, g_e: float, g_i: float) -> float:
        return min(self.tau_m / (1.0 + g_e + g_i), self.tau_syn_e, self.tau_syn_i)

    def decayed(self, s: float, g_e: float, g_i: float) -> tuple[float, float]:
        return g_e * math.exp(-s / self.tau_syn_e), g_i * math.exp(-s / self.tau_syn_i)

    def potential(self, t: int) -> float:
        if t == self.crossing:
            return self.v_thresh
        if t <= self.t0:
            return self.v0
        left = in_ms(t - self.t0) - self.t0_rest
        v, g = self.v0, self.conductances(self.t0, self.t0_rest)
        while left > 0.0:
            step = min(left, self.step_from(*g))
            v, g, left = value(self.series(v, *g), step), self.decayed(step, *g), left - step
        return min(v, math.nextafter(self.v_thresh, -math.inf))  # not there yet, despite rounding

    def never_again(self, g_e: float) -> bool:
        """Whether at threshold V would fall from now on: then it never gets there."""
        most = max(g_e * (self.e_rev_e - self.v_thresh), 0.0)
        return self.v_inf + most < self.v_thresh

    def first_crossing(self) -> float:
        """ms from the start on; inf if there is none."""
        v, g, passed = self.v0, self.conductances(self.t0, self.t0_rest), 0.0
        for _ in range(LONGEST):
            if self.never_again(g[0]):
                return math.inf
            step = self.step_from(*g)
            terms = self.series(v, *g)
            s = crossing_of(terms, self.v_thresh, step)
            if s < math.inf:
                return passed + s
            v, g, passed = value(terms, step), self.decayed(step, *g), passed + step
        return math.inf

    def start(self, v: float, t0: int, now: int, rest: float = 0.0) -> None:
        """Let V run from v at t0 on, and predict the crossing."""
        self.v0, self.t0, self.t0_rest = v, t0, rest
        after = self.first_crossing()
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
        g_e, g_i = self.conductances(t)
        # What inhibits is negative on its way.
        self.g_e, self.g_i, self.t_g = g_e + given.excitatory, g_i - given.inhibitory, t
        self.start(v, t0, t, rest)
        return int(fires)


def value(terms: list[float], s: float) -> float:
    total = 0.0
    for term in reversed(terms):
        total = total * s + term
    return total


def crossing_of(terms: list[float], v_thresh: float, step: float) -> float:
    """The first s in (0, step] at which the series is at threshold, or inf."""
    slopes = [k * term for k, term in enumerate(terms)][1:]
    for a, b in pairwise(step * k / LOOKS for k in range(LOOKS + 1)):
        end = b
        if value(slopes, a) > 0.0 > value(slopes, b):
            end = bisect(lambda s: value(slopes, s) <= 0.0, a, b)
        if value(terms, end) >= v_thresh:
            return bisect(lambda s: value(terms, s) >= v_thresh, a, end)
    return math.inf
