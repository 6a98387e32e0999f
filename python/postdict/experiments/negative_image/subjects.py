"""What the targets of `negative-image` go through: before learning, and with a rule."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..._types import Floats
from ...lab.results import Nested
from ...plasticity import Rule
from .._shared.curves import defined
from .cells import COUNTED, FROZEN, Preparation, Seen
from .config import BLOCKS, FAR, Config
from .measures import Image, Modulation, decay, evoked, image, modulation, over_targets, share


def counted_trials(n_trials: int) -> Floats:
    """Return the middle of what is counted in each block, in trials."""
    per_block = n_trials // BLOCKS
    return np.asarray(per_block * np.arange(1.0, BLOCKS + 1) - 0.5 * min(per_block, COUNTED))


@dataclass(frozen=True)
class Naive:
    """The targets before learning."""

    alone: Floats  # (n_bins,) Hz, commands without response
    response: Seen
    moved: Seen
    novel: tuple[Floats, Floats]

    @classmethod
    def of(cls, preparation: Preparation) -> Naive:
        """Return what a preparation shows before it has learned."""
        config = preparation.config
        alone, response, moved = (
            preparation.present(f"before {what}", config.probe_trials, noise=k, response_at=at)
            for k, (what, at) in enumerate(
                (("alone", None), ("response", config.response_at), ("moved", config.moved_to)), 1
            )
        )
        novel = preparation.surprise(
            "before novel", config.novel_events, noise=4, response_at=config.response_at
        )
        return cls(over_targets(alone.rates[0]), response, moved, novel)

    @property
    def modulation(self) -> Modulation:
        """The modulation of the response."""
        return modulation(self.response.rates[0])

    def image(self, alone: Floats, seen: Seen) -> Image:
        """Hold what a command alone evokes against a response of before learning."""
        return image(alone, self.alone, over_targets(seen.rates[0]) - self.alone)


@dataclass(frozen=True)
class Subject:
    """One rule, and what it goes through."""

    preparation: Preparation
    naive: Naive
    name: str
    rule: Rule
    noise: int

    @property
    def config(self) -> Config:
        """The settings of the preparation."""
        return self.preparation.config

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
        metrics["learning_trials"] = decay(counted_trials(config.trials), course)
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
            [
                self.naive.image(over_targets(block), self.naive.response).gain
                for block in seen.rates
            ],
            dtype=np.float64,  # nan where it is None
        )
        return {
            "extinction": {
                "image_gain": defined(gains[-1]),
                "trials": decay(counted_trials(config.later_trials), gains),
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
                "residual_mean_first": defined(course[0]),
                "residual_mean_last": defined(course[-1]),
                "trials": decay(counted_trials(config.later_trials), course),
                "image_correlation": new.correlation,
                "old_image_correlation": old.correlation,
            }
        }, {"renewal_history": course, "rate_alone_renewed": alone}

    def surprised(self, weights: Floats) -> tuple[Nested, dict[str, Floats]]:
        """Add what cannot be predicted, while the rule goes on."""
        config = self.config
        lags, rate = self.preparation.surprise(
            f"{self.name} novel",
            config.novel_events,
            noise=self.noise + 6,
            response_at=config.response_at,
            weights=weights,
            rule=self.rule,
        )
        before, after = (
            evoked(lags, around_event, FAR * config.response_width)
            for around_event in (self.naive.novel[1], rate)
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
        return self.preparation.present(
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
        left = [share(modulation(block).mean, start) for block in seen.rates]
        return np.array(left, dtype=np.float64)  # nan where it is None
