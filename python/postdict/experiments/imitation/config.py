"""Settings of `imitation`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..._types import Floats
from ...lab.settings import setting
from .._shared.loop_settings import LoopConfig

FEWEST = 20  # spikes that a song must be expected to have


@dataclass(frozen=True)
class Config(LoopConfig):
    """Settings of `imitation`; all defaults are our own."""

    hard: bool = setting(True, "also a badly conditioned, tonotopic world")
    hard_gain: float = setting(2.0, "its peak entry, in thresholds", above=0)
    hard_overlap: float = setting(1.0, "its width over distance of footprints", above=0)
    rates: tuple[float, ...] = setting(
        (0.5, 1.0, 2.0, 4.0, 8.0),
        "of the tutor songs, a motor neuron",
        unit="Hz",
        above=0,
        at_most=30,
    )
    song_duration: float = setting(5e4, "of each tutor song", unit="ms", at_least=1e3)
    jitter: float = setting(2.0, "sd, of heard spikes when noisy", unit="ms", at_least=0)
    background_rate: float = setting(
        2.0, "random spikes a sensor when noisy", unit="Hz", at_least=0
    )
    deletion: float = setting(0.0, "share of heard spikes lost when noisy", at_least=0, at_most=1)
    sweep_rate: float = setting(
        4.0, "of the song heard with one kind of noise", unit="Hz", above=0, at_most=30
    )
    jitters: tuple[float, ...] = setting((1.0, 2.0, 4.0, 8.0), "alone", unit="ms", above=0)
    deletions: tuple[float, ...] = setting((0.1, 0.2, 0.3, 0.5), "alone", above=0, at_most=1)
    background_rates: tuple[float, ...] = setting(
        (1.0, 2.0, 4.0, 8.0), "alone, a sensor", unit="Hz", above=0
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.rates:
            raise ValueError("rates must name at least one rate, got none")
        slowest = min(*self.rates, self.sweep_rate, 4.0)
        expected = slowest * 1e-3 * self.song_duration * self.n_motor
        if expected < FEWEST:
            raise ValueError(
                f"song_duration must leave at least {FEWEST} spikes at {slowest:g} Hz, "
                f"got {self.song_duration:g} ms"
            )

    def doubts(self) -> list[str]:
        """Return why these settings cannot show what they are for, a line each."""
        delay = self.world_delay + self.synaptic_delay
        reasons = (
            (
                delay > 2.0 * self.tau_minus,
                f"world_delay: a loop delay of {delay:g} ms is far beyond tau_minus = "
                f"{self.tau_minus:g} ms, so that little or no inverse is learned",
            ),
            (
                self.n_sensor < self.n_motor,
                f"n_sensor: {self.n_sensor} sensors cannot tell {self.n_motor} motor neurons apart",
            ),
        )
        return [why for unable, why in reasons if unable]

    def quick(self) -> Config:
        """Return a version that ends in half a minute: a tenth of the learning, two worlds."""
        return replace(
            self,
            duration=1e6,
            eta=2e-4,
            measure_duration=4e5,
            song_duration=1e4,
            seeds=2,
            jitters=(2.0, 8.0),
            deletions=(0.2, 0.5),
            background_rates=(2.0, 8.0),
        )

    def kinds_of_noise(self) -> dict[str, tuple[float, ...]]:
        """Return the levels of each kind of noise that is swept alone."""
        return {
            "jitter": self.jitters,
            "deletion": self.deletions,
            "background_rate": self.background_rates,
        }

    def hard_world(self, seed: int) -> Floats:
        """Return the badly conditioned world (n_sensor, n_motor) of one seed."""
        return replace(
            self,
            world="tonotopic",
            world_file=None,
            gain=self.hard_gain,
            overlap=self.hard_overlap,
        ).make_world(seed)
