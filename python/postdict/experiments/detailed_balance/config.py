"""Settings of `detailed-balance`."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..._types import Floats
from ...lab.settings import setting
from .._shared.loop_settings import LoopConfig


@dataclass(frozen=True)
class Config(LoopConfig):
    """Settings of `detailed-balance`; all defaults are our own."""

    windows: int = setting(100, "equal parts of learning with fluxes of their own", at_least=2)
    starts: int = setting(200, "beginnings of learning over which drift is averaged", at_least=1)
    start_duration: float = setting(5e3, "of each of them", unit="ms", at_least=1e3)

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("eta", "A_plus", "A_minus"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be positive, got {getattr(self, name)}")

    def quick(self) -> Config:
        """Return a version that ends in half a minute: a tenth of the learning, two worlds."""
        return replace(
            self,
            duration=1e6,
            eta=2e-4,
            measure_duration=4e5,
            seeds=2,
            starts=100,
            start_duration=2e3,
        )

    def window_ends(self) -> Floats:
        """Return the ends (ms) of the parts of learning."""
        ends: Floats = self.duration / self.windows * np.arange(1.0, self.windows + 1)
        return ends
