"""A bird in the closed loop: it babbles and learns, hears a song, and finds the gestures for it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .. import _checks
from .._types import Arrays, Floats, Spikes
from ..lab.runs import run_bounded
from ..network import Network
from ..neurons import LIF
from ..plasticity import AntisymmetricSTDP
from ..simulation import ProgressCallback, Simulation
from .ear import Ear, Hearing
from .voices import AnyGestures, AnyOrgan, sing
from .world import SoundWorld, VoiceWorld

OPEN_LOOP = 1e5  # ms, over which the rate without feedback is taken


@_checks.brief
@dataclass(frozen=True)
class Singer:
    """A bird's voice, ear and neurons; all values are our own.

    Parameters
    ----------
    gestures : Gestures or Postures
        One for each motor neuron.
    hearing : Hearing
    organ : Syrinx or SourceFilter
        What sings them.
    motor : LIF
        The motor neurons.
    sensor : LIF
        The sensors.
    exploration_rate : float
        Of the Poisson kicks for each motor neuron, Hz.
    exploration_weight : float
        Of a kick, mV.
    synaptic_delay : float
        ms, from a sensor spike to the motor neurons.
    excitation : float
        mV, of every sensor onto every motor neuron.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict import LIF
    >>> from postdict.bird import Gestures, Hearing, Singer, Syrinx
    >>> gestures = Gestures(pressure=np.full(4, 0.5), tension=np.linspace(0.2, 0.8, 4))
    >>> singer = Singer(
    ...     gestures, Hearing(n_channels=8), Syrinx(), motor=LIF(tau_m=100.0), sensor=LIF(),
    ...     exploration_rate=50.0, exploration_weight=0.2, synaptic_delay=1.0, excitation=0.05,
    ... )
    >>> singer
    Singer(gestures=Gestures(pressure=[0.5, 0.5, 0.5, 0.5], tension=[0.2, 0.4, 0.6000000000000001,
    0.8]), hearing=Hearing(n_channels=8), organ=Syrinx(), motor=LIF(tau_m=100.0), sensor=LIF(),
    exploration_rate=50.0, exploration_weight=0.2, synaptic_delay=1.0, excitation=0.05)
    """

    gestures: AnyGestures
    hearing: Hearing
    organ: AnyOrgan
    motor: LIF
    sensor: LIF
    exploration_rate: float
    exploration_weight: float
    synaptic_delay: float
    excitation: float


@_checks.brief
@dataclass(frozen=True, eq=False)
class Babbled:
    """What a bird learned: effective weights W = E - w (n_motor, n_sensor), mV, and its spikes.

    `times` (ms) and `inhibition` (n_samples, n_motor, n_sensor) follow the learning.
    """

    weights: Floats
    motor: Spikes
    times: Floats
    inhibition: Floats


def open_loop_rate(singer: Singer, *, seed: int) -> float:
    """Return the rate (Hz) at which the motor neurons fire while nothing is heard, by exploration.

    It is never zero: where none fires in `OPEN_LOOP`, it is as if one had.
    """
    network = Network(seed)
    motor = network.add_population("motor", len(singer.gestures), singer.motor)
    network.add_poisson(
        "exploration", motor, rate=singer.exploration_rate, weight=singer.exploration_weight
    )
    simulation = Simulation(network)
    simulation.run_until(OPEN_LOOP)
    n_spikes = len(simulation.spikes(motor)[0])
    return max(1, n_spikes) / (1e-3 * OPEN_LOOP * len(singer.gestures))


def babble(
    singer: Singer,
    rule: AntisymmetricSTDP,
    *,
    duration: float,
    seed: int,
    cooling: Sequence[tuple[float, float]] = (),
    n_samples: int = 50,
    max_rate: float = math.inf,
    progress: bool | ProgressCallback = False,
) -> Babbled:
    """Let a bird babble in the closed loop for `duration` (ms) and return what it learned.

    From each time (ms, rising) of `cooling` on, the learning rate is that of the rule times the
    factor beside it.

    Raises
    ------
    DivergenceError
        Gestures superposed to more than its syrinx can follow.
    RunawayError
        The motor neurons fired faster than `max_rate` (Hz).

    Examples
    --------
    >>> import numpy as np
    >>> from postdict import LIF, AntisymmetricSTDP
    >>> from postdict.bird import Gestures, Hearing, Singer, Syrinx, babble
    >>> gestures = Gestures(pressure=np.full(4, 0.5), tension=np.linspace(0.2, 0.8, 4))
    >>> singer = Singer(
    ...     gestures, Hearing(n_channels=8), Syrinx(), motor=LIF(tau_m=100.0), sensor=LIF(),
    ...     exploration_rate=50.0, exploration_weight=0.2, synaptic_delay=1.0, excitation=0.05,
    ... )
    >>> rule = AntisymmetricSTDP(eta=1e-4, A_minus=0.7)
    >>> babbled = babble(singer, rule, duration=500.0, seed=1, n_samples=2)
    >>> babbled.weights.shape
    (4, 32)
    """
    network = Network(seed)
    motor = network.add_population("motor", len(singer.gestures), singer.motor)
    sensor = network.add_population("sensor", singer.hearing.n_sensor, singer.sensor)
    network.add_poisson(
        "exploration", motor, rate=singer.exploration_rate, weight=singer.exploration_weight
    )
    world = VoiceWorld(singer.gestures, singer.hearing, singer.organ)
    network.add_world("bird", world, motor, sensor, readout="spikes", drive="current")
    network.connect(sensor, motor, weights=singer.excitation, axonal_delay=singer.synaptic_delay)
    inhibition = network.connect(
        sensor,
        motor,
        weights=singer.excitation,
        axonal_delay=singer.synaptic_delay,
        inhibitory=True,
        plasticity=rule,
    )
    samples = network.record(inhibition, "weights", every=duration / n_samples)
    simulation = Simulation(network)
    simulation.set_recording(sensor, False)

    def read(part: int) -> Arrays:
        if part < len(cooling):
            simulation.set_learning_rate(inhibition, rule.eta * cooling[part][1])
            return {}
        spike_times, ids = simulation.spikes(motor)
        times, recorded = simulation.recorded(samples)
        return {
            "weights": np.asarray(simulation.weights(inhibition)),
            "spike_times": spike_times,
            "ids": ids,
            "times": times,
            "inhibition": recorded,
        }

    *_, found = run_bounded(
        simulation,
        motor,
        duration,
        max_rate=max_rate,
        progress=progress,
        ends=[time for time, _ in cooling],
        read=read,
    )
    return Babbled(
        singer.excitation - found["weights"],
        (found["spike_times"], found["ids"]),
        found["times"],
        found["inhibition"],
    )


def hear_sound(singer: Singer, pieces: Iterator[Floats], *, duration: float) -> Spikes:
    """Return the sensor spikes that a sound evokes in `duration` (ms).

    Parameters
    ----------
    singer : Singer
    pieces : iterator of arrays (n_samples,)
        The sound, piece by piece, at the ear's rate.
    duration : float

    Raises
    ------
    ValueError, TypeError
        A piece is no sound.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict import LIF
    >>> from postdict.bird import Gestures, Hearing, Singer, Syrinx, hear_sound
    >>> gestures = Gestures(pressure=np.full(4, 0.5), tension=np.linspace(0.2, 0.8, 4))
    >>> singer = Singer(
    ...     gestures, Hearing(n_channels=8), Syrinx(), motor=LIF(tau_m=100.0), sensor=LIF(),
    ...     exploration_rate=50.0, exploration_weight=0.2, synaptic_delay=1.0, excitation=0.05,
    ... )
    >>> tone = np.sin(2 * np.pi * 2000.0 * np.arange(0.0, 0.1, 5e-5))  # 100 ms
    >>> times, ids = hear_sound(singer, iter([tone]), duration=100.0)
    >>> len(times) > 0
    True
    """
    ear = Ear(singer.hearing)
    network = Network()
    nobody = network.add_spike_source("nobody", 1, times=[], ids=[])
    sensor = network.add_population("sensor", singer.hearing.n_sensor, singer.sensor)
    sound = SoundWorld((ear.drive(piece) for piece in pieces), singer.hearing.n_sensor)
    network.add_world("sound", sound, nobody, sensor, drive="current")
    simulation = Simulation(network)
    simulation.run_until(duration)
    return simulation.spikes(sensor)


def response(singer: Singer) -> Floats:
    """Return G (n_sensor, n_motor): spikes of each sensor for one gesture that is alone.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict import LIF
    >>> from postdict.bird import Gestures, Hearing, Singer, Syrinx, response
    >>> gestures = Gestures(pressure=np.full(4, 0.5), tension=np.linspace(0.2, 0.8, 4))
    >>> singer = Singer(
    ...     gestures, Hearing(n_channels=8), Syrinx(), motor=LIF(tau_m=100.0), sensor=LIF(),
    ...     exploration_rate=50.0, exploration_weight=0.2, synaptic_delay=1.0, excitation=0.05,
    ... )
    >>> response(singer).shape
    (32, 4)
    """
    apart = singer.gestures.duration + 76.0  # ms, until every sensor is at rest
    n = len(singer.gestures)
    onsets = apart * np.arange(n)
    song = sing(singer.gestures, onsets, np.arange(n), duration=apart * n, organ=singer.organ)
    times, ids = hear_sound(singer, iter([song.sound]), duration=apart * n)
    counts = np.zeros((singer.hearing.n_sensor, n))
    np.add.at(counts, (ids, (times / apart).astype(int)), 1.0)
    return counts
