"""The worlds of a simulation: chosen, seeded, claimed by one simulation at a time, watched."""

from __future__ import annotations

import copy
import hashlib
import time as _clock
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias
from weakref import WeakValueDictionary

import numpy as np

from .. import _checks, _core
from ..network.parts import AttachedWorld
from ..network.registry import Registry
from ..world import protocol
from ..world.protocol import Absent, Drive, World

_ARRAYS = frozenset({np.ndarray})
_SLOW_AFTER = 10.0  # s of wall time, before which nobody minds a slow world
_SLOW_SHARE = 0.8  # of the wall time

States: TypeAlias = dict[str, dict[str, Any]]
"""The states of worlds, by name."""


def chosen(registry: Registry, given: Mapping[str, World] | None) -> dict[str, World]:
    """Return the worlds of a simulation by name: those given, else those attached."""
    attached = registry.world_objects
    intervals = {world.name: world.interval for world in registry.worlds}
    if given is not None and not isinstance(given, Mapping):
        raise TypeError(f"worlds must be a dict of worlds by name, got {type(given).__name__}")
    for name, world in (given or {}).items():
        if name not in attached:
            raise ValueError(_checks.unknown("world", name, attached))
        interval = protocol.check(name, world)
        if interval != intervals[name]:
            raise ValueError(
                f"world {name!r}: interval must be {_checks.shown(intervals[name])} ms, as it was "
                f"when it was attached, got {_checks.shown(interval)} ms"
            )
    worlds = {**attached, **(given or {})}
    for name, world in worlds.items():
        if isinstance(world, Absent):
            raise TypeError(
                f"world {name!r} is code, which no file holds: give it, worlds={{{name!r}: ...}}"
            )
        protocol.check_own(name, world, worlds)
    return worlds


def steps_in_our_units(attached: AttachedWorld, world: World) -> Callable[[Any], Any]:
    """Return what steps a world, and gives the core its answers as plain numbers in our units."""
    name, drive, step = attached.name, attached.drive, world.step

    def answer(motor: Any) -> Any:
        return in_our_units(name, drive, step(motor))

    return answer


def reward_in_our_units(name: str, world: World) -> Callable[[], float]:
    """Return what gives the core a world's reward (1/ms) after each step."""
    if not hasattr(world, "reward"):
        raise TypeError(
            f"world {name!r} must have a reward, which modulates a rule; "
            f"{type(world).__name__} has none"
        )

    def reward() -> float:
        return _checks.number(f"world {name!r}: reward", world.reward, "1/ms")

    return reward


def in_our_units(name: str, drive: Drive, answer: Any) -> Any:
    """Return what a world answers as plain numbers, in ms, Hz and mV."""
    if answer is None or type(answer) is np.ndarray:  # the usual case costs nothing
        return answer
    shown = f"world {name!r}: the answer"
    if drive == "rates":
        return _checks.in_unit(shown, answer, "Hz")
    if drive != "spikes":
        return _checks.in_unit(shown, answer, "mV")
    if not isinstance(answer, tuple) or _ARRAYS.issuperset(map(type, answer)):
        return answer  # anything else than a tuple is refused by the core
    parts = zip(("times", "ids", "weights"), ("ms", "", "mV"), answer, strict=False)
    return (*(_checks.in_unit(f"{shown}: {part}", v, unit) for part, unit, v in parts), *answer[3:])


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

    def __init__(self, attached: Sequence[AttachedWorld], objects: dict[str, World]) -> None:
        self.objects = objects
        self._drives = {world.name: world.drive for world in attached}
        self._said = not objects  # that one is slow

    def reset(self, network_seed: int) -> list[Any]:
        """Begin anew, and return what each answers first: None where it answers nothing."""
        self._claim()
        return [
            in_our_units(name, self._drives[name], world.reset(seed_of(network_seed, name)))
            for name, world in self.objects.items()
        ]

    def begin(self, core: _core.Simulation, network_seed: int) -> None:
        """Begin anew; what each answers first acts from the present on."""
        for k, answer in enumerate(self.reset(network_seed)):
            if answer is not None:
                core.answer(k, answer)

    def states(self) -> States:
        """Return their states by name; TypeError where one offers none.

        RuntimeError where one has the state of another simulation by now.
        """
        self._check()
        return self._states()

    def restore(self, states: States) -> None:
        """Take up states; if one cannot, all go back."""
        before = copy.deepcopy(self._states())  # which may be the very lists that worlds change
        try:
            self._restore(states)
        except BaseException:
            self._restore(before)
            raise
        self._claim()

    def start(self, core: _core.Simulation) -> None:
        """Begin a run of a core."""
        self._check()
        self._started = _clock.perf_counter()
        self._before = self._seconds(core)

    def look(self, core: _core.Simulation) -> None:
        """Warn, once, of a world that takes most of the wall time of a run.

        RuntimeError where one was taken over meanwhile.
        """
        self._check()
        wall = _clock.perf_counter() - self._started
        if self._said or wall < _SLOW_AFTER:
            return
        spent = [now - then for now, then in zip(self._seconds(core), self._before, strict=True)]
        name, most = max(zip(self.objects, spent, strict=True), key=lambda pair: pair[1])
        if most > _SLOW_SHARE * wall:
            self._said = True
            warnings.warn(
                f"world {name!r} is slow: it takes {most / wall:.0%} of the wall time",
                stacklevel=_checks.outside(),
            )

    def _seconds(self, core: _core.Simulation) -> list[float]:
        """Return the wall time that was spent in each."""
        return [core.world_seconds(k) for k in range(len(self.objects))]

    def _claim(self) -> None:
        self._claims = [Claim(name, world) for name, world in self.objects.items()]

    def _check(self) -> None:
        for claim in self._claims:
            claim.check()

    def _states(self) -> States:
        return {name: state_of(name, world) for name, world in self.objects.items()}

    def _restore(self, states: States) -> None:
        kept: dict[str, Any] = self.objects  # `_states` was asked of them, so all can restore
        for name, world in kept.items():
            world.restore(states[name])
