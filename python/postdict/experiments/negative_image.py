"""Negative images: efference-copy relays learn to cancel a predictable sensory response.

Relays fire one after another behind each motor command, and a sensory response comes at a fixed
time behind it. By inhibitory plasticity the relays' targets learn the negative of their response:
it vanishes; without it the image is seen alone, and fades; when it moves, a new one is learned; and
what comes at random times passes. Three rules, and the reversed window as the control that fails.
Beside them a published model whose numbers are known, see `_burst_cancellation`.

Source of the claim: Bell, Han, Sugawara & Grant 1997, Nature 387:278 (there plasticity of
excitation, with the opposite sign). No number is taken from it: every parameter here is our own.
"""

from __future__ import annotations

import warnings
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import config as _config
from ..config import setting
from ..plasticity import AntisymmetricSTDP, CausalSTDP, Rule, VogelsSTDP
from ..results import Nested, Result, summarised
from ..signals import Steps
from ..trials import Report, Stage, run_trials
from ._burst_cancellation import Cancelled, cancel
from ._negative_image_cells import BIN, COUNTED, FAR, FROZEN, Bench, Seen, elsewhere
from ._negative_image_measures import (
    Image,
    Modulation,
    decay,
    evoked,
    image,
    modulation,
    over_targets,
    share,
)
from ._negative_image_report import draw, draw_bursts, headline

Floats = NDArray[np.float64]

__all__ = ["FIGURES", "Config", "draw", "headline", "run"]

FIGURES = {
    "negative-image": ((11.0, 9.5), draw),
    "negative-image-bursts": ((11.0, 3.4), draw_bursts),
}

BLOCKS = 40  # of trials, with histograms of their own


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
        _config.check(self)
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

    def warn(self) -> None:
        """Warn of what cannot show the claim."""
        first, last = self.first_relay + self.synaptic_delay, self.last_relay + self.synaptic_delay
        for name in ("response_at", "moved_to"):
            centre = getattr(self, name)
            if centre - 2 * self.response_width < first or centre + 2 * self.response_width > last:
                warnings.warn(
                    f"{name} = {centre:g} ms with response_width = {self.response_width:g} ms "
                    f"reaches beyond the relays, which arrive from {first:g} to {last:g} ms: "
                    "what they do not reach cannot be cancelled",
                    stacklevel=3,
                )
        if self.trials * self.eta < 1.0:
            warnings.warn(
                f"trials = {self.trials} are few for eta = {self.eta:g} mV: rules need about "
                f"{1 / self.eta:.0f} trials or more to cancel",
                stacklevel=3,
            )


def run(config: Config, report: Report | None = None) -> Result:
    """Learn, look at the image, extinguish, renew and surprise, once for every rule and seed.

    Parameters
    ----------
    config : Config
    report : callable, optional
        See `postdict.trials.Report`.
    """
    config.warn()
    seeds = list(range(config.seed, config.seed + config.seeds))
    found = run_trials(lambda seed, stage: _trial(config, seed, stage), seeds, report)
    metrics = [one for one, _ in found]
    return Result("negative-image", asdict(config), summarised(metrics, seeds), found[0][1])


def _trial(config: Config, seed: int, stage: Stage) -> tuple[Nested, dict[str, Any]]:
    bench = Bench(config, seed, stage)
    naive = _Naive.of(bench)
    rate = config.target_rate or float(naive.alone.mean())
    arrays: dict[str, Any] = {
        "bin_centres": config.interval * (np.arange(len(naive.alone)) + 0.5) / len(naive.alone),
        "relay_times": config.relay_times(),
        "block_trials": _counted_trials(config.trials),
        "later_block_trials": _counted_trials(config.later_trials),
        "rate_alone_before": naive.alone,
        "rate_before": over_targets(naive.response.rates[0]),
        "rate_moved_before": over_targets(naive.moved.rates[0]),
        "novel_lags": naive.novel[0],
        "novel_before": naive.novel[1],
    }
    rules: Nested = {}
    for k, (name, rule) in enumerate(config.rules(rate).items()):
        subject = _Subject(bench, naive, name, rule, 10 * (k + 1))
        rules[name], found = subject.everything()
        arrays |= {f"{key}_{name}": value for key, value in found.items()}
    backwards = _Subject(bench, naive, "reversed", config.reversed_rule(), 10 * (len(rules) + 1))
    _, reversed_metrics, found = backwards.learned()
    arrays |= {f"{key}_reversed": value for key, value in found.items()}
    untrained = _Subject(bench, naive, "untrained", config.reversed_rule(), 10 * (len(rules) + 2))
    cancelled, found = _bursts(config, seed, stage)
    arrays |= found
    metrics: Nested = {
        "rate_alone_before": float(naive.alone.mean()),
        "target_rate": rate,
        "modulation_before": naive.modulation.each,
        "modulation_before_mean": naive.modulation.mean,
        "rules": rules,
        "controls": {
            "reversed_window": reversed_metrics,
            "untrained": untrained.measured(None)[0],
        },
        "bursts": cancelled,
    }
    return metrics, arrays


