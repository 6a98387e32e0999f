"""Negative images: efference-copy relays learn to cancel a predictable sensory response.

Relays fire one after another behind each motor command, and a sensory response comes at a fixed
time behind it. By inhibitory plasticity the relays' targets learn the negative of their response:
it vanishes; without it the image is seen alone, and fades; when it moves, a new one is learned; and
what comes at random times passes. Three rules, and the reversed window as the control that fails.
Beside them a published model whose numbers are known, see `bursts`.

Source of the claim: Bell, Han, Sugawara & Grant 1997, Nature 387:278 (there plasticity of
excitation, with the opposite sign). No number is taken from it: every parameter here is our own.
"""

from __future__ import annotations

from ...lab.results import Result
from ...lab.settings import warn_of
from ...lab.stages import Stage
from .._shared.per_seed import run_per_seed
from .config import Config
from .figures import draw, draw_bursts, headline, in_words
from .trial import run_trial

__all__ = ["FIGURES", "Config", "headline", "in_words", "run"]

FIGURES = {
    "negative-image": ((11.0, 9.5), draw),
    "negative-image-bursts": ((11.0, 3.4), draw_bursts),
}


def run(config: Config, stage: Stage | None = None) -> Result:
    """Learn, look at the image, extinguish, renew and surprise, once for every rule and seed.

    Parameters
    ----------
    config : Config
    stage : Stage, optional
        The run as a whole; see `postdict.lab.stages.Stage`.
    """
    warn_of(config)
    return run_per_seed("negative-image", config, run_trial, stage)
