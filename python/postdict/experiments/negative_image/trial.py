"""What one seed of `negative-image` does: every rule, its controls, and the burst model."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._types import Floats
from ...lab.results import Nested
from ...lab.stages import Stage
from .._shared.per_seed import Found
from .bursts import Cancelled, cancel
from .cells import Preparation, elsewhere
from .config import Config
from .measures import over_targets, share
from .subjects import Naive, Subject, counted_trials


def run_trial(config: Config, seed: int, stage: Stage) -> Found:
    """Take one preparation through every rule and control, and run the burst model beside it."""
    preparation = Preparation(config, seed, stage)
    naive = Naive.of(preparation)
    rate = config.target_rate or float(naive.alone.mean())
    arrays: dict[str, Any] = {
        "bin_centres": config.interval * (np.arange(len(naive.alone)) + 0.5) / len(naive.alone),
        "relay_times": config.relay_times(),
        "block_trials": counted_trials(config.trials),
        "later_block_trials": counted_trials(config.later_trials),
        "rate_alone_before": naive.alone,
        "rate_before": over_targets(naive.response.rates[0]),
        "rate_moved_before": over_targets(naive.moved.rates[0]),
        "novel_lags": naive.novel[0],
        "novel_before": naive.novel[1],
    }
    rules: Nested = {}
    for k, (name, rule) in enumerate(config.rules(rate).items()):
        subject = Subject(preparation, naive, name, rule, 10 * (k + 1))
        rules[name], found = subject.everything()
        arrays |= {f"{key}_{name}": value for key, value in found.items()}
    backwards = Subject(
        preparation, naive, "reversed", config.reversed_rule(), 10 * (len(rules) + 1)
    )
    _, reversed_metrics, found = backwards.learned()
    arrays |= {f"{key}_reversed": value for key, value in found.items()}
    untrained = Subject(
        preparation, naive, "untrained", config.reversed_rule(), 10 * (len(rules) + 2)
    )
    cancelled, found = _bursts(config, seed, stage)
    arrays |= found
    metrics: Nested = {
        "rate_alone_before": float(naive.alone.mean()),
        "target_rate": rate,
        "modulation_before": naive.modulation.each,
        "modulation_before_mean": naive.modulation.mean,
        "rules": rules,
        "controls": {
            "reversed_window": reversed_metrics,
            "untrained": untrained.measured(None)[0],
        },
        "bursts": cancelled,
    }
    return metrics, arrays


def _bursts(config: Config, seed: int, stage: Stage) -> tuple[Nested, dict[str, Floats]]:
    """Run the burst model without feedback, with it, and with weights that know no phase."""
    metrics: Nested = {}
    arrays: dict[str, Floats] = {}
    for k, frequency in enumerate(config.burst_frequencies):

        def present(what: str, noise: int, *, at: float = frequency, **how: Any) -> Cancelled:
            return cancel(
                at,
                n_cells=config.burst_cells,
                seed=elsewhere(seed, noise),
                speedup=config.burst_speedup,
                progress=stage.part(f"bursts {at:g} Hz {what}"),
                **how,
            )

        without = present("without", 1000 + 3 * k, feedback=False, learns=False)
        learned = present("learns", 1001 + 3 * k)
        flat = np.broadcast_to(learned.weights.mean(axis=1, keepdims=True), learned.weights.shape)
        uniform = present("uniform", 1002 + 3 * k, weights=flat, learns=False)
        name = f"{frequency:g}"
        conditions = {"without": without, "learned": learned, "uniform": uniform}
        metrics[name] = {
            **{f"depth_{what}": cells.depth for what, cells in conditions.items()},
            **{f"rate_{what}": float(cells.rate.mean()) for what, cells in conditions.items()},
            "residual": share(learned.depth, without.depth),
            "residual_uniform": share(uniform.depth, without.depth),
            "mean_weight": float(learned.weights.mean()),
            "bursts_of_four": learned.bursts[4],
            "bursts_of_two": learned.bursts[2],
        }
        arrays |= {f"burst_rate_{what}_{name}": cells.rate for what, cells in conditions.items()}
        arrays[f"burst_weights_{name}"] = learned.weights
    return metrics, arrays
