"""Motor neurons by themselves: what they do without feedback, and with one that is imposed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ... import analysis, theory
from ..._types import Floats, Spikes
from ...connectivity import one_to_one
from ...lab.runs import run_for_spikes
from ...loop.circuit import LoopParameters
from ...network import Network
from ...simulation import ProgressCallback, Simulation

SETTLING = 1e3  # ms left out at the start of every measurement
LONGEST_LAG = 300.0  # ms
PROBE_RATE = 5.0  # Hz of the kicks that inhibit: rare, so that they change the neuron little


@dataclass(frozen=True)
class Lone:
    """Motor neurons that explore without feedback: all that the linear theory knows of them."""

    rate: float  # Hz
    autocorrelation: tuple[Floats, Floats]  # lags (ms), Hz
    excited: theory.KickResponse  # to a kick of +exploration_weight
    inhibited: theory.KickResponse  # to one of -exploration_weight

    def linear(
        self, window: theory.Window, delay: float, response: theory.KickResponse | None = None
    ) -> theory.LinearTheory:
        """Return the linear theory of a window and a loop delay (ms).

        The response is that to a kick of the sign of c, unless another is given: threshold and
        reset answer the two signs differently, however small they are.
        """
        own = theory.own_drive(window, delay, rate=self.rate, autocorrelation=self.autocorrelation)
        return theory.LinearTheory.measured(
            window,
            delay,
            rate=self.rate,
            autocorrelation=self.autocorrelation,
            response=response or (self.excited if own < 0.0 else self.inhibited),
        )

    def both_signs(self) -> theory.KickResponse:
        """Return the mean response to kicks of either sign."""
        up, down = self.excited, self.inhibited
        return theory.KickResponse(
            0.5 * (up.at_once + down.at_once), up.lags, 0.5 * (up.density + down.density)
        )


def lone(
    parameters: LoopParameters, n: int, duration: float, seed: int, progress: ProgressCallback
) -> Lone:
    """Measure rate, autocorrelation and kick responses of `n` motor neurons without feedback."""
    size = parameters.exploration_weight
    exploration = _poisson(n, parameters.exploration_rate, duration, [seed, 0xE4])
    spikes = _kicked(parameters, n, {"exploration": (exploration, size)}, duration, seed, progress)
    probes = _poisson(n, PROBE_RATE, duration, [seed, 0x9B])
    sources = {"exploration": (exploration, size), "probes": (probes, -size)}
    probed = _kicked(parameters, n, sources, duration, seed, progress)
    return Lone(
        rate=mean_rate(spikes, n, duration),
        autocorrelation=autocorrelation(spikes, n, duration),
        excited=theory.kick_response(
            *exploration, *spikes, n=n, size=size, start=SETTLING, stop=duration
        ),
        inhibited=theory.kick_response(
            *probes, *probed, n=n, size=-size, start=SETTLING, stop=duration
        ),
    )


def hears_itself(
    parameters: LoopParameters,
    product: tuple[float, float],
    n: int,
    duration: float,
    seed: int,
    progress: ProgressCallback,
    max_rate: float = math.inf,
) -> Spikes:
    """Return spikes of motor neurons joined by W G = c 1 - b 11' at the loop delay, no sensors.

    Raises
    ------
    RunawayError
        Over a second they fired faster than `max_rate` (Hz).
    """
    scale, uniform = product
    network = Network(seed)
    motor = network.add_population("motor", n, parameters.motor)
    network.add_poisson(
        "exploration",
        motor,
        rate=parameters.exploration_rate,
        weight=parameters.exploration_weight,
    )
    delay = parameters.delay
    if scale:
        network.connect(motor, motor, weights=one_to_one(n, weight=scale), axonal_delay=delay)
    if uniform:
        network.connect(motor, motor, weights=-uniform, axonal_delay=delay)
    simulation = Simulation(network)
    (spikes,) = run_for_spikes(
        simulation, [motor], duration, max_rate=max_rate, window=1e3, progress=progress
    )
    return spikes


def _poisson(n: int, rate: float, duration: float, seed: list[int]) -> Spikes:
    rng = np.random.default_rng(seed)
    size = rng.poisson(1e-3 * rate * duration * n)
    return rng.uniform(1.0, duration, size), rng.integers(0, n, size)


def _kicked(
    parameters: LoopParameters,
    n: int,
    sources: dict[str, tuple[Spikes, float]],
    duration: float,
    seed: int,
    progress: ProgressCallback,
) -> Spikes:
    """Return the spikes of neurons kicked at given times (at the neuron; 1 ms or later)."""
    network = Network(seed)
    motor = network.add_population("motor", n, parameters.motor)
    for name, ((times, ids), weight) in sources.items():
        source = network.add_spike_source(name, n, times=times - 1.0, ids=ids)
        network.connect(source, motor, weights=one_to_one(n, weight=weight), axonal_delay=1.0)
    simulation = Simulation(network)
    simulation.run(duration, progress=progress)
    return simulation.spikes(motor)


def mean_rate(spikes: Spikes, n: int, duration: float) -> float:
    """Return the mean rate of `n` neurons, Hz."""
    return float(1e3 * (spikes[0] >= SETTLING).sum() / (n * (duration - SETTLING)))


def autocorrelation(spikes: Spikes, n: int, duration: float) -> tuple[Floats, Floats]:
    """Return lags (ms) and the rate (Hz) of a neuron at each after its own spike."""
    return analysis.autocorrelation(
        *spikes, n=n, start=SETTLING, stop=duration, max_lag=LONGEST_LAG, bin_width=1.0
    )
