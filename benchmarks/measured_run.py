"""One run of one simulator on one workload, in a process of its own, reported as one JSON line."""

from __future__ import annotations

import argparse
import json
import resource
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workloads import Brette, Loop, Workload, workload

EI = ("excitatory", "inhibitory")


class Stopwatch:
    """Wall and processor seconds of this process within a `with`."""

    wall = cpu = 0.0

    def __enter__(self) -> Stopwatch:
        self._started = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        wall, cpu = self._started
        self.wall, self.cpu = time.perf_counter() - wall, time.process_time() - cpu


@dataclass
class Run:
    """What was measured: times are those of the simulated part alone, nothing built or compiled."""

    build: Stopwatch = field(default_factory=Stopwatch)
    simulate: Stopwatch = field(default_factory=Stopwatch)
    spikes: tuple[int, int] = (0, 0)  # of the two populations
    weights: Any = None  # the plastic ones, in any shape, mV
    peak_bytes: int = 0

    def to_dict(self, work: Workload) -> dict[str, Any]:
        """Return the run as JSON can hold it."""
        seconds = 1e-3 * work.duration
        learned: dict[str, float] = {}
        if not isinstance(work, Brette):
            mean = float(self.weights.mean())
            learned = {"weight_mean": mean, "weight_change": mean - work.start_weight}
            learned |= {"weight_sd": float(self.weights.std())}
        return {
            "build_s": self.build.wall,
            "wall_s": self.simulate.wall,
            "cpu_s": self.simulate.cpu,
            "populations": ("motor", "sensor") if isinstance(work, Loop) else EI,
            "spikes": self.spikes,
            "events": work.n_events(self.spikes),
            "rates_hz": [k / (n * seconds) for k, n in zip(self.spikes, work.sizes, strict=True)],
            **learned,
            "peak_mb": 2.0**-20 * (self.peak_bytes or peak_bytes()),
        }


def peak_bytes(status: Path = Path("/proc/self/status")) -> int:
    """Return the largest resident memory so far of the process whose status this is."""
    if status.exists():
        for line in status.read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return 1024 * int(line.split()[1])
    # Elsewhere than on Linux. There it would include what the process's parent had in memory.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def parser(simulator: str) -> argparse.ArgumentParser:
    result = argparse.ArgumentParser(description=f"One measured run of {simulator}.")
    result.add_argument("workload", help="as workloads.py names them")
    result.add_argument("--seed", type=int, default=1)
    result.add_argument("--duration", type=float, help="ms; the workload's own by default")
    return result


def chosen(options: argparse.Namespace) -> Workload:
    return workload(options.workload, options.duration)


def report(simulator: str, version: str, options: argparse.Namespace, run: Run) -> None:
    """Print the JSON line of a run."""
    work = chosen(options)
    head = {"simulator": simulator, "version": version, "workload": options.workload}
    head |= {"seed": options.seed, "duration_ms": work.duration}
    print(json.dumps(head | run.to_dict(work)), flush=True)
