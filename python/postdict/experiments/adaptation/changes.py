"""What may become of a world from one moment to the next."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..._types import Floats
from ...loop.circuit import LoopParameters
from .config import Config


@dataclass(frozen=True)
class Change:
    """A world (n_sensor, n_motor) after a change, and the loop's parameters there."""

    world: Floats
    parameters: LoopParameters
    other_delay: bool = False


def changes(config: Config, world: Floats, seed: int) -> dict[str, Change]:
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
