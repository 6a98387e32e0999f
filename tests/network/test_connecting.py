"""What `connect` makes of each form of weights: checked, sorted for the core, and turned back."""

import subprocess
import sys

import numpy as np
import pytest
import scipy.sparse

import postdict
from postdict import CausalSTDP, Triplets, VogelsSTDP, fixed_probability
from postdict.network.description import describe, from_description
from synapse_forms import (
    DELAYS,
    MATRIX,
    MATRIX_DELAYS,
    N_POST,
    N_PRE,
    RULE,
    TRIPLETS,
    connected,
    sparse,
)


def test_the_core_gets_synapses_by_source_delay_target_and_order():
    net, projection = connected(TRIPLETS, axonal_delay=DELAYS)
    assert projection.axonal_delay is None
    synapses = net._registry.synapses_of(projection)
    assert synapses.targets.tolist() == [1, 1, 0, 0, 2, 2]
    assert synapses.weights.tolist() == [0.2, 0.6, 0.4, 0.5, 0.1, 0.3]
    assert synapses.delays.tolist() == [1.0, 3.0, 1.0, 0.5, 2.0]
    assert synapses.first.tolist() == [0, 1, 2, 3, 4, 6]
    assert synapses.source_first.tolist() == [0, 2, 3, 3, 5]
    assert synapses.order.tolist() == [1, 5, 3, 4, 0, 2]
    assert synapses.given_delays().tolist() == DELAYS


@pytest.mark.parametrize("delay", [2.5, [2.5] * 6])
def test_one_delay_makes_one_bundle_a_source(delay):
    net, projection = connected(TRIPLETS, axonal_delay=delay)
    assert projection.axonal_delay == 2.5
    synapses = net._registry.synapses_of(projection)
    assert synapses.targets.tolist() == [1, 1, 0, 0, 2, 2]
    assert synapses.delays.tolist() == [2.5]
    assert synapses.first.tolist() == [0, 2, 3, 3, 6]
    assert synapses.source_first.tolist() == [0, 1, 2, 3, 4]


def test_sorted_synapses_need_no_permutation():
    drawn = fixed_probability(N_PRE, N_POST, 0.5, weight=0.1, seed=1)
    net, projection = connected(drawn)
    assert net._registry.synapses_of(projection).order is None
    assert net.weights(projection) == drawn
    net, projection = connected(drawn, axonal_delay=1.0 + np.arange(drawn.n_synapses))
    assert net._registry.synapses_of(projection).order is None


@pytest.mark.parametrize("delay", [1.0, []])
def test_no_synapses_at_all(delay):
    net, projection = connected(Triplets([], [], []), axonal_delay=delay)
    assert net.weights(projection) == Triplets([], [], [])
    assert net._registry.synapses_of(projection).first[-1] == 0
    with pytest.raises(ValueError, match=r"no synapses, so no weights to record"):
        net.record(projection, "weights", every=1.0)


KINDS = [
    f"{f}_{k}"
    for f in ("bsr", "coo", "csc", "csr", "dia", "dok", "lil")
    for k in ("array", "matrix")
]
FORMS = {
    "one": lambda: 0.5,
    "matrix": lambda: MATRIX,
    "triplets": lambda: TRIPLETS,
    "triplets with one number": lambda: Triplets([3, 0, 3], [0, 1, 2], 0.5),
    **{kind: lambda kind=kind: sparse(kind) for kind in KINDS},
}


def given_delays(weights):
    """One per synapse, some of them equal."""
    if isinstance(weights, Triplets):
        return 1.0 + np.arange(weights.n_synapses) % 3
    if hasattr(weights, "tocoo"):
        return 1.0 + np.arange(len(weights.tocoo().data)) % 3
    return MATRIX_DELAYS


def assert_same_form(one, other):
    assert type(one) is type(other)
    if isinstance(one, Triplets):
        assert one == other
    elif hasattr(one, "tocoo"):
        assert (one.format, one.shape) == (other.format, other.shape)
        assert np.array_equal(one.toarray(), other.toarray())
        coordinates = [m.tocoo() for m in (one, other)]
        places = [set(zip(c.row.tolist(), c.col.tolist(), strict=True)) for c in coordinates]
        assert places[0] == places[1]
    else:
        assert np.array_equal(one, other)


