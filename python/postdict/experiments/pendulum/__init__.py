"""An inverse learned through an environment of Gymnasium: the arm of Pendulum-v1, in Python.

Motor neurons are torques, sensors prefer angular accelerations. The loop babbles, as in
`inverse-model`, but its world is the environment, stepped every 10 ms: the torques of the motor
spikes in a step are applied, and the acceleration that follows kicks the sensors. What was learned
is then scored on unseen sequences: which motor neuron was it, and what was the torque? Beside it
stand the inverse by physics (the acceleration is 3 torque / (m l²), and the tuning curves are
known), the untrained network, the weights shuffled, and the transpose.

All parameters are our own choice.
"""

from __future__ import annotations

from ...lab.results import Result
from ...lab.settings import warn_of
from ...lab.stages import Stage
from .._shared.per_seed import run_per_seed
from .arm import arm
from .config import Config
from .figures import draw, headline, in_words
from .trial import run_trial

__all__ = ["FIGURES", "Config", "headline", "in_words", "run"]

FIGURES = {"pendulum": ((10.0, 6.6), draw)}


def run(config: Config, stage: Stage | None = None) -> Result:
    """Learn through the arm, and score what was learned, for every seed.

    Parameters
    ----------
    config : Config
    stage : Stage, optional
        The run as a whole; see `postdict.lab.stages.Stage`.

    Raises
    ------
    ImportError
        gymnasium is not installed (``pip install 'postdict[gym]'``).
    """
    warn_of(config)
    arm(config)  # says what is not installed, before anybody learns
    return run_per_seed("pendulum", config, run_trial, stage)
