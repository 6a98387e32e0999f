"""The loop as networks: closed, and frozen with the same weights."""

import numpy as np
import pytest

from postdict import AntisymmetricSTDP, Simulation
from postdict.loop import LoopParameters, closed_loop, frozen_loop

PARAMETERS = LoopParameters()
RULE = AntisymmetricSTDP(eta=2e-3, A_minus=0.7)
IDENTITY = 2.0 * np.eye(3)  # each motor neuron makes its own sensor fire twice
LAGGING = LoopParameters(inhibition_lag=2.0, excitation=0.2, spontaneous_rate=5.0)


def test_the_closed_loop_starts_balanced():
    loop = closed_loop(IDENTITY, PARAMETERS, RULE, seed=1)
    simulation = Simulation(loop.network)
    assert simulation.weights(loop.excitation) == 0.5
    np.testing.assert_array_equal(simulation.weights(loop.inhibition), np.full((3, 3), 0.5))


@pytest.mark.parametrize(
    ("parameters", "w"),
    [
        (PARAMETERS, [[0.4, 0.6, 0.5], [0.55, 0.3, 0.6], [0.5, 0.7, 0.25]]),
        (LAGGING, [[0.1, 0.3, 0.2], [0.2, 0.05, 0.3], [0.2, 0.3, 0.1]]),
    ],
)
def test_a_frozen_loop_repeats_the_closed_one_with_its_weights_held(parameters, w):
    closed = closed_loop(IDENTITY, parameters, RULE, seed=4)
    a = Simulation(closed.network)
    a.set_weights(closed.inhibition, w)
    a.set_plasticity(closed.inhibition, False)
    frozen = frozen_loop(IDENTITY, parameters, parameters.excitation - np.array(w), seed=4)
    b = Simulation(frozen.network)
    for simulation in (a, b):
        simulation.run(2e4)
    for name in ("motor", "sensor"):
        (times, ids), (expected, expected_ids) = a.spikes(name), b.spikes(name)
        np.testing.assert_allclose(times, expected, atol=1e-9)
        np.testing.assert_array_equal(ids, expected_ids)
