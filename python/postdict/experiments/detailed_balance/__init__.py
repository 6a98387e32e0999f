"""Detailed balance: potentiation and depression become equal synapse by synapse.

While the loop learns as in `inverse-model`, the engine accounts what the rule adds to each synapse
and what it takes. With frozen weights, untrained and learned, both are counted again and set beside
those of controls as active as the learned network: the transpose of the response, as strong as what
was learned and half as strong, and the learned weights shuffled. The sensor-motor correlograms
under the window say where both come from, and predict the drift of the weights at the start.

Source of the claim: Westkott, Albers & Pawelzik 2013, BMC Neurosci 14(S1):O3, which prints no
parameter; every number here is our own choice.
"""

from __future__ import annotations

from ...lab.results import Result
from ...lab.stages import Stage
from .._shared.per_seed import run_in_worlds
from .config import Config
from .figures import draw, headline, in_words
from .trial import run_trial

__all__ = ["FIGURES", "Config", "headline", "in_words", "run"]

FIGURES = {"detailed-balance": ((11.0, 7.0), draw)}


def run(config: Config, stage: Stage | None = None) -> Result:
    """Learn, freeze and count, once for every seed.

    Parameters
    ----------
    config : Config
    stage : Stage, optional
        The run as a whole; see `postdict.lab.stages.Stage`.
    """
    return run_in_worlds("detailed-balance", *config.with_worlds(), run_trial, stage)
