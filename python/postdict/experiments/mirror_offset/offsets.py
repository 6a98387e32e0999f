"""The mirror offsets of all seeds together: means, intervals, and what they claim."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..._types import Arrays
from ...lab.results import Nested
from .config import NEAR, Config
from .covariances import mean_and_interval
from .trial import Heard


def pooled_offsets(config: Config, found: Sequence[Heard]) -> Nested:
    """Return mean offsets over the neurons of all seeds, with their intervals."""
    rng = np.random.default_rng([config.seed, 0xB007])
    result: Nested = {f"{delay:g}": {} for delay in config.delays}
    for delay, name in found[0].offsets:
        offset, interval = mean_and_interval([heard.offsets[delay, name] for heard in found], rng)
        result[f"{delay:g}"][name] = {"offset": offset, "interval": interval}
    return result


def claims(delay: float, pooled: Nested) -> dict[str, bool | None]:
    """Return whether whole intervals lie where they should; None where there is no offset."""
    random, stereotyped = (pooled[name]["interval"] for name in ("random", "stereotyped"))
    if random is None or stereotyped is None:
        return dict.fromkeys(("random_at_D", "stereotyped_at_zero", "intervals_apart"))
    return {
        "random_at_D": max(abs(end - delay) for end in random) <= NEAR,
        "stereotyped_at_zero": max(abs(end) for end in stereotyped) <= NEAR,
        "intervals_apart": random[0] > stereotyped[1],
    }


def offset_table(config: Config, seeds: Sequence[int], found: Sequence[Heard]) -> Arrays:
    """Return one row a seed, delay, code and motor neuron; an offset that is not defined is nan."""
    keys = [(seed, key) for seed in range(len(seeds)) for key in found[0].offsets]
    n = config.n_motor
    return {
        "seed": np.repeat([seeds[k] for k, _ in keys], n),
        "loop_delay_ms": np.repeat([delay for _, (delay, _) in keys], n),
        "code": np.repeat([name for _, (_, name) in keys], n),
        "motor": np.tile(np.arange(n), len(keys)),
        "offset_ms": np.concatenate([found[k].offsets[key] for k, key in keys]),
    }
