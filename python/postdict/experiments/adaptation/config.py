"""Settings of `adaptation`."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..._types import Floats
from ...lab.settings import setting
from .._shared.loop_settings import LoopConfig

EDGES = (0.0, 0.05, 0.95, 1.0)  # of a branch: fluxes and rates are taken over both ends of it
EARLIEST = 1e-3  # first look after a change, as share of a branch


@dataclass(frozen=True)
class Config(LoopConfig):
    """Settings of `adaptation`; all defaults are our own."""

    measure_duration: float = setting(4e5, "of each measurement", unit="ms", at_least=1e4)
    after: float = setting(
        5e6, "of a branch after a change, at the rate eta; at others as 1/rate", unit="ms", above=0
    )
    snapshots: int = setting(20, "looks at the weights after a change", at_least=2, at_most=1000)
    gains: tuple[float, ...] = setting((0.7, 1.5), "factors by which the world changes", above=0)
    silent_share: float = setting(0.2, "of the sensors that fall silent", above=0, at_most=0.9)
    new_delay: float = setting(20.0, "motor spike to sensor, changed", unit="ms", above=0)
    rates: tuple[float, ...] = setting(
        (1e-4, 2e-4, 4e-4, 8e-4), "learning rates after a change besides eta", unit="mV", above=0
    )
    turns: tuple[float, ...] = setting(
        (1e7, 5e6, 2.5e6, 1.25e6), "in which a drifting world moves every sensor", unit="ms",
        above=0,
    )  # fmt: skip
    drift_steps: int = setting(300, "in which it moves, in a turn", at_least=10)
    song_duration: float = setting(2e4, "of each tutor song", unit="ms", at_least=1e3)
    jitter: float = setting(2.0, "sd, of heard spikes when noisy", unit="ms", at_least=0)
    background_rate: float = setting(
        2.0, "random spikes a sensor when noisy", unit="Hz", at_least=0
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.eta > 0:
            raise ValueError(f"eta must be positive, got {self.eta}")

    def doubts(self) -> list[str]:
        """Return why these settings cannot show that every change is recovered from."""
        found = []
        if self.new_delay == self.world_delay:
            found.append("new_delay is the delay that the world has already")
        if self.new_delay + self.synaptic_delay > 2.0 * max(self.tau_plus, self.tau_minus):
            found.append(
                f"new_delay = {self.new_delay:g} ms lies where the window has all but ended: c "
                "will be small there or change its sign"
            )
        if self.n_sensor - self.n_silent(self.n_sensor) < self.n_motor:
            found.append(
                f"silent_share = {self.silent_share:g} leaves fewer sensors than the "
                f"{self.n_motor} motor neurons: no inverse of them exists"
            )
        return found

    def n_silent(self, n_sensor: int) -> int:
        """Return how many of the sensors fall silent."""
        return max(round(self.silent_share * n_sensor), 1)

    def quick(self) -> Config:
        """Return a version that ends in half a minute: a tenth of the learning, two worlds."""
        return replace(
            self,
            duration=1e6,
            eta=2e-4,
            measure_duration=2e5,
            after=1.5e6,
            snapshots=12,
            rates=(4e-4, 8e-4),
            turns=(2e6, 5e5),
            seeds=2,
        )

    def all_rates(self) -> list[float]:
        """Return the learning rates (mV) after a change."""
        return sorted({self.eta, *self.rates})

    def times(self, rate: float) -> Floats:
        """Return when weights are looked at (ms after the change), learning at a rate (mV)."""
        looks = np.geomspace(EARLIEST, 1.0, self.snapshots)
        shares = np.unique([*EDGES, *looks[:-1]])
        times: Floats = self.after * (self.eta / rate) * shares
        return times
