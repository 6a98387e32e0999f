"""The main job: STDP of inhibitory synapses alone learns the inverse model of the loop.

Motor neurons explore, the world answers through the sensors, and the plastic inhibition from the
sensors learns. Then weights are frozen, the world's response G is measured with the feedback cut,
and the effective weights W are judged: how far W G is a multiple of the identity up to a uniform
inhibition, and how well unseen tutor songs are imitated, beside what other decoders make of them.

Source of the claim: Westkott, Albers & Pawelzik 2013, BMC Neurosci 14(S1):O3, which prints no
parameter; every number here is our own choice.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from ...lab.results import Result
from ...lab.stages import Stage
from ...loop.tutor import load_tutor
from .._shared.per_seed import run_in_worlds
from .config import Config
from .figures import draw, draw_overview, headline, in_words
from .trial import run_trial

__all__ = ["FIGURES", "FILES", "UNITS", "Config", "headline", "in_words", "run"]

FIGURES = {"inverse-model": ((11.0, 9.5), draw), "overview": ((9.0, 3.4), draw_overview)}
FILES = ("imitation.csv",)
UNITS = {"motor_rate_before": "Hz", "motor_rate_after": "Hz"}


def run(config: Config, stage: Stage | None = None) -> Result:
    """Learn, freeze and judge, once for every seed.

    Parameters
    ----------
    config : Config
    stage : Stage, optional
        The run as a whole; see `postdict.lab.stages.Stage`.

    Raises
    ------
    LimitError
        The loop ran away, by settings of your own: the message says where.

    Examples
    --------
    >>> from postdict.experiments.inverse_model import Config, run
    >>> times = {"duration": 1e4, "measure_duration": 1e4, "song_duration": 2e3}
    >>> result = run(Config(n_motor=2, n_sensor=4, fan_out=2, eta=1e-3, seeds=1, **times))
    >>> result.arrays["inhibition"].shape
    (2, 4)
    """
    config, worlds = config.with_worlds()
    tutor = None
    if config.tutor_file is not None:
        tutor = load_tutor(config.tutor_file, n_motor=config.n_motor, n_sensor=config.n_sensor)
    result = run_in_worlds("inverse-model", config, worlds, partial(run_trial, tutor), stage)
    song = {
        "time_ms": result.arrays["imitation_times"],
        "motor": result.arrays["imitation_ids"],
    }
    return replace(result, tables={"imitation": song})
