"""Rules given by a window: what a pair changes, as a function of its lag."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks
from .._types import Floats
from ._rule import Bounds, Pairing, Rule

_LARGEST = np.finfo(float).max
_NEGLIGIBLE = 1e-17  # of a side's peak: beyond it the Haas window counts as 0

_FITS: dict[str, dict[str, float]] = {
    # Peaks and places of the coefficients in T. Nowotny's code (CNlib, ModelDB 144403); the first
    # is taken for the published shape.
    "published": {"A_minus": 0.52708682, "alpha_plus": 1.099830824, "alpha_minus": 0.943381531},
    "shifted": {
        "A_minus": 0.89615798,
        "alpha_plus": 0.896464340,
        "alpha_minus": 1.331251297,
        "latency": 5.0,
    },
    "older": {
        "A_minus": 1.09669179,
        "alpha_plus": 1.398394710,
        "alpha_minus": 1.632662606,
        "beta": 16.0,
    },
    "symmetric": {"A_minus": 1.0, "alpha_plus": 1.0, "alpha_minus": 1.0},
}


@dataclass(frozen=True, repr=False)
class HaasSTDP(Rule):
    """Inhibitory STDP with a window fitted to measurements in entorhinal cortex: 0 at lag 0.

    ``w += eta A (z exp(1 - z))^beta`` with ``z = alpha |s|/beta``, ``s = (lag + latency)/stretch``,
    where A is A_plus for s > 0 and -A_minus for s < 0, and alpha likewise; then 0 <= w <= w_max.
    Each side has its peak, A, at ``|s|`` = beta/alpha.

    Parameters
    ----------
    eta : float
        Learning rate, mV, >= 0: with A_plus = 1 the largest potentiation of a pair.
    A_plus : float
        Peak of the side of spikes that follow arrivals, relative to eta. The sign belongs here.
    A_minus : float
        Peak of the other side, likewise.
    alpha_plus : float
        Steepness of the side of A_plus, 1/ms.
    alpha_minus : float
        Steepness of the side of A_minus, 1/ms.
    beta : float
        Exponent.
    stretch : float
        Factor by which the window is drawn out in time; ours, for loop delays beyond its reach.
    latency : float
        ms by which the window sits at earlier lags. Who is nearest does not depend on it; what does
        is a `dendritic_delay` of the projection.
    w_max : float
        Upper bound of the weights, mV; infinite by default.
    pairing : "nearest" or "all"
        Whether a spike pairs with the latest one of the other side, or with all.
    bounds : "hard" or "soft"
        "soft" multiplies a potentiation by 1 - w/w_max and a depression by w/w_max.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    References
    ----------
    Haas, Nowotny & Abarbanel 2006, J Neurophysiol 96:3305. The numbers are those of a fit in
    code by T. Nowotny (ModelDB 144403), not data; see `fit` for others.

    Examples
    --------
    >>> from postdict import HaasSTDP
    >>> rule = HaasSTDP(eta=1e-3)
    >>> rule.window([-10.0, 0.0, 10.0]).round(6)
    array([-0.000518, -0.      ,  0.000954])
    """

    eta: float
    A_plus: float = 1.0
    A_minus: float = _FITS["published"]["A_minus"]
    alpha_plus: float = _FITS["published"]["alpha_plus"]
    alpha_minus: float = _FITS["published"]["alpha_minus"]
    beta: float = 10.0
    stretch: float = 1.0
    latency: float = 0.0
    w_max: float = math.inf
    pairing: Pairing = "nearest"
    bounds: Bounds = "hard"

    def __post_init__(self) -> None:
        self._check_fields(
            amplitudes={"A_plus": "", "A_minus": "", "latency": "ms"},
            positive={"alpha_plus": "1/ms", "alpha_minus": "1/ms", "beta": "", "stretch": ""},
        )

    @classmethod
    def fit(cls, name: str, eta: float, **others: Any) -> HaasSTDP:
        """Return the rule with the numbers of another fit in the same code.

        Parameters
        ----------
        name : "published", "shifted", "older" or "symmetric"
        eta : float
            mV.
        **others
            Further parameters; they replace the fit's.

        Raises
        ------
        ValueError
            There is no such fit.
        """
        if name not in _FITS:
            raise ValueError(_checks.unknown("fit of the Haas window", name, _FITS))
        return cls(eta, **{**_FITS[name], **others})

    def in_numbers(self) -> dict[str, Any]:
        """Return the kind of the rule and its numbers; see `Rule.in_numbers`."""
        names = ("A_plus", "A_minus", "alpha_plus", "alpha_minus", "beta", "stretch", "latency")
        return {
            "kind": "haas",
            **{name: getattr(self, name) for name in names},
            **_reach(self.support),
        }

    def window(self, lag: ArrayLike) -> Floats:
        """Return the weight change (mV) of one isolated pair at each lag (ms), eta included."""
        s = (self._lags(lag) + self.latency) / self.stretch
        z = np.where(s > 0, self.alpha_plus, self.alpha_minus) * np.abs(s) / self.beta
        with np.errstate(divide="ignore"):
            log_z = np.log(np.minimum(z, _LARGEST))  # far from 0 too it is a number
            shape = np.exp(self.beta * (log_z + 1.0 - z))
        return np.asarray(self.eta * np.where(s > 0, self.A_plus, -self.A_minus) * shape)

    @property
    def support(self) -> tuple[float, float]:
        """The lags (ms) between which the window is not negligible."""
        # beta (log z + 1 - z) = log(negligible), approached from above.
        reach = -math.log(_NEGLIGIBLE) / self.beta
        z = 2.0 * (math.log(2.0) + reach)
        for _ in range(20):
            z = 1.0 + reach + math.log(z)
        far = self.beta * z * self.stretch
        return -far / self.alpha_minus - self.latency, far / self.alpha_plus - self.latency


@dataclass(frozen=True, repr=False)
class WindowSTDP(Rule):
    """STDP with any window, given by samples: linear between them, 0 outside.

    ``w += eta K(lag)``, then 0 <= w <= w_max. Coincident spikes count once, as lag 0.

    Parameters
    ----------
    eta : float
        Learning rate, mV, >= 0.
    lags : array (n,)
        Knots, ms, rising; one may stand twice for a jump, where the later value holds.
    values : array (n,)
        K at the knots. The signs belong here.
    w_max : float
        Upper bound of the weights, mV; infinite by default.
    pairing : "all" or "nearest"
        Whether a spike pairs with all earlier ones of the other side, or with the latest.
    bounds : "hard" or "soft"
        "soft" multiplies a potentiation by 1 - w/w_max and a depression by w/w_max.

    Raises
    ------
    ValueError, TypeError
        Lags that do not rise or are too few, lists of different lengths, a number that makes no
        sense.

    Examples
    --------
    >>> from postdict import WindowSTDP
    >>> rule = WindowSTDP(eta=1e-3, lags=[-10.0, 0.0, 10.0], values=[0.0, 1.0, 0.0])
    >>> rule.window([-5.0, 0.0, 20.0])
    array([0.0005, 0.001 , 0.    ])
    """

    eta: float
    lags: tuple[float, ...]
    values: tuple[float, ...]
    w_max: float = math.inf
    pairing: Pairing = "all"
    bounds: Bounds = "hard"

    if TYPE_CHECKING:  # arrays are taken as well

        def __init__(
            self,
            eta: float,
            lags: ArrayLike,
            values: ArrayLike,
            w_max: float = math.inf,
            pairing: Pairing = "all",
            bounds: Bounds = "hard",
        ) -> None: ...

    def __post_init__(self) -> None:
        self._check_fields(amplitudes={})
        lags = _checks.finite_array("lags", self.lags, "ms", ndim=1)
        values = _checks.finite_array("values", self.values, ndim=1)
        if lags.size < 2 or lags.shape != values.shape:
            raise ValueError(
                "lags and values must have one length of at least 2, "
                f"got {lags.size} and {values.size}"
            )
        steps = np.diff(lags)
        wrong = steps < 0
        wrong[1:] |= (steps[1:] == 0) & (steps[:-1] == 0)
        if wrong.any():
            k = int(np.argmax(wrong)) + 1
            raise ValueError(
                "lags must rise, each at most twice, "
                f"got {_checks.shown(lags[k - 1])} and then {_checks.shown(lags[k])} ms at [{k}]"
            )
        object.__setattr__(self, "lags", tuple(lags.tolist()))
        object.__setattr__(self, "values", tuple(values.tolist()))

    def in_numbers(self) -> dict[str, Any]:
        """Return the kind of the rule and its numbers; see `Rule.in_numbers`."""
        return {
            "kind": "samples",
            "lags": self.lags,
            "values": self.values,
            **_reach(self.support),
        }

    def window(self, lag: ArrayLike) -> Floats:
        """Return the weight change (mV) of one isolated pair at each lag (ms), eta included."""
        lag = self._lags(lag)
        lags, values = np.asarray(self.lags), np.asarray(self.values)
        k = np.clip(np.searchsorted(lags, lag, side="right"), 1, len(lags) - 1)
        width = lags[k] - lags[k - 1]
        share = (lag - lags[k - 1]) / np.where(width > 0, width, 1.0)
        between = values[k - 1] + share * (values[k] - values[k - 1])
        between = np.where(lag == lags[-1], values[-1], between)
        return np.asarray(self.eta * np.where((lag >= lags[0]) & (lag <= lags[-1]), between, 0.0))

    @property
    def support(self) -> tuple[float, float]:
        """The lags (ms) between which the window is not 0."""
        return self.lags[0], self.lags[-1]


def _reach(support: tuple[float, float]) -> dict[str, float]:
    first, last = support
    return {"longest_before": max(0.0, -first), "longest_after": max(0.0, last)}
