"""What an event costs as networks grow, fire faster, have more synapses, or run longer; memory.

python benchmarks/scaling.py [size] [rate] [synapses] [time] [memory]      # all: about a minute

Processor time of one thread, medians of `--rounds`; tables ready for README.md. A flat column is
the goal; what is not flat is explained there.
"""

from __future__ import annotations

import argparse
import datetime as dt
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import run_postdict
import scaling_memory
from measured_run import Stopwatch
from workloads import Loop

import postdict

EVENTS = 2e7  # about as many in each measured run


def loop_cost(work: Loop, seed: int) -> tuple[float, tuple[float, ...]]:
    """Return ns per event, and the rates (Hz) of motor neurons and sensors."""
    run = run_postdict.measured(work, seed)
    report = run.to_dict(work)
    return 1e9 * run.simulate.cpu / report["events"], tuple(report["rates_hz"])


def median_cost(
    measure: Callable[[int], tuple[float, tuple[float, ...]]], rounds: int
) -> tuple[str, tuple[float, ...]]:
    """Return the cost as text and the rates of the last of some rounds."""
    runs = [measure(seed) for seed in range(rounds)]
    costs = [cost for cost, _ in runs]
    return f"{statistics.median(costs):.2f} ({min(costs):.2f}–{max(costs):.2f})", runs[-1][1]


def over_size(rounds: int) -> None:
    """Dense plastic loop: events a second grow with N squared."""
    print("| N a side | plastic synapses | rates Hz | ns per event |\n|---|---|---|---|")
    for n in (50, 100, 200, 400, 800, 1600, 3000):
        # 27 spikes a second in a pair of motor neuron and sensor
        work = Loop(n, duration=1e3 * max(EVENTS / (27 * n**2), 0.2))
        cost, rates = median_cost(lambda seed, work=work: loop_cost(work, seed), rounds)
        print(f"| {n} | {n**2:,} | {rates[0]:.1f} / {rates[1]:.1f} | {cost} |", flush=True)


def over_rate(rounds: int) -> None:
    """Drive the loop at N = 400 more or less; kicks are work but no events."""
    print("| drive mV | rates Hz | kicks per 1000 events | ns per event |\n|---|---|---|---|")
    for drive in (0.5, 0.6, 0.657, 0.75, 0.9):
        work = replace(Loop(400, duration=6e3), drive=drive)
        cost, rates = median_cost(lambda seed, work=work: loop_cost(work, seed), rounds)
        kicks = 1e3 * work.kick_rate / (work.n * sum(rates))
        print(f"| {drive} | {rates[0]:.1f} / {rates[1]:.1f} | {kicks:.1f} | {cost} |", flush=True)


def sparse_cost(in_degree: int, n: int, seed: int) -> tuple[float, tuple[float, ...]]:
    """Deliver 10 Hz spikes of n sources to n neurons that stay silent, over static synapses."""
    rng = np.random.default_rng(seed)
    n_spikes = int(EVENTS / 4 / in_degree)
    duration = 1e3 * n_spikes / (10.0 * n)
    net = postdict.Network(seed)
    source = net.add_spike_source(
        "source", n, times=rng.uniform(0.0, duration, n_spikes), ids=rng.integers(0, n, n_spikes)
    )
    cells = net.add_population("cells", n, postdict.LIF(v_thresh=1e9))
    synapses = postdict.fixed_in_degree(n, n, in_degree, weight=1.0, seed=rng)
    net.connect(source, cells, weights=synapses, axonal_delay=1.0)
    simulation = postdict.Simulation(net)
    with Stopwatch() as watch:
        simulation.run(duration + 2.0)
    return 1e9 * watch.cpu / (n_spikes * in_degree), (10.0,)


def over_synapses(rounds: int) -> None:
    """Sparse delivery alone."""
    print("| neurons | in-degree | synapses | ns per event |\n|---|---|---|---|")
    for n, in_degree in ((4000, 10), (4000, 80), (4000, 400), (4000, 1000), (20000, 80)):
        cost, _ = median_cost(lambda seed, n=n, k=in_degree: sparse_cost(k, n, seed), rounds)
        print(f"| {n:,} | {in_degree} | {n * in_degree:,} | {cost} |", flush=True)


def over_time(rounds: int) -> None:
    """Measure parts of one long run of the loop at N = 100, which learns meanwhile."""
    print("| biological s so far | ns per event in this part |\n|---|---|")
    work = Loop(100, duration=20e3)
    costs: dict[float, list[float]] = {}
    for seed in range(rounds):
        simulation = postdict.Simulation(run_postdict.network(work, seed)[0])
        for population in ("motor", "sensor"):
            simulation.set_recording(population, False)  # ten hours would not fit into memory
        for end in (1e5, 5e5, 2e6, 1e7, 3.6e7):
            simulation.run_until(end - work.duration)  # not measured
            before = sum(map(simulation.spike_count, ("motor", "sensor")))
            with Stopwatch() as watch:
                simulation.run_until(end)
            spikes = sum(map(simulation.spike_count, ("motor", "sensor"))) - before
            costs.setdefault(end, []).append(1e9 * watch.cpu / (spikes * work.n))
    for end, found in costs.items():
        shown = f"{statistics.median(found):.2f} ({min(found):.2f}–{max(found):.2f})"
        print(f"| {1e-3 * end:,.0f} | {shown} |")


def memory(_rounds: int) -> None:
    """Resident memory of the simulation, each kind of synapse in a process of its own."""
    print("| synapses | number | bytes each, simulation | documented | description, bytes each |")
    print("|---|---|---|---|---|")
    for kind in scaling_memory.DOCUMENTED:
        script = Path(__file__).with_name("scaling_memory.py")
        subprocess.run([sys.executable, str(script), kind], check=True)


TABLES = {
    "size": over_size,
    "rate": over_rate,
    "synapses": over_synapses,
    "time": over_time,
    "memory": memory,
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Cost per event over size, rate, synapses, time.")
    parser.add_argument("tables", nargs="*", help=f"of {', '.join(TABLES)}; all by default")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(dt.datetime.now(tz=dt.UTC).date())
    for name in options.tables or TABLES:
        print(f"\n{name}: {TABLES[name].__doc__}\n", flush=True)
        TABLES[name](options.rounds)


if __name__ == "__main__":
    main()
