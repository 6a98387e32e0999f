"""What `record` and `set_recording` were asked for, checked, and how large its samples are."""

from __future__ import annotations

import warnings
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks
from .._types import Floats, Integers
from ..neurons import LIFCond, LIFExp
from . import forms
from .layouts import Dense, Synapses
from .parts import Population, Projection, Recorder, Variable

STATISTICS = ("mean", "sd", "min", "max")
OF_WEIGHTS = ("weights", "weight_statistics")
OF_MODEL = {"i_e": LIFExp, "i_i": LIFExp, "g_e": LIFCond, "g_i": LIFCond}
VARIABLES = (*OF_WEIGHTS, "v", *OF_MODEL)

Chosen: TypeAlias = tuple[ArrayLike, ArrayLike] | ArrayLike
"""Synapses: (post_ids, pre_ids), or positions in the order in which the weights were given."""


def checked_variable(target: object, variable: Variable) -> Variable:
    """Return a variable that the target has, by its own name; refuse others."""
    if variable not in VARIABLES:
        raise ValueError(_checks.unknown("variable", variable, VARIABLES))
    if variable in OF_WEIGHTS:
        if not isinstance(target, Projection):
            raise TypeError(f"variable {variable!r} needs a projection as target")
        return variable
    if not isinstance(target, Population):
        raise TypeError(f"variable {variable!r} needs a population as target")
    if isinstance(target.neurons, LIFExp) and variable in ("g_e", "g_i"):
        name: Variable = "i_e" if variable == "g_e" else "i_i"
        warnings.warn(
            f"variable {variable!r} of LIFExp is a current and is called {name!r}; "
            f"{variable!r} will be that of conductances alone",
            FutureWarning,
            stacklevel=_checks.outside(),
        )
        return name
    model = OF_MODEL.get(variable)
    if model is not None and not isinstance(target.neurons, model):
        raise TypeError(f"variable {variable!r} needs neurons of the model {model.__name__}")
    return variable


def declared(
    index: int,
    target: Projection | Population,
    variable: Any,
    of_target: Synapses | None,
    *,
    every: float | None,
    times: ArrayLike | None,
    ids: ArrayLike | None,
    synapses: Chosen | None,
    max_bytes: int,
) -> Recorder:
    """Return a recorder of a target that has the variable, checked."""
    if (every is None) == (times is None):
        raise ValueError("record needs either every (an interval) or times, and not both")
    if of_target is None:
        if synapses is not None:
            raise ValueError("synapses select weights; choose neurons by ids")
        ids = np.arange(target.size) if ids is None and isinstance(target, Population) else ids
    else:
        if ids is not None:
            raise ValueError("ids select neurons; choose weights by synapses")
        if of_target.n_synapses == 0:
            raise ValueError("the projection has no synapses, so no weights to record")
        if synapses is not None and variable == "weight_statistics":
            raise ValueError("weight_statistics are of all synapses; record the weights of some")
    recorder = Recorder(
        index,
        target,
        variable,
        None if every is None else _checks.span("every", every),
        chosen_ids(target, ids) if isinstance(target, Population) else None,
        _checks.integer("max_bytes", max_bytes, bits=64),
        None if times is None else _rising(times),
        None if synapses is None or of_target is None else _positions(synapses, of_target),
    )
    _check_memory(recorder, sample_bytes(recorder, of_target))
    return recorder


def chosen_ids(target: Population, ids: ArrayLike | None) -> tuple[int, ...]:
    """Return which neurons are chosen, in the order given."""
    chosen = tuple(_checks.integer("ids", i) for i in np.atleast_1d(np.asarray(ids)))
    if not chosen or max(chosen) >= target.size:
        raise ValueError(f"ids must be in [0, {target.size}), got {list(chosen)}")
    return chosen


def sample_shape(recorder: Recorder, synapses: Synapses | None) -> tuple[int, ...]:
    """Return the shape of one sample, as `Simulation.recorded` returns it."""
    if synapses is None:
        return (len(recorder.ids or ()),)
    if recorder.variable == "weight_statistics":
        return (len(STATISTICS),)
    if recorder.synapses is not None:
        return (len(recorder.synapses),)
    if not synapses.weights.ndim:
        return ()
    return synapses.shape if synapses.form == "matrix" else (synapses.n_weights,)


def in_form(recorder: Recorder, synapses: Synapses | None, values: Floats) -> Floats:
    """Return samples of the core (n, width) in their natural form (n, ...)."""
    whole = recorder.variable == "weights" and recorder.synapses is None
    return values if synapses is None or not whole else synapses.samples(values)


def sample_bytes(recorder: Recorder, synapses: Synapses | None) -> int:
    """Return the memory that one sample takes."""
    return 8 * int(np.prod(sample_shape(recorder, synapses), dtype=np.int64))


