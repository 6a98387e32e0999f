"""Mirror neurons: babbling learns the causal inverse, a stereotyped motif a predictive one.

The same loop with the same rule learns from three motor codes: babbling, a motif that repeats, and
a mixture. Then weights are frozen, the bird sings, its own song is played back to it, and each
motor neuron's spikes in listening are held against those in singing, both on the clock of the
sound. The peak of this cross-covariance is the mirror offset: the loop delay D for a causal
inverse, near zero for a predictive one, and none for a random mapping. Beside it stand what each
inverse is worth for the imitation of unseen random songs, and the published linear rate model.

Sources of the claim: Hanuschkin, Ganguli & Hahnloser 2013, Front Neural Circuits 7:106; Giret,
Kornfeld, Ganguli & Hahnloser 2014, PNAS 111:6063. Every number here is our own choice.
"""

from __future__ import annotations

from dataclasses import asdict

from ...lab.results import Result, summarised
from ...lab.settings import warn_of
from ...lab.stages import Stage
from ...lab.trials import run_trials, trial_seeds
from .config import Config
from .figures import draw, headline, in_words
from .offsets import claims, offset_table, pooled_offsets
from .trial import run_trial

__all__ = ["FIGURES", "FILES", "Config", "headline", "in_words", "run"]

FIGURES = {"mirror-offset": ((13.0, 6.6), draw)}
FILES = ("offsets.csv",)


def run(config: Config, stage: Stage | None = None) -> Result:
    """Learn, sing, listen and imitate, for every seed, loop delay and motor code.

    Parameters
    ----------
    config : Config
    stage : Stage, optional
        The run as a whole; see `postdict.lab.stages.Stage`.
    """
    config, worlds = config.with_worlds()
    warn_of(config)
    seeds = trial_seeds(config)
    found = run_trials(lambda seed, part: run_trial(config, worlds[seed], seed, part), seeds, stage)
    pooled = pooled_offsets(config, found)
    summary = {
        **summarised([heard.metrics for heard in found], seeds),
        "pooled": pooled,
        "claims": {delay: claims(float(delay), those) for delay, those in pooled.items()},
    }
    table = offset_table(config, seeds, found)
    return Result("mirror-offset", asdict(config), summary, found[0].arrays, {"offsets": table})
