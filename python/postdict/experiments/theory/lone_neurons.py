"""What `theory` simulates: lone motor neurons, motor neurons that hear themselves, whole loops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ... import analysis, theory
from ..._types import Floats, Spikes
from ...connectivity import one_to_one
from ...loop.circuit import LoopParameters, closed_loop
from ...network import Network
from ...plasticity import AntisymmetricSTDP
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
        self, rule: AntisymmetricSTDP, delay: float, response: theory.KickResponse | None = None
    ) -> theory.LinearTheory:
        """Return the linear theory of a window and a loop delay.

        The response is that to a kick of the sign of c, unless another is given: threshold and
        reset answer the two signs differently, however small they are.
        """
        own = theory.own_drive(
            rule.window, delay, rate=self.rate, autocorrelation=self.autocorrelation
        )
        return theory.LinearTheory.measured(
            rule.window,
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
        rate=_rate(spikes, n, duration),
        autocorrelation=_autocorrelation(spikes, n, duration),
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
) -> Spikes:
    """Return spikes of motor neurons joined by W G = c 1 - b 11' at the loop delay, no sensors."""
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
    simulation.run(duration, progress=progress)
    return simulation.spikes(motor)


def drives(
    spikes: Spikes, rule: AntisymmetricSTDP, delay: float, n: int, duration: float
) -> tuple[float, float]:
    """Return c_ii / r and c_ik / r (mV), means included: what learning balances to zero."""
    own = theory.own_drive(
        rule.window, delay, rate=0.0, autocorrelation=_autocorrelation(spikes, n, duration)
    )
    times = spikes[0][spikes[0] >= SETTLING]
    pooled_ids = np.zeros(len(times), dtype=np.int64)
    potentiation, depression = analysis.fluxes(
        times + delay,
        pooled_ids,
        times,
        pooled_ids,
        n_pre=1,
        n_post=1,
        eta=rule.eta,
        A_plus=rule.A_plus,
        A_minus=rule.A_minus,
        tau_plus=rule.tau_plus,
        tau_minus=rule.tau_minus,
        start=SETTLING,
        stop=duration,
    )
    pooled = float(potentiation[0, 0] - depression[0, 0]) / max(len(times), 1)
    return own, (pooled - own) / (n - 1)


def balanced(
    parameters: LoopParameters,
    rules: Sequence[AntisymmetricSTDP],
    uniforms: Sequence[float],
    scales: Floats,
    *,
    n: int,
    duration: float,
    seed: int,
    progress: ProgressCallback,
) -> tuple[list[tuple[float | None, float]], Floats]:
    """Predict (c, b) of each rule from motor neurons that hear themselves and one another.

    c is where a neuron's own drive vanishes. Where the window has an area, the drive between
    neurons must vanish too: two values of b, the linear one (`uniforms`) and 0.8 of it, are
    simulated and b is interpolated. The drive of the first rule over `scales` is returned as well.
    """

    def sweep(uniform: float) -> list[Spikes]:
        return [
            hears_itself(parameters, (float(c), uniform), n, duration, seed, progress)
            for c in scales
        ]

    alone = [
        (_rate(spikes, n, duration), _autocorrelation(spikes, n, duration)) for spikes in sweep(0.0)
    ]
    found: list[tuple[float | None, float]] = []
    curve = np.zeros(len(scales))
    for k, (rule, uniform) in enumerate(zip(rules, uniforms, strict=True)):
        if abs(uniform) < 1e-6:
            own = np.array(
                [
                    theory.own_drive(rule.window, parameters.delay, rate=rate, autocorrelation=auto)
                    for rate, auto in alone
                ]
            )
            if k == 0:
                curve = own
            found.append((theory.balanced_scale(scales, own), 0.0))
            continue
        ends = []
        for b in (uniform, 0.8 * uniform):
            own, other = _curves(sweep(b), rule, parameters.delay, n, duration)
            c = theory.balanced_scale(scales, own - other)
            if c is not None:
                ends.append((b, c, float(np.interp(c, scales, other))))
        if len(ends) < 2:
            found.append((None, uniform))
            continue
        (b1, c1, f1), (b2, c2, f2) = ends
        step = -f1 / (f2 - f1)
        found.append((c1 + step * (c2 - c1), b1 + step * (b2 - b1)))
    return found, curve


def _curves(
    sweep: Sequence[Spikes], rule: AntisymmetricSTDP, delay: float, n: int, duration: float
) -> tuple[Floats, Floats]:
    values = np.array([drives(spikes, rule, delay, n, duration) for spikes in sweep])
    return values[:, 0], values[:, 1]


@dataclass(frozen=True)
class Course:
    """Effective weights of a loop over time."""

    times: Floats  # (n_samples,) ms
    weights: Floats  # (n_samples, n_motor, n_sensor) mV
    rate: float  # of a motor neuron, Hz

    def settled(self) -> Floats:
        """Return the weights' mean over the second half."""
        return np.asarray(self.weights[len(self.times) // 2 :].mean(axis=0))


def learned(
    world: Floats,
    parameters: LoopParameters,
    rule: AntisymmetricSTDP,
    *,
    duration: float,
    seed: int,
    progress: ProgressCallback,
    start: Floats | None = None,
    noise_rate: float = 0.0,
    n_samples: int = 200,
) -> Course:
    """Let the loop learn from W = `start` (0 by default), with spontaneous sensor spikes (Hz)."""
    parameters = replace(parameters, spontaneous_rate=noise_rate)
    loop = closed_loop(world, parameters, rule, seed=seed)
    assert loop.inhibition is not None
    samples = loop.network.record(
        loop.inhibition, "weights", every=duration / n_samples, max_bytes=2**29
    )
    simulation = Simulation(loop.network)
    simulation.set_recording(loop.sensor, False)
    simulation.set_recording(loop.motor, False)
    if start is not None:
        simulation.set_weights(loop.inhibition, parameters.excitation - start)
    simulation.run(duration, progress=progress)
    times, inhibition = simulation.recorded(samples)
    n_spikes = simulation.spike_count(loop.motor)
    return Course(
        times, parameters.excitation - inhibition, 1e3 * n_spikes / duration / world.shape[1]
    )


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


def _rate(spikes: Spikes, n: int, duration: float) -> float:
    return float(1e3 * (spikes[0] >= SETTLING).sum() / (n * (duration - SETTLING)))


def _autocorrelation(spikes: Spikes, n: int, duration: float) -> tuple[Floats, Floats]:
    return analysis.autocorrelation(
        *spikes, n=n, start=SETTLING, stop=duration, max_lag=LONGEST_LAG, bin_width=1.0
    )
