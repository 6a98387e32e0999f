"""The window of every rule, measured by the pairing protocol of slice physiology.

A presynaptic neuron fires at regular intervals, and each of many cells is made to fire at its own
lag to every arrival. What the engine makes of the weights is held against the window that the rule
names, once for pairs far apart and once for pairs at up to 50 Hz, where neighbouring pairs mix.

Nothing here is random. The shape after Haas, Nowotny & Abarbanel 2006, J Neurophysiol 96:3305, is
that of coefficients in code by T. Nowotny (ModelDB 144403); there are no data points in it.
"""

from __future__ import annotations

from dataclasses import asdict

from ...lab.results import Result
from ...lab.stages import Stage
from .config import Config
from .figures import draw, headline, in_words
from .trial import run_trial

__all__ = ["FIGURES", "Config", "headline", "in_words", "run"]

FIGURES = {"stdp-window": ((13.5, 14.5), draw)}


def run(config: Config, stage: Stage | None = None) -> Result:
    """Measure every rule's window, and what the frequency of pairs does to it.

    Parameters
    ----------
    config : Config
    stage : Stage, optional
        The run as a whole; see `postdict.lab.stages.Stage`.
    """
    summary, arrays = run_trial(config, stage or Stage())
    return Result("stdp-window", asdict(config), summary, arrays)
