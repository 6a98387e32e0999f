"""Linear worlds that take their time: pairs with delays of their own, and temporal kernels.

One spike of motor neuron k adds matrix[j, k] * kernel[n, j, k] to sensor j, at
world delay + delays[j, k] + lags[n] after it. A plain matrix is the world with one lag of 0 ms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks
from .._checks import shown
from .._types import Floats
from ..connectivity import Triplets

GRID = 0.1  # ms; drawn delays are rounded to it, so that equal ones share their queue entry


@_checks.brief
@dataclass(frozen=True, eq=False)
class LinearWorld:
    """A linear world with a delay and a temporal kernel for each pair.

    Parameters
    ----------
    matrix : array (n_sensor, n_motor)
        What one motor spike adds to a sensor's potential in all, mV. Pairs with 0 are not joined.
    lags : array (n_lags,)
        ms after the pair's delay, at least 0 and ascending.
    kernel : array (n_lags,) or (n_lags, n_sensor, n_motor)
        Shares of an entry that arrive at each lag, for all pairs or for each. They usually sum
        to 1, and may be negative.
    delays : float or array (n_sensor, n_motor)
        ms beyond the delay of the world as a whole; negative where a pair is faster.

    Raises
    ------
    ValueError, TypeError
        Shapes that do not fit, values that are not finite, lags out of order.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.world import LinearWorld
    >>> world = LinearWorld(np.eye(3), lags=[0.0, 5.0], kernel=[0.7, 0.3])
    >>> world
    LinearWorld(matrix=<3 × 3 values from 0 to 1>, lags=[0.0, 5.0], kernel=[0.7, 0.3], delays=<3 ×
    3 values from 0 to 0>)
    """

    matrix: Floats
    lags: Floats
    kernel: Floats
    delays: Floats | float = 0.0

    if TYPE_CHECKING:  # lists are taken as well

        def __init__(
            self,
            matrix: ArrayLike,
            lags: ArrayLike,
            kernel: ArrayLike,
            delays: ArrayLike = 0.0,
        ) -> None: ...

    def __post_init__(self) -> None:
        matrix = _checks.finite_array("matrix", self.matrix, "mV", ndim=2)
        if 0 in matrix.shape:
            raise ValueError(
                f"matrix must have sensors and motor neurons, got shape {matrix.shape}"
            )
        lags = _checks.vector("lags", self.lags, "ms")
        if not len(lags) or lags[0] < 0 or (np.diff(lags) <= 0).any():
            raise ValueError("lags must be at least one, from 0 ms on and ascending")
        kernel = _checks.finite_array("kernel", self.kernel)
        if kernel.shape not in (lags.shape, (*lags.shape, *matrix.shape)):
            raise ValueError(
                f"kernel must have shape {lags.shape} or {(*lags.shape, *matrix.shape)}, "
                f"got {kernel.shape}"
            )
        delays = _checks.finite_array("delays", self.delays, "ms")
        try:
            delays = np.broadcast_to(delays, matrix.shape)
        except ValueError:
            raise ValueError(
                f"delays must be one number or have shape {matrix.shape}, got {delays.shape}"
            ) from None
        for name, value in (
            ("matrix", matrix),
            ("lags", lags),
            ("kernel", kernel),
            ("delays", delays),
        ):
            value = value.copy(order="K")  # a result writes the matrix as it was given
            value.flags.writeable = False
            object.__setattr__(self, name, value)

    @property
    def shape(self) -> tuple[int, int]:
        """(n_sensor, n_motor)."""
        n_sensor, n_motor = self.matrix.shape
        return n_sensor, n_motor

    @property
    def is_instant(self) -> bool:
        """Whether all arrives at once: then a matrix of weights says everything."""
        return len(self.lags) == 1 and self.earliest == self.latest

    @property
    def earliest(self) -> float:
        """When the first arrival comes, ms beyond the world's delay."""
        lags = self._arrivals[1]
        return float(lags.min()) if len(lags) else 0.0

    @property
    def latest(self) -> float:
        """When the last arrival comes, ms beyond the world's delay."""
        lags = self._arrivals[1]
        return float(lags.max()) if len(lags) else 0.0

    @property
    def mean_lag(self) -> float:
        """When arrivals come on average, by what they add, ms beyond the world's delay."""
        weights, lags = self._arrivals
        total = float(np.abs(weights).sum())
        return float(np.abs(weights) @ lags) / total if total else 0.0

    def synapses(self, delay: float) -> tuple[Triplets, Floats]:
        """Return the synapses and their axonal delays (ms), as `Network.connect` takes them.

        Parameters
        ----------
        delay : float
            ms, of the world as a whole.
        """
        _, post, pre = (ids.astype(np.int32) for ids in np.nonzero(self._taps))
        weights, lags = self._arrivals
        return Triplets(pre=pre, post=post, weight=weights), delay + lags

    @property
    def _taps(self) -> Floats:
        kernel = self.kernel if self.kernel.ndim == 3 else self.kernel[:, None, None]
        return kernel * self.matrix

    @property
    def _arrivals(self) -> tuple[Floats, Floats]:
        """What each synapse adds (mV), and how long after the world's delay (ms)."""
        taps = self._taps
        lags = self.lags[:, None, None] + self.delays
        return taps[taps != 0.0], lags[taps != 0.0]


