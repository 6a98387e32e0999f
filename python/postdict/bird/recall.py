"""How a bird answers to what it hears, by spikes alone: weights frozen, no exploration.

    sensors ─► W, in parts 1 ms apart ─► motor neurons ─► song
        └────► push, the same to all ─────────▲  │
                              lateral interneuron ◄┘ resets all of them

The push makes up for the uniform inhibition that babbling learns, the parts let a gesture's whole
footprint arrive before anybody fires, and by the interneuron one gesture begins at a time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .. import _checks
from .._types import Floats, Integers, Spikes
from ..network import Network
from ..neurons import LIF
from ..simulation import Simulation
from .singer import Singer

RESET = 100.0  # mV, an inhibition that brings every potential to its lower bound
TO_LATERAL = 0.05  # ms, from a motor neuron to the interneuron
PART_EVERY = 1.0  # ms, between the parts in which a sensor spike arrives


@_checks.brief
@dataclass(frozen=True)
class Recall:
    """Motor neurons that answer; all values are our own.

    Parameters
    ----------
    tau : float
        ms, of their membrane.
    resets : tuple of float
        ms after any of them fires, at which the interneuron resets all: more than `TO_LATERAL`.
    parts : int
        In how many equal parts, `PART_EVERY` apart, a sensor spike arrives.
    push : float
        Thresholds by which each sensor spike pushes all motor neurons, in all its parts together
        and before the gain.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> from postdict.bird import Recall
    >>> Recall(tau=10.0, parts=3)
    Recall(tau=10.0, parts=3)
    """

    tau: float = 20.0
    resets: tuple[float, ...] = (3.0, 6.0, 9.0, 12.0)
    parts: int = 1
    push: float = 0.0

    def __post_init__(self) -> None:
        _checks.number("tau", self.tau, "ms", above=0.0)
        for reset in self.resets:
            _checks.number("resets", reset, "ms", above=TO_LATERAL)
        _checks.integer("parts", self.parts, at_least=1)
        _checks.number("push", self.push, at_least=0.0)


@_checks.brief
@dataclass(frozen=True)
class LoudnessReflex:
    """Breath that follows what is heard: a reflex, which nobody learned.

    The level of the voice is `slope` times the decadic logarithm of the sensors' rate over
    `reference`, in dB, between `quietest` and 0; the rate is low-passed with `tau`.

    Parameters
    ----------
    reference : float
        Spikes a ms of all sensors, at which the voice is loudest.
    slope : float
        dB for each factor of ten of the sensors' rate.
    quietest : float
        dB, of the quietest voice.
    tau : float
        ms.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> from postdict.bird import LoudnessReflex
    >>> LoudnessReflex(quietest=-20.0)
    LoudnessReflex(quietest=-20.0)
    """

    reference: float = 45.0
    slope: float = 32.0
    quietest: float = -30.0
    tau: float = 4.0

    def __post_init__(self) -> None:
        _checks.number("reference", self.reference, above=0.0)
        _checks.number("slope", self.slope, "dB", at_least=0.0)
        _checks.number("quietest", self.quietest, "dB", at_most=0.0)
        _checks.number("tau", self.tau, "ms", above=0.0)

    def level(self, heard: Spikes, *, times: Floats) -> Floats:
        """Return the factor (n_times,) of the voice at `times` (ms) after sensor spikes."""
        n = int(np.ceil(max(times.max(initial=0.0), heard[0].max(initial=0.0)))) + 1
        counts = np.bincount(np.minimum(heard[0].astype(np.int64), n - 1), minlength=n)
        kept = np.exp(-1.0 / self.tau)
        rate, trace = 0.0, np.empty(n)
        for k, count in enumerate(counts):
            rate = kept * rate + (1.0 - kept) * count
            trace[k] = rate
        level = self.slope * np.log10(np.maximum(trace, 1e-9) / self.reference)
        level = np.clip(level, self.quietest, 0.0)
        return np.asarray(10.0 ** (0.05 * np.interp(times, np.arange(n) + 0.5, level)))


def answer(
    weights: Floats,
    singer: Singer,
    recall: Recall,
    heard: Spikes,
    *,
    duration: float,
    gain: float = 1.0,
) -> Spikes:
    """Return the motor spikes with which frozen weights answer to sensor spikes.

    Parameters
    ----------
    weights : array (n_motor, n_sensor)
        Effective weights, mV.
    singer : Singer
    recall : Recall
    heard : (times, ids)
        Sensor spikes.
    duration : float
        ms.
    gain : float
        Of weights and push.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict import LIF
    >>> from postdict.bird import Gestures, Hearing, Singer, Syrinx, Recall, answer
    >>> gestures = Gestures(pressure=np.full(4, 0.5), tension=np.linspace(0.2, 0.8, 4))
    >>> singer = Singer(
    ...     gestures, Hearing(n_channels=8), Syrinx(), motor=LIF(tau_m=100.0), sensor=LIF(),
    ...     exploration_rate=50.0, exploration_weight=0.2, synaptic_delay=1.0, excitation=0.05,
    ... )
    >>> weights = 0.3 * np.ones((4, singer.hearing.n_sensor))
    >>> heard = np.arange(20.0, 30.0), np.zeros(10, int)
    >>> times, ids = answer(weights, singer, Recall(), heard, duration=100.0)
    >>> np.unique(ids)
    array([0, 1, 2, 3])
    """
    n_motor, n_sensor = weights.shape
    network = Network()
    sensor = network.add_spike_source("sensor", n_sensor, times=heard[0], ids=heard[1])
    motor = network.add_population("motor", n_motor, LIF(tau_m=recall.tau, v_min=0.0))
    lateral = network.add_population("lateral", 1, LIF(tau_m=1.0, v_min=0.0))
    for part in range(recall.parts):
        delay = singer.synaptic_delay + PART_EVERY * part
        network.connect(sensor, motor, weights=gain / recall.parts * weights, axonal_delay=delay)
        if recall.push:
            network.connect(
                sensor, motor, weights=gain / recall.parts * recall.push, axonal_delay=delay
            )
    if recall.resets:
        network.connect(motor, lateral, weights=2.0, axonal_delay=TO_LATERAL)
    for reset in recall.resets:
        network.connect(
            lateral, motor, weights=RESET, inhibitory=True, axonal_delay=reset - TO_LATERAL
        )
    simulation = Simulation(network)
    simulation.run_until(duration)
    found: tuple[Floats, Integers] = simulation.spikes(motor)
    return found
