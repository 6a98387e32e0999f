"""What one seed of `theory` does: lone neurons are measured, loops learn, and both are compared."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...lab.stages import Stage
from ...loop.exploration import explore
from ...world.linear import as_linear
from .._shared.lone_neurons import Lone, lone
from .._shared.per_seed import Found
from .comparisons import SCALES, compared_modes, compared_ridges, compared_scales
from .config import TAUS, Config


def run_trial(config: Config, seed: int, stage: Stage) -> Found:
    """Measure lone neurons, and hold what they predict against loops that learn."""
    scale: dict[str, Any] = {}
    lone_metrics: dict[str, Any] = {}
    arrays: dict[str, NDArray[Any]] = {}
    reference: Lone | None = None
    for tau_m in TAUS:
        key = f"{tau_m:g}"
        explores = stage.part(f"lone neurons, tau_m {key} ms")
        alone = lone(
            config.parameters(31.0, tau_m), config.n_motor, config.lone_duration, seed, explores
        )
        reference = reference or alone
        lone_metrics[key] = {
            "rate": alone.rate,
            "spikes_per_mV_excited": alone.excited.total,
            "spikes_per_mV_inhibited": alone.inhibited.total,
            "at_once_per_mV": alone.excited.at_once,
        }
        arrays |= {
            f"autocorrelation_lags_{key}": alone.autocorrelation[0],
            f"autocorrelation_{key}": alone.autocorrelation[1],
            f"kick_lags_{key}": alone.excited.lags,
            f"kick_excited_{key}": alone.excited.density,
            f"kick_inhibited_{key}": alone.inhibited.density,
        }
        scale[key], curves = compared_scales(config, tau_m, alone, seed, stage)
        arrays[f"imposed_drive_{key}"] = curves
    assert reference is not None
    arrays |= {"imposed_scales": SCALES, "delays": np.array(config.all_delays())}

    world = as_linear(config.make_world(seed))
    parameters = config.parameters(config.delay)
    response = explore(
        world,
        parameters,
        None,
        duration=config.lone_duration,
        seed=seed,
        progress=stage.part("explores"),
    ).response()
    modes, course = compared_modes(config, world, response, reference, seed, stage)
    ridge, filters = compared_ridges(config, world, response, seed, stage)
    arrays |= {"response": response, "mode_history": course, "filters": filters}
    return {"lone": lone_metrics, "scale": scale, "modes": modes, "ridge": ridge}, arrays