def _bursts(config: Config, seed: int, stage: Stage) -> tuple[Nested, dict[str, Floats]]:
    """Run the burst model without feedback, with it, and with weights that know no phase."""
    metrics: Nested = {}
    arrays: dict[str, Floats] = {}
    for k, frequency in enumerate(config.burst_frequencies):

        def present(what: str, noise: int, *, at: float = frequency, **how: Any) -> Cancelled:
            return cancel(
                at,
                n_cells=config.burst_cells,
                seed=elsewhere(seed, noise),
                speedup=config.burst_speedup,
                progress=stage(f"bursts {at:g} Hz {what}"),
                **how,
            )

        without = present("without", 1000 + 3 * k, feedback=False, learns=False)
        learned = present("learns", 1001 + 3 * k)
        flat = np.broadcast_to(learned.weights.mean(axis=1, keepdims=True), learned.weights.shape)
        uniform = present("uniform", 1002 + 3 * k, weights=flat, learns=False)
        name = f"{frequency:g}"
        conditions = {"without": without, "learned": learned, "uniform": uniform}
        metrics[name] = {
            **{f"depth_{what}": one.depth for what, one in conditions.items()},
            **{f"rate_{what}": float(one.rate.mean()) for what, one in conditions.items()},
            "residual": share(learned.depth, without.depth),
            "residual_uniform": share(uniform.depth, without.depth),
            "mean_weight": float(learned.weights.mean()),
            "bursts_of_four": learned.bursts[4],
            "bursts_of_two": learned.bursts[2],
        }
        arrays |= {f"burst_rate_{what}_{name}": one.rate for what, one in conditions.items()}
        arrays[f"burst_weights_{name}"] = learned.weights
    return metrics, arrays


def _counted_trials(n_trials: int) -> Floats:
    """Return the middle of what is counted in each block, in trials."""
    per_block = n_trials // BLOCKS
    return np.asarray(per_block * np.arange(1.0, BLOCKS + 1) - 0.5 * min(per_block, COUNTED))


