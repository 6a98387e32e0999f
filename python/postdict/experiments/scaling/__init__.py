"""Where the inverse is learned and where it breaks: size, spread, condition, noise, delays, lag.

One configuration is one point, measured over its seeds; `axes` names cuts through it, each of which
changes one thing. For every point: F1 of unseen songs, other decoders' beside it, and the
biological time after which F1 at 1 Hz stays above 0.95.

Source of the claim: M. Westkott's thesis (Bremen 2016, chapter 5) finds that inversion works for
worlds that spread one motor spike over up to about 10 ms and breaks at 40 ms; its parameters are
not known, and every number here is our own choice.
"""

from __future__ import annotations

import warnings
from dataclasses import asdict, dataclass, replace

import numpy as np

from ... import _checks
from ...lab.results import Nested, Result, median_and_range, summarised
from ...lab.settings import setting
from ...lab.stages import Stage
from ...lab.trials import run_trials, trial_seeds
from ...loop.circuit import LoopParameters
from ...neurons import LIFExp
from ...plasticity import AntisymmetricSTDP
from ...world.linear import LinearWorld, as_linear, spread_world
from ...world.matrices import conditioned_world
from .._shared.loop_settings import LoopConfig, Matrix
from .._shared.per_seed import Found
from .cuts import CUTS
from .figures import draw, headline
from .trial import measure_point

__all__ = ["FIGURES", "UNITS", "Config", "draw", "headline", "run"]

FIGURES = {"scaling": ((11.0, 9.0), draw)}
UNITS = {"time_to_learn": "ms", "motor_rate_before": "Hz", "motor_rate_after": "Hz"}


@dataclass(frozen=True)
class Config(LoopConfig):
    """Settings of `scaling`: those of one point, and the cuts through it; all are our own."""

    axes: str = setting("all", "cuts: all, none, or names with commas (" + ", ".join(CUTS) + ")")
    coarse: bool = setting(False, "two or three points a cut instead of all")
    condition: float | None = setting(
        None, "of the world, instead of `world` (a tonotopic one)", at_least=1
    )
    spread: float = setting(
        1.0,
        "over which one motor spike reaches its sensors, in bins of 1 ms",
        unit="ms",
        at_least=1,
    )
    kernel: str = setting("constant", "shares of the bins", choices=("constant", "random"))
    delay_sd: float = setting(
        0.0, "sd of the pairs' own delays in the world", unit="ms", at_least=0
    )
    spontaneous_rate: float = setting(
        0.0, "spikes of a sensor that nobody caused, while learning", unit="Hz", at_least=0
    )
    inhibition_lag: float = setting(0.0, "of inhibition behind excitation", unit="ms", at_least=0)
    tau_syn: float | None = setting(
        None, "of exponential currents onto motor neurons; none: voltage jumps", unit="ms", above=0
    )
    eta: float = setting(4e-4, "learning rate at the start", unit="mV", at_least=0)
    anneal: float = setting(0.25, "learning rate at the end, in units of eta", above=0, at_most=1)
    duration: float = setting(1e6, "of learning", unit="ms", above=0)
    measure_duration: float = setting(2e5, "of each measurement", unit="ms", at_least=1e4)
    moments: int = setting(8, "of learning, each half as late, at which F1 is taken", at_least=2)
    song_spikes: float = setting(300.0, "spikes of all in the song at 1 Hz", at_least=20)
    tolerance: float = setting(5.0, "largest error of a right spike", unit="ms", above=0)

    def __post_init__(self) -> None:
        super().__post_init__()
        drawn = [name for name in self.cuts() if CUTS[name].draws_worlds]
        if drawn and self.world_file is not None:
            needs = "needs" if len(drawn) == 1 else "need"
            raise ValueError(
                f"axes: {', '.join(drawn)} {needs} worlds that are drawn, but world_file is set"
            )
        if 2.0 * self.delay_sd >= self.world_delay:
            raise ValueError(
                f"delay_sd must be below half of world_delay = {self.world_delay:g} ms, "
                f"got {self.delay_sd:g} ms"
            )
        if self.delay + self.spread + 2 * self.delay_sd > 2 * (self.tau_plus + self.tau_minus):
            warnings.warn(
                "the world's answer comes later than the window reaches: no inverse is expected",
                stacklevel=3,
            )

    @property
    def delay(self) -> float:
        """The shortest loop delay, ms, but for the pairs' own delays."""
        return self.world_delay + self.synaptic_delay

    @property
    def song_duration(self) -> float:
        """The duration of each song, ms."""
        return max(1e3 * self.song_spikes / self.n_motor, 2e3)

    @property
    def weight_unit(self) -> float:
        """What stands for 1 mV of a voltage jump: a current of the same area."""
        return 1.0 if self.tau_syn is None else self.tau_m_motor / self.tau_syn

    def cuts(self) -> list[str]:
        """Return the names of the cuts that are asked for."""
        if self.axes in ("all", "none"):
            return list(CUTS) if self.axes == "all" else []
        names = [name.strip() for name in self.axes.split(",")]
        for name in names:
            if name not in CUTS:
                raise ValueError(_checks.unknown("axis", name, [*CUTS, "all", "none"]))
        return names

    def quick(self) -> Config:
        """Return a version that ends in half a minute: less learning, two worlds."""
        return replace(
            self,
            coarse=True,
            eta=1.5e-3,
            duration=2e5,
            measure_duration=5e4,
            song_spikes=100.0,
            seeds=2,
        )

    def rule(self) -> AntisymmetricSTDP:
        """Return the plasticity of the inhibition."""
        return replace(super().rule(), eta=self.weight_unit * self.eta)

    def parameters(self) -> LoopParameters:
        """Return the loop's parameters."""
        loop = replace(
            super().parameters(),
            inhibition_lag=self.inhibition_lag,
            spontaneous_rate=self.spontaneous_rate,
        )
        if self.tau_syn is None:
            return loop
        return replace(
            loop,
            motor=LIFExp(tau_m=self.tau_m_motor, tau_syn_e=self.tau_syn, tau_syn_i=self.tau_syn),
            exploration_weight=self.weight_unit * self.exploration_weight,
            excitation=self.weight_unit * self.excitation,
        )

    def make_world(self, seed: int) -> Matrix:
        """Return the matrix of one seed's world (n_sensor, n_motor), or the user's own."""
        if self.world_file is not None or self.condition is None:
            return super().make_world(seed)
        return conditioned_world(
            self.n_sensor,
            self.n_motor,
            condition=self.condition,
            gain=self.gain or 3.0,
            rng=np.random.default_rng([seed, 0x3301D]),
        )

    def linear_world(self, seed: int) -> LinearWorld:
        """Return one seed's world, with its spread and delays."""
        matrix = self.make_world(seed)
        if self.spread == 1.0 and not self.delay_sd:
            return as_linear(matrix)
        return spread_world(
            matrix,
            self.spread,
            shape=self.kernel,
            delay_sd=self.delay_sd,
            rng=np.random.default_rng([seed, 0x59EAD]),
        )


