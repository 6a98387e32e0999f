"""What all rules share."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Literal, Self, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks
from .._types import Floats

Pairing: TypeAlias = Literal["all", "nearest"]
Bounds: TypeAlias = Literal["hard", "soft"]

_CHOICES = {"pairing": ("all", "nearest"), "bounds": ("hard", "soft")}


class Rule:
    """A rule of spike-timing-dependent plasticity: frozen parameters and the window they mean."""

    eta: float
    w_max: float
    pairing: Pairing
    bounds: Bounds

    def __repr__(self) -> str:
        return _checks.brief_repr(self)

    @property
    def per_arrival(self) -> float:
        """What an arrival adds by itself, mV: nothing."""
        return 0.0

    def window(self, lag: ArrayLike) -> Floats:
        """Return the weight change (mV) of one isolated pair at each lag (ms), eta included."""
        raise NotImplementedError

    @staticmethod
    def _lags(lag: ArrayLike) -> Floats:
        lags: Floats = np.asarray(_checks.in_unit("lag", lag, "ms"), dtype=np.float64)
        return lags

    def in_numbers(self) -> dict[str, Any]:
        """Return the kind of the rule and the numbers that the core pairs spikes by.

        Of the kind "traces", per unit of eta: a spike adds ``spike_x x`` and an arrival
        ``arrival_y y + arrival``, where arrivals raise the trace x and spikes y by one, and both
        decay with their tau (ms). "triplets" add ``spike_xy x y2`` and ``arrival_yx y x2``, with
        slower traces. Of a window ("samples", "haas"): its parameters, and how far (ms) it reaches
        where the target fired first and where the source did.
        """
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        """Return the parameters as JSON can hold them (an infinite w_max as None)."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]
        values = {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}
        return {k: None if v == math.inf else v for k, v in values.items()}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Return the rule whose `values` `to_dict` gave."""
        return cls(**{k: math.inf if v is None else v for k, v in values.items()})

    def _check_fields(
        self, amplitudes: Mapping[str, str], positive: Mapping[str, str] | None = None
    ) -> None:
        """Check what is a number, and the choices of words.

        `amplitudes` have any sign, `positive` numbers have not; both with their units.
        """
        positive = positive or {}
        for name, value in vars(self).items():
            if name in _CHOICES:
                if not isinstance(value, str) or value not in _CHOICES[name]:
                    words = " or ".join(repr(word) for word in _CHOICES[name])
                    raise ValueError(f"{name} must be {words}, got {value!r}")
                continue
            if name == "eta":
                checked = _checks.number(name, value, "mV", at_least=0.0)
            elif name in amplitudes:
                checked = _checks.number(name, value, amplitudes[name])
            elif name in positive:
                checked = _checks.number(name, value, positive[name], above=0.0)
            elif name.startswith("tau"):
                checked = _checks.time_constant(name, value)
            elif name == "rho":
                checked = _checks.number(name, value, "Hz", at_least=0.0)
            elif name == "w_max" and not (isinstance(value, float) and value == math.inf):
                checked = _checks.number(name, value, "mV", above=0.0)
            else:
                continue
            object.__setattr__(self, name, checked)
        if self.bounds == "soft" and self.w_max == math.inf:
            raise ValueError("bounds='soft' needs a finite w_max, got w_max = inf")
