"""One bird of `song`: it babbles and learns, then hears songs, its own and a tutor's, and sings."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ... import theory
from ..._types import Floats
from ...analysis import inverse_quality
from ...analysis.spectrograms import frequencies, log_spectrogram, pitch_error
from ...bird.singer import Babbled, Recall, Singer, babble, open_loop_rate
from ...bird.sound_files import normalised, wav_bytes
from ...lab.results import Nested
from ...lab.stages import Stage
from ...loop.learning import shuffled
from .._shared.decoders import pinv
from .config import Config
from .judge import Copy, Judge
from .oracle import search
from .songs import Song, file_song, own_song

SHOWN = 2e3  # ms of an own song that are imitated where no file is given
RIDGE = 0.05  # lambda of the ridge inverse, in units of G's mean s^2
RUNAWAY = 10.0  # motor rate that ends the babbling, in units of the one without feedback
EXPLORED = 0.1  # of the learning, at either end, over which rates are taken


@dataclass(frozen=True)
class Trial:
    """What one bird found."""

    metrics: Nested
    arrays: dict[str, NDArray[np.generic]]
    files: dict[str, bytes]


def run_trial(
    config: Config, singer: Singer, heard: Floats, given: Floats | None, seed: int, stage: Stage
) -> Trial:
    """Let one bird babble, and judge what it learned by songs of its own and a tutor's."""
    babbled = babble(
        singer,
        config.rule(),
        duration=config.duration,
        seed=seed,
        max_rate=RUNAWAY * open_loop_rate(singer, seed=seed),
        progress=stage.part("babbles"),
    )
    weights = babbled.weights
    stage.part("imitates").begin()
    rng = np.random.default_rng([seed, 0x50A6])
    songs = [
        own_song(singer, duration=config.song_duration, gap=config.song_gap, rng=rng)
        for _ in range(2)
    ]
    judge = Judge(singer, Recall(config.recall_tau, config.recall_pause), *songs)
    quality = inverse_quality(weights, heard)
    scale = quality.scale if quality.scale and quality.scale > 0.0 else 1.0
    mixed = [shuffled(weights, 1000 * seed + k) for k in range(config.shuffles)]
    decoders = {
        "pinv": (pinv(heard), 1.0),
        "ridge": _with_scale(theory.ridge_inverse(heard, RIDGE), heard),
        "transpose": _with_scale(heard.T, heard),
        "untrained": (np.zeros_like(weights), 1.0),
    }
    own, delay = judge.own(weights, scale)
    controls = {name: judge.own(*decoder)[0] for name, decoder in decoders.items()}
    of_mixed = [judge.own(mixture, scale)[0] for mixture in mixed]
    controls["shuffled"] = _medians(of_mixed)
    stage.part("imitates a tutor").begin()

    if given is None:
        tutor = own_song(
            singer, duration=min(SHOWN, config.song_duration), gap=config.song_gap, rng=rng
        )
    else:
        tutor = file_song(singer, given, like=songs[0])
    copy = judge.copy_at(own["gain"], weights, scale, tutor, delay)
    copies = {
        name: judge.copy_at(controls[name]["gain"], *decoder, tutor, delay).correlation
        for name, decoder in decoders.items()
    }
    of_shuffled = [
        judge.copy_at(copied["gain"], mixture, scale, tutor, delay)
        for copied, mixture in zip(of_mixed, mixed, strict=True)
    ]
    suited = {
        "learned": judge.best_copy(weights, scale, tutor, delay).correlation,
        "shuffled": statistics.median(
            judge.best_copy(mixture, scale, tutor, delay).correlation for mixture in mixed
        ),
    }
    trials = int(config.oracle_trials * min(1.0, 1.5e3 / tutor.duration))
    gestures = search(tutor.spectrogram, singer, duration=tutor.duration, trials=trials, seed=seed)
    oracle = judge.copy(gestures, tutor, 0.0)
    rate = singer.syrinx.rate
    zero = statistics.median(copied.correlation for copied in of_shuffled)
    metrics = {
        "own": {**own, "controls": controls},
        "tutor": {
            "correlation": copy.correlation,
            "lag": copy.lag,
            "pitch_error": pitch_error(tutor.sound, copy.sound, rate=rate, lag=copy.lag),
            "gestures": len(copy.gestures[0]),
            "oracle": oracle.correlation,
            "oracle_pitch_error": pitch_error(tutor.sound, oracle.sound, rate=rate, lag=oracle.lag),
            "share_of_oracle": _share(copy.correlation, zero, oracle.correlation),
            "controls": {**copies, "shuffled": zero},
            "gains_suited_to_the_tutor": {
                **suited,
                "share_of_oracle": _share(
                    suited["learned"], suited["shuffled"], oracle.correlation
                ),
            },
        },
        "delay": delay,
        "scale": quality.scale,
        "specific_inverse_error": quality.specific_inverse_error,
        "condition_number": float(np.linalg.cond(heard)),
        **_rates(config, babbled),
    }
    arrays = _arrays(singer, heard, babbled, tutor, copy, oracle)
    sounds = {
        "tutor": tutor.sound,
        "imitation": copy.sound,
        "control_shuffled": of_shuffled[0].sound,
        "oracle": oracle.sound,
    }
    files = {f"{name}.wav": wav_bytes(normalised(sound), rate) for name, sound in sounds.items()}
    return Trial(metrics, arrays, files)


