"""Plasticity rules, from their definitions. Lag = t_post - t_pre at the synapse, in ms; w in mV.

A rule is a window and what every arrival does by itself, both per unit of the learning rate. A
spike of the target pairs with the arrivals up to its instant, a coincident one as lag 0; an arrival
pairs with the target's spikes from before its instant. All of them count, or the latest alone.
Nothing is summed up in advance: every arrival and every spike is remembered.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from itertools import pairwise
from typing import TypeAlias

Update: TypeAlias = float | Callable[[float, float], float]
"""An amount per unit of eta, or the new weight as a function of w and eta."""


@dataclass(frozen=True)
class Rule:
    eta: float
    _: KW_ONLY
    w_max: float = math.inf
    pairing: str = "all"  # or "nearest"
    bounds: str = "hard"  # or "soft"

    @property
    def per_arrival(self) -> float:
        return 0.0

    def window(self, lag: float) -> float:
        raise NotImplementedError

    def counted(self, lags: Sequence[float]) -> Sequence[float]:
        """Those of the spikes of one side that count, the latest last."""
        return lags if self.pairing == "all" else lags[-1:]

    def of_spike(self, lags: Sequence[float], own: Sequence[float]) -> Update:  # noqa: ARG002 -- for triplets
        """What a spike does; the lags are those of the arrivals so far, the latest last.

        `own` are the times (ms) since the target's spikes before this one, in their order.
        """
        return sum(map(self.window, self.counted(lags)))

    def of_arrival(self, lags: Sequence[float], own: Sequence[float]) -> Update:  # noqa: ARG002 -- for triplets
        """What an arrival does; the lags are those of the target's spikes so far.

        `own` are the times (ms) since the arrivals before this one.
        """
        return self.per_arrival + sum(map(self.window, self.counted(lags)))

    def scaled(self, w: float, amount: float) -> float:
        if self.bounds == "soft":
            amount *= 1.0 - w / self.w_max if amount > 0.0 else w / self.w_max
        return amount

    def bounded(self, w: float) -> float:
        return min(max(w, 0.0), self.w_max)

    def changed(self, w: float, amount: float) -> float:
        return self.bounded(w + self.scaled(w, amount))


@dataclass(frozen=True)
class AntisymmetricSTDP(Rule):
    """lag >= 0: A_plus exp(-lag / tau_plus); lag < 0: -A_minus exp(lag / tau_minus)."""

    A_plus: float
    A_minus: float
    tau_plus: float
    tau_minus: float

    def window(self, lag: float) -> float:
        if lag >= 0.0:
            return self.A_plus * math.exp(-lag / self.tau_plus)
        return -self.A_minus * math.exp(lag / self.tau_minus)


@dataclass(frozen=True)
class VogelsSTDP(Rule):
    """Any lag: exp(-|lag| / tau); each arrival: -alpha, alpha = 2 rho tau, rho in Hz."""

    rho: float
    tau: float = 20.0

    @property
    def per_arrival(self) -> float:
        return -2.0 * self.rho * self.tau * 1e-3

    def window(self, lag: float) -> float:
        return math.exp(-abs(lag) / self.tau)


@dataclass(frozen=True)
class CausalSTDP(Rule):
    """lag >= 0: exp(-lag / tau); each arrival: -bias."""

    bias: float
    tau: float = 20.0

    @property
    def per_arrival(self) -> float:
        return -self.bias

    def window(self, lag: float) -> float:
        return math.exp(-lag / self.tau) if lag >= 0.0 else 0.0


@dataclass(frozen=True)
class TripletSTDP(Rule):
    """Pairs as of AntisymmetricSTDP, by amplitudes that grow with what the acting side did before.

    A spike counts with A2_plus + A3_plus y2, y2 = sum of exp(-own / tau_y); an arrival with
    A2_minus + A3_minus x2, x2 = sum of exp(-own / tau_x).
    """

    A2_plus: float
    A2_minus: float
    A3_plus: float
    A3_minus: float
    tau_plus: float
    tau_minus: float
    tau_x: float
    tau_y: float

    def of_spike(self, lags: Sequence[float], own: Sequence[float]) -> float:
        x = sum(math.exp(-lag / self.tau_plus) for lag in self.counted(lags))
        y2 = sum(math.exp(-before / self.tau_y) for before in self.counted(own))
        return x * (self.A2_plus + self.A3_plus * y2)

    def of_arrival(self, lags: Sequence[float], own: Sequence[float]) -> float:
        y = sum(math.exp(lag / self.tau_minus) for lag in self.counted(lags))
        x2 = sum(math.exp(-before / self.tau_x) for before in self.counted(own))
        return -y * (self.A2_minus + self.A3_minus * x2)


@dataclass(frozen=True, kw_only=True)
class CustomSTDP(Rule):
    """The new weight by Python's own arithmetic on sums of exponentials."""

    eta: float = 1.0
    pre: Mapping[str, float]
    post: Mapping[str, float]
    on_pre: str
    on_post: str
    parameters: Mapping[str, float]
    set_to_one: Sequence[str] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "eta", self.parameters.get("eta", 1.0))

    def traces(self, taus: Mapping[str, float], since: Sequence[float]) -> dict[str, float]:
        return {
            name: sum(
                math.exp(-abs(dt) / tau)
                for dt in (since[-1:] if name in self.set_to_one else since)
            )
            for name, tau in taus.items()
        }

    def update(self, text: str, traces: Mapping[str, float]) -> Callable[[float, float], float]:
        functions = {"abs": abs, "min": min, "max": max, "exp": math.exp, "sqrt": math.sqrt}
        functions |= {"log": math.log, "where": lambda holds, a, b: a if holds else b}
        names = {"__builtins__": {}, **functions, **self.parameters, **traces}
        return lambda w, eta: float(eval(text, names, {"w": w, "eta": eta}))

    def of_spike(
        self, lags: Sequence[float], own: Sequence[float]
    ) -> Callable[[float, float], float]:
        x, y = self.traces(self.pre, lags), self.traces(self.post, own)
        return self.update(self.on_post, x | y)

    def of_arrival(
        self, lags: Sequence[float], own: Sequence[float]
    ) -> Callable[[float, float], float]:
        x, y = self.traces(self.pre, own), self.traces(self.post, lags)
        return self.update(self.on_pre, x | y)


@dataclass(frozen=True)
class HaasSTDP(Rule):
    """With s = (lag + latency) / stretch: s^beta exp(-alpha |s|), scaled to have its peak at A."""

    A_plus: float
    A_minus: float
    alpha_plus: float
    alpha_minus: float
    beta: float
    stretch: float
    latency: float
    pairing: str = field(default="nearest", kw_only=True)

    def window(self, lag: float) -> float:
        s = (lag + self.latency) / self.stretch
        sign, alpha = (1.0, self.alpha_plus) if s > 0.0 else (-1.0, self.alpha_minus)
        peak = self.A_plus if s > 0.0 else self.A_minus
        z = alpha * abs(s) / self.beta
        return sign * peak * z**self.beta * math.exp(self.beta * (1.0 - z))


@dataclass(frozen=True)
class WindowSTDP(Rule):
    """Straight from knot to knot, 0 outside; where a lag stands twice, the later value holds."""

    lags: Sequence[float]
    values: Sequence[float]

    def window(self, lag: float) -> float:
        found = 0.0
        for (a, at_a), (b, at_b) in pairwise(zip(self.lags, self.values, strict=True)):
            if a <= lag <= b:
                found = at_b if a == b else at_a + (lag - a) / (b - a) * (at_b - at_a)
        return found
