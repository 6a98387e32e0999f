"""Song heard, song sung: a bird babbles with a voice of its own, learns, and imitates a tutor.

Motor spikes command gestures of a syrinx, an ear hears the sound, and inhibition from its sensors
learns in the closed loop. Then weights are frozen, and songs are heard: songs of its own voice from
unseen sequences of gestures, and a song from a sound file where one is given. What the motor
neurons answer is sung, and compared with the tutor.

Source of the claim: Westkott, Albers & Pawelzik 2013, BMC Neurosci 14(S1):O3, which prints no
parameter; the voice is after Mindlin and coworkers. Every number here is our own choice.
"""

from __future__ import annotations

import statistics
import warnings
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .. import config as _config
from .. import theory
from ..analysis import inverse_quality
from ..analysis.spectrograms import frequencies, log_spectrogram, pitch_error
from ..config import setting
from ..ear import Hearing
from ..learning import shuffled
from ..neurons import LIF
from ..plasticity import AntisymmetricSTDP
from ..repertoire import distinct_gestures
from ..results import Nested, Result, summarised
from ..singing import Babbled, Recall, Singer, babble, open_loop_rate, response
from ..sound_files import normalised, wav_bytes
from ..trials import Report, Stage, run_trials
from ..voice import Syrinx
from ._song_oracle import search
from ._song_parts import Copy, Judge, Song, file_song, own_song, read_tutor
from ._song_report import draw, headline

Floats = NDArray[np.float64]

__all__ = ["FIGURES", "UNITS", "Config", "draw", "headline", "run"]

FIGURES = {"song": ((11.0, 10.5), draw)}
UNITS = {"motor_rate_before": "Hz", "motor_rate_after": "Hz"}

SHOWN = 2e3  # ms of an own song that are imitated where no file is given
RIDGE = 0.05  # lambda of the ridge inverse, in units of G's mean s^2
RUNAWAY = 10.0  # motor rate that ends the babbling, in units of the one without feedback
EXPLORED = 0.1  # of the learning, at either end, over which rates are taken


@dataclass(frozen=True)
class Config:
    """Settings of `song`; all defaults are our own."""

    n_motor: int = setting(24, "motor neurons, each with a gesture", at_least=2, at_most=100)
    tau_m_motor: float = setting(100.0, "membrane time constant", unit="ms", above=0)
    tau_m_sensor: float = setting(10.0, "membrane time constant", unit="ms", above=0)
    exploration_rate: float = setting(20.0, "kicks a motor neuron", unit="Hz", above=0)
    exploration_weight: float = setting(0.2, "of a kick", unit="mV", above=0)
    synaptic_delay: float = setting(1.0, "sensor spike to motor neuron", unit="ms", above=0)
    excitation: float = setting(0.5, "fixed, each sensor to each motor neuron", unit="mV", above=0)
    eta: float = setting(1e-3, "learning rate", unit="mV", at_least=0)
    A_plus: float = setting(1.0, "potentiation of inhibition, pre then post", above=0)
    A_minus: float = setting(0.7, "depression of inhibition, post then pre", above=0)
    tau_plus: float = setting(20.0, "window, pre then post", unit="ms", above=0)
    tau_minus: float = setting(20.0, "window, post then pre", unit="ms", above=0)
    duration: float = setting(1e6, "of babbling", unit="ms", at_least=1e4)
    recall_tau: float = setting(20.0, "membrane of motor neurons that imitate", unit="ms", above=0)
    recall_pause: float = setting(
        12.0, "after a gesture begins, in which no other does", unit="ms", at_least=0
    )
    song_duration: float = setting(2e4, "of each own song", unit="ms", at_least=1e3)
    song_gap: float = setting(15.0, "mean, between the gestures of own songs", unit="ms", above=0)
    shuffles: int = setting(5, "shuffled weights that are the control", at_least=1, at_most=100)
    oracle_trials: int = setting(
        600, "changes of gestures that the direct search tries, for each 1.5 s", at_least=0
    )
    seeds: int = setting(5, "how many birds babble", at_least=1, at_most=1000)
    seed: int = setting(0, "the first of them", at_least=0)
    tutor_file: str | None = setting(None, ".wav (PCM), or with the extra audio any sound file")
    tutor_longest: float = setting(
        3e4, "of the file; the rest is not read", unit="ms", at_least=100, at_most=6e5
    )

    def __post_init__(self) -> None:
        _config.check(self)

    def quick(self) -> Config:
        """Return a version that ends in a minute: one bird that babbles for half as long."""
        return replace(self, duration=5e5, seeds=1, song_duration=6e3, oracle_trials=150)

    def rule(self) -> AntisymmetricSTDP:
        """Return the plasticity of the inhibition."""
        return AntisymmetricSTDP(self.eta, self.A_plus, self.A_minus, self.tau_plus, self.tau_minus)

    def singer(self) -> Singer:
        """Return the bird: its voice and its ear are the same for all seeds."""
        hearing, syrinx = Hearing(), Syrinx()
        return Singer(
            gestures=distinct_gestures(self.n_motor, hearing, syrinx),
            hearing=hearing,
            syrinx=syrinx,
            motor=LIF(tau_m=self.tau_m_motor),
            sensor=LIF(tau_m=self.tau_m_sensor, reset="by"),
            exploration_rate=self.exploration_rate,
            exploration_weight=self.exploration_weight,
            synaptic_delay=self.synaptic_delay,
            excitation=self.excitation,
        )

    def trial_seeds(self) -> list[int]:
        """Return the seed of each trial."""
        return list(range(self.seed, self.seed + self.seeds))


