"""Adaptation: the world changes in mid-run, and the inverse follows where inhibition is plastic.

The loop learns as in `inverse-model`. Then its world changes at once: sensors are permuted, all
entries are rescaled, one sensor in five falls silent, or the sound takes longer. From the same
state the loop goes on with plasticity, at several learning rates, without it, and with plasticity
but with all weights forgotten. Now and then the weights are judged in the new world: by the
specific inverse error, and by the imitation of unseen songs with the decoder that was chosen before
the change. Then the world drifts slowly, at several speeds, and the inverse is compared with the
worlds of earlier times: the one that it fits best tells the lag.

Source of the claim: Westkott, Albers & Pawelzik 2013, BMC Neurosci 14(S1):O3, which prints no
parameter; every number here is our own choice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ...lab.results import Nested, Result
from ...lab.settings import setting, warn_of
from ...lab.stages import Stage
from .._shared.loop_settings import LoopConfig
from .._shared.per_seed import Found, run_in_worlds
from .figures import draw, headline
from .trial import EDGES, Bench, Change, known

Matrix = NDArray[np.float64]

__all__ = ["FIGURES", "UNITS", "Config", "draw", "headline", "run"]

FIGURES = {"adaptation": ((11.0, 7.0), draw)}
UNITS = {"recovery_time": "s", "lag": "s", "scale": "mV"}

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

    def times(self, rate: float) -> Matrix:
        """Return when weights are looked at (ms after the change), learning at a rate (mV)."""
        looks = np.geomspace(EARLIEST, 1.0, self.snapshots)
        shares = np.unique([*EDGES, *looks[:-1]])
        times: Matrix = self.after * (self.eta / rate) * shares
        return times


def changes(config: Config, world: Matrix, seed: int) -> dict[str, Change]:
    """Return what may become of a world, by name; the first is no change."""
    rng = np.random.default_rng([seed, 0xADA97])
    parameters = config.parameters()
    n_sensor = len(world)
    order, silent = rng.permutation(n_sensor), rng.permutation(n_sensor)
    deaf = world.copy()
    deaf[silent[: config.n_silent(n_sensor)]] = 0.0
    worlds = {
        "none": world,
        "permutation": world[order],
        **{f"gain_{gain:g}": gain * world for gain in config.gains},
        "silent": deaf,
    }
    found = {name: Change(changed, parameters) for name, changed in worlds.items()}
    later = replace(parameters, world_delay=config.new_delay)
    return {**found, "delay": Change(world, later, other_delay=True)}


def run(config: Config, stage: Stage | None = None) -> Result:
    """Learn, change the world and look, once for every seed.

    Parameters
    ----------
    config : Config
    stage : Stage, optional
        The run as a whole; see `postdict.lab.stages.Stage`.
    """
    config, worlds = config.with_worlds()
    warn_of(config)
    return run_in_worlds("adaptation", config, worlds, _trial, stage)


def _trial(config: Config, world: Matrix, seed: int, stage: Stage) -> Found:
    bench = Bench(config, world, seed, stage)
    loop, before = bench.learned()
    learned = loop.weights()
    found, arrays = {}, {}
    for name, change in changes(config, world, seed).items():
        found[name], arrays[name] = bench.changed(name, change, loop, before)
    drift, drift_arrays = bench.drifted(loop, before.chosen)
    metrics = {
        "before": {
            **known(before.judged(learned)),
            "gain": before.chosen.gain,
            "condition_number": float(np.linalg.cond(before.response)),
        },
        "changes": {name: one["on"] for name, one in found.items()},
        "by_rate": {name: one["by_rate"] for name, one in found.items()},
        "recovery_exponent": {name: _exponent(one["by_rate"]) for name, one in found.items()},
        "drift": drift,
        "controls": {
            "plasticity_off": {name: one["off"] for name, one in found.items()},
            "forgotten": {name: one["forgotten"] for name, one in found.items()},
        },
    }
    courses = {f"{name}_{key}": one for name, each in arrays.items() for key, one in each.items()}
    return metrics, {
        "world": world,
        "response": before.response,
        "weights": learned,
        "times": config.times(config.eta),
        **courses,
        **drift_arrays,
    }


def _exponent(by_rate: Nested) -> float | None:
    """Return the slope of log recovery time over log learning rate; None where one is missing."""
    times = [one["recovery_time"] for one in by_rate.values()]
    if len(times) < 2 or not all(times):
        return None
    return float(np.polyfit(np.log([float(rate) for rate in by_rate]), np.log(times), 1)[0])
