"""Spikes appended while paused, and changing input across pauses and checkpoints: with `==`."""

import pickle  # noqa: TID251 -- our own objects, to see that they can
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import postdict
from postdict import LIF, AntisymmetricSTDP, LIFExp, Simulation, Steps

UNTIL = 800.0  # ms
N = 3000
RULE = AntisymmetricSTDP(0.01, A_minus=0.9, w_max=0.6)


def given():
    """Spikes with many ties, in time and altogether, out of order."""
    rng = np.random.default_rng(8)
    return np.round(rng.uniform(0.0, UNTIL, N), 1), rng.integers(0, 4, N)


def network(times=(), ids=(), neurons=LIF):
    """Every kind of changing input."""
    rng = np.random.default_rng(4)
    net = postdict.Network(seed=9)
    net.add_population("cells", 5, neurons(tau_refrac=[0.0, 2.0, 9.0, 0.0, 1.0]))
    net.add_population("others", 2, LIF(tau_m=[10.0, 20.0], v_min=-1.0))
    net.add_poisson(
        "waves", "cells", rate=Steps.sampled(rng.uniform(0, 400, 80), every=10.0), weight=0.2
    )
    net.add_poisson("gusts", "others", rate=Steps([90.0, 500.0], [300.0, 30.0]), weight=-0.2)
    net.add_current(
        "bumps", "cells", Steps.sampled(rng.uniform(-1, 3, 100), every=7.0), ids=[4, 0, 2]
    )
    net.add_current("pulse", "others", Steps([100.0, 300.0, 600.0], [1.5, -0.9, 1.1]))
    net.add_spike_source("source", 4, times=times, ids=np.asarray(ids, int))
    net.connect("source", "cells", weights=rng.uniform(0.1, 0.4, (5, 4)), plasticity=RULE)
    net.connect("cells", "others", weights=0.2, axonal_delay=3.0)
    net.record("cells", "v", every=5.0)
    return net


def finished(net):
    sim = Simulation(net)
    sim.run_until(UNTIL)
    return sim


def assert_equal(sim, other):
    for population in ("cells", "others"):
        assert sim.spike_count(population) > 50
        for one, two in zip(sim.spikes(population), other.spikes(population), strict=True):
            assert np.array_equal(one, two)
    state, expected = sim._core.state(), other._core.state()
    assert state.keys() == expected.keys()
    for name in state:
        assert np.array_equal(state[name], expected[name]), name


@pytest.fixture(params=[LIF, LIFExp])
def neurons(request):
    return request.param


def test_pauses_change_no_bit(neurons):
    sim = Simulation(network(*given(), neurons))
    pauses = np.random.default_rng(2).uniform(0.0, UNTIL, 50)
    for pause in sorted([*pauses, 0.0, 70.0, 100.0, 100.0, 500.0, UNTIL]):  # some upon a step
        sim.run_until(pause)
        sim.potentials("cells")
    assert_equal(sim, finished(network(*given(), neurons)))


@pytest.mark.parametrize("pause", [0.0, 97.0, 100.0, 333.3])
def test_checkpoints_change_no_bit(tmp_path, neurons, pause):
    path = tmp_path / "state.npz"
    sim = Simulation(network(*given(), neurons))
    sim.run_until(pause)
    sim.save(path)
    restored = Simulation.load(path)
    assert restored.network.current_sources == sim.network.current_sources
    assert restored.network.poisson_sources == sim.network.poisson_sources
    assert pickle.dumps(restored) == pickle.dumps(sim)
    restored.run_until(UNTIL)
    assert_equal(restored, finished(network(*given(), neurons)))


def test_a_rate_in_steps_that_was_set_goes_along(tmp_path):
    def change(sim):
        sim.run_until(UNTIL / 2)
        sim.set_rate("waves", Steps([0.0, 450.0, 700.0], [500.0, 0.0, 250.0]))
        return sim

    sim = change(Simulation(network(*given())))
    sim.save(tmp_path / "state.npz")
    restored = Simulation.load(tmp_path / "state.npz")
    restored.run_until(UNTIL)
    whole = change(Simulation(network(*given())))
    whole.run_until(UNTIL)
    assert_equal(restored, whole)


