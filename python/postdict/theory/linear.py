"""The mean drift of the inhibition, to linear order in the weights."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks
from .._types import Floats
from .drives import own_drive
from .fixed_point import modes
from .kick import KickResponse
from .window import Window, area


@_checks.brief
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

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> from postdict.theory import LinearTheory
    >>> LinearTheory(rate=5.0, own=1e-3, kappa=2e-4, mirror=1e-4, area=0.0)
    LinearTheory(rate=5.0, own=0.001, kappa=0.0002, mirror=0.0001, area=0.0)
    """

    rate: float
    own: float
    kappa: float
    mirror: float
    area: float

    def __post_init__(self) -> None:
        _checks.set_numbers(self, ("rate",), "Hz", above=0.0)
        _checks.set_numbers(self, ("own",), "mV")
        _checks.set_numbers(self, ("kappa", "mirror", "area"))

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

        Raises
        ------
        ValueError, TypeError
            For bad input.
        """
        delay = _checks.number("delay", delay, "ms")
        return cls(
            rate=rate,
            own=own_drive(window, delay, rate=rate, autocorrelation=autocorrelation),
            kappa=response.weighted(window),
            mirror=-response.weighted(lambda v: window(-v - 2.0 * delay)),
            area=area(window),
        )

    @property
    def scale(self) -> float:
        """The c of W G = c 1 - b 11', mV."""
        return -self.own / (self.kappa - self.mirror)

    @property
    def uniform(self) -> float:
        """The b of W G = c 1 - b 11', mV: inhibition of all by all."""
        return 1e-3 * self.rate * self.area / (self.kappa - self.mirror)

    @property
    def converges(self) -> bool:
        """Whether W G comes to rest at the fixed point: ``kappa > |kappa'|``.

        The symmetric part of W G decays with kappa - kappa', the rest with kappa + kappa'.
        """
        return self.kappa > abs(self.mirror)

    def settled_rate(self, n_motor: int, gain: float) -> float:
        """Return the motor rate (Hz) at the fixed point of a loop; infinite where there is none.

        Each spike brings about `gain` (c - M b) more, and b is proportional to the rate, so that
        with x the settled rate over that without feedback

        ``gain M b x^2 + (1 - gain c) x - 1 = 0``.

        A window of positive area (b > 0) has such an x at any c; one without area only while a
        neuron's own echo stays below one spike, gain c < 1.

        Parameters
        ----------
        n_motor : int
            M.
        gain : float
            Spikes that a kick adds in all, per mV: `KickResponse.total`.

        Examples
        --------
        >>> LinearTheory(rate=8.0, own=-0.5, kappa=1.0, mirror=0.0, area=0.0).settled_rate(20, 1.0)
        16.0
        """
        if not self.converges:
            return math.inf
        growth, brake = 1.0 - gain * self.scale, gain * n_motor * self.uniform
        if brake == 0.0:
            return self.rate / growth if growth > 0.0 else math.inf
        inside = growth**2 + 4.0 * brake
        if inside < 0.0:
            return math.inf
        ratio = (math.sqrt(inside) - growth) / (2.0 * brake)
        return self.rate * ratio if ratio > 0.0 else math.inf

    def ridge(self, noise_rate: float) -> float:
        """Return lambda for sensor spikes (Hz) that no motor spike caused, as seen from W = 0.

        r_xi / r, enlarged by kappa/(kappa - kappa'): the mirror image slows the learning of W G
        and not the decay of W.
        """
        return noise_rate / self.rate * self.kappa / (self.kappa - self.mirror)

    def mode_rates(self, singular_values: ArrayLike, noise_rate: float = 0.0) -> Floats:
        """Return the rates (1/s) at which modes with these singular values of G are learned.

        Learning is a stochastic Landweber iteration: the rate is proportional to s^2 + lambda.

        Raises
        ------
        ValueError, TypeError
            For bad input.
        """
        s = _checks.vector("singular_values", singular_values)
        noise_rate = _checks.number("noise_rate", noise_rate, "Hz", at_least=0.0)
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

        Raises
        ------
        ValueError, TypeError
            For bad input.
        """
        response = _checks.matrix("response", response)
        times = _checks.vector("times", times, "ms")
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
