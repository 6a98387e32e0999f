"""Settings of `stdp-window`: the protocol, and the rules whose windows are measured."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..._types import Floats
from ...lab.settings import check, setting
from ...plasticity import (
    AntisymmetricSTDP,
    CausalSTDP,
    CustomSTDP,
    HaasSTDP,
    Modulated,
    Rule,
    TripletSTDP,
    VogelsSTDP,
    WindowSTDP,
)

FREQUENCIES = (1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 35.0, 40.0, 45.0, 50.0)  # Hz


@dataclass(frozen=True)
class Config:
    """Settings of `stdp-window`; all defaults are our own."""

    eta: float = setting(0.01, "learning rate", unit="mV", above=0)
    pairs: int = setting(60, "pairs at each lag", at_least=1, at_most=1000)
    interval: float = setting(1000.0, "between pairs, for the windows", unit="ms", above=0)
    longest_lag: float = setting(60.0, "either way", unit="ms", above=0)
    lag_step: float = setting(1.0, "between lags", unit="ms", above=0)
    pair_lag: float = setting(10.0, "either way, for the frequencies", unit="ms", above=0)
    axonal_delay: float = setting(1.0, "of the plastic synapses", unit="ms", above=0)
    dendritic_delay: float = setting(0.0, "of the plastic synapses", unit="ms", at_least=0)
    A_plus: float = setting(1.0, "antisymmetric rule, pre then post")
    A_minus: float = setting(0.7, "antisymmetric rule, post then pre")
    tau_plus: float = setting(20.0, "antisymmetric rule, pre then post", unit="ms", above=0)
    tau_minus: float = setting(20.0, "antisymmetric rule, post then pre", unit="ms", above=0)
    haas_fit: str = setting(
        "published", "fit of HaasSTDP", choices=("published", "shifted", "older", "symmetric")
    )
    haas_stretch: float = setting(1.0, "of its window in time", above=0)
    tau: float = setting(20.0, "rules of Vogels and causal", unit="ms", above=0)
    rho: float = setting(5.0, "target rate of the rule of Vogels", unit="Hz", at_least=0)
    bias: float = setting(0.3, "of the causal rule")
    triplet_fit: str = setting(
        "hippocampus-minimal",
        "fit of TripletSTDP",
        choices=(
            "visual-cortex",
            "visual-cortex-minimal",
            "hippocampus",
            "hippocampus-minimal",
        ),
    )

    tau_eligibility: float = setting(100.0, "of traces with a third factor", unit="ms", above=0)
    modulator: float = setting(-0.005, "the third factor: below 0 it punishes", unit="1/ms")

    def __post_init__(self) -> None:
        check(self)
        if self.modulator == 0.0:
            raise ValueError("modulator must not be 0, by which nothing is learned")
        if self.interval < 2.0 * self.longest_lag:
            raise ValueError(
                f"interval must be at least twice longest_lag = {self.longest_lag:g} ms, "
                f"got {self.interval:g} ms"
            )
        if self.lag_step > self.longest_lag:
            raise ValueError(
                f"lag_step must be at most longest_lag = {self.longest_lag:g} ms, "
                f"got {self.lag_step:g} ms"
            )
        shortest = 1e3 / FREQUENCIES[-1]
        if self.pair_lag >= shortest:
            raise ValueError(
                f"pair_lag must be below the shortest interval, {shortest:g} ms, "
                f"got {self.pair_lag:g} ms"
            )

    def quick(self) -> Config:
        """Return a version with fewer pairs and lags."""
        return replace(self, pairs=20, lag_step=2.0)

    def lags(self) -> Floats:
        """Return the lags of the windows (ms), 0 among them."""
        n = round(self.longest_lag / self.lag_step)
        return self.lag_step * np.arange(-n, n + 1, dtype=np.float64)

    def rules(self) -> dict[str, Rule]:
        """Return the rules by the names under which results have them."""
        knots = np.linspace(-50.0, 50.0, 41)
        hat = np.exp(-0.5 * (knots / 8.0) ** 2) - 0.5 * np.exp(-0.5 * (knots / 16.0) ** 2)
        return {
            "antisymmetric": self._antisymmetric(self.A_plus, self.A_minus),
            "haas": HaasSTDP.fit(self.haas_fit, self.eta, stretch=self.haas_stretch),
            "vogels": VogelsSTDP(self.eta, self.rho, self.tau),
            "causal": CausalSTDP(self.eta, self.bias, self.tau),
            "sampled": WindowSTDP(self.eta, tuple(knots), tuple(hat)),
            "triplet": TripletSTDP.fit(self.triplet_fit, self.eta),
            "custom": CustomSTDP(
                pre={"x": 10.0, "x2": 30.0},
                post={"y": 10.0, "y2": 30.0},
                on_pre="w + eta * (2 * y - y2)",
                on_post="w + eta * (2 * x - x2)",
                parameters={"eta": self.eta},
            ),
            "modulated": Modulated(
                self._antisymmetric(self.A_plus, self.A_minus),
                self.tau_eligibility,
                self.modulator,
            ),
        }

    def reversed_rule(self) -> AntisymmetricSTDP:
        """Return the antisymmetric rule with its window reversed in time, as a control."""
        return replace(
            self._antisymmetric(-self.A_minus, -self.A_plus),
            tau_plus=self.tau_minus,
            tau_minus=self.tau_plus,
        )

    def _antisymmetric(self, A_plus: float, A_minus: float) -> AntisymmetricSTDP:
        return AntisymmetricSTDP(self.eta, A_plus, A_minus, self.tau_plus, self.tau_minus)
