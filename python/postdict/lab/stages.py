"""The stages of an experiment: each says how far it has come, can be ended, keeps its simulations.

An experiment as a whole is a stage, its trials are parts of it, and what a trial does one after the
other are parts of that.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from .. import _checks
from .checkpoints import Keeper, Kept, Stopped

ENDS = "ends"  # the part of a stage that is reported once all of it is done

LabelledProgress: TypeAlias = Callable[[str, float, float, float, int], None]
"""Called as (label, t_ms, t_stop_ms, wall_s, n_events); what it raises ends the experiment."""


@_checks.brief
@dataclass
class Stage:
    """One stage: a progress callback of simulations that has a name, an end and a keeper.

    Parameters
    ----------
    label : str
        What is going on, for people and for the names of checkpoints.
    report : callable, optional
        Called with the label and the progress, as `LabelledProgress` says.
    keeper : Keeper, optional
        Where simulations are kept.
    stopped : threading.Event
        Once it is set, the next report of this stage, or of a part of it, raises `Stopped`.

    Examples
    --------
    >>> learns = Stage(report=lambda label, *_: print(label)).part("seed 1/2").part("learns")
    >>> learns.begin()
    seed 1/2 learns
    """

    label: str = ""
    report: LabelledProgress | None = None
    keeper: Keeper | None = None
    stopped: threading.Event = field(default_factory=threading.Event)
    _n_kept: int = field(default=0, init=False)
    _began: float = field(default_factory=time.monotonic, init=False)

    def part(self, name: str) -> Stage:
        """Return a part of this stage; each name is asked for once."""
        return Stage(f"{self.label} {name}".lstrip(), self.report, self.keeper, self.stopped)

    def begin(self) -> None:
        """Report that the stage has begun, where what it does is not counted in simulated time."""
        self(0.0, 0.0, 0.0, 0)

    def end(self) -> None:
        """Report that all of the stage is done."""
        self.part(ENDS).begin()

    def __call__(self, t: float, t_stop: float, wall: float, n_events: int) -> None:
        """Report simulated time and its end (ms), seconds since the start and events so far."""
        if self.stopped.is_set():
            raise Stopped
        if self.report is not None:
            self.report(self.label, t, t_stop, wall, n_events)

    def kept(self, n_parts: int = 1) -> Kept | None:
        """Return the places of the next simulation of this stage; None where none are kept."""
        if self.keeper is None:
            return None
        first = self._n_kept + 1
        self._n_kept += n_parts
        names = [f"{self.label} {k}" for k in range(first, first + n_parts)]
        return self.keeper.kept(names, self._began)
