"""Cells that others make to fire when they are told to, whatever their plastic synapses do."""

import numpy as np

import postdict
from postdict import LIF, Simulation
from reference.by_engine import numbers


def learned(pre_times, post_times, rule, *, w=10.0, sparse=False, act=None, **arguments):
    """(weights, simulation, projection) of a source onto n cells, after arrivals at `pre_times`
    and spikes of the cells, which the synapses do not cause, at `post_times` [(of cell 0), ...].
    act: called with the simulation and the projection before it runs.
    """
    net, n = postdict.Network(), len(post_times)
    cells = net.add_population("cells", n, LIF(tau_m=1.0, v_thresh=1e6))
    times = [t - 1.0 for cell in post_times for t in cell]
    ids = [i for i, cell in enumerate(post_times) for _ in cell]
    net.add_spike_source("teacher", n, times=times, ids=ids)
    net.add_spike_source("pre", 1, times=np.array(pre_times) - 1.0, ids=[0] * len(pre_times))
    net.connect("teacher", cells, weights=1e7 * np.eye(n))
    weights = postdict.all_to_all(1, n, weight=w) if sparse else w
    plastic = net.connect("pre", cells, weights=weights, plasticity=rule, **arguments)
    sim = Simulation(net)
    if act:
        act(sim, plastic)
    sim.run_until(1000.0)
    assert sim.spike_count(cells) == len(times)
    return np.ravel(numbers(sim.weights(plastic))), sim, plastic


ETA = 0.01
KNOTS = {"lags": (-31.7, -12.3, -4.1, 2.6, 2.6, 19.4), "values": (0.0, -1.0, 0.4, 0.7, -0.2, 0.9)}
PARAMETERS = {
    "AntisymmetricSTDP": {},
    "CausalSTDP": {"bias": 0.3},
    "HaasSTDP": {},
    "TripletSTDP": {},
    "VogelsSTDP": {"rho": 5.0},
    "WindowSTDP": KNOTS,
}
KINDS = sorted(PARAMETERS)  # of the rules that these make
