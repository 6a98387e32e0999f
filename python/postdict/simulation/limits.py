"""The bounds at which a run stops."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from .. import _checks


@dataclass(frozen=True)
class Limits:
    """Bounds on recorded spikes, on spikes under way and on rates; see `Simulation`."""

    max_recorded_spikes: int = 10**8
    max_pending_spikes: int = 10**7
    max_rate: float | None = None  # Hz
    max_rate_window: float = 1000.0  # ms

    def __post_init__(self) -> None:
        for name in ("max_recorded_spikes", "max_pending_spikes"):
            checked = _checks.integer(name, getattr(self, name), at_least=1, bits=64)
            object.__setattr__(self, name, checked)
        if self.max_rate is not None:
            checked_rate = _checks.number("max_rate", self.max_rate, "Hz", above=0.0)
            object.__setattr__(self, "max_rate", checked_rate)
        window = _checks.number("max_rate_window", self.max_rate_window, "ms", above=0.0)
        object.__setattr__(self, "max_rate_window", window)

    def changed(self, bounds: Mapping[str, float | None]) -> Limits:
        """Return limits in which those that are given are other; an infinite max_rate is none."""
        given: dict[str, Any] = {name: bound for name, bound in bounds.items() if bound is not None}
        if isinstance(given.get("max_rate"), float) and given["max_rate"] == math.inf:
            given["max_rate"] = None
        return replace(self, **given)

    def given(self) -> dict[str, Any]:
        """Return those that are bounds, by name."""
        return {name: bound for name, bound in asdict(self).items() if bound is not None}
