"""What one seed of `ei-balance` goes through: learning, measuring, recall, and the other rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...lab.results import Nested
from ...lab.runs import run_bounded
from ...lab.stages import Stage
from ...plasticity import Rule
from ...simulation import LimitError
from .._shared.curves import median_known
from .config import Config, Floats, Stimuli
from .cortex import Cortex, Running
from .measures import Measured, factor_for_rate, ongoing_and_evoked, tuning

MOST = 4.0  # factor of weights, either way, in the search for a rate
SEARCH = 3e3  # ms of each look at a rate in it
PARTS = 20  # of learning, after each of which rates are noted
STREAMS = {  # of the input
    "learn": 0, "measure": 1, "assembly": 2, "recall": 3, "search": 4, "antisymmetric": 5,
}  # fmt: skip


@dataclass(frozen=True)
class Bench:
    """What one seed does over and over."""

    config: Config
    cortex: Cortex
    seed: int
    stage: Stage

    def learned(self) -> tuple[Floats, dict[str, Floats]]:
        """Return the weights that Vogels' rule learns from the start, and the rates meanwhile."""
        config, stage = self.config, self.stage.part("learns")
        going = self.cortex.simulation(
            config.duration,
            config.ie_weight,
            stream=STREAMS["learn"],
            rule=config.vogels(config.eta),
        )
        early = PARTS * 3 // 5
        course = _Course(going)
        self._run(going, config.duration * early / PARTS, stage, course, early)
        going.simulation.set_learning_rate(going.inhibition, config.eta_late)
        self._run(going, config.duration, stage, course, PARTS - early)
        return going.weights(), course.arrays("learning")

    def measured(self, name: str, weights: Floats | float, ongoing: float) -> Measured:
        """Measure the network with frozen weights."""
        stage = self.stage.part(f"measures {name}")
        return ongoing_and_evoked(
            self.cortex,
            weights,
            self.config.recorded_cells(),
            target=self.config.target_rate,
            ongoing=ongoing,
            stimuli=self.config.stimulation(self.seed),
            stream=STREAMS["measure"],
            run=lambda going, stop: self._run(going, stop, stage),
        )

    def recalled(self, learned: Floats) -> tuple[Nested, dict[str, NDArray[Any]]]:
        """Store an assembly, balance it, and lower inhibition."""
        config, cortex = self.config, self.cortex
        rng = np.random.default_rng([self.seed, 0xA55])
        n = config.n_excitatory
        size = max(round(config.assembly * n), 1)
        chosen = rng.permutation(n)
        member, other = np.zeros(n, bool), np.zeros(n, bool)
        member[chosen[:size]], other[chosen[size : 2 * size]] = True, True
        among = member[cortex.ee.pre] & member[cortex.ee.post]
        ee = config.recurrent_weight * np.where(among, config.assembly_factor, 1.0)
        phase, stage = config.recall_duration, self.stage.part("stores an assembly")

        def rates(going: Running, start: float, stop: float) -> Nested:
            self._run(going, stop, stage)
            _, ids = going.simulation.spikes("E", start=start, stop=stop)
            hz = np.bincount(ids, minlength=n) / (1e-3 * (stop - start))
            names = {"assembly": member, "others": other, "rest": ~member}
            return {name: float(hz[cells].mean()) for name, cells in names.items()}

        def start(duration: float, weights: Floats) -> Running:
            return cortex.simulation(duration, weights, stream=STREAMS["recall"], ee=ee)

        settling = 0.25 * phase
        found = {"stored": rates(start(phase, learned), settling, phase)}
        going = cortex.simulation(
            config.assembly_duration,
            learned,
            stream=STREAMS["assembly"],
            ee=ee,
            rule=config.vogels(config.eta),
        )
        going.simulation.set_recording("E", False)
        course = config.assembly_duration * 0.6
        self._run(going, course, stage)
        going.simulation.set_learning_rate(going.inhibition, config.eta_late)
        self._run(going, config.assembly_duration, stage)
        balanced = going.weights()

        def lowered(cells: NDArray[np.bool_]) -> Floats:
            return np.where(cells[cortex.ie.post], config.lowered, 1.0) * balanced

        everybody = np.ones(n, bool)
        arrays: dict[str, NDArray[Any]] = {}
        for name, phases in (
            ("recall", {"balanced": None, "lowered": member, "restored": None}),
            ("control", {"lowered_others": other, "lowered_all": everybody}),
        ):
            going = start(len(phases) * phase, balanced)
            for k, (what, cells) in enumerate(phases.items()):
                weights = balanced if cells is None else lowered(cells)
                going.simulation.set_weights(going.inhibition, weights)
                found[what] = rates(going, k * phase + settling, (k + 1) * phase)
            if name == "recall":
                times, ids = going.simulation.spikes("E")
                shown = [*chosen[:size][:40], *chosen[size : 2 * size][:40]]
                place = np.full(n, -1)
                place[shown] = np.arange(len(shown))
                kept = place[ids] >= 0
                arrays = {"recall_times": times[kept], "recall_ids": place[ids[kept]]}
        return found, arrays

    def antisymmetric(self, learned: Floats) -> tuple[Nested, dict[str, NDArray[Any]]]:
        """Learn by the antisymmetric rule from uniform and from learned weights; compare.

        All states are brought to the target rate by one factor of all weights, and measured.
        """
        config = self.config
        stage = self.stage.part("learns by the antisymmetric rule")
        uniform = np.full(len(learned), config.ie_weight)
        factor = self._equal_rate(uniform, stage)
        found: Nested = {"uniform_weight": None if factor is None else factor * config.ie_weight}
        arrays: dict[str, NDArray[Any]] = {}
        antisymmetric: dict[str, Rule | None] = {
            f"antisymmetric_{ratio:g}": config.antisymmetric(ratio) for ratio in config.ratios
        }
        fresh = {"none": None, "vogels": config.vogels(config.eta), **antisymmetric}
        for begin, weights, rules in (
            ("uniform", None if factor is None else factor * uniform, fresh),
            ("learned", learned, antisymmetric),
        ):
            for name, rule in rules.items():
                key = f"{begin}_{name}"
                if weights is None:
                    found[key] = dict(_UNKNOWN)
                    continue
                found[key], curves = self._under(rule, weights, stage)
                arrays |= {f"{key}_{curve}": values for curve, values in curves.items()}
        return found, arrays

    def _under(
        self, rule: Rule | None, weights: Floats, stage: Stage
    ) -> tuple[Nested, dict[str, Floats]]:
        """Learn by a rule, and measure at the target rate."""
        duration = self.config.antisymmetric_duration
        curves: dict[str, Floats] = {}
        stopped = None
        if rule is not None:
            going = self.cortex.simulation(
                duration, weights, stream=STREAMS["antisymmetric"], rule=rule
            )
            course = _Course(going)
            try:
                self._run(going, duration, stage, course, PARTS)
            except LimitError:
                stopped = going.simulation.time
            weights, curves = going.weights(), course.arrays("course")
        found: Nested = {
            **_UNKNOWN,
            "ran_away": float(stopped is not None),
            "tuning": median_known(tuning(self.cortex, weights)),
            "mean_weight": float(weights.mean()),
        }
        if curves and stopped is None:
            found["rate"] = float(curves["course_rate"][-1])
        factor = None if stopped is not None else self._equal_rate(weights, stage)
        if factor is not None:
            metrics = self._at_equal_rate(factor * weights, stage).metrics
            found |= {"factor": factor, "equal_rate": metrics["rate"]}
            found |= {k: metrics[k] for k in ("share_within", "cv", "pairwise_same_group")}
            found["ei"] = metrics["ongoing"]["median"]
        return found, curves

    def _at_equal_rate(self, weights: Floats, stage: Stage) -> Measured:
        none = Stimuli(np.empty(0), np.empty(0, np.int64), 0.0, 0.0)
        return ongoing_and_evoked(
            self.cortex,
            weights,
            self.config.recorded_cells(),
            target=self.config.target_rate,
            ongoing=self.config.equal_duration,
            stimuli=none,
            stream=STREAMS["measure"],
            run=lambda going, stop: self._run(going, stop, stage),
        )

    def _equal_rate(self, weights: Floats, stage: Stage) -> float | None:
        """Return the factor of weights at which the network fires at the target rate."""

        def rate(factor: float) -> float:
            going = self.cortex.simulation(
                SEARCH, np.minimum(factor * weights, self.config.w_max), stream=STREAMS["search"]
            )
            try:
                self._run(going, SEARCH, stage)
            except LimitError:
                return np.inf
            n = going.simulation.spike_count("E")
            return n / (1e-3 * SEARCH * self.config.n_excitatory)

        return factor_for_rate(rate, self.config.target_rate, MOST)

    @staticmethod
    def _run(
        going: Running,
        stop: float,
        stage: Stage,
        course: Callable[[], None] | None = None,
        n_parts: int = 1,
    ) -> None:
        cells = going.simulation.network.populations[0]
        run_bounded(
            going.simulation, cells, stop, progress=stage, n_parts=n_parts, after_part=course
        )


