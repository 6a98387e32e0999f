"""Plasticity rules: frozen parameters and the window that each one means, in plain numpy.

Lag is t_post - t_pre at the synapse (ms), where t_pre is the arrival. On an inhibitory projection
the weight is the (non-negative) inhibitory efficacy.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _checks


@dataclass(frozen=True)
class AntisymmetricSTDP:
    """Additive antisymmetric STDP, all pairs, exponential window.

    ``w += eta A_plus exp(-lag/tau_plus)`` for lag >= 0 (pre, then post) and
    ``w -= eta A_minus exp(lag/tau_minus)`` for lag < 0, then 0 <= w <= w_max. Coincident spikes
    count once, as lag = 0+. On inhibition, with both amplitudes positive, this is Hebbian iSTDP.

    Parameters
    ----------
    eta : float
        Learning rate, mV, >= 0.
    A_plus, A_minus : float
        Amplitudes of the two sides. The signs belong here: negative ones reverse the window.
    tau_plus, tau_minus : float
        Time constants of the two sides, ms.
    w_max : float
        Upper bound of the weights, mV; infinite by default.

    References
    ----------
    Luz & Shamir 2012, PLoS Comput Biol 8:e1002334 (antisymmetric Hebbian iSTDP); Haas, Nowotny &
    Abarbanel 2006, J Neurophysiol 96:3305 (the measured sign).
    """

    eta: float
    A_plus: float = 1.0
    A_minus: float = 1.0
    tau_plus: float = 20.0
    tau_minus: float = 20.0
    w_max: float = math.inf

    def __post_init__(self) -> None:
        checked = {
            "eta": _checks.number("eta", self.eta, "mV", at_least=0.0),
            "A_plus": _checks.number("A_plus", self.A_plus),
            "A_minus": _checks.number("A_minus", self.A_minus),
            "tau_plus": _checks.time_constant("tau_plus", self.tau_plus),
            "tau_minus": _checks.time_constant("tau_minus", self.tau_minus),
        }
        if self.w_max != math.inf:
            checked["w_max"] = _checks.number("w_max", self.w_max, "mV", above=0.0)
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def window(self, lag: ArrayLike) -> NDArray[np.float64]:
        """Return the weight change (mV) of one isolated pair at each lag (ms), eta included."""
        lag = np.asarray(lag, dtype=np.float64)
        after = self.A_plus * np.exp(-np.abs(lag) / self.tau_plus)
        before = -self.A_minus * np.exp(-np.abs(lag) / self.tau_minus)
        return np.asarray(self.eta * np.where(lag >= 0, after, before))

    def to_dict(self) -> dict[str, float | None]:
        """Return the parameters as JSON can hold them (an infinite w_max as None)."""
        return {k: None if v == math.inf else v for k, v in asdict(self).items()}

    @classmethod
    def from_dict(cls, values: dict[str, float | None]) -> AntisymmetricSTDP:
        """Return the rule that `to_dict` described."""
        return cls(**{k: math.inf if v is None else v for k, v in values.items()})
