"""The workloads: every number that defines them, in one place, for postdict and for its peers.

Imported by the interpreters of all simulators, so it needs numpy alone. Units: ms, mV, Hz.

What must agree between simulators before any time means something: the rates of both populations
and, where something learns, the change of the mean weight and the spread of the weights.

Events are arrivals at synapses: spikes times out-degree. In the loop that is N for each motor spike
(world) and N for each sensor spike (plastic inhibition, taken together with the fixed excitation).
Kicks, and the walk over incoming plastic synapses after a motor spike, are work but not counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

STEP = 0.1  # ms, of every simulator that has one
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Loop:
    """Motor neurons, a dense random world, sensors, and plastic inhibition back: N of each.

    Antisymmetric STDP of all pairs, additive; w in [0, w_max] starts where it cancels the fixed
    excitation. Between arrivals tau dV/dt = drive - V; threshold 1 mV, reset to 0, not refractory.
    """

    n: int
    duration: float  # ms
    tau_motor: float = 100.0
    tau_sensor: float = 10.0
    drive: float = 0.657  # of the motor neurons
    kick: float = 0.05  # each motor neuron has its own
    kick_rate: float = 100.0
    world_delay: float = 10.0
    synaptic_delay: float = 1.0
    tau_stdp: float = 20.0

    @property
    def excitation(self) -> float:
        """Of every sensor spike on every motor neuron."""
        return 1.0 / self.n

    @property
    def start_weight(self) -> float:
        """Of the plastic inhibition."""
        return self.excitation

    @property
    def w_max(self) -> float:
        """Upper bound of the inhibition."""
        return 2.0 / self.n

    @property
    def eta(self) -> float:
        """What a pair at lag 0 changes."""
        return 1e-3 * self.w_max

    @property
    def sizes(self) -> tuple[int, int]:
        """Of the two populations, motor and sensor."""
        return self.n, self.n

    def world(self, seed: int) -> Floats:
        """Return A (sensor, motor): in each row four entries of 1.2, the rest below 2/N."""
        rng = np.random.default_rng([seed, 1])
        world = rng.uniform(0.0, 2.0 / self.n, (self.n, self.n))
        for row in world:
            row[rng.choice(self.n, 4, replace=False)] = 1.2
        return world

    def start(self, seed: int) -> Floats:
        """Return the motor neurons' potentials (n,) at t = 0."""
        return np.random.default_rng([seed, 2]).uniform(0.0, 1.0, self.n)

    def grid_drift(self, rates: tuple[float, float]) -> float:
        """Return what a grid adds to the mean weight by the end.

        Both sides of the window have the same area, but all pairs of one step count as lag 0, which
        potentiates: docs/grid.md. That is eta for every chance coincidence of a pair of neurons.
        """
        motor, sensor = rates  # Hz
        return self.eta * motor * sensor * 1e-6 * STEP * self.duration

    def n_events(self, spikes: tuple[int, int]) -> int:
        """Return the events that these spikes (motor, sensor) made."""
        return self.n * sum(spikes)


@dataclass(frozen=True)
class Brette:
    """Benchmarks 2 (exponential currents) and 4 (voltage jumps) of Brette et al. 2007.

    Random sparse network, four fifths excitatory, driven above threshold, no stimulus. Between
    arrivals tau_m dV/dt = v_rest + i_offset - V + g_e + g_i. The in-degree stays if n changes.
    """

    exponential: bool
    n: int = 4000
    duration: float = 5e3  # ms
    in_degree: float = 80.0  # mean: each pair is connected with probability in_degree / n
    tau_m: float = 20.0
    tau_syn_e: float = 5.0
    tau_syn_i: float = 10.0
    v_rest: float = -60.0
    i_offset: float = 11.0
    v_thresh: float = -50.0
    v_reset: float = -60.0
    tau_refrac: float = 5.0
    delay: float = 0.1

    @property
    def weights(self) -> tuple[float, float]:
        """Excitatory and inhibitory, both positive: steps of the current or of V."""
        return (1.62, 9.0) if self.exponential else (0.25, 2.25)

    @property
    def probability(self) -> float:
        """That a neuron reaches another, or itself."""
        return self.in_degree / self.n

    @property
    def sizes(self) -> tuple[int, int]:
        """Of the two populations, excitatory and inhibitory."""
        return self.n * 4 // 5, self.n // 5

    def start(self, seed: int) -> Floats:
        """Return all potentials (n,) at t = 0, the excitatory neurons' first."""
        rng = np.random.default_rng([seed, 2])
        return rng.uniform(self.v_reset, self.v_thresh, self.n)

    def n_events(self, spikes: tuple[int, int]) -> int:
        """Return the events that these spikes made, by the mean out-degree."""
        return round(self.in_degree * sum(spikes))