@pytest.mark.parametrize("delayed", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_weights_come_back_in_the_form_given(form, delayed):
    weights = FORMS[form]()
    delay = given_delays(weights) if delayed else 1.5
    net, projection = connected(weights, axonal_delay=delay)
    assert_same_form(net.weights(projection), weights)
    assert projection.axonal_delay == (None if delayed else 1.5)
    synapses = net._registry.synapses_of(projection)
    assert np.array_equal(synapses.in_core_order(weights), synapses.weights)
    if delayed:
        assert np.array_equal(synapses.given_delays(), delay)
    if isinstance(weights, scipy.sparse.csr_array | scipy.sparse.csr_matrix):
        assert np.array_equal(net.weights(projection).indices, weights.indices)  # the same order


@pytest.mark.parametrize("delayed", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_a_network_is_described_whole(form, delayed):
    weights = FORMS[form]()
    delay = given_delays(weights) if delayed else 1.5
    net, projection = connected(
        weights,
        axonal_delay=delay,
        dendritic_delay=0.25,
        inhibitory=True,
        precision="single",
        plasticity=VogelsSTDP(0.01, rho=5.0),
    )
    twin = from_description(*describe(net._registry))
    assert twin.projections == [projection]
    assert_same_form(twin.weights(projection), net.weights(projection))
    one, other = net._registry.synapses_of(projection), twin._registry.synapses_of(projection)
    for field in ("targets", "weights", "delays", "delay", "first", "source_first", "order"):
        if hasattr(one, field):
            assert np.array_equal(getattr(one, field), getattr(other, field))


@pytest.mark.parametrize("rule", [RULE, VogelsSTDP(0.1, rho=3.0), CausalSTDP(0.1, bias=0.2)])
def test_rules_are_described(rule):
    net, projection = connected(0.5, plasticity=rule)
    twin = from_description(*describe(net._registry))
    assert twin.projections == [projection]
    assert twin.projections[0].plasticity == rule


@pytest.mark.parametrize("weights", [0.5, Triplets([0, 1], [0, 1], 0.5)])
def test_one_number_becomes_one_each_where_it_learns(weights):
    for delay in (1.0, given_delays(weights)):
        net, projection = connected(weights, axonal_delay=delay, plasticity=RULE)
        synapses = net._registry.synapses_of(projection)
        assert synapses.n_weights == synapses.n_synapses
        back = net.weights(projection)
        values = back.weight if isinstance(back, Triplets) else back
        assert (values == 0.5).all()
        assert values.shape == ((2,) if isinstance(back, Triplets) else (3, 4))


def test_a_zero_in_a_matrix_is_a_synapse():
    net, projection = connected(np.zeros((3, 4)))
    assert net._registry.synapses_of(projection).n_synapses == 12
    net, projection = connected(np.zeros((3, 4)), axonal_delay=MATRIX_DELAYS)
    assert net._registry.synapses_of(projection).n_synapses == 12
    net, projection = connected(scipy.sparse.csr_array(np.zeros((3, 4))))
    assert net._registry.synapses_of(projection).n_synapses == 0


def test_new_weights_may_come_in_any_format_and_order():
    net, projection = connected(sparse("lil_array"), axonal_delay=[1.0, 2.0, 3.0, 1.0, 2.0])
    synapses = net._registry.synapses_of(projection)
    for kind in KINDS:
        assert np.array_equal(synapses.in_core_order(sparse(kind)), synapses.weights)
    values = np.arange(5.0)
    back = synapses.in_form(synapses.in_core_order(values))
    assert np.array_equal(back.tocoo().data, values)


def test_scipy_is_imported_only_where_it_is_needed():
    program = """
import sys, numpy as np, postdict
from postdict.network import forms
from postdict.network.description import describe, from_description
net = postdict.Network()
net.add_population("cells", 3, postdict.LIF())
net.connect("cells", "cells", weights=postdict.one_to_one(3, weight=0.1))
net.connect("cells", "cells", weights=0.1, axonal_delay=np.arange(1.0, 10.0).reshape(3, 3))
entries = forms.Entries("scipy:csr_array", np.arange(3), np.arange(3), np.ones(3))
sparse = net.connect("cells", "cells", weights=entries)
twin = from_description(*describe(net._registry))
assert "scipy" not in sys.modules
assert twin.weights(sparse).format == "csr"
assert "scipy" in sys.modules
"""
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True, timeout=60.0)


def test_a_matrix_of_mostly_zeros_that_learns_is_doubted():
    net = postdict.Network()
    net.add_population("cells", 10, postdict.LIF())
    mostly_zero = np.eye(10)
    message = r"90 of the 100 weights are 0, and each is a synapse that learns: give Triplets or"
    with pytest.warns(UserWarning, match=message):
        net.connect("cells", "cells", weights=mostly_zero, plasticity=RULE)
    for weights, rule in (
        (np.zeros((10, 10)), RULE),  # where learning begins
        (1.0 - mostly_zero, RULE),
        (mostly_zero, None),
        (scipy.sparse.csr_array(mostly_zero), RULE),
    ):
        net.connect("cells", "cells", weights=weights, plasticity=rule)
