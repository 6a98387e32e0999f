"""Checkpoints of an experiment's simulations: kept while they run, taken up when it is resumed.

Every long simulation of an experiment has a name, made of its trial and stage, and checkpoints
under that name. While it runs, that is its state; once it has ended, what was read from it, or its
state where nobody said what that is. Whatever is computed from them is computed again, to the same
bits, so that a resumed experiment writes the files that an undisturbed one writes.

What simulations that have ended leave takes `BOUND` bytes at most: beyond that it is not kept, and
they are run again. Beside it stands one state for each simulation that runs.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import threading
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from .. import _files
from .._types import Arrays
from ..simulation import Simulation
from ..simulation.checkpoint import CheckpointError

FOLDER = "checkpoints"
BOUND = 2**30  # bytes
SOON = 60.0  # s; who gives up before has nothing that is worth a checkpoint, unless one was asked
_IDENTITY = "experiment.json"
_KEPT = r"(experiment\.json|[a-z0-9-]*-[0-9a-f]{8}\.npz)"
_OURS = re.compile(rf"{_KEPT}|\.{_KEPT}\.[0-9a-f]{{16}}\.part")  # .part: not written to the end


class Stopped(Exception):
    """Another trial failed, or the user gave up: whoever runs a simulation saves it and ends."""


class Keeper:
    """Keeps the simulations of one experiment in a folder.

    Parameters
    ----------
    folder : Path
        Where results will be written; checkpoints go to a folder in it, which is there from the
        first of them on.
    identity : dict
        What makes two runs the same (experiment, settings, version), as JSON can hold it.
    every : float
        Seconds of wall clock between two checkpoints of a simulation; infinite for none.
    resume : bool
        Take up what is there. Otherwise older checkpoints are removed before the first new one.
    asked : bool
        The user asked for checkpoints: one that cannot be written ends the run. Otherwise it ends
        the checkpoints, and who stops a simulation within `SOON` has none.

    Raises
    ------
    ValueError
        The checkpoints there are of another experiment, other settings or another version, or
        the folder of checkpoints holds other files.
    OSError
        The folder cannot be read.
    """

    def __init__(
        self,
        folder: Path,
        identity: dict[str, Any],
        *,
        every: float,
        resume: bool,
        asked: bool = True,
    ) -> None:
        self._folder = folder / FOLDER
        self._asked = asked
        self.every, self.soon = every, 0.0 if asked else SOON
        self._identity = json.dumps(identity, sort_keys=True, default=str)
        self._lock = threading.Lock()
        self._claimed = False
        file = self._folder / _IDENTITY
        if resume and file.is_file():
            if file.read_text(encoding="utf-8") != self._identity:
                raise ValueError(
                    f"{self._folder} belongs to another run (other settings or another version): "
                    "use another --out, or leave --resume away to start afresh"
                )
            self._claimed = True
            return
        foreign = [path.name for path in _content(self._folder) if not _OURS.fullmatch(path.name)]
        if foreign:
            raise ValueError(
                f"{self._folder} holds {min(foreign)!r}, which is no checkpoint of an experiment: "
                "use another --out"
            )

    @property
    def holds_any(self) -> bool:
        """Whether there are checkpoints, of this run or of an earlier one."""
        return any(path.suffix == ".npz" for path in _content(self._folder))

    @property
    def has_saved(self) -> bool:
        """Whether there are checkpoints of this run, which a next one can take up."""
        return self._claimed and self.holds_any

    def claim(self) -> None:
        """Make the folder this run's (OSError): what an earlier one left would be taken up."""
        with self._lock:
            if self._claimed:
                return
            for path in _content(self._folder):
                path.unlink()
            self._folder.mkdir(parents=True, exist_ok=True)
            _files.write_bytes(self._folder / _IDENTITY, self._identity.encode())
            self._claimed = True

    def kept(self, names: Sequence[str], since: float) -> Kept:
        """Return the places of one simulation that runs in parts, by names that are their own.

        The first checkpoint is due `every` seconds after `since`, of ``time.monotonic()``.
        """
        return Kept(self, [self._path(name) for name in names], since)

    def there(self, path: Path) -> bool:
        """Whether a file is there that this run may take up."""
        return self._claimed and path.exists()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Write checkpoints; where nobody asked for them, an OSError ends them and not the run."""
        try:
            yield
        except OSError as error:
            if self._asked:
                raise
            if self.every < math.inf:
                warnings.warn(f"no checkpoints from here on: {error}", stacklevel=2)
            self.every = self.soon = math.inf

    def is_full(self) -> bool:
        """Whether all files together take more than `BOUND`."""
        sizes = []
        for path in _content(self._folder):
            with suppress(FileNotFoundError):  # another trial has removed it
                sizes.append(path.stat().st_size)
        return sum(sizes) > BOUND

    def done(self) -> None:
        """Remove the checkpoints, and nothing else: the results are written."""
        with suppress(OSError):
            for path in _content(self._folder):
                if _OURS.fullmatch(path.name):
                    path.unlink()
            self._folder.rmdir()

    def _path(self, name: str) -> Path:
        readable = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:80]
        digest = hashlib.sha256(name.encode()).hexdigest()[:8]
        return self._folder / f"{readable}-{digest}.npz"


def _content(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


class Kept:
    """One simulation that runs in parts; see `Keeper`.

    Each part has a place for the state of the simulation in it. Where what was read at its end is
    known, that is kept instead, and only the newest state beside it.
    """

    def __init__(self, keeper: Keeper, states: Sequence[Path], since: float) -> None:
        self._keeper = keeper
        self._states = list(states)
        self._found = [path.with_name(_outcome(path.name)) for path in states]
        self._unwritten: dict[int, Arrays] = {}
        self._part = 0
        self._since = self._last = since
        self._worth_it = any(map(keeper.there, [*self._states, *self._found]))

    def found(self) -> list[Arrays]:
        """Return what was read at the ends of the parts that need not be run again.

        Raises
        ------
        CheckpointError
            A file is damaged.
        """
        n = len(self._states)
        newest = max((k for k in range(n) if self._keeper.there(self._states[k])), default=0)
        whole = all(map(self._keeper.there, self._found))
        known = self._found[: n if whole else newest]
        if not all(map(self._keeper.there, known)):  # as version 0.1 left them
            return []
        self._part = len(known)
        return [self._read(path) for path in known]

    def take_up(self, simulation: Simulation) -> None:
        """Bring a simulation to where the state of its part is, if there is one."""
        path = self._states[self._part]
        if not self._keeper.there(path):
            return
        try:
            simulation.restore(path)
        except CheckpointError as error:
            raise CheckpointError(
                f"{path}: {error}; remove it to run this simulation afresh"
            ) from None

    def look(self, simulation: Simulation) -> None:
        """Save the simulation if it is time to (OSError)."""
        if self._is_due():
            with self._keeper.writing():
                self.save(simulation)

    def stop(self, simulation: Simulation) -> None:
        """Save the simulation, which goes on in another run, if it is worth it (OSError)."""
        if self._worth_it or time.monotonic() - self._since >= self._keeper.soon:
            with self._keeper.writing():
                self.save(simulation)

    def save(self, simulation: Simulation) -> None:
        """Save the simulation (OSError), and forget what its older states were needed for."""
        self._keeper.claim()
        self._write_found()
        simulation.save(self._states[self._part])
        full = self._part > 0 and self._keeper.is_full()
        for k in range(self._part):
            if full or self._keeper.there(self._found[k]):
                self._states[k].unlink(missing_ok=True)
        self._worth_it = True
        self._last = time.monotonic()

    def end_part(self, simulation: Simulation, found: Arrays | None) -> None:
        """Note the end of a part and what was read there; None where nobody says (OSError)."""
        if found is not None:
            self._unwritten[self._part] = found
        is_last = self._part == len(self._states) - 1
        if (found is None or is_last) and (self._worth_it or self._is_due()):
            with self._keeper.writing():
                if found is None:
                    self.save(simulation)
                else:
                    self._keeper.claim()
                    self._write_found()
                    self._forget(self._states)
        if is_last and self._keeper.is_full():
            self._forget([*self._states, *self._found])
        self._part += 1

    def _is_due(self) -> bool:
        return time.monotonic() - self._last >= self._keeper.every

    def _write_found(self) -> None:
        while self._unwritten:
            part, found = self._unwritten.popitem()
            _files.write_bytes(self._found[part], _files.npz_bytes(found))

    def _forget(self, paths: Sequence[Path]) -> None:
        for path in paths:
            if self._keeper.there(path):
                path.unlink(missing_ok=True)

    @staticmethod
    def _read(path: Path) -> Arrays:
        try:
            return _files.read_npz(path.read_bytes())
        except ValueError as error:
            raise CheckpointError(
                f"{path}: {error}; remove it to run this simulation afresh"
            ) from None


def _outcome(name: str) -> str:
    """Return the name of the file of what was read, beside that of a state."""
    return f"found-{name}"
