"""What `connect` and new weights must not be: every message."""

from types import SimpleNamespace

import numpy as np
import pytest
import scipy.sparse

from postdict import Triplets
from synapse_forms import DELAYS, MATRIX, RULE, TRIPLETS, connected, network, sparse

TWICE = scipy.sparse.coo_array(([1.0, 2.0], ([1, 1], [2, 2])), shape=(3, 4))

ALIEN = SimpleNamespace(format="xyz", shape=(3, 4), tocoo=lambda: TWICE)

REFUSED = [
    ({"weights": ([0], [0], [1.0])}, TypeError, r"weights must be .* or Triplets, not a tuple"),
    (
        {"weights": Triplets([0, 4], [0, 0], 1)},
        ValueError,
        r"pre must be in \[0, 4\), got 4 at \[1\]",
    ),
    ({"weights": Triplets([0, 1], [0, 3], 1)}, ValueError, r"post must be in \[0, 3\), got 3 at"),
    ({"weights": TWICE}, ValueError, r"one entry a pair, got several at \[1, 2\]; add them"),
    ({"weights": TWICE.T}, ValueError, r"shape \(post, pre\) = \(3, 4\), got \(4, 3\); is it tra"),
    ({"weights": ALIEN}, TypeError, r"weights must have a format of scipy\.sparse, got 'xyz'"),
    (
        {"weights": scipy.sparse.csr_array(np.full((3, 4), np.nan))},
        ValueError,
        r"got nan at \[0, 0\]",
    ),
    ({"weights": scipy.sparse.csr_array(1j * MATRIX)}, TypeError, r"weights must be numbers, got"),
    (
        {"weights": scipy.sparse.csr_array(-MATRIX), "inhibitory": True},
        ValueError,
        r"-1 at \[0, 1\]",
    ),
    ({"weights": 1j * MATRIX}, TypeError, r"weights must be numbers, got complex128 values"),
    ({"weights": MATRIX.astype(str)}, TypeError, r"weights must be numbers, got <U\d+ values"),
    ({"weights": "0.5"}, TypeError, r"weights must be numbers, got str"),
    ({"weights": np.ma.array(MATRIX)}, TypeError, r"weights must be a plain array, got a masked"),
    (
        {"weights": Triplets([0, 3], [0, 2], [1, -1]), "inhibitory": True},
        ValueError,
        r"must be non-negative .*, got -1 at \[1\] \(pre 3, post 2\)",
    ),
    ({"weights": Triplets([0], [0], -1), "plasticity": RULE}, ValueError, r"got -1 at its only"),
    ({"weights": Triplets([0], [0], [3]), "plasticity": RULE}, ValueError, r"at most w_max = 2 mV"),
    (
        {"weights": TRIPLETS, "allow_multapses": False},
        ValueError,
        r"pre 0 and post 1 are joined more than once, at \[1\] and \[5\]",
    ),
    ({"weights": 1e39, "precision": "single"}, ValueError, r"in single precision must be at most"),
    ({"weights": 1.0, "precision": "half"}, ValueError, r"precision must be 'double' or 'single'"),
    (
        {"weights": 1.0, "dendritic_delay": -1.0},
        ValueError,
        r"dendritic_delay must be non-negative",
    ),
    ({"weights": 1.0, "dendritic_delay": [1.0]}, TypeError, r"dendritic_delay must be a number"),
    (
        {"weights": TRIPLETS, "axonal_delay": DELAYS[1:]},
        ValueError,
        r"per synapse \(6\), got shape",
    ),
    (
        {"weights": TRIPLETS, "axonal_delay": [*DELAYS[1:], 0]},
        ValueError,
        r"positive, got 0 ms at \[5\]",
    ),
    (
        {"weights": TRIPLETS, "axonal_delay": [*DELAYS[1:], np.nan]},
        ValueError,
        r"axonal_delay must be finite",
    ),
    (
        {"weights": MATRIX, "axonal_delay": MATRIX.T},
        ValueError,
        r"\(3, 4\), got \(4, 3\); is it tra",
    ),
    ({"weights": MATRIX, "axonal_delay": MATRIX}, ValueError, r"positive, got 0 ms at \[0, 0\]"),
    ({"weights": 1.0, "axonal_delay": [1.0]}, ValueError, r"axonal_delay, if not one number, must"),
    ({"weights": 1.0, "axonal_delay": TWICE}, TypeError, r"axonal_delay must be numbers, got coo"),
    ({"weights": 1.0, "axonal_delay": "1"}, TypeError, r"axonal_delay must be a number, got '1'"),
]


@pytest.mark.parametrize(("arguments", "error", "message"), REFUSED)
def test_connect_refuses(arguments, error, message):
    net = network()
    with pytest.raises(error, match=message):
        net.connect("pre", "post", **arguments)
    assert net.projections == []


@pytest.mark.parametrize(
    ("weights", "new", "error", "message"),
    [
        (TRIPLETS, Triplets(TRIPLETS.pre, TRIPLETS.post[::-1], 1.0), ValueError, r"same order"),
        (TRIPLETS, [1.0] * 5, ValueError, r"one number or one per synapse \(6\), got shape \(5,\)"),
        (TRIPLETS, sparse("csr_array"), TypeError, r"weights must be numbers, got csr_array"),
        (TRIPLETS, (1.0,), TypeError, r"not a tuple"),
        (Triplets([0, 1], [0, 1], 0.5), [0.1, 0.2], ValueError, r"one for all synapses"),
        (sparse("csr_array"), sparse("csr_array") * 0 + MATRIX, ValueError, r"shape \(3, 4\)"),
        (
            sparse("csr_array"),
            scipy.sparse.csc_array(([1.0], ([1], [0])), shape=(3, 4)),
            ValueError,
            r"weights has an entry at \[1, 0\], where no synapse is",
        ),
        (
            sparse("csr_array"),
            scipy.sparse.csc_array(([1.0], ([2], [3])), shape=(3, 4)),
            ValueError,
            r"weights has no entry at \[\d, \d\], where a synapse is",
        ),
    ],
)
def test_new_weights_of_other_synapses_are_refused(weights, new, error, message):
    net, projection = connected(weights)
    with pytest.raises(error, match=message):
        net._registry.synapses_of(projection).in_core_order(new)
