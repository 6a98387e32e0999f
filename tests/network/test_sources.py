"""Poisson sources: trains that are connected, rates of each neuron, chosen ids; currents."""

import numpy as np
import pytest

import postdict
from postdict import LIF, AntisymmetricSTDP, LIFExp, Simulation, Steps

RULE = AntisymmetricSTDP(eta=0.02, A_minus=0.9, w_max=0.8)


def probe(net, source, size):
    """Neurons that fire 1 ms after each spike of a source."""
    net.add_population("probe", size, LIF())
    net.connect(source, "probe", weights=postdict.one_to_one(size, weight=2.0))


def trains(rate, size=4, seed=3, duration=20_000.0):
    net = postdict.Network(seed=seed)
    probe(net, net.add_poisson_source("input", size, rate=rate), size)
    sim = Simulation(net)
    sim.run(duration + 1.0)
    times, ids = sim.spikes("probe")
    return times - 1.0, ids


@pytest.mark.parametrize("rate", [40.0, [40.0, 0.0, 80.0, 10.0]])
def test_trains_are_poisson_at_their_rates(rate):
    times, ids = trains(rate)
    expected = 20.0 * np.broadcast_to(rate, 4)
    counts = np.bincount(ids, minlength=4)
    assert (np.abs(counts - expected) <= 5.0 * np.sqrt(expected)).all()
    for k in np.flatnonzero(counts):
        gaps = np.diff(times[ids == k])
        assert np.std(gaps) / np.mean(gaps) == pytest.approx(1.0, abs=0.15)
    counts = [np.histogram(times[ids == k], 200, (0.0, 2e4))[0] for k in (0, 2)]
    assert abs(np.corrcoef(*counts)[0, 1]) < 0.3


def test_signals_of_each_neuron_are_followed_and_a_row_of_zeros_is_silent():
    signals = np.array(
        [[100.0, 0.0, 50.0], [0.0, 200.0, 50.0], [0.0, 0.0, 0.0], [30.0, 30.0, 30.0]]
    )
    rate = Steps([0.0, 5_000.0, 15_000.0], signals)
    times, ids = trains(rate)
    lengths = np.array([5.0, 10.0, 5.0])
    found = np.array([np.histogram(times[ids == k], [0.0, 5e3, 15e3, 2e4])[0] for k in range(4)])
    expected = signals * lengths
    assert (np.abs(found - expected) <= 5.0 * np.sqrt(expected)).all()


def test_equal_rates_of_each_are_one_rate_in_law_and_a_stream_is_its_name():
    assert np.array_equal(trains(40.0)[0], trains(40.0)[0])
    assert not np.array_equal(trains(40.0)[0][:10], trains(40.0, seed=4)[0][:10])
    each, one = trains([40.0] * 4), trains(40.0)
    assert len(each[0]) == pytest.approx(len(one[0]), rel=0.1)


def test_trains_teach_as_the_same_spikes_replayed():
    times, ids = trains([40.0, 20.0, 80.0, 10.0], duration=2_000.0)
    nets = [postdict.Network(seed=3) for _ in range(2)]
    drawn = nets[0].add_poisson_source("input", 4, rate=[40.0, 20.0, 80.0, 10.0])
    given = nets[1].add_spike_source("given", 4, times=times, ids=ids)
    found = []
    for net, source in zip(nets, (drawn, given), strict=True):
        net.add_population("cells", 3, LIFExp(tau_syn_e=4.0))
        net.add_poisson("noise", "cells", rate=500.0, weight=0.2)
        net.connect(source, "cells", weights=np.full((3, 4), 0.5), plasticity=RULE, name="learned")
        sim = Simulation(net)
        sim.run(2_000.0)
        found.append((*sim.spikes("cells"), sim.weights("learned")))
    assert all(np.array_equal(a, b) for a, b in zip(*found, strict=True))
    assert not np.array_equal(found[0][2], np.full((3, 4), 0.5))


