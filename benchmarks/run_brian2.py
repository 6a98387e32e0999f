"""One measured run of Brian2's C++ standalone target: compiled once, then run again and again.

PYTHON benchmarks/run_brian2.py loop-400 --build DIR      # PYTHON: of an environment with brian2

The first call compiles into DIR; every later one only runs what is there (its seed is compiled in).
The generated program itself takes the time of the measured part.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
from measured_run import Run, chosen, parser, peak_bytes, report
from workloads import STEP, Brette, Coba, Loop, Vogels, Workload

# Appends wall and processor seconds and both spike counts to a file; keeps the process's status.
STAMP = """{
    timespec wall, cpu;
    clock_gettime(CLOCK_MONOTONIC, &wall);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
    std::ofstream("stamps.txt", std::ios::app) << std::fixed
        << wall.tv_sec + 1e-9 * wall.tv_nsec << " " << cpu.tv_sec + 1e-9 * cpu.tv_nsec << " "
        << brian::_array_FIRST_N[0] << " " << brian::_array_SECOND_N[0] << std::endl;
    std::ofstream("status.txt") << std::ifstream("/proc/self/status").rdbuf();
}"""


def loop(b2: Any, work: Loop, seed: int) -> tuple[list[Any], tuple[Any, Any], Any]:
    """Return all objects, those whose spikes are counted, and the plastic synapses."""
    ms, n = b2.ms, work.n
    names = {"tau": work.tau_motor * ms, "drive": work.drive}
    motor = b2.NeuronGroup(
        n, "dv/dt = (drive - v)/tau : 1", threshold="v >= 1", reset="v = 0", method="exact",
        namespace=names,
    )  # fmt: skip
    motor.v = work.start(seed)
    sensor = b2.NeuronGroup(
        n, "dv/dt = -v/tau : 1", threshold="v >= 1", reset="v = 0", method="exact",
        namespace={"tau": work.tau_sensor * ms},
    )  # fmt: skip
    kicks = b2.PoissonInput(motor, "v", 1, work.kick_rate * b2.Hz, weight=work.kick)
    world = b2.Synapses(motor, sensor, "a : 1", on_pre="v_post += a", delay=work.world_delay * ms)
    world.connect()
    world.a = work.world(seed).T.flatten()  # synapses are sorted by source
    rule = {"tau": work.tau_stdp * ms, "eta": work.eta, "w_max": work.w_max, "E": work.excitation}
    # Excitation and inhibition arrive together, so that one object does both: half the events.
    back = b2.Synapses(
        sensor,
        motor,
        """w : 1
           dx/dt = -x/tau : 1 (event-driven)
           dy/dt = -y/tau : 1 (event-driven)""",
        on_pre="v_post += E - w; w = clip(w - eta*y, 0, w_max); x += 1",
        on_post="w = clip(w + eta*x, 0, w_max); y += 1",
        delay={"pre": work.synaptic_delay * ms},
        namespace=rule,
    )
    back.connect()
    back.w = work.excitation
    return [motor, sensor, kicks, world, back], (motor, sensor), back


def brette(b2: Any, work: Brette, seed: int) -> tuple[list[Any], tuple[Any, Any], Any]:
    """Return all objects, those whose spikes are counted, and nothing plastic."""
    ms, (excitatory, inhibitory) = b2.ms, work.weights
    equations = """dv/dt = (END + g_e + g_i - v)/tau_m : 1 (unless refractory)
                   dg_e/dt = -g_e/tau_e : 1
                   dg_i/dt = -g_i/tau_i : 1"""
    on_pre = f"g_e_post += {excitatory}", f"g_i_post -= {inhibitory}"
    names = {"tau_m": work.tau_m * ms, "END": work.v_rest + work.i_offset}
    if work.exponential:
        names |= {"tau_e": work.tau_syn_e * ms, "tau_i": work.tau_syn_i * ms}
    else:
        equations = "dv/dt = (END - v)/tau_m : 1 (unless refractory)"
        on_pre = tuple(
            f"v_post += {w} * int(not_refractory_post)" for w in (excitatory, -inhibitory)
        )
    cells = b2.NeuronGroup(
        work.n, equations, threshold=f"v > {work.v_thresh}", reset=f"v = {work.v_reset}",
        refractory=work.tau_refrac * ms, method="exact", namespace=names,
    )  # fmt: skip
    cells.v = work.start(seed)
    groups = cells[: work.sizes[0]], cells[work.sizes[0] :]
    objects = [cells]
    for group, code in zip(groups, on_pre, strict=True):
        synapses = b2.Synapses(group, cells, on_pre=code, delay=work.delay * ms)
        synapses.connect(p=work.probability)
        objects.append(synapses)
    return objects, groups, None


def coba(b2: Any, work: Coba, seed: int) -> tuple[list[Any], tuple[Any, Any], Any]:
    """Return all objects, the kicks last, those whose spikes are counted, and nothing plastic."""
    ms, (excitatory, inhibitory) = b2.ms, work.weights
    cells = b2.NeuronGroup(
        work.n,
        """dv/dt = (V_REST - v - g_e*(v - E_E) - g_i*(v - E_I))/tau_m : 1 (unless refractory)
           dg_e/dt = -g_e/tau_e : 1
           dg_i/dt = -g_i/tau_i : 1""",
        threshold=f"v > {work.v_thresh}",
        reset=f"v = {work.v_reset}",
        refractory=work.tau_refrac * ms,
        method="exponential_euler",  # as in Brian2's own example of this network
        namespace={
            "tau_m": work.tau_m * ms,
            "tau_e": work.tau_syn_e * ms,
            "tau_i": work.tau_syn_i * ms,
            "V_REST": work.v_rest,
            "E_E": work.e_rev_e,
            "E_I": work.e_rev_i,
        },
    )
    cells.v = work.start(seed)
    groups = cells[: work.sizes[0]], cells[work.sizes[0] :]
    objects = [cells]
    on_pre = f"g_e_post += {excitatory}", f"g_i_post += {inhibitory}"
    for group, code in zip(groups, on_pre, strict=True):
        synapses = b2.Synapses(group, cells, on_pre=code, delay=work.delay * ms)
        synapses.connect(p=work.probability)
        objects.append(synapses)
    kicks = b2.PoissonInput(groups[0], "g_e", 1, work.kick_rate * b2.Hz, weight=excitatory)
    return [*objects, kicks], groups, None


def vogels(b2: Any, work: Vogels, seed: int) -> tuple[list[Any], tuple[Any, Any], Any]:
    """Return all objects, those whose spikes are counted, and the plastic synapses."""
    ms, (excitatory, inhibitory) = b2.ms, work.weights
    force = ("(v - E_E)", "(v - E_I)") if work.conductances else ("-1", "1")
    cells = b2.NeuronGroup(
        work.n,
        f"""dv/dt = (END - v - g_e*{force[0]} - g_i*{force[1]})/tau_m : 1 (unless refractory)
            dg_e/dt = -g_e/tau_e : 1
            dg_i/dt = -g_i/tau_i : 1""",
        threshold=f"v > {work.v_thresh}",
        reset=f"v = {work.v_reset}",
        refractory=work.tau_refrac * ms,
        method="exponential_euler" if work.conductances else "exact",
        namespace={
            "tau_m": work.tau_m * ms,
            "tau_e": work.tau_syn_e * ms,
            "tau_i": work.tau_syn_i * ms,
            "END": work.v_rest + work.i_offset,
            **({"E_E": work.e_rev_e, "E_I": work.e_rev_i} if work.conductances else {}),
        },
    )
    cells.v = work.start(seed)
    groups = cells[: work.sizes[0]], cells[work.sizes[0] :]
    of_e = b2.Synapses(groups[0], cells, on_pre=f"g_e_post += {excitatory}", delay=work.delay * ms)
    among_i = b2.Synapses(
        groups[1], groups[1], on_pre=f"g_i_post += {inhibitory}", delay=work.delay * ms
    )
    plastic = b2.Synapses(
        groups[1],
        groups[0],
        """w : 1
           rate : 1 (shared)
           dx/dt = -x/tau : 1 (event-driven)
           dy/dt = -y/tau : 1 (event-driven)""",
        on_pre="g_i_post += w; w = clip(w + rate*(y - alpha), 0, w_max); x += 1",
        on_post="w = clip(w + rate*x, 0, w_max); y += 1",
        delay={"pre": work.delay * ms},
        namespace={"tau": work.tau_stdp * ms, "alpha": work.alpha, "w_max": work.w_max},
    )
    for synapses in (of_e, among_i, plastic):
        synapses.connect(p=work.probability)
    plastic.w = work.start_weight
    plastic.rate = 0.0
    return [cells, of_e, among_i, plastic], groups, plastic


def build(work: Workload, seed: int, folder: Path) -> None:
    """Compile the program, and note beside it what a later call needs to read its results."""
    import brian2 as b2

    b2.BrianLogger.log_level_error()
    b2.set_device("cpp_standalone", build_on_run=False, directory=str(folder))
    b2.prefs.devices.cpp_standalone.openmp_threads = 0
    b2.prefs.devices.cpp_standalone.extra_make_args_unix = ["-j2"]  # its default is no bound
    b2.defaultclock.dt = STEP * b2.ms
    b2.seed(seed)
    makers = {Loop: loop, Brette: brette, Coba: coba, Vogels: vogels}
    objects, counted, plastic = makers[type(work)](b2, work, seed)
    monitors = [b2.SpikeMonitor(group, record=False) for group in counted]
    net = b2.Network(*objects, *monitors)
    device = b2.get_device()
    stamp = STAMP.replace("FIRST", monitors[0].name).replace("SECOND", monitors[1].name)
    net.run((work.kicks_end if isinstance(work, Coba) else STEP) * b2.ms)  # not measured: allocates
    if isinstance(work, Coba):
        objects[-1].active = False
    device.insert_code("main", stamp)
    for k, part in enumerate(work.parts if isinstance(work, Vogels) else [work.duration]):
        if k == 1:
            plastic.rate = work.eta
        net.run(part * b2.ms)
    device.insert_code("main", stamp)
    device.build(directory=str(folder), compile=True, run=False, with_output=False)
    note = {"version": b2.__version__, "weights": None}
    if plastic is not None:
        note["weights"] = Path(device.get_array_filename(plastic.variables["w"])).name
    (folder / "note.json").write_text(json.dumps(note), encoding="utf-8")


def run_program(folder: Path, run: Run, weights: str | None) -> None:
    """Run the compiled program and read its stamps."""
    stamps = folder / "stamps.txt"
    stamps.unlink(missing_ok=True)
    subprocess.run(["./main"], cwd=folder, stdout=subprocess.DEVNULL, check=True)
    before, after = np.loadtxt(stamps)
    run.simulate.wall, run.simulate.cpu, *spikes = after - before
    run.spikes = int(spikes[0]), int(spikes[1])
    run.peak_bytes = peak_bytes(folder / "status.txt")
    if weights:
        run.weights = np.fromfile(folder / "results" / weights)


def main() -> None:
    arguments = parser("Brian2 (C++ standalone)")
    arguments.add_argument("--build", type=Path, required=True, help="folder of the program")
    options = arguments.parse_args()
    folder, run = options.build.resolve(), Run()
    note = folder / "note.json"
    if not note.exists():
        with run.build:
            build(chosen(options), options.seed, folder)
    noted = json.loads(note.read_text(encoding="utf-8"))
    run_program(folder, run, noted["weights"])
    report("brian2", noted["version"], options, run)


if __name__ == "__main__":
    main()
