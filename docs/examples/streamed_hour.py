"""An hour of 5,000 neurons goes to a file while it runs, and from there to Elephant."""

import elephant.statistics
import numpy as np
import quantities as pq

import postdict

MINUTES = 0.05  # 60.0 for the hour
N = 5000

net = postdict.Network(seed=1)
cells = net.add_population("cells", N, postdict.LIF(tau_m=20.0, tau_refrac=2.0))
net.add_poisson("noise", cells, rate=np.linspace(400.0, 600.0, N), weight=0.08)
pairs = postdict.fixed_in_degree(N, N, 20, weight=0.05, seed=2)
net.connect(cells, cells, weights=pairs, axonal_delay=2.0, inhibitory=True)
v = net.record(cells, "v", ids=[0], every=1.0)

sim = postdict.Simulation(net)
with sim.stream("hour.h5"):  # what is in the file is no longer in memory
    sim.run(60_000.0 * MINUTES, progress=True)

streamed = postdict.read_stream("hour.h5")
print(streamed)
trains = streamed.to_neo().segments[0].spiketrains
rates = [float(elephant.statistics.mean_firing_rate(t).rescale(pq.Hz)) for t in trains]
intervals = [elephant.statistics.isi(train) for train in trains if len(train) > 10]
cv = np.mean([elephant.statistics.cv(each) for each in intervals])
print(f"{len(trains)} neurons, {np.mean(rates):.1f} Hz, CV {cv:.2f}")
assert np.sum([len(train) for train in trains]) == sim.spike_count(cells)
assert np.mean(rates[-1000:]) > np.mean(rates[:1000])
