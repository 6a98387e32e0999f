"""What `stdp-window` does: it measures every rule's window, once, as nothing here is random."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..._types import Floats
from ...lab.results import Nested
from ...lab.stages import Stage
from ...plasticity import Pairing, Rule, TripletSTDP
from .config import FREQUENCIES, Config
from .protocol import PairingProtocol, paired, with_pairing

PAIRINGS: tuple[Pairing, ...] = ("all", "nearest")
PUBLISHED_FREQUENCIES = (0.1, 10.0, 20.0, 40.0, 50.0)  # Hz
PUBLISHED = np.array(  # at +10 and -10 ms: relative changes by 60 pairs, and standard errors
    [
        [[-0.04, 0.14, 0.29, 0.53, 0.56], [0.05, 0.1, 0.14, 0.11, 0.26]],
        [[-0.29, -0.41, -0.34, 0.56, 0.75], [0.08, 0.11, 0.1, 0.32, 0.19]],
    ]
)
"""Of Sjostrom et al. 2001 as Pfister & Gerstner 2006 list them, (lag, of what, frequency)."""


def run_trial(config: Config, stage: Stage) -> tuple[Nested, dict[str, Floats]]:
    """Return how far every rule is off its window, and what was measured."""
    lags = config.lags()
    rules = config.rules()
    arrays: dict[str, Floats] = {"lags": lags, "frequencies": np.array(FREQUENCIES)}
    summary: Nested = {"rules": {}}
    for name, rule in rules.items():
        measured, window, difference = _window(config, rule, stage.part(f"{name} window"))
        arrays[f"{name}_measured"], arrays[f"{name}_window"] = measured, window
        by_frequency = {}
        for pairing in PAIRINGS:
            other = with_pairing(rule, pairing)
            part = stage.part(f"{name} {pairing}")
            found, by_frequency[pairing] = _over_frequencies(config, other, part)
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
    arrays["published_frequencies"] = np.array(PUBLISHED_FREQUENCIES)
    arrays["published"] = PUBLISHED
    summary["published"] = {}
    for pairing in PAIRINGS:
        found = _as_published(config, pairing, stage.part(f"published {pairing}"))
        arrays[f"published_{pairing}"] = found
        distances = (found - PUBLISHED[:, 0]) / PUBLISHED[:, 1]
        summary["published"][pairing] = float(np.mean(distances**2))
    every = [
        number
        for rule_found in summary["rules"].values()
        for number in (
            rule_found["difference"],
            *rule_found["difference_by_frequency"].values(),
        )
    ]
    summary["largest_difference"] = max([*every, difference])
    return summary, arrays


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
    expected = window
    if isinstance(rule, TripletSTDP):  # even at long intervals pairs do not stand alone
        totals = [paired(rule, seen.arrivals, spikes)[0] for spikes in seen.spikes]
        expected = np.array(totals) / config.pairs
    difference = max(float(np.abs(change - expected).max()) for change in found) / _peak(window)
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
        differences += [float(np.abs(change - expected).max()) for change in found]
        result[:, k] = found[0] / config.eta
    return result, max(differences) / _peak(rule.window(config.lags()))


def _as_published(config: Config, pairing: Pairing, stage: Stage) -> Floats:
    """Return the relative change by 60 pairs (lag sign, frequency) of the fit to visual cortex."""
    rule = TripletSTDP.fit("visual-cortex", config.eta, pairing=pairing)
    protocol = replace(config, pairs=60)
    changes = []
    for frequency in PUBLISHED_FREQUENCIES:
        seen = PairingProtocol(protocol, rule, np.array([10.0, -10.0]), 1e3 / frequency).run(stage)
        changes.append(60.0 * seen.changes[0][1] / config.eta)
    return np.transpose(changes)


def _peak(window: Floats) -> float:
    return float(np.abs(window).max())
