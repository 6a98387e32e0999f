"""Linear theory of learning in the loop: fixed point, modes, ridge, sign and size of c.

Derived in docs/theory.md. Everything follows from three numbers that are measured without feedback
(the motor neuron's rate, its autocorrelation and its response to a kick) and from the window K of
the inhibitory efficacy (a rule's `window`, learning rate included). Times in ms, rates in Hz.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .analysis import cross_correlogram

Floats: TypeAlias = NDArray[np.float64]
Window: TypeAlias = Callable[[Floats], Floats]
"""The change (mV) of a weight by one pair at each lag t_post - t_pre (ms)."""

_SUBDIVISION = 20  # points in a bin at which a window is averaged: error ~1e-6 for 1 ms at 20 ms
_COINCIDENT = 1e-6  # ms; far above rounding, far below any lag of interest


@dataclass(frozen=True)
class KickResponse:
    """What a kick of 1 mV changes in a neuron's firing, to linear order: chi.

    Parameters
    ----------
    at_once : float
        Spikes fired by the kick itself, per mV.
    lags, density : array (n_bins,)
        Bin centres (ms, equal bins from 0 on) and the further spikes, per ms and mV: those there
        are with the kick less those there would have been, which after a reset is negative.
    """

    at_once: float
    lags: Floats
    density: Floats

    @property
    def total(self) -> float:
        """Spikes that a kick adds in all, per mV."""
        return self.at_once + float(self.density.sum()) * 2.0 * float(self.lags[0])

    def weighted(self, window: Window) -> float:
        """Return the integral of window(lag) chi(lag) over lags >= 0, the kick itself at 0."""
        width = 2.0 * float(self.lags[0])
        inside = (np.arange(_SUBDIVISION) + 0.5) / _SUBDIVISION - 0.5
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
    kick_times, kick_ids : array_like (n_kicks,)
        When (ms, at the neuron) and whom the Poisson process kicks.
    times, ids : array_like (n_spikes,)
        The neurons' spikes, ms.
    n : int
        Number of neurons; the mean over them is returned.
    size : float
        mV of a kick; the response is divided by it. Small, where it is to be linear.
    start, stop : float
        ms; kicks in [start, stop - max_lag) count.
    max_lag, bin_width : float
        ms.
    """
    kicks, kicked = np.asarray(kick_times, float), np.asarray(kick_ids)
    times, ids = np.asarray(times, float), np.asarray(ids)
    if not size:
        raise ValueError("size must not be 0, got a kick of 0 mV")
    inside = (kicks >= start) & (kicks < stop - max_lag)
    if not inside.any():
        raise ValueError(
            f"no kick lies in [start, stop - max_lag) = [{start:g}, {stop - max_lag:g}) ms"
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


@dataclass(frozen=True)
class LinearTheory:
    """What the mean drift of the inhibition says of the loop, to linear order in W.

    With X = W G, the drift is
    ``dw/dt = r [own 1 + kappa X - mirror X' + r area 11'] G' + r_xi kappa W``.

    Parameters
    ----------
    rate : float
        r, of a motor neuron, Hz.
    own : float
        c0 / r, mV: what a motor neuron's own spikes add to the weights from the sensors that it
        excites, for each of its spikes and without feedback.
    kappa : float
        Window-weighted response to a sensor's kick: of what comes just after its arrival.
    mirror : float
        kappa', the same of the pair's mirror image, a spike two loop delays and more before.
    area : float
        The integral of the window, mV ms.
    """

    rate: float
    own: float
    kappa: float
    mirror: float
    area: float

    @classmethod
    def measured(
        cls,
        window: Window,
        delay: float,
        *,
        rate: float,
        autocorrelation: tuple[ArrayLike, ArrayLike],
        response: KickResponse,
    ) -> LinearTheory:
        """Return the theory of a window and a loop delay D (ms), from what was measured.

        Parameters
        ----------
        window : callable
            A rule's `window`.
        delay : float
            D, from a motor spike to the arrival of its consequence at the motor neuron, ms.
        rate : float
            Hz.
        autocorrelation : (lags, rate), arrays (n_bins,)
            Of a motor neuron without feedback, as `postdict.analysis.autocorrelation` gives it,
            ms and Hz; beyond its last bin the rate counts as the mean.
        response : KickResponse
        """
        return cls(
            rate=rate,
            own=own_drive(window, delay, rate=rate, autocorrelation=autocorrelation),
            kappa=response.weighted(window),
            mirror=-response.weighted(lambda v: window(-v - 2.0 * delay)),
            area=_integral(window),
        )

    @property
    def scale(self) -> float:
        """The c of W G = c 1 - b 11', mV."""
        return -self.own / (self.kappa - self.mirror)

    @property
    def uniform(self) -> float:
        """The b of W G = c 1 - b 11', mV: inhibition of all by all."""
        return 1e-3 * self.rate * self.area / (self.kappa - self.mirror)

    def ridge(self, noise_rate: float) -> float:
        """Return lambda for sensor spikes (Hz) that no motor spike caused, as seen from W = 0.

        r_xi / r, enlarged by kappa/(kappa - kappa'): the mirror image slows the learning of W G
        and not the decay of W.
        """
        return noise_rate / self.rate * self.kappa / (self.kappa - self.mirror)

    def mode_rates(self, singular_values: ArrayLike, noise_rate: float = 0.0) -> Floats:
        """Return the rates (1/s) at which modes with these singular values of G are learned.

        Learning is a stochastic Landweber iteration: the rate is proportional to s^2 + lambda.
        """
        s = np.asarray(singular_values, dtype=np.float64)
        return self.rate * (self.kappa - self.mirror) * (s**2 + self.ridge(noise_rate))

    def growth(
        self, response: ArrayLike, times: ArrayLike, *, self_coupling: float | None = None
    ) -> Floats:
        """Return the modes of W G (n_times, M) as they grow from W = 0.

        Integrates ``dX/dt = r [-own 1 - (kappa - mirror) X_off - self_coupling X_diag] G'G``
        (X stays nearly symmetric), for a window without area and no spontaneous spikes.

        Parameters
        ----------
        response : array_like (S, M)
            G.
        times : array_like (n_times,)
            ms, ascending from 0.
        self_coupling : float, optional
            kappa - kappa' of a kick that follows the neuron's own spike; as for any other kick by
            default.
        """
        response = np.asarray(response, dtype=np.float64)
        times = np.asarray(times, dtype=np.float64)
        gram = 1e-3 * self.rate * response.T @ response  # 1/ms per mV of drive
        other = self.kappa - self.mirror
        own = other if self_coupling is None else self_coupling
        coupling = np.full(gram.shape, other)
        np.fill_diagonal(coupling, own)
        identity = np.eye(len(gram))
        longest = 0.05 / (max(own, other) * float(np.linalg.eigvalsh(gram)[-1]))
        product, curve = np.zeros_like(gram), [np.zeros_like(gram)]
        for elapsed in np.diff(times):
            n_steps = int(np.ceil(elapsed / longest))
            for _ in range(n_steps):
                drift = -(self.own * identity + coupling * product) @ gram
                product = product + elapsed / n_steps * drift
            curve.append(product)
        return modes(np.array(curve), response)


def own_drive(
    window: Window, delay: float, *, rate: float, autocorrelation: tuple[ArrayLike, ArrayLike]
) -> float:
    """Return c0 / r (mV): window-weighted autocorrelation at loop delay D, own spike included.

    ``K(-D) + integral of K(s) [a(|s + D|) - r] ds`` with a(u) the rate at lag u after a spike.
    """
    lags, after = (np.asarray(values, dtype=np.float64) for values in autocorrelation)
    both = (np.concatenate((-lags[::-1], lags)), np.concatenate((after[::-1], after)))
    alone = float(window(np.array([-float(delay)]))[0])
    return alone + cross_drive(window, delay, rate=rate, correlation=both)


def cross_drive(
    window: Window, delay: float, *, rate: float, correlation: tuple[ArrayLike, ArrayLike]
) -> float:
    """Return c_ik / r (mV): what each spike of neuron k adds to the weights onto neuron i.

    ``integral of K(s) [C(s + D) - r] ds``, C(u) being the rate of i at lag u after a spike of k.

    Parameters
    ----------
    window : callable
    delay : float
        The loop delay D, ms.
    rate : float
        Mean rate of i, Hz; beyond the lags given C counts as this.
    correlation : (lags, rate), arrays (n_bins,)
        C over equal bins around 0 (centres, ms), Hz.
    """
    lags, after = (np.asarray(values, dtype=np.float64) for values in correlation)
    width = float(lags[1] - lags[0])
    step = width / _SUBDIVISION
    # A grid of lags s with 0 between two of its points, because windows jump there.
    first, last = lags[0] - 0.5 * width - delay, lags[-1] + 0.5 * width - delay
    s = (np.arange(np.floor(first / step), np.ceil(last / step)) + 0.5) * step
    bins = np.floor((s - first) / width).astype(np.int64)
    inside = (bins >= 0) & (bins < len(after))
    return 1e-3 * step * float(window(s[inside]) @ (after[bins[inside]] - rate))


def balanced_scale(scales: ArrayLike, drives: ArrayLike) -> float | None:
    """Return the c at which the drive of the diagonal vanishes from below, or None.

    `drives` (n,) are measured at the imposed `scales` (n,), ascending: c0/r + kappa(c) c of a
    neuron that hears itself with strength c. Where several zeros are stable, that nearest to 0 is
    where learning from W = 0 ends. Linear between the points.
    """
    c, f = np.asarray(scales, dtype=np.float64), np.asarray(drives, dtype=np.float64)
    zeros = [
        float(c[k] - f[k] * (c[k + 1] - c[k]) / (f[k + 1] - f[k]))
        for k in np.flatnonzero((f[:-1] < 0.0) & (f[1:] >= 0.0))
    ]
    return min(zeros, key=abs) if zeros else None


def fixed_point(
    response: ArrayLike, scale: float, *, ridge: float = 0.0, uniform: float = 0.0
) -> Floats:
    """Return W (M, S) = (c 1 - b 11') G' (G G' + lambda 1)^-1, where learning from W = 0 ends.

    Parameters
    ----------
    response : array_like (S, M)
        G, sensor spikes evoked by one motor spike.
    scale, uniform : float
        c and b, mV.
    ridge : float
        lambda >= 0; at 0 the inverse is the pseudo-inverse.
    """
    response = np.asarray(response, dtype=np.float64)
    if ridge < 0.0:
        raise ValueError(f"ridge must not be negative, got {ridge}")
    left, s, right = np.linalg.svd(response, full_matrices=False)  # (S, k), (k,), (k, M)
    kept = s > s[0] * max(response.shape) * np.finfo(float).eps
    gains = np.zeros_like(s)
    gains[kept] = s[kept] / (s[kept] ** 2 + ridge)
    inverse = (right.T * gains) @ left.T
    return np.asarray(scale * inverse - uniform * inverse.sum(axis=0))


def modes(product: ArrayLike, response: ArrayLike) -> Floats:
    """Return the diagonal of V'(WG)V along the right singular vectors of G, strongest first.

    `product` is W G (..., M, M); the result is (..., M).
    """
    right = np.linalg.svd(np.asarray(response, dtype=np.float64))[2]
    return np.asarray(np.einsum("km,...mn,kn->...k", right, np.asarray(product), right))


def relaxation(times: ArrayLike, values: ArrayLike) -> tuple[float, float]:
    """Fit ``x(t) = x_end (1 - e^(-t/tau))`` by least squares; return x_end and 1/tau.

    For each tau the best x_end is known, so that one number is searched for: on a logarithmic grid
    from the first interval to ten times the whole, refined to 1e-4.

    Parameters
    ----------
    times, values : array_like (n_samples,)
        t from 0 on.
    """
    t, x = np.asarray(times, dtype=np.float64), np.asarray(values, dtype=np.float64)
    low, high = np.log(1.0 / (10.0 * t[-1])), np.log(1.0 / (t[1] - t[0]))

    def loss(rate: float) -> tuple[float, float]:
        shape = -np.expm1(-rate * t)
        end = float(shape @ x) / float(shape @ shape)
        return float(((x - end * shape) ** 2).sum()), end

    while high - low > 1e-4:
        grid = np.linspace(low, high, 41)
        best = int(np.argmin([loss(np.exp(one))[0] for one in grid]))
        low, high = grid[max(best - 1, 0)], grid[min(best + 1, 40)]
    rate = float(np.exp(0.5 * (low + high)))
    return loss(rate)[1], rate


def _integral(window: Window) -> float:
    """Return the integral of a window over all lags, side by side because it jumps at 0.

    Gauss-Legendre pieces that double in length: bounded windows and exponential ones alike.
    """
    nodes, weights = np.polynomial.legendre.leggauss(40)
    edges = np.concatenate(([0.0], 2.0 ** np.arange(-2, 14)))  # ms
    total = 0.0
    for low, high in pairwise(edges):
        lags = low + 0.5 * (high - low) * (nodes + 1.0)
        total += 0.5 * (high - low) * float(weights @ (window(lags) + window(-lags)))
    return total
