"""Reward: what a rule would change in a trial is kept as far as the trial was better than expected.

The fluxes of a trial are what the rule added to each synapse and what it took. Here the weights go
back to what they were, and what was added is the synapse's claim to the reward.
"""

import numpy as np

from postdict import LIF, AntisymmetricSTDP, Network, Simulation

TRIAL = 200.0  # ms
rng = np.random.default_rng(1)
net = Network(seed=1)
stimuli = net.add_poisson_source("stimuli", 40, rate=np.zeros(40))  # of A, then of B
choices = net.add_population("choices", 2, LIF(tau_m=20.0))
net.add_poisson("exploration", choices, rate=200.0, weight=0.1)
rule = AntisymmetricSTDP(eta=1e-4, w_max=0.2)
net.connect(choices, choices, weights=[[0.0, 0.5], [0.5, 0.0]], inhibitory=True)
synapses = net.connect(stimuli, choices, weights=0.05, plasticity=rule)
sim = Simulation(net)
sim.account_fluxes(synapses)

expected, rewards = 0.0, []
for _ in range(400):
    stimulus = int(rng.integers(2))
    sim.set_rate(stimuli, np.where(np.arange(40) // 20 == stimulus, 50.0, 0.0))
    weights, before = np.asarray(sim.weights(synapses)), np.asarray(sim.fluxes(synapses))
    sim.run(TRIAL)
    added, _ = np.asarray(sim.fluxes(synapses)) - before
    counts = np.bincount(sim.spikes(choices, start=sim.time - TRIAL)[1], minlength=2)
    rewards.append(float(np.sign(counts[stimulus] - counts[1 - stimulus])))
    learned = weights + 2.0 * (rewards[-1] - expected) * added
    sim.set_weights(synapses, np.clip(learned, 0.0, rule.w_max))
    expected += 0.1 * (rewards[-1] - expected)

early, late = np.mean(rewards[:100]), np.mean(rewards[-100:])
print(f"mean reward of the first hundred trials {early:.2f}, of the last {late:.2f}")
assert late > early + 0.2
