"""Do the simulators answer alike? Rates and weights against the spread of postdict's seeds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import run_postdict
from workloads import Loop, workload

LARGEST_DIFFERENCE = 4.0  # in units of the seed-to-seed sd
GRID = 0.01  # what a 0.1 ms grid may change besides, as a share: see docs/grid.md
# NEST pairs spikes at lags that are 2 ms longer (see run_nest.py), so that it learns another mean;
# its spread may differ by this share more.
NOT_COMPARED = {("nest", "weight change")}
KNOWN = {("nest", "weight sd"): 0.2}


@dataclass(frozen=True)
class Spread:
    """Mean and sd over seeds, and what a grid may change of it."""

    mean: float
    sd: float
    grid: float

    def distance(self, values: list[float]) -> float:
        """Return how many sd the mean of `values` is away."""
        return float(np.mean(values) - self.mean) / self.sd

    def allowed(self, simulator: str, quantity: str) -> float:
        """Return the largest difference, in the quantity's unit, that passes as agreement."""
        if (simulator, quantity) in NOT_COMPARED:
            return math.inf
        known = KNOWN.get((simulator, quantity), 0.0) * abs(self.mean)
        grid = 0.0 if simulator == "postdict" else self.grid
        return LARGEST_DIFFERENCE * self.sd + grid + known


def answers(run: dict[str, Any]) -> dict[str, float]:
    """Return what a user would read off a run: Hz and mV."""
    names = (f"{name} rate" for name in run["populations"])
    result = dict(zip(names, run["rates_hz"], strict=True))
    if "weight_change" in run:
        result |= {"weight change": run["weight_change"], "weight sd": run["weight_sd"]}
    return result


def spread(name: str, share: float, n_seeds: int) -> dict[str, Spread]:
    """Return the spread of postdict's answers over seeds that no timed run has."""
    work = workload(name, share * workload(name).duration)
    runs = [
        answers(run_postdict.measured(work, seed).to_dict(work))
        for seed in range(1001, 1001 + n_seeds)
    ]
    of = {quantity: np.array([run[quantity] for run in runs]) for quantity in runs[0]}
    grid = {quantity: GRID * float(x.mean()) for quantity, x in of.items()}
    if isinstance(work, Loop):
        grid["weight change"] = work.grid_drift((of["motor rate"].mean(), of["sensor rate"].mean()))
    return {key: Spread(float(x.mean()), float(x.std(ddof=1)), grid[key]) for key, x in of.items()}


def require_agreement(
    runs: dict[tuple[str, str], list[dict[str, Any]]], spreads: dict[str, dict[str, Spread]]
) -> None:
    """Stop where the mean of a simulator's runs is too far from postdict's seeds."""
    for (name, simulator), of in runs.items():
        for quantity, known in spreads.get(name, {}).items():
            found = [answers(run)[quantity] for run in of]
            difference = np.mean(found) - known.mean
            allowed = known.allowed(simulator, quantity)
            if not abs(difference) <= allowed:
                raise SystemExit(
                    f"{simulator} answers differently on {name}: {quantity} {np.mean(found):.5g}, "
                    f"postdict {known.mean:.5g} +- {known.sd:.2g} over seeds "
                    f"(allowed difference {allowed:.2g}); nothing more was timed"
                )
