"""A small network whose recordings stream, and what its stream must hold."""

import numpy as np

import postdict
from postdict import LIF, AntisymmetricSTDP, Simulation, Triplets

END = 1000.0
NAMES = ["motor", "a/b%c.", "."]


def network(max_bytes=2**20):
    rng = np.random.default_rng(1)
    net = postdict.Network(seed=2**64 - 5)
    net.add_population(NAMES[0], 5, LIF(tau_m=20.0))
    net.add_population(NAMES[1], 3, LIF(i_offset=1.2))
    net.add_population(NAMES[2], 1, LIF())
    net.add_poisson("kicks", "motor", rate=1500.0, weight=0.1)
    net.connect("motor", "a/b%c.", weights=rng.uniform(0.1, 0.5, (3, 5)))
    rule = AntisymmetricSTDP(0.01, A_minus=0.9, w_max=0.8)
    single = Triplets(pre=[2, 0, 1], post=[0, 4, 4], weight=[0.1, 0.2, 0.3])
    net.connect("a/b%c.", "motor", weights=single, plasticity=rule, axonal_delay=[2.0, 1.0, 3.0])
    net.connect("motor", "motor", weights=0.1, inhibitory=True)
    net.record("motor", "v", every=0.5, ids=[4, 0], max_bytes=max_bytes)
    net.record(net.projections[0], "weights", every=5.0, max_bytes=max_bytes)
    net.record(net.projections[1], "weights", times=[0.0, 1.5, 600.0, 2000.0])
    net.record(net.projections[2], "weights", every=100.0)
    net.record(net.projections[1], "weight_statistics", every=10.0, max_bytes=max_bytes)
    return net


def whole(end=END, net=None):
    sim = Simulation(net or network())
    sim.run_until(end)
    return sim


def assert_holds(run, sim, end=1e9):
    """The file holds what a simulation without a stream has in memory before a time."""
    for name in NAMES:
        times, ids = run.spikes(name)
        expected_times, expected_ids = sim.spikes(name, stop=end)
        assert np.array_equal(times, expected_times)
        assert np.array_equal(ids, expected_ids)
        assert ids.dtype == np.int64
    for recorder in sim.network.recorders:
        times, values = run.recorded(recorder)
        expected_times, expected = sim.recorded(recorder)
        n = np.searchsorted(expected_times, end, "right")
        assert np.array_equal(times, expected_times[:n])
        assert np.array_equal(values, expected[:n])
        assert values.shape == expected[:n].shape


def assert_equal_state(sim, other):
    assert (sim.time, sim.n_events) == (other.time, other.n_events)
    for name in NAMES:
        assert sim.spike_count(name) == other.spike_count(name)
        assert np.array_equal(sim.potentials(name), other.potentials(name))
    for projection in sim.network.projections[:1]:
        assert np.array_equal(sim.weights(projection), other.weights(projection))
    learned = sim.network.projections[1]
    assert np.array_equal(sim.weights(learned).weight, other.weights(learned).weight)
