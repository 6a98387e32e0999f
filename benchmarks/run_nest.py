"""One measured run of NEST: exact spike times for jump and cuba, a 0.1 ms grid for the loop.

PYTHON benchmarks/run_nest.py jump      # PYTHON: of an environment with nest-simulator

To its plasticity NEST's delays are dendritic: a pair's lag at the synapse is 2 ms longer than with
an axonal delay of 1 ms, which shows in the spread of the weights.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any

import numpy as np
from measured_run import Run, chosen, parser, report
from workloads import STEP, Brette, Coba, Loop, Vogels, Workload


@contextlib.contextmanager
def nothing_printed() -> Any:
    """Keep what NEST writes, from Python or C++, away from the JSON line."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


with nothing_printed():
    import nest


def build_loop(work: Loop, seed: int) -> tuple[Any, Any]:
    cells = {"V_th": 1.0, "V_reset": 0.0, "E_L": 0.0, "t_ref": 0.0, "tau_minus": work.tau_stdp}
    motor = nest.Create(
        "iaf_psc_delta",
        work.n,
        # C_m = tau_m makes the current a potential.
        {**cells, "tau_m": work.tau_motor, "C_m": work.tau_motor, "I_e": work.drive},
    )
    motor.V_m = work.start(seed).tolist()
    sensor = nest.Create(
        "iaf_psc_delta", work.n, {**cells, "tau_m": work.tau_sensor, "C_m": work.tau_sensor}
    )
    kicks = nest.Create("poisson_generator", params={"rate": work.kick_rate})
    nest.Connect(kicks, motor, syn_spec={"weight": work.kick, "delay": work.synaptic_delay})
    nest.Connect(
        motor, sensor, "all_to_all", {"weight": work.world(seed), "delay": work.world_delay}
    )
    excitation = {"weight": work.excitation, "delay": work.synaptic_delay}
    nest.CopyModel("static_synapse_hom_w", "excitation", excitation)
    rule = {
        "weight": -work.excitation,
        "delay": work.synaptic_delay,
        "Wmax": -work.w_max,
        "lambda": work.eta / work.w_max,
        "alpha": 1.0,
        "mu_plus": 0.0,
        "mu_minus": 0.0,
        "tau_plus": work.tau_stdp,
    }
    nest.CopyModel("stdp_synapse_hom", "inhibition", rule)  # lighter than stdp_synapse
    for model in ("excitation", "inhibition"):
        nest.Connect(sensor, motor, "all_to_all", {"synapse_model": model})
    return motor, sensor


def build_brette(work: Brette, seed: int) -> tuple[Any, Any]:
    cells = {
        "C_m": work.tau_m,
        "tau_m": work.tau_m,
        "E_L": work.v_rest,
        "I_e": work.i_offset,
        "V_th": work.v_thresh,
        "V_reset": work.v_reset,
        "t_ref": work.tau_refrac,
    }
    model = "iaf_psc_delta_ps"
    if work.exponential:
        model = "iaf_psc_exp_ps"
        cells |= {"tau_syn_ex": work.tau_syn_e, "tau_syn_in": work.tau_syn_i}
    both = nest.Create(model, work.n, cells)
    both.V_m = work.start(seed).tolist()
    groups = both[: work.sizes[0]], both[work.sizes[0] :]
    excitatory, inhibitory = work.weights
    for name, group, weight in zip("ei", groups, (excitatory, -inhibitory), strict=True):
        nest.CopyModel("static_synapse_hom_w", name, {"weight": weight, "delay": work.delay})
        nest.Connect(
            group,
            both,
            {"rule": "pairwise_bernoulli", "p": work.probability, "allow_autapses": True},
            {"synapse_model": name},
        )
    return groups


def build_coba(work: Coba, seed: int) -> tuple[Any, Any]:
    leak = 10.0  # nS
    cells = {
        "C_m": work.tau_m * leak,
        "g_L": leak,
        "E_L": work.v_rest,
        "V_th": work.v_thresh,
        "V_reset": work.v_reset,
        "t_ref": work.tau_refrac,
        "tau_syn_ex": work.tau_syn_e,
        "tau_syn_in": work.tau_syn_i,
        "E_ex": work.e_rev_e,
        "E_in": work.e_rev_i,
    }
    both = nest.Create("iaf_cond_exp", work.n, cells)
    both.V_m = work.start(seed).tolist()
    groups = both[: work.sizes[0]], both[work.sizes[0] :]
    excitatory, inhibitory = work.weights
    for name, group, weight in zip("ei", groups, (excitatory, -inhibitory), strict=True):
        nest.CopyModel("static_synapse_hom_w", name, {"weight": leak * weight, "delay": work.delay})
        nest.Connect(
            group,
            both,
            {"rule": "pairwise_bernoulli", "p": work.probability, "allow_autapses": True},
            {"synapse_model": name},
        )
    kicks = nest.Create(
        "poisson_generator", params={"rate": work.kick_rate, "stop": work.kicks_end}
    )
    nest.Connect(kicks, groups[0], syn_spec={"weight": leak * excitatory, "delay": work.delay})
    return groups


