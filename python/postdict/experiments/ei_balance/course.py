"""How a network changes while it learns."""

from __future__ import annotations

import numpy as np

from ..._types import Floats
from .cortex import CortexRun

PARTS = 20  # of learning, after each of which rates are noted


class Course:
    """Rates and weights after each part of learning."""

    def __init__(self, run: CortexRun) -> None:
        self._run = run
        for name in ("E", "I"):
            run.simulation.set_recording(name, False)
        self._times = [0.0]
        self._counts = [(0, 0)]
        self._mean_weights: list[float] = []

    def note(self) -> None:
        """Note rates and weights at the end of a part."""
        simulation = self._run.simulation
        self._times.append(simulation.time)
        self._counts.append((simulation.spike_count("E"), simulation.spike_count("I")))
        self._mean_weights.append(float(self._run.weights().mean()))

    def arrays(self, name: str) -> dict[str, Floats]:
        """Return ends of parts (ms), rates of E and I (Hz) and mean weights (mV)."""
        sizes = [cells.size for cells in self._run.simulation.network.populations]
        seconds = 1e-3 * np.diff(self._times)
        rates = np.diff(np.array(self._counts, dtype=np.float64), axis=0) / seconds[:, None] / sizes
        return {
            f"{name}_times": np.array(self._times[1:]),
            f"{name}_rate": rates[:, 0],
            f"{name}_rate_inhibitory": rates[:, 1],
            f"{name}_weight": np.array(self._mean_weights),
        }
