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

import math
import warnings
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._types import Spikes
from ...analysis import inverse_quality, poisson_sequence, score_imitation
from ...lab import settings as _config
from ...lab.results import Nested, Result
from ...lab.runs import run_bounded
from ...lab.settings import setting
from ...lab.stages import Stage
from ...loop.circuit import LoopParameters
from ...loop.imitation import imitate
from ...loop.learning import shuffled
from ...network import Network
from ...neurons import LIF
from ...plasticity import AntisymmetricSTDP
from ...simulation import Simulation
from ...world.codes import TuningCurves
from .._shared.per_seed import Found, run_per_seed
from .arm import LARGEST_TORQUE, MOBILITY, arm
from .figures import draw, headline

__all__ = ["FIGURES", "Config", "draw", "headline", "run"]

FIGURES = {"pendulum": ((10.0, 6.6), draw)}

Matrix = NDArray[np.float64]

GAINS = np.geomspace(0.5, 4.0, 7)  # in units of the largest entry of W G
V_MINS = (-0.2, -1.0)  # mV
SMOOTH = 5  # steps over which torques are averaged before they are correlated


@dataclass(frozen=True)
class Config:
    """Settings of `pendulum`; all defaults are our own."""

    n_motor: int = setting(8, "motor neurons, half of them for each direction", at_least=2)
    n_sensor: int = setting(24, "sensors, half of them for each direction", at_least=2)
    lowest: float = setting(1.5, "smallest acceleration preferred", unit="rad/s²", above=0)
    highest: float = setting(7.0, "largest acceleration preferred", unit="rad/s²", above=0)
    width: float = setting(0.9, "of the tuning curves", unit="rad/s²", above=0)
    kick: float = setting(2.0, "of a sensor at its preferred acceleration", unit="mV", above=0)
    gravity: float = setting(0.0, "g of Pendulum-v1; 0: the arm moves in a plane", at_least=0)
    interval: float = setting(10.0, "of a control step", unit="ms", above=0)
    latency: float = setting(5.0, "control step to sensors", unit="ms", at_least=0)
    exploration_rate: float = setting(100.0, "kicks a motor neuron", unit="Hz", above=0)
    exploration_weight: float = setting(0.1, "of a kick", unit="mV", above=0)
    excitation: float = setting(0.5, "fixed, each sensor to each motor neuron", unit="mV", above=0)
    eta: float = setting(1e-4, "learning rate", unit="mV", at_least=0)
    A_minus: float = setting(0.7, "depression over potentiation of the inhibition")
    duration: float = setting(2e6, "of learning", unit="ms", above=0)
    song_rate: float = setting(2.0, "of the unseen sequences, a motor neuron", unit="Hz", above=0)
    song_duration: float = setting(2e5, "of each", unit="ms", at_least=1e3)
    seeds: int = setting(5, "how many explorations", at_least=1, at_most=1000)
    seed: int = setting(0, "the first of them", at_least=0)

    def __post_init__(self) -> None:
        _config.check(self)
        for name in ("n_motor", "n_sensor"):
            if getattr(self, name) % 2:
                raise ValueError(f"{name} must be even, got {getattr(self, name)}")
        if not self.lowest < self.highest:
            raise ValueError(
                f"lowest must be below highest = {self.highest:g} rad/s², got {self.lowest:g}"
            )
        if self.gravity > 0:
            warnings.warn(
                "with gravity > 0 one acceleration means another torque at each angle, which "
                "sensors of acceleration alone cannot tell: expect no inverse",
                stacklevel=2,
            )

    def quick(self) -> Config:
        """Return a version that ends in half a minute: a tenth of the learning."""
        return replace(self, duration=3e5, eta=5e-4, seeds=2, song_duration=1e5)

    @property
    def torques(self) -> Matrix:
        """The torque of one spike of each motor neuron, N m."""
        half = LARGEST_TORQUE * np.arange(1, self.n_motor // 2 + 1) / (self.n_motor // 2)
        return np.concatenate([-half[::-1], half])

    @property
    def preferred(self) -> Matrix:
        """The acceleration that each sensor prefers, rad/s²."""
        half = np.linspace(self.lowest, self.highest, self.n_sensor // 2)
        return np.concatenate([-half[::-1], half])

    def curves(self) -> TuningCurves:
        """Return the sensors' tuning to accelerations."""
        return TuningCurves(self.preferred, np.asarray(self.width), self.kick)

    def response(self) -> Matrix:
        """Return G by physics (n_sensor, n_motor): mV of a sensor by one motor spike alone."""
        curves = self.curves()
        return np.stack([curves.encode([MOBILITY * torque]) for torque in self.torques], axis=1)

    def parameters(self) -> LoopParameters:
        """Return the two kinds of neurons, and the delays as `imitate` has them."""
        return LoopParameters(
            motor=LIF(tau_m=100.0),
            sensor=LIF(tau_m=10.0, reset="by"),
            world_delay=0.5 * self.interval + self.latency,
            excitation=self.excitation,
        )


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
    arm(config)
    return run_per_seed("pendulum", config, _trial, stage)


def _trial(config: Config, seed: int, stage: Stage) -> Found:
    weights, rate = learn(config, seed, stage.part("learns"))
    response = config.response()
    songs = [_Song(config, seed, k, stage.part(f"hears {k + 1}")) for k in range(2)]
    decoders: dict[str, Matrix] = {
        "learned": weights,
        "physics": np.linalg.pinv(response).astype(np.float64),
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


def learn(config: Config, seed: int, progress: Stage | bool = False) -> tuple[Matrix, float]:
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
    run_bounded(sim, motor, config.duration, max_rate=200.0, progress=progress)
    rate = sim.spike_count(motor) / (1e-3 * config.duration * config.n_motor)
    return config.excitation - np.asarray(sim.weights(inhibition)), rate


class _Song:
    """An unseen motor sequence, and what the sensors make of it through the arm."""

    def __init__(
        self, config: Config, seed: int, number: int, progress: Stage | bool = False
    ) -> None:
        rng = np.random.default_rng([seed, number, 0xA43])
        self.tutor = poisson_sequence(
            config.n_motor, config.song_rate, config.song_duration, rng=rng
        )
        net = Network(int(rng.integers(2**32)))
        net.add_spike_source("tutor", config.n_motor, times=self.tutor[0], ids=self.tutor[1])
        sensor = net.add_population("sensor", config.n_sensor, config.parameters().sensor)
        net.add_world("arm", arm(config), "tutor", sensor, drive="kicks", latency=config.latency)
        sim = Simulation(net)
        run_bounded(sim, sensor, config.song_duration, progress=progress)
        self.heard = sim.spikes(sensor)
        self.torque = torque(config, self.tutor)


def torque(config: Config, spikes: Spikes, delay: float = 0.0) -> Matrix:
    """Return the torque (N m) of motor spikes, by control step, `delay` (ms) earlier."""
    n_steps = math.floor(config.song_duration / config.interval)
    edges = config.interval * np.arange(n_steps + 1)
    return np.histogram(spikes[0] - delay, edges, weights=config.torques[spikes[1]])[0]


def _score(config: Config, weights: Matrix, practice: _Song, test: _Song) -> tuple[Nested, Matrix]:
    """Return F1 and the torque's correlation on a song, and the torque, with the best gain.

    Gain and v_min are those that imitate another song best.
    """
    parameters = config.parameters()
    largest = float(np.abs(weights @ config.response()).max()) or 1.0

    def answer(gain: float, v_min: float, song: _Song) -> tuple[float, Spikes]:
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


def smooth(values: Matrix) -> Matrix:
    """Return running means over `SMOOTH` steps."""
    return np.convolve(values, np.full(SMOOTH, 1.0 / SMOOTH), "same")


def _correlation(one: Matrix, other: Matrix) -> float | None:
    """Return the correlation of two torques over time; None of one that is silent."""
    if not (one.any() and other.any()):
        return None
    return float(np.corrcoef(smooth(one), smooth(other))[0, 1])
