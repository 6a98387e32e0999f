"""One bird of `song`: it babbles and learns, then hears songs, its own and tutors', and sings."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ... import theory
from ..._types import Floats
from ...analysis import inverse_quality
from ...analysis.spectrograms import frequencies
from ...bird import Singer, babble
from ...bird.bird_files import KeptBird
from ...bird.singer import open_loop_rate
from ...lab.results import Nested
from ...lab.runs import RunawayError
from ...lab.stages import Stage
from ...loop.learning import shuffled
from .._shared.decoders import pinv
from .config import Config
from .judge import Copy, Decoder, Judge
from .likenesses import measured, medians, recognised
from .songs import Song
from .sounds import sound_files

RUNAWAY = 10.0  # motor rate that ends the babbling, in units of the one without feedback
STAGES = (0, 1, 2, 4, 8, 16, 32, -1)  # of the records of a babbling: weights that are kept
EXPLORED = 0.1  # of the learning, at either end, over which rates are taken


@dataclass(frozen=True)
class Trial:
    """What one bird found."""

    metrics: Nested
    arrays: dict[str, NDArray[np.generic]]
    files: dict[str, bytes]
    bird: KeptBird
    window_reversed: Nested | None  # for the first bird that babbles


@dataclass(frozen=True)
class Lesson:
    """What all birds of a run have in common: the tutors, and the best that a voice can do."""

    response: Floats  # (n_sensor, n_motor)
    practice: Song
    test: Song
    tutors: Sequence[Song]
    oracles: Sequence[Copy]


def run_trial(
    config: Config,
    singer: Singer,
    lesson: Lesson,
    kept: KeptBird | None,
    seed: int,
    stage: Stage,
    *,
    first: bool,
) -> Trial:
    """Let one bird babble, or take up one that has, and judge what it learned.

    The first of them also writes the sounds, and babbles once more with the window reversed.
    """
    bird = kept or _babbled(config, singer, lesson.response, seed, stage)
    stage.part("imitates").begin()
    judge = Judge(singer, config.kind(), lesson.practice, lesson.test)
    decoders = _decoders(config, lesson, bird, judge)
    quality = inverse_quality(bird.weights, lesson.response)
    rate = singer.organ.rate
    copies: dict[str, list[list[Copy]]] = {
        name: [[judge.copy(d, song) for song in lesson.tutors] for d in every]
        for name, every in decoders.items()
    }
    copies["oracle"] = [list(lesson.oracles)]
    scores = {
        name: [
            medians([measured(song, sung[k], rate) for sung in every])
            for k, song in enumerate(lesson.tutors)
        ]
        for name, every in copies.items()
    }
    found = {
        name: [recognised(lesson.tutors, sung) for sung in every] for name, every in copies.items()
    }
    own = {name: medians([judge.own(d) for d in every]) for name, every in decoders.items()}
    learned = decoders["learned"][0]
    metrics = {
        "own": {**own["learned"], "controls": {k: v for k, v in own.items() if k != "learned"}},
        "tutors": {
            song.name: {
                **scores["learned"][k],
                "oracle": scores["oracle"][k],
                "controls": {n: s[k] for n, s in scores.items() if n not in ("learned", "oracle")},
            }
            for k, song in enumerate(lesson.tutors)
        },
        "recognised": {name: medians([r for r, _ in every]) for name, every in found.items()},
        "mean": {name: _means(every) for name, every in scores.items()},
        "correlation_without_reflex": statistics.fmean(
            measured(song, judge.copy(learned, song, reflex=False), rate)["correlation"]
            for song in lesson.tutors
        ),
        "development": _development(bird, lesson, judge),
        "delay": learned.delay,
        "gain": learned.gain,
        "scale": quality.scale,
        "specific_inverse_error": quality.specific_inverse_error,
        "motor_rate_before": bird.rates[0],
        "motor_rate_after": bird.rates[1],
    }
    shown = {name: every[0] for name, every in copies.items()}
    arrays = _arrays(singer, lesson, bird, shown)
    arrays["confusion"] = found["learned"][0][1]
    files, backwards = {}, None
    if first:
        files = sound_files(lesson.tutors, shown, rate)
        if kept is None and config.reversed_share > 0.0:
            decoder = _reversed(config, singer, lesson, judge, seed, stage)
            sung = [judge.copy(decoder, song) for song in lesson.tutors]
            backwards = {
                **recognised(lesson.tutors, sung)[0],
                "mean": _means(
                    [measured(*pair, rate) for pair in zip(lesson.tutors, sung, strict=True)]
                ),
            }
    return Trial(metrics, arrays, files, bird, backwards)


def _babbled(config: Config, singer: Singer, response: Floats, seed: int, stage: Stage) -> KeptBird:
    kind = config.kind()
    babbled = babble(
        singer,
        config.rule(),
        duration=kind.duration,
        cooling=[(share * kind.duration, factor) for share, factor in kind.cooling],
        seed=seed,
        max_rate=RUNAWAY * open_loop_rate(singer, seed=seed),
        progress=stage.part("babbles"),
    )
    part = EXPLORED * kind.duration
    times, per_spike = babbled.motor[0], 1.0 / (1e-3 * part * len(singer.gestures))
    rates = (
        per_spike * int((times < part).sum()),
        per_spike * int((times >= kind.duration - part).sum()),
    )
    history = np.array(
        [np.diag((singer.excitation - w) @ response) for w in babbled.inhibition]
    ).reshape(-1, len(singer.gestures))
    n = len(babbled.times)
    kept = sorted({stage % n for stage in STAGES if stage < n})
    young = singer.excitation - babbled.inhibition[kept]
    return KeptBird(
        seed, babbled.weights, rates, babbled.times, history, babbled.times[kept], young
    )


def _development(bird: KeptBird, lesson: Lesson, judge: Judge) -> Nested:
    """Return how well the tutors were imitated with the weights of each stage, by its time in s."""
    rate = judge.singer.organ.rate
    result: Nested = {}
    for time, weights in zip(bird.stages, bird.young, strict=True):
        decoder = judge.decoder(weights, _scale(weights, lesson.response))
        sung = [judge.copy(decoder, song) for song in lesson.tutors]
        scores = [measured(*pair, rate) for pair in zip(lesson.tutors, sung, strict=True)]
        result[f"{1e-3 * time:g}"] = {
            "correlation": statistics.fmean(score["correlation"] for score in scores),
            "identified": recognised(lesson.tutors, sung)[0]["identified"],
        }
    return result


def _decoders(
    config: Config, lesson: Lesson, bird: KeptBird, judge: Judge
) -> dict[str, list[Decoder]]:
    """Return all weights that are judged, several of those that are drawn."""
    heard = lesson.response
    scale = _scale(bird.weights, heard)
    mixed = [shuffled(bird.weights, 1000 * bird.seed + k) for k in range(config.shuffles)]
    matrices = {
        "learned": [(bird.weights, scale)],
        "ridge": [_with_scale(theory.ridge_inverse(heard, config.kind().ridge), heard)],
        "pinv": [_with_scale(pinv(heard), heard)],
        "transpose": [_with_scale(heard.T, heard)],
        "shuffled": [(mixture, scale) for mixture in mixed],
        "untrained": [(np.zeros_like(bird.weights), 1.0)],
    }
    return {name: [judge.decoder(*given) for given in every] for name, every in matrices.items()}


def _reversed(
    config: Config, singer: Singer, lesson: Lesson, judge: Judge, seed: int, stage: Stage
) -> Decoder:
    """Return what a bird learns whose window is reversed; nothing where it runs away."""
    kind = config.kind()
    try:
        babbled = babble(
            singer,
            config.rule(-1.0),
            duration=config.reversed_share * kind.duration,
            seed=seed,
            n_samples=1,
            max_rate=RUNAWAY * open_loop_rate(singer, seed=seed),
            progress=stage.part("babbles with the window reversed"),
        )
    except RunawayError:
        return judge.decoder(np.zeros((len(singer.gestures), singer.hearing.n_sensor)), 1.0)
    size = np.abs(_diagonal(babbled.weights, lesson.response)).mean()
    return judge.decoder(babbled.weights, float(size) or 1.0)


def _diagonal(weights: Floats, heard: Floats) -> Floats:
    return np.asarray(np.einsum("ij,ji->i", weights, heard))


def _scale(weights: Floats, heard: Floats) -> float:
    """Return c, the mean diagonal of W G, or 1 where it is not positive."""
    scale = float(np.mean(_diagonal(weights, heard)))
    return scale if scale > 0.0 else 1.0


def _with_scale(weights: Floats, heard: Floats) -> tuple[Floats, float]:
    return weights, _scale(weights, heard)


def _means(scores: Sequence[Nested]) -> Nested:
    """Return the mean over songs of what has a value for all; of the pitch error the median."""
    result: Nested = {}
    for name in scores[0]:
        values = [score[name] for score in scores if score[name] is not None]
        middle = statistics.median if name == "pitch_error" else statistics.fmean
        result[name] = middle(values) if values else None
    return result


def _arrays(
    singer: Singer, lesson: Lesson, bird: KeptBird, copies: dict[str, list[Copy]]
) -> dict[str, NDArray[np.generic]]:
    tutor, copy, oracle = lesson.tutors[0], copies["learned"][0], copies["oracle"][0]
    given = tutor.gestures or (np.empty(0), np.empty(0, np.int64))
    found: dict[str, NDArray[np.generic]] = {
        "response": lesson.response,
        "weights": bird.weights,
        "history_times": bird.times,
        "diagonal_history": bird.history,
        "channel_centres": singer.hearing.centres(),
        "frequencies": frequencies(singer.organ.rate),
        "tutor_spectrogram": tutor.spectrogram,
        "imitation_spectrogram": copy.spectrogram,
        "oracle_spectrogram": oracle.spectrogram,
        "shuffled_spectrogram": copies["shuffled"][0].spectrogram,
        "tutor_times": given[0],
        "tutor_ids": given[1],
        "imitation_times": copy.gestures[0],
        "imitation_ids": copy.gestures[1],
        "oracle_times": oracle.gestures[0],
        "oracle_ids": oracle.gestures[1],
    }
    for name in ("pressure", "tension", "pitch", "tone", "noise", "centre", "bandwidth"):
        if hasattr(singer.gestures, name):
            found[f"gesture_{name}"] = getattr(singer.gestures, name)
    return found