_UNKNOWN: Nested = dict.fromkeys(
    (
        "rate", "factor", "equal_rate", "share_within", "cv", "pairwise_same_group", "ei",
        "tuning", "mean_weight", "ran_away",
    )
)  # fmt: skip


class _Course:
    """Rates and weights after each part of learning."""

    def __init__(self, going: Running) -> None:
        self._going = going
        for name in ("E", "I"):
            going.simulation.set_recording(name, False)
        self._times = [0.0]
        self._counts = [(0, 0)]
        self._mean_weights: list[float] = []

    def __call__(self) -> None:
        simulation = self._going.simulation
        self._times.append(simulation.time)
        self._counts.append((simulation.spike_count("E"), simulation.spike_count("I")))
        self._mean_weights.append(float(self._going.weights().mean()))

    def arrays(self, name: str) -> dict[str, Floats]:
        """Return ends of parts (ms), rates of E and I (Hz) and mean weights (mV)."""
        sizes = [one.size for one in self._going.simulation.network.populations]
        seconds = 1e-3 * np.diff(self._times)
        rates = np.diff(np.array(self._counts, dtype=np.float64), axis=0) / seconds[:, None] / sizes
        return {
            f"{name}_times": np.array(self._times[1:]),
            f"{name}_rate": rates[:, 0],
            f"{name}_rate_inhibitory": rates[:, 1],
            f"{name}_weight": np.array(self._mean_weights),
        }
