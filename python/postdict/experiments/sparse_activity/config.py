"""Settings of `sparse-activity`: the point that is looked at closely, and the map around it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...lab.settings import setting
from .._shared.loop_settings import LoopConfig


@dataclass(frozen=True)
class Config(LoopConfig):
    """Settings of `sparse-activity`; all defaults are our own.

    `world_delay`, `synaptic_delay`, `A_minus` and `A_plus` are the point that is looked at closely;
    it belongs to the map, whatever `delays` and `ratios` say.
    """

    measure_duration: float = setting(4e5, "of each measurement", unit="ms", at_least=1e4)
    delays: tuple[float, ...] = setting(
        (2.0, 5.0, 8.0, 11.0, 16.0, 22.0, 31.0, 42.0, 61.0, 101.0),
        "loop delays D of the map, synaptic_delay included",
        unit="ms",
        above=0,
    )
    ratios: tuple[float, ...] = setting(
        (0.4, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2), "A_minus/A_plus of the map", at_least=0
    )
    runaway_factor: float = setting(
        10.0, "motor rate that ends a run, in units of the one without feedback", above=1
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for delay in self.delays:
            if not delay > self.synaptic_delay:
                raise ValueError(
                    f"delays must be above synaptic_delay = {self.synaptic_delay} ms, "
                    f"got {delay} ms"
                )
        if not self.A_plus > 0:
            raise ValueError(f"A_plus must be positive, got {self.A_plus}")

    def quick(self) -> Config:
        """Return a version that ends in half a minute: a tenth of the learning, a coarse map."""
        return replace(
            self,
            duration=1e6,
            eta=2e-4,
            measure_duration=2e5,
            seeds=2,
            delays=(5.0, 11.0, 61.0),
            ratios=(0.4, 0.7, 1.0, 1.2),
        )

    @property
    def delay(self) -> float:
        """The loop delay D (ms) that is looked at closely."""
        return self.world_delay + self.synaptic_delay

    @property
    def ratio(self) -> float:
        """The A_minus/A_plus that is looked at closely."""
        return self.A_minus / self.A_plus

    @property
    def balanced_ratio(self) -> float:
        """The A_minus/A_plus at which the window has no mean: a control."""
        return self.tau_plus / self.tau_minus

    def all_delays(self) -> list[float]:
        """Return every D (ms) of the map."""
        return sorted({*self.delays, self.delay})

    def all_ratios(self) -> list[float]:
        """Return every A_minus/A_plus of the map."""
        return sorted({*self.ratios, self.ratio, self.balanced_ratio})

    def at_delay(self, delay: float) -> Config:
        """Return the same with another loop delay (ms)."""
        return replace(self, world_delay=delay - self.synaptic_delay)
