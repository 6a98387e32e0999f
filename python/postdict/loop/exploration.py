"""The loop explores with fixed weights, or with its feedback cut: what can be measured then."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .. import _checks, analysis
from .._types import Arrays, Floats, Integers, Spikes
from ..lab.runs import run_bounded
from ..plasticity import AntisymmetricSTDP
from ..simulation import ProgressCallback, Simulation
from ..world.stepped import AnyWorld, SteppedWorld, as_world
from .circuit import LoopParameters, frozen_loop

V_INTERVAL = 5.0  # ms between samples of the motor neurons' potential


@_checks.brief
@dataclass(frozen=True, eq=False)
class Exploration:
    """Spikes and motor potentials of the loop with fixed weights, over [0, duration).

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.loop import LoopParameters, explore
    >>> parameters = LoopParameters()
    >>> found = explore(np.eye(6, 3) * 2.0, parameters, None, duration=2000.0, seed=1)
    >>> found
    Exploration(parameters=LoopParameters(motor=LIF(tau_m=100.0), sensor=LIF(tau_m=10.0,
    reset='by')), world=<6 × 3 values from 0 to 2>, duration=2000.0, motor=(<51 values from
    72.4637 to 1984.54>, <51 values from 0 to 2>), sensor=(<102 values from 82.4637 to 1994.54>,
    <102 values from 0 to 2>), v_times=<401 values from 0 to 2000>, v=<401 × 3 values from 0 to
    0.99251>)
    """

    parameters: LoopParameters
    world: Floats  # (n_sensor, n_motor), all lags together; nan where the world is code
    duration: float  # ms
    motor: Spikes
    sensor: Spikes
    v_times: Floats  # (n_samples,) ms
    v: Floats  # (n_samples, n_motor) mV
    world_lags: tuple[float, float] = (0.0, 0.0)  # ms after world_delay, the first and the last

    @property
    def n_motor(self) -> int:
        """How many motor neurons there are."""
        return int(self.world.shape[1])

    @property
    def motor_rate(self) -> float:
        """Mean rate of the motor neurons, Hz."""
        return len(self.motor[0]) / (1e-3 * self.duration * self.n_motor)

    def response(self) -> Floats:
        """Return G (n_sensor, n_motor): spikes of each sensor for one spike of a motor neuron.

        Meant for an exploration without feedback, where nothing else makes sensors follow motors.
        Where no motor neuron fires, nothing is known, and G is zero.

        Raises
        ------
        ValueError
            Motor neurons fire and no sensor answers at all: nothing can be inverted then.
        """
        earliest, latest = self.world_lags
        response = analysis.measure_response(
            *self.motor,
            *self.sensor,
            n_motor=self.n_motor,
            n_sensor=self.world.shape[0],
            delay=self.parameters.world_delay + earliest,
            tau_sensor=float(np.max(self.parameters.sensor.tau_m)),
            spread=latest - earliest,
            start=0.0,
            stop=self.duration,
        )
        if len(self.motor[0]) and not response.any():
            largest = float(self.world.max())
            entry = f", its largest entry is {largest:.3g} of a sensor's threshold"
            raise ValueError(
                f"no sensor answers a motor neuron in {1e-3 * self.duration:g} s: the world is too "
                f"weak{'' if np.isnan(largest) else entry}"
            )
        return response

    def autocorrelation(
        self, *, max_lag: float = 200.0, bin_width: float = 1.0
    ) -> tuple[Floats, Floats]:
        """Return lags (ms) and the rate (Hz) of a motor neuron at each lag after its own spike."""
        return analysis.autocorrelation(
            *self.motor,
            n=self.n_motor,
            start=0.0,
            stop=self.duration,
            max_lag=max_lag,
            bin_width=bin_width,
        )

    def triggered_potential(
        self, *, before: float = 50.0, after: float = 200.0, bin_width: float = 1.0
    ) -> tuple[Floats, Floats]:
        """Return lags (ms) and the mean potential (mV) of a motor neuron around its own spikes."""
        return analysis.spike_triggered_average(
            self.v,
            self.v_times,
            *self.motor,
            before=before,
            after=after,
            bin_width=bin_width,
        )

    def sparseness(self, *, bin_width: float = 20.0) -> dict[str, float]:
        """Return Treves-Rolls sparseness over time and over the population; small is sparse."""
        return {
            name: measure(
                *self.motor, n=self.n_motor, start=0.0, stop=self.duration, bin_width=bin_width
            )
            for name, measure in (
                ("lifetime", analysis.lifetime_sparseness),
                ("population", analysis.population_sparseness),
            )
        }

    def predictable_variance(self, *, taus: tuple[float, ...]) -> float:
        """Return the mean held-out share of the motor potentials' variance that sensors predict.

        `taus` (ms) are the time constants of the sensor traces that serve as regressors.
        """
        shares = analysis.predictable_variance(
            self.v, self.v_times, *self.sensor, n_sensor=self.world.shape[0], taus=taus
        )
        return float(np.nanmean(shares))  # a potential that never moved has no share

    @property
    def arrivals(self) -> Spikes:
        """The sensors' spikes when they reach the motor neurons."""
        return self.sensor[0] + self.parameters.synaptic_delay, self.sensor[1]

    def fluxes(self, rule: AntisymmetricSTDP) -> tuple[Floats, Floats]:
        """Return what the rule (both amplitudes positive) would have added and taken; eta is 1.

        Both are (n_motor, n_sensor), from the spikes: the engine's account says the same.
        """
        return analysis.fluxes(
            *self.arrivals,
            *self.motor,
            n_pre=self.world.shape[0],
            n_post=self.n_motor,
            eta=1.0,
            A_plus=rule.A_plus,
            A_minus=rule.A_minus,
            tau_plus=rule.tau_plus,
            tau_minus=rule.tau_minus,
            start=0.0,
            stop=self.duration,
        )

    def correlograms(self, *, max_lag: float, bin_width: float) -> tuple[Floats, Integers]:
        """Return lags t_motor - t_arrival (ms) and pairs at each (n_motor, n_sensor, n_bins)."""
        return analysis.cross_correlograms(
            *self.arrivals,
            *self.motor,
            n_reference=self.world.shape[0],
            n=self.n_motor,
            max_lag=max_lag,
            bin_width=bin_width,
        )

    def imbalance(self, rule: AntisymmetricSTDP) -> dict[str, float | None]:
        """Return the median of ``|P - N|/(P + N)`` over synapses: zero is detailed balance.

        P and N are the potentiation and depression that the rule (both amplitudes positive) would
        have made of these spikes; synapses that carry the inverse (world entry > 0) stand apart.
        Where the world is code nobody knows which these are, and both are None.
        """
        return medians_by_world(analysis.imbalance(*self.fluxes(rule)), self.world)


