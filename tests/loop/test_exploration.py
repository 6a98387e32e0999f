"""What is measured while the loop explores: balance of fluxes, potentials around spikes."""

import numpy as np
import pytest

from postdict import AntisymmetricSTDP
from postdict.loop import LoopParameters, explore

PARAMETERS = LoopParameters()
RULE = AntisymmetricSTDP(eta=2e-3, A_minus=0.7)
IDENTITY = 2.0 * np.eye(3)  # each motor neuron makes its own sensor fire twice


def test_before_learning_the_balance_of_fluxes_is_broken_where_the_world_acts():
    exploration = explore(IDENTITY, PARAMETERS, None, duration=2e5, seed=5)
    imbalance = exploration.imbalance(RULE)
    assert imbalance["carrying"] > 0.3 > imbalance["rest"]
    assert 0.0 < exploration.predictable_variance(taus=(20.0, 100.0)) < 1.0
    assert exploration.motor_rate == pytest.approx(9.5, rel=0.1)


def test_the_potential_around_a_spike_rises_to_threshold_and_starts_again_from_reset():
    explored = explore(IDENTITY, PARAMETERS, None, duration=2e5, seed=3)
    lags, v = explored.triggered_potential(before=10.0, after=20.0)
    assert v[lags < 0][-1] > 0.8
    assert v[lags > 0][0] < 0.1
    assert (np.diff(v[lags > 0]) > -0.05).all()
