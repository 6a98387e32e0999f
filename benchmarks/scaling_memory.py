"""Resident memory that a simulation needs for each synapse; one kind a process.

python benchmarks/scaling_memory.py "sparse, weights"

The description (Network, Triplets) is counted apart: it can be thrown away after the build.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from pathlib import Path

import numpy as np

import postdict

DOCUMENTED = {  # bytes a synapse
    "dense": 8,
    "dense, plastic": 8,
    "sparse, weights": 12,
    "sparse, weights and delays": 16,
    "sparse, plastic": 32,
}
N, IN_DEGREE = 4000, 1000  # sparse: 4 million synapses
N_DENSE = 2000  # as many


def resident() -> int:
    """Return the resident memory of this process, bytes, without what the allocator only keeps."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # of glibc
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return 1024 * int(status.partition("VmRSS:")[2].split()[0])


def described(kind: str) -> postdict.Network:
    """Return a network that is nothing but synapses of one kind."""
    n = N_DENSE if kind.startswith("dense") else N
    net = postdict.Network()
    pre = net.add_population("pre", n, postdict.LIF())
    post = net.add_population("post", n, postdict.LIF())
    rng = np.random.default_rng(1)
    if kind.startswith("dense"):
        weights = rng.uniform(0.0, 1.0, (n, n))
    else:
        weights = postdict.fixed_in_degree(
            n, n, IN_DEGREE, weight=lambda rng, k: rng.uniform(0.0, 1.0, k), seed=rng
        )
    delay = 1.0
    if kind.endswith("delays"):
        delay = rng.choice([0.5, 1.0, 1.5, 2.0], weights.n_synapses)
    rule = postdict.AntisymmetricSTDP(eta=1e-3, w_max=1.0) if kind.endswith("plastic") else None
    net.connect(pre, post, weights=weights, axonal_delay=delay, plasticity=rule)
    return net


def main() -> None:
    kind = sys.argv[1]
    n_synapses = N_DENSE**2 if kind.startswith("dense") else N * IN_DEGREE
    empty = resident()
    net = described(kind)
    before = resident()
    simulation = postdict.Simulation(net)
    after = resident()
    assert simulation.time == 0.0  # it is still alive
    found, description = (after - before) / n_synapses, (before - empty) / n_synapses
    cells = [kind, f"{n_synapses:,}", f"{found:.1f}", str(DOCUMENTED[kind]), f"{description:.1f}"]
    print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
