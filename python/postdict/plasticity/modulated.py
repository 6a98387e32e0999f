"""A third factor for any rule: what it would do waits in a trace until a signal makes it act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks
from .._types import Floats
from ..steps import Steps
from ._rule import Bounds, Pairing, Rule
from .custom import CustomSTDP
from .traces import AntisymmetricSTDP, CausalSTDP, VogelsSTDP
from .triplets import TripletSTDP
from .windows import HaasSTDP, WindowSTDP

TWO_FACTOR: dict[str, type[Rule]] = {
    rule.__name__: rule
    for rule in (
        AntisymmetricSTDP,
        CausalSTDP,
        CustomSTDP,
        HaasSTDP,
        TripletSTDP,
        VogelsSTDP,
        WindowSTDP,
    )
}
"""By name, the rules that can have a third factor."""


@dataclass(frozen=True, repr=False)
class Modulated(Rule):
    """A rule with a third factor: reward, punishment, attention, or any other signal.

    What the rule would do to a weight goes to an eligibility trace e of the synapse instead, and a
    signal d(t) that all synapses of the projection share makes the trace act: ``de/dt = -e/tau +
    sum of what the rule does``, ``dw/dt = d(t) e(t)``, ``0 <= w <= w_max`` at any time.

    Parameters
    ----------
    rule : a rule of `postdict.plasticity`
        Any but this one. Its eta and w_max are those of the whole.
    tau_eligibility : float
        Time constant of the trace, ms: how long before a reward a pair may be.
    modulator : float, Steps or str
        d, 1/ms. `Steps` count from t = 0, and are one signal for all. A name is that of a world
        with an attribute `reward`, which is d from each of its steps until the next.
        `Simulation.set_modulator` changes it between runs.

    Notes
    -----
    A weight at a bound stays there while d e drives it outwards. With ``bounds="soft"``, and in
    expressions, the rule sees the weight of the moment at which it acts. While plasticity is off
    traces go on. Fluxes are those of the weight: what d e adds and takes, bounds aside.

    Raises
    ------
    ValueError, TypeError
        A rule that is none of two factors, a time constant that is not positive, a modulator that
        is neither a number, nor one signal for all, nor a name.

    References
    ----------
    Izhikevich 2007, Cereb Cortex 17:2443; Fremaux & Gerstner 2016, Front Neural Circuits 9:85.

    Examples
    --------
    >>> from postdict import AntisymmetricSTDP, Steps
    >>> pulse = Steps([500.0, 510.0], [0.1, 0.0])
    >>> rule = Modulated(AntisymmetricSTDP(eta=1e-3), tau_eligibility=200.0, modulator=pulse)
    >>> rule.eta, rule.modulator.value_at(505.0)
    (0.001, 0.1)
    """

    rule: Rule
    tau_eligibility: float
    modulator: float | Steps | str = 0.0

    def __post_init__(self) -> None:
        _checks.exact(
            "rule",
            self.rule,
            TWO_FACTOR.values(),
            what="a postdict rule of two factors",
            instead="give a rule of your own as CustomSTDP",
        )
        tau = _checks.time_constant("tau_eligibility", self.tau_eligibility)
        object.__setattr__(self, "tau_eligibility", tau)
        if not isinstance(self.modulator, str):
            object.__setattr__(self, "modulator", checked_modulator(self.modulator))

    @property
    def eta(self) -> float:  # type: ignore[override]
        """That of the rule, mV."""
        return self.rule.eta

    @property
    def w_max(self) -> float:  # type: ignore[override]
        """That of the rule, mV."""
        return self.rule.w_max

    @property
    def pairing(self) -> Pairing:  # type: ignore[override]
        """That of the rule."""
        return self.rule.pairing

    @property
    def bounds(self) -> Bounds:  # type: ignore[override]
        """Those of the rule."""
        return self.rule.bounds

    @property
    def per_arrival(self) -> float:
        """What an arrival adds by itself in the end, mV, at a constant modulator."""
        return self._constant * self.tau_eligibility * self.rule.per_arrival

    def window(self, lag: ArrayLike) -> Floats:
        """Return the change (mV) that one isolated pair makes in the end, at each lag (ms).

        At a constant modulator it is the rule's own, times ``modulator * tau_eligibility``. Of one
        that changes, when the pair is would matter.

        Raises
        ------
        ValueError
            The modulator is not one number.
        """
        return np.asarray(self._constant * self.tau_eligibility * self.rule.window(lag))

    @property
    def _constant(self) -> float:
        if not isinstance(self.modulator, float):
            raise ValueError(
                f"modulator must be one number for a window, got {self.modulator!r}: what a pair "
                "does depends on when it is"
            )
        return self.modulator

    def in_numbers(self) -> dict[str, Any]:
        """Return the kind of the rule and its numbers; see `Rule.in_numbers`."""
        return self.rule.in_numbers()

    def to_dict(self) -> dict[str, Any]:
        """Return the parameters as JSON can hold them."""
        modulator: Any = self.modulator
        if isinstance(modulator, Steps):
            modulator = {"times": modulator.times.tolist(), "values": modulator.values.tolist()}
        return {
            "rule": {"rule": type(self.rule).__name__, "parameters": self.rule.to_dict()},
            "tau_eligibility": self.tau_eligibility,
            "modulator": modulator,
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Return the rule whose `values` `to_dict` gave."""
        rule, modulator = values["rule"], values["modulator"]
        return cls(
            TWO_FACTOR[rule["rule"]].from_dict(rule["parameters"]),
            values["tau_eligibility"],
            Steps(**modulator) if isinstance(modulator, dict) else modulator,
        )


def checked_modulator(modulator: object) -> float | Steps:
    """Return a modulator (1/ms) that is one number, or `Steps` that are one signal for all."""
    if not isinstance(modulator, Steps):
        return _checks.number("modulator", modulator, "1/ms")
    if modulator.n_neurons is not None:
        raise ValueError(
            f"modulator must be one signal for all synapses, got {modulator.n_neurons} signals"
        )
    if modulator.unit is not None:
        raise ValueError(f"modulator must be plain numbers (1/ms), got Steps in {modulator.unit}")
    return modulator
