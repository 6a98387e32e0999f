"""The loop of `pure_python` as a postdict network: the one network builder of the benchmarks.

`run` takes the exploration as exact Poisson kicks from postdict's own generator, or as given kicks.
Given kicks may be put on a grid of `dt` first. Then every event falls on the grid, simultaneous
events are summed as in one step of a clock-driven simulator, and postdict computes what that
simulator computes, in a fraction of its time. So that equal times are equal doubles, a run on a
grid counts time in steps.
"""

from __future__ import annotations

import numpy as np
import pure_python as loop
from pure_python import Floats, Result, Spikes

import postdict

LEAD = 1.0  # time units from a source's spike to the kick: delays are positive


def run(
    world: Floats,
    *,
    duration: float,
    eta: float = loop.ETA,
    A_minus: float = loop.A_MINUS,
    seed: int = 0,
    kicks: Spikes | None = None,
    dt: float | None = None,
    inhibition: Floats | float = loop.EXCITATION,
) -> Result:
    """Run the loop for `duration` (ms) and return its spikes and its inhibition.

    Parameters
    ----------
    world : array (n_sensor, n_motor)
        What a motor spike adds to each sensor, mV.
    duration : float
        ms.
    eta, A_minus : float
        Of the rule: mV, 1.
    seed : int
        Of the exploration, where no kicks are given.
    kicks : (times, neurons), optional
        The exploration, ms.
    dt : float, optional
        Grid, ms, on which the given kicks and with them all events are put; exact without.
    inhibition : array (n_motor, n_sensor) or float
        At the start, mV.
    """
    unit = 1.0 if dt is None else dt  # ms
    n_sensor, n_motor = world.shape
    network = postdict.Network(seed)
    motor = network.add_population("motor", n_motor, postdict.LIF(tau_m=loop.TAU_MOTOR / unit))
    sensor = network.add_population(
        "sensor", n_sensor, postdict.LIF(tau_m=loop.TAU_SENSOR / unit, reset="by")
    )
    start = 0.0
    if kicks is None:
        network.add_poisson("exploration", motor, rate=loop.KICK_RATE, weight=loop.KICK)
    else:
        start = LEAD
        times, neurons = kicks
        source = network.add_spike_source(
            "exploration",
            n_motor,
            times=times if dt is None else loop.steps_of(times, dt),
            ids=neurons,
        )
        network.connect(source, motor, weights=loop.KICK * np.eye(n_motor), axonal_delay=LEAD)
    network.connect(motor, sensor, weights=world, axonal_delay=_in_units(loop.WORLD_DELAY, unit))
    synaptic_delay = _in_units(loop.SYNAPTIC_DELAY, unit)
    network.connect(sensor, motor, weights=loop.EXCITATION, axonal_delay=synaptic_delay)
    plastic = network.connect(
        sensor,
        motor,
        weights=inhibition,
        axonal_delay=synaptic_delay,
        inhibitory=True,
        plasticity=postdict.AntisymmetricSTDP(
            eta=eta,
            A_plus=loop.A_PLUS,
            A_minus=A_minus,
            tau_plus=loop.TAU_STDP / unit,
            tau_minus=loop.TAU_STDP / unit,
        ),
    )
    simulation = postdict.Simulation(network)
    simulation.run_until(start + _in_units(duration, unit))

    def spikes(population: postdict.Population) -> Spikes:
        times, neurons = simulation.spikes(population)
        return (times - start) * unit, neurons

    return Result(spikes(motor), spikes(sensor), simulation.weights(plastic))


def _in_units(time: float, unit: float) -> float:
    """Return a time (ms) in time units, as a whole number of them unless the unit is 1 ms."""
    return time if unit == 1.0 else float(round(time / unit))
