"""The two networks of Vogels et al. 2011: inhibition that is tuned as excitation, memories hidden.

A cell of conductances with eight correlated channels of input, whose flat inhibition `VogelsSTDP`
tunes as its excitation is; and a recurrent network, which inhibitory plasticity brings from a loud
start to asynchronous irregular activity, in which it hides assemblies that a part of their cells
recalls. Controls: shuffled channels, inhibition whose channels are not those of the excitation, no
plasticity since the assemblies were stored, and no assemblies.

Source: Vogels, Sprekeler, Zenke, Clopath & Gerstner 2011, Science 334:1569, by the files of the
authors (ModelDB 143751); what is our own is said in `config`.
"""

from __future__ import annotations

from ...lab.results import Result
from ...lab.settings import warn_of
from ...lab.stages import Stage
from .._shared.per_seed import run_per_seed
from .config import Config
from .figures import draw, headline, in_words
from .trial import run_trial

__all__ = ["FIGURES", "Config", "headline", "in_words", "run"]

FIGURES = {"vogels2011": ((11.5, 12.0), draw)}


def run(config: Config, stage: Stage | None = None) -> Result:
    """Tune a cell, quiet a network, store assemblies, balance and recall them, for every seed.

    Parameters
    ----------
    config : Config
    stage : Stage, optional
        The run as a whole; see `postdict.lab.stages.Stage`.
    """
    warn_of(config)
    return run_per_seed("vogels2011", config, run_trial, stage)
