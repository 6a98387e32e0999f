"""What `connect` accepts, turned into checked synapses in the order of the core."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _checks
from .._types import Floats
from ..connectivity import Triplets
from . import forms
from .forms import Bounds, Place
from .groups import Selection
from .layouts import Dense, Sparse, Synapses

Ids: TypeAlias = NDArray[np.int32]


@dataclass(frozen=True)
class Groups:
    """Which neurons of two populations are joined, and how many neurons those have."""

    sizes: tuple[int, int]  # (post, pre)
    post_ids: Selection | None
    pre_ids: Selection | None

    def numbered(self, pre: Ids, post: Ids) -> tuple[Ids, Ids]:
        """Return the numbers that places in the groups have in their populations."""
        if self.pre_ids is not None:
            pre = np.asarray(self.pre_ids, np.int32)[pre]
        if self.post_ids is not None:
            post = np.asarray(self.post_ids, np.int32)[post]
        return pre, post


def declared(
    weights: Any,
    axonal_delay: ArrayLike,
    shape: tuple[int, int],
    bounds: Bounds,
    *,
    plastic: bool,
    allow_multapses: bool = True,
    groups: Groups | None = None,
) -> Synapses:
    """Return the synapses that were given.

    Parameters
    ----------
    weights : float, array (post, pre), scipy.sparse matrix or Triplets
        mV.
    axonal_delay : float or array
        ms, > 0; one per synapse in the form of the weights.
    shape : (int, int)
        (post, pre).
    bounds : Bounds
    plastic : bool
        One number is then the start value of every synapse.
    allow_multapses : bool
        False refuses Triplets that join a pair more than once.
    groups : Groups, optional
        What is joined where it is not whole populations; `shape` is theirs.

    Raises
    ------
    ValueError, TypeError
        With one line that names the argument, the value, its place and the rule.
    """
    if isinstance(weights, Triplets):
        return _from_triplets(
            weights, axonal_delay, shape, bounds, plastic, allow_multapses, groups
        )
    if hasattr(weights, "tocoo"):
        form = forms.scipy_form(weights)
        post, pre, values = forms.entries(weights, shape)
        show = _shown(pre, post, "[{post}, {pre}]")
        values = forms.per_synapse(values, len(pre), bounds, show)
        delays = _delays(axonal_delay, values.shape)
        return _sparse(form, shape, bounds, pre, post, values, delays, groups)
    values = forms.finite(weights)
    uniform = not values.ndim and not plastic
    values = forms.matrix(values, shape, bounds, uniform=uniform)
    if plastic:
        _doubt_zeros(values)
    delays = _delays(axonal_delay, shape)
    if isinstance(delays, float) and groups is None:
        return Dense(shape, bounds, values, delays)
    post = np.repeat(np.arange(shape[0], dtype=np.int32), shape[1])
    pre = np.tile(np.arange(shape[1], dtype=np.int32), shape[0])
    flat = values.ravel() if values.ndim else values
    each = delays if isinstance(delays, float) else delays.ravel()
    form = "one" if uniform else "matrix"
    return _sparse(form, shape, bounds, pre, post, flat, each, groups)


def _doubt_zeros(weights: Floats) -> None:
    """Warn of a matrix that looks like a sparse one: each of its zeros is a synapse that learns."""
    n = np.count_nonzero(weights)
    if 0 < n < 0.5 * weights.size:
        warnings.warn(
            f"{weights.size - n} of the {weights.size} weights are 0, and each is a synapse that "
            "learns: give Triplets or a scipy.sparse matrix where there are to be none",
            stacklevel=_checks.outside(),
        )


def _from_triplets(
    given: Triplets,
    axonal_delay: ArrayLike,
    shape: tuple[int, int],
    bounds: Bounds,
    plastic: bool,
    allow_multapses: bool,
    groups: Groups | None,
) -> Sparse:
    pre, post = given.pre, given.post
    _checks.in_range("pre", pre, shape[1])
    _checks.in_range("post", post, shape[0])
    if not allow_multapses:
        twice = forms.first_repeated(forms.pair_numbers(pre, post, shape[0]))
        if twice is not None:
            k, again = twice
            raise ValueError(
                f"allow_multapses=False, but pre {pre[k]} and post {post[k]} are joined more than "
                f"once, at [{k}] and [{again}]"
            )
    show = _shown(pre, post, "[{k}] (pre {pre}, post {post})")
    values = forms.per_synapse(given.weight, len(pre), bounds, show)
    if plastic and not values.ndim:
        values = np.broadcast_to(values, pre.shape)
    delays = _delays(axonal_delay, pre.shape)
    return _sparse("triplets", shape, bounds, pre, post, values, delays, groups)


def _shown(pre: Ids, post: Ids, text: str) -> Place:
    def show(place: tuple[int, ...]) -> str:
        if not place:
            return "its only value"
        return text.format(k=place[0], pre=pre[place], post=post[place])

    return show


def _delays(given: ArrayLike, shape: tuple[int, ...]) -> float | Floats:
    """Return one delay (ms) where there is one, also where it was given for each synapse."""
    name = "axonal_delay"
    given = _checks.in_unit(name, given, "ms")
    if _checks.is_single(given) and not hasattr(given, "tocoo"):
        return _checks.span(name, given)
    delays = _checks.finite_array(name, given)
    if len(shape) == 1 and delays.shape != shape:
        raise ValueError(
            f"{name} must be one number or one per synapse ({shape[0]}), got shape {delays.shape}"
        )
    if len(shape) == 2:
        forms.same_shape(delays.shape, (shape[0], shape[1]), f"{name}, if not one number,")
    if not (delays > 0).all():
        place = _checks.first_place(delays <= 0)
        value, at = _checks.shown(delays[place]), _checks.show_place(place)
        raise ValueError(f"{name} must be positive, got {value} ms at {at}")
    off = (2.0 * delays < _checks.SHORTEST) | (delays > _checks.LONGEST)
    if off.any():
        _checks.span(name, delays[_checks.first_place(off)])
    if delays.size and (delays == delays.flat[0]).all():
        return float(delays.flat[0])
    return delays


def _sparse(
    form: str,
    shape: tuple[int, int],
    bounds: Bounds,
    pre: Ids,
    post: Ids,
    weights: Floats,
    delays: float | Floats,
    groups: Groups | None,
) -> Sparse:
    """Sort synapses for the core; see `Sparse`."""
    n_post, n_pre = shape if groups is None else groups.sizes
    if groups is not None:
        pre, post = groups.numbered(pre, post)
    order: NDArray[np.integer] | None
    if isinstance(delays, float):
        numbers = forms.pair_numbers(pre, post, n_post)
        order = None if _ascending(numbers) else np.argsort(numbers, kind="stable")
    else:
        order = np.lexsort((post, delays, pre))  # stable, by the last key first
        order = None if _ascending(order) else order
    if order is not None:
        order = order.astype(np.int32 if len(order) < 2**31 else np.int64)
        pre, post = pre[order], post[order]
        weights = weights[order] if weights.ndim else weights
    of_sources = np.arange(n_pre + 1, dtype=np.int64)
    if isinstance(delays, float):
        first = np.searchsorted(pre, of_sources).astype(np.int64)
        source_first, of_bundles = of_sources, np.array([delays])
    else:
        delays = delays if order is None else delays[order]
        new = np.ones(len(pre), bool)
        new[1:] = (pre[1:] != pre[:-1]) | (delays[1:] != delays[:-1])
        starts = np.flatnonzero(new)
        first = np.append(starts, len(pre)).astype(np.int64)
        source_first = np.searchsorted(pre[starts], of_sources).astype(np.int64)
        of_bundles = delays[starts]
    arrays = (post, weights, of_bundles, first, source_first)
    for array in arrays:
        array.flags.writeable = False
    ids = () if groups is None else (groups.pre_ids, groups.post_ids)
    return Sparse(form, shape, bounds, *arrays, order, *ids)


def _ascending(numbers: NDArray[np.integer]) -> bool:
    return bool((numbers[1:] >= numbers[:-1]).all())