def build_vogels(work: Vogels, seed: int) -> tuple[Any, Any]:
    leak = 10.0 if work.conductances else 1.0  # nS; currents are potentials by C_m = tau_m
    cells = {
        "C_m": work.tau_m * leak,
        "E_L": work.v_rest,
        "I_e": work.i_offset * leak,
        "V_th": work.v_thresh,
        "V_reset": work.v_reset,
        "t_ref": work.tau_refrac,
        "tau_syn_ex": work.tau_syn_e,
        "tau_syn_in": work.tau_syn_i,
    }
    if work.conductances:
        cells |= {"g_L": leak, "E_ex": work.e_rev_e, "E_in": work.e_rev_i}
    else:
        cells["tau_m"] = work.tau_m
    model = "iaf_cond_exp" if work.conductances else "iaf_psc_exp_ps"
    both = nest.Create(model, work.n, {**cells, "tau_minus": work.tau_stdp})
    both.V_m = work.start(seed).tolist()
    excitatory, inhibitory = both[: work.sizes[0]], both[work.sizes[0] :]
    rule = {
        "weight": -leak * work.start_weight,
        "Wmax": -leak * work.w_max,
        "eta": 0.0,
        "alpha": work.alpha,
        "tau": work.tau_stdp,
        "delay": work.delay,
    }
    nest.CopyModel("vogels_sprekeler_synapse", "inhibition", rule)
    for name, weight in (("e", work.weights[0]), ("i", -work.weights[1])):
        values = {"weight": leak * weight, "delay": work.delay}
        nest.CopyModel("static_synapse_hom_w", name, values)
    for name, pre, post in (
        ("e", excitatory, both),
        ("i", inhibitory, inhibitory),
        ("inhibition", inhibitory, excitatory),
    ):
        nest.Connect(
            pre,
            post,
            {"rule": "pairwise_bernoulli", "p": work.probability, "allow_autapses": True},
            {"synapse_model": name},
        )
    return excitatory, inhibitory


def measured(work: Workload, seed: int) -> Run:
    run = Run()
    with run.build:
        nest.verbosity = nest.VerbosityLevel.ERROR
        nest.resolution = STEP
        nest.local_num_threads = 1
        nest.rng_seed = seed
        builders = {
            Loop: build_loop, Brette: build_brette, Coba: build_coba, Vogels: build_vogels,
        }  # fmt: skip
        groups = builders[type(work)](work, seed)
        recorders = [nest.Create("spike_recorder") for _ in groups]
        for group, recorder in zip(groups, recorders, strict=True):
            nest.Connect(group, recorder)
        nest.Prepare()
        nest.Run(work.kicks_end if isinstance(work, Coba) else STEP)  # not measured: allocates
    before = [recorder.n_events for recorder in recorders]
    plastic = None if isinstance(work, Brette) else nest.GetConnections(synapse_model="inhibition")
    if isinstance(work, Vogels):
        loud, learning = work.parts
        with run.simulate:
            nest.Run(loud)
        first_part = run.simulate.wall, run.simulate.cpu
        leak = 10.0 if work.conductances else 1.0
        plastic.eta = leak * work.eta
        with run.simulate:
            nest.Run(learning)
        run.simulate.wall += first_part[0]
        run.simulate.cpu += first_part[1]
    else:
        with run.simulate:
            nest.Run(work.duration)
    first, second = (r.n_events - k for r, k in zip(recorders, before, strict=True))
    run.spikes = first, second
    if plastic is not None:
        leak = 10.0 if isinstance(work, Vogels) and work.conductances else 1.0
        run.weights = -np.array(plastic.get("weight")) / leak
    return run


def main() -> None:
    options = parser("NEST").parse_args()
    with nothing_printed():
        run = measured(chosen(options), options.seed)
    report("nest", nest.__version__, options, run)


if __name__ == "__main__":
    main()
