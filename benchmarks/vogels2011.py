"""The recurrent network of Vogels et al. 2011 (Science 334:1569), 8,000 + 2,000 neurons, 10 s.

Inhibition onto excitatory neurons starts at almost nothing, so that these fire at far above 100 Hz
for the 1 s in which it does not learn. Then it does, and draws their rates down towards rho.
Parameters are those of the authors' Brian file (ModelDB 143751), besides 0.1 ms of delay. Weights
are in units of the leak, which is 10 nS. With currents in place of the conductances each weight is
multiplied by the distance from its reversal potential at -55 mV.

    python benchmarks/vogels2011.py
"""

import time
from functools import partial

import numpy as np

import postdict

N_EXCITATORY, N_INHIBITORY, P = 8000, 2000, 0.02
RHO = 3.0  # Hz
CURRENTS = {"tau_m": 20.0, "v_rest": -60.0, "v_thresh": -50.0, "v_reset": -60.0}
CURRENTS |= {"tau_syn_e": 5.0, "tau_syn_i": 10.0}
FORCES = {"excitatory": 55.0, "inhibitory": 25.0}  # mV, at -55 mV


def network(
    seed: int, scale: float = 1.0, *, conductances: bool = True
) -> tuple[postdict.Network, postdict.Projection]:
    """Return network and plastic inhibition; `scale` of the neurons have as many inputs each."""
    model = postdict.LIFCond if conductances else partial(postdict.LIFExp, **CURRENTS)
    unit = {"excitatory": 1.0, "inhibitory": 1.0} if conductances else FORCES
    rng = np.random.default_rng([seed, 1])
    net = postdict.Network(seed)
    sizes = {"excitatory": round(N_EXCITATORY * scale), "inhibitory": round(N_INHIBITORY * scale)}
    for name, size in sizes.items():
        v_init = rng.uniform(-60.0, -50.0, size)
        # 200 pA; the rest is the default of `LIFCond`.
        net.add_population(name, size, model(tau_refrac=5.0, i_offset=20.0, v_init=v_init))
    of_inhibition = unit["inhibitory"]
    rule = postdict.VogelsSTDP(
        eta=1e-3 * of_inhibition, rho=RHO, tau=20.0, w_max=10.0 * of_inhibition
    )

    def connect(
        pre: str, post: str, weight: float, rule: postdict.VogelsSTDP | None = None
    ) -> postdict.Projection:
        synapses = postdict.fixed_probability(
            sizes[pre], sizes[post], P / scale, weight=weight * unit[pre], seed=rng
        )
        inhibitory = pre == "inhibitory"
        return net.connect(
            pre, post, weights=synapses, axonal_delay=0.1, inhibitory=inhibitory, plasticity=rule
        )

    connect("excitatory", "excitatory", 0.03)
    connect("excitatory", "inhibitory", 0.03)
    connect("inhibitory", "inhibitory", 0.3)
    return net, connect("inhibitory", "excitatory", 1e-11, rule)


def main() -> None:
    """Print the rates second by second, and what an event costs."""
    net, inhibition = network(seed=1)
    simulation = postdict.Simulation(net, max_recorded_spikes=10**8)
    simulation.set_plasticity(inhibition, False)
    for second in range(10):
        if second == 1:
            simulation.set_plasticity(inhibition, True)
        before = simulation.n_events, time.process_time()
        simulation.run(1000.0)
        cost = (time.process_time() - before[1]) / (simulation.n_events - before[0])
        rates = [
            len(simulation.spikes(population, start=1e3 * second)[0]) / population.size
            for population in net.populations
        ]
        weight = simulation.weights(inhibition).weight.mean()
        print(
            f"{second + 1:2d} s: excitatory {rates[0]:6.1f} Hz, inhibitory {rates[1]:6.1f} Hz, "
            f"inhibition {weight:.3f} leak conductances, {1e9 * cost:.0f} ns an event",
            flush=True,
        )


if __name__ == "__main__":
    main()
