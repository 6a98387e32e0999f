"""The first threshold crossing of a leaky membrane that two decaying currents drive.

tau_m V' = v_inf - V + g_e exp(-s / tau_e) + g_i exp(-s / tau_i), V(0) = v0, s >= 0 in ms, rest mV.

No crossing can be missed. Write D = tau_m V' and g(s) for the two currents together. Then
1. (D exp(s / tau_m))' = exp(s / tau_m) g'(s), and g' = -(g_e(s) / tau_e + g_i(s) / tau_i) is a sum
   of two exponentials: it has no zero, or one in closed form, or is 0 throughout.
2. So D exp(s / tau_m) is monotone before that zero and after it: on each side D has at most one
   zero, which a change of D's sign between the side's ends shows and bisection finds.
3. Between the zeros of D, V is monotone: there it passes v_thresh at most once, and does so
   exactly if it is below at the left end and not below at the right end. Pieces go left to right.
4. The last piece ends at infinity, where V is v_inf. A double takes `HORIZON` slowest time
   constants for infinity, when every exponential is below 1e-217.
5. Rounding may add a zero of D, which splits a monotone piece in two and does no harm, or may hide
   two where D is 0 to the last bits, across which V does not rise by more than its last bits.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

HORIZON = 500.0


class Course(NamedTuple):
    """V from s = 0 on, if nothing arrives."""

    v0: float
    v_inf: float
    tau_m: float
    g_e: float  # at s = 0, either sign
    g_i: float
    tau_e: float
    tau_i: float


def response(s: float, tau_m: float, tau: float) -> float:
    """The solution of tau_m K' = -K + exp(-s / tau), K(0) = 0.

    It is tau / (tau - tau_m) (exp(-s / tau) - exp(-s / tau_m)), or for tau = tau_m the limit
    (s / tau) exp(-s / tau). The slower exponential is taken out, so that nothing overflows.
    """
    x = s * abs(tau - tau_m) / (tau * tau_m)
    return s / tau_m * math.exp(-s / max(tau, tau_m)) * (-math.expm1(-x) / x if x else 1.0)


def potential(c: Course, s: float) -> float:
    return (
        c.v0
        - (c.v_inf - c.v0) * math.expm1(-s / c.tau_m)
        + c.g_e * response(s, c.tau_m, c.tau_e)
        + c.g_i * response(s, c.tau_m, c.tau_i)
    )


def slope(c: Course, s: float) -> float:
    """D = tau_m V', which is v_inf - V + g, integrated from D exp(s / tau_m) in line 1 above."""
    return (
        (c.v_inf - c.v0 + c.g_e + c.g_i) * math.exp(-s / c.tau_m)
        - c.g_e * c.tau_m / c.tau_e * response(s, c.tau_m, c.tau_e)
        - c.g_i * c.tau_m / c.tau_i * response(s, c.tau_m, c.tau_i)
    )


def bisect(holds: Callable[[float], bool], a: float, b: float) -> float:
    """The double from which on `holds` is true, if it is false at a, true at b and changes once."""
    while a < (middle := 0.5 * (a + b)) < b:
        a, b = (a, middle) if holds(middle) else (middle, b)
    return b


def steepest(c: Course) -> list[float]:
    """The zero of g' at s > 0: |g_e| / tau_e exp(-s / tau_e) = |g_i| / tau_i exp(-s / tau_i)."""
    if c.tau_e == c.tau_i or not c.g_e or not c.g_i or (c.g_e > 0.0) == (c.g_i > 0.0):
        return []
    ratio = math.log(abs(c.g_e)) - math.log(abs(c.g_i)) + math.log(c.tau_i / c.tau_e)
    s = ratio * c.tau_e * c.tau_i / (c.tau_i - c.tau_e)
    return [s] if s > 0.0 else []


def turns(c: Course, end: float) -> list[float]:
    """The zeros of D, at most two, where V turns."""

    def rises(s: float) -> bool:
        return slope(c, s) > 0.0

    found = []
    for a, b in pairwise([0.0, *(s for s in steepest(c) if s < end), end]):
        if rises(a) and not rises(b):
            found.append(bisect(lambda s: not rises(s), a, b))
        elif rises(b) and not rises(a):
            found.append(bisect(rises, a, b))
    return found


def first_crossing(c: Course, v_thresh: float) -> float:
    """The smallest s > 0 with V(s) >= v_thresh, given that V(0) is below, or infinity."""
    end = HORIZON * max(c.tau_m, c.tau_e, c.tau_i)
    ends = [(s, potential(c, s)) for s in turns(c, end)]
    a = 0.0
    for b, v in [*ends, (end, c.v_inf)]:
        # V that approaches v_inf = v_thresh from below never gets there.
        if v > v_thresh or (v == v_thresh and b < end):
            return bisect(lambda s: potential(c, s) >= v_thresh, a, b)
        a = b
    return math.inf