def _defined(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


@dataclass(frozen=True)
class _Naive:
    """The targets before learning."""

    alone: Floats  # (n_bins,) Hz, commands without response
    response: Seen
    moved: Seen
    novel: tuple[Floats, Floats]

    @classmethod
    def of(cls, bench: Bench) -> _Naive:
        config = bench.config
        alone, response, moved = (
            bench.present(f"before {what}", config.probe_trials, noise=k, response_at=at)
            for k, (what, at) in enumerate(
                (("alone", None), ("response", config.response_at), ("moved", config.moved_to)), 1
            )
        )
        novel = bench.surprise(
            "before novel", config.novel_events, noise=4, response_at=config.response_at
        )
        return cls(over_targets(alone.rates[0]), response, moved, novel)

    @property
    def modulation(self) -> Modulation:
        return modulation(self.response.rates[0])

    def image(self, alone: Floats, seen: Seen) -> Image:
        """Hold what a command alone evokes against a response of before learning."""
        return image(alone, self.alone, over_targets(seen.rates[0]) - self.alone)


@dataclass(frozen=True)
class _Subject:
    """One rule, and what it goes through."""

    bench: Bench
    naive: _Naive
    name: str
    rule: Rule
    noise: int

    @property
    def config(self) -> Config:
        return self.bench.config

    def everything(self) -> tuple[Nested, dict[str, Floats]]:
        """Learn, then branch off into extinction, renewal and surprise."""
        weights, metrics, arrays = self.learned()
        for branch in (self.extinguished, self.renewed, self.surprised):
            more_metrics, more_arrays = branch(weights)
            metrics |= more_metrics
            arrays |= more_arrays
        return metrics, arrays

    def learned(self) -> tuple[Floats, Nested, dict[str, Floats]]:
        """Learn from the start, and measure with the weights held still."""
        config = self.config
        seen = self._present(
            "learns", 0, config.trials, config.response_at, None, self.rule, BLOCKS
        )
        course = self._residuals(seen, self.naive.response)
        metrics, arrays = self.measured(seen.weights)
        metrics["learning_trials"] = decay(_counted_trials(config.trials), course)
        arrays |= {"weights": config.excitation - seen.weights, "residual_history": course}
        return seen.weights, metrics, arrays

    def measured(self, weights: Floats | None) -> tuple[Nested, dict[str, Floats]]:
        """Present command and response, and the command alone."""
        config = self.config
        both = self._present("residual", 1, config.probe_trials, config.response_at, weights)
        alone = self._present("image", 2, config.probe_trials, None, weights)
        left, start = modulation(both.rates[0]), self.naive.modulation
        rate_alone = over_targets(alone.rates[0])
        found = self.naive.image(rate_alone, self.naive.response)
        return {
            "residual": share(left.each, start.each),
            "residual_mean": share(left.mean, start.mean),
            "image_correlation": found.correlation,
            "image_gain": found.gain,
            "rate": float(both.rates.mean()),
        }, {"rate": over_targets(both.rates[0]), "rate_alone": rate_alone}

    def extinguished(self, weights: Floats) -> tuple[Nested, dict[str, Floats]]:
        """Take the response away."""
        config = self.config
        seen = self._present("extinction", 3, config.later_trials, None, weights, self.rule, BLOCKS)
        gains = np.array(
            [self.naive.image(over_targets(one), self.naive.response).gain for one in seen.rates],
            dtype=np.float64,  # nan where it is None
        )
        return {
            "extinction": {
                "image_gain": _defined(gains[-1]),
                "trials": decay(_counted_trials(config.later_trials), gains),
            }
        }, {"extinction_history": gains}

    def renewed(self, weights: Floats) -> tuple[Nested, dict[str, Floats]]:
        """Move the response."""
        config, naive = self.config, self.naive
        seen = self._present(
            "renewal", 4, config.later_trials, config.moved_to, weights, self.rule, BLOCKS
        )
        course = self._residuals(seen, naive.moved)
        alone = over_targets(
            self._present("new image", 5, config.probe_trials, None, seen.weights).rates[0]
        )
        new, old = naive.image(alone, naive.moved), naive.image(alone, naive.response)
        return {
            "renewal": {
                "residual_mean_first": _defined(course[0]),
                "residual_mean_last": _defined(course[-1]),
                "trials": decay(_counted_trials(config.later_trials), course),
                "image_correlation": new.correlation,
                "old_image_correlation": old.correlation,
            }
        }, {"renewal_history": course, "rate_alone_renewed": alone}

    def surprised(self, weights: Floats) -> tuple[Nested, dict[str, Floats]]:
        """Add what cannot be predicted, while the rule goes on."""
        config = self.config
        lags, rate = self.bench.surprise(
            f"{self.name} novel",
            config.novel_events,
            noise=self.noise + 6,
            response_at=config.response_at,
            weights=weights,
            rule=self.rule,
        )
        before, after = (
            evoked(lags, one, FAR * config.response_width) for one in (self.naive.novel[1], rate)
        )
        return {
            "novel": {
                "spikes_before": before,
                "spikes": after,
                "attenuation": 1.0 - after / before if before > 0 else None,
            }
        }, {"novel": rate}

    def _present(
        self,
        what: str,
        noise: int,
        n_trials: int,
        response_at: float | None,
        weights: Floats | None,
        rule: Rule = FROZEN,
        n_blocks: int = 1,
    ) -> Seen:
        return self.bench.present(
            f"{self.name} {what}",
            n_trials,
            noise=self.noise + noise,
            response_at=response_at,
            weights=weights,
            rule=rule,
            n_blocks=n_blocks,
        )

    def _residuals(self, seen: Seen, before: Seen) -> Floats:
        start = modulation(before.rates[0]).mean
        left = [share(modulation(one).mean, start) for one in seen.rates]
        return np.array(left, dtype=np.float64)  # nan where it is None
