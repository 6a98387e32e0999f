"""Synapses in every form in which `connect` takes them, and a small network to connect by them."""

import numpy as np
import scipy.sparse

import postdict
from postdict import LIF, AntisymmetricSTDP, Triplets

RULE = AntisymmetricSTDP(0.01, w_max=2.0)

N_PRE, N_POST = 4, 3


def network():
    net = postdict.Network(seed=7)
    net.add_population("pre", N_PRE, LIF())
    net.add_population("post", N_POST, LIF())
    return net


def connected(weights, **arguments):
    net = network()
    return net, net.connect("pre", "post", weights=weights, **arguments)


TRIPLETS = Triplets(
    pre=[3, 0, 3, 1, 3, 0], post=[2, 1, 2, 0, 0, 1], weight=[0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
)

DELAYS = [2.0, 1.0, 2.0, 1.0, 0.5, 3.0]

MATRIX = np.arange(12.0).reshape(3, 4)

MATRIX_DELAYS = 1.0 + np.array([[0, 1, 0, 2], [0, 0, 0, 0], [2, 1, 0, 0]])


def sparse(kind):
    """A matrix with a stored zero, whose entries are not in order."""
    rows, columns, values = [2, 0, 1, 2, 0], [3, 1, 1, 0, 2], [0.1, 0.0, 0.3, 0.4, 0.5]
    make = getattr(scipy.sparse, f"coo_{kind.rpartition('_')[2]}")
    return make((values, (rows, columns)), shape=(3, 4)).asformat(kind.rpartition("_")[0])
