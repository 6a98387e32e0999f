"""An assembly of cells that excite one another: balanced until it cannot be seen, and recalled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..._types import Arrays, Floats
from ...lab.results import Nested
from ...lab.stages import Stage
from .._shared.per_seed import Found
from .cortex import STREAMS, Cortex, CortexRun


def recalled(cortex: Cortex, learned: Floats, stage: Stage) -> Found:
    """Store an assembly in a network with learned weights, balance it, and lower inhibition."""
    config = cortex.config
    rng = np.random.default_rng([cortex.seed, 0xA55])
    n = config.n_excitatory
    size = max(round(config.assembly * n), 1)
    chosen = rng.permutation(n)
    member, other = np.zeros(n, bool), np.zeros(n, bool)
    member[chosen[:size]], other[chosen[size : 2 * size]] = True, True
    among = member[cortex.ee.pre] & member[cortex.ee.post]
    ee = config.recurrent_weight * np.where(among, config.assembly_factor, 1.0)
    phase = config.recall_duration

    def rates(run: CortexRun, start: float, stop: float) -> Nested:
        run.until(stop, stage)
        _, ids = run.simulation.spikes("E", start=start, stop=stop)
        hz = np.bincount(ids, minlength=n) / (1e-3 * (stop - start))
        names = {"assembly": member, "others": other, "rest": ~member}
        return {name: float(hz[cells].mean()) for name, cells in names.items()}

    def start(duration: float, weights: Floats) -> CortexRun:
        return cortex.simulation(duration, weights, stream=STREAMS["recall"], ee=ee)

    settling = 0.25 * phase
    found = {"stored": rates(start(phase, learned), settling, phase)}
    run = cortex.simulation(
        config.assembly_duration,
        learned,
        stream=STREAMS["assembly"],
        ee=ee,
        rule=config.vogels(config.eta),
    )
    run.simulation.set_recording("E", False)
    run.until(0.6 * config.assembly_duration, stage)
    run.simulation.set_learning_rate(run.inhibition, config.eta_late)
    run.until(config.assembly_duration, stage)
    balanced = run.weights()

    def lowered(cells: NDArray[np.bool_]) -> Floats:
        return np.where(cells[cortex.ie.post], config.lowered, 1.0) * balanced

    everybody = np.ones(n, bool)
    arrays: Arrays = {}
    for name, phases in (
        ("recall", {"balanced": None, "lowered": member, "restored": None}),
        ("control", {"lowered_others": other, "lowered_all": everybody}),
    ):
        run = start(len(phases) * phase, balanced)
        for k, (what, cells) in enumerate(phases.items()):
            weights = balanced if cells is None else lowered(cells)
            run.simulation.set_weights(run.inhibition, weights)
            found[what] = rates(run, k * phase + settling, (k + 1) * phase)
        if name == "recall":
            times, ids = run.simulation.spikes("E")
            shown = [*chosen[:size][:40], *chosen[size : 2 * size][:40]]
            place = np.full(n, -1)
            place[shown] = np.arange(len(shown))
            kept = place[ids] >= 0
            arrays = {"recall_times": times[kept], "recall_ids": place[ids[kept]]}
    return found, arrays
