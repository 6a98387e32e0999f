"""Neuron models: frozen parameters, checked when they are built. No state lives here."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, TypeAlias

import numpy as np

from . import _checks
from ._types import Floats

PerNeuron: TypeAlias = float | Sequence[float] | Floats
"""One number for the whole population, or one value per neuron."""


class _Model:
    """What the models share: checked fields, one value for all or one per neuron."""

    def __repr__(self) -> str:
        return _checks.brief_repr(self)

    def _check_fields(self) -> dict[str, Floats]:
        """Check each field and the rules between them; return the fields as arrays."""
        for field in fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if field.name == "reset" or (value is None and field.name in ("v_min", "v_init")):
                continue
            object.__setattr__(self, field.name, _plain(field.name, value))
        p = {name: np.asarray(values) for name, values in self._given().items()}
        _same_size(p, "v_rest", "i_offset")
        p["v_rest + i_offset"] = p["v_rest"] + p["i_offset"]
        _require(p, "v_thresh", ">", "v_reset")
        _require(p, "v_thresh", ">", "v_rest", hint="; for a drive above threshold use i_offset")
        p.setdefault("v_init", p["v_rest"])
        _require(p, "v_init", "<", "v_thresh")
        # The core holds V in a frame that grows by exp(tau_refrac / tau_m).
        p["200 tau_m"] = 200.0 * p["tau_m"]
        _require(p, "tau_refrac", "<=", "200 tau_m", unit="ms")
        p["1e+08 ms"] = np.asarray(_checks.LONGEST)
        _require(p, "tau_refrac", "<=", "1e+08 ms", unit="ms")
        return p

    def _given(self) -> dict[str, Any]:
        values = {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]
        return {k: v for k, v in values.items() if v is not None and k != "reset"}

    def check_size(self, size: int) -> None:
        """Refuse parameters whose number of values is neither one nor `size`.

        Raises
        ------
        ValueError
            A parameter has several values, and not `size`.
        """
        for name, value in self._given().items():
            if isinstance(value, tuple) and len(value) != size:
                raise ValueError(
                    f"{name} must be one number or one value per neuron ({size}), "
                    f"got {len(value)} values"
                )

    def check_currents(self, lowest: Floats) -> None:
        """Refuse currents whose lowest sum, (size,) mV, makes a parameter senseless."""

    def arrays(self, size: int) -> dict[str, Floats]:
        """Return every parameter as (size,) values."""
        values = {"v_init": self._given()["v_rest"], **self._given()}
        return {k: np.broadcast_to(np.asarray(v, float), (size,)) for k, v in values.items()}

    def to_dict(self) -> dict[str, Any]:
        """Return the parameters as JSON can hold them."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]
        return {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}


@dataclass(frozen=True, repr=False)
class LIF(_Model):
    """Leaky integrate-and-fire neuron with delta synapses.

    Between arrivals ``tau_m dV/dt = -(V - v_rest - i_offset)``, solved in closed form; an arrival
    of weight w adds w (mV) to V. At V >= v_thresh the neuron fires.

    Parameters
    ----------
    tau_m : float or array (n,)
        Membrane time constant, ms.
    v_rest : float or array (n,)
        Resting potential, mV.
    v_thresh : float or array (n,)
        Threshold, mV; above v_rest and v_reset.
    v_reset : float or array (n,)
        Reset potential, mV.
    tau_refrac : float or array (n,)
        Refractory time, ms: V stays at v_reset on [t, t + tau_refrac) and input is ignored; an
        arrival exactly at its end counts. At most 200 tau_m.
    i_offset : float or array (n,)
        Constant drive, mV: the potential tends to v_rest + i_offset. Above threshold the neuron
        fires by itself, at exact times.
    v_min : float or array (n,), optional
        Lower bound of V, mV, applied after the arrivals of an instant are summed. At most v_reset
        and v_rest + i_offset, also with the lowest current that is added to it.
    v_init : float or array (n,), optional
        V at t = 0, mV, below v_thresh; v_rest by default.
    reset : "to" or "by"
        "to": V becomes v_reset. "by": V falls by v_thresh - v_reset, again and again while it is
        not below v_thresh; each time is a spike at the same instant (needs tau_refrac = 0).

    Raises
    ------
    ValueError, TypeError
        A parameter breaks one of these rules; the message names it.

    References
    ----------
    Gerstner, Kistler, Naud & Paninski 2014, Neuronal Dynamics, section 1.3.

    Examples
    --------
    >>> from postdict import LIF, Network
    >>> LIF(tau_m=[10.0, 20.0, 30.0], tau_refrac=2.0)
    LIF(tau_m=(10.0, 20.0, 30.0), tau_refrac=2.0)
    >>> cells = Network().add_population("cells", 3, LIF(tau_m=[10.0, 20.0, 30.0]))
    """

    tau_m: PerNeuron = 20.0
    v_rest: PerNeuron = 0.0
    v_thresh: PerNeuron = 1.0
    v_reset: PerNeuron = 0.0
    tau_refrac: PerNeuron = 0.0
    i_offset: PerNeuron = 0.0
    v_min: PerNeuron | None = None
    v_init: PerNeuron | None = None
    reset: Literal["to", "by"] = "to"

    def __post_init__(self) -> None:
        p = self._check_fields()
        if self.reset not in ("to", "by"):
            raise ValueError(f"reset must be 'to' or 'by', got {self.reset!r}")
        if "v_min" in p:
            for other in ("v_reset", "v_rest + i_offset", "v_init"):
                _require(p, "v_min", "<=", other)
        if self.reset == "by" and (p["tau_refrac"] > 0).any():
            raise ValueError(f"reset='by' needs tau_refrac = 0, got {self.tau_refrac} ms")

    def check_currents(self, lowest: Floats) -> None:
        """Refuse currents, (size,) mV at their lowest, that would draw V below v_min."""
        if self.v_min is not None:
            v_inf = np.asarray(self.v_rest) + np.asarray(self.i_offset) + lowest
            bound = "v_rest + i_offset + the lowest current"
            _require({"v_min": np.asarray(self.v_min), bound: v_inf}, "v_min", "<=", bound)

    def arrays(self, size: int) -> dict[str, Floats]:
        """Return every parameter as (size,) values, but tau_m as (1,) where all share it."""
        result = super().arrays(size)
        result.setdefault("v_min", np.full(size, -np.inf))
        if np.ptp(result["tau_m"]) == 0:
            result["tau_m"] = result["tau_m"][:1]
        return result


