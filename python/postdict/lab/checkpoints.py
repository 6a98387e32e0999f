"""Checkpoints of an experiment's simulations: kept while they run, taken up when it is resumed.

Every long simulation of an experiment has a name, made of its trial and stage, and a checkpoint
under that name. Only simulations are kept: whatever is computed from them is computed again, to the
same bits, so that a resumed experiment writes the files that an undisturbed one writes.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from .. import _files
from ..simulation import Simulation
from ..simulation.checkpoint import CheckpointError

FOLDER = "checkpoints"
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
        Where results will be written; checkpoints go to a folder in it.
    identity : dict
        What makes two runs the same (experiment, settings, version), as JSON can hold it.
    every : float
        Seconds of wall clock between two checkpoints of a simulation; infinite for none.
    resume : bool
        Take up what is there. Otherwise older checkpoints are removed.

    Raises
    ------
    ValueError
        The checkpoints there are of another experiment, other settings or another version, or
        the folder of checkpoints holds other files.
    OSError
        The folder cannot be written.
    """

    def __init__(
        self, folder: Path, identity: dict[str, Any], *, every: float, resume: bool
    ) -> None:
        self._folder = folder / FOLDER
        self._every = every
        given = json.dumps(identity, sort_keys=True, default=str)
        if resume and (self._folder / _IDENTITY).is_file():
            if (self._folder / _IDENTITY).read_text(encoding="utf-8") != given:
                raise ValueError(
                    f"{self._folder} belongs to another run (other settings or another version): "
                    "use another --out, or leave --resume away to start afresh"
                )
            return
        foreign = [path.name for path in _content(self._folder) if not _OURS.fullmatch(path.name)]
        if foreign:
            raise ValueError(
                f"{self._folder} holds {min(foreign)!r}, which is no checkpoint of an experiment: "
                "use another --out"
            )
        for path in _content(self._folder):
            path.unlink()  # what stayed would be taken up
        self._folder.mkdir(parents=True, exist_ok=True)
        _files.write_bytes(self._folder / _IDENTITY, given.encode())

    def kept(self, name: str, since: float) -> Kept:
        """Return the place of one simulation, by a name that is its own.

        The first checkpoint is due `every` seconds after `since`, of ``time.monotonic()``.
        """
        readable = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:80]
        digest = hashlib.sha256(name.encode()).hexdigest()[:8]
        return Kept(self._folder / f"{readable}-{digest}.npz", self._every, since)

    def done(self) -> None:
        """Remove the checkpoints, and nothing else: the results are written."""
        with suppress(OSError):
            for path in _content(self._folder):
                if _OURS.fullmatch(path.name):
                    path.unlink()
            self._folder.rmdir()


def _content(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


class Kept:
    """The place of one simulation; see `Keeper`."""

    def __init__(self, path: Path, every: float, since: float) -> None:
        self._path = path
        self._every = every
        self._last = since
        self._worth_it = path.exists()

    def take_up(self, simulation: Simulation) -> None:
        """Bring a simulation to where its checkpoint stands, if there is one (CheckpointError)."""
        if not self._path.exists():
            return
        try:
            simulation.restore(self._path)
        except CheckpointError as error:
            raise CheckpointError(
                f"{self._path}: {error}; remove it to run this simulation afresh"
            ) from None

    def look(self, simulation: Simulation) -> None:
        """Save the simulation if it is time to (OSError)."""
        if time.monotonic() - self._last >= self._every:
            self.save(simulation)

    def save(self, simulation: Simulation) -> None:
        """Save the simulation (OSError)."""
        simulation.save(self._path)
        self._worth_it = True
        self._last = time.monotonic()

    def finish(self, simulation: Simulation) -> None:
        """Save the simulation at its end if it was saved before, or it is time to."""
        if self._worth_it:
            self.save(simulation)
        else:
            self.look(simulation)
