"""A world in Python, stepped every ms, in the loop of postdict and of its peers.

pytest benchmarks/bench_python_world.py             # proves the answer, times nothing
python benchmarks/bench_python_world.py --brian2 brian/bin/python --nest nest/bin/python

Goal: at most 20 µs a step over the world's own time, at 100 motor and 300 sensor neurons. What the
sensors do with their currents counts as part of it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys

import numpy as np
import python_world
from python_world import INTERVAL, N_MOTOR, N_SENSOR, TAU_SENSOR, MatrixWorld

import postdict

GOAL = 20.0  # µs
LARGEST_DIFFERENCE = 0.05  # of rates: of chance, and of what a 0.1 ms grid does
CHUNKED = 30  # steps of Brian2 by `run`, each of which takes a tenth of a second


class Noting(MatrixWorld):
    """Keeps its answers."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[np.ndarray] = []

    def step(self, motor: np.ndarray) -> np.ndarray:
        """Return mV for each sensor."""
        self.answers.append(super().step(motor))
        return self.answers[-1]


def prove(n_steps: int) -> int:
    """Compare what the world hears with what is recorded, and its sensors with known currents.

    Return how many of their spikes were equal, to 1e-9 ms.
    """
    net = postdict.Network(seed=1)
    motor = net.add_population("motor", N_MOTOR, postdict.LIF(tau_m=python_world.TAU_MOTOR))
    sensor = net.add_population("sensor", N_SENSOR, postdict.LIF(tau_m=TAU_SENSOR))
    net.add_poisson("exploration", motor, rate=python_world.RATE, weight=python_world.KICK)
    world = Noting()
    net.add_world("matrix", world, motor, sensor)
    sim = postdict.Simulation(net)
    sim.run(n_steps * INTERVAL)

    times, ids = sim.spikes(motor)
    counts = np.zeros((n_steps, N_MOTOR))
    np.add.at(counts, ((times // INTERVAL).astype(int), ids), 1.0)
    currents = counts[:-1] @ world.matrix.T  # the last step is yet to come
    np.testing.assert_array_equal(np.array(world.answers), currents)

    known = postdict.Network()
    cells = known.add_population("sensor", N_SENSOR, postdict.LIF(tau_m=TAU_SENSOR))
    for i in range(N_SENSOR):
        steps = postdict.Steps.sampled(currents[:, i], every=INTERVAL, start=INTERVAL)
        known.add_current(f"current {i}", cells, steps, ids=[i])
    driven = postdict.Simulation(known)
    driven.run(n_steps * INTERVAL)
    for one, other in zip(sim.spikes(sensor), driven.spikes(cells), strict=True):
        np.testing.assert_allclose(one, other, rtol=0.0, atol=1e-9)
    return sim.spike_count(sensor)


def test_sensors_fire_as_by_known_currents() -> None:
    assert prove(300) > 1000


def measured(python: str, simulator: str, n_steps: int) -> dict[str, float]:
    command = [python, python_world.__file__, simulator, "--steps", str(n_steps)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--brian2", help="Python of an environment with brian2")
    parser.add_argument("--nest", help="Python of an environment with nest-simulator")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    print(f"{prove(2000):,} sensor spikes are those that known currents make")
    runs = [(sys.executable, "postdict", 20_000)]
    if given.brian2:
        runs += [(given.brian2, "brian2-operation", 20_000), (given.brian2, "brian2", CHUNKED)]
    if given.nest:
        runs += [(given.nest, "nest", 5000), (given.nest, "nest-run", 5000)]
    found = {name: [] for _, name, _ in runs}
    for _ in range(given.rounds):
        for python, name, n_steps in runs:
            found[name].append(measured(python, name, n_steps))
    expected = np.median([run["rates_hz"] for run in found["postdict"]], axis=0)
    print("| simulator | µs a step over the world | the world | network alone | rates, Hz |")
    print("|---|---|---|---|---|")
    for name, results in found.items():
        columns = {key: [run[key] for run in results] for key in ("over", "world", "alone")}
        over, world, alone = (statistics.median(column) for column in columns.values())
        rates = np.median([run["rates_hz"] for run in results], axis=0)
        if name != "brian2":  # whose few steps do not tell
            np.testing.assert_allclose(rates, expected, rtol=LARGEST_DIFFERENCE)
        spread = f"{min(columns['over']):,.1f}–{max(columns['over']):,.1f}"
        shown = ", ".join(f"{rate:.1f}" for rate in rates)
        print(f"| {name} | {over:,.1f} ({spread}) | {world:.1f} | {alone:.1f} | {shown} |")
    over = statistics.median(run["over"] for run in found["postdict"])
    print(f"goal: {GOAL:g} µs; {'met' if over <= GOAL else 'missed'}")


if __name__ == "__main__":
    main()
