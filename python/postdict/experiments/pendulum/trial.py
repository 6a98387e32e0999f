"""What one seed of `pendulum` does: it learns through the arm, and names what it hears."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._types import Arrays, Floats, Spikes
from ...analysis import inverse_quality, score_imitation
from ...lab.results import Nested
from ...lab.runs import run_bounded
from ...lab.stages import Stage
from ...loop.imitation import imitate
from ...loop.learning import shuffled
from ...network import Network
from ...plasticity import AntisymmetricSTDP
from ...simulation import Simulation
from .._shared.decoders import pinv
from .._shared.per_seed import Found
from .arm import arm
from .config import Config
from .songs import Song, torque

GAINS = np.geomspace(0.5, 4.0, 7)  # in units of the largest entry of W G
V_MINS = (-0.2, -1.0)  # mV
SMOOTH = 5  # steps over which torques are averaged before they are correlated


def run_trial(config: Config, seed: int, stage: Stage) -> Found:
    """Learn through the arm, and judge what was learned beside other decoders, by unseen songs."""
    weights, rate = learn(config, seed, stage.part("learns"))
    response = config.response()
    songs = [Song(config, seed, k, stage.part(f"hears {k + 1}")) for k in range(2)]
    decoders: dict[str, Floats] = {
        "learned": weights,
        "physics": pinv(response),
        "untrained": np.zeros_like(weights),
        "shuffled": shuffled(weights, seed),
        "transpose": response.T,
    }
    scores, answers = {}, {}
    for name, decoder in decoders.items():
        scores[name], answers[name] = _score(config, decoder, *songs)
    quality = inverse_quality(weights, response)
    metrics = {
        "scale": quality.scale,
        "specific_inverse_error": quality.specific_inverse_error,
        "motor_rate": rate,
        **scores.pop("learned"),
        "controls": scores,
    }
    arrays: dict[str, NDArray[Any]] = {
        "torques": config.torques,
        "preferred": config.preferred,
        "response": response,
        "weights": weights,
        "torque_true": songs[1].torque,
        **{f"torque_{name}": answers[name] for name in ("learned", "physics", "shuffled")},
    }
    return metrics, arrays


def learn(config: Config, seed: int, progress: Stage | bool = False) -> tuple[Floats, float]:
    """Return the effective weights (n_motor, n_sensor; mV), and the motor rate while learning."""
    parameters = config.parameters()
    net = Network(seed)
    motor = net.add_population("motor", config.n_motor, parameters.motor)
    sensor = net.add_population("sensor", config.n_sensor, parameters.sensor)
    net.add_poisson(
        "exploration", motor, rate=config.exploration_rate, weight=config.exploration_weight
    )
    net.add_world("arm", arm(config), motor, sensor, drive="kicks", latency=config.latency)
    delay = parameters.synaptic_delay
    net.connect(sensor, motor, weights=config.excitation, axonal_delay=delay)
    inhibition = net.connect(
        sensor,
        motor,
        weights=config.excitation,
        axonal_delay=delay,
        inhibitory=True,
        plasticity=AntisymmetricSTDP(config.eta, A_minus=config.A_minus),
    )
    sim = Simulation(net)
    sim.set_recording(sensor, False)

    def read(_: int) -> Arrays:
        return {
            "weights": np.asarray(sim.weights(inhibition)),
            "n_spikes": np.array(sim.spike_count(motor)),
        }

    (found,) = run_bounded(
        sim, motor, config.duration, max_rate=200.0, progress=progress, read=read
    )
    rate = int(found["n_spikes"]) / (1e-3 * config.duration * config.n_motor)
    return config.excitation - found["weights"], rate


def _score(config: Config, weights: Floats, practice: Song, test: Song) -> tuple[Nested, Floats]:
    """Return F1 and the torque's correlation on a song, and the torque, with the best gain.

    Gain and v_min are those that imitate another song best.
    """
    parameters = config.parameters()
    largest = float(np.abs(weights @ config.response()).max()) or 1.0

    def answer(gain: float, v_min: float, song: Song) -> tuple[float, Spikes]:
        spikes = imitate(
            gain / largest * weights,
            parameters,
            song.heard,
            v_min=v_min,
            duration=config.song_duration,
        )
        score = score_imitation(
            *song.tutor, *spikes, delay=parameters.delay, tolerance=0.5 * config.interval + 1.0
        )
        return score.f1, spikes

    gain, v_min = max(
        product(GAINS.tolist(), V_MINS), key=lambda tried: answer(tried[0], tried[1], practice)[0]
    )
    f1, spikes = answer(gain, v_min, test)
    found = torque(config, spikes, parameters.delay)
    return {"imitation_f1": f1, "torque_correlation": _correlation(found, test.torque)}, found


def smooth(values: Floats) -> Floats:
    """Return running means over `SMOOTH` steps."""
    return np.convolve(values, np.full(SMOOTH, 1.0 / SMOOTH), "same")


def _correlation(answered: Floats, true: Floats) -> float | None:
    """Return the correlation of two torques over time; None of one that is silent."""
    if not (answered.any() and true.any()):
        return None
    return float(np.corrcoef(smooth(answered), smooth(true))[0, 1])
