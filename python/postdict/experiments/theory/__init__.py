"""Linear theory against simulation: sign and size of c, rates of the modes, ridge by noise.

Lone motor neurons are measured (rate, autocorrelation, response to a kick); from these, and from
neurons that hear themselves after the loop delay, follows what the loop should learn. Then loops
learn, over delays, membrane time constants, windows and spontaneous sensor spikes. The derivation
is in docs/theory.md; all parameters are our own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...lab.results import Result
from ...lab.stages import Stage
from ...loop.exploration import explore
from .._shared.per_seed import Found, run_per_seed
from . import lone_neurons as parts
from .claims import claims
from .config import TAUS, Config
from .figures import draw, headline
from .trial import SCALES, compared_modes, compared_ridges, compared_scales

__all__ = ["FIGURES", "Config", "draw", "headline", "run"]

FIGURES = {"theory": ((11.0, 9.5), draw)}


def run(config: Config, stage: Stage | None = None) -> Result:
    """Measure lone neurons, predict, let loops learn and compare, once for every seed.

    Parameters
    ----------
    config : Config
    stage : Stage, optional
        The run as a whole; see `postdict.lab.stages.Stage`.
    """
    result = run_per_seed("theory", config, _trial, stage)
    summary = result.summary
    return replace(result, summary={"claims": claims(summary["scale"]), **summary})


def _trial(config: Config, seed: int, stage: Stage) -> Found:
    scale: dict[str, Any] = {}
    lone_metrics: dict[str, Any] = {}
    arrays: dict[str, NDArray[Any]] = {}
    reference: parts.Lone | None = None
    for tau_m in TAUS:
        key = f"{tau_m:g}"
        lone = stage.part(f"lone neurons, tau_m {key} ms")
        alone = parts.lone(
            config.parameters(31.0, tau_m), config.n_motor, config.lone_duration, seed, lone
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

    world = config.make_world(seed)
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
