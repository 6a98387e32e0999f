"""What the package never asks of its core, but a mistake in it could."""

import numpy as np
import pytest

from postdict import LIF, Network, _core
from postdict.simulation.assembly import assembled

NO_SYNAPSES = {
    "from_population": True,
    "pre": 0,
    "post": 0,
    "first": [0, 0, 0],
    "source_first": [0, 1, 2],
    "delays": [1.0],
    "targets": np.zeros(0),
    "weights": np.zeros(0),
    "dendritic_delay": 0.0,
    "inhibitory": False,
    "rule": None,
    "rewarded_by": None,
    "single": False,
}


@pytest.mark.parametrize("variable", ["weights", "weight_statistics"])
def test_no_weights_are_not_recorded(variable):
    net = Network()
    net.add_population("cells", 2, LIF())
    core = assembled(net)
    core.connect_sparse(**NO_SYNAPSES)
    with pytest.raises(ValueError, match="no synapses, so no weights"):
        core.record(variable=variable, target=0, which=[], interval=1.0, times=[], most_samples=2)
    _core.Simulation(core, 10, 10).run_until(_core.picoseconds(5.0), 10)


def test_no_world_is_not_asked():
    net = Network()
    net.add_population("cells", 2, LIF())
    core = _core.Simulation(assembled(net), 10, 10)
    for ask in (lambda: core.world_seconds(0), lambda: core.answer(0, [1.0, 1.0])):
        with pytest.raises(IndexError):
            ask()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rule": 1}, "cast"),
        ({"delay": 1.0}, "there is no delay"),
        ({"pre": None}, "cast"),
        ({"rewarded_by": 0}, "third factor"),
    ],
)
def test_parameters_are_taken_by_name(change, message):
    net = Network()
    net.add_population("cells", 2, LIF())
    with pytest.raises((TypeError, RuntimeError, ValueError), match=message):
        assembled(net).connect_sparse(**NO_SYNAPSES | change)
    with pytest.raises(TypeError, match="single is missing"):
        assembled(net).connect_sparse(
            **{name: value for name, value in NO_SYNAPSES.items() if name != "single"}
        )
