"""A world in Python, stepped every ms, in the loop of postdict, Brian2 or NEST: one measured run.

PYTHON benchmarks/python_world.py postdict|brian2|brian2-operation|nest|nest-run [--steps N]

100 motor neurons explore; a matrix makes of their spikes in a step a current into 300 sensors for
the next. Brian2 steps by `run(1 ms)`, or by a `network_operation` every ms; NEST by
`Simulate(1 ms)` or, within `Prepare` and `Cleanup`, by `Run(1 ms)`; both read the counts and set
all currents. Prints one JSON line: processor time a step of the loop, of the same network without
the world (which runs in one piece), and of the world alone; rates.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np

N_MOTOR, N_SENSOR = 100, 300
INTERVAL = 1.0  # ms
RATE, KICK = 150.0, 0.1  # Hz, mV
TAU_MOTOR, TAU_SENSOR = 100.0, 10.0  # ms
STEP = 0.1  # ms, of Brian2 and NEST


class MatrixWorld:
    """A current into each sensor, by the motor spikes of the last step; it counts its own time."""

    interval = INTERVAL

    def __init__(self) -> None:
        rng = np.random.default_rng(1)
        self.matrix = 8.0 * (rng.random((N_SENSOR, N_MOTOR)) < 0.1)  # mV a spike in a step
        self.seconds = 0.0

    def reset(self, _: int) -> None:
        """There is nothing to reset."""

    def step(self, motor: Any) -> Any:
        """Return mV for each sensor."""
        started = time.process_time()
        current = self.matrix @ motor
        self.seconds += time.process_time() - started
        return current


def in_postdict(world: MatrixWorld, n_steps: int, looped: bool) -> tuple[Callable[[], None], Any]:
    """Return what runs, and what then counts the spikes."""
    import postdict

    net = postdict.Network(seed=1)
    motor = net.add_population("motor", N_MOTOR, postdict.LIF(tau_m=TAU_MOTOR))
    sensor = net.add_population("sensor", N_SENSOR, postdict.LIF(tau_m=TAU_SENSOR))
    net.add_poisson("exploration", motor, rate=RATE, weight=KICK)
    if looped:
        net.add_world("matrix", world, motor, sensor)
    sim = postdict.Simulation(net)
    return lambda: sim.run(n_steps * INTERVAL), lambda: [
        sim.spike_count(p) for p in net.populations
    ]


def in_brian2(
    world: MatrixWorld, n_steps: int, looped: bool, operation: bool = False
) -> tuple[Callable[[], None], Any]:
    """Return the same; with `operation` the world is called within one long run."""
    import brian2 as b2

    b2.prefs.codegen.target = "cython"
    b2.defaultclock.dt = STEP * b2.ms
    b2.seed(1)
    motor = b2.NeuronGroup(
        N_MOTOR, "dv/dt = -v/tau : 1", threshold="v >= 1", reset="v = 0", method="exact",
        namespace={"tau": TAU_MOTOR * b2.ms},
    )  # fmt: skip
    sensor = b2.NeuronGroup(
        N_SENSOR, "dv/dt = (drive - v)/tau : 1\ndrive : 1", threshold="v >= 1", reset="v = 0",
        method="exact", namespace={"tau": TAU_SENSOR * b2.ms},
    )  # fmt: skip
    kicks = b2.PoissonInput(motor, "v", 1, RATE * b2.Hz, weight=KICK)
    spikes = [b2.SpikeMonitor(group, record=False) for group in (motor, sensor)]
    net = b2.Network(motor, sensor, kicks, *spikes)
    before = np.zeros(N_MOTOR)

    def step() -> None:
        count = np.array(spikes[0].count)
        sensor.drive = world.step(count - before)
        before[:] = count

    if looped and operation:
        net.add(b2.NetworkOperation(step, dt=INTERVAL * b2.ms, when="end"))
    net.run(0 * b2.ms)  # compiles
    for _ in range(3 if looped else 0):
        net.run(INTERVAL * b2.ms)
        step()

    def run() -> None:
        if not looped or operation:
            net.run(n_steps * INTERVAL * b2.ms)
            return
        for _ in range(n_steps):
            net.run(INTERVAL * b2.ms)
            step()

    return run, lambda: [int(monitor.num_spikes) for monitor in spikes]


def in_nest(
    world: MatrixWorld, n_steps: int, looped: bool, prepared: bool = False
) -> tuple[Callable[[], None], Any]:
    """Return the same; `prepared`: between Prepare and Cleanup."""
    import nest

    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.ResetKernel()
    nest.resolution = STEP
    cells = {"V_th": 1.0, "V_reset": 0.0, "E_L": 0.0, "V_m": 0.0, "t_ref": 0.0}
    made = [
        nest.Create("iaf_psc_delta", n, {**cells, "tau_m": tau, "C_m": tau})
        for n, tau in ((N_MOTOR, TAU_MOTOR), (N_SENSOR, TAU_SENSOR))
    ]
    kicks = nest.Create("poisson_generator", params={"rate": RATE})
    nest.Connect(kicks, made[0], syn_spec={"weight": KICK, "delay": 1.0})
    recorders = [nest.Create("spike_recorder") for _ in made]
    for group, recorder in zip(made, recorders, strict=True):
        nest.Connect(group, recorder)
    first, seen, forgotten = made[0][0].global_id, 0, 0

    def step() -> None:
        nonlocal seen, forgotten
        senders = np.asarray(recorders[0].events["senders"], int)
        made[1].I_e = world.step(np.bincount(senders[seen:] - first, minlength=N_MOTOR))
        seen = len(senders)
        if not prepared:  # where NEST lets us: or reading them would take longer and longer
            recorders[0].n_events = 0
            seen, forgotten = 0, forgotten + seen

    def run() -> None:
        if not looped:
            nest.Simulate(n_steps * INTERVAL)
            return
        if prepared:
            nest.Prepare()
        for _ in range(n_steps):
            (nest.Run if prepared else nest.Simulate)(INTERVAL)
            step()
        if prepared:
            nest.Cleanup()

    return run, lambda: [
        forgotten + int(recorders[0].n_events),
        int(recorders[1].n_events),
    ]


SIMULATORS: dict[str, Callable[..., tuple[Callable[[], None], Any]]] = {
    "postdict": in_postdict,
    "brian2": in_brian2,
    "brian2-operation": lambda *given: in_brian2(*given, operation=True),
    "nest": in_nest,
    "nest-run": lambda *given: in_nest(*given, prepared=True),
}


def measured(simulator: str, n_steps: int) -> dict[str, Any]:
    """Return µs of processor time a step, and rates in Hz."""
    cpu = []
    for looped in (False, True):
        world = MatrixWorld()
        run, count = SIMULATORS[simulator](world, n_steps, looped)
        world.seconds = 0.0
        before, started = count(), time.process_time()
        run()
        cpu.append(time.process_time() - started)
        counts = np.subtract(count(), before)
    micro = 1e6 / n_steps
    return {
        "alone": micro * cpu[0],
        "loop": micro * cpu[1],
        "world": micro * world.seconds,
        "over": micro * (cpu[1] - cpu[0] - world.seconds),
        "rates_hz": list(counts / (1e-3 * n_steps * INTERVAL * np.array([N_MOTOR, N_SENSOR]))),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("simulator", choices=SIMULATORS)
    parser.add_argument("--steps", type=int, default=10_000)
    given = parser.parse_args()
    print(json.dumps(measured(given.simulator, given.steps)))
