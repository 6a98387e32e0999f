"""The open-loop test of an inverse: a tutor's song is heard through the world and imitated.

Weights are frozen, exploration is off and the loop is cut. A tutor sequence of motor spikes passes
through the world; the sensor spikes that it evokes drive the motor neurons through gain times W.
"""

from __future__ import annotations

from .. import _checks
from .._types import Floats, Spikes
from ..network import Network
from ..neurons import LIF
from ..simulation import Simulation
from ..world.stepped import AnyWorld, as_world
from .circuit import LoopParameters, connect_feedback, connect_world


def hear(world: AnyWorld, parameters: LoopParameters, song: Spikes, *, duration: float) -> Spikes:
    """Return the sensor spikes that a motor sequence evokes through the world alone.

    Parameters
    ----------
    world : array (n_sensor, n_motor), LinearWorld, SteppedWorld or World
    parameters : LoopParameters
    song : (times, ids)
        Motor spikes, ms.
    duration : float
        ms, of the sequence; the answer may outlast it by the world's delay.

    Returns
    -------
    times, ids
        ms.

    Raises
    ------
    ValueError, TypeError
        Spikes of motor neurons that the world does not have; a world that is none.

    Examples
    --------
    >>> heard = hear([[2.0]], LoopParameters(), ([100.0], [0]), duration=200.0)
    >>> heard[0].tolist()  # twice, after the world's delay
    [110.0, 110.0]
    """
    joined = as_world(world)
    duration = _checks.number("duration", duration, "ms", above=0.0)
    n_sensor, n_motor = joined.shape
    network = Network()
    tutor = network.add_spike_source("tutor", n_motor, times=song[0], ids=song[1])
    sensor = network.add_population("sensor", n_sensor, parameters.sensor)
    connect_world(network, tutor, sensor, joined, parameters.world_delay)
    simulation = Simulation(network)
    simulation.run_until(duration + 2 * parameters.world_delay + max(joined.latest, 0.0))
    return simulation.spikes(sensor)


def imitate(
    weights: Floats,
    parameters: LoopParameters,
    heard: Spikes,
    *,
    v_min: float | None,
    duration: float,
    excitation: float = 0.0,
) -> Spikes:
    """Return the motor spikes that a sensory sequence evokes through W alone.

    Parameters
    ----------
    weights : array (n_motor, n_sensor)
        Effective weights, gain included, mV.
    parameters : LoopParameters
    heard : (times, ids)
        Sensor spikes.
    v_min : float or None
        Lower bound of the motor neurons' potential, mV.
    duration : float
        ms, of the tutor's sequence.
    excitation : float
        E, gain included, mV: it comes first where the inhibition lags.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.loop import LoopParameters, imitate
    >>> parameters = LoopParameters()
    >>> heard = np.array([10.0, 30.0]), np.array([0, 4])
    >>> times, ids = imitate(np.eye(3, 6) * 2.0, parameters, heard, v_min=None, duration=100.0)
    >>> times, ids
    (array([11.]), array([0]))
    """
    weights = _checks.matrix("weights", weights, "mV")
    duration = _checks.number("duration", duration, "ms", above=0.0)
    excitation = _checks.number("excitation", excitation, "mV")
    heard = _checks.spike_arrays("heard", *heard, weights.shape[1])
    n_motor, n_sensor = weights.shape
    motor = parameters.motor
    if isinstance(motor, LIF):
        motor = LIF(**{**motor.to_dict(), "v_min": v_min})
    elif v_min is not None:
        raise ValueError(f"v_min must be None where motor neurons have currents, got {v_min}")
    network = Network()
    sensor = network.add_spike_source("sensor", n_sensor, times=heard[0], ids=heard[1])
    imitators = network.add_population("motor", n_motor, motor)
    connect_feedback(network, sensor, imitators, weights, parameters, excitation=excitation)
    simulation = Simulation(network)
    last = float(heard[0][-1]) if len(heard[0]) else 0.0
    simulation.run_until(max(duration + 3 * parameters.delay, last + 2 * parameters.synaptic_delay))
    return simulation.spikes(imitators)