@dataclass(frozen=True)
class Coba(Brette):
    """Benchmark 1 of Brette et al. 2007: conductances, in units of the leak, and no drive.

    tau_m dV/dt = v_rest - V - g_e (V - e_rev_e) - g_i (V - e_rev_i). Excitatory neurons are kicked,
    each by its own Poisson process, for the first 50 ms, which are not measured.
    """

    exponential: bool = True
    i_offset: float = 0.0
    e_rev_e: float = 0.0
    e_rev_i: float = -80.0
    kick_rate: float = 300.0
    kicks_end: float = 50.0

    @property
    def weights(self) -> tuple[float, float]:
        """Excitatory and inhibitory; a kick is of the first."""
        return 0.6, 6.7


LOUD = {  # drive (mV) at which 1,000 neurons fire at about the rate that the name tells
    "jump-50hz": 36.0,
    "jump-150hz": 170.0,
    "cuba-50hz": 66.0,
    "cuba-150hz": 285.0,
}


@dataclass(frozen=True)
class Vogels:
    """The recurrent network of Vogels et al. 2011 from its loud start, as in `vogels2011.py`.

    I to E learns by VogelsSTDP once `loud` ms have passed. With conductances (in units of the leak)
    neurons are those of `Coba`, with a drive; without them those of `Brette`, every weight times
    its distance from the reversal potential at -55 mV, midway between rest and threshold.
    """

    conductances: bool = True
    n: int = 10000
    duration: float = 10e3  # ms
    in_degree: float = 200.0  # mean: each pair is connected with probability in_degree / n
    loud: float = 1e3  # ms without plasticity
    i_offset: float = 20.0
    rho: float = 3.0  # Hz
    tau_stdp: float = 20.0
    tau_m: float = 20.0
    tau_syn_e: float = 5.0
    tau_syn_i: float = 10.0
    v_rest: float = -60.0
    v_thresh: float = -50.0
    v_reset: float = -60.0
    e_rev_e: float = 0.0
    e_rev_i: float = -80.0
    tau_refrac: float = 5.0
    delay: float = 0.1

    @property
    def units(self) -> tuple[float, float]:
        """What a weight of one leak conductance is, excitatory and inhibitory: 1, or mV."""
        return (1.0, 1.0) if self.conductances else (55.0, 25.0)

    @property
    def weights(self) -> tuple[float, float]:
        """Of all excitatory synapses, and of I to I."""
        return 0.03 * self.units[0], 0.3 * self.units[1]

    @property
    def start_weight(self) -> float:
        """Of I to E."""
        return 1e-11 * self.units[1]

    @property
    def eta(self) -> float:
        """Learning rate."""
        return 1e-3 * self.units[1]

    @property
    def w_max(self) -> float:
        """Upper bound of I to E."""
        return 10.0 * self.units[1]

    @property
    def alpha(self) -> float:
        """What an arrival takes, in units of eta."""
        return 2e-3 * self.rho * self.tau_stdp

    @property
    def probability(self) -> float:
        """That a neuron reaches another, or itself."""
        return self.in_degree / self.n

    @property
    def sizes(self) -> tuple[int, int]:
        """Of the two populations, excitatory and inhibitory."""
        return self.n * 4 // 5, self.n // 5

    def start(self, seed: int) -> Floats:
        """Return all potentials (n,) at t = 0, the excitatory neurons' first."""
        rng = np.random.default_rng([seed, 2])
        return rng.uniform(self.v_reset, self.v_thresh, self.n)

    @property
    def parts(self) -> tuple[float, float]:
        """How long it runs without plasticity, and with it, ms."""
        loud = min(self.loud, self.duration)
        return loud, self.duration - loud

    def n_events(self, spikes: tuple[int, int]) -> int:
        """Return the events that these spikes made, by the mean out-degree."""
        return round(self.in_degree * sum(spikes))


Workload = Loop | Brette | Vogels


def workload(name: str, duration: float | None = None) -> Workload:
    """Return the workload of a name.

    "loop-N", "jump", "cuba", "coba" ("jump-N", ...: smaller, with the same in-degree), those two of
    them that are loud ("jump-50hz", ...), "vogels2011" or "vogels2011-currents". `duration` (ms)
    replaces the workload's own.
    """
    given: dict[str, Any] = {} if duration is None else {"duration": duration}
    if name in ("vogels2011", "vogels2011-currents"):
        return Vogels(name == "vogels2011", **given)
    kind, _, size = name.partition("-")
    if name in LOUD:
        return Brette(kind == "cuba", i_offset=LOUD[name], **{"duration": 1e3, **given})
    if size.isdecimal():
        given["n"] = int(size)
    if kind in ("jump", "cuba") and (size.isdecimal() or name == kind):
        return Brette(kind == "cuba", **given)
    if kind == "coba" and (size.isdecimal() or name == kind):
        return Coba(**given)
    if kind != "loop" or not size.isdecimal():
        raise SystemExit(
            f"workload must be loop-N, jump, cuba, coba, jump-50hz, cuba-50hz, jump-150hz, "
            f"cuba-150hz, vogels2011 or vogels2011-currents, got {name!r}"
        )
    usual = {100: 100e3, 400: 20e3, 1600: 2e3}.get(int(size), 3.2e9 / int(size) ** 2)
    return Loop(**{"duration": usual, **given})