def as_linear(world: ArrayLike | LinearWorld) -> LinearWorld:
    """Return a world as a `LinearWorld`; a matrix has one lag of 0 ms."""
    if isinstance(world, LinearWorld):
        return world
    matrix = _checks.finite_array("world", world, "mV", ndim=2)
    return LinearWorld(matrix, np.zeros(1), np.ones(1))


def spread_world(
    matrix: Floats,
    spread: float,
    *,
    shape: str = "constant",
    bin_width: float = 1.0,
    delay_sd: float = 0.0,
    rng: np.random.Generator,
) -> LinearWorld:
    """Return a world that answers a motor spike over some time, in bins, at the same sensors.

    Parameters
    ----------
    matrix : array (n_sensor, n_motor)
        What arrives in all, mV: it does not depend on the spread.
    spread : float
        ms, a multiple of `bin_width`; the answer comes at 0, `bin_width`, ... before `spread`, so
        that one bin is the world without spread.
    shape : {"constant", "random"}
        Whether each bin has the same share, or shares vary by U(0, 1) from bin to bin and pair to
        pair.
    bin_width : float
        ms.
    delay_sd : float
        Standard deviation of the pairs' own delays, ms. Beyond two of them on either side they are
        cut, and rounded to 0.1 ms.
    rng : numpy.random.Generator

    Returns
    -------
    LinearWorld

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.world import spread_world
    >>> world = spread_world(np.eye(3), 5.0, rng=np.random.default_rng(1))
    >>> world.lags, float(world.kernel.sum())
    (array([0., 1., 2., 3., 4.]), 1.0)
    """
    matrix = _checks.finite_array("matrix", matrix, "mV", ndim=2)
    rng = _checks.generator("rng", rng)
    bin_width = _checks.number("bin_width", bin_width, "ms", above=0.0)
    spread = _checks.number("spread", spread, "ms", at_least=bin_width)
    delay_sd = _checks.number("delay_sd", delay_sd, "ms", at_least=0.0)
    if shape not in ("constant", "random"):
        raise ValueError(_checks.unknown("shape", shape, ("constant", "random")))
    n_bins = round(spread / bin_width)
    if abs(n_bins * bin_width - spread) > 1e-9 * spread:
        raise ValueError(
            f"spread must be a multiple of {shown(bin_width)} ms, got {shown(spread)} ms"
        )
    kernel = np.full(n_bins, 1.0 / n_bins)
    if shape == "random":
        kernel = rng.uniform(size=(n_bins, *matrix.shape))
        kernel /= kernel.sum(axis=0)
    delays: Floats | float = 0.0
    if delay_sd > 0.0:
        drawn = delay_sd * np.clip(rng.standard_normal(matrix.shape), -2.0, 2.0)
        delays = GRID * np.round(drawn / GRID)
    return LinearWorld(matrix, bin_width * np.arange(n_bins, dtype=np.float64), kernel, delays)
