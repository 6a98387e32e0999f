"""What a rule costs: instructions per event of loop-400, by rule, against AntisymmetricSTDP.

python benchmarks/rule_costs.py              # a few minutes; needs valgrind

Every rule here is the antisymmetric one, written otherwise; that all spikes are equal is checked.
With a third factor they cannot be: there a pair does in the end what it does in the rule itself,
but later. Instructions are counted as in `count_instructions`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from callgrind_profile import instructions
from run_postdict import loop_network
from workloads import Loop, workload

import postdict
from postdict.plasticity import Rule

RULES = ("AntisymmetricSTDP", "TripletSTDP", "CustomSTDP", "Modulated")
SPAN = (200.0, 600.0)  # ms: the difference of two runs is counted


def rules(work: Loop) -> dict[str, Rule]:
    tau = work.tau_stdp
    return {
        "AntisymmetricSTDP": postdict.AntisymmetricSTDP(
            work.eta, tau_plus=tau, tau_minus=tau, w_max=work.w_max
        ),
        "TripletSTDP": postdict.TripletSTDP(
            work.eta, 1.0, 1.0, 0.0, 0.0, tau, tau, w_max=work.w_max
        ),
        "CustomSTDP": postdict.CustomSTDP(
            {"x": tau},
            {"y": tau},
            "w - eta * A_minus * y",
            "w + eta * A_plus * x",
            {"eta": work.eta, "A_plus": 1.0, "A_minus": 1.0},
            w_max=work.w_max,
        ),
        "Modulated": postdict.Modulated(
            postdict.AntisymmetricSTDP(work.eta, tau_plus=tau, tau_minus=tau, w_max=work.w_max),
            tau_eligibility=200.0,
            modulator=1.0 / 200.0,
        ),
    }


def measured(name: str, duration: float) -> dict[str, float]:
    """Run the loop with a rule and return its events and spikes."""
    work = workload("loop-400", duration)
    assert isinstance(work, Loop)
    net, _ = loop_network(work, 1, rules(work)[name])
    simulation = postdict.Simulation(net)
    simulation.run(duration)
    times = [float(simulation.spikes(population)[0].sum()) for population in net.populations]
    return {"events": simulation.n_events, "spikes": sum(times)}


def counted(name: str, duration: float) -> tuple[int, dict[str, float]]:
    """Return the instructions of a whole process, and what it measured."""
    with tempfile.TemporaryDirectory() as folder:
        profile = Path(folder) / "profile"
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}"]
        command += [sys.executable, __file__, "--rule", name, "--duration", str(duration)]
        env = {**os.environ, "PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1"}
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
        return sum(instructions(profile).values()), json.loads(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description="Instructions per event, by rule.")
    parser.add_argument("--rule")
    parser.add_argument("--duration", type=float, default=SPAN[1])
    options = parser.parse_args()
    if options.rule:
        print(json.dumps(measured(options.rule, options.duration)))
        return
    counts, spikes = {}, set()
    for name in RULES:
        (start, before), (end, after) = (counted(name, duration) for duration in SPAN)
        counts[name] = (end - start) / (after["events"] - before["events"])
        if name != "Modulated":
            spikes.add(after["spikes"])
    if len(spikes) != 1:
        raise SystemExit("the rules do not give the same spikes")
    reference = counts["AntisymmetricSTDP"]
    print("| rule | instructions per event | ratio |\n|---|---|---|")
    for name, count in counts.items():
        print(f"| {name} | {count:.1f} | {count / reference:.2f} |")


if __name__ == "__main__":
    main()
