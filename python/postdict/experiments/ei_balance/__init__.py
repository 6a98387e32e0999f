"""The operating state of a recurrent network whose inhibition learned by STDP.

Excitatory and inhibitory cells (`LIFExp`, the current-based twin of the published network of
conductances) get input in groups whose rates fluctuate. `VogelsSTDP` from I to E makes the
inhibition of each cell follow its excitation: rates, irregularity, correlations, and the
correlation of the two currents in a cell are measured before, after, and with each cell's learned
weights shuffled. A stored assembly is balanced until it cannot be seen. Then antisymmetric STDP
takes the place of the rule.

Sources: Okun & Lampl 2008, Nat Neurosci 11:535; Vogels, Sprekeler, Zenke, Clopath & Gerstner 2011,
Science 334:1569; Luz & Shamir 2012, PLoS Comput Biol 8:e1002334. The parameters are our own.
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

FIGURES = {"ei-balance": ((11.5, 12.5), draw)}


def run(config: Config, stage: Stage | None = None) -> Result:
    """Learn, measure, hide and recall an assembly, and learn by the other rule, for every seed.

    Parameters
    ----------
    config : Config
    stage : Stage, optional
        The run as a whole; see `postdict.lab.stages.Stage`.
    """
    warn_of(config)
    return run_per_seed("ei-balance", config, run_trial, stage)
