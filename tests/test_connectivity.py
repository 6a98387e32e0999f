"""Triplets, and what the builders draw: exact in distribution, equal for equal seeds."""

import copy
import dataclasses
import math
import tracemalloc

import numpy as np
import pytest

from postdict import Triplets, all_to_all, fixed_in_degree, fixed_probability, one_to_one


def test_triplets_are_immutable_values():
    pre, weight = np.array([3, 0, 3]), np.array([0.1, 0.2, 0.3])
    triplets = Triplets(pre=pre, post=[2, 1, 2], weight=weight)
    pre[:], weight[:] = 0, 0.0
    assert triplets.n_synapses == 3
    assert triplets == Triplets([3, 0, 3], [2, 1, 2], [0.1, 0.2, 0.3])
    assert triplets == copy.deepcopy(triplets)
    assert triplets != Triplets([3, 0, 3], [2, 1, 2], 0.1)
    assert triplets != Triplets([3, 0, 3], [2, 1, 1], [0.1, 0.2, 0.3])
    assert triplets != 3
    assert (triplets.pre.dtype, triplets.post.dtype) == (np.int32, np.int32)
    with pytest.raises(ValueError, match="read-only"):
        triplets.weight[0] = 1.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        triplets.pre = pre
    halved = dataclasses.replace(triplets, weight=0.5 * triplets.weight)
    assert np.array_equal(halved.weight, [0.05, 0.1, 0.15])
    assert Triplets([], [], 0.5).n_synapses == Triplets([], [], []).n_synapses == 0


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"pre": [0, 1]}, ValueError, r"pre and post must have one length, got 2 and 3 values"),
        ({"pre": [0, -1, 2]}, ValueError, r"pre must be in \[0, 2147483647\), got -1 at \[1\]"),
        ({"post": [0, 2**31, 2]}, ValueError, r"post must be in .*, got 2147483648 at \[1\]"),
        ({"post": np.array([0, 2**63, 2], np.uint64)}, ValueError, r"got 9223372036854775808 at"),
        ({"pre": [0.0, 1.0, 2.0]}, TypeError, r"pre must be integers, got float64"),
        ({"pre": [True, False, True]}, TypeError, r"pre must be integers, got bool"),
        ({"pre": "abc"}, ValueError, r"pre must have 1 dimension\(s\), got shape \(\)"),
        ({"pre": [[0, 1], [2]]}, TypeError, r"pre must be integers, got list"),
        ({"pre": [[0, 1, 2]]}, ValueError, r"pre must have 1 dimension\(s\), got shape \(1, 3\)"),
        ({"pre": np.ma.array([0, 1, 2])}, TypeError, r"pre must be a plain array, got a masked"),
        ({"weight": [1.0, 2.0]}, ValueError, r"weight must be one .* per synapse \(3\), got 2"),
        ({"weight": [1.0, math.nan, 2.0]}, ValueError, r"weight must be finite, got nan at \[1\]"),
        ({"weight": math.inf}, ValueError, r"weight must be finite, got inf mV"),
        ({"weight": "0.1"}, TypeError, r"weight must be a number, got '0\.1'"),
        ({"weight": ["0.1"] * 3}, TypeError, r"weight must be numbers, got list"),
        ({"weight": [1j] * 3}, TypeError, r"weight must be numbers, got list"),
        ({"weight": 1j}, TypeError, r"weight must be a number, got 1j"),
        ({"weight": np.ones((1, 3))}, ValueError, r"weight must have 1 dimension\(s\)"),
        ({"weight": np.ma.ones(3)}, TypeError, r"weight must be a plain array, got a masked one"),
        ({"weight": None}, TypeError, r"weight must be a number, got None"),
    ],
)
def test_triplets_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        Triplets(**{"pre": [0, 1, 2], "post": [0, 1, 2], "weight": 1.0, **arguments})


def frequency(draw, n_seeds):
    """How often each pair was drawn, by (pre, post)."""
    counts = {}
    for seed in range(n_seeds):
        triplets = draw(seed)
        for pair in zip(triplets.pre.tolist(), triplets.post.tolist(), strict=True):
            counts[pair] = counts.get(pair, 0) + 1
    return counts


def assert_binomial(count, n, p, sigmas=4.5):
    assert abs(count - n * p) <= sigmas * math.sqrt(n * p * (1 - p)) + 1e-9


