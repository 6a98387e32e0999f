"""Negative images: efference-copy relays learn to cancel a predictable sensory response.

Relays fire one after another behind each motor command, and a sensory response comes at a fixed
time behind it. By inhibitory plasticity the relays' targets learn the negative of their response:
it vanishes; without it the image is seen alone, and fades; when it moves, a new one is learned; and
what comes at random times passes. Three rules, and the reversed window as the control that fails.
Beside them a published model whose numbers are known, see `_negative_image_bursts`.

Source of the claim: Bell, Han, Sugawara & Grant 1997, Nature 387:278 (there plasticity of
excitation, with the opposite sign). No number is taken from it: every parameter here is our own.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...lab.results import Nested, Result
from ...lab.settings import warn_of
from ...lab.stages import Stage
from .._shared.per_seed import Found, run_per_seed
from .bursts import Cancelled, cancel
from .cells import Bench, elsewhere
from .config import Config
from .figures import draw, draw_bursts, headline
from .measures import over_targets, share
from .trial import Naive, Subject, counted_trials

Floats = NDArray[np.float64]

__all__ = ["FIGURES", "Config", "draw", "headline", "run"]

FIGURES = {
    "negative-image": ((11.0, 9.5), draw),
    "negative-image-bursts": ((11.0, 3.4), draw_bursts),
}


def run(config: Config, stage: Stage | None = None) -> Result:
    """Learn, look at the image, extinguish, renew and surprise, once for every rule and seed.

    Parameters
    ----------
    config : Config
    stage : Stage, optional
        The run as a whole; see `postdict.lab.stages.Stage`.
    """
    warn_of(config)
    return run_per_seed("negative-image", config, _trial, stage)


def _trial(config: Config, seed: int, stage: Stage) -> Found:
    bench = Bench(config, seed, stage)
    naive = Naive.of(bench)
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
        subject = Subject(bench, naive, name, rule, 10 * (k + 1))
        rules[name], found = subject.everything()
        arrays |= {f"{key}_{name}": value for key, value in found.items()}
    backwards = Subject(bench, naive, "reversed", config.reversed_rule(), 10 * (len(rules) + 1))
    _, reversed_metrics, found = backwards.learned()
    arrays |= {f"{key}_reversed": value for key, value in found.items()}
    untrained = Subject(bench, naive, "untrained", config.reversed_rule(), 10 * (len(rules) + 2))
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
            **{f"depth_{what}": one.depth for what, one in conditions.items()},
            **{f"rate_{what}": float(one.rate.mean()) for what, one in conditions.items()},
            "residual": share(learned.depth, without.depth),
            "residual_uniform": share(uniform.depth, without.depth),
            "mean_weight": float(learned.weights.mean()),
            "bursts_of_four": learned.bursts[4],
            "bursts_of_two": learned.bursts[2],
        }
        arrays |= {f"burst_rate_{what}_{name}": one.rate for what, one in conditions.items()}
        arrays[f"burst_weights_{name}"] = learned.weights
    return metrics, arrays
