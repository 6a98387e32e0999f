"""Step currents: values[k] on [times[k], times[k + 1]), the last for ever, 0 before the first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .common import require


@dataclass
class StepCurrent:
    """mV, added to v_inf of some neurons of a population."""

    population: int
    n: int  # neurons of the population
    ids: list[int]
    times: list[float]
    values: list[float]
    present: float = 0.0

    def __post_init__(self) -> None:
        require(len(set(self.ids)) == len(self.ids), "a current reaches a neuron once")
        require(all(0 <= i < self.n for i in self.ids), "id out of range")
        require(len(self.times) == len(self.values) > 0, "one value for each time")
        require(self.times == sorted(set(self.times)), "times increase")


def total(currents: Iterable[StepCurrent], population: int, i: int) -> float:
    """Added up anew at each change, so that a current that is over leaves no rounding behind."""
    return sum(c.present for c in currents if c.population == population and i in c.ids)