@pytest.mark.parametrize("allow_autapses", [True, False])
@pytest.mark.parametrize("p", [0.05, 0.6])
def test_fixed_probability_draws_pairs_independently(p, allow_autapses):
    n = 3000
    draw = lambda seed: fixed_probability(  # noqa: E731
        3, 4, p, weight=0.1, seed=seed, allow_autapses=allow_autapses
    )
    counts = frequency(draw, n)
    allowed = [(j, i) for j in range(3) for i in range(4) if allow_autapses or i != j]
    assert set(counts) == set(allowed)
    for pair in allowed:
        assert_binomial(counts[pair], n, p)
    both = sum(
        {(0, 1), (2, 3)} <= set(zip(t.pre, t.post, strict=True)) for t in map(draw, range(n))
    )
    assert_binomial(both, n, p * p)


def test_fixed_probability_at_size():
    triplets = fixed_probability(2000, 1000, 0.02, weight=0.1, seed=3)
    assert_binomial(triplets.n_synapses, 2_000_000, 0.02)
    pairs = triplets.pre.astype(np.int64) * 1000 + triplets.post
    assert (np.diff(pairs) > 0).all()  # sorted, no pair twice
    by_source = np.bincount(triplets.pre, minlength=2000)
    assert by_source.var() == pytest.approx(1000 * 0.02 * 0.98, rel=0.2)


def test_fixed_probability_at_its_ends():
    full = fixed_probability(3, 2, 1.0, weight=0.1, seed=1)
    assert full == all_to_all(3, 2, weight=0.1)
    assert fixed_probability(30, 20, 0.0, weight=0.1, seed=1).n_synapses == 0
    assert fixed_probability(10**6, 10**6, 1e-18, weight=0.1, seed=1).n_synapses == 0
    assert fixed_probability(1, 1, 1.0, weight=0.1, seed=1, allow_autapses=False).n_synapses == 0


