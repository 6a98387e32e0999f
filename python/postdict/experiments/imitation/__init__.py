"""Songs that were never heard while learning are imitated, over rates and noise, by many decoders.

In two worlds, an easy and a badly conditioned one, the loop learns as in `inverse-model`. Its
frozen weights, and inverses that linear algebra makes of the world's response, drive the motor
neurons from what sensors hear of a tutor's song, with jittered, lost and random spikes. Variants
tell what the learned inverse owes to its regularisation, its uniform inhibition, its noise, and to
having met the response of spiking sensors instead of the matrix behind it.

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

__all__ = ["FIGURES", "Config", "headline", "in_words", "run"]

FIGURES = {"imitation": ((11.0, 9.5), draw)}


def run(config: Config, stage: Stage | None = None) -> Result:
    """Learn, freeze and let all decoders imitate, once for every seed and in each world.

    Parameters
    ----------
    config : Config
    stage : Stage, optional
        The run as a whole; see `postdict.lab.stages.Stage`.
    """
    config, worlds = config.with_worlds()
    warn_of(config)
    return run_in_worlds("imitation", config, worlds, run_trial, stage)
