"""CUBA, benchmark 2 of Brette et al. 2007 (J Comput Neurosci 23:349): 4,000 neurons, 5 s.

Neurons with exponential currents; no threshold crossing is missed.

    python benchmarks/brette_cuba.py
"""

from functools import partial

from brette_network import DRIVE, connected, report

import postdict


def network(seed: int, n: int = 4000, i_offset: float = DRIVE) -> postdict.Network:
    """Return the network; with another `n` each neuron still has 80 inputs on average."""
    model = partial(postdict.LIFExp, tau_syn_e=5.0, tau_syn_i=10.0)
    return connected(model, {"excitatory": 1.62, "inhibitory": 9.0}, seed, n, i_offset)


if __name__ == "__main__":
    report(network(seed=1))
