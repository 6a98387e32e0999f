"""What `connect` and new weights must not be: every message."""

from types import SimpleNamespace

import numpy as np
import pytest
import scipy.sparse

import postdict
from postdict import LIF, AntisymmetricSTDP, Triplets
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


def learning(weights, w_max=0.1, **connection):
    net = postdict.Network()
    net.add_population("cells", 2, LIF())
    rule = AntisymmetricSTDP(0.01, w_max=w_max)
    return net, net.connect("cells", "cells", weights=weights, plasticity=rule, **connection)


@pytest.mark.parametrize("w_max", [0.1, 0.7, 1.1, 3e-7])
def test_weights_of_single_precision_may_stand_at_the_bound(w_max):
    single = np.full((2, 2), w_max, np.float32)
    forms = [single, float(single[0, 0]), Triplets([0, 1], [1, 1], single[0])]
    for weights in forms:
        net, projection = learning(weights, w_max)
        kept = net.weights(projection)
        kept = kept.weight if isinstance(kept, Triplets) else kept
        assert (np.asarray(kept) <= w_max).all()
        assert np.allclose(kept, w_max, rtol=1e-7)
    net, projection = learning(0.0, w_max, precision="single")
    sim = postdict.Simulation(net)
    sim.set_weights(projection, np.full((2, 2), w_max))
    sim.set_weights(projection, sim.weights(projection))  # which are single now
    sim.run(10.0)


def test_a_weight_just_above_the_bound_is_shown_with_enough_digits():
    with pytest.raises(ValueError, match=r"at most w_max = 0\.1 mV, got 0\.1000002 at \[1, 0\]$"):
        learning([[0.1, 0.0], [0.1000002, 0.0]])
    with pytest.raises(ValueError, match=r"most w_max = 1234567\.25 mV, got 1234568\.0 at"):
        learning(1234568.0, 1234567.25)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: LIF(v_thresh=1.00000001, v_reset=1.00000002),
            r"= 1\.00000001 .* = 1\.00000002 mV",
        ),
        (
            lambda: learning(0.0, axonal_delay=[[1.0, -1.0000001], [1.0, 1.0]]),
            r"positive, got -1\.0000001 ms",
        ),
        (
            lambda: postdict.WindowSTDP(0.1, [0.0, 10.0000002, 10.0000001], [0.0, 1.0, 1.0]),
            r"got 10\.0000002 and then 10\.0000001 ms",
        ),
        (
            lambda: learning(0.0)[0].record("cells", "v", times=[5.0000002, 5.0000001]),
            r"got 5\.0000001 ms at \[1\] after 5\.0000002 ms",
        ),
        (
            lambda: postdict.Simulation(learning(0.0)[0]).spikes("cells", start=np.nan),
            r"start must be finite, got nan ms",
        ),
        (
            lambda: running_back(1000.0001, 1000.00005),
            r"present, 1000\.0001 ms, got 1000\.00005 ms",
        ),
    ],
)
def test_messages_show_as_many_digits_as_it_takes(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def running_back(until, then):
    sim = postdict.Simulation(learning(0.0)[0])
    sim.run_until(until)
    sim.run_until(then)
