"""The motor–world–sensor loop as networks: closed for learning, opened for measuring.

exploration ─► motor ─► world, delay ─► sensor ─► fixed excitation E and plastic inhibition w
                 ▲                                            │ effective weight W = E − w
                 └────────────────────────────────────────────┘
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .. import _checks
from .._types import Floats
from ..network import Network
from ..network.parts import Population, Projection, SpikeSource
from ..neurons import LIF, LIFExp
from ..plasticity import Rule
from ..world.linear import LinearWorld
from ..world.stepped import AnyWorld, SteppedWorld, as_world

MOTOR = LIF(tau_m=100.0)
SENSOR = LIF(tau_m=10.0, reset="by")
EXPLORATION = "exploration"
SPONTANEOUS = "spontaneous"
WORLD = "world"  # the name of one in Python


@_checks.brief
@dataclass(frozen=True)
class LoopParameters:
    """The loop's parameters; all are our own choice, the source prints none.

    Parameters
    ----------
    motor : LIF or LIFExp
    sensor : LIF
        The two kinds of neurons.
    exploration_rate : float
        Of the Poisson kicks for each motor neuron, Hz.
    exploration_weight : float
        Of a kick, mV.
    world_delay : float
        ms, from a motor spike to its sensors.
    synaptic_delay : float
        ms, from a sensor spike to the motor neurons. The loop delay D is the sum of both.
    excitation : float
        E, mV, of every sensor onto every motor neuron.
    inhibition_lag : float
        ms by which the inhibition of a sensor spike arrives after its excitation. With 0 a sensor
        spike acts as W = E - w; otherwise the excitation comes alone first.
    spontaneous_rate : float
        Hz, of sensor spikes that no motor spike caused.
    dendritic_delay : float
        ms by which the plastic synapses see a motor spike later than it is fired.

    Raises
    ------
    ValueError, TypeError
        A parameter breaks one of these rules; the message names it.

    Examples
    --------
    >>> from postdict.loop import LoopParameters
    >>> parameters = LoopParameters(world_delay=20.0)
    >>> parameters.delay
    21.0
    """

    motor: LIF | LIFExp = MOTOR
    sensor: LIF = SENSOR
    exploration_rate: float = 150.0
    exploration_weight: float = 0.1
    world_delay: float = 10.0
    synaptic_delay: float = 1.0
    excitation: float = 0.5
    inhibition_lag: float = 0.0
    spontaneous_rate: float = 0.0
    dendritic_delay: float = 0.0

    def __post_init__(self) -> None:
        rates = ("exploration_rate", "spontaneous_rate")
        delays = ("world_delay", "inhibition_lag", "dendritic_delay")
        _checks.set_numbers(self, rates, "Hz", at_least=0.0)
        _checks.set_numbers(self, ("exploration_weight", "excitation"), "mV")
        _checks.set_numbers(self, delays, "ms", at_least=0.0)
        _checks.set_numbers(self, ("synaptic_delay",), "ms", above=0.0)

    @property
    def delay(self) -> float:
        """The loop delay D, ms."""
        return self.world_delay + self.synaptic_delay


@_checks.brief
@dataclass(frozen=True)
class Loop:
    """A network and the names of its parts; the last two are None where the feedback is cut.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.loop import LoopParameters, frozen_loop
    >>> parameters = LoopParameters()
    >>> loop = frozen_loop(np.eye(6, 3), parameters, None, seed=1)
    >>> loop.motor, loop.inhibition
    (Population(motor[3]: LIF(tau_m=100.0)), None)
    """

    network: Network
    motor: Population
    sensor: Population
    excitation: Projection | None
    inhibition: Projection | None


def closed_loop(
    world: AnyWorld,
    parameters: LoopParameters,
    plasticity: Rule,
    *,
    seed: int,
) -> Loop:
    """Return the loop that learns: at the start inhibition cancels the excitation, w = E.

    Parameters
    ----------
    world : array (n_sensor, n_motor), LinearWorld, SteppedWorld or World
        What a motor spike adds to each sensor, mV; or code that is asked step by step.
    parameters : LoopParameters
    plasticity : Rule
        The rule of the inhibition.
    seed : int
        Of the exploration.

    Raises
    ------
    ValueError, TypeError
        The world is none, or does not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict import AntisymmetricSTDP, Simulation
    >>> from postdict.loop import LoopParameters, closed_loop
    >>> rule = AntisymmetricSTDP(eta=1e-3)
    >>> loop = closed_loop(np.eye(6, 3) * 2.0, LoopParameters(), rule, seed=1)
    >>> sim = Simulation(loop.network)
    >>> sim.run(1000.0)
    >>> sim.weights(loop.inhibition).shape
    (3, 6)
    """
    network, motor, sensor = _explorers(as_world(world), parameters, seed)
    delay = parameters.synaptic_delay
    excitation = network.connect(sensor, motor, weights=parameters.excitation, axonal_delay=delay)
    inhibition = network.connect(
        sensor,
        motor,
        weights=parameters.excitation,
        axonal_delay=delay + parameters.inhibition_lag,
        dendritic_delay=parameters.dendritic_delay,
        inhibitory=True,
        plasticity=plasticity,
    )
    return Loop(network, motor, sensor, excitation, inhibition)


def frozen_loop(
    world: AnyWorld,
    parameters: LoopParameters,
    weights: Floats | None,
    *,
    seed: int,
) -> Loop:
    """Return a loop with fixed effective weights W (n_motor, n_sensor), or without feedback.

    Raises
    ------
    ValueError, TypeError
        The world is none, or weights do not fit it.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict import Simulation
    >>> from postdict.loop import LoopParameters, frozen_loop
    >>> loop = frozen_loop(np.eye(6, 3) * 2.0, LoopParameters(), np.zeros((3, 6)), seed=1)
    >>> sim = Simulation(loop.network)
    >>> sim.run(1000.0)
    >>> sim.spike_count(loop.motor)
    23
    """
    network, motor, sensor = _explorers(as_world(world), parameters, seed)
    feedback = None
    if weights is not None:
        feedback = connect_feedback(
            network, sensor, motor, weights, parameters, excitation=parameters.excitation
        )
    return Loop(network, motor, sensor, feedback, None)


def _explorers(
    world: LinearWorld | SteppedWorld, parameters: LoopParameters, seed: int
) -> tuple[Network, Population, Population]:
    n_sensor, n_motor = world.shape
    network = Network(seed)
    motor = network.add_population("motor", n_motor, parameters.motor)
    sensor = network.add_population("sensor", n_sensor, parameters.sensor)
    network.add_poisson(
        EXPLORATION,
        motor,
        rate=parameters.exploration_rate,
        weight=parameters.exploration_weight,
    )
    if parameters.spontaneous_rate:
        # A kick as high as the threshold is above reset makes a sensor fire once more.
        one_spike = float(np.max(parameters.sensor.v_thresh) - np.min(parameters.sensor.v_reset))
        network.add_poisson(SPONTANEOUS, sensor, rate=parameters.spontaneous_rate, weight=one_spike)
    connect_world(network, motor, sensor, world, parameters.world_delay)
    return network, motor, sensor


def connect_world(
    network: Network,
    motor: Population | SpikeSource,
    sensor: Population,
    world: LinearWorld | SteppedWorld,
    delay: float,
) -> None:
    """Connect motor neurons, or a tutor in their place, to the sensors; `delay` in ms."""
    if isinstance(world, SteppedWorld):
        network.add_world(
            WORLD,
            world.world,
            motor,
            sensor,
            readout=world.readout,
            tau=world.tau,
            drive=world.drive,
            weight=world.weight,
            latency=world.latency(delay),
        )
        return
    if world.is_instant:
        weights = world.matrix * world.kernel[0]
        network.connect(motor, sensor, weights=weights, axonal_delay=delay + world.latest)
        return
    synapses, delays = world.synapses(delay)
    network.connect(motor, sensor, weights=synapses, axonal_delay=delays)


def connect_feedback(
    network: Network,
    sensor: Population | SpikeSource,
    motor: Population,
    weights: Floats,
    parameters: LoopParameters,
    *,
    excitation: float,
) -> Projection:
    """Connect sensors to motor neurons by fixed effective weights W (n_motor, n_sensor).

    Where the inhibition lags, `excitation` E (mV) comes first and W - E after it; otherwise both
    are one, and E does not matter.
    """
    delay = parameters.synaptic_delay
    if not parameters.inhibition_lag:
        return network.connect(sensor, motor, weights=weights, axonal_delay=delay)
    network.connect(sensor, motor, weights=excitation, axonal_delay=delay)
    later = delay + parameters.inhibition_lag
    return network.connect(sensor, motor, weights=weights - excitation, axonal_delay=later)
