"""Work for other processes, importable by them."""

import pickle  # noqa: TID251 -- our own objects

import numpy as np

import postdict


def network(seed):
    """One of every storage and rule, busy for a few 100 ms."""
    rng = np.random.default_rng(seed)
    net = postdict.Network(seed=seed)
    net.add_population("delta", 6, postdict.LIF(tau_refrac=1.0))
    net.add_population("currents", 4, postdict.LIFExp(i_offset=1.1))
    net.add_poisson("noise", "delta", rate=900.0, weight=0.2)
    rule = postdict.VogelsSTDP(0.01, rho=20.0, w_max=0.5)
    sparse = postdict.fixed_probability(4, 6, 0.5, weight=0.3, seed=rng)
    net.connect("delta", "currents", weights=rng.uniform(0.0, 0.6, (4, 6)))
    net.connect("currents", "delta", weights=sparse, inhibitory=True, plasticity=rule)
    net.connect("delta", "delta", weights=np.full((6, 6), 0.1), inhibitory=True, plasticity=rule)
    net.record("currents", "v", every=10.0, max_bytes=4096)
    return net


def gone_on(sim, duration=500.0):
    """Work for a worker: run on, and come back."""
    sim.run(duration)
    return sim


def made(seed):
    return gone_on(postdict.Simulation(network(seed)))


def made_elsewhere(seed):
    return pickle.dumps(made(seed))


def gone_on_elsewhere(content):
    return pickle.dumps(gone_on(pickle.loads(content)))
