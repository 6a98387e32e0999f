"""The operating state of a recurrent network whose inhibition learned by STDP.

Excitatory and inhibitory cells (`LIFExp`, the current-based twin of the published network of
conductances) get input in groups whose rates fluctuate. `VogelsSTDP` from I to E makes the
inhibition of each cell follow its excitation: rates, irregularity, correlations, and the
correlation of the two currents in a cell are measured before, after, and with each cell's learned
weights shuffled. A stored assembly is balanced until it cannot be seen. Then antisymmetric STDP
takes the place of the rule.

Sources: Okun & Lampl 2008, Nat Neurosci 11:535; Vogels, Sprekeler, Zenke, Clopath & Gerstner 2011,
Science 334:1569; Luz & Shamir 2012, PLoS Comput Biol 8:e1002334. The parameters are our own.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...lab.results import Result
from ...lab.settings import warn_of
from ...lab.stages import Stage
from .._shared.curves import median_known
from .._shared.per_seed import Found, run_per_seed
from .config import Config, Floats
from .cortex import Cortex, draw_cortex
from .figures import draw, headline
from .measures import Measured, shuffled_by_cell, tuning, tuning_profiles
from .trial import Bench

__all__ = ["FIGURES", "Config", "draw", "headline", "run"]

FIGURES = {"ei-balance": ((11.5, 12.5), draw)}


def run(config: Config, stage: Stage | None = None) -> Result:
    """Learn, measure, hide and recall an assembly, and learn by the other rule, for every seed.

    Parameters
    ----------
    config : Config
    stage : Stage, optional
        The run as a whole; see `postdict.lab.stages.Stage`.
    """
    warn_of(config)
    return run_per_seed("ei-balance", config, _trial, stage)


def _trial(config: Config, seed: int, stage: Stage) -> Found:
    bench = Bench(config, draw_cortex(config, seed), seed, stage)
    learned, course = bench.learned()
    control = shuffled_by_cell(bench.cortex, learned, seed)
    states = {
        "before": bench.measured("before", config.ie_weight, config.measure_duration),
        "after": bench.measured("after", learned, config.measure_duration),
        "shuffled": bench.measured("shuffled", control, config.measure_duration),
    }
    assembly, recall = bench.recalled(learned)
    other, other_arrays = bench.antisymmetric(learned)
    metrics = {
        **{name: state.metrics for name, state in states.items() if name != "shuffled"},
        "controls": {"shuffled": states["shuffled"].metrics},
        "tuning": {
            "after": median_known(tuning(bench.cortex, learned)),
            "shuffled": median_known(tuning(bench.cortex, control)),
        },
        "weights": {"mean": float(learned.mean()), "sd": float(learned.std())},
        "assembly": assembly,
        "rules": other,
    }
    arrays = {
        **course,
        "lags": states["after"].currents.lags,
        "tuning_inhibition": _by_distance(bench.cortex, learned),
        "tuning_excitation": config.profile()[0],
        "weights": learned.astype(np.float32),
        **{k: v for name, one in states.items() for k, v in _arrays(config, name, one).items()},
        **recall,
        **other_arrays,
    }
    return metrics, arrays


def _by_distance(cortex: Cortex, weights: Floats) -> Floats:
    """Return the mean inhibition (n_groups,) by the distance from the preferred group, mV."""
    config = cortex.config
    profiles = tuning_profiles(cortex, weights)
    groups = config.groups(config.n_excitatory)
    k = (groups[:, None] + np.arange(config.n_groups)) % config.n_groups
    result: Floats = np.take_along_axis(profiles, k, axis=1).mean(axis=0)
    return result


def _arrays(config: Config, name: str, state: Measured) -> dict[str, NDArray[Any]]:
    """Return what is drawn of a state."""
    currents = state.currents
    times, ids = state.spikes
    shown = times < times[0] + 1500.0 if times.size else slice(0)
    cells = config.recorded_cells()
    place = np.full(config.n_excitatory, -1)
    place[cells] = np.arange(len(cells))
    kept = place[ids[shown]] >= 0
    first = 1500
    return {
        f"rates_{name}": state.rates,
        f"cv_{name}": state.cv,
        f"raster_times_{name}": times[shown][kept],
        f"raster_ids_{name}": place[ids[shown][kept]],
        f"excitation_{name}": currents.excitation[:first, 0],
        f"inhibition_{name}": currents.inhibition[:first, 0],
        f"ongoing_{name}": currents.within,
        f"evoked_{name}": currents.evoked,
        **{f"pairs_{kind}_{name}": curve for kind, curve in currents.pairs.items()},
    }
