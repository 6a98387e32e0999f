"""Rules that pair spikes by exponential traces."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .._types import Floats
from ._rule import Bounds, Pairing, Rule


@dataclass(frozen=True, repr=False)
class AntisymmetricSTDP(Rule):
    """Additive antisymmetric STDP, exponential window.

    ``w += eta A_plus exp(-lag/tau_plus)`` for lag >= 0 (pre, then post) and
    ``w -= eta A_minus exp(lag/tau_minus)`` for lag < 0, then 0 <= w <= w_max. Coincident spikes
    count once, as lag = 0+. On inhibition, with both amplitudes positive, this is Hebbian iSTDP.

    Parameters
    ----------
    eta : float
        Learning rate, mV, >= 0.
    A_plus : float
        Amplitude of spikes that follow arrivals. The sign belongs here: a negative one reverses the
        side.
    A_minus : float
        Amplitude of arrivals that follow spikes, likewise.
    tau_plus : float
        Time constant of the side of A_plus, ms.
    tau_minus : float
        Time constant of the side of A_minus, ms.
    w_max : float
        Upper bound of the weights, mV; infinite by default.
    pairing : "all" or "nearest"
        Whether a spike pairs with all earlier ones of the other side, or with the latest.
    bounds : "hard" or "soft"
        "soft" multiplies a potentiation by 1 - w/w_max and a depression by w/w_max.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    References
    ----------
    Luz & Shamir 2012, PLoS Comput Biol 8:e1002334 (antisymmetric Hebbian iSTDP); Haas, Nowotny &
    Abarbanel 2006, J Neurophysiol 96:3305 (the measured sign).

    Examples
    --------
    >>> from postdict import AntisymmetricSTDP
    >>> rule = AntisymmetricSTDP(eta=1e-3, A_minus=0.7)
    >>> rule.window([-20.0, -0.1, 0.1, 20.0]).round(6)
    array([-0.000258, -0.000697,  0.000995,  0.000368])
    """

    eta: float
    A_plus: float = 1.0
    A_minus: float = 1.0
    tau_plus: float = 20.0
    tau_minus: float = 20.0
    w_max: float = math.inf
    pairing: Pairing = "all"
    bounds: Bounds = "hard"

    def __post_init__(self) -> None:
        self._check_fields(amplitudes={"A_plus": "", "A_minus": ""})

    def in_numbers(self) -> dict[str, Any]:
        """Return the kind of the rule and its numbers; see `Rule.in_numbers`."""
        return {
            "kind": "traces",
            "spike_x": self.A_plus,
            "arrival_y": -self.A_minus,
            "arrival": 0.0,
            "tau_x": self.tau_plus,
            "tau_y": self.tau_minus,
        }

    def window(self, lag: ArrayLike) -> Floats:
        """Return the weight change (mV) of one isolated pair at each lag (ms), eta included."""
        lag = self._lags(lag)
        after = self.A_plus * np.exp(-np.abs(lag) / self.tau_plus)
        before = -self.A_minus * np.exp(-np.abs(lag) / self.tau_minus)
        return np.asarray(self.eta * np.where(lag >= 0, after, before))


@dataclass(frozen=True, repr=False)
class VogelsSTDP(Rule):
    """Symmetric STDP that holds the target's rate, exponential window.

    Each pair: ``w += eta exp(-|lag|/tau)``; each arrival: ``w -= eta alpha`` with
    ``alpha = 2 rho tau``; then 0 <= w <= w_max. On inhibition of uncorrelated rates the target
    comes to fire at rho.

    Parameters
    ----------
    eta : float
        Learning rate, mV, >= 0.
    rho : float
        Target rate, Hz, >= 0.
    tau : float
        Time constant of both sides, ms.
    w_max : float
        Upper bound of the weights, mV; infinite by default.
    pairing : "all" or "nearest"
        Whether a spike pairs with all earlier ones of the other side, or with the latest.
    bounds : "hard" or "soft"
        "soft" multiplies a potentiation by 1 - w/w_max and a depression by w/w_max.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    References
    ----------
    Vogels, Sprekeler, Zenke, Clopath & Gerstner 2011, Science 334:1569.

    Examples
    --------
    >>> from postdict import VogelsSTDP
    >>> rule = VogelsSTDP(eta=1e-3, rho=5.0)
    >>> rule.per_arrival, rule.window(0.0)
    (-0.0002, array(0.001))
    """

    eta: float
    rho: float
    tau: float = 20.0
    w_max: float = math.inf
    pairing: Pairing = "all"
    bounds: Bounds = "hard"

    def __post_init__(self) -> None:
        self._check_fields(amplitudes={})

    @property
    def alpha(self) -> float:
        """Pairs that an arrival must find to leave the weight as it is: 2 rho tau."""
        return 2.0 * self.rho * self.tau * 1e-3

    @property
    def per_arrival(self) -> float:
        """What an arrival adds by itself, mV: -eta alpha."""
        return -self.eta * self.alpha

    def in_numbers(self) -> dict[str, Any]:
        """Return the kind of the rule and its numbers; see `Rule.in_numbers`."""
        return {
            "kind": "traces",
            "spike_x": 1.0,
            "arrival_y": 1.0,
            "arrival": -self.alpha,
            "tau_x": self.tau,
            "tau_y": self.tau,
        }

    def window(self, lag: ArrayLike) -> Floats:
        """Return the change (mV) by one isolated pair at each lag (ms), without `per_arrival`."""
        lag = self._lags(lag)
        return np.asarray(self.eta * np.exp(-np.abs(lag) / self.tau))


@dataclass(frozen=True, repr=False)
class CausalSTDP(Rule):
    """Potentiation by pre-then-post pairs against a bias, exponential window.

    Each pair with lag >= 0: ``w += eta exp(-lag/tau)``; each arrival: ``w -= eta bias``; then
    0 <= w <= w_max. On inhibition this learns a negative image of predictable input.

    Parameters
    ----------
    eta : float
        Learning rate, mV, >= 0.
    bias : float
        What every arrival takes, in units of eta.
    tau : float
        Time constant, ms.
    w_max : float
        Upper bound of the weights, mV; infinite by default.
    pairing : "all" or "nearest"
        Whether a spike pairs with all earlier ones of the other side, or with the latest.
    bounds : "hard" or "soft"
        "soft" multiplies a potentiation by 1 - w/w_max and a depression by w/w_max.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    References
    ----------
    Bell, Han, Sugawara & Grant 1997, Nature 387:278; Roberts & Bell 2000, J Comput Neurosci 9:67
    (there on excitation, with the opposite sign).

    Examples
    --------
    >>> from postdict import CausalSTDP
    >>> rule = CausalSTDP(eta=1e-3, bias=0.2)
    >>> rule.per_arrival, rule.window([-5.0, 5.0]).round(6)
    (-0.0002, array([0.      , 0.000779]))
    """

    eta: float
    bias: float
    tau: float = 20.0
    w_max: float = math.inf
    pairing: Pairing = "all"
    bounds: Bounds = "hard"

    def __post_init__(self) -> None:
        self._check_fields(amplitudes={"bias": ""})

    @property
    def per_arrival(self) -> float:
        """What an arrival adds by itself, mV: -eta bias."""
        return -self.eta * self.bias

    def in_numbers(self) -> dict[str, Any]:
        """Return the kind of the rule and its numbers; see `Rule.in_numbers`."""
        return {
            "kind": "traces",
            "spike_x": 1.0,
            "arrival_y": 0.0,
            "arrival": -self.bias,
            "tau_x": self.tau,
            "tau_y": self.tau,
        }

    def window(self, lag: ArrayLike) -> Floats:
        """Return the change (mV) by one isolated pair at each lag (ms), without `per_arrival`."""
        lag = self._lags(lag)
        return np.asarray(self.eta * np.where(lag >= 0, np.exp(-np.abs(lag) / self.tau), 0.0))