@dataclass(frozen=True)
class _Trial:
    metrics: Nested
    arrays: dict[str, NDArray[np.generic]]
    files: dict[str, bytes]


def run(config: Config, report: Report | None = None) -> Result:
    """Babble, learn, freeze and imitate, once for every seed.

    Parameters
    ----------
    config : Config
    report : callable, optional
        See `postdict.trials.Report`.

    Raises
    ------
    ValueError, OSError
        `tutor_file` cannot be read: the message says why.
    DivergenceError
        Gestures superposed while babbling to more than the syrinx can follow.
    RunawayError
        The motor neurons fired at more than `RUNAWAY` times their rate without feedback.
    """
    singer = config.singer()
    given = None
    if config.tutor_file is not None:  # read to the end before anybody babbles
        rate, longest = singer.syrinx.rate, config.tutor_longest
        given = read_tutor(config.tutor_file, rate=rate, longest=longest)
    heard = response(singer)
    seeds = config.trial_seeds()
    with warnings.catch_warnings():
        # The voice takes most of the time, as it should.
        warnings.filterwarnings("ignore", message="world '(bird|sound)' is slow")
        found = run_trials(
            lambda seed, stage: _trial(config, singer, heard, given, seed, stage), seeds, report
        )
    summary = summarised([one.metrics for one in found], seeds)
    return Result("song", asdict(config), summary, found[0].arrays, files=found[0].files)


def _trial(
    config: Config, singer: Singer, heard: Floats, given: Floats | None, seed: int, stage: Stage
) -> _Trial:
    babbled = babble(
        singer,
        config.rule(),
        duration=config.duration,
        seed=seed,
        max_rate=RUNAWAY * open_loop_rate(singer, seed=seed),
        progress=stage("babbles"),
    )
    weights = babbled.weights
    telling = stage("imitates")
    telling(0.0, 1.0, 0.0, 0)
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
        "pinv": (np.linalg.pinv(heard).astype(np.float64), 1.0),
        "ridge": _with_scale(theory.ridge_inverse(heard, RIDGE), heard),
        "transpose": _with_scale(heard.T, heard),
        "untrained": (np.zeros_like(weights), 1.0),
    }
    own, delay = judge.own(weights, scale)
    controls = {name: judge.own(*decoder)[0] for name, decoder in decoders.items()}
    of_mixed = [judge.own(one, scale)[0] for one in mixed]
    controls["shuffled"] = _medians(of_mixed)
    telling(0.5, 1.0, 0.0, 0)

    if given is None:
        tutor = own_song(
            singer, duration=min(SHOWN, config.song_duration), gap=config.song_gap, rng=rng
        )
    else:
        tutor = file_song(singer, given, like=songs[0])
    copy = judge.copy_at(own["gain"], weights, scale, tutor, delay)
    copies = {
        name: judge.copy_at(controls[name]["gain"], *one, tutor, delay).correlation
        for name, one in decoders.items()
    }
    of_shuffled = [
        judge.copy_at(found["gain"], one, scale, tutor, delay)
        for found, one in zip(of_mixed, mixed, strict=True)
    ]
    suited = {
        "learned": judge.best_copy(weights, scale, tutor, delay).correlation,
        "shuffled": statistics.median(
            judge.best_copy(one, scale, tutor, delay).correlation for one in mixed
        ),
    }
    trials = int(config.oracle_trials * min(1.0, 1.5e3 / tutor.duration))
    gestures = search(tutor.spectrogram, singer, duration=tutor.duration, trials=trials, seed=seed)
    oracle = judge.copy(gestures, tutor, 0.0)
    rate = singer.syrinx.rate
    zero = statistics.median(one.correlation for one in of_shuffled)
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
    files = {f"{name}.wav": wav_bytes(normalised(s), rate) for name, s in sounds.items()}
    return _Trial(metrics, arrays, files)


def _share(copy: float, zero: float, oracle: float) -> float | None:
    """Return where a copy stands between a control, zero, and the oracle, one."""
    return (copy - zero) / (oracle - zero) if oracle > zero else None


def _with_scale(weights: Floats, heard: Floats) -> tuple[Floats, float]:
    return weights, float(np.mean(np.diag(weights @ heard)))


def _medians(found: list[Nested]) -> Nested:
    """Return the median of each metric over several shuffles; None where any is undefined."""
    return {
        name: None
        if any(one[name] is None for one in found)
        else statistics.median(one[name] for one in found)
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
        inverse_quality(singer.excitation - w, heard).specific_inverse_error
        for w in babbled.inhibition
    ]
    return {
        "response": heard,
        "weights": babbled.weights,
        "history_times": babbled.times,
        "specific_inverse_error_history": np.array([np.nan if e is None else e for e in errors]),
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
