"""The rule that pairs spikes by an amplitude that the past of the acting neuron sets."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks
from .._types import Floats
from ._rule import Bounds, Pairing, Rule

_NAMES = ("A2_plus", "A2_minus", "A3_plus", "A3_minus", "tau_x", "tau_y")
_FITS: dict[str, dict[str, tuple[float, ...]]] = {
    # At second hand. A minimal fit has no A3_minus, and so no tau_x: that stays here
    # as it is in the full fit of the same pairing.
    "visual-cortex": {
        "all": (5e-10, 7e-3, 6.2e-3, 2.3e-4, 101.0, 125.0),
        "nearest": (8.8e-11, 6.6e-3, 5.3e-2, 3.1e-3, 714.0, 40.0),
    },
    "visual-cortex-minimal": {
        "all": (0.0, 7.1e-3, 6.5e-3, 0.0, 101.0, 114.0),
        "nearest": (0.0, 8e-3, 5e-2, 0.0, 714.0, 40.0),
    },
    "hippocampus": {
        "all": (6.1e-3, 1.6e-3, 6.7e-3, 1.4e-3, 946.0, 27.0),
        "nearest": (4.6e-3, 3e-3, 9.1e-3, 7.5e-9, 575.0, 47.0),
    },
    "hippocampus-minimal": {
        "all": (5.3e-3, 3.5e-3, 8e-3, 0.0, 946.0, 40.0),
        "nearest": (4.6e-3, 3e-3, 9.1e-3, 0.0, 575.0, 48.0),
    },
}


@dataclass(frozen=True, repr=False)
class TripletSTDP(Rule):
    """STDP by triplets of spikes, which knows the frequency of pairs.

    At a spike of the target ``w += eta x (A2_plus + A3_plus y2)``, at an arrival
    ``w -= eta y (A2_minus + A3_minus x2)``, then 0 <= w <= w_max. Arrivals raise the traces x and
    x2 by one, which decay with tau_plus and tau_x; spikes of the target raise y and y2, with
    tau_minus and tau_y. x2 and y2 are those from before the arrival or spike that acts, several at
    one instant in turn.

    Parameters
    ----------
    eta : float
        Learning rate, mV, >= 0: the weight that the paper's relative changes are of.
    A2_plus : float
        Amplitude of pairs in which the spike follows. The sign belongs here: a negative one
        reverses the side.
    A2_minus : float
        Amplitude of pairs in which the arrival follows, likewise.
    A3_plus : float
        What a recent spike of the target adds to A2_plus.
    A3_minus : float
        What a recent arrival adds to A2_minus.
    tau_plus : float
        Time constant of pairs in which the spike follows, ms.
    tau_minus : float
        Time constant of pairs in which the arrival follows, ms.
    tau_x : float
        Time constant of the arrivals before the one that acts, ms.
    tau_y : float
        Time constant of the spikes of the target before the one that acts, ms.
    w_max : float
        Upper bound of the weights, mV; infinite by default.
    pairing : "all" or "nearest"
        Whether all earlier spikes count, or on either side the latest alone. The paper's numbers
        differ; see `fit`.
    bounds : "hard" or "soft"
        "soft" multiplies a potentiation by 1 - w/w_max and a depression by w/w_max.

    Notes
    -----
    The defaults are the full fit to visual cortex with all spikes.

    References
    ----------
    Pfister & Gerstner 2006, J Neurosci 26:9673; its data: Sjostrom, Turrigiano & Nelson 2001,
    Neuron 32:1149 (visual cortex) and Wang, Gerkin, Nauen & Bi 2005, Nat Neurosci 8:187.

    Examples
    --------
    >>> rule = TripletSTDP.fit("hippocampus-minimal", eta=0.1, w_max=1.0)
    >>> rule.A3_plus, rule.tau_y
    (0.008, 40.0)
    """

    eta: float
    A2_plus: float = _FITS["visual-cortex"]["all"][0]
    A2_minus: float = _FITS["visual-cortex"]["all"][1]
    A3_plus: float = _FITS["visual-cortex"]["all"][2]
    A3_minus: float = _FITS["visual-cortex"]["all"][3]
    tau_plus: float = 16.8
    tau_minus: float = 33.7
    tau_x: float = _FITS["visual-cortex"]["all"][4]
    tau_y: float = _FITS["visual-cortex"]["all"][5]
    w_max: float = math.inf
    pairing: Pairing = "all"
    bounds: Bounds = "hard"

    def __post_init__(self) -> None:
        self._check_fields(amplitudes=dict.fromkeys(_NAMES[:4], ""))

    @classmethod
    def fit(cls, name: str, eta: float, *, pairing: Pairing = "all", **others: Any) -> TripletSTDP:
        """Return the rule with the numbers of one of the paper's fits.

        Parameters
        ----------
        name : str
            "visual-cortex", "hippocampus", or one of them with "-minimal": the fit with as few
            amplitudes as describe the data.
        eta : float
            mV.
        pairing : "all" or "nearest"
            Each has its own numbers.
        **others
            Further parameters; they replace the fit's.

        Raises
        ------
        ValueError
            There is no such fit.

        Notes
        -----
        The numbers are those that later publications and programs give as the paper's; its tables
        themselves were not at hand.
        """
        if name not in _FITS:
            raise ValueError(_checks.unknown("fit of the triplet rule", name, _FITS))
        known = cls(eta, pairing=pairing).pairing  # or it is refused there
        fitted = dict(zip(_NAMES, _FITS[name][known], strict=True))
        return cls(eta, **{**fitted, "pairing": known, **others})

    def in_numbers(self) -> dict[str, Any]:
        """Return the kind of the rule and its numbers; see `Rule.in_numbers`."""
        return {
            "kind": "triplets",
            "spike_x": self.A2_plus,
            "spike_xy": self.A3_plus,
            "arrival_y": -self.A2_minus,
            "arrival_yx": -self.A3_minus,
            "tau_x": self.tau_plus,
            "tau_y": self.tau_minus,
            "tau_x2": self.tau_x,
            "tau_y2": self.tau_y,
        }

    def window(self, lag: ArrayLike) -> Floats:
        """Return the weight change (mV) of one isolated pair at each lag (ms), eta included.

        Nothing is before an isolated pair: its window is that of A2_plus and A2_minus alone.
        """
        lag = self._lags(lag)
        after = self.A2_plus * np.exp(-np.abs(lag) / self.tau_plus)
        before = -self.A2_minus * np.exp(-np.abs(lag) / self.tau_minus)
        return np.asarray(self.eta * np.where(lag >= 0, after, before))
