"""Other rules in the place of the one that holds the rate, and what they make of a network."""

from __future__ import annotations

import numpy as np

from ..._types import Arrays, Floats
from ...lab.results import Nested
from ...lab.stages import Stage
from ...plasticity import Rule
from ...simulation import LimitError
from .._shared.curves import median_known
from .._shared.per_seed import Found
from .config import Stimuli
from .cortex import STREAMS, Cortex
from .course import PARTS, Course
from .measures import Measured, factor_for_rate, ongoing_and_evoked, tuning

MOST = 4.0  # factor of weights, either way, in the search for a rate
SEARCH = 3e3  # ms of each look at a rate in it

_UNKNOWN: Nested = dict.fromkeys(
    (
        "rate", "factor", "equal_rate", "share_within", "cv", "pairwise_same_group", "ei",
        "tuning", "mean_weight", "ran_away",
    )
)  # fmt: skip


def relearned(cortex: Cortex, learned: Floats, stage: Stage) -> Found:
    """Learn by the antisymmetric rule from uniform and from learned weights; compare.

    All states are brought to the target rate by one factor of all weights, and measured.
    """
    config = cortex.config
    uniform = np.full(len(learned), config.ie_weight)
    factor = _equal_rate(cortex, uniform, stage)
    found: Nested = {"uniform_weight": None if factor is None else factor * config.ie_weight}
    arrays: Arrays = {}
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
            found[key], curves = _under(cortex, rule, weights, stage)
            arrays |= {f"{key}_{curve}": values for curve, values in curves.items()}
    return found, arrays


def _under(
    cortex: Cortex, rule: Rule | None, weights: Floats, stage: Stage
) -> tuple[Nested, dict[str, Floats]]:
    """Learn by a rule, and measure at the target rate."""
    duration = cortex.config.antisymmetric_duration
    curves: dict[str, Floats] = {}
    stopped = None
    if rule is not None:
        run = cortex.simulation(duration, weights, stream=STREAMS["antisymmetric"], rule=rule)
        course = Course(run)
        try:
            run.until(duration, stage, n_parts=PARTS, after_part=course.note)
        except LimitError:
            stopped = run.simulation.time
        weights, curves = run.weights(), course.arrays("course")
    found: Nested = {
        **_UNKNOWN,
        "ran_away": float(stopped is not None),
        "tuning": median_known(tuning(cortex, weights)),
        "mean_weight": float(weights.mean()),
    }
    if curves and stopped is None:
        found["rate"] = float(curves["course_rate"][-1])
    factor = None if stopped is not None else _equal_rate(cortex, weights, stage)
    if factor is not None:
        metrics = _at_equal_rate(cortex, factor * weights, stage).metrics
        found |= {"factor": factor, "equal_rate": metrics["rate"]}
        found |= {k: metrics[k] for k in ("share_within", "cv", "pairwise_same_group")}
        found["ei"] = metrics["ongoing"]["median"]
    return found, curves


def _at_equal_rate(cortex: Cortex, weights: Floats, stage: Stage) -> Measured:
    none = Stimuli(np.empty(0), np.empty(0, np.int64), 0.0, 0.0)
    return ongoing_and_evoked(
        cortex,
        weights,
        cortex.config.recorded_cells(),
        target=cortex.config.target_rate,
        ongoing=cortex.config.equal_duration,
        stimuli=none,
        stream=STREAMS["measure"],
        stage=stage,
    )


def _equal_rate(cortex: Cortex, weights: Floats, stage: Stage) -> float | None:
    """Return the factor of weights at which the network fires at the target rate."""

    def rate(factor: float) -> float:
        run = cortex.simulation(
            SEARCH, np.minimum(factor * weights, cortex.config.w_max), stream=STREAMS["search"]
        )
        try:
            run.until(SEARCH, stage)
        except LimitError:
            return np.inf
        n = run.simulation.spike_count("E")
        return n / (1e-3 * SEARCH * cortex.config.n_excitatory)

    return factor_for_rate(rate, cortex.config.target_rate, MOST)
