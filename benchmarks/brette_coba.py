"""COBA, benchmark 1 of Brette et al. 2007 (J Comput Neurosci 23:349): 4,000 neurons, 5 s.

Neurons with exponential conductances, which kicks of the first 50 ms set going and which keep
themselves going after it. Spikes are exact to less than a picosecond.

    python benchmarks/brette_coba.py
"""

import numpy as np
from brette_network import report

import postdict

WEIGHTS = {"excitatory": 0.6, "inhibitory": 6.7}  # in leak conductances: 6 and 67 nS on 10 nS
KICKS_END = 50.0  # ms


def network(seed: int, n: int = 4000) -> postdict.Network:
    """Return the network; with another `n` each neuron still has 80 inputs on average."""
    rng = np.random.default_rng([seed, 1])
    net = postdict.Network(seed)
    sizes = {"excitatory": n * 4 // 5, "inhibitory": n // 5}
    for name, size in sizes.items():
        v_init = rng.uniform(-60.0, -50.0, size)
        net.add_population(name, size, postdict.LIFCond(tau_refrac=5.0, v_init=v_init))
    for pre, weight in WEIGHTS.items():
        inhibitory = pre == "inhibitory"
        for post, size in sizes.items():
            synapses = postdict.fixed_probability(sizes[pre], size, 80 / n, weight=weight, seed=rng)
            net.connect(pre, post, weights=synapses, axonal_delay=0.1, inhibitory=inhibitory)
    kicks = postdict.Steps([0.0, KICKS_END], [300.0, 0.0])  # Hz
    net.add_poisson("kicks", "excitatory", rate=kicks, weight=WEIGHTS["excitatory"])
    return net


if __name__ == "__main__":
    report(network(seed=1))
