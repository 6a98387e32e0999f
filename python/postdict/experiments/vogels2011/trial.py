"""What one seed of `vogels2011` goes through, and what is said of it."""

from __future__ import annotations

import numpy as np

from ..._types import Arrays
from ...analysis.operating_state import isi_cv, pairwise_correlation
from ...lab.results import Nested
from ...lab.stages import Stage
from .._shared.curves import defined, median_known
from .._shared.per_seed import Found
from .cell import tuned
from .config import Config
from .recurrent import CONTROLS, SAMPLED, recalled

CORRELATED = 50.0  # ms, of counts that are correlated
GROUPS = ("cued", "assembly", "other", "rest", "inhibitory")


def run_trial(config: Config, seed: int, stage: Stage) -> Found:
    """Tune a cell, then let the network learn."""
    cell, cell_arrays = tuned(config, seed, stage.part("cell"))
    runs = recalled(config, seed, stage.part("network"))
    network = {name: rates(found) for name, found in runs["learns"].items()}
    for name in ("loud", "background", "balanced"):
        network[name] |= irregularity(runs["learns"][name])
    metrics = {
        "cell": {name: cell[name] for name in ("before", "learning", "after")},
        "network": network,
        "controls": {
            **{name: cell[name] for name in ("shuffled", "unrelated")},
            **{run: {name: rates(of) for name, of in runs[run].items()} for run in CONTROLS},
        },
    }
    return metrics, {**cell_arrays, **_drawn(runs)}


def rates(found: Arrays) -> Nested:
    """Return mean rates of a phase (Hz); and those of assemblies over that of the rest.

    `assembly` is without those of its cells that are stimulated in one of the phases.
    """
    mean = dict(zip(GROUPS, found["rates"].mean(axis=1).tolist(), strict=True))
    rest = mean["rest"]
    over = {f"{name}_over_rest": mean[name] / rest if rest else None for name in GROUPS[1:3]}
    return {**mean, **over}


def irregularity(found: Arrays) -> Nested:
    """Return the median CV of intervals and the mean correlation of counts of sampled cells."""
    times, ids = found["sampled_times"], found["sampled_ids"]
    stop = float(found["edges"][-1])
    start = float(found["edges"][0])
    correlation = pairwise_correlation(
        times, ids, n=SAMPLED, start=start, stop=stop, bin_width=CORRELATED
    )
    known = correlation[np.isfinite(correlation)]
    return {
        "cv": median_known(isi_cv(times, ids, n=SAMPLED, start=start, stop=stop)),
        "pairwise": defined(known.mean()) if known.size else None,
    }


def _drawn(runs: dict[str, dict[str, Arrays]]) -> Arrays:
    """Return the course of the whole run, and the spikes that are drawn."""
    main, background = runs["learns"], runs["learns"]["background"]
    first, last = float(background["edges"][0]), float(background["edges"][-1])
    times, ids = background["sampled_times"], background["sampled_ids"]
    shown = [runs["held"][name] for name in ("balanced", "cued", "ending")]
    cue = float(shown[1]["edges"][0])
    return {
        "network_times": np.concatenate([found["edges"][1:] for found in main.values()]),
        "network_rates": np.concatenate([found["rates"] for found in main.values()], axis=1),
        "phase_ends": np.array([found["edges"][-1] for found in main.values()]),
        "phase_weights": np.array([found["inhibition"].mean() for found in main.values()]),
        "background_times": times - first,
        "background_ids": ids,
        "background_cv": isi_cv(times, ids, n=SAMPLED, start=first, stop=last),
        "cue_times": np.concatenate([found["drawn_times"] for found in shown]) - cue,
        "cue_ids": np.concatenate([found["drawn_ids"] for found in shown]),
    }
