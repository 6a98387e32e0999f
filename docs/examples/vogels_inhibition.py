"""Inhibition learns to balance excitation: one cell behind 1,000 Poisson trains, and a network.

After Vogels et al. 2011 (Science 334:1569), with currents; benchmarks/vogels2011.py is with
conductances.
"""

import numpy as np

from postdict import LIFExp, Network, Simulation, Steps, VogelsSTDP, fixed_probability

CELL = LIFExp(
    tau_m=20.0, tau_refrac=5.0, tau_syn_e=5.0, tau_syn_i=10.0,
    v_rest=-60.0, v_reset=-60.0, v_thresh=-50.0,
)  # fmt: skip
RHO = 5.0  # Hz, that the rule aims at
rng = np.random.default_rng(1)

# One cell. Eight signals drive 100 excitatory and 25 inhibitory trains each.
signals = 10.0 * rng.gamma(0.5, 2.0, size=(8, 600))  # Hz, of 100 ms each
rates = np.concatenate([np.repeat(signals, 100, axis=0), np.repeat(signals, 25, axis=0)])
net = Network(seed=1)
cell = net.add_population("cell", 1, CELL)
inputs = net.add_poisson_source("inputs", 1000, rate=Steps.sampled(rates, every=100.0))
tuning = np.repeat(0.2 + 0.6 / (1.0 + (np.arange(8) - 4) ** 4), 100)  # mV; the fifth is preferred
net.connect(inputs[:800], cell, weights=tuning[np.newaxis])
rule = VogelsSTDP(eta=0.02, rho=RHO, tau=20.0, w_max=20.0)
learning = net.connect(inputs[800:], cell, weights=0.01, inhibitory=True, plasticity=rule)
sim = Simulation(net)
sim.run(60_000.0)
inhibition = np.asarray(sim.weights(learning)).reshape(8, 25).mean(axis=1)
likeness = np.corrcoef(inhibition, tuning[::100])[0, 1]
first, last = (len(sim.spikes(cell, start=t, stop=t + 1e4)[0]) / 10.0 for t in (0.0, 5e4))
print(f"cell: {first:.0f} -> {last:.0f} Hz, inhibition is tuned as excitation: r = {likeness:.2f}")
assert likeness > 0.8

# A network. It fires by itself; inhibition of the excitatory cells learns, then hides an assembly.
net = Network(seed=2)
e = net.add_population("e", 400, CELL)
i = net.add_population("i", 100, CELL)
for pre, post, weight in ((e, e, 0.8), (e, i, 0.8), (i, i, 4.0)):
    pairs = fixed_probability(pre.size, post.size, 0.1, weight=weight, seed=rng)
    net.connect(pre, post, weights=pairs, axonal_delay=0.5, inhibitory=pre == i)
net.connect(e[:40], e[:40], weights=1.0, axonal_delay=0.5)  # the assembly
net.add_current("drive", e, Steps([0.0], [12.0]))
net.add_current("drive of i", i, Steps([0.0], [12.0]))
pairs = fixed_probability(100, 400, 0.4, weight=0.01, seed=rng)
rule = VogelsSTDP(eta=0.1, rho=RHO, tau=20.0, w_max=50.0)
net.connect(i, e, weights=pairs, axonal_delay=0.5, inhibitory=True, plasticity=rule)
sim = Simulation(net)
sim.run(20_000.0)


def rate(who, start, stop):
    return len(sim.spikes(who, start=start, stop=stop)[0]) / (1e-3 * (stop - start)) / len(who)


for name, who in (("assembly", e[:40]), ("others", e[40:])):
    print(f"{name}: {rate(who, 0.0, 500.0):.0f} -> {rate(who, 15e3, 20e3):.1f} Hz")
assert abs(rate(e[:40], 15e3, 20e3) - rate(e[40:], 15e3, 20e3)) < 0.5 * RHO
