"""Worlds that are stepped: any plant in the loop, written in Python.

A step is at t_k = k * interval, k = 1, 2, ... It hears the motor spikes in [t_(k-1), t_k), and what
it answers acts on [t_k + latency, t_(k+1) + latency).
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

from .. import _checks

Readout: TypeAlias = Literal["counts", "rates", "spikes"]
Drive: TypeAlias = Literal["current", "rates", "kicks", "spikes"]
READOUTS = ("counts", "rates", "spikes")
DRIVES = ("current", "rates", "kicks", "spikes")


@runtime_checkable
class World(Protocol):
    """What a user's world must have; `Network.add_world` says what its arrays hold.

    It may also have `state` and `restore`: then a simulation with it can be saved. ``state()``
    returns a dict with texts as keys, of numbers, texts, True, False, None, lists, tuples, arrays
    and such dicts; ``restore(state)`` takes up what it returned.

    And it may have `reward`, a number (1/ms) that is read after each step: a projection whose rule
    is `Modulated` by the world's name has it as its modulator from that step until the next.

    Attributes
    ----------
    interval : float
        ms, from one step to the next.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict import LIF, Network, Simulation
    >>> class Echo:  # every sensor gets 2 mV for a step after its motor neuron fired
    ...     interval = 5.0
    ...     def reset(self, seed): ...
    ...     def step(self, motor):
    ...         return 2.0 * (motor > 0)
    ...
    >>> net = Network()
    >>> motor = net.add_population("motor", 3, LIF(i_offset=[0.0, 1.5, 3.0]))
    >>> sensor = net.add_population("sensor", 3, LIF(tau_m=5.0))
    >>> world = net.add_world("echo", Echo(), motor, sensor)
    >>> sim = Simulation(net)
    >>> sim.run(100.0)
    >>> np.bincount(sim.spikes(sensor)[1], minlength=3)
    array([ 0,  4, 14])
    """

    interval: float

    def reset(self, seed: int) -> Any:
        """Begin anew, with random numbers from a seed.

        Called when a simulation is made. What it returns is the answer that acts until the first
        step's, or None: nothing does.
        """

    def step(self, motor: Any) -> Any:
        """Go on by one interval with what the motor neurons did in it, and return the answer."""


class Absent:
    """Stands for the world of a checkpoint, which holds its state and not its code."""

    def __init__(self, interval: float) -> None:
        self.interval = interval

    def reset(self, seed: int) -> Any:
        """Never called."""

    def step(self, motor: Any) -> Any:
        """Never called."""


def check(name: str, world: Any) -> float:
    """Return the interval (ms) of a world that has all it needs."""
    if isinstance(world, type):
        raise TypeError(f"world {name!r} must be an object, got the class {world.__name__} itself")
    shown = {"reset": "reset(seed)", "step": "step(motor)"}
    missing = ["interval"] if not hasattr(world, "interval") else []
    missing += [shown[k] for k in shown if not callable(getattr(world, k, None))]
    if missing:
        raise TypeError(
            f"world {name!r} must have interval, reset(seed) and step(motor); "
            f"{type(world).__name__} has no {', no '.join(missing)}"
        )
    for method in shown:
        try:
            inspect.signature(getattr(world, method)).bind(None)
        except TypeError:
            raise TypeError(f"world {name!r}: {method} must take one argument") from None
        except ValueError:  # of a builtin, which does not say what it takes
            pass
    gives, takes = (callable(getattr(world, k, None)) for k in ("state", "restore"))
    if gives != takes:
        raise TypeError(f"world {name!r} must have both state() and restore(state), or neither")
    interval = f"world {name!r}: interval"
    return _checks.span(interval, _checks.time_constant(interval, world.interval))


def check_own(name: str, world: World, others: Mapping[str, World]) -> None:
    """Refuse an object that is another world already: it would be stepped twice."""
    for other, its in others.items():
        if its is world and other != name:
            raise ValueError(
                f"world {name!r} must be an object of its own, got the one that is {other!r} too"
            )


def check_options(readout: str, tau: object, drive: str, weight: object) -> None:
    """Refuse a readout and a drive that do not exist, or lack a number, or have one too many."""
    for what, given, known in (("readout", readout, READOUTS), ("drive", drive, DRIVES)):
        if given not in known:
            raise ValueError(_checks.unknown(what, given, known))
    if (tau is None) == (readout == "rates"):
        raise ValueError("tau (ms) goes with the readout 'rates', and with it alone")
    if (weight is None) == (drive in ("rates", "spikes")):
        raise ValueError("weight (mV) goes with the drives 'rates' and 'spikes', and them alone")