def busy():
    rng = np.random.default_rng(2)
    net = postdict.Network(seed=11)
    source = net.add_poisson_source(
        "input", 6, rate=Steps.sampled(rng.uniform(0.0, 60.0, (6, 40)), every=10.0)
    )
    cells = net.add_population("cells", 8, LIF(tau_m=15.0, tau_refrac=1.0))
    net.add_poisson("noise", cells[2:6], rate=[900.0, 0.0, 600.0, 50.0], weight=0.2)
    net.add_poisson("some", cells, rate=300.0, weight=0.2, ids=[7, 0])
    net.add_current(
        "wave", cells[[5, 1]], Steps.sampled(rng.uniform(-0.5, 1.5, (2, 30)), every=7.0)
    )
    net.connect(source[1:], cells[:5], weights=np.full((5, 5), 0.3), plasticity=RULE, name="w")
    net.record(cells, "v", every=3.0)
    return net


def outcome(sim):
    return (
        *sim.spikes("cells"),
        sim.potentials("cells"),
        sim.weights("w"),
        sim.recorded("cells.v")[1],
    )


def same(a, b):
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def changed(sim):
    sim.set_rate("input", Steps([0.0, 250.0], np.outer(np.arange(6.0), [10.0, 5.0])))
    sim.set_rate("noise", 0.0)
    sim.set_rate("noise", [10.0, 800.0, 0.0, 20.0])
    sim.set_current("wave", Steps([210.0, 260.0], [[1.2, 0.3], [0.0, 0.8]]))
    sim.set_potentials("cells", np.linspace(-1.0, 0.9, 8))


def divided(pieces, path):
    """The outcome of a run that is changed at half time, and saved and loaded between pieces."""
    sim = Simulation(busy())
    for half, change in ((200.0, changed), (400.0, lambda _: None)):
        for k in range(pieces):
            sim.run_until(half - 200.0 + 200.0 * (k + 1) / pieces)
            if pieces > 1:
                sim.save(path)
                sim = Simulation.load(path)
        change(sim)
    return outcome(sim)


@pytest.mark.parametrize("pieces", [3, 50])
def test_no_division_of_a_run_and_no_file_changes_a_bit(tmp_path, pieces):
    whole = divided(1, None)
    assert same(whole, divided(pieces, tmp_path / "state.npz"))
    assert len(whole[0]) > 20


def test_who_is_kicked_is_who_was_chosen():
    net = postdict.Network(seed=1)
    cells = net.add_population("cells", 6, LIF())
    net.add_poisson("noise", cells[[4, 1]], rate=[100.0, 0.0], weight=2.0)
    sim = Simulation(net)
    sim.run(1000.0)
    assert set(sim.spikes("cells")[1]) == {4}
    sim.set_rate("noise", [0.0, 100.0])
    sim.run(1000.0)
    assert set(sim.spikes("cells", start=1000.0)[1]) == {1}


def test_a_current_of_each_neuron_is_as_many_currents():
    rng = np.random.default_rng(4)
    values, ids = rng.uniform(0.0, 2.0, (3, 5)), [4, 0, 2]
    times = np.arange(5) * 20.0
    nets = [postdict.Network() for _ in range(2)]
    for net in nets:
        net.add_population("cells", 5, LIF(tau_m=10.0))
    nets[0].add_current("all", "cells", Steps(times, values), ids=ids)
    for row, i in zip(values, ids, strict=True):
        nets[1].add_current(f"to {i}", "cells", Steps(times, row), ids=[i])
    sims = [Simulation(net) for net in nets]
    for sim in sims:
        sim.run(150.0)
    assert same(sims[0].spikes("cells"), sims[1].spikes("cells"))
    assert np.array_equal(sims[0].potentials("cells"), sims[1].potentials("cells"))


@pytest.mark.parametrize(
    ("rate", "message"),
    [
        ([1.0, 2.0], r"rate must be one number or one per neuron \(3\), got 2 values"),
        (Steps([0.0], [[1.0]]), r"rate must be one signal or one per neuron \(3\), got 1 signals"),
        ([1.0, -2.0, 1.0], r"rate must be non-negative, got -2.0 Hz at \[1, 0\] \(0 ms\)"),
    ],
)
def test_wrong_rates_are_refused(rate, message):
    net = postdict.Network()
    with pytest.raises(ValueError, match=message):
        net.add_poisson_source("input", 3, rate=rate)
    net.add_population("cells", 3, LIF())
    with pytest.raises(ValueError, match=message):
        net.add_poisson("noise", "cells", rate=rate, weight=0.1)
