"""The bounds at which a run stops."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from .. import _checks


@dataclass(frozen=True)
class Limits:
    """Bounds on recorded spikes, on spikes under way and on rates; see `Simulation`."""

    max_recorded_spikes: int = 10**8
    max_pending_spikes: int = 10**7
    max_rate: float | Mapping[str, float] | None = None  # Hz; by population, or of every one
    max_rate_window: float = 1000.0  # ms

    def __post_init__(self) -> None:
        for name in ("max_recorded_spikes", "max_pending_spikes"):
            checked = _checks.integer(name, getattr(self, name), at_least=1, bits=64)
            object.__setattr__(self, name, checked)
        if self.max_rate is not None:
            object.__setattr__(self, "max_rate", _checked_rate(self.max_rate))
        window = _checks.number("max_rate_window", self.max_rate_window, "ms", above=0.0)
        object.__setattr__(self, "max_rate_window", window)

    def changed(
        self,
        max_recorded_spikes: int | None,
        max_pending_spikes: int | None,
        max_rate: float | Mapping[str, float] | None,
        max_rate_window: float | None,
    ) -> Limits:
        """Return limits in which those that are given are other; an infinite max_rate is none."""
        given = {
            "max_recorded_spikes": max_recorded_spikes,
            "max_pending_spikes": max_pending_spikes,
            "max_rate": max_rate,
            "max_rate_window": max_rate_window,
        }
        bounds: dict[str, Any] = {name: bound for name, bound in given.items() if bound is not None}
        if isinstance(max_rate, float) and max_rate == math.inf:
            bounds["max_rate"] = None
        return replace(self, **bounds)

    def given(self) -> dict[str, Any]:
        """Return those that are bounds, by name."""
        return {name: bound for name, bound in asdict(self).items() if bound is not None}

    def of(self, populations: Sequence[str]) -> dict[str, Any]:
        """Return the bounds as the core has them, rates by population.

        ValueError where a rate is that of no population.
        """
        bounds = {name: bound for name, bound in self.given().items() if name != "max_rate"}
        if self.max_rate is None:
            return bounds
        if not isinstance(self.max_rate, Mapping):
            return {**bounds, "max_rates": [self.max_rate] * len(populations)}
        for name in self.max_rate:
            if name not in populations:
                raise ValueError(_checks.unknown("population", name, populations))
        rates = [self.max_rate.get(name, math.inf) for name in populations]
        return {**bounds, "max_rates": rates}


def _checked_rate(rate: object) -> float | dict[str, float]:
    if not isinstance(rate, Mapping):
        return _checks.number("max_rate", rate, "Hz", above=0.0)
    return {
        str(name): _checks.number("max_rate", bound, "Hz", above=0.0)
        for name, bound in rate.items()
    }