def test_builders_take_memory_for_synapses_not_for_pairs():
    tracemalloc.start()
    triplets = fixed_probability(20_000, 20_000, 1e-3, weight=0.1, seed=1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50 * triplets.n_synapses


@pytest.mark.parametrize("allow_multapses", [True, False])
@pytest.mark.parametrize("allow_autapses", [True, False])
def test_fixed_in_degree_draws_uniformly(allow_autapses, allow_multapses):
    n, n_pre, n_post, k = 2000, 5, 7, 3
    draw = lambda seed: fixed_in_degree(  # noqa: E731
        n_pre,
        n_post,
        k,
        weight=0.1,
        seed=seed,
        allow_autapses=allow_autapses,
        allow_multapses=allow_multapses,
    )
    for seed in range(20):
        triplets = draw(seed)
        assert np.array_equal(np.bincount(triplets.post, minlength=n_post), [k] * n_post)
        pairs = triplets.pre.astype(int) * n_post + triplets.post
        assert (np.diff(pairs) >= (0 if allow_multapses else 1)).all()
        assert allow_autapses or (triplets.pre != triplets.post).all()
    counts = frequency(draw, n)
    for i in range(n_post):
        sources = [j for j in range(n_pre) if allow_autapses or j != i]
        for j in sources:
            assert_binomial(
                counts[j, i],
                n * (k if allow_multapses else 1),
                (k / len(sources)) / (k if allow_multapses else 1),
            )


def test_fixed_in_degree_at_its_ends():
    assert fixed_in_degree(5, 3, 0, weight=0.1, seed=1).n_synapses == 0
    full = fixed_in_degree(4, 4, 3, weight=0.1, seed=1, allow_autapses=False)
    assert full == all_to_all(4, 4, weight=0.1, allow_autapses=False)
    many = fixed_in_degree(2, 1, 50, weight=0.1, seed=1, allow_multapses=True)
    assert many.n_synapses == 50


def test_one_to_one_and_all_to_all():
    assert one_to_one(3, weight=[1.0, 2.0, 3.0]) == Triplets([0, 1, 2], [0, 1, 2], [1.0, 2.0, 3.0])
    expected = Triplets([0, 0, 0, 1, 1, 1], [0, 1, 2, 0, 1, 2], 0.5)
    assert all_to_all(2, 3, weight=0.5) == expected
    expected = Triplets([0, 0, 1, 1], [1, 2, 0, 2], [1.0, 2.0, 3.0, 4.0])
    assert all_to_all(2, 3, weight=[1, 2, 3, 4], allow_autapses=False) == expected


RANDOM = {
    "probability": lambda **k: fixed_probability(20, 30, 0.3, **k),
    "in degree": lambda **k: fixed_in_degree(20, 30, 4, **k),
    "multapses": lambda **k: fixed_in_degree(20, 30, 4, allow_multapses=True, **k),
}


@pytest.mark.parametrize("draw", RANDOM)
def test_a_seed_fixes_pairs_and_weights(draw):
    draw = RANDOM[draw]
    weight = lambda rng, n: rng.uniform(0.1, 0.2, n)  # noqa: E731
    one = draw(weight=weight, seed=5)
    assert one == draw(weight=weight, seed=np.int64(5))
    assert one == draw(weight=weight, seed=np.random.default_rng(5))
    assert one != draw(weight=weight, seed=6)
    assert 0.1 <= one.weight.min() < one.weight.max() <= 0.2
    plain = draw(weight=0.1, seed=5)
    assert plain.weight == 0.1
    assert np.array_equal(plain.pre, one.pre)  # whatever the weights
    assert np.array_equal(plain.post, one.post)
    values = np.arange(one.n_synapses)
    assert np.array_equal(draw(weight=values, seed=5).weight, values)
    rng = np.random.default_rng(5)
    assert draw(weight=0.1, seed=rng) != draw(weight=0.1, seed=rng)


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (lambda: fixed_probability(0, 2, 0.1, weight=1, seed=1), ValueError, r"n_pre must be at"),
        (lambda: fixed_probability(2, 2.0, 0.1, weight=1, seed=1), TypeError, r"n_post must be an"),
        (lambda: fixed_probability(2, 2**31, 0.1, weight=1, seed=1), ValueError, r"below 2\*\*31"),
        (
            lambda: fixed_probability(2, 2, 1.1, weight=1, seed=1),
            ValueError,
            r"p must be at most 1, got 1\.1",
        ),
        (
            lambda: fixed_probability(2, 2, -0.1, weight=1, seed=1),
            ValueError,
            r"p must be non-negative, got -0\.1",
        ),
        (lambda: fixed_probability(2, 2, math.nan, weight=1, seed=1), ValueError, r"p must be fin"),
        (
            lambda: fixed_probability(2, 2, 1, weight=[1.0] * 3, seed=1),
            ValueError,
            r"weight must be one number or one per synapse \(4\), got 3 values",
        ),
        (
            lambda: fixed_probability(2, 2, 1, weight=lambda _, n: [1.0] * (n + 1), seed=1),
            ValueError,
            r"weight\(rng, n\) must return 4 values, got shape \(5,\)",
        ),
        (
            lambda: fixed_probability(2, 2, 1, weight=lambda *_: [math.nan] * 4, seed=1),
            ValueError,
            r"weight must be finite, got nan at \[0\]",
        ),
        (
            lambda: fixed_probability(2, 2, 1, weight=1, seed=None),
            TypeError,
            r"seed must be an integer or a numpy\.random\.Generator, got None",
        ),
        (
            lambda: fixed_probability(2, 2, 1, weight=1, seed=-1),
            ValueError,
            r"seed must be at least 0, got -1",
        ),
        (
            lambda: fixed_in_degree(3, 4, 4, weight=1, seed=1),
            ValueError,
            r"in_degree must be at most 3, the number of sources, got 4",
        ),
        (
            lambda: fixed_in_degree(3, 4, 3, weight=1, seed=1, allow_autapses=False),
            ValueError,
            r"in_degree must be at most 2, the number of sources without autapses, got 3",
        ),
        (
            lambda: fixed_in_degree(
                1, 1, 1, weight=1, seed=1, allow_autapses=False, allow_multapses=True
            ),
            ValueError,
            r"in_degree must be at most 0",
        ),
        (lambda: fixed_in_degree(3, 4, 1.0, weight=1, seed=1), TypeError, r"in_degree must be an"),
        (lambda: one_to_one(0, weight=1.0), ValueError, r"n must be at least 1, got 0"),
        (
            lambda: one_to_one(2, weight=lambda _, n: [1.0] * n),
            TypeError,
            r"weight must be a number or an array, got a function",
        ),
        (
            lambda: all_to_all(2, 3, weight=np.ones((3, 2))),
            ValueError,
            r"weight must have 1 dimension\(s\)",
        ),
    ],
)
def test_builders_refuse(build, error, message):
    with pytest.raises(error, match=message):
        build()
