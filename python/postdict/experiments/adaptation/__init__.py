"""Adaptation: the world changes in mid-run, and the inverse follows where inhibition is plastic.

The loop learns as in `inverse-model`. Then its world changes at once: sensors are permuted, all
entries are rescaled, one sensor in five falls silent, or the sound takes longer. From the same
state the loop goes on with plasticity, at several learning rates, without it, and with plasticity
but with all weights forgotten. Now and then the weights are judged in the new world: by the
specific inverse error, and by the imitation of unseen songs with the decoder that was chosen before
the change. Then the world drifts slowly, at several speeds, and the inverse is compared with the
worlds of earlier times: the one that it fits best tells the lag.

Source of the claim: Westkott, Albers & Pawelzik 2013, BMC Neurosci 14(S1):O3, which prints no
parameter; every number here is our own choice.
"""

from __future__ import annotations

from ...lab.results import Result
from ...lab.settings import warn_of
from ...lab.stages import Stage
from .._shared.per_seed import run_in_worlds
from .config import Config
from .figures import draw, headline, in_words
from .trial import run_trial

__all__ = ["FIGURES", "UNITS", "Config", "headline", "in_words", "run"]

FIGURES = {"adaptation": ((11.0, 7.0), draw)}
UNITS = {"recovery_time": "s", "lag": "s", "scale": "mV"}


def run(config: Config, stage: Stage | None = None) -> Result:
    """Learn, change the world and look, once for every seed.

    Parameters
    ----------
    config : Config
    stage : Stage, optional
        The run as a whole; see `postdict.lab.stages.Stage`.
    """
    config, worlds = config.with_worlds()
    warn_of(config)
    return run_in_worlds("adaptation", config, worlds, run_trial, stage)
