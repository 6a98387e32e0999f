"""Inverses learned through plants whose answer depends on where they are: gravity, hills, joints.

One acceleration means another command at each place, so sensors are tuned to place and acceleration
together: in that code the inverse is linear. The loop babbles by strong kicks through the arm of
Pendulum-v1 under gravity, and with the same settings through the car of MountainCarContinuous-v0
and an arm of two joints. What was learned then imitates unseen sequences; beside it stand the
inverse by physics in the same code, the best that does not look at places, the transpose, the
weights shuffled, and the untrained network.

All parameters are our own choice.
"""

from __future__ import annotations

from ...lab.results import Result
from ...lab.stages import Stage
from .._shared.per_seed import run_per_seed
from .config import Config
from .figures import draw, headline, in_words
from .trial import run_trial

__all__ = ["FIGURES", "Config", "headline", "in_words", "run"]

FIGURES = {"plants": ((11.0, 9.0), draw)}


def run(config: Config, stage: Stage | None = None) -> Result:
    """Learn through each plant, and score what was learned, for every seed.

    Parameters
    ----------
    config : Config
    stage : Stage, optional
        The run as a whole; see `postdict.lab.stages.Stage`.

    Raises
    ------
    ImportError
        A plant is of Gymnasium, which is not installed (``pip install 'postdict[gym]'``).
    """
    for plant in config.plants().values():
        plant.world()  # says what is not installed, before anybody learns
    return run_per_seed("plants", config, run_trial, stage)
