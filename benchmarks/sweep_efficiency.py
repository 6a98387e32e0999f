"""How much of two cores a sweep of 200 short points uses, and what limits many workers.

    python benchmarks/sweep_efficiency.py                  # processes of this machine
    python benchmarks/sweep_efficiency.py --dask           # a scheduler and two workers on loopback
    python benchmarks/sweep_efficiency.py --limits         # costs per point without any simulation

Efficiency: the points' own time over cores and wall time. The points' own processor time over the
same is printed beside it: where other programs use the machine, it tells what they took.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from postdict import LIF, AntisymmetricSTDP, Network, Simulation, Sweep, sweep

ROOT = Path(__file__).parent


def point(config: dict[str, Any]) -> dict[str, float]:
    """Simulate a small plastic network and say what it took."""
    started, used = time.perf_counter(), time.process_time()
    net = Network(seed=config["seed"])
    source = net.add_population("source", 100, LIF(tau_m=100.0))
    net.add_poisson("kicks", source, rate=150.0, weight=0.1)
    target = net.add_population("target", 100, LIF(tau_m=20.0))
    rule = AntisymmetricSTDP(eta=config["eta"], tau_plus=20.0, tau_minus=20.0)
    weights = net.connect(source, target, weights=0.05, axonal_delay=1.0, plasticity=rule)
    sim = Simulation(net)
    sim.run(config["duration"])
    return {
        "mean_weight": float(sim.weights(weights).mean()),
        "own_wall_s": time.perf_counter() - started,
        "own_cpu_s": time.process_time() - used,
    }


def nothing(config: dict[str, Any]) -> dict[str, float]:
    """Return at once."""
    return {"k": float(config["k"])}


@contextmanager
def dask(folder: str, workers: int) -> Iterator[Any]:
    """Give a client of a scheduler and worker processes on loopback, once they are there."""
    from distributed import Client

    file = Path(folder) / "scheduler.json"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    common = ["--no-dashboard", "--host", "127.0.0.1", "--scheduler-file", str(file)]
    commands = [["distributed.cli.dask_scheduler", *common, "--port", "0"]]
    commands += [["distributed.cli.dask_worker", *common, "--nthreads", "1"]] * workers
    started: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands:
            started.append(
                subprocess.Popen(
                    [sys.executable, "-m", *command], env=environment, stderr=subprocess.DEVNULL
                )
            )
        while not file.exists():
            time.sleep(0.05)
        with Client(scheduler_file=str(file), set_as_default=False) as client:
            client.wait_for_workers(workers)
            yield client
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait()


def efficiency(options: argparse.Namespace) -> None:
    etas = [1e-5 * k for k in range(1, options.points + 1)]
    base = {"eta": 0.0, "duration": options.duration}
    made = Sweep.grid(point, base, {"eta": etas})
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "sweep"
        before = [sum(os.getloadavg()[:1])]
        if options.dask:
            began = time.perf_counter()
            with dask(folder, options.workers) as client:
                start_up = time.perf_counter() - began
                report = made.run(out, client, chunk=options.chunk)
            extra = f" (a cluster that was up: {start_up:.1f} s of starting it not included)"
        else:
            report = made.run(out, workers=options.workers, chunk=options.chunk)
            extra = ""
        assert report.done == options.points, report
        walls, used = [], []
        for one in made.points:
            summary = sweep.load_result(out, one.key).summary
            walls.append(summary["own_wall_s"])
            used.append(summary["own_cpu_s"])
        first = made.points[0]
        again = point(first.config)["mean_weight"]
        assert sweep.load_result(out, first.key).summary["mean_weight"] == again
    share = sum(walls) / (options.workers * report.wall_s)
    cpu = sum(used) / (options.workers * report.wall_s)
    print(
        f"{options.points} points of {1e3 * statistics.median(walls):.0f} ms on "
        f"{options.workers} {'dask workers' if options.dask else 'processes'}: "
        f"{report.wall_s:.1f} s, efficiency {share:.1%}, processor time {cpu:.1%} "
        f"of {options.workers} cores, load before {before[0]:.1f}{extra}"
    )


def limits(options: argparse.Namespace) -> None:
    """Print what a point costs beside its simulation."""
    n = options.points * 5
    began = time.perf_counter()
    made = Sweep.grid(nothing, {"k": 0}, {"k": list(range(n))})
    print(f"declared:  {1e6 * (time.perf_counter() - began) / n:8.0f} us a point")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "sweep"
        report = made.run(out, workers=options.workers)
        print(f"processes: {1e6 * report.wall_s / n:8.0f} us a point, one by one, with start-up")
        size = statistics.mean(one.stat().st_size for one in (out / "points").iterdir())
        for name, work in (
            ("verified", lambda: made.run(out, workers=1)),
            ("status", lambda: sweep.status(out)),
            ("collected", lambda: sweep.collect(out, Path(folder) / "table.csv")),
        ):
            began = time.perf_counter()
            work()
            print(f"{name + ':':<10} {1e6 * (time.perf_counter() - began) / n:8.0f} us a point")
        print(f"file:      {size:8.0f} bytes a point, this one with an empty summary")
        if options.dask:
            with dask(folder, options.workers) as client:
                for chunk in (1, 20):
                    report = made.run(Path(folder) / f"dask{chunk}", client, chunk=chunk)
                    print(
                        f"dask:      {1e6 * report.wall_s / n:8.0f} us a point in chunks of {chunk}"
                    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=200)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--duration", type=float, default=2e5, help="of a point, biological ms")
    parser.add_argument("--chunk", type=int, default=1)
    parser.add_argument("--dask", action="store_true")
    parser.add_argument("--limits", action="store_true")
    options = parser.parse_args()
    (limits if options.limits else efficiency)(options)


if __name__ == "__main__":
    main()