def medians_by_world(values: Floats, world: Floats) -> dict[str, float | None]:
    """Return the medians over synapses that carry the inverse (world entry > 0) and over the rest.

    `values` are (n_motor, n_sensor), nan where undefined; the median of none is None.
    """
    result: dict[str, float | None] = {}
    for name, synapses in (("carrying", world.T > 0), ("rest", world.T <= 0)):
        known = values[synapses][np.isfinite(values[synapses])]
        result[name] = float(np.median(known)) if len(known) else None
    return result


def explore(
    world: AnyWorld,
    parameters: LoopParameters,
    weights: Floats | None,
    *,
    duration: float,
    seed: int,
    max_rate: float = math.inf,
    progress: bool | ProgressCallback = False,
) -> Exploration:
    """Run the loop with fixed effective weights W (n_motor, n_sensor), or without feedback.

    Parameters
    ----------
    world : array (n_sensor, n_motor), LinearWorld, SteppedWorld or World
    parameters : LoopParameters
    weights : array (n_motor, n_sensor), optional
        W, mV; None cuts the feedback.
    duration : float
        ms.
    seed : int
        Of the exploration.
    max_rate : float
        Hz, of the motor neurons over 10 s.
    progress : bool, callable or Stage

    Raises
    ------
    RunawayError
        The motor neurons fired faster than `max_rate` (Hz).

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.loop import LoopParameters, explore
    >>> parameters = LoopParameters()
    >>> found = explore(np.eye(6, 3) * 2.0, parameters, None, duration=2000.0, seed=1)
    >>> len(found.motor[0]), len(found.sensor[0])
    (51, 102)
    """
    joined = as_world(world)
    duration = _checks.number("duration", duration, "ms", above=0.0)
    loop = frozen_loop(joined, parameters, weights, seed=seed)
    # At most 1e5 samples: enough for the regression, and 16 MB at 20 motor neurons.
    samples = loop.network.record(
        loop.motor, "v", every=max(V_INTERVAL, 1e-5 * duration), max_bytes=2**30
    )
    simulation = Simulation(loop.network)

    def read(_: int) -> Arrays:
        of_motor, of_sensor = simulation.spikes(loop.motor), simulation.spikes(loop.sensor)
        v_times, v = simulation.recorded(samples)
        return {
            "motor_times": of_motor[0],
            "motor_ids": of_motor[1],
            "sensor_times": of_sensor[0],
            "sensor_ids": of_sensor[1],
            "v_times": v_times,
            "v": v,
        }

    (found,) = run_bounded(
        simulation, loop.motor, duration, max_rate=max_rate, progress=progress, read=read
    )
    return Exploration(
        parameters,
        np.full(joined.shape, np.nan) if isinstance(joined, SteppedWorld) else joined.matrix,
        duration,
        (found["motor_times"], found["motor_ids"]),
        (found["sensor_times"], found["sensor_ids"]),
        found["v_times"],
        found["v"],
        world_lags=(joined.earliest, joined.latest),
    )
