"""Detailed balance: potentiation and depression of each synapse, from spikes or correlograms."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks
from .._types import Floats
from ._bins import tolerance
from ._trains import by_neuron, traces


def fluxes(
    pre_times: ArrayLike,
    pre_ids: ArrayLike,
    post_times: ArrayLike,
    post_ids: ArrayLike,
    *,
    n_pre: int,
    n_post: int,
    eta: float,
    A_plus: float,
    A_minus: float,
    tau_plus: float,
    tau_minus: float,
    start: float,
    stop: float,
) -> tuple[Floats, Floats]:
    """Potentiation and depression of each synapse over a window (definition of this package).

    Sums of the antisymmetric window over all pairs, with lag = t_post - t_pre at the synapse:
    eta A_plus exp(-lag/tau_plus) for lag >= 0 (coincident spikes, which are less than half a
    picosecond apart, once, as lag 0+), and
    eta A_minus exp(lag/tau_minus) for lag < 0. A pair belongs to [start, stop) when its later
    spike does, which is when the rule would act.

    Parameters
    ----------
    pre_times : array_like (n_pre_spikes,)
        Arrivals at the synapses (emission plus axonal delay), ms, in any order. Those before
        `start` take part as the earlier spikes of pairs: give them, or some pairs are missing.
    pre_ids : array_like (n_pre_spikes,)
        Whose spikes arrive, in [0, n_pre).
    post_times : array_like (n_post_spikes,)
        Postsynaptic spikes, ms, likewise.
    post_ids : array_like (n_post_spikes,)
        Who fired, in [0, n_post).
    n_pre : int
        Number of presynaptic neurons.
    n_post : int
        Number of postsynaptic neurons.
    eta : float
        Learning rate of the rule. The fluxes have the unit of its product with an amplitude.
    A_plus : float
        Amplitude of the potentiation.
    A_minus : float
        Amplitude of the depression.
    tau_plus : float
        Time constant of the potentiation, ms.
    tau_minus : float
        Time constant of the depression, ms.
    start : float
        Start of the window of time, ms.
    stop : float
        End of the window of time, ms.

    Returns
    -------
    potentiation : ndarray (n_post, n_pre)
        What pairs add, non-negative.
    depression : ndarray (n_post, n_pre)
        What pairs take, non-negative. Without bounds and at frozen weights, the change of the
        inhibitory efficacy over the window would be their difference.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Notes
    -----
    Exact: each post spike reads the trace of the arrivals before it and, backward in time, of
    those after it. O(n_pre · n_post_spikes) array operations in a loop over presynaptic neurons.

    Examples
    --------
    >>> from postdict.analysis import fluxes
    >>> rule = {"eta": 1.0, "A_plus": 1.0, "A_minus": 1.0, "tau_plus": 20.0, "tau_minus": 20.0}
    >>> potentiation, depression = fluxes(
    ...     [10.0, 50.0], [0, 0], [15.0], [0], n_pre=1, n_post=1, start=0.0, stop=100.0, **rule
    ... )
    >>> potentiation.round(3), depression.round(3)
    (array([[0.779]]), array([[0.174]]))
    """
    n_pre = _checks.integer("n_pre", n_pre, at_least=1)
    n_post = _checks.integer("n_post", n_post, at_least=1)
    pre = _checks.spikes(pre_times, pre_ids, n_pre, prefix="pre_")
    post = _checks.spikes(post_times, post_ids, n_post, prefix="post_")
    eta = _checks.number("eta", eta, "mV", above=0.0)
    A_plus = _checks.number("A_plus", A_plus, at_least=0.0)
    A_minus = _checks.number("A_minus", A_minus, at_least=0.0)
    tau_plus = _checks.number("tau_plus", tau_plus, "ms", above=0.0)
    tau_minus = _checks.number("tau_minus", tau_minus, "ms", above=0.0)
    start, stop = _checks.window(start, stop)

    slack = tolerance(pre[0], post[0], start, stop)
    kept = pre[0] + slack < stop
    arrivals, sources, bounds = by_neuron(pre[0][kept], pre[1][kept], n_pre)
    behind = traces(arrivals, sources, tau_plus)  # just after each arrival, of all up to it
    # Just before each arrival, of it and all later ones; backward, only those in the window count.
    counted = (arrivals + slack >= start).astype(np.float64)
    ahead = traces(-arrivals[::-1], sources[::-1], tau_minus, counted[::-1])[::-1]

    kept = post[0] + slack < stop
    order = np.argsort(post[0][kept], kind="stable")
    t, targets = post[0][kept][order], post[1][kept][order]
    # The spikes that potentiate are a suffix, as t is sorted.
    first = int(np.searchsorted(t, start - slack))
    potentiation, depression = np.zeros((n_post, n_pre)), np.zeros((n_post, n_pre))
    for j in range(n_pre):
        own = slice(bounds[j], bounds[j + 1])
        # Arrivals of size 0 at both infinities stand for "none". An arrival at t itself is the
        # last one, not the next one: coincident spikes count once, as potentiation.
        padded = np.concatenate(([-np.inf], arrivals[own], [np.inf]))
        following = np.searchsorted(padded, t + slack, side="right")
        last = following[first:] - 1
        seen = np.concatenate(([0.0], behind[own]))[last]
        seen *= np.exp((padded[last] - t[first:]) / tau_plus)
        potentiation[:, j] = np.bincount(targets[first:], weights=seen, minlength=n_post)
        to_come = np.concatenate((ahead[own], [0.0]))[following - 1]
        to_come *= np.exp((t - padded[following]) / tau_minus)
        depression[:, j] = np.bincount(targets, weights=to_come, minlength=n_post)
    return eta * A_plus * potentiation, eta * A_minus * depression


def imbalance(potentiation: ArrayLike, depression: ArrayLike) -> Floats:
    """Relative imbalance ``|P - N|/(P + N)`` of each synapse (definition of this package).

    Parameters
    ----------
    potentiation : array_like (n_post, n_pre)
        P, from `fluxes`.
    depression : array_like (n_post, n_pre)
        N, from `fluxes`.

    Returns
    -------
    ndarray (n_post, n_pre)
        From 0 (balanced) to 1 (all on one side). Synapses without any pair (P + N = 0) have no
        balance to speak of and are nan, 0 or 1 being a claim: summarise with `numpy.nanmedian`.

    Raises
    ------
    ValueError
        Unless both are finite, not negative, and of one shape.

    Examples
    --------
    >>> from postdict.analysis import imbalance
    >>> imbalance([[1.0, 3.0]], [[1.0, 1.0]])
    array([[0. , 0.5]])
    """
    potentiation = _checks.matrix("potentiation", potentiation)
    depression = _checks.matrix("depression", depression)
    if potentiation.shape != depression.shape:
        raise ValueError(
            f"depression must have the shape of potentiation, {potentiation.shape}, "
            f"got {depression.shape}"
        )
    for name, values in (("potentiation", potentiation), ("depression", depression)):
        if values.min() < 0.0:
            raise ValueError(f"{name} must be non-negative, got {values.min()}")
    total = potentiation + depression
    paired = total > 0.0
    result = np.full(total.shape, np.nan)
    result[paired] = np.abs(potentiation - depression)[paired] / total[paired]
    return result


def window_areas(correlogram: ArrayLike, weights: ArrayLike) -> tuple[Floats, Floats]:
    """Areas of a correlogram under the two signs of a plasticity window.

    Parameters
    ----------
    correlogram : array_like (..., n_bins)
        Pairs in each bin of lag: a count, or divided by whatever the areas are to be divided by.
    weights : array_like (n_bins,)
        The rule's window at the bins' lags.

    Returns
    -------
    potentiation : ndarray (...)
        What the positive part of the window makes of the pairs, non-negative: `fluxes`, but for the
        width of the bins and the lags that they leave out.
    depression : ndarray (...)
        The same of the negative part, non-negative.

    Raises
    ------
    ValueError
        Unless there is one finite weight a bin.

    Examples
    --------
    >>> from postdict.analysis import window_areas
    >>> potentiation, depression = window_areas([1.0, 1.0, 2.0], [-0.5, 0.5, 1.0])
    >>> float(potentiation), float(depression)
    (2.5, 0.5)
    """
    weights = _checks.vector("weights", weights)
    counts = np.asarray(correlogram, dtype=np.float64)
    if counts.ndim < 1 or counts.shape[-1] != weights.size:
        raise ValueError(
            f"correlogram must have one value for each of the {weights.size} weights along its "
            f"last axis, got shape {counts.shape}"
        )
    return counts @ np.maximum(weights, 0.0), counts @ np.maximum(-weights, 0.0)
