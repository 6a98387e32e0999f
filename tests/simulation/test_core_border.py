"""What the package never asks of its core, but a mistake in it could."""

import numpy as np
import pytest

from postdict import LIF, Network, _core
from postdict.simulation.assembly import assembled


@pytest.mark.parametrize("variable", ["weights", "weight_statistics"])
def test_no_weights_are_not_recorded(variable):
    net = Network()
    net.add_population("cells", 2, LIF())
    core = assembled(net)
    nothing = np.zeros(0)
    core.connect_sparse(
        True, 0, 0, [0, 0, 0], [0, 1, 2], [1.0], nothing, nothing, 0.0, False, None, False
    )
    with pytest.raises(ValueError, match="no synapses, so no weights"):
        core.record(variable, 0, [], 1.0, [], 2)
    _core.Simulation(core, 10, 10).run_until(5.0, 10)


def test_no_world_is_not_asked():
    net = Network()
    net.add_population("cells", 2, LIF())
    core = _core.Simulation(assembled(net), 10, 10)
    for ask in (lambda: core.world_seconds(0), lambda: core.answer(0, [1.0, 1.0])):
        with pytest.raises(IndexError):
            ask()
