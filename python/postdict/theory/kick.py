"""chi: what a kick changes in a neuron's firing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks
from .._checks import shown
from .._types import Floats
from ..analysis import cross_correlogram
from .window import SUBDIVISION, Window

_COINCIDENT = 1e-6  # ms; far above rounding, far below any lag of interest


@_checks.brief
@dataclass(frozen=True, eq=False)
class KickResponse:
    """What a kick of 1 mV changes in a neuron's firing, to linear order: chi.

    Parameters
    ----------
    at_once : float
        Spikes fired by the kick itself, per mV.
    lags : array (n_bins,)
        Bin centres, ms: equal bins from 0 on.
    density : array (n_bins,)
        The further spikes, per ms and mV: those there are with the kick less those there would have
        been, which after a reset is negative.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.theory import KickResponse
    >>> KickResponse(at_once=0.1, lags=np.array([0.5, 1.5]), density=np.array([0.02, 0.01]))
    KickResponse(at_once=0.1, lags=[0.5, 1.5], density=[0.02, 0.01])
    """

    at_once: float
    lags: Floats
    density: Floats

    @property
    def total(self) -> float:
        """Spikes that a kick adds in all, per mV."""
        return self.at_once + float(self.density.sum()) * 2.0 * float(self.lags[0])

    def filtered(self, tau_syn: float) -> KickResponse:
        """Return the response to a current of the same area, e^(-v/tau_syn)/tau_syn, in its place.

        To linear order such a current is a stream of small kicks, so that the response is this one
        folded with the current: exact in every bin where `density` is constant in each, and where
        the neuron's other input is as it was.

        Parameters
        ----------
        tau_syn : float
            Time constant of the current, ms.

        Examples
        --------
        A neuron that can answer only at once answers as the current flows:

        >>> jump = KickResponse(0.5, np.arange(200) + 0.5, np.zeros(200))
        >>> jump.filtered(5.0).total
        0.5
        """
        tau_syn = _checks.time_constant("tau_syn", tau_syn)
        width = 2.0 * float(self.lags[0])
        bins = np.arange(len(self.lags))
        left = np.exp(-width / tau_syn)  # of a current, after a bin
        # What of a current that begins at the start of bin 0, or anywhere in it alike, flows in
        # each bin.
        from_start = (1.0 - left) * left**bins
        from_within = np.empty_like(from_start)
        from_within[0] = 1.0 - (1.0 - left) * tau_syn / width
        from_within[1:] = tau_syn / width * (1.0 - left) ** 2 * left ** (bins[1:] - 1.0)
        later = np.convolve(self.density, from_within)[: len(bins)]
        return KickResponse(0.0, self.lags, self.at_once / width * from_start + later)

    def weighted(self, window: Window) -> float:
        """Return the integral of window(lag) chi(lag) over lags >= 0, the kick itself at 0."""
        width = 2.0 * float(self.lags[0])
        inside = (np.arange(SUBDIVISION) + 0.5) / SUBDIVISION - 0.5
        means = window(self.lags[:, None] + width * inside).mean(axis=1)
        return self.at_once * float(window(np.zeros(1))[0]) + width * float(means @ self.density)


def kick_response(
    kick_times: ArrayLike,
    kick_ids: ArrayLike,
    times: ArrayLike,
    ids: ArrayLike,
    *,
    n: int,
    size: float,
    start: float,
    stop: float,
    max_lag: float = 200.0,
    bin_width: float = 1.0,
) -> KickResponse:
    """Measure chi by averaging a neuron's firing after known Poisson kicks.

    Given a Poisson process, the process seen from one of its kicks is the same process and one
    kick more (Slivnyak-Mecke): the rate after a kick, less the mean rate, is exactly what an
    additional kick of that size adds, spikes lost to the reset included.

    Parameters
    ----------
    kick_times : array_like (n_kicks,)
        When the Poisson process kicks, ms, at the neuron.
    kick_ids : array_like (n_kicks,)
        Whom it kicks, in [0, n).
    times : array_like (n_spikes,)
        The neurons' spikes, ms.
    ids : array_like (n_spikes,)
        Who fired, in [0, n).
    n : int
        Number of neurons; the mean over them is returned.
    size : float
        mV of a kick; the response is divided by it. Small, where it is to be linear.
    start : float
        ms; kicks from then on count.
    stop : float
        ms; kicks before stop - max_lag count.
    max_lag : float
        The longest lag, ms.
    bin_width : float
        Width of a bin, ms.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.theory import kick_response
    >>> kicks = np.arange(5.0, 1e4, 50.0)
    >>> found = kick_response(
    ...     kicks, np.zeros(200, int), kicks[::2], np.zeros(100, int),
    ...     n=1, size=0.1, start=0.0, stop=1e4, max_lag=10.0,
    ... )
    >>> round(found.at_once, 2)
    5.0
    """
    n = _checks.integer("n", n, at_least=1)
    kicks, kicked = _checks.spikes(kick_times, kick_ids, n, prefix="kick_")
    times, ids = _checks.spikes(times, ids, n)
    size = _checks.number("size", size, "mV")
    start, stop = _checks.window(start, stop)
    max_lag = _checks.number("max_lag", max_lag, "ms", above=0.0)
    bin_width = _checks.number("bin_width", bin_width, "ms", above=0.0)
    if not size:
        raise ValueError("size must not be 0, got a kick of 0 mV")
    inside = (kicks >= start) & (kicks < stop - max_lag)
    if not inside.any():
        raise ValueError(
            "no kick lies in [start, stop - max_lag) = "
            f"[{shown(start)}, {shown(stop - max_lag)}) ms"
        )
    n_kicks = int(inside.sum())
    at_once = 0
    excess = np.zeros(round(max_lag / bin_width))
    for neuron in range(n):
        own = np.sort(kicks[inside & (kicked == neuron)])
        spikes = np.sort(times[ids == neuron])
        # A spike that its kick fires may lie a rounding before it: it counts as after.
        counts = cross_correlogram(own - _COINCIDENT, spikes, max_lag=max_lag, bin_width=bin_width)[
            1
        ]
        fired = np.searchsorted(spikes, own + _COINCIDENT) - np.searchsorted(
            spikes, own - _COINCIDENT
        )
        rate = ((spikes >= start) & (spikes < stop)).sum() / (stop - start)
        at_once += int(fired.sum())
        excess += counts[len(excess) :] - own.size * rate * bin_width
        excess[0] -= fired.sum()
    lags = (np.arange(len(excess), dtype=np.float64) + 0.5) * bin_width
    return KickResponse(at_once / (n_kicks * size), lags, excess / (n_kicks * size * bin_width))
