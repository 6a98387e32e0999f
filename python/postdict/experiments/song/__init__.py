"""Song heard, song sung: a bird babbles with a voice of its own, learns, and imitates a tutor.

Motor spikes command gestures of a syrinx, an ear hears the sound, and inhibition from its sensors
learns in the closed loop. Then weights are frozen, and songs are heard: songs of its own voice from
unseen sequences of gestures, and a song from a sound file where one is given. What the motor
neurons answer is sung, and compared with the tutor.

Source of the claim: Westkott, Albers & Pawelzik 2013, BMC Neurosci 14(S1):O3, which prints no
parameter; the voice is after Mindlin and coworkers. Every number here is our own choice.
"""

from __future__ import annotations

import warnings
from dataclasses import asdict

from ...bird import response
from ...lab.results import Result, summarised
from ...lab.stages import Stage
from ...lab.trials import run_trials, trial_seeds
from .config import Config
from .figures import draw, headline
from .songs import read_tutor
from .trial import run_trial

__all__ = ["FIGURES", "FILES", "UNITS", "Config", "headline", "run"]

FIGURES = {"song": ((11.0, 10.5), draw)}
FILES = ("tutor.wav", "imitation.wav", "control_shuffled.wav", "oracle.wav")
UNITS = {"motor_rate_before": "Hz", "motor_rate_after": "Hz"}


def run(config: Config, stage: Stage | None = None) -> Result:
    """Babble, learn, freeze and imitate, once for every seed.

    Parameters
    ----------
    config : Config
    stage : Stage, optional
        The run as a whole; see `postdict.lab.stages.Stage`.

    Raises
    ------
    ValueError, OSError
        `tutor_file` cannot be read: the message says why.
    DivergenceError
        Gestures superposed while babbling to more than the syrinx can follow.
    RunawayError
        The motor neurons fired at more than `trial.RUNAWAY` times their open-loop rate.
    """
    singer = config.singer()
    given = None
    if config.tutor_file is not None:  # read to the end before anybody babbles
        rate, longest = singer.syrinx.rate, config.tutor_longest
        given = read_tutor(config.tutor_file, rate=rate, longest=longest)
    heard = response(singer)
    seeds = trial_seeds(config)
    with warnings.catch_warnings():
        # The voice takes most of the time, as it should.
        warnings.filterwarnings("ignore", message="world '(bird|sound)' is slow")
        found = run_trials(
            lambda seed, part: run_trial(config, singer, heard, given, seed, part), seeds, stage
        )
    summary = summarised([bird.metrics for bird in found], seeds)
    return Result("song", asdict(config), summary, found[0].arrays, files=found[0].files)
