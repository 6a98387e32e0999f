"""A bird that sings: motor codes between babbling and a stereotyped motif, and what it hears of it.

Time has slots as long as the motif. In some of them, drawn at random, the motor neurons are not
explored but commanded: each gets one strong kick at its own time of the motif, always the same. In
the others they babble. The share of the first is the stereotypy of the code.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..._types import Arrays, Floats, Spikes
from ...connectivity import one_to_one
from ...lab.runs import run_bounded, run_for_spikes
from ...loop.circuit import EXPLORATION, Loop, LoopParameters, closed_loop, frozen_loop
from ...network import Network
from ...plasticity import AntisymmetricSTDP
from ...simulation import ProgressCallback, Simulation
from ...steps import Steps
from ...world.stepped import AnyWorld

COMMAND_DELAY = 1.0  # ms, from a command to its motor neuron


@dataclass(frozen=True)
class Code:
    """How motor neurons are driven while the bird sings.

    Parameters
    ----------
    onsets : array (n_motor,)
        When in the motif each motor neuron is commanded, ms from the start of a slot.
    period : float
        Of the slots, ms: a motif follows on the other without a pause.
    stereotypy : float
        Share of the slots that hold the motif.
    strength : float
        Of a command, mV.
    """

    onsets: Floats
    period: float
    stereotypy: float
    strength: float

    def starts(self, duration: float) -> Floats:
        """Return the starts (n_slots,) of the slots of a song, ms."""
        starts: Floats = self.period * np.arange(math.ceil(duration / self.period), dtype=float)
        return starts

    def commands(self, starts: Floats) -> Spikes:
        """Return the commands of the motifs that start at `starts` (ms)."""
        order = np.argsort(self.onsets, kind="stable")
        times = (starts[:, None] + self.onsets[order]).ravel()
        return times, np.tile(order, len(starts)).astype(np.int64)

    def before_arrival(self, delay: float) -> Floats:
        """Return when i is commanded, from the arrival of k's sound on (n_motor, n_motor), ms.

        Of all repetitions the nearest counts: values lie within half a period of zero.
        """
        lag = self.onsets[:, None] - self.onsets[None, :] - delay
        nearest: Floats = lag - self.period * np.round(lag / self.period)
        return nearest


def motif(n_motor: int, period: float, rng: np.random.Generator) -> Floats:
    """Return times (n_motor,) that fill a period evenly but for jitter, in random order, ms."""
    places = np.arange(n_motor) + rng.uniform(0.1, 0.9, n_motor)
    onsets: Floats = rng.permutation(places) * period / n_motor
    return onsets


@dataclass(frozen=True)
class LoopSong:
    """Spikes of a song over [0, duration)."""

    duration: float  # ms
    motor: Spikes
    sensor: Spikes

    def motor_rate(self, n_motor: int) -> float:
        """Return the mean rate of the motor neurons, Hz."""
        return len(self.motor[0]) / (1e-3 * self.duration * n_motor)


def learn_by_singing(
    world: AnyWorld,
    parameters: LoopParameters,
    rule: AntisymmetricSTDP,
    code: Code,
    *,
    duration: float,
    seed: int,
    progress: bool | ProgressCallback = False,
) -> Floats:
    """Return the effective weights W (n_motor, n_sensor) that a singing loop has learned, mV."""
    loop = closed_loop(world, parameters, rule, seed=seed)
    assert loop.inhibition is not None
    simulation = _singer(loop, parameters, code, duration, seed)
    for population in (loop.motor, loop.sensor):
        simulation.set_recording(population, False)
    inhibition = loop.inhibition

    def read(_: int) -> Arrays:
        return {"weights": np.asarray(simulation.weights(inhibition))}

    (found,) = run_bounded(simulation, loop.motor, duration, progress=progress, read=read)
    return parameters.excitation - found["weights"]


def sing_in_loop(
    world: AnyWorld,
    parameters: LoopParameters,
    weights: Floats,
    code: Code,
    *,
    duration: float,
    seed: int,
    progress: bool | ProgressCallback = False,
) -> LoopSong:
    """Let the closed loop sing with frozen weights W (n_motor, n_sensor)."""
    loop = frozen_loop(world, parameters, weights, seed=seed)
    simulation = _singer(loop, parameters, code, duration, seed)
    populations = (loop.motor, loop.sensor)
    return LoopSong(duration, *run_for_spikes(simulation, populations, duration, progress=progress))


def listen(
    weights: Floats,
    parameters: LoopParameters,
    heard: Spikes,
    *,
    duration: float,
    seed: int,
    progress: bool | ProgressCallback = False,
) -> Spikes:
    """Return the motor spikes while sensors replay what they heard, and nothing is sung.

    The motor neurons are those that sing, with the noise of babbling and without commands; what
    they fire reaches no sensor.
    """
    n_motor, n_sensor = weights.shape
    network = Network(seed)
    sensor = network.add_spike_source("sensor", n_sensor, times=heard[0], ids=heard[1])
    motor = network.add_population("motor", n_motor, parameters.motor)
    network.add_poisson(
        EXPLORATION,
        motor,
        rate=parameters.exploration_rate,
        weight=parameters.exploration_weight,
    )
    network.connect(sensor, motor, weights=weights, axonal_delay=parameters.synaptic_delay)
    simulation = Simulation(network)
    (song,) = run_for_spikes(simulation, [motor], duration, progress=progress)
    return song


def _singer(
    loop: Loop, parameters: LoopParameters, code: Code, duration: float, seed: int
) -> Simulation:
    """Return a simulation of a loop that babbles in some slots and is commanded in the others."""
    starts = code.starts(duration)
    rng = np.random.default_rng([seed, 0x50176])
    commanded = rng.random(len(starts)) < code.stereotypy
    times, ids = code.commands(starts[commanded])
    n_motor = loop.motor.size
    commands = loop.network.add_spike_source("commands", n_motor, times=times, ids=ids)
    loop.network.connect(
        commands,
        loop.motor,
        weights=one_to_one(n_motor, weight=code.strength),
        axonal_delay=COMMAND_DELAY,
    )
    simulation = Simulation(loop.network)
    rate = np.where(commanded, 0.0, parameters.exploration_rate)
    simulation.set_rate(EXPLORATION, Steps(starts, rate))
    return simulation
