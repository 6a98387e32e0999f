"""Worlds that are stepped: any plant in the loop, written in Python.

A step is at t_k = k * interval, k = 1, 2, ... It hears the motor spikes in [t_(k-1), t_k), and what
it answers acts on [t_k + latency, t_(k+1) + latency).
"""

from __future__ import annotations

import copy
import hashlib
import inspect
import time as _clock
import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, runtime_checkable
from weakref import WeakValueDictionary

from .. import _checks

if TYPE_CHECKING:
    from .. import _core

Readout: TypeAlias = Literal["counts", "rates", "spikes"]
Drive: TypeAlias = Literal["current", "rates", "kicks", "spikes"]
READOUTS = ("counts", "rates", "spikes")
DRIVES = ("current", "rates", "kicks", "spikes")

_SLOW_AFTER = 10.0  # s of wall time, before which nobody minds a slow world
_SLOW_SHARE = 0.8  # of the wall time


@runtime_checkable
class World(Protocol):
    """What a user's world must have; `Network.add_world` says what its arrays hold.

    It may also have `state` and `restore`: then a simulation with it can be saved. ``state()``
    returns a dict with texts as keys, of numbers, texts, True, False, None, lists, tuples, arrays
    and such dicts; ``restore(state)`` takes up what it returned.

    Attributes
    ----------
    interval : float
        ms, from one step to the next.
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
    one, other = (callable(getattr(world, k, None)) for k in ("state", "restore"))
    if one != other:
        raise TypeError(f"world {name!r} must have both state() and restore(state), or neither")
    return _checks.time_constant(f"world {name!r}: interval", world.interval)


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


def chosen(
    attached: Mapping[str, World], intervals: Mapping[str, float], given: Mapping[str, World] | None
) -> dict[str, World]:
    """Return the worlds of a simulation by name: those given, else those attached."""
    if given is not None and not isinstance(given, Mapping):
        raise TypeError(f"worlds must be a dict of worlds by name, got {type(given).__name__}")
    for name, world in (given or {}).items():
        if name not in attached:
            raise ValueError(_checks.unknown("world", name, attached))
        interval = check(name, world)
        if interval != intervals[name]:
            raise ValueError(
                f"world {name!r}: interval must be {intervals[name]:g} ms, as it was when it was "
                f"attached, got {interval:g} ms"
            )
    worlds = {**attached, **(given or {})}
    for name, world in worlds.items():
        if isinstance(world, Absent):
            raise TypeError(
                f"world {name!r} is code, which no file holds: give it, worlds={{{name!r}: ...}}"
            )
        check_own(name, world, worlds)
    return worlds


def seed_of(network_seed: int, name: str) -> int:
    """Return the seed of a world, below 2**32: its own for each name."""
    return int.from_bytes(hashlib.sha256(f"{network_seed} {name}".encode()).digest()[:4], "big")


def state_of(name: str, world: World) -> dict[str, Any]:
    """Return the state of a world that offers it."""
    offered = getattr(world, "state", None)
    if not callable(offered):
        raise TypeError(
            f"world {name!r} ({type(world).__name__}) has no state() and restore(state): "
            "a simulation with it can be neither saved nor taken up"
        )
    state = offered()
    if not isinstance(state, dict):
        raise TypeError(f"world {name!r}: state() must return a dict, got {type(state).__name__}")
    return state


class Claim:
    """A world in the hands of one simulation, the newest that reset or restored it."""

    def __init__(self, name: str, world: World) -> None:
        self.name = name
        self.world = world  # which keeps its id from being another's
        _claims[id(world)] = self

    def check(self) -> None:
        """Refuse to go on with a world that another simulation has changed."""
        if _claims.get(id(self.world)) is not self:
            raise RuntimeError(
                f"world {self.name!r} was taken over by a newer Simulation; give each its own: "
                f"Simulation(network, worlds={{{self.name!r}: ...}})"
            )


_claims: WeakValueDictionary[int, Claim] = WeakValueDictionary()


class WorldsInLoop:
    """The worlds of one simulation, in the order in which they were attached."""

    def __init__(self, objects: dict[str, World], core: _core.Simulation) -> None:
        self.objects = objects
        self._core = core
        self._said = not objects  # that one is slow

    def reset(self, network_seed: int) -> None:
        """Begin anew; what they answer first acts from the present on."""
        self._claim()
        for k, (name, world) in enumerate(self.objects.items()):
            first = world.reset(seed_of(network_seed, name))
            if first is not None:
                self._core.answer(k, first)

    def states(self) -> dict[str, dict[str, Any]]:
        """Return their states by name; TypeError where one offers none.

        RuntimeError where one has the state of another simulation by now.
        """
        self._check()
        return self._states()

    def restore(self, states: Mapping[str, dict[str, Any]], others: Callable[[], None]) -> None:
        """Take up states, and call what takes up the others; if one cannot, all go back."""
        before = copy.deepcopy(self._states())  # which may be the very lists that worlds change
        try:
            self._restore(states)
            others()
        except BaseException:
            self._restore(before)
            raise
        self._claim()

    def start(self) -> None:
        """Begin a run."""
        self._check()
        self._started = _clock.perf_counter()
        self._before = self.seconds()

    def look(self) -> None:
        """Warn, once, of a world that takes most of the wall time of a run.

        RuntimeError where one was taken over meanwhile.
        """
        self._check()
        wall = _clock.perf_counter() - self._started
        if self._said or wall < _SLOW_AFTER:
            return
        spent = [now - then for now, then in zip(self.seconds(), self._before, strict=True)]
        name, most = max(zip(self.objects, spent, strict=True), key=lambda pair: pair[1])
        if most > _SLOW_SHARE * wall:
            self._said = True
            warnings.warn(
                f"world {name!r} is slow: it takes {most / wall:.0%} of the wall time",
                stacklevel=_checks.outside(),
            )

    def seconds(self) -> list[float]:
        """Return the wall time that was spent in each."""
        return [self._core.world_seconds(k) for k in range(len(self.objects))]

    def _claim(self) -> None:
        self._claims = [Claim(name, world) for name, world in self.objects.items()]

    def _check(self) -> None:
        for claim in self._claims:
            claim.check()

    def _states(self) -> dict[str, dict[str, Any]]:
        return {name: state_of(name, world) for name, world in self.objects.items()}

    def _restore(self, states: Mapping[str, dict[str, Any]]) -> None:
        kept: dict[str, Any] = self.objects  # `_states` was asked of them, so all can restore
        for name, world in kept.items():
            world.restore(states[name])
