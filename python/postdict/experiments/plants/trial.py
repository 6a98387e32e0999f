"""What one seed of `plants` does: it learns through each plant, and names what it hears."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from ..._types import Arrays, Floats
from ...lab.results import Nested
from ...lab.stages import Stage
from ...loop.learning import learn, shuffled
from ...loop.unseen_songs import ImitationTest
from .._shared.per_seed import Found
from . import decoders
from .config import Config
from .plant import Plant

GAINS = np.geomspace(0.25, 8.0, 11)  # in units of the largest answer
V_MINS = (-0.2, -1.0)  # mV
FASTEST = 200.0  # Hz: a loop that runs away


def run_trial(config: Config, seed: int, stage: Stage) -> Found:
    """Learn through the plants, and judge what was learned by unseen songs."""
    metrics: Nested = {}
    arrays: Arrays = {}
    for name, plant in config.plants().items():
        key = name.replace("-", "_")
        metrics[key], found = _through(plant, config, seed, stage.part(name))
        arrays |= {f"{key}_{what}": values for what, values in found.items()}
    return metrics, arrays


def _through(plant: Plant, config: Config, seed: int, stage: Stage) -> Found:
    parameters = config.parameters()
    learned = learn(
        plant.world(),
        parameters,
        config.rule(),
        duration=config.duration,
        seed=seed,
        n_samples=1,
        n_bins=10,
        anneal=config.anneal,
        max_rate=FASTEST,
        progress=stage.part("learns"),
    )
    stage.part("is tested").begin()
    test = ImitationTest(
        plant.world(),
        parameters,
        rates=(config.song_rate,),
        duration=config.song_duration,
        jitter=0.0,
        background_rate=0.0,
        tolerance=0.5 * config.interval + 1.0,
        seed=seed,
    )
    kicks = plant.kicks()
    weights = {
        "learned": [learned.weights],
        "physics": [decoders.analytic(kicks, ridge) for ridge in decoders.RIDGES],
        "blind": [decoders.blind(plant, kicks, ridge) for ridge in decoders.RIDGES],
        "transpose": [decoders.transpose(kicks)],
        "shuffled": [shuffled(learned.weights, seed)],
        "untrained": [np.zeros_like(learned.weights)],
    }
    scores = {name: _score(test, kicks, tried) for name, tried in weights.items()}
    metrics = {
        "motor_rate_before": float(learned.rate[0]),
        "motor_rate_after": float(learned.rate[-1]),
        **scores.pop("learned"),
        "controls": scores,
    }
    arrays = {
        "commands": plant.commands,
        "preferred": plant.curves.centres,
        "weights": learned.weights,
        "answers": decoders.answers(learned.weights, kicks),
        "places": plant.places,
        "accelerations": plant.pushes(),
    }
    return metrics, arrays


def _score(test: ImitationTest, kicks: Floats, tried: list[Floats]) -> dict[str, Any]:
    """Return how the best of some weights imitate a song; another song chose them and the gain."""
    scaled = ((weights, decoders.scale(weights, kicks)) for weights in tried)
    best = test.best(
        test.decoder(weights, scale, gain, v_min)
        for (weights, scale), gain, v_min in product(scaled, GAINS, V_MINS)
    )
    (song,) = test.songs.values()
    found = test.score(best, song.tutor, song.clean)
    return {
        "imitation_f1": found.f1,
        "precision": found.precision,
        "recall": found.recall,
        "gain": best.gain,
    }