def _share(copy: float, zero: float, oracle: float) -> float | None:
    """Return where a copy stands between a control, zero, and the oracle, one."""
    return (copy - zero) / (oracle - zero) if oracle > zero else None


def _with_scale(weights: Floats, heard: Floats) -> tuple[Floats, float]:
    return weights, float(np.mean(np.diag(weights @ heard)))


def _medians(found: list[Nested]) -> Nested:
    """Return the median of each metric over several shuffles; None where any is undefined."""
    return {
        name: None
        if any(shuffle[name] is None for shuffle in found)
        else statistics.median(shuffle[name] for shuffle in found)
        for name in found[0]
    }


def _rates(config: Config, babbled: Babbled) -> dict[str, float]:
    """Return the motor rate (Hz) at both ends of the babbling."""
    times = babbled.motor[0]
    part = EXPLORED * config.duration
    per_spike = 1.0 / (1e-3 * part * config.n_motor)
    return {
        "motor_rate_before": per_spike * int((times < part).sum()),
        "motor_rate_after": per_spike * int((times >= config.duration - part).sum()),
    }


def _arrays(
    singer: Singer, heard: Floats, babbled: Babbled, tutor: Song, copy: Copy, oracle: Copy
) -> dict[str, NDArray[np.generic]]:
    rate = singer.syrinx.rate
    given = tutor.gestures or (np.empty(0), np.empty(0, np.int64))
    errors = [
        inverse_quality(singer.excitation - inhibition, heard).specific_inverse_error
        for inhibition in babbled.inhibition
    ]
    return {
        "response": heard,
        "weights": babbled.weights,
        "history_times": babbled.times,
        "specific_inverse_error_history": np.array(
            [np.nan if error is None else error for error in errors]
        ),
        "gesture_pressure": singer.gestures.pressure,
        "gesture_tension": singer.gestures.tension,
        "channel_centres": singer.hearing.centres(),
        "frequencies": frequencies(rate),
        "tutor_spectrogram": tutor.spectrogram,
        "imitation_spectrogram": log_spectrogram(copy.sound, rate=rate),
        "oracle_spectrogram": log_spectrogram(oracle.sound, rate=rate),
        "tutor_times": given[0],
        "tutor_ids": given[1],
        "imitation_times": copy.gestures[0],
        "imitation_ids": copy.gestures[1],
        "oracle_times": oracle.gestures[0],
        "oracle_ids": oracle.gestures[1],
    }