@dataclass(frozen=True, repr=False)
class LIFExp(_Model):
    """Leaky integrate-and-fire neuron with exponential synaptic currents.

    ``tau_m dV/dt = -(V - v_rest) + g_e + g_i + i_offset`` and ``dg_x/dt = -g_x / tau_syn_x``, all
    in mV. An arrival adds its weight to g_e; over an inhibitory projection it is taken from g_i.
    Spikes are the exact first crossings of the threshold, double crossings between two arrivals
    included.

    Parameters
    ----------
    tau_m : float or array (n,)
        Membrane time constant, ms.
    tau_syn_e : float or array (n,)
        Time constant of the excitatory current, ms.
    tau_syn_i : float or array (n,)
        Time constant of the inhibitory current, ms; any of the three may be equal.
    v_rest : float or array (n,)
        Resting potential, mV.
    v_thresh : float or array (n,)
        Threshold, mV; above v_rest and v_reset.
    v_reset : float or array (n,)
        Reset potential, mV.
    tau_refrac : float or array (n,)
        Refractory time, ms: V stays at v_reset on [t, t + tau_refrac) while the currents go on.
        At most 200 tau_m.
    i_offset : float or array (n,)
        Constant drive, mV.
    v_init : float or array (n,), optional
        V at t = 0, mV, below v_thresh; v_rest by default. The currents start at 0.

    Raises
    ------
    ValueError, TypeError
        A parameter breaks one of these rules; the message names it.

    References
    ----------
    Brette 2007, Neural Comput 19:2604; D'Haene et al. 2009, Neural Comput 21:1068 (exact
    event-driven simulation with exponential currents; bounds instead of predictions).

    Examples
    --------
    >>> from postdict import LIFExp, Network
    >>> cells = Network().add_population("cells", 3, LIFExp(tau_syn_e=2.0))
    >>> cells.neurons
    LIFExp(tau_syn_e=2.0)
    """

    tau_m: PerNeuron = 20.0
    v_rest: PerNeuron = 0.0
    v_thresh: PerNeuron = 1.0
    v_reset: PerNeuron = 0.0
    tau_refrac: PerNeuron = 0.0
    i_offset: PerNeuron = 0.0
    v_init: PerNeuron | None = None
    tau_syn_e: PerNeuron = 5.0
    tau_syn_i: PerNeuron = 10.0

    def __post_init__(self) -> None:
        self._check_fields()


