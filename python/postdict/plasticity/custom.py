"""A rule of the user's own: traces, and what an arrival and a spike make of the weight, as text."""

from __future__ import annotations

import keyword
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks
from .._types import Floats
from ._rule import Bounds, Pairing, Rule
from .expressions import FUNCTIONS, Step, compiled, evaluated

Pairs: TypeAlias = tuple[tuple[str, float], ...]


@dataclass(frozen=True, repr=False)
class CustomSTDP(Rule):
    """STDP by expressions of the weight and of exponential traces.

    An arrival makes of the weight w what `on_pre` says, a spike of the target what `on_post` says,
    then 0 <= w <= w_max. They see the traces of both sides from before themselves; an arrival sees
    no spike of its instant, a spike all arrivals of its instant (lag 0+).

    Parameters
    ----------
    pre : mapping of str to float
        Traces that arrivals raise by one: name and time constant, ms.
    post : mapping of str to float
        Traces that spikes of the target raise by one, likewise.
    on_pre : str
        The new weight (mV) after an arrival: numbers, w, traces and parameters with +, -, *, /, **,
        comparisons (1 or 0), abs, exp, log, sqrt, min, max and ``where(condition, a, b)``.
    on_post : str
        The new weight after a spike of the target, likewise.
    parameters : mapping of str to float
        Names for numbers. One that is called eta (>= 0) is the learning rate that
        `Simulation.set_learning_rate` sets.
    set_to_one : iterable of str
        Traces that are set to 1 instead of raised by it: of the latest spike alone.
    w_max : float
        Upper bound of the weights, mV; infinite by default.

    Raises
    ------
    ValueError, TypeError
        An expression that is none or has unknown names, a trace without a time constant.

    Notes
    -----
    The text is parsed and never run. Potentials, other synapses and signals from elsewhere are out
    of its reach. Where an update gives NaN or infinity the weight stays, and the run ends with a
    `FloatingPointError` that names it, as soon as the source's next spike arrives at the latest.

    Examples
    --------
    >>> rule = CustomSTDP(
    ...     pre={"x": 20.0},
    ...     post={"y": 20.0},
    ...     on_pre="w - eta * y",
    ...     on_post="w + eta * x",
    ...     parameters={"eta": 1e-3},
    ... )
    >>> float(rule.window(0.0))
    0.001
    """

    pre: Pairs
    post: Pairs
    on_pre: str
    on_post: str
    parameters: Pairs = ()
    set_to_one: tuple[str, ...] = ()
    w_max: float = math.inf
    pairing: ClassVar[Pairing] = "all"  # type: ignore[misc]
    bounds: ClassVar[Bounds] = "hard"  # type: ignore[misc]

    def __init__(
        self,
        pre: Mapping[str, float] | Iterable[tuple[str, float]],
        post: Mapping[str, float] | Iterable[tuple[str, float]],
        on_pre: str,
        on_post: str,
        parameters: Mapping[str, float] | Iterable[tuple[str, float]] = (),
        set_to_one: Iterable[str] = (),
        w_max: float = math.inf,
    ) -> None:
        taken: dict[str, str] = {}
        for name, value in (("pre", pre), ("post", post), ("parameters", parameters)):
            object.__setattr__(self, name, _named_numbers(name, value, taken))
        traces = [name for name, _ in (*self.pre, *self.post)]
        if isinstance(set_to_one, str):
            set_to_one = (set_to_one,)
        chosen = tuple(set_to_one)
        for name in chosen:
            if name not in traces:
                raise ValueError(f"set_to_one: {_checks.unknown('trace', name, traces)}")
        object.__setattr__(self, "set_to_one", chosen)
        object.__setattr__(self, "on_pre", on_pre)
        object.__setattr__(self, "on_post", on_post)
        object.__setattr__(self, "w_max", w_max)
        self._check_fields(amplitudes={})
        for name in ("on_pre", "on_post"):
            self._steps(name)

    @property
    def eta(self) -> float:  # type: ignore[override]
        """The parameter of this name, mV; 1 where there is none."""
        return dict(self.parameters).get("eta", 1.0)

    @property
    def per_arrival(self) -> float:
        """What an arrival adds by itself, mV."""
        return float(self._change("on_pre", {}))

    def window(self, lag: ArrayLike) -> Floats:
        """Return the weight change (mV) of one isolated pair at each lag (ms), eta included.

        What an arrival or a spike does by itself is not in it. Refused where the change depends on
        the weight.
        """
        lag = self._lags(lag)
        decayed = {name: np.exp(-np.abs(lag) / tau) for name, tau in (*self.pre, *self.post)}
        x = {name: decayed[name] for name, _ in self.pre}
        y = {name: decayed[name] for name, _ in self.post}
        after = self._change("on_post", x) - self._change("on_post", {})
        before = self._change("on_pre", y) - self._change("on_pre", {})
        return np.asarray(np.where(lag >= 0.0, after, before))

    def in_numbers(self) -> dict[str, Any]:
        """Return the kind of the rule and its numbers; see `Rule.in_numbers`."""
        return {
            "kind": "custom",
            "tau_pre": [tau for _, tau in self.pre],
            "tau_post": [tau for _, tau in self.post],
            "set": [name in self.set_to_one for name, _ in (*self.pre, *self.post)],
            "on_arrival": self._steps("on_pre"),
            "on_spike": self._steps("on_post"),
            "arrival_text": self.on_pre,
            "spike_text": self.on_post,
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the parameters as JSON can hold them (an infinite w_max as None)."""
        named = {name: dict(getattr(self, name)) for name in ("pre", "post", "parameters")}
        return super().to_dict() | named

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Return the rule whose `values` `to_dict` gave."""
        return super().from_dict(values)

    def _steps(self, name: str) -> tuple[Step, ...]:
        variables = ["w", *(("eta",) if "eta" in dict(self.parameters) else ("",))]
        variables += [trace for trace, _ in (*self.pre, *self.post)]
        return compiled(name, getattr(self, name), variables, dict(self.parameters))

    def _change(self, name: str, traces: Mapping[str, ArrayLike]) -> Floats:
        """Return what an update adds with these traces, the others 0."""
        values = [traces.get(trace, 0.0) for trace, _ in (*self.pre, *self.post)]
        steps = self._steps(name)
        at_0, at_1 = (evaluated(steps, [w, self.eta, *values]) - w for w in (0.0, 1.0))
        if not np.allclose(at_0, at_1, rtol=1e-9, atol=1e-12):
            raise ValueError(f"{name} = {getattr(self, name)!r} depends on w: it has no window")
        return at_0


def _named_numbers(name: str, given: object, taken: dict[str, str]) -> Pairs:
    """Check names, which must be new, and numbers: time constants, or values of parameters."""
    try:
        pairs = list(dict(given).items())  # type: ignore[call-overload]
    except (TypeError, ValueError):
        raise TypeError(f"{name} must map names to numbers, got {given!r}") from None
    found = []
    for key, value in pairs:
        if not isinstance(key, str) or not key.isidentifier() or keyword.iskeyword(key):
            raise ValueError(f"{name} must have names that can stand in an expression, got {key!r}")
        if key in FUNCTIONS:
            raise ValueError(f"{name} must not have the name of a function, got {key!r}")
        if key == "w" or (key == "eta" and name != "parameters"):
            meaning = "the weight" if key == "w" else "the learning rate, a parameter"
            raise ValueError(f"{name} must not have the name {key!r}, which is {meaning}")
        if key in taken:
            raise ValueError(f"{name} must have names of its own, got {key!r} of {taken[key]}")
        taken[key] = name
        if name != "parameters":
            number = _checks.time_constant(f"{name}[{key!r}]", value)
        elif key == "eta":
            number = _checks.number("eta", value, "mV", at_least=0.0)
        else:
            number = _checks.number(f"{name}[{key!r}]", value)
        found.append((key, number))
    return tuple(found)