def most_samples(recorder: Recorder, synapses: Synapses | None) -> int:
    """Return how many samples a recorder holds at most."""
    if recorder.times is not None:
        return len(recorder.times)
    return recorder.max_bytes // sample_bytes(recorder, synapses)


def core_places(recorder: Recorder, synapses: Synapses | None) -> Integers:
    """Return what the core samples: ids, or places of weights in its order; none for all."""
    if synapses is None:
        return np.asarray(recorder.ids or (), np.int64)
    positions = np.asarray(recorder.synapses or (), np.int64)
    if isinstance(synapses, Dense):  # source by source
        post, pre = np.divmod(positions, synapses.shape[1])
        return pre * synapses.shape[0] + post
    if synapses.order is None:
        return positions
    place = np.empty(synapses.n_synapses, np.int64)
    place[synapses.order] = np.arange(synapses.n_synapses)
    return place[positions]


def _rising(times: ArrayLike) -> tuple[float, ...]:
    result = _checks.finite_array("times", times, "ms", ndim=1) + 0.0  # no negative zero
    if not result.size:
        raise ValueError("times must not be empty")
    if (result < 0).any():
        k = int(np.argmax(result < 0))
        raise ValueError(f"times must be non-negative, got {_checks.shown(result[k])} ms at [{k}]")
    if (result > _checks.LATEST).any():
        k = int(np.argmax(result > _checks.LATEST))
        latest, given = _checks.shown(_checks.LATEST), _checks.shown(result[k])
        raise ValueError(f"times must be at most {latest} ms, got {given} ms at [{k}]")
    falls = result[1:] <= result[:-1]
    if falls.any():
        k = int(np.argmax(falls)) + 1
        value, before = _checks.shown(result[k]), _checks.shown(result[k - 1])
        raise ValueError(f"times must rise, got {value} ms at [{k}] after {before} ms")
    return tuple(result.tolist())


def _positions(chosen: Chosen, synapses: Synapses) -> tuple[int, ...]:
    """Return the positions of chosen synapses in the order in which the weights were given."""
    if not synapses.weights.ndim:
        raise ValueError(
            "synapses choose among weights, and this projection has one number for all"
        )
    if isinstance(chosen, tuple):
        if len(chosen) != 2:
            raise ValueError(f"synapses must be (post_ids, pre_ids), got {len(chosen)} arrays")
        result = _of_pairs(*chosen, synapses)
    else:
        result = _checks.integer_array("synapses", chosen).astype(np.int64)
        _checks.in_range("synapses", result, synapses.n_synapses)
    if not result.size:
        raise ValueError("synapses must not be empty")
    return tuple(result.tolist())


def _of_pairs(post_ids: ArrayLike, pre_ids: ArrayLike, synapses: Synapses) -> Integers:
    n_post, n_pre = synapses.shape
    post = _checks.integer_array("synapses: post_ids", post_ids).astype(np.int64)
    pre = _checks.integer_array("synapses: pre_ids", pre_ids).astype(np.int64)
    if post.shape != pre.shape:
        raise ValueError(
            f"synapses: post_ids and pre_ids must have one length, got {len(post)} and {len(pre)}"
        )
    _checks.in_range("synapses: post_ids", post, n_post)
    _checks.in_range("synapses: pre_ids", pre, n_pre)
    if isinstance(synapses, Dense):
        return post * n_pre + pre
    own_pre, own_post = synapses.pairs()
    own = forms.pair_numbers(own_pre, own_post, n_post)
    order = np.argsort(own, kind="stable")
    key = forms.pair_numbers(pre, post, n_post)
    first, last = (np.searchsorted(own, key, side, sorter=order) for side in ("left", "right"))
    if (first == last).any():
        k = int(np.argmax(first == last))
        raise ValueError(f"synapses: no synapse is at (post, pre) = ({post[k]}, {pre[k]}), [{k}]")
    if (last > first + 1).any():
        k = int(np.argmax(last > first + 1))
        raise ValueError(
            f"synapses: {last[k] - first[k]} synapses are at (post, pre) = ({post[k]}, {pre[k]}), "
            f"[{k}]; give synapses as positions in the order of the Triplets, one integer array"
        )
    return order[first].astype(np.int64)


def _check_memory(recorder: Recorder, bytes_each: int) -> None:
    if recorder.times is not None:
        needed = len(recorder.times) * bytes_each
        if recorder.max_bytes < needed:
            raise ValueError(
                f"max_bytes must hold the samples at all {len(recorder.times)} times "
                f"({needed} bytes), got {recorder.max_bytes}"
            )
    elif recorder.max_bytes < 2 * bytes_each:
        raise ValueError(
            f"max_bytes must hold two samples ({2 * bytes_each} bytes), got {recorder.max_bytes}"
        )
