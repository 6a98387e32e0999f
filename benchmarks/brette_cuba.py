"""CUBA, benchmark 2 of Brette et al. 2007 (J Comput Neurosci 23:349): 4,000 neurons, 5 s.

3,200 excitatory and 800 inhibitory neurons with exponential currents, 2 % connected, that fire by
themselves. Spike times are exact: there is no time step, and no threshold crossing is missed.

    python benchmarks/brette_cuba.py
"""

import numpy as np

import postdict


def network(seed: int, n: int = 4000) -> postdict.Network:
    """Return the network; with another `n` each neuron still has 80 inputs on average."""
    rng = np.random.default_rng([seed, 1])
    net = postdict.Network(seed)
    sizes = {"excitatory": n * 4 // 5, "inhibitory": n // 5}
    for name, size in sizes.items():
        neurons = postdict.LIFExp(
            tau_m=20.0,
            tau_syn_e=5.0,
            tau_syn_i=10.0,
            v_rest=-60.0,
            i_offset=11.0,  # mV: they tend to -49 mV, above threshold
            v_thresh=-50.0,
            v_reset=-60.0,
            tau_refrac=5.0,
            v_init=rng.uniform(-60.0, -50.0, size),
        )
        net.add_population(name, size, neurons)
    for pre, weight in (("excitatory", 1.62), ("inhibitory", 9.0)):
        inhibitory = pre == "inhibitory"
        for post, size in sizes.items():
            synapses = postdict.fixed_probability(sizes[pre], size, 80 / n, weight=weight, seed=rng)
            net.connect(pre, post, weights=synapses, axonal_delay=0.1, inhibitory=inhibitory)
    return net


def main() -> None:
    simulation = postdict.Simulation(network(seed=1))
    simulation.run(5000.0, progress=True)
    for population in simulation.network.populations:
        times, ids = simulation.spikes(population)
        by_neuron = np.argsort(ids, kind="stable")
        trains = np.split(times[by_neuron], np.bincount(ids, minlength=population.size).cumsum())
        intervals = [np.diff(train) for train in trains if len(train) > 2]
        cv = np.mean([each.std() / each.mean() for each in intervals])
        print(f"{population.name}: {len(times) / population.size / 5.0:.2f} Hz, CV {cv:.2f}")


if __name__ == "__main__":
    main()