def run(config: Config, stage: Stage | None = None) -> Result:
    """Measure the point of `config`, and those of its cuts, for every seed.

    Parameters
    ----------
    config : Config
    stage : Stage, optional
        The run as a whole; see `postdict.lab.stages.Stage`.
    """
    config, _ = config.with_worlds()
    own = replace(config, axes="none")
    places = {
        name: {
            value: CUTS[name].at(own, value) for value in CUTS[name].values(coarse=config.coarse)
        }
        for name in config.cuts()
    }
    points = list(dict.fromkeys([own, *(one for cut in places.values() for one in cut.values())]))
    seeds = trial_seeds(config)
    trials = [(point, seed) for point in points for seed in seeds]

    def trial(index: int, stage: Stage) -> Found:
        point, seed = trials[index]
        return measure_point(point, point.linear_world(seed), seed, stage)

    found = dict(
        zip(trials, run_trials(trial, range(len(trials)), stage, kind="point"), strict=True)
    )
    of = {point: [found[point, seed][0] for seed in seeds] for point in points}
    return Result(
        "scaling",
        asdict(config),
        {
            **summarised(of[own], seeds),
            "cuts": {
                name: {f"{value:.12g}": _with_spread(of[point]) for value, point in cut.items()}
                for name, cut in places.items()
            },
        },
        found[own, seeds[0]][1],
    )


def _with_spread(per_seed: list[Nested]) -> Nested:
    medians, ranges = median_and_range(per_seed)
    learned = sum(bool(one["learned"]) for one in per_seed)  # None where it ran away
    return {**medians, "spread": ranges, "n_learned": learned, "n_seeds": len(per_seed)}
