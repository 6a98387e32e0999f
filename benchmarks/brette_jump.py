"""Voltage jumps, benchmark 4 of Brette et al. 2007 (J Comput Neurosci 23:349): 4,000 neurons, 5 s.

A spike steps the potential of its targets, unless they are refractory.

    python benchmarks/brette_jump.py
"""

from brette_network import DRIVE, connected, report

import postdict


def network(seed: int, n: int = 4000, i_offset: float = DRIVE) -> postdict.Network:
    """Return the network; with another `n` each neuron still has 80 inputs on average."""
    return connected(postdict.LIF, {"excitatory": 0.25, "inhibitory": 2.25}, seed, n, i_offset)


if __name__ == "__main__":
    report(network(seed=1))
