"""A user's program as a type checker sees it; mypy reads it with the package."""

from typing import assert_type

import numpy as np
from numpy.typing import NDArray

import postdict
from postdict import LIF, Network, Simulation, Triplets, VogelsSTDP
from postdict.loop import LoopParameters, learn
from postdict.theory import fixed_point

Floats = NDArray[np.float64]
Spikes = tuple[NDArray[np.float64], NDArray[np.int64]]

net = Network(seed=1)
cells = net.add_population("cells", 3, LIF())
rule = VogelsSTDP(eta=1e-3, rho=5.0)
matrix = net.connect(cells, cells, weights=np.ones((3, 3)), axonal_delay=2.0)
number = net.connect(cells, cells, weights=0.1, name="number")
filled = net.connect(cells, cells[:2], weights=0.1, plasticity=rule, inhibitory=True)
listed = net.connect(cells, cells, weights=Triplets(pre=[0], post=[1], weight=0.1))
sparse = net.connect(cells, cells, weights=postdict.one_to_one(3, weight=0.1))
potentials = net.record(cells, "v", every=1.0)

assert_type(matrix, postdict.Projection[Floats])
assert_type(number, postdict.Projection[float])
assert_type(filled, postdict.Projection[Floats])
assert_type(listed, postdict.Projection[Triplets])
assert_type(sparse, postdict.Projection[Triplets])
assert_type(net.weights(matrix), Floats)

sim = Simulation(net)
sim.run(10.0)
assert_type(sim.weights(matrix), Floats)
assert_type(sim.weights(number), float)
assert_type(sim.weights(listed), Triplets)
assert_type(sim.weights(listed).weight, Floats | float)
sim.account_fluxes(filled)
assert_type(sim.fluxes(filled), tuple[Floats, Floats])
assert_type(sim.spikes(cells), Spikes)
assert_type(sim.take_spikes("cells"), Spikes)
assert_type(sim.rates(cells[:2]), Floats)
assert_type(sim.recorded(potentials), tuple[Floats, Floats])
assert_type(sim.potentials(cells), Floats)
assert_type(cells.ids, NDArray[np.int64])
assert_type(rule.window(1.0), Floats)
assert_type(postdict.read_stream("run.h5").spikes("cells"), Spikes)
assert_type(postdict.Steps([0.0], [1.0]).value_at(0.5), Floats | float)

learned = learn(np.eye(3), LoopParameters(), rule, duration=10.0, seed=1)
assert_type(learned.inhibition, Floats)
assert_type(fixed_point(np.eye(3), scale=1.0), Floats)
