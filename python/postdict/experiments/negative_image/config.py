"""Settings of `negative-image`: cells, response, rules, and how long each part takes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..._types import Floats
from ...lab.settings import check, setting
from ...plasticity import AntisymmetricSTDP, CausalSTDP, Rule, VogelsSTDP
from ...steps import Steps

BIN = 2.0  # ms, of histograms over a trial, and of the steps of the response
BLOCKS = 40  # of trials, with histograms of their own
FAR = 4.0  # widths from its centre at which a Gaussian ends


@dataclass(frozen=True)
class Config:
    """Settings of `negative-image`; all defaults are our own."""

    n_targets: int = setting(40, "targets, each with noise of its own", at_least=1)
    n_relays: int = setting(50, "relays of the command", at_least=2)
    interval: float = setting(150.0, "between commands", unit="ms", at_least=10.0)
    first_relay: float = setting(1.0, "command to first relay spike", unit="ms", at_least=0)
    last_relay: float = setting(99.0, "command to last relay spike", unit="ms", above=0)
    synaptic_delay: float = setting(1.0, "relay to target", unit="ms", above=0)
    excitation: float = setting(0.3, "fixed, each relay to each target", unit="mV", above=0)
    tau_m: float = setting(20.0, "membrane time constant", unit="ms", above=0)
    noise_rate: float = setting(500.0, "kicks a target", unit="Hz", above=0)
    noise_weight: float = setting(0.2, "of a kick", unit="mV", above=0)
    response_rate: float = setting(250.0, "kicks at the response's peak", unit="Hz", above=0)
    response_width: float = setting(10.0, "standard deviation", unit="ms", at_least=BIN)
    response_at: float = setting(40.0, "centre, after the command", unit="ms", at_least=0)
    moved_to: float = setting(65.0, "centre for the renewal", unit="ms", at_least=0)
    eta: float = setting(1e-4, "learning rate", unit="mV", above=0)
    tau_plus: float = setting(20.0, "window, pre then post, of all rules", unit="ms", above=0)
    tau_minus: float = setting(
        60.0, "window, post then pre, where sides are unequal", unit="ms", above=0
    )
    target_rate: float | None = setting(
        None, "of rules that have one (that without response, measured)", unit="Hz", above=0
    )
    trials: int = setting(36000, "commands while learning", at_least=2 * BLOCKS)
    later_trials: int = setting(12000, "commands of extinction and renewal", at_least=2 * BLOCKS)
    probe_trials: int = setting(4000, "commands of each measurement", at_least=2)
    novel_events: int = setting(2000, "novel stimuli", at_least=1)
    burst_frequencies: tuple[float, ...] = setting(
        (2.0, 4.0, 8.0), "stimuli of the burst model", unit="Hz", at_least=0.5, at_most=40.0
    )
    burst_cells: int = setting(8, "cells of the burst model", at_least=1)
    burst_speedup: float = setting(
        10.0, "of the burst model's learning", at_least=1.0, at_most=100.0
    )
    seeds: int = setting(5, "how many noises", at_least=1, at_most=1000)
    seed: int = setting(0, "the first of them", at_least=0)

    def __post_init__(self) -> None:
        check(self)
        if not self.burst_frequencies:
            raise ValueError("burst_frequencies must name at least one frequency, got none")
        if self.last_relay <= self.first_relay:
            raise ValueError(
                f"last_relay must be above first_relay = {self.first_relay:g} ms, "
                f"got {self.last_relay:g} ms"
            )
        for name in ("last_relay", "response_at", "moved_to"):
            if getattr(self, name) >= self.interval:
                raise ValueError(
                    f"{name} must be below interval = {self.interval:g} ms, "
                    f"got {getattr(self, name):g} ms"
                )
        widest = 0.5 * self.interval / FAR
        if self.response_width > widest:
            raise ValueError(
                f"response_width must be at most {widest:g} ms, an eighth of interval, "
                f"got {self.response_width:g} ms"
            )
        for name, unit in (
            ("trials", 2 * BLOCKS),
            ("later_trials", 2 * BLOCKS),
            ("probe_trials", 2),
        ):
            if getattr(self, name) % unit:
                raise ValueError(f"{name} must be a multiple of {unit}, got {getattr(self, name)}")

    def quick(self) -> Config:
        """Return a version that ends in half a minute: fewer trials and targets, two seeds."""
        return replace(
            self,
            n_targets=30,
            eta=4e-4,
            trials=10000,
            later_trials=4000,
            probe_trials=2000,
            novel_events=1000,
            burst_frequencies=(4.0,),
            burst_speedup=40.0,
            seeds=2,
        )

    def relay_times(self) -> Floats:
        """Return when each relay fires, ms after the command."""
        return np.linspace(self.first_relay, self.last_relay, self.n_relays)

    def bump(self) -> tuple[Floats, Floats]:
        """Return a Gaussian of kicks as steps: times from its centre (ms), rates (Hz), a last 0."""
        n = round(FAR * self.response_width / BIN)
        times = BIN * np.arange(-n, n + 1, dtype=np.float64)
        middle = (times[:-1] + 0.5 * BIN) / self.response_width
        return times, np.append(self.response_rate * np.exp(-0.5 * middle**2), 0.0)

    def response(self, commands: Floats, centre: float) -> Steps:
        """Return the response (Hz) to commands at regular times; neighbours add up."""
        times, rates = self.bump()
        n = round(self.interval / BIN)
        width = self.interval / n
        edges = width * np.arange(n)
        middle = edges + 0.5 * width - centre
        cycle = sum(
            np.interp(middle + k * self.interval, times[:-1] + 0.5 * BIN, rates[:-1], 0.0, 0.0)
            for k in (-1, 0, 1)
        )
        changes = np.flatnonzero(np.diff(cycle, prepend=cycle[-1]) != 0)
        return Steps(
            (commands[:, None] + edges[changes]).ravel(), np.tile(cycle[changes], len(commands))
        )

    def rules(self, target_rate: float) -> dict[str, Rule]:
        """Return the rules by the names under which results have them.

        Windows with two sides integrate to 0.
        """
        return {
            "antisymmetric": self._antisymmetric(1.0, self.tau_plus),
            "unequal_sides": self._antisymmetric(1.0, self.tau_minus),
            "causal": CausalSTDP(self.eta, 1e-3 * target_rate * self.tau_plus, self.tau_plus),
            "vogels": VogelsSTDP(self.eta, target_rate, self.tau_plus),
        }

    def reversed_rule(self) -> AntisymmetricSTDP:
        """Return the antisymmetric rule with its window reversed, as a control."""
        return self._antisymmetric(-1.0, self.tau_plus)

    def _antisymmetric(self, sign: float, tau_minus: float) -> AntisymmetricSTDP:
        equal_area = sign * self.tau_plus / tau_minus
        return AntisymmetricSTDP(self.eta, sign, equal_area, self.tau_plus, tau_minus)

    def doubts(self) -> list[str]:
        """Return why these settings cannot show what they are for, a line each."""
        first, last = self.first_relay + self.synaptic_delay, self.last_relay + self.synaptic_delay
        found = [
            f"{name} = {centre:g} ms with response_width = {self.response_width:g} ms "
            f"reaches beyond the relays, which arrive from {first:g} to {last:g} ms: "
            "what they do not reach cannot be cancelled"
            for name, centre in (("response_at", self.response_at), ("moved_to", self.moved_to))
            if centre - 2 * self.response_width < first or centre + 2 * self.response_width > last
        ]
        if self.trials * self.eta < 1.0:
            found.append(
                f"trials = {self.trials} are few for eta = {self.eta:g} mV: rules need about "
                f"{1 / self.eta:.0f} trials or more to cancel"
            )
        return found
