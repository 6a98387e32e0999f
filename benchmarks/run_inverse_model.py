"""One measured run of the default `inverse-model` network: 5,000 s of its learning.

python benchmarks/run_inverse_model.py

Its parameters are those of `postdict run inverse-model`; `bench_pure_python.py` proves its answer.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json

from measured_run import Stopwatch, peak_bytes

import postdict
from postdict.experiments.inverse_model import Config
from postdict.loop import closed_loop


def main() -> None:
    parser = argparse.ArgumentParser(description="One measured run of the inverse-model network.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--duration", type=float, default=5e6, help="ms")
    options = parser.parse_args()
    config = Config()
    with Stopwatch() as build:
        loop = closed_loop(
            config.make_world(options.seed), config.parameters(), config.rule(), seed=options.seed
        )
        simulation = postdict.Simulation(loop.network)
    with Stopwatch() as simulate:
        simulation.run(options.duration)
    counts = [simulation.spike_count(population) for population in (loop.motor, loop.sensor)]
    line = {
        "simulator": "postdict",
        "version": importlib.metadata.version("postdict"),
        "workload": "inverse-model",
        "seed": options.seed,
        "duration_ms": options.duration,
        "build_s": build.wall,
        "wall_s": simulate.wall,
        "cpu_s": simulate.cpu,
        "spikes": counts,
        # Both arrivals of a motor spike at the sensors and of a sensor spike, at E - w as one.
        "events": loop.sensor.size * counts[0] + loop.motor.size * counts[1],
        "peak_mb": 2.0**-20 * peak_bytes(),
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main()
