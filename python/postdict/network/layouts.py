"""The synapses of a projection as declared: sorted for the core, and turned back.

`Dense` is a matrix or one number for all pairs, with one delay. `Sparse` are synapses one by one,
by source, then delay, then target, then the order in which they were given; the synapses of one
source with one delay are a bundle. Groups are sparse, and their ids, which the core has, are those
of whole populations. Neither holds the present weights, which are a simulation's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .._types import Floats, Integers
from ..connectivity import Triplets
from . import forms
from .forms import Bounds
from .groups import Selection, local


@dataclass(frozen=True, eq=False)
class Dense:
    """All pairs with one delay."""

    shape: tuple[int, int]  # (post, pre)
    bounds: Bounds
    weights: Floats  # (post, pre), or () for one number
    delay: float  # ms

    @property
    def form(self) -> str:
        """What was given: "matrix" or "one" number."""
        return "matrix" if self.weights.ndim else "one"

    @property
    def n_synapses(self) -> int:
        """How many synapses there are."""
        return self.shape[0] * self.shape[1]

    @property
    def n_weights(self) -> int:
        """How many numbers they are."""
        return self.weights.size

    def in_form(self, weights: Floats) -> Floats | float:
        """Return weights of the core in the form that was given."""
        return weights if self.weights.ndim else weights.item()

    def in_core_order(self, weights: object) -> Floats:
        """Return weights in the form that was given, checked, as the core takes them."""
        return forms.matrix(weights, self.shape, self.bounds, uniform=not self.weights.ndim)

    def samples(self, values: Floats) -> Floats:
        """Return recorded weights (n, source by source) as (n, post, pre), or (n,) of the one."""
        if not self.weights.ndim:
            return values[:, 0]
        by_source = values.reshape(len(values), self.shape[1], self.shape[0])
        return np.ascontiguousarray(by_source.transpose(0, 2, 1))


@dataclass(frozen=True, eq=False)
class Sparse:
    """Synapses one by one, in the order of the core."""

    form: str  # "triplets", "scipy:<format>_<array or matrix>", or "matrix" or "one" with delays
    shape: tuple[int, int]  # (post, pre)
    bounds: Bounds
    targets: NDArray[np.int32]  # (n_synapses,)
    weights: Floats  # (n_synapses,), or () for one number
    delays: Floats  # ms, (n_bundles,), or (1,) where all share it
    first: Integers  # (n_bundles + 1,) of the synapses of each bundle
    source_first: Integers  # (n_sources + 1,) of the bundles of each source
    order: NDArray[np.integer] | None  # (n_synapses,) places in the given order, None: the same
    pre_ids: Selection | None = None  # of the groups that are joined, whose shape is `shape`;
    post_ids: Selection | None = None  # None of whole populations

    @property
    def n_synapses(self) -> int:
        """How many synapses there are."""
        return len(self.targets)

    @property
    def n_weights(self) -> int:
        """How many numbers their weights are."""
        return self.weights.size

    @property
    def n_sources(self) -> int:
        """How many neurons the whole presynaptic population has."""
        return len(self.source_first) - 1

    @property
    def n_bundles(self) -> int:
        """How many pairs of source and delay there are; of every source one, if all share it."""
        return len(self.first) - 1

    @property
    def delay(self) -> float | None:
        """The delay that all share (ms), None where they have several."""
        return float(self.delays[0]) if len(self.delays) == 1 else None

    def pairs(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return source and target of each synapse, in the order given."""
        n_of_source = np.diff(self.first[self.source_first])
        sources = np.repeat(np.arange(self.n_sources, dtype=np.int32), n_of_source)
        pre, post = self._in_given_order(sources), self._in_given_order(self.targets)
        return local(pre, self.pre_ids), local(post, self.post_ids)

    def given_weights(self) -> Floats:
        """Return the declared weights (mV), in the order given.

        (post, pre) of a matrix, (n_synapses,) of synapses given singly, () of one number.
        """
        if not self.weights.ndim:
            return self.weights
        given = self._in_given_order(self.weights)
        return given.reshape(self.shape) if self.form == "matrix" else given

    def given_delays(self) -> Floats:
        """Return the delays (ms) in the form and order given."""
        each = np.repeat(self.delays, np.diff(self.first))
        given = self._in_given_order(each)
        return given.reshape(self.shape) if self.form in ("one", "matrix") else given

    def in_form(self, weights: Floats) -> Any:
        """Return weights of the core in the form that was given."""
        if self.form == "one":
            return weights.item()
        values = self._in_given_order(weights) if self.weights.ndim else weights
        if self.form == "matrix":
            return values.reshape(self.shape)
        pre, post = self.pairs()
        if self.form == "triplets":
            return Triplets(pre, post, values if self.weights.ndim else values.item())
        return forms.scipy_matrix(self.form, self.shape, post, pre, values)

    def in_core_order(self, weights: object) -> Floats:
        """Return weights in the form that was given, checked, as the core takes them."""
        if self.form in ("one", "matrix"):
            matrix = forms.matrix(weights, self.shape, self.bounds, uniform=self.form == "one")
            return self._sorted(matrix.ravel()) if self.form == "matrix" else matrix
        if isinstance(weights, Triplets):
            pre, post = self.pairs()
            if not (np.array_equal(weights.pre, pre) and np.array_equal(weights.post, post)):
                raise ValueError("weights must have the projection's pairs, in the same order")
            weights = weights.weight
        elif self.form != "triplets" and hasattr(weights, "tocoo"):
            weights = self._of_same_pairs(weights)
        values = forms.per_synapse(weights, self.n_synapses, self.bounds)
        if self.weights.ndim:
            return self._sorted(np.broadcast_to(values, self.targets.shape))
        if values.ndim:
            raise ValueError("weights must be one number: this projection has one for all synapses")
        return values

    def samples(self, values: Floats) -> Floats:
        """Return recorded weights (n, in the core's order) in the order given.

        (n, post, pre) of a matrix, (n, n_synapses) of synapses given singly, (n,) of one number.
        """
        if not self.weights.ndim:
            return values[:, 0]
        given = values if self.order is None else np.empty_like(values)
        if self.order is not None:
            given[:, self.order] = values
        return given.reshape(len(values), *self.shape) if self.form == "matrix" else given

    def _in_given_order(self, values: NDArray[Any]) -> NDArray[Any]:
        if self.order is None:
            return values
        given = np.empty_like(values)
        given[self.order] = values
        return given

    def _sorted(self, values: Floats) -> Floats:
        return values if self.order is None else values[self.order]

    def _of_same_pairs(self, given: Any) -> Floats:
        """Return the entries of a sparse matrix in the order given, whatever its own order."""
        post, pre, values = forms.entries(given, self.shape)
        own_pre, own_post = self.pairs()
        key = forms.pair_numbers(pre, post, self.shape[0])
        own_key = forms.pair_numbers(own_pre, own_post, self.shape[0])
        order = np.argsort(own_key)
        places = np.searchsorted(own_key, key, sorter=order)
        found = order[np.minimum(places, len(order) - 1)] if len(order) else places
        alien = own_key[found] != key if len(order) else np.ones(len(key), bool)
        if alien.any():
            k = int(np.argmax(alien))
            raise ValueError(f"weights has an entry at [{post[k]}, {pre[k]}], where no synapse is")
        result = np.zeros(self.n_synapses)
        result[found] = values
        if len(key) < self.n_synapses and getattr(given, "format", "") != "dia":
            # (Conversion from the DIA format drops zeros.)
            lacking = np.ones(self.n_synapses, bool)
            lacking[found] = False
            k = int(np.argmax(lacking))
            raise ValueError(
                f"weights has no entry at [{own_post[k]}, {own_pre[k]}], where a synapse is"
            )
        return result


Synapses: TypeAlias = Dense | Sparse
