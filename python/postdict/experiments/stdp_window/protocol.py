"""The pairing protocol of `stdp-window`, and what a rule's window says of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..._types import Floats
from ...connectivity import all_to_all
from ...lab.stages import Stage
from ...network import Network
from ...network.parts import Projection
from ...neurons import LIF
from ...plasticity import CustomSTDP, Modulated, Pairing, Rule, TripletSTDP
from ...simulation import Simulation
from .config import Config

# A cell fires by pulses alone, whatever its plastic synapses do.
_CELL, _PULSE = LIF(tau_m=1.0, v_thresh=1e6), 1e7
_PULSE_DELAY = 1.0  # ms


# After which traces of a third factor are over, in time constants: exp(-40) = 4e-18.
_ENOUGH = 40.0


def with_pairing(rule: Rule, pairing: Pairing) -> Rule:
    """Return a rule that pairs all spikes, or the nearest; one in text by what its traces do."""
    if isinstance(rule, Modulated):
        return replace(rule, rule=with_pairing(rule.rule, pairing))
    if isinstance(rule, CustomSTDP):
        traces = tuple(name for name, _ in (*rule.pre, *rule.post))
        return replace(rule, set_to_one=traces if pairing == "nearest" else ())
    return replace(rule, pairing=pairing)  # type: ignore[type-var]


def pairs_nearest(rule: Rule) -> bool:
    """Return whether nearest spikes alone count."""
    if isinstance(rule, CustomSTDP):
        return bool(rule.set_to_one)
    return rule.pairing == "nearest"


def paired(rule: Rule, arrivals: Floats, spikes: Floats) -> tuple[float, float]:
    """Return what pairs and arrivals add up to, bounds aside, from the rule's window alone.

    Of triplets, from the sums that the rule is defined by.

    Parameters
    ----------
    rule : Rule
    arrivals : array (n_arrivals,)
        As the synapse sees them, ms, rising.
    spikes : array (n_spikes,)
        Of the target, likewise.

    Returns
    -------
    total : float
        mV.
    farthest : float
        The sum of absolute amounts (mV): no weight can move farther.
    """
    if isinstance(rule, TripletSTDP):
        return _triplets(rule, arrivals, spikes)
    lags = (spikes[:, None] - arrivals).round(9)  # of times that are whole picoseconds
    after = lags >= 0.0
    if pairs_nearest(rule):  # of the arrivals up to a spike the last, and likewise
        last_arrival = after & ~np.pad(after, ((0, 0), (0, 1)))[:, 1:]
        last_spike = ~after & np.pad(after, ((0, 1), (0, 0)), constant_values=True)[1:, :]
        lags = lags[last_arrival | last_spike]
    amounts = rule.window(lags)
    own = len(arrivals) * rule.per_arrival
    return float(amounts.sum() + own), float(np.abs(amounts).sum() + abs(own))


def _triplets(rule: TripletSTDP, arrivals: Floats, spikes: Floats) -> tuple[float, float]:
    def trace(at: Floats, of: Floats, tau: float, coincident: bool = False) -> Floats:
        since = (at[:, None] - of).round(9)
        counted = (since >= 0.0) if coincident else (since > 0.0)
        if rule.pairing == "nearest":
            counted &= ~np.pad(counted, ((0, 0), (0, 1)))[:, 1:]
        decayed = np.exp(-np.maximum(since, 0.0) / tau)
        return np.asarray(np.where(counted, decayed, 0.0).sum(axis=1))

    by_spikes = trace(spikes, arrivals, rule.tau_plus, coincident=True) * (
        rule.A2_plus + rule.A3_plus * trace(spikes, spikes, rule.tau_y)
    )
    by_arrivals = -trace(arrivals, spikes, rule.tau_minus) * (
        rule.A2_minus + rule.A3_minus * trace(arrivals, arrivals, rule.tau_x)
    )
    amounts = rule.eta * np.concatenate([by_spikes, by_arrivals])
    return float(amounts.sum()), float(np.abs(amounts).sum())


@dataclass(frozen=True)
class Seen:
    """What came of a protocol: times as the synapses see them (ms), mean change per pair (mV)."""

    arrivals: Floats  # (n_pairs,)
    spikes: Floats  # (n_cells, n_pairs)
    changes: list[tuple[Floats, Floats]]  # (n_cells,) from 0 and from above, of every form

    @property
    def pair_lags(self) -> Floats:
        """(n_cells, n_pairs)."""
        return (self.spikes - self.arrivals).round(9)


class PairingProtocol:
    """One neuron onto as many cells as there are lags, by all forms of plastic projections."""

    def __init__(self, config: Config, rule: Rule, lags: Floats, interval: float) -> None:
        self.pairs, self.n = config.pairs, len(lags)
        delay, late = config.axonal_delay, config.dendritic_delay
        first = np.ceil(np.abs(lags).max() + late + delay + _PULSE_DELAY)
        times = first + interval * np.arange(self.pairs)
        self.arrivals = (times - delay).round(9) + delay  # each is rounded to a picosecond
        self.late = late
        self.end = float(times[-1] + np.abs(lags).max() + 2.0 * (delay + late + _PULSE_DELAY))
        if isinstance(rule, Modulated):
            self.end += _ENOUGH * rule.tau_eligibility
        pulses = (times[:, None] + lags - late - _PULSE_DELAY).ravel()
        net = Network()
        net.add_population("cells", self.n, _CELL)
        ids = np.tile(np.arange(self.n), self.pairs)
        net.add_spike_source("pulses", self.n, times=pulses, ids=ids)
        net.connect("pulses", "cells", weights=_PULSE * np.eye(self.n), axonal_delay=_PULSE_DELAY)
        none = np.zeros(self.pairs, np.int64)
        net.add_spike_source("pre", 1, times=times - delay, ids=none)
        self.above = 2.0 * max(paired(rule, times, times + lag)[1] for lag in lags)
        self.projections: list[tuple[Projection, Projection]] = []
        for inhibitory in (True, False):
            for sparse in (False, True):
                from_0, from_above = (
                    net.connect(
                        "pre",
                        "cells",
                        weights=all_to_all(1, self.n, weight=w) if sparse else w,
                        axonal_delay=delay,
                        dendritic_delay=late,
                        inhibitory=inhibitory,
                        plasticity=rule,
                    )
                    for w in (0.0, self.above)
                )
                self.projections.append((from_0, from_above))
        self.simulation = Simulation(net)

    def run(self, stage: Stage) -> Seen:
        """Run the protocol to its end and return what was seen."""
        self.simulation.run_until(self.end, progress=stage)
        times, ids = self.simulation.spikes("cells")
        spikes = times[np.lexsort((times, ids))].reshape(self.n, self.pairs) + self.late
        return Seen(
            self.arrivals,
            spikes,
            [
                (self._change(from_0, 0.0), self._change(from_above, self.above))
                for from_0, from_above in self.projections
            ],
        )

    def _change(self, projection: Projection, start: float) -> Floats:
        weights = self.simulation.weights(projection)
        values = weights.weight if hasattr(weights, "weight") else weights[:, 0]
        return np.asarray((values - start) / self.pairs)
