"""Synapses one by one: `Triplets`, and builders that draw or enumerate them.

The builders return them sorted by source and then target, which is the order that the core wants.
They are exact in distribution, equal for equal seeds within a version, and take memory in
proportion to the synapses, not to the pairs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _checks
from ._types import Floats, Integers

Seed: TypeAlias = int | np.random.Generator
Weight: TypeAlias = ArrayLike | Callable[[np.random.Generator, int], ArrayLike]
"""One number, one value per synapse, or a function (rng, n) that draws n of them; mV."""

_T = TypeVar("_T", bound=np.generic)

_LARGEST_SIZE = 2**31 - 1  # neurons in a population


@_checks.brief
@dataclass(frozen=True, eq=False)
class Triplets:
    """Synapses one by one; several may join the same pair.

    Parameters
    ----------
    pre : array (n,) of int
        Indices of the sources.
    post : array (n,) of int
        Indices of the targets.
    weight : float or array (n,)
        mV; one number stands for all.

    Raises
    ------
    ValueError, TypeError
        Arrays of different lengths, indices that are none, weights that are not finite.

    Examples
    --------
    >>> from postdict import LIF, Network, Simulation, Triplets
    >>> net = Network()
    >>> cells = net.add_population("cells", 3, LIF())
    >>> synapses = Triplets(pre=[0, 1], post=[1, 2], weight=[0.1, 0.2])
    >>> some = net.connect(cells, cells, weights=synapses)
    >>> Simulation(net).weights(some).weight
    array([0.1, 0.2])
    """

    pre: NDArray[np.int32]
    post: NDArray[np.int32]
    weight: Floats | float

    if TYPE_CHECKING:  # lists are taken as well

        def __init__(self, pre: ArrayLike, post: ArrayLike, weight: ArrayLike) -> None: ...

    def __post_init__(self) -> None:
        pre, post = _indices("pre", self.pre), _indices("post", self.post)
        if pre.shape != post.shape:
            raise ValueError(
                f"pre and post must have one length, got {len(pre)} and {len(post)} values"
            )
        weight: Floats | float
        given = _checks.in_unit("weight", self.weight, "mV")
        if _checks.is_single(given):
            weight = _checks.number("weight", given, "mV")
        else:
            weight = _checks.finite_array("weight", given, ndim=1)
            if weight.shape != pre.shape:
                raise ValueError(
                    f"weight must be one number or one per synapse ({len(pre)}), "
                    f"got {len(weight)} values"
                )
            weight = _frozen(weight)
        object.__setattr__(self, "pre", _frozen(pre))
        object.__setattr__(self, "post", _frozen(post))
        object.__setattr__(self, "weight", weight)

    @property
    def n_synapses(self) -> int:
        """How many synapses there are."""
        return len(self.pre)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Triplets):
            return NotImplemented
        return (
            np.array_equal(self.pre, other.pre)
            and np.array_equal(self.post, other.post)
            and np.ndim(self.weight) == np.ndim(other.weight)
            and np.array_equal(self.weight, other.weight)
        )


def fixed_probability(
    n_pre: int,
    n_post: int,
    p: float,
    *,
    weight: Weight,
    seed: Seed,
    allow_autapses: bool = True,
) -> Triplets:
    """Join every pair independently with probability `p`.

    Parameters
    ----------
    n_pre : int
        Size of the presynaptic population.
    n_post : int
        Size of the postsynaptic population.
    p : float
        In [0, 1].
    weight : float, array (n_synapses,) or callable (rng, n) -> (n,)
        mV; a callable draws after the pairs have been drawn, from the same generator.
    seed : int or numpy.random.Generator
    allow_autapses : bool
        False leaves out pairs of equal indices.

    Returns
    -------
    Triplets

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> from postdict import fixed_probability
    >>> synapses = fixed_probability(100, 50, 0.1, weight=0.2, seed=1)
    >>> synapses.n_synapses
    510
    """
    n_pre, n_post = _size("n_pre", n_pre), _size("n_post", n_post)
    p = _checks.number("p", p, at_least=0.0, at_most=1.0)
    rng = _generator(seed)
    pairs = _bernoulli(rng, n_pre * n_post, p)
    pre, post = _unravelled(pairs, n_post)
    if not allow_autapses:  # independent pairs stay so when some are left out
        kept = pre != post
        pre, post = pre[kept], post[kept]
    return _with_weight(pre, post, weight, rng)


def fixed_in_degree(
    n_pre: int,
    n_post: int,
    in_degree: int,
    *,
    weight: Weight,
    seed: Seed,
    allow_autapses: bool = True,
    allow_multapses: bool = False,
) -> Triplets:
    """Give every target `in_degree` synapses from sources drawn uniformly.

    Parameters
    ----------
    n_pre : int
        Size of the presynaptic population.
    n_post : int
        Size of the postsynaptic population.
    in_degree : int
        Synapses onto each target.
    weight : float, array (n_synapses,) or callable (rng, n) -> (n,)
        mV; a callable draws after the pairs have been drawn, from the same generator.
    seed : int or numpy.random.Generator
    allow_autapses : bool
        False leaves out pairs of equal indices.
    allow_multapses : bool
        True draws the sources of a target with replacement.

    Returns
    -------
    Triplets

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict import fixed_in_degree
    >>> synapses = fixed_in_degree(100, 4, 10, weight=0.2, seed=1)
    >>> np.bincount(synapses.post)
    array([10, 10, 10, 10])
    """
    n_pre, n_post = _size("n_pre", n_pre), _size("n_post", n_post)
    in_degree = _checks.integer("in_degree", in_degree)
    fewest = n_pre if allow_autapses else n_pre - 1  # sources of target 0
    if in_degree > fewest and (not allow_multapses or fewest == 0):
        without = "" if allow_autapses else " without autapses"
        raise ValueError(
            f"in_degree must be at most {fewest}, the number of sources{without}, got {in_degree}"
        )
    rng = _generator(seed)
    targets = np.arange(n_post, dtype=np.int64)
    skipped = np.full(n_post, n_pre) if allow_autapses else targets  # nobody where n_pre or above
    n_sources = np.where(skipped < n_pre, n_pre - 1, n_pre)
    if allow_multapses:
        sources = rng.integers(0, n_sources[:, None], size=(n_post, in_degree), dtype=np.int64)
    else:
        sources = np.empty((n_post, in_degree), np.int64)
        for i, n in enumerate(n_sources):
            sources[i] = rng.choice(n, in_degree, replace=False, shuffle=False)
    sources += sources >= skipped[:, None]
    sources *= n_post
    sources += targets[:, None]
    pairs = sources.ravel()
    pairs.sort()
    return _with_weight(*_unravelled(pairs, n_post), weight, rng)


def one_to_one(n: int, *, weight: ArrayLike) -> Triplets:
    """Join source k to target k, for k < `n`; weight: mV, one number or (n,).

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> from postdict import one_to_one
    >>> synapses = one_to_one(3, weight=0.2)
    >>> synapses.pre, synapses.post
    (array([0, 1, 2], dtype=int32), array([0, 1, 2], dtype=int32))
    """
    each = np.arange(_size("n", n), dtype=np.int32)
    return _with_weight(each, each, weight, None)


def all_to_all(
    n_pre: int, n_post: int, *, weight: ArrayLike, allow_autapses: bool = True
) -> Triplets:
    """Join every source to every target.

    Where all have one delay, a matrix or one number as weights does the same in less memory.

    Parameters
    ----------
    n_pre : int
        Size of the presynaptic population.
    n_post : int
        Size of the postsynaptic population.
    weight : float or array (n_synapses,)
        mV, by source and then target.
    allow_autapses : bool
        False leaves out pairs of equal indices.

    Returns
    -------
    Triplets

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> from postdict import all_to_all
    >>> all_to_all(3, 3, weight=0.2, allow_autapses=False).n_synapses
    6
    """
    n_pre, n_post = _size("n_pre", n_pre), _size("n_post", n_post)
    pre = np.repeat(np.arange(n_pre, dtype=np.int32), n_post)
    post = np.tile(np.arange(n_post, dtype=np.int32), n_pre)
    if not allow_autapses:
        kept = pre != post
        pre, post = pre[kept], post[kept]
    return _with_weight(pre, post, weight, None)


def _bernoulli(rng: np.random.Generator, n: int, p: float) -> Integers:
    """Return the successes among n trials: the gaps between them are geometric."""
    if p == 0.0:
        return np.empty(0, np.int64)
    found: list[Integers] = []
    last = -1
    while last < n:
        expected = p * (n - 1 - last)
        size = int(expected + 4.0 * np.sqrt(expected) + 16.0)
        # A gap that passes the end is cut to it, so that the sum cannot overflow.
        gaps = np.minimum(rng.geometric(p, size), n + 1)
        places = np.cumsum(gaps, out=gaps)
        places += last
        found.append(places)
        last = int(places[-1])
    places = found[0] if len(found) == 1 else np.concatenate(found)
    return places[: np.searchsorted(places, n)]


def _unravelled(pairs: Integers, n_post: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return source and target of pairs numbered source * n_post + target."""
    pre = (pairs // n_post).astype(np.int32)
    post = (pairs - pre.astype(np.int64) * n_post).astype(np.int32)
    return pre, post


def _with_weight(
    pre: NDArray[np.int32],
    post: NDArray[np.int32],
    weight: Weight,
    rng: np.random.Generator | None,
) -> Triplets:
    if callable(weight):
        if rng is None:
            raise TypeError("weight must be a number or an array, got a function: nothing is drawn")
        weight = weight(rng, len(pre))
        if np.shape(weight) != pre.shape:
            raise ValueError(
                f"weight(rng, n) must return {len(pre)} values, got shape {np.shape(weight)}"
            )
    pre.flags.writeable = post.flags.writeable = False  # nobody else has them: no copies
    return Triplets(pre=pre, post=post, weight=weight)


def _generator(seed: Seed) -> np.random.Generator:
    if isinstance(seed, np.random.Generator):
        return seed
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise TypeError(f"seed must be an integer or a numpy.random.Generator, got {seed!r}")
    return np.random.default_rng(_checks.integer("seed", seed))


def _size(name: str, value: int) -> int:
    size = _checks.integer(name, value, at_least=1)
    if size > _LARGEST_SIZE:
        raise ValueError(f"{name} must be below 2**31, got {size}")
    return size


def _indices(name: str, values: ArrayLike) -> NDArray[np.int32]:
    """Return indices that a population could have, (n,)."""
    given = _checks.integer_array(name, values)
    _checks.in_range(name, given, _LARGEST_SIZE)
    return given.astype(np.int32, copy=False)


def _frozen(array: NDArray[_T]) -> NDArray[_T]:
    """Return the array read-only, and as a copy where somebody could still change it."""
    if array.flags.writeable or not array.flags.owndata:
        array = array.copy()
        array.flags.writeable = False
    return array
