"""Weights in the forms that users give: one number, a matrix, a sparse matrix, one per synapse."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .. import _checks
from .._types import Floats, Integers

Place: TypeAlias = Callable[[tuple[int, ...]], str]
"""Shows where an offender stands."""

SCIPY_FORMS = tuple(
    f"scipy:{storage}_{kind}"
    for storage in ("bsr", "coo", "csc", "csr", "dia", "dok", "lil")
    for kind in ("array", "matrix")
)


@dataclass(frozen=True)
class Bounds:
    """What the weights of a projection may be (mV), and in which precision they are held."""

    non_negative: bool = False  # inhibitory, plastic, conductances
    w_max: float = math.inf
    single: bool = False

    def kept(self, weights: Floats, show: Place = _checks.show_place) -> Floats:
        """Return weights within bounds; the first offender is named.

        What single precision cannot tell from w_max is w_max: data come as float32.
        """

        def offender(wrong: NDArray[np.bool_]) -> str:
            place = _checks.first_place(wrong)
            return f"got {_checks.shown(weights[place])} at {show(place)}"

        if self.non_negative and (weights < 0).any():
            raise ValueError(
                "weights that are inhibitory, plastic or onto LIFCond must be non-negative (the "
                f"projection carries the sign), {offender(weights < 0)}"
            )
        above = weights > self.w_max
        if above.any():
            with np.errstate(over="ignore"):
                beyond = above & (weights.astype(np.float32) != np.float32(self.w_max))
            if beyond.any():
                bound = _checks.shown(self.w_max)
                raise ValueError(f"weights must be at most w_max = {bound} mV, {offender(beyond)}")
            weights = np.asarray(np.minimum(weights, self.w_max))
        if self.single:
            most = float(np.finfo(np.float32).max)
            beyond = np.abs(weights) > most
            if beyond.any():
                bound = _checks.shown(most)
                raise ValueError(
                    f"weights in single precision must be at most {bound}, {offender(beyond)}"
                )
        return weights


@dataclass(frozen=True, eq=False)
class Entries:
    """A sparse matrix by its entries, as a checkpoint holds it: loading one needs no scipy."""

    form: str  # one of SCIPY_FORMS
    row: NDArray[np.int32]
    col: NDArray[np.int32]
    data: Floats

    def tocoo(self) -> Entries:
        """Return itself, as a scipy.sparse matrix does that is stored by coordinates."""
        return self


def matrix(given: Any, shape: tuple[int, int], bounds: Bounds, *, uniform: bool = False) -> Floats:
    """Return checked weights (mV), read-only.

    (post, pre), filled where a number was given; () where it is `uniform`: one number for all.
    """
    result = finite(given)
    if uniform and result.ndim:
        raise ValueError("weights must be one number: this projection has one for all pairs")
    if result.ndim:
        same_shape(result.shape, shape)
    result = bounds.kept(result)
    return _own(result) if uniform or result.ndim else np.broadcast_to(result.copy(), shape)


def per_synapse(
    given: Any, n_synapses: int, bounds: Bounds, show: Place = _checks.show_place
) -> Floats:
    """Return checked weights (mV), read-only: (n_synapses,), or () where a number was given."""
    result = finite(given)
    if result.ndim and result.shape != (n_synapses,):
        raise ValueError(
            f"weights must be one number or one per synapse ({n_synapses}), "
            f"got shape {result.shape}"
        )
    return _own(bounds.kept(result, show))


def finite(given: Any) -> Floats:
    """Return weights as finite numbers; a bare tuple is refused, as it could mean triplets."""
    if isinstance(given, tuple):
        raise TypeError(
            "weights must be a number, an array (post, pre), a scipy.sparse matrix or Triplets, "
            "not a tuple"
        )
    return _checks.finite_array("weights", given, "mV")


def entries(
    given: Any, shape: tuple[int, int]
) -> tuple[NDArray[np.int32], NDArray[np.int32], Floats]:
    """Return post, pre and weight of what a scipy.sparse matrix stores, zeros included."""
    if not isinstance(given, Entries):
        same_shape(tuple(given.shape), shape)
    coordinates = given.tocoo()
    post = _checks.integer_array("weights.row", coordinates.row)
    pre = _checks.integer_array("weights.col", coordinates.col)
    if not len(post) == len(pre) == len(coordinates.data):
        raise ValueError("weights must have a row and a column for every entry")
    _checks.in_range("weights.row", post, shape[0])
    _checks.in_range("weights.col", pre, shape[1])
    values = _checks.finite_array(
        "weights", coordinates.data, "mV", ndim=1, show=lambda k: f"[{post[k]}, {pre[k]}]"
    )
    twice = first_repeated(pair_numbers(pre, post, shape[0]))
    if twice is not None:
        k = twice[0]
        raise ValueError(
            f"weights must have one entry a pair, got several at [{post[k]}, {pre[k]}]; add them "
            "by .sum_duplicates(), or give Triplets if they are several synapses"
        )
    return post.astype(np.int32), pre.astype(np.int32), values


def scipy_form(given: Any) -> str:
    """Return what to remember of a sparse matrix, so that it can come back as it was."""
    if isinstance(given, Entries):
        return SCIPY_FORMS[SCIPY_FORMS.index(given.form)]
    kind = "array" if type(given).__name__.endswith("_array") else "matrix"
    form = f"scipy:{getattr(given, 'format', 'coo')}_{kind}"
    if form not in SCIPY_FORMS:
        raise TypeError(f"weights must have a format of scipy.sparse, got {given.format!r}")
    return form


def scipy_matrix(
    form: str,
    shape: tuple[int, int],
    post: NDArray[np.int32],
    pre: NDArray[np.int32],
    values: Floats,
) -> Any:
    """Return the sparse matrix of a form of SCIPY_FORMS."""
    sparse = importlib.import_module("scipy.sparse")
    storage, kind = form.removeprefix("scipy:").split("_")
    result = getattr(sparse, f"coo_{kind}")((values, (post, pre)), shape=shape)
    result.has_canonical_format = True  # no pair is there twice: nothing to sum, so nothing to sort
    return result.asformat(storage)


def same_shape(given: tuple[int, ...], shape: tuple[int, int], name: str = "weights") -> None:
    """Refuse any other shape than (post, pre)."""
    if given != shape:
        slip = "; is it transposed?" if given == shape[::-1] else ""
        raise ValueError(f"{name} must have shape (post, pre) = {shape}, got {given}{slip}")


def pair_numbers(pre: NDArray[np.integer], post: NDArray[np.integer], n_post: int) -> Integers:
    """Return one number a pair, which sorts by source, then target."""
    return pre.astype(np.int64) * n_post + post


def first_repeated(numbers: Integers) -> tuple[int, int] | None:
    """Return the places of the first two that are equal, in the order of the numbers."""
    if (numbers[1:] > numbers[:-1]).all():
        return None
    order = np.argsort(numbers, kind="stable")
    again = numbers[order[1:]] == numbers[order[:-1]]
    if not again.any():
        return None
    k = int(np.argmax(again))
    return int(order[k]), int(order[k + 1])


def _own(array: Floats) -> Floats:
    """Return a read-only array that no one else can change."""
    if array.flags.writeable or not array.flags.owndata:
        array = array.copy()
        array.flags.writeable = False
    return array
