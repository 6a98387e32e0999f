"""A busy network with every kind of part, and all that can be read of it; one replayed cell."""

import numpy as np

import postdict
from postdict import LIF, AntisymmetricSTDP

RULE = AntisymmetricSTDP(0.01, A_minus=0.9, w_max=0.8)


def network(seed=5):
    """A loop with every kind of part, busy enough for several slices of a run in 3 s."""
    rng = np.random.default_rng(1)
    net = postdict.Network(seed=seed)
    motor = LIF(tau_m=[100.0, 20.0, 30.0], i_offset=[1.2, 0.0, 0.5], tau_refrac=[2.0, 0.0, 1.0])
    net.add_population("motor", 3, motor)
    net.add_population("sensor", 4, LIF(tau_m=10.0, reset="by", v_min=-0.5))
    net.add_poisson("exploration", "motor", rate=3000.0, weight=0.02)
    net.add_poisson("background", "sensor", rate=40.0, weight=-0.3)
    times, ids = np.sort(rng.uniform(0.0, 3000.0, 300)), rng.integers(0, 2, 300)
    net.add_spike_source("tutor", 2, times=times, ids=ids)
    net.connect("motor", "sensor", weights=rng.uniform(0.0, 2.5, (4, 3)), axonal_delay=10.0)
    net.connect("sensor", "motor", weights=0.4)
    net.connect("sensor", "motor", weights=0.4, inhibitory=True, plasticity=RULE)
    net.connect("tutor", "motor", weights=0.5, plasticity=RULE, axonal_delay=0.5)
    net.record(net.projections[2], "weights", every=50.0, max_bytes=8 * 12 * 20)
    net.record("motor", "v", every=20.0, ids=[2, 0])
    return net


def everything(sim):
    net = sim.network
    result = {"time": sim.time, "n_events": sim.n_events}
    for population in ("motor", "sensor"):
        result[f"times of {population}"], result[f"ids of {population}"] = sim.spikes(population)
        result[f"potentials of {population}"] = sim.potentials(population)
    for k, projection in enumerate(net.projections):
        result[f"weights {k}"] = sim.weights(projection)
    for k, recorder in enumerate(net.recorders):
        result[f"times {k}"], result[f"values {k}"] = sim.recorded(recorder)
    return result


def assert_equal(one, other):
    assert one.keys() == other.keys()
    assert [name for name in one if not np.array_equal(one[name], other[name])] == []


def finished(net, until=3000.0):
    sim = postdict.Simulation(net)
    sim.run_until(until)
    return everything(sim)


def replay(times, neurons=None, **connection):
    """A cell that a replayed neuron reaches 1 ms after these times (ms), and the projection."""
    net = postdict.Network()
    net.add_population("cell", 1, neurons or LIF())
    net.add_spike_source("source", 1, times=times, ids=[0] * len(times))
    return net, net.connect("source", "cell", **connection)
