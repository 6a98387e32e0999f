"""The estimate of memory is what the documentation says, and bounds what is built."""

import numpy as np
import pytest

import postdict
from postdict import LIF, AntisymmetricSTDP, LIFExp, Triplets, fixed_probability
from postdict.network import memory

RULE = AntisymmetricSTDP(0.01)
N_PRE, N_POST = 40, 30


def network():
    net = postdict.Network()
    net.add_spike_source("pre", N_PRE, times=[1.0, 2.0, 3.0], ids=[0, 1, 2])
    net.add_population("post", N_POST, LIF())
    return net


def draw(rng, n):
    return rng.uniform(0.1, 0.2, n)


DRAWN = fixed_probability(N_PRE, N_POST, 0.3, weight=draw, seed=1)
N = DRAWN.n_synapses
UNIFORM = Triplets(DRAWN.pre, DRAWN.post, 0.1)
DISTINCT = 1.0 + np.arange(N)  # a bundle each
TWO = np.where(np.arange(N) % 2, 1.0, 2.0)
N_BUNDLES = len(set(zip(DRAWN.pre.tolist(), TWO.tolist(), strict=True)))
PAIRS = N_PRE * N_POST
SINGLE = {"precision": "single"}
PLASTIC = {"plasticity": RULE}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"weights": 0.1}, 8),
        ({"weights": 0.1, **SINGLE}, 4),
        ({"weights": 0.1, **PLASTIC}, 8 * PAIRS + 12 * (N_PRE + N_POST)),
        ({"weights": np.ones((N_POST, N_PRE))}, 8 * PAIRS),
        ({"weights": np.ones((N_POST, N_PRE)), **SINGLE}, 4 * PAIRS),
        ({"weights": DRAWN}, 12 * N + 8 * N_PRE),
        ({"weights": DRAWN, **SINGLE}, 8 * N + 8 * N_PRE),
        ({"weights": UNIFORM}, 4 * N + 8 + 8 * N_PRE),
        ({"weights": DRAWN, **PLASTIC}, 12 * N + 8 * N_PRE + 12 * (N_PRE + N_POST)),
        ({"weights": DRAWN, "axonal_delay": TWO}, 12 * N + 4 * N_PRE + 12 * N_BUNDLES),
        ({"weights": DRAWN, "axonal_delay": DISTINCT}, 24 * N + 4 * N_PRE),
        ({"weights": UNIFORM, "axonal_delay": DISTINCT}, 16 * N + 4 * N_PRE + 8),
        (
            {"weights": DRAWN, "axonal_delay": DISTINCT, **PLASTIC},
            36 * N + 4 * N_PRE + 12 * N_POST,
        ),
    ],
)
def test_a_projection_takes_the_documented_bytes(arguments, expected):
    net = network()
    projection = net.connect("pre", "post", **arguments)
    assert net.memory().parts[projection] == expected


def test_every_part_is_counted():
    net = network()
    cells = net.add_population("cells", 10, LIFExp())
    net.add_poisson("noise", cells, rate=1.0, weight=0.1)
    projection = net.connect("pre", "post", weights=DRAWN)
    recorders = [
        net.record(projection, "weights", every=1.0, max_bytes=20 * N),  # two samples fit
        net.record(cells, "v", every=1.0, ids=[0, 1], max_bytes=1000),
    ]
    estimate = net.memory()
    assert estimate.parts == {
        net.populations[0]: 168 * N_POST,
        cells: 256 * 10,
        net.spike_sources[0]: 16 * 3,
        projection: 12 * N + 8 * N_PRE,
        recorders[0]: 16 * N,
        recorders[1]: 992,
    }
    assert estimate.total == sum(estimate.parts.values())
    assert estimate.at_start == estimate.total - 16 * N - 992
    assert postdict.Network().memory().total == 0


def test_repr_names_the_parts_by_size():
    net = network()
    net.connect("pre", "post", weights=np.ones((N_POST, N_PRE)))
    net.record("post", "v", every=1.0, max_bytes=2_000_000)
    assert repr(net.memory()) == (
        "Memory(0.0147 MB, at most 2 MB of samples: recorder of v of post 2 MB, "
        "projection pre->post 0.0096 MB, Population post 0.00504 MB, SpikeSource pre 4.8e-05 MB)"
    )
    assert repr(postdict.Network().memory()) == "Memory(0 MB)"


def test_max_bytes_refuses_with_the_numbers():
    net = network()
    net.connect("pre", "post", weights=np.ones((N_POST, N_PRE)))
    total = net.memory().total
    message = (
        r"takes an estimated 0\.0147 MB, of which 0\.0096 MB for the projection pre->post; "
        r"max_bytes allows 0\.0147 MB"
    )
    with pytest.raises(ValueError, match=message):
        postdict.Simulation(net, max_bytes=total - 1)
    with pytest.raises(TypeError, match=r"max_bytes must be an integer, got 1e9|1000000000\.0"):
        postdict.Simulation(net, max_bytes=1e9)
    postdict.Simulation(net, max_bytes=total)


def test_more_than_the_machine_has_is_refused(monkeypatch):
    net = network()
    net.connect("pre", "post", weights=np.ones((N_POST, N_PRE)))
    net.record("post", "v", every=1.0)  # up to 268 MB, as it goes on
    monkeypatch.setattr(memory, "physical", lambda: 10_000)
    message = r"of which 0\.0096 MB for the projection pre->post; this machine has 0\.01 MB"
    with pytest.raises(MemoryError, match=message):
        postdict.Simulation(net)
    postdict.Simulation(net, max_bytes=10**9)
    monkeypatch.setattr(memory, "physical", lambda: 20_000)
    postdict.Simulation(net)
    monkeypatch.setattr(memory, "physical", lambda: None)
    postdict.Simulation(net)


def test_the_machine_says_what_it_has():
    has = memory.physical()
    assert has is None or has > 2**26


def test_what_recorders_may_come_to_hold_is_told_apart():
    net = network()
    net.record("post", "v", every=1.0)
    words = "0.00509 MB, at most 268 MB of samples"
    assert repr(net.memory()).startswith(f"Memory({words}: ")
    assert f"about {words}<" in net._repr_html_()
