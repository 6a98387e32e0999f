"""Linear theory against simulation: sign and size of c, rates of the modes, ridge by noise.

Lone motor neurons are measured (rate, autocorrelation, response to a kick); from these, and from
neurons that hear themselves after the loop delay, follows what the loop should learn. Then loops
learn, over delays, membrane time constants, windows and spontaneous sensor spikes. The derivation
is in docs/theory.md; all parameters are our own.
"""

from __future__ import annotations

from dataclasses import replace

from ...lab.results import Result
from ...lab.stages import Stage
from .._shared.per_seed import run_per_seed
from .claims import claims
from .config import Config
from .figures import draw, headline, in_words
from .trial import run_trial

__all__ = ["FIGURES", "Config", "headline", "in_words", "run"]

FIGURES = {"theory": ((11.0, 9.5), draw)}


def run(config: Config, stage: Stage | None = None) -> Result:
    """Measure lone neurons, predict, let loops learn and compare, once for every seed.

    Parameters
    ----------
    config : Config
    stage : Stage, optional
        The run as a whole; see `postdict.lab.stages.Stage`.
    """
    result = run_per_seed("theory", config, run_trial, stage)
    summary = result.summary
    return replace(result, summary={"claims": claims(summary["scale"]), **summary})