@pytest.mark.parametrize("n_pieces", [1, 2, 40, 1000])
def test_spikes_appended_in_pieces_are_spikes_given_whole(neurons, n_pieces):
    times, ids = given()
    whole = finished(network(times, ids, neurons))
    earliest_first = np.argsort(times, kind="stable")
    sim = Simulation(network(neurons=neurons))
    for piece in np.array_split(earliest_first, n_pieces):
        sim.run_until(times[piece].min())  # whose events have not happened
        mixed = np.random.default_rng(1).permutation(piece)
        sim.append_spikes("source", times=times[mixed], ids=ids[mixed])
    sim.run_until(UNTIL)
    assert_equal(sim, whole)


def test_spikes_appended_between_others(neurons):
    times, ids = given()
    first = np.random.default_rng(3).permutation(N) < N // 2
    sim = Simulation(network(times[first], ids[first], neurons))
    sim.append_spikes("source", times=times[~first][:700], ids=ids[~first][:700])
    later = np.flatnonzero(~first)[700:]
    sim.run_until(300.0)
    assert (times[later] < 300.0).any()
    gone = times[later] < 300.0
    sim.append_spikes(
        sim.network.spike_sources[0], times=times[later[~gone]], ids=ids[later[~gone]]
    )
    sim.run_until(UNTIL)
    kept = np.setdiff1d(np.arange(N), later[gone])
    assert_equal(sim, finished(network(times[kept], ids[kept], neurons)))


@pytest.mark.parametrize("pause", [0.0, 400.0])
def test_what_was_appended_is_saved(tmp_path, pause):
    times, ids = given()
    early = times < pause
    sim = Simulation(network(times[early], ids[early]))
    sim.run_until(pause)
    for piece in np.array_split(np.flatnonzero(~early), 30):
        sim.append_spikes("source", times=times[piece], ids=ids[piece])
    sim.save(tmp_path / "state.npz")
    restored = Simulation.load(tmp_path / "state.npz")
    for one in (sim, restored):
        one.run_until(UNTIL)
        assert_equal(one, finished(network(times, ids)))
        described = np.lexsort((ids[early], times[early]))
        kept = one.network.spikes("source")
        assert np.array_equal(kept, (times[early][described], ids[early][described]))


def test_a_description_is_nobody_elses():
    net = network([500.0], [0])
    source = net.spike_sources[0]
    sim, other = Simulation(net), Simulation(net)
    before = sim.network
    sim.append_spikes(source, times=[2.0, 1.0, 500.0], ids=[3, 3, 0])
    sim.append_spikes(source, times=[], ids=[])
    for each in (net, before, other.network, sim.network):
        assert each.spikes(source)[0].size == 1


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (
            {"source": "sauce"},
            ValueError,
            r"no spike source is named 'sauce'; did you mean 'source'",
        ),
        ({"source": "cells"}, ValueError, r"no spike source is named 'cells'"),
        ({"source": 0}, ValueError, r"0 is not a spike source of this network"),
        (
            {"times": [50.0, 60.0, 49.9, 3.0]},
            ValueError,
            r"source: times must not be before the present, 50 ms, got 49\.9 ms at \[2\]",
        ),
        (
            {"times": [50.0, np.nan, 1.0, 1.0]},
            ValueError,
            r"times must be finite, got nan at \[1\]",
        ),
        ({"times": [50.0]}, ValueError, r"times and ids must have one length, got \(1,\) and \(4,"),
        ({"ids": [0, 1, 4, 0]}, ValueError, r"source: ids must be in \[0, 4\), got 4 at \[2\]"),
        ({"ids": [0.0, 1.0, 2.0, 0.0]}, TypeError, r"source: ids must be integers, got float64"),
    ],
)
def test_spikes_that_make_no_sense_are_refused(arguments, error, message):
    sim = Simulation(network())
    sim.run_until(50.0)
    before = pickle.dumps(sim)
    spikes = {"source": "source", "times": [50.0, 90.0, 70.0, 50.0], "ids": [0, 1, 3, 0]}
    with pytest.raises(error, match=message):
        sim.append_spikes(**{**spikes, **arguments})
    assert pickle.dumps(sim) == before
    sim.append_spikes(**spikes)