@dataclass(frozen=True, repr=False)
class LIFCond(_Model):
    """Leaky integrate-and-fire neuron with exponential synaptic conductances.

    ``tau_m dV/dt = -(V - v_rest) - g_e (V - e_rev_e) - g_i (V - e_rev_i) + i_offset`` and
    ``dg_x/dt = -g_x / tau_syn_x``. Conductances and weights are in units of the leak conductance:
    a synapse of 6 nS on a leak of 10 nS has the weight 0.6. An arrival adds its weight to g_e, over
    an inhibitory projection to g_i. Spikes are the exact first crossings of the threshold, to less
    than a picosecond.

    Parameters
    ----------
    tau_m : float or array (n,)
        Membrane time constant at rest, ms.
    v_rest : float or array (n,)
        Resting potential, mV.
    v_thresh : float or array (n,)
        Threshold, mV; above v_rest and v_reset.
    v_reset : float or array (n,)
        Reset potential, mV.
    tau_refrac : float or array (n,)
        Refractory time, ms: V stays at v_reset on [t, t + tau_refrac) while the conductances go
        on. At most 200 tau_m.
    i_offset : float or array (n,)
        Constant drive, mV: a current over the leak conductance.
    v_init : float or array (n,), optional
        V at t = 0, mV, below v_thresh; v_rest by default. The conductances start at 0.
    tau_syn_e : float or array (n,)
        Time constant of the excitatory conductance, ms.
    tau_syn_i : float or array (n,)
        Time constant of the inhibitory conductance, ms.
    e_rev_e : float or array (n,)
        Reversal potential of excitation, mV.
    e_rev_i : float or array (n,)
        Reversal potential of inhibition, mV, below e_rev_e and at most v_thresh; between v_rest and
        v_thresh inhibition shunts.

    Raises
    ------
    ValueError, TypeError
        A parameter breaks one of these rules; the message names it.

    References
    ----------
    Vogels & Abbott 2005, J Neurosci 25:10786; Brette et al. 2007, J Comput Neurosci 23:349
    (benchmark 1, whose parameters are the defaults, but for its 5 ms of refractoriness).

    Examples
    --------
    >>> import postdict
    >>> net = postdict.Network(seed=1)
    >>> cells = net.add_population("cells", 2, postdict.LIFCond(tau_refrac=5.0))
    >>> source = net.add_spike_source("source", 1, times=[10.0, 11.0], ids=[0, 0])
    >>> synapses = net.connect(source, cells, weights=0.6)
    >>> g_e = net.record(cells, "g_e", every=1.0, ids=[0])
    >>> sim = postdict.Simulation(net)
    >>> sim.run(20.0)
    >>> float(sim.recorded(g_e)[1][12, 0].round(3))  # 0.6 exp(-1 / 5), before the second arrival
    0.491
    """

    tau_m: PerNeuron = 20.0
    v_rest: PerNeuron = -60.0
    v_thresh: PerNeuron = -50.0
    v_reset: PerNeuron = -60.0
    tau_refrac: PerNeuron = 0.0
    i_offset: PerNeuron = 0.0
    v_init: PerNeuron | None = None
    tau_syn_e: PerNeuron = 5.0
    tau_syn_i: PerNeuron = 10.0
    e_rev_e: PerNeuron = 0.0
    e_rev_i: PerNeuron = -80.0

    def __post_init__(self) -> None:
        p = self._check_fields()
        _require(p, "e_rev_e", ">", "e_rev_i")
        _require(p, "e_rev_i", "<=", "v_thresh", hint=": inhibition would make the neuron fire")
        _same_size(p, "e_rev_e", "v_thresh")
        if (p["e_rev_e"] <= p["v_thresh"]).any():
            warnings.warn(
                "e_rev_e is not above v_thresh: excitation alone cannot make the neuron fire",
                stacklevel=_checks.outside(),
            )


Model: TypeAlias = LIF | LIFExp | LIFCond

MODELS: dict[str, type[LIF] | type[LIFExp] | type[LIFCond]] = {
    "LIF": LIF,
    "LIFExp": LIFExp,
    "LIFCond": LIFCond,
}
"""By the name that checkpoints give them."""


def check_model(neurons: object) -> None:
    """Refuse what is no model of neurons that the core simulates."""
    _checks.exact(
        "neurons",
        neurons,
        MODELS.values(),
        what="a LIF, a LIFExp or a LIFCond",
        instead="give its parameters to one of these",
    )


def _plain(name: str, value: object) -> float | tuple[float, ...]:
    """Return a checked number, or a tuple of them: hashable, comparable, immutable."""
    unit = "ms" if name.startswith("tau") else "mV"

    def check(given: object) -> float:
        if name in ("tau_m", "tau_syn_e", "tau_syn_i"):
            return _checks.time_constant(name, given)
        return _checks.number(name, given, unit, at_least=0.0 if name == "tau_refrac" else None)

    given = _checks.in_unit(name, value, unit)
    if np.ndim(given) == 0:
        return check(given)
    values = _checks.finite_array(name, given, ndim=1)
    return tuple(check(float(v)) for v in values)


def _require(
    p: dict[str, Any],
    left: str,
    relation: Literal["<", "<=", ">"],
    right: str,
    hint: str = "",
    unit: str = "mV",
) -> None:
    _same_size(p, left, right)
    a, b = np.broadcast_arrays(p[left], p[right])
    compare = {"<": np.less, "<=": np.less_equal, ">": np.greater}[relation]
    words = {"<": "below", "<=": "at most", ">": "above"}[relation]
    wrong = ~compare(a, b)
    if wrong.any():
        place = _checks.first_place(wrong)
        who = f" (neuron {place[0]})" if place else ""
        raise ValueError(
            f"{left} must be {words} {right}, got {left} = {_checks.shown(a[place])} {unit}, "
            f"{right} = {_checks.shown(b[place])} {unit}{who}{hint}"
        )


def _same_size(p: dict[str, Any], left: str, right: str) -> None:
    sizes = [np.size(p[name]) for name in (left, right) if np.ndim(p[name])]
    if len(set(sizes)) > 1:
        raise ValueError(
            f"{left} and {right} must have one value per neuron each, "
            f"got {sizes[0]} and {sizes[1]} values"
        )
