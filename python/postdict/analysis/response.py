"""The world's response: spikes of each sensor evoked by one spike of each motor neuron.

Least squares over time bins: sensor counts on lagged counts of all motor neurons and a constant.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks
from .._types import Floats, Integers
from ._bins import bins_of, tolerance

_ROWS = 4096  # bins at a time: 2 MB of counts at 60 sensors


def measure_response(
    motor_times: ArrayLike,
    motor_ids: ArrayLike,
    sensor_times: ArrayLike,
    sensor_ids: ArrayLike,
    *,
    n_motor: int,
    n_sensor: int,
    delay: float,
    tau_sensor: float,
    start: float,
    stop: float,
    spread: float = 0.0,
    bin_width: float = 5.0,
) -> Floats:
    """Measure the response matrix G of a world from spikes (definition of this package).

    To be measured with frozen weights, the feedback cut and the exploration on. The counts of
    each sensor in bins are regressed on the counts of all motor neurons at the lags from `delay`
    to `delay + spread + 3 tau_sensor` and a constant; G is the sum of the coefficients over lags.

    Parameters
    ----------
    motor_times : array_like (n_motor_spikes,)
        Motor spikes, ms, in any order.
    motor_ids : array_like (n_motor_spikes,)
        Who fired them, in [0, n_motor).
    sensor_times : array_like (n_sensor_spikes,)
        Sensor spikes, ms, in any order.
    sensor_ids : array_like (n_sensor_spikes,)
        Who fired them, in [0, n_sensor).
    n_motor : int
        Number of motor neurons, M.
    n_sensor : int
        Number of sensors, S.
    delay : float
        From a motor spike to its first arrival at the sensors, ms.
    tau_sensor : float
        Membrane time constant of the sensors, ms.
    start : float
        Start of the window, ms. Sensor spikes of the first `delay + spread + 3 tau_sensor`, whose
        causes may lie before it, are left out.
    stop : float
        End of the window, ms; spikes from it on do not count.
    spread : float
        From the first arrival of a motor spike to the last, ms.
    bin_width : float
        Width of a bin, ms.

    Returns
    -------
    ndarray (S, M)
        Sensor spikes per motor spike. The column of a motor neuron that never fires is 0.

    Raises
    ------
    ValueError, TypeError
        For bad input, and for a window with fewer bins than there are coefficients to find.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.analysis import measure_response
    >>> motor = np.arange(10.0, 1e4, 50.0), np.zeros(199 + 1, int)
    >>> sensor = motor[0] + 10.5, motor[1]  # one spike for each, half a ms after the delay
    >>> measure_response(
    ...     *motor, *sensor, n_motor=1, n_sensor=2, delay=10.0, tau_sensor=5.0, start=0.0, stop=1e4
    ... ).round(2)
    array([[1.],
           [0.]])
    """
    n_motor = _checks.integer("n_motor", n_motor, at_least=1)
    n_sensor = _checks.integer("n_sensor", n_sensor, at_least=1)
    motor = _checks.spikes(motor_times, motor_ids, n_motor, prefix="motor_")
    sensor = _checks.spikes(sensor_times, sensor_ids, n_sensor, prefix="sensor_")
    delay = _checks.number("delay", delay, "ms", at_least=0.0)
    tau_sensor = _checks.number("tau_sensor", tau_sensor, "ms", above=0.0)
    start, stop = _checks.window(start, stop)
    spread = _checks.number("spread", spread, "ms", at_least=0.0)
    bin_width = _checks.number("bin_width", bin_width, "ms", above=0.0)

    # A motor spike may lie anywhere in its bin: effects that much later reach one bin further.
    n_lags = math.ceil((spread + 3.0 * tau_sensor) / bin_width - 1e-9) + 1
    slack = tolerance(motor[0], sensor[0], start, stop)
    n_bins = int(bins_of(stop - start - delay, bin_width, slack))
    n_rows = n_bins - n_lags + 1
    n_coefficients = n_motor * n_lags + 1
    if n_rows < n_coefficients:
        raise ValueError(
            f"stop - start must leave at least {n_coefficients} bins of {bin_width} ms after the "
            f"first {n_lags - 1} and the delay, got {max(n_rows, 0)} (are the times in ms?)"
        )

    # One grid for both, the sensors' shifted by the delay, so that a spike evoked exactly `delay`
    # later shares the bin of its cause.
    motor_cells = _cells(bins_of(motor[0] - start, bin_width, slack), motor[1], n_bins, n_motor)
    sensor_bins = bins_of(sensor[0] - start - delay, bin_width, slack)
    sensor_cells = _cells(sensor_bins, sensor[1], n_bins, n_sensor)

    normal, moments = _normal_equations(
        motor_cells, sensor_cells, n_motor, n_sensor, n_lags, n_bins
    )
    # The sums are of integers, hence exact, so that squaring the regressors costs no more than the
    # square of their condition, which is small for counts. lstsq and not solve: a motor neuron
    # that never fires makes the matrix singular, and the shortest solution gives it 0.
    coefficients = np.linalg.lstsq(normal, moments, rcond=None)[0]
    by_lag = coefficients[:-1].reshape(n_lags, n_motor, n_sensor)
    return np.ascontiguousarray(by_lag.sum(axis=0).T)


def _normal_equations(
    motor_cells: Integers,
    sensor_cells: Integers,
    n_motor: int,
    n_sensor: int,
    n_lags: int,
    n_bins: int,
) -> tuple[Floats, Floats]:
    """XᵀX and XᵀY over the bins n_lags - 1 <= r < n_bins; columns of X: (lag, motor), then 1.

    With c[r] the motor counts, the block of the lags a <= b is the sum of c[r - a]ᵀ c[r - b],
    which but for the ends depends on b - a alone: n_lags products instead of n_lags².
    """
    depth = n_lags - 1
    same = np.zeros((n_lags, n_motor, n_motor))  # by b - a, for a = 0
    sums = np.zeros((n_lags, n_motor))
    evoked = np.zeros((n_lags, n_motor, n_sensor))
    total = np.zeros(n_sensor)
    for first in range(depth, n_bins, _ROWS):
        last = min(first + _ROWS, n_bins)
        motor = _counts(motor_cells, first - depth, last, n_motor)
        sensor = _counts(sensor_cells, first, last, n_sensor)
        total += sensor.sum(axis=0)
        for lag in range(n_lags):
            past = motor[depth - lag : last - first + depth - lag]
            same[lag] += motor[depth:].T @ past
            sums[lag] += past.sum(axis=0)
            evoked[lag] += past.T @ sensor

    # For a > 0 the sum runs over bins earlier by a: some more at the head, some less at the tail.
    head = _counts(motor_cells, 0, depth, n_motor)
    tail = _counts(motor_cells, n_bins - depth, n_bins, n_motor)
    blocks = np.empty((n_lags, n_motor, n_lags, n_motor))
    for a in range(n_lags):
        for b in range(a, n_lags):
            block = same[b - a].copy()
            block += head[depth - a :].T @ head[depth - b : depth - b + a]
            block -= tail[depth - a :].T @ tail[depth - b : depth - b + a]
            blocks[a, :, b], blocks[b, :, a] = block, block.T

    size = n_lags * n_motor
    normal = np.empty((size + 1, size + 1))
    normal[:-1, :-1] = blocks.reshape(size, size)
    normal[:-1, -1] = normal[-1, :-1] = sums.ravel()
    normal[-1, -1] = n_bins - depth
    return normal, np.vstack((evoked.reshape(size, n_sensor), total))


def _cells(bins: Integers, ids: Integers, n_bins: int, n: int) -> Integers:
    """Sorted bin * n + id of the spikes in the first `n_bins` bins."""
    kept = (bins >= 0) & (bins < n_bins)
    return np.sort(bins[kept] * n + ids[kept])


def _counts(cells: Integers, first: int, last: int, n: int) -> Floats:
    """Spike counts (last - first, n) in the bins first <= bin < last."""
    low, high = np.searchsorted(cells, (first * n, last * n))
    counts = np.bincount(cells[low:high] - first * n, minlength=(last - first) * n)
    return counts.astype(np.float64).reshape(last - first, n)