def test_trials_that_begin_at_one_saved_state_get_their_own_spikes(tmp_path):
    """As users write it: save once, then restore, append what this trial is to hear, and run."""
    net = postdict.Network(seed=3)
    cells = net.add_population("cells", 4, LIF())
    stimulus = net.add_spike_source("stimulus", 4, times=[], ids=[])
    net.add_poisson("noise", cells, rate=100.0, weight=0.2)
    inhibition = net.connect(
        stimulus, cells, weights=0.2, inhibitory=True, plasticity=RULE, axonal_delay=2.0
    )
    sim = Simulation(net)
    sim.run(200.0)
    sim.append_spikes(stimulus, times=[250.0], ids=[3])  # which all trials share
    sim.save(tmp_path / "start.npz")

    outcomes = {}
    for trial in ("a", "b", "a", "none"):
        sim.restore(tmp_path / "start.npz")
        assert sim.time == 200.0
        if trial != "none":
            times = np.arange(201.0, 260.0, 5.0 if trial == "a" else 3.0)
            sim.append_spikes(stimulus, times=times, ids=np.zeros(len(times), int))
        sim.run(100.0)
        outcome = [*sim.spikes(cells), sim.weights(inhibition)]
        for one, other in zip(outcome, outcomes.setdefault(trial, outcome), strict=True):
            assert np.array_equal(one, other)
        sim.save(tmp_path / f"{trial}.npz")
    weights = [outcomes[trial][2] for trial in ("a", "b", "none")]
    assert not np.array_equal(weights[0], weights[1])
    assert not np.array_equal(weights[0], weights[2])
    for trial, (*_, expected) in outcomes.items():
        loaded = Simulation.load(tmp_path / f"{trial}.npz")
        assert np.array_equal(loaded.weights(inhibition), expected)
        loaded.run(50.0)
        sim.restore(tmp_path / f"{trial}.npz")
        sim.run(50.0)
        assert pickle.dumps(loaded) == pickle.dumps(sim)


def test_many_small_pieces_take_no_more_memory_than_one_large_piece():
    sim = Simulation(network())
    ids, times = np.zeros(1, int), np.zeros(1)

    def append(n):
        for _ in range(n):
            times[0] += 0.001
            sim.append_spikes("source", times=times, ids=ids)

    append(100)
    tracemalloc.start()
    try:
        append(5000)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 40 * 5000  # 16 bytes a spike, in buffers that grow ahead


def test_a_progress_callback_may_append_but_not_run_and_other_threads_may_neither():
    times, ids = given()
    early, refused = times < 150.0, []
    sim = Simulation(network(times[early], ids[early]))
    whole = Simulation(network(times, ids))

    def append(*_):
        if not refused:
            sim.append_spikes("source", times=times[~early], ids=ids[~early])
        for call in (lambda: sim.run(1.0), lambda: elsewhere(sim)):
            with pytest.raises(RuntimeError, match="is running already"):
                call()
            refused.append(call)

    def elsewhere(sim):
        with ThreadPoolExecutor(1) as other:
            other.submit(sim.append_spikes, "source", times=[700.0], ids=[0]).result()

    sim.run(100.0, progress=append)
    sim.run_until(UNTIL)
    whole.run_until(UNTIL)
    assert len(refused) == 2
    assert_equal(sim, whole)
