"""What one seed of `ei-balance` goes through: learning, measuring, recall, and the other rule."""

from __future__ import annotations

import numpy as np

from ..._types import Arrays, Floats
from ...lab.stages import Stage
from .._shared.curves import median_known
from .._shared.per_seed import Found
from .assembly import recalled
from .config import Config
from .cortex import STREAMS, Cortex, draw_cortex
from .course import PARTS, Course
from .measures import Measured, ongoing_and_evoked, shuffled_by_cell, tuning, tuning_profiles
from .rules import relearned


def run_trial(config: Config, seed: int, stage: Stage) -> Found:
    """Let one network learn and be measured, hide an assembly, and learn by the other rule."""
    cortex = draw_cortex(config, seed)
    learned, course = _learned(cortex, stage.part("learns"))
    control = shuffled_by_cell(cortex, learned, seed)
    stimuli = config.stimulation(seed)
    states = {
        name: ongoing_and_evoked(
            cortex,
            weights,
            config.recorded_cells(),
            target=config.target_rate,
            ongoing=config.measure_duration,
            stimuli=stimuli,
            stream=STREAMS["measure"],
            stage=stage.part(f"measures {name}"),
        )
        for name, weights in (
            ("before", config.ie_weight),
            ("after", learned),
            ("shuffled", control),
        )
    }
    assembly, recall = recalled(cortex, learned, stage.part("stores an assembly"))
    rules, rules_arrays = relearned(cortex, learned, stage.part("learns by the antisymmetric rule"))
    metrics = {
        **{name: state.metrics for name, state in states.items() if name != "shuffled"},
        "controls": {"shuffled": states["shuffled"].metrics},
        "tuning": {
            "after": median_known(tuning(cortex, learned)),
            "shuffled": median_known(tuning(cortex, control)),
        },
        "weights": {"mean": float(learned.mean()), "sd": float(learned.std())},
        "assembly": assembly,
        "rules": rules,
    }
    arrays = {
        **course,
        "lags": states["after"].currents.lags,
        "tuning_inhibition": _by_distance(cortex, learned),
        "tuning_excitation": config.profile()[0],
        "weights": learned.astype(np.float32),
        **{
            key: values
            for name, state in states.items()
            for key, values in _arrays(config, name, state).items()
        },
        **recall,
        **rules_arrays,
    }
    return metrics, arrays


def _learned(cortex: Cortex, stage: Stage) -> tuple[Floats, dict[str, Floats]]:
    """Return the weights that Vogels' rule learns from the start, and the rates meanwhile."""
    config = cortex.config
    run = cortex.simulation(
        config.duration,
        config.ie_weight,
        stream=STREAMS["learn"],
        rule=config.vogels(config.eta),
    )
    early = PARTS * 3 // 5
    course = Course(run)
    run.until(config.duration * early / PARTS, stage, n_parts=early, after_part=course.note)
    run.simulation.set_learning_rate(run.inhibition, config.eta_late)
    run.until(config.duration, stage, n_parts=PARTS - early, after_part=course.note)
    return run.weights(), course.arrays("learning")


def _by_distance(cortex: Cortex, weights: Floats) -> Floats:
    """Return the mean inhibition (n_groups,) by the distance from the preferred group, mV."""
    config = cortex.config
    profiles = tuning_profiles(cortex, weights)
    groups = config.groups(config.n_excitatory)
    k = (groups[:, None] + np.arange(config.n_groups)) % config.n_groups
    result: Floats = np.take_along_axis(profiles, k, axis=1).mean(axis=0)
    return result


def _arrays(config: Config, name: str, state: Measured) -> Arrays:
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
