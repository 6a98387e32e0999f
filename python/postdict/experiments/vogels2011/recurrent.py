"""The recurrent network of `vogels2011`: quieted, taught two assemblies, balanced, and cued."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..._types import Arrays, Floats, Integers
from ...lab.runs import run_bounded
from ...lab.stages import Stage
from ...simulation import Simulation
from ...steps import Steps
from .config import Config
from .networks import recurrent_network, stored

BIN = 100.0  # ms, of the course of rates
SAMPLED = 300  # last cells of E, which are in no assembly, whose spikes are kept one by one
DRAWN = 50  # cells of each group that are drawn
CONTROLS = {"held": "balanced", "frozen": "background", "unstored": "background"}
"""After which phase a control's inhibition was learned."""


@dataclass(frozen=True)
class Phase:
    """A part of the run: name, duration (ms), and what is changed before it."""

    name: str
    duration: float
    change: Callable[[], None] | None = None


class Memory:
    """A simulation of the network, and what is done to it."""

    def __init__(self, config: Config, seed: int) -> None:
        self.config = config
        self.simulation = Simulation(recurrent_network(config, seed))
        self.simulation.set_plasticity("I->E", False)

    def learn(self) -> None:
        """Let the inhibition learn."""
        self.simulation.set_plasticity("I->E", True)

    def take_over(self, inhibition: Floats) -> None:
        """Set the weights (n_synapses,) from I to E that another simulation learned."""
        synapses = self.simulation.weights("I->E")
        self.simulation.set_weights("I->E", replace(synapses, weight=inhibition))

    def store(self) -> None:
        """Strengthen the synapses within each assembly."""
        synapses = stored(self.config, self.simulation.weights("E->E"))
        self.simulation.set_weights("E->E", synapses)

    def stimulate(self) -> None:
        """Raise the drive of a part of the first assembly, for a while from now on."""
        now, config = self.simulation.time, self.config
        more = (config.cue_factor - 1.0) * config.drive
        pulse = Steps(np.array([now, now + config.cue]), np.array([more, 0.0]))
        self.simulation.set_current("cue", pulse)

    def go_through(self, phases: Sequence[Phase], stage: Stage) -> dict[str, Arrays]:
        """Run the phases one after the other from t = 0; return by name what was read of each."""
        ends: list[float] = np.cumsum([phase.duration for phase in phases]).tolist()

        def read(k: int) -> Arrays:
            found = self._read(ends[k] - phases[k].duration, ends[k])
            following = phases[k + 1].change if k + 1 < len(phases) else None
            if following is not None:
                following()
            return found

        if phases[0].change is not None:
            phases[0].change()
        excitatory = self.simulation.network.populations[0]
        found = run_bounded(
            self.simulation, excitatory, ends[-1], progress=stage, ends=ends[:-1], read=read
        )
        return {phase.name: each for phase, each in zip(phases, found, strict=True)}

    def _read(self, start: float, stop: float) -> Arrays:
        """Take the spikes of a phase, and the weights at its end."""
        config = self.config
        times, ids = self.simulation.take_spikes("E")
        times_i, _ = self.simulation.take_spikes("I")
        edges = start + BIN * np.arange(round((stop - start) / BIN) + 1)
        binned = [
            np.histogram(times[(ids >= first) & (ids < last)], edges)[0] / (last - first)
            for first, last in cell_groups(config).values()
        ]
        binned.append(np.histogram(times_i, edges)[0] / config.n_inhibitory)
        place = drawn_places(config)[ids]
        first = config.n_excitatory - SAMPLED
        late = (ids >= first) & (times >= stop - config.rest)
        return {
            "edges": edges,
            "rates": 1e3 / BIN * np.array(binned),  # (group or I, bin) Hz
            "drawn_times": times[place >= 0],
            "drawn_ids": place[place >= 0],
            "sampled_times": times[late],
            "sampled_ids": ids[late] - first,
            "inhibition": np.asarray(self.simulation.weights("I->E").weight),
        }


def recalled(config: Config, seed: int, stage: Stage) -> dict[str, dict[str, Arrays]]:
    """Let a network become quiet, store assemblies, balance and cue them; and do so in controls.

    Returns what was read of each phase, by run: "learns", and the controls, which begin with what
    that one's inhibition had learned at some time and learn no more. "held" has what balances the
    assemblies; "frozen" and "unstored" have what was learned before there were any, and in
    "unstored" there are none.
    """
    network = Memory(config, seed)
    phases = [
        Phase("loud", config.loud),
        Phase("learning", config.learning, network.learn),
        Phase("background", config.rest),
        Phase("stored", config.cue, network.store),
        Phase("balancing", config.balancing),
        *_cued(network),
    ]
    found = {"learns": network.go_through(phases, stage.part("learns"))}
    for name, since in CONTROLS.items():
        control = Memory(config, seed)
        control.take_over(found["learns"][since]["inhibition"])
        if name != "unstored":
            control.store()
        found[name] = control.go_through(
            [Phase("settling", config.cue), *_cued(control)], stage.part(name)
        )
    return found


def _cued(network: Memory) -> list[Phase]:
    config = network.config
    return [
        Phase("balanced", config.rest),
        Phase("cued", config.cue, network.stimulate),
        Phase("ending", config.cue),
        Phase("afterwards", config.rest),
    ]


def cell_groups(config: Config) -> dict[str, tuple[int, int]]:
    """Return the first cell of every group of E, and the first that is not in it any more."""
    cued, size = config.n_cued, config.assembly_size
    return {
        "cued": (0, cued),
        "assembly": (cued, size),
        "other": (size, 2 * size),
        "rest": (2 * size, config.n_excitatory),
    }


def drawn_places(config: Config) -> Integers:
    """Return the row (n_excitatory,) of each cell in the raster; -1 of those that are not drawn."""
    place = np.full(config.n_excitatory, -1, dtype=np.int64)
    row = 0
    for first, last in cell_groups(config).values():
        n = min(DRAWN, last - first)
        place[first : first + n] = row + np.arange(n)
        row += n
    return place
