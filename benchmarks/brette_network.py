"""What benchmarks 2 and 4 of Brette et al. 2007 (J Comput Neurosci 23:349) share.

3,200 excitatory and 800 inhibitory neurons, 2 % connected, that fire by themselves; and what is
printed of 5 s of them. Spike times are exact: there is no time step.
"""

from collections.abc import Callable

import numpy as np

import postdict

DRIVE = 11.0  # mV: neurons tend to -49 mV, above threshold
MEMBRANE = {
    "tau_m": 20.0,
    "v_rest": -60.0,
    "v_thresh": -50.0,
    "v_reset": -60.0,
    "tau_refrac": 5.0,
}


def connected(
    model: Callable[..., postdict.LIF | postdict.LIFExp],
    weights: dict[str, float],
    seed: int,
    n: int,
    i_offset: float,
) -> postdict.Network:
    """Return the network of n neurons, with the weights (mV) of either population's synapses.

    They are driven by `i_offset` (mV).
    """
    rng = np.random.default_rng([seed, 1])
    net = postdict.Network(seed)
    sizes = {"excitatory": n * 4 // 5, "inhibitory": n // 5}
    for name, size in sizes.items():
        v_init = rng.uniform(-60.0, -50.0, size)
        net.add_population(name, size, model(**MEMBRANE, i_offset=i_offset, v_init=v_init))
    for pre, weight in weights.items():
        inhibitory = pre == "inhibitory"
        for post, size in sizes.items():
            synapses = postdict.fixed_probability(sizes[pre], size, 80 / n, weight=weight, seed=rng)
            net.connect(pre, post, weights=synapses, axonal_delay=0.1, inhibitory=inhibitory)
    return net


def report(net: postdict.Network) -> None:
    """Run 5 s, and print the rate and the irregularity of each population."""
    simulation = postdict.Simulation(net)
    simulation.run(5000.0, progress=True)
    for population in net.populations:
        times, ids = simulation.spikes(population)
        by_neuron = np.argsort(ids, kind="stable")
        trains = np.split(times[by_neuron], np.bincount(ids, minlength=population.size).cumsum())
        intervals = [np.diff(train) for train in trains if len(train) > 2]
        cv = np.mean([each.std() / each.mean() for each in intervals])
        print(f"{population.name}: {len(times) / population.size / 5.0:.2f} Hz, CV {cv:.2f}")
