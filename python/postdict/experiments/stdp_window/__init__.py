"""The window of every rule, measured by the pairing protocol of slice physiology.

A presynaptic neuron fires at regular intervals, and each of many cells is made to fire at its own
lag to every arrival. What the engine makes of the weights is held against the window that the rule
names, once for pairs far apart and once for pairs at up to 50 Hz, where neighbouring pairs mix.

Nothing here is random. The shape after Haas, Nowotny & Abarbanel 2006, J Neurophysiol 96:3305, is
that of coefficients in code by T. Nowotny (ModelDB 144403); there are no data points in it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...lab import settings as _config
from ...lab.results import Result
from ...lab.settings import setting
from ...lab.stages import Stage
from ...plasticity import AntisymmetricSTDP, CausalSTDP, HaasSTDP, Rule, VogelsSTDP, WindowSTDP
from .figures import draw, headline
from .protocol import PairingProtocol, paired

Floats = NDArray[np.float64]

__all__ = ["FIGURES", "Config", "draw", "headline", "run"]

FIGURES = {"stdp-window": ((10.0, 11.5), draw)}

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

    def __post_init__(self) -> None:
        _config.check(self)
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


def run(config: Config, stage: Stage | None = None) -> Result:
    """Measure every rule's window, and what the frequency of pairs does to it.

    Parameters
    ----------
    config : Config
    stage : Stage, optional
        The run as a whole; see `postdict.lab.stages.Stage`.
    """
    stage = stage or Stage()
    lags = config.lags()
    rules = config.rules()
    arrays: dict[str, Floats] = {"lags": lags, "frequencies": np.array(FREQUENCIES)}
    summary: dict[str, Any] = {"rules": {}}
    for name, rule in rules.items():
        measured, window, difference = _window(config, rule, stage.part(f"{name} window"))
        arrays[f"{name}_measured"], arrays[f"{name}_window"] = measured, window
        by_frequency = {}
        for pairing in ("all", "nearest"):
            other = replace(rule, pairing=pairing)  # type: ignore[type-var]
            found, by_frequency[pairing] = _over_frequencies(
                config, other, stage.part(f"{name} {pairing}")
            )
            arrays[f"{name}_{pairing}_by_frequency"] = found
        summary["rules"][name] = {
            "difference": difference,
            "difference_by_frequency": by_frequency,
            "per_arrival": rule.per_arrival / config.eta,
            "pairing": rule.pairing,
        }
    measured, window, difference = _window(
        config, config.reversed_rule(), stage.part("reversed window")
    )
    forward = arrays["antisymmetric_window"]
    arrays["reversed_measured"], arrays["reversed_window"] = measured, window
    summary["controls"] = {
        "reversed_window": {
            "difference": difference,
            "difference_from_forward": float(np.abs(measured - forward).max() / _peak(forward)),
        }
    }
    every = [
        number
        for one in summary["rules"].values()
        for number in (one["difference"], *one["difference_by_frequency"].values())
    ]
    summary["largest_difference"] = max([*every, difference])
    return Result("stdp-window", asdict(config), summary, arrays)


def _window(config: Config, rule: Rule, stage: Stage) -> tuple[Floats, Floats, float]:
    """Return the measured change by one pair, the rule's window, and their largest difference.

    Changes are in units of eta, per pair and without what an arrival does by itself; the difference
    is over all forms of a projection, relative to the window's peak.
    """
    lags = config.lags()
    protocol = PairingProtocol(config, rule, lags, config.interval)
    seen = protocol.run(stage)
    window = rule.window(seen.pair_lags).mean(axis=1)
    # From 0 where nothing is clipped there, else from above.
    up = (window >= 0.0) & (rule.per_arrival == 0.0)
    found = [
        np.where(up, from_0, from_above) - rule.per_arrival for from_0, from_above in seen.changes
    ]
    difference = max(float(np.abs(one - window).max()) for one in found) / _peak(window)
    return found[0] / config.eta, window / config.eta, difference


def _over_frequencies(config: Config, rule: Rule, stage: Stage) -> tuple[Floats, float]:
    """Return the measured change per pair (lag sign, frequency), units of eta, and the difference.

    The latter is from the rule's window summed over the pairs that its pairing counts.
    """
    lags = np.array([config.pair_lag, -config.pair_lag])
    result = np.empty((2, len(FREQUENCIES)))
    differences = []
    for k, frequency in enumerate(FREQUENCIES):
        seen = PairingProtocol(config, rule, lags, 1e3 / frequency).run(stage)
        totals = [paired(rule, seen.arrivals, spikes)[0] for spikes in seen.spikes]
        expected = np.array(totals) / config.pairs
        found = [from_above for _, from_above in seen.changes]
        differences += [float(np.abs(one - expected).max()) for one in found]
        result[:, k] = found[0] / config.eta
    return result, max(differences) / _peak(rule.window(config.lags()))


def _peak(window: Floats) -> float:
    return float(np.abs(window).max())
