"""How much of the membrane potential the sensor spikes predict."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks
from .._types import Floats, Integers
from ._bins import tolerance
from ._trains import by_neuron, traces

_SILENT = 1e-9  # traces are of order 1; below this deviation a sensor said nothing


def predictable_variance(
    v: ArrayLike,
    sample_times: ArrayLike,
    sensor_times: ArrayLike,
    sensor_ids: ArrayLike,
    *,
    n_sensor: int,
    taus: Sequence[float],
    ridge: float = 1.0,
    train_fraction: float = 0.5,
) -> Floats:
    """Held-out R² of V(t) regressed on traces of the sensor spikes (definition of this package).

    One exponential trace per sensor and time constant, exact at the sample times (a spike counts
    from its own instant on), and a constant. The first `train_fraction` of the samples fixes the
    coefficients, the rest is predicted.

    Parameters
    ----------
    v : array_like (T, M)
        Potential of each motor neuron at each sample time, mV, resets included.
    sample_times : array_like (T,)
        ms, increasing.
    sensor_times : array_like (n_spikes,)
        Sensor spikes (or their arrivals), ms, in any order, those before the first sample too:
        traces start at 0.
    sensor_ids : array_like (n_spikes,)
        Who fired them, in [0, n_sensor).
    n_sensor : int
        Number of sensors, S.
    taus : sequence of float
        Time constants of the traces, ms.
    ridge : float
        Penalty on the squared coefficients of the regressors, standardised on the training part,
        against the sum of squared residuals: it weighs as much as `ridge` samples, so 1 is next
        to nothing for thousands of samples and only steadies collinear traces. The constant is
        not penalised.
    train_fraction : float
        Share of the samples, the earliest, to train on.

    Returns
    -------
    ndarray (M,)
        1 - (residual / total sum of squares) over the held-out samples, the total about their own
        mean: 1 is fully predicted, 0 and below not at all. nan for a neuron whose held-out V is
        constant.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Notes
    -----
    Holds all traces at once: T · S · len(taus) · 8 bytes.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.analysis import predictable_variance
    >>> rng = np.random.default_rng(1)
    >>> kicks, at = np.sort(rng.uniform(0.0, 1e4, 500)), np.arange(0.0, 1e4, 5.0)
    >>> v = np.exp(-(at[:, None] - kicks) / 20.0).sum(axis=1, where=kicks <= at[:, None])
    >>> predictable_variance(
    ...     v[:, None], at, kicks, np.zeros(500, int), n_sensor=1, taus=[20.0]
    ... ).round(3)
    array([1.])
    """
    v, sample_times = _checks.sample_arrays(v, sample_times)
    n_sensor = _checks.integer("n_sensor", n_sensor, at_least=1)
    sensor = _checks.spikes(sensor_times, sensor_ids, n_sensor, prefix="sensor_")
    tau_values = [_checks.number("taus", tau, "ms", above=0.0) for tau in taus]
    if not tau_values:
        raise ValueError("taus must hold at least one time constant, got none")
    ridge = _checks.number("ridge", ridge, above=0.0)
    train_fraction = _checks.number("train_fraction", train_fraction)
    n_train = int(train_fraction * v.shape[0])
    if not 2 <= n_train <= v.shape[0] - 2:
        raise ValueError(
            f"train_fraction must leave 2 samples on either side of {v.shape[0]}, "
            f"got {train_fraction}"
        )

    regressors = _sensor_traces(*sensor, n_sensor, sample_times, tau_values)  # (S * n_taus, T)
    train = regressors[:, :n_train]
    scale = train.std(axis=1, keepdims=True)
    scale[scale < _SILENT] = (
        1.0  # its trace stays near 0, and the ridge keeps its coefficient there
    )
    regressors -= train.mean(axis=1, keepdims=True)
    regressors /= scale  # in place: `train` is a view

    centre = v[:n_train].mean(axis=0)  # the constant, as the regressors have mean 0 in training
    normal = train @ train.T
    normal[np.diag_indices_from(normal)] += ridge
    coefficients = np.linalg.solve(normal, train @ (v[:n_train] - centre))
    held_out = v[n_train:]
    residual = held_out - centre - regressors[:, n_train:].T @ coefficients
    total = ((held_out - held_out.mean(axis=0)) ** 2).sum(axis=0)  # (M,)
    varies = np.ptp(held_out, axis=0) > 0.0
    r_squared = np.full(v.shape[1], np.nan)
    r_squared[varies] = 1.0 - (residual**2).sum(axis=0)[varies] / total[varies]
    return r_squared


def _sensor_traces(
    times: Floats, ids: Integers, n_sensor: int, sample_times: Floats, taus: list[float]
) -> Floats:
    """Traces (S * n_taus, T) at the sample times; one row for each sensor and tau, contiguous."""
    times, ids, bounds = by_neuron(times, ids, n_sensor)
    slack = tolerance(times, sample_times)
    after = [traces(times, ids, tau) for tau in taus]
    rows = np.empty((n_sensor * len(taus), sample_times.size))
    for sensor in range(n_sensor):
        own = slice(bounds[sensor], bounds[sensor + 1])
        # A spike at -inf of size 0 stands for "none yet".
        padded = np.concatenate(([-np.inf], times[own]))
        last = np.searchsorted(padded, sample_times + slack, side="right") - 1
        since = sample_times - padded[last]
        for k, tau in enumerate(taus):
            size = np.concatenate(([0.0], after[k][own]))
            rows[sensor * len(taus) + k] = size[last] * np.exp(-since / tau)
    return rows
