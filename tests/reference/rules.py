"""Plasticity rules. Lag = t_post - t_pre at the synapse; w in mV, times in ms, rates in Hz.

All pairs count, by two traces: x of the arrivals and y of the target's spikes, raised by one each
time. A synapse whose arrival and whose target's spike fall on one instant meets `at_arrival` first,
from the y before it, then `at_spike`, from the x with it: the pair counts once, as lag 0+.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol


class Rule(Protocol):
    """Both amounts are added to w, which is then put back into [0, w_max]."""

    @property
    def w_max(self) -> float: ...

    @property
    def tau_x(self) -> float: ...

    @property
    def tau_y(self) -> float: ...

    def at_arrival(self, y: float) -> float: ...

    def at_spike(self, x: float) -> float: ...


@dataclass(frozen=True)
class AntisymmetricSTDP:
    """lag >= 0: eta A_plus exp(-lag / tau_plus); lag < 0: -eta A_minus exp(lag / tau_minus)."""

    eta: float
    A_plus: float
    A_minus: float
    tau_plus: float
    tau_minus: float
    w_max: float = math.inf

    @property
    def tau_x(self) -> float:
        return self.tau_plus

    @property
    def tau_y(self) -> float:
        return self.tau_minus

    def at_arrival(self, y: float) -> float:
        return -self.eta * self.A_minus * y

    def at_spike(self, x: float) -> float:
        return self.eta * self.A_plus * x


@dataclass(frozen=True)
class VogelsSTDP:
    """Any lag: eta exp(-|lag| / tau); each arrival: -eta alpha, alpha = 2 rho tau / 1000."""

    eta: float
    rho: float
    tau: float = 20.0
    w_max: float = math.inf

    @property
    def tau_x(self) -> float:
        return self.tau

    @property
    def tau_y(self) -> float:
        return self.tau

    def at_arrival(self, y: float) -> float:
        return self.eta * (y - 2.0 * self.rho * self.tau * 1e-3)

    def at_spike(self, x: float) -> float:
        return self.eta * x


@dataclass(frozen=True)
class CausalSTDP:
    """lag >= 0: eta exp(-lag / tau); each arrival: -eta bias."""

    eta: float
    bias: float
    tau: float = 20.0
    w_max: float = math.inf

    @property
    def tau_x(self) -> float:
        return self.tau

    @property
    def tau_y(self) -> float:
        return self.tau  # not read

    def at_arrival(self, y: float) -> float:  # noqa: ARG002 -- whatever the target did
        return -self.eta * self.bias

    def at_spike(self, x: float) -> float:
        return self.eta * x
