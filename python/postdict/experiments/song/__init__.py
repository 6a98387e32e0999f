"""Song heard, song sung: a bird babbles with a voice of its own, learns, and imitates tutors.

Motor spikes command gestures of a voice, an ear hears the sound, and inhibition from its sensors
learns in the closed loop. Then weights are frozen, and songs are heard: songs of its own voice from
unseen sequences of gestures, and songs from sound files where they are given. What the motor
neurons answer is sung, and compared with the tutor.

Source of the claim: Westkott, Albers & Pawelzik 2013, BMC Neurosci 14(S1):O3, which prints no
parameter. Every number here is our own choice.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from ..._types import Floats
from ...bird import Postures, Singer, response, sing
from ...bird.bird_files import bird_bytes, read_birds
from ...lab.results import Result, summarised
from ...lab.stages import Stage
from ...lab.trials import run_trials, trial_seeds
from .config import Config
from .figures import draw, headline, in_words
from .judge import Copy, Judge
from .oracle import search
from .quantised import quantised
from .songs import Song, file_song, own_song
from .sounds import sound_names
from .trial import Lesson, run_trial
from .tutors import read_tutors, tutor_files, tutor_names
from .verdicts import verdict

__all__ = ["FIGURES", "UNITS", "Config", "files", "headline", "in_words", "run"]

FIGURES = {"song": ((11.0, 12.5), draw)}
UNITS = {"motor_rate_before": "Hz", "motor_rate_after": "Hz"}

SHOWN = 2e3  # ms of an own song that are imitated where no file is given
TRIALS = 200  # changes of single gestures that the search for a syrinx tries, for each effort


def files(config: Config) -> tuple[str, ...]:
    """Return the names of the files that `run` writes: sounds, and the birds that babbled.

    Raises
    ------
    ValueError, OSError
        A folder of tutors has none, or cannot be read.
    """
    names = [] if config.tutor_file is None else tutor_names(tutor_files(config.tutor_file))
    return (*sound_names(names), *(("bird.npz",) if config.bird is None else ()))


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
        `tutor_file` or `bird` cannot be used: the message says why.
    ImportError
        The extra is absent that reads a tutor's file.
    DivergenceError
        Gestures superposed while babbling to more than the syrinx can follow.
    RunawayError
        The motor neurons fired at more than `trial.RUNAWAY` times their open-loop rate.
    """
    singer = config.singer()
    given: list[tuple[str, Floats]] = []
    if config.tutor_file is not None:  # read to the end before anybody babbles
        paths = tutor_files(config.tutor_file)
        given = list(read_tutors(paths, singer.hearing, longest=config.tutor_longest))
    kept = {} if config.bird is None else {b.seed: b for b in read_birds(config.bird, singer)}
    seeds = list(kept) or trial_seeds(config)
    with warnings.catch_warnings():
        # The voice takes most of the time, as it should.
        warnings.filterwarnings("ignore", message="world '(bird|sound)' is slow")
        lesson = _lesson(config, singer, given)
        found = run_trials(
            lambda seed, part: run_trial(
                config, singer, lesson, kept.get(seed), seed, part, first=seed == seeds[0]
            ),
            seeds,
            stage,
        )
    summary = summarised([bird.metrics for bird in found], seeds)
    if found[0].window_reversed is not None:
        summary["window_reversed"] = found[0].window_reversed
    summary["tutor_names"] = [song.name for song in lesson.tutors]
    summary["verdicts"] = {name: verdict(song) for name, song in summary["tutors"].items()}
    written = dict(found[0].files)
    if config.bird is None:
        learning = {"eta": config.kind().eta, "duration": config.kind().duration}
        written["bird.npz"] = bird_bytes([bird.bird for bird in found], singer, learning)
    return Result("song", asdict(config), summary, found[0].arrays, files=written)


def _lesson(config: Config, singer: Singer, given: Sequence[tuple[str, Floats]]) -> Lesson:
    """Return what all birds will hear, and the best that their voice can do with it."""
    rng = np.random.default_rng([config.seed, 0x50A6])
    practice, test = (
        own_song(singer, duration=config.song_duration, gap=config.song_gap, rng=rng)
        for _ in range(2)
    )
    tutors: list[Song] = [
        file_song(singer, name, sound, like=practice) for name, sound in given
    ] or [own_song(singer, duration=min(SHOWN, config.song_duration), gap=config.song_gap, rng=rng)]
    judge = Judge(singer, config.kind(), practice, test)
    oracles = [_oracle(config, singer, judge, song) for song in tutors]
    return Lesson(response(singer), practice, test, tutors, oracles)


def _oracle(config: Config, singer: Singer, judge: Judge, song: Song) -> Copy:
    if isinstance(singer.gestures, Postures):
        best = quantised(
            song.spectrogram, singer, n_samples=len(song.sound), effort=config.oracle_effort
        )
        return judge.sounding(best.gestures, best.sound)
    trials = int(TRIALS * config.oracle_effort * min(1.0, 1.5e3 / song.duration))
    gestures = search(
        song.spectrogram, singer, duration=song.duration, trials=trials, seed=config.seed
    )
    sound = sing(singer.gestures, *gestures, duration=song.duration, organ=singer.organ).sound
    return judge.sounding(gestures, sound)
