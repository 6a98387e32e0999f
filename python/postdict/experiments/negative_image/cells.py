"""Targets of efference relays: the network, what is presented to it, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..._types import Arrays, Floats, Spikes
from ...lab.runs import run_bounded
from ...lab.stages import Stage
from ...network import Network
from ...network.parts import Population, Projection
from ...neurons import LIF
from ...plasticity import AntisymmetricSTDP, Rule
from ...simulation import Simulation
from ...steps import Steps
from .config import BIN, Config

COUNTED = 300  # trials

FROZEN = AntisymmetricSTDP(eta=0.0)


@dataclass(frozen=True)
class Seen:
    """What came of a presentation.

    Parameters
    ----------
    rates : array (n_blocks, 2, n_targets, n_bins)
        Histograms over the trial (Hz) of the even and of the odd trials of each block.
    weights : array (n_targets, n_relays)
        The inhibitory efficacies at the end, mV.
    """

    rates: Floats
    weights: Floats


@dataclass(frozen=True)
class Preparation:
    """Targets and relays of one seed, at rest again before everything that is presented.

    Parameters
    ----------
    config : Config
    seed : int
    stage : Stage
        Names what is going on, and keeps it.
    """

    config: Config
    seed: int
    stage: Stage

    def present(
        self,
        what: str,
        n_trials: int,
        *,
        noise: int,
        response_at: float | None,
        weights: Floats | None = None,
        rule: Rule = FROZEN,
        n_blocks: int = 1,
    ) -> Seen:
        """Give commands and sensory responses, and histogram the targets' spikes over the trial.

        Parameters
        ----------
        what : str
            For people, and for the names of checkpoints.
        n_trials : int
            A multiple of 2 `n_blocks`.
        noise : int
            Which of the seed's noises the targets have.
        response_at : float or None
            Centre of the response (ms after the command); None for commands alone.
        weights : array (n_targets, n_relays), optional
            Inhibition at the start; that of balance by default.
        rule : Rule
            What the inhibition learns by.
        n_blocks : int
            Equal parts with histograms of their own, where there are several of the last `COUNTED`
            trials of each.
        """
        config = self.config
        net, cells, inhibition = self._network(noise, n_trials, response_at, weights, rule)
        simulation = Simulation(net)
        per_block = n_trials // n_blocks
        n_counted = per_block if n_blocks == 1 else min(per_block, COUNTED)

        def counted_from(block: int) -> float:
            return ((block + 1) * per_block - n_counted) * config.interval

        def read(block: int) -> Arrays:
            spikes = simulation.spikes(cells, start=counted_from(block))
            simulation.set_recording(cells, start=counted_from(block + 1))
            return {
                "rates": over_trial(spikes, config.interval, config.n_targets, n_counted),
                "weights": np.asarray(simulation.weights(inhibition)),
            }

        simulation.set_recording(cells, start=counted_from(0))
        blocks = run_bounded(
            simulation,
            cells,
            n_trials * config.interval,
            progress=self.stage.part(what),
            n_parts=n_blocks,
            read=read,
        )
        return Seen(np.stack([block["rates"] for block in blocks]), blocks[-1]["weights"])

    def surprise(
        self,
        what: str,
        n_events: int,
        *,
        noise: int,
        response_at: float,
        weights: Floats | None = None,
        rule: Rule = FROZEN,
    ) -> tuple[Floats, Floats]:
        """Add, to every third trial, a second response at a random time, while the rule goes on.

        Returns
        -------
        lags : array (n_bins,)
            ms from the centre of the novel stimulus.
        rate : array (n_bins,)
            Mean rate of the targets, Hz. The phase of the commands averages out.
        """
        config = self.config
        rng = np.random.default_rng([self.seed, noise, 0x50])
        events = config.interval * (3 * np.arange(n_events) + 1 + rng.uniform(0, 1, n_events))
        net, cells, _ = self._network(noise, 3 * n_events, response_at, weights, rule)
        offsets, bump = config.bump()
        net.add_poisson(
            "novel",
            cells,
            rate=Steps((events[:, None] + offsets).ravel(), np.tile(bump, n_events)),
            weight=config.noise_weight,
        )
        simulation = Simulation(net)
        stop = 3 * n_events * config.interval

        def read(_: int) -> Arrays:
            times = simulation.spikes(cells)[0]
            lags, rate = around(times, events, config.interval, config.n_targets)
            return {"lags": lags, "rate": rate}

        (found,) = run_bounded(simulation, cells, stop, progress=self.stage.part(what), read=read)
        return found["lags"], found["rate"]

    def _network(
        self,
        noise: int,
        n_trials: int,
        response_at: float | None,
        weights: Floats | None,
        rule: Rule,
    ) -> tuple[Network, Population, Projection]:
        config = self.config
        net = Network(seed=elsewhere(self.seed, noise))
        cells = net.add_population("targets", config.n_targets, LIF(tau_m=config.tau_m))
        net.add_poisson("noise", cells, rate=config.noise_rate, weight=config.noise_weight)
        commands = config.interval * np.arange(n_trials, dtype=np.float64)
        if response_at is not None:
            net.add_poisson(
                "response",
                cells,
                rate=config.response(commands, response_at),
                weight=config.noise_weight,
            )
        times = config.relay_times()
        relays = net.add_spike_source(
            "relays",
            len(times),
            times=(commands[:, None] + times).ravel(),
            ids=np.tile(np.arange(len(times)), n_trials),
        )
        delay = config.synaptic_delay
        net.connect(relays, cells, weights=config.excitation, axonal_delay=delay)
        if weights is None:
            weights = np.full((config.n_targets, len(times)), config.excitation)
        inhibition = net.connect(
            relays, cells, weights=weights, axonal_delay=delay, inhibitory=True, plasticity=rule
        )
        return net, cells, inhibition


def elsewhere(seed: int, k: int) -> int:
    """Return the k-th seed of noise of a seed."""
    return int(np.random.SeedSequence([seed, k]).generate_state(1)[0])


def over_trial(spikes: Spikes, interval: float, n_targets: int, n_trials: int) -> Floats:
    """Return the rates (Hz) over the trial of even and of odd trials, (2, n_targets, n_bins)."""
    times, ids = spikes
    trial, phase = np.divmod(times, interval)
    n_bins = round(interval / BIN)
    bins = np.minimum((phase * (n_bins / interval)).astype(np.int64), n_bins - 1)
    cell = (trial.astype(np.int64) % 2 * n_targets + ids) * n_bins + bins
    counts = np.bincount(cell, minlength=2 * n_targets * n_bins).reshape(2, n_targets, n_bins)
    return np.asarray(counts / (1e-3 * interval / n_bins * n_trials / 2))


def around(times: Floats, events: Floats, interval: float, n_targets: int) -> tuple[Floats, Floats]:
    """Return lags (ms) up to one interval before and after events, and the rate (Hz) at each."""
    n = round(interval / BIN)
    edges = interval / n * np.arange(-n, n + 1)
    counts = np.diff(np.searchsorted(times, events[:, None] + edges), axis=1).sum(axis=0)
    width = edges[1] - edges[0]
    rate = counts / (1e-3 * width * n_targets * len(events))
    return 0.5 * (edges[1:] + edges[:-1]), np.asarray(rate)
