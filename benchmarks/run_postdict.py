"""One measured run of postdict; also the builder of these networks for the other benchmarks.

python benchmarks/run_postdict.py loop-400
"""

from __future__ import annotations

import importlib.metadata

import brette_coba
import brette_cuba
import brette_jump
import vogels2011
from measured_run import Run, chosen, parser, report
from workloads import Coba, Loop, Vogels, Workload

import postdict
from postdict.plasticity import Rule


def loop_network(
    work: Loop, seed: int, rule: Rule | None = None
) -> tuple[postdict.Network, postdict.Projection]:
    """Return the loop and its plastic projection, with the workload's rule or another."""
    net = postdict.Network(seed)
    motor = net.add_population(
        "motor",
        work.n,
        postdict.LIF(tau_m=work.tau_motor, i_offset=work.drive, v_init=work.start(seed)),
    )
    sensor = net.add_population("sensor", work.n, postdict.LIF(tau_m=work.tau_sensor))
    net.add_poisson("exploration", motor, rate=work.kick_rate, weight=work.kick)
    net.connect(motor, sensor, weights=work.world(seed), axonal_delay=work.world_delay)
    net.connect(sensor, motor, weights=work.excitation, axonal_delay=work.synaptic_delay)
    rule = rule or postdict.AntisymmetricSTDP(
        work.eta, tau_plus=work.tau_stdp, tau_minus=work.tau_stdp, w_max=work.w_max
    )
    inhibition = net.connect(
        sensor,
        motor,
        weights=work.excitation,
        axonal_delay=work.synaptic_delay,
        inhibitory=True,
        plasticity=rule,
    )
    return net, inhibition


def network(work: Workload, seed: int) -> tuple[postdict.Network, postdict.Projection | None]:
    """Return the network of any workload and what is plastic in it."""
    if isinstance(work, Loop):
        return loop_network(work, seed)
    if isinstance(work, Coba):
        return brette_coba.network(seed, n=work.n), None
    if isinstance(work, Vogels):
        return vogels2011.network(seed, work.n / 10000, conductances=work.conductances)
    build = brette_cuba.network if work.exponential else brette_jump.network
    return build(seed, n=work.n, i_offset=work.i_offset), None


def measured(work: Workload, seed: int) -> Run:
    """Build and run. All spikes are recorded, as a user would have it."""
    run = Run()
    with run.build:
        net, plastic = network(work, seed)
        simulation = postdict.Simulation(net)
        if isinstance(work, Coba):
            simulation.run(work.kicks_end)
    before = [simulation.spike_count(population) for population in net.populations]
    with run.simulate:
        if isinstance(work, Vogels) and plastic is not None:
            loud, learning = work.parts
            simulation.set_plasticity(plastic, False)
            simulation.run(loud)
            simulation.set_plasticity(plastic, True)
            simulation.run(learning)
        else:
            simulation.run(work.duration)
    after = [simulation.spike_count(population) for population in net.populations]
    run.spikes = after[0] - before[0], after[1] - before[1]
    if plastic is not None:
        learned = simulation.weights(plastic)
        run.weights = learned.weight if isinstance(work, Vogels) else learned
    return run


def main() -> None:
    options = parser("postdict").parse_args()
    run = measured(chosen(options), options.seed)
    report("postdict", importlib.metadata.version("postdict"), options, run)


if __name__ == "__main__":
    main()
