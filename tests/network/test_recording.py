"""Recorders: when they sample, what of, and within which memory; recording of chosen spikes."""

import numpy as np
import pytest
import scipy.sparse

import postdict
from postdict import LIF, AntisymmetricSTDP, LIFExp, Simulation, Triplets

RULE = AntisymmetricSTDP(0.01, A_minus=0.9, w_max=0.8)
N_POST, N_PRE = 4, 6


def triplets(pre=(0, 5, 2, 1, 5), post=(3, 0, 1, 2, 3)):
    return Triplets(pre=pre, post=post, weight=np.linspace(0.1, 0.5, len(pre)))


def matrix():
    return np.random.default_rng(1).uniform(0.1, 0.5, (N_POST, N_PRE))


def delays(shape):
    return np.random.default_rng(2).choice([3.0, 1.0, 2.0], shape)


FORMS = {
    "matrix": (matrix(), {}),
    "single precision": (matrix(), {"precision": "single"}),
    "filled": (0.3, {}),
    "matrix with delays": (matrix(), {"axonal_delay": delays((N_POST, N_PRE))}),
    "csr": (scipy.sparse.csr_array(matrix() * (matrix() > 0.2) + 0.01 * np.eye(4, 6)), {}),
    "triplets": (triplets(), {}),
    "triplets with delays": (triplets(), {"axonal_delay": [3.0, 1.0, 2.0, 1.0, 2.0]}),
}


def network(weights, plasticity=RULE, **connection):
    rng = np.random.default_rng(3)
    net = postdict.Network(seed=1)
    times, ids = rng.uniform(0.0, 200.0, 400), rng.integers(0, N_PRE, 400)
    net.add_spike_source("pre", N_PRE, times=times, ids=ids)
    net.add_population("post", N_POST, LIFExp(tau_m=20.0, i_offset=1.3))
    return net, net.connect("pre", "post", weights=weights, plasticity=plasticity, **connection)


def recorded(net, *recorders, until=200.0):
    sim = Simulation(net)
    sim.run_until(until)
    return [sim.recorded(recorder) for recorder in recorders]


@pytest.mark.parametrize("form", FORMS)
def test_chosen_synapses_are_those_of_the_whole(form):
    weights, connection = FORMS[form]
    net, projection = network(weights, **connection)
    n_pairs = 5 if "triplets" in form else net._registry.synapses_of(projection).n_synapses
    positions = np.random.default_rng(4).integers(0, n_pairs, 7)
    pairs = ([3, 0, 1], [0, 5, 2])
    if form == "csr":
        coo = weights.tocoo()
        pairs = (coo.row[[5, 0, 3]], coo.col[[5, 0, 3]])
    whole = net.record(projection, "weights", every=10.0)
    by_position = net.record(projection, "weights", every=10.0, synapses=positions)
    by_pair = net.record(projection, "weights", every=10.0, synapses=pairs)
    (_, all_of_it), (_, some), (_, of_pairs) = recorded(net, whole, by_position, by_pair)
    assert np.array_equal(some, all_of_it.reshape(21, -1)[:, positions])
    assert np.ptp(some, axis=0).min() > 0.0  # they learned
    if all_of_it.ndim == 3:
        expected = all_of_it[:, pairs[0], pairs[1]]
    else:
        expected = all_of_it[:, [5, 0, 3] if form == "csr" else [0, 1, 2]]
    assert np.array_equal(of_pairs, expected)


@pytest.mark.parametrize("form", FORMS)
def test_statistics_are_those_of_the_weights(form):
    weights, connection = FORMS[form]
    net, projection = network(weights, **connection)
    whole = net.record(projection, "weights", every=10.0)
    statistics = net.record(projection, "weight_statistics", every=10.0)
    (times, all_of_it), (same_times, values) = recorded(net, whole, statistics)
    flat = all_of_it.reshape(len(times), -1)
    expected = [flat.mean(1), flat.std(1), flat.min(1), flat.max(1)]
    assert np.array_equal(times, same_times)
    assert values.shape == (len(times), 4)
    assert values == pytest.approx(np.transpose(expected), abs=1e-15)


def test_statistics_of_one_number_for_all():
    net, projection = network(0.25, plasticity=None)
    (_, values), (_, number) = recorded(
        net,
        net.record(projection, "weight_statistics", times=[1.0, 7.5]),
        net.record(projection, "weights", times=[1.0, 7.5]),
    )
    assert np.array_equal(values, [[0.25, 0.0, 0.25, 0.25]] * 2)
    assert np.array_equal(number, [0.25, 0.25])


@pytest.mark.parametrize("variable", ["v", "i_e", "i_i", "weights"])
def test_samples_at_given_times_are_those_at_an_interval(variable):
    net, projection = network(matrix())
    target = projection if variable == "weights" else "post"
    often = net.record(target, variable, every=0.5)
    chosen = [0.0, 0.5, 17.0, 17.5, 150.0, 200.0, 1e9]
    some = net.record(target, variable, times=chosen)
    (times, values), (some_times, some_values) = recorded(net, often, some)
    assert np.array_equal(some_times, chosen[:-1])
    assert np.array_equal(some_values, values[np.searchsorted(times, some_times)])


def test_a_sample_is_of_the_state_before_its_instant():
    net = postdict.Network()
    net.add_population("cell", 1, LIF(tau_m=1e6, v_thresh=1.5))
    net.add_spike_source("source", 1, times=[2.0], ids=[0])
    net.connect("source", "cell", weights=1.0, axonal_delay=1.0)
    at = net.record("cell", "v", times=[3.0, 3.0 + 1e-9])
    ((_, values),) = recorded(net, at, until=10.0)
    assert values.ravel() == pytest.approx([0.0, 1.0])


def test_recorders_of_every_kind_go_through_a_checkpoint(tmp_path):
    net, projection = network(triplets(), axonal_delay=[3.0, 1.0, 2.0, 1.0, 2.0])
    recorders = [
        net.record(projection, "weights", times=[0.1, 50.0, 120.0], synapses=[4, 0]),
        net.record(projection, "weights", every=3.0, synapses=([0, 3], [5, 5])),
        net.record(projection, "weight_statistics", every=7.0),
        net.record("post", "v", times=np.linspace(0.0, 190.0, 77), ids=[2, 2, 0]),
    ]
    whole, half = Simulation(net), Simulation(net)
    whole.run(200.0)
    half.set_recording("post", ids=[1, 3], start=20.0, stop=150.0)
    half.run(100.0)
    half.save(tmp_path / "half.npz")
    half = Simulation.load(tmp_path / "half.npz")
    half.run(100.0)
    assert half.network.recorders == recorders
    for recorder in recorders:
        assert all(map(np.array_equal, half.recorded(recorder), whole.recorded(recorder)))
    times, ids = whole.spikes("post", start=20.0, stop=150.0)
    chosen = (ids == 1) | (ids == 3)
    assert np.array_equal(half.spikes("post"), (times[chosen], ids[chosen]))


def test_recorded_from_a_time_on():
    net, projection = network(matrix())
    recorder = net.record(projection, "weights", every=10.0)
    sim = Simulation(net)
    sim.run(100.0)
    times, values = sim.recorded(recorder)
    later, of_later = sim.recorded(recorder, start=35.0)
    assert list(later) == [40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0]
    assert np.array_equal(of_later, values[times >= 35.0])


NAN = float("nan")


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({}, ValueError, r"either every \(an interval\) or times, and not both"),
        ({"every": 1.0, "times": [1.0]}, ValueError, r"not both"),
        ({"every": 0.0}, ValueError, r"every must be positive, got 0\.0 ms"),
        ({"times": []}, ValueError, r"times must not be empty"),
        ({"times": 1.0}, ValueError, r"times must have 1 dimension"),
        ({"times": [1.0, NAN]}, ValueError, r"times must be finite, got nan at \[1\]"),
        ({"times": [1.0, -2.0]}, ValueError, r"non-negative, got -2 ms at \[1\]"),
        ({"times": [1.0, 3.0, 3.0]}, ValueError, r"times must rise, got 3 ms at \[2\] after 3 ms"),
        ({"times": ["a"]}, TypeError, r"times must be numbers"),
        ({"times": [1.0, 2.0], "max_bytes": 39}, ValueError, r"all 2 times \(80 bytes\), got 39"),
        ({"every": 1.0, "max_bytes": 79}, ValueError, r"two samples \(80 bytes\), got 79"),
        ({"every": 1.0, "synapses": 3}, ValueError, r"synapses must have 1 dimension"),
        ({"every": 1.0, "synapses": [0.5]}, TypeError, r"synapses must be integers"),
        ({"every": 1.0, "synapses": [0, 5]}, ValueError, r"\[0, 5\), got 5 at \[1\]"),
        ({"every": 1.0, "synapses": [-1]}, ValueError, r"\[0, 5\), got -1 at \[0\]"),
        ({"every": 1.0, "synapses": []}, ValueError, r"synapses must not be empty"),
        ({"every": 1.0, "synapses": ([], [])}, ValueError, r"synapses must not be empty"),
        ({"every": 1.0, "synapses": ([1],)}, ValueError, r"must be \(post_ids, pre_ids\), got 1"),
        ({"every": 1.0, "synapses": ([1], [1, 2])}, ValueError, r"one length, got 1 and 2"),
        ({"every": 1.0, "synapses": ([4], [1])}, ValueError, r"post_ids must be in \[0, 4\)"),
        ({"every": 1.0, "synapses": ([1], [6])}, ValueError, r"pre_ids must be in \[0, 6\)"),
        (
            {"every": 1.0, "synapses": ([3, 0], [0, 0])},
            ValueError,
            r"no synapse is at \(post, pre\) = \(0, 0\), \[1\]",
        ),
        ({"every": 1.0, "ids": [0]}, ValueError, r"choose weights by synapses"),
    ],
)
def test_recorders_that_make_no_sense_are_refused(arguments, error, message):
    net, projection = network(triplets())
    with pytest.raises(error, match=message):
        net.record(projection, "weights", **arguments)
    assert net.recorders == []


def test_several_synapses_of_a_pair_are_chosen_by_position():
    net, projection = network(triplets(pre=[0, 5, 0], post=[3, 0, 3]))
    with pytest.raises(
        ValueError, match=r"2 synapses are at \(post, pre\) = \(3, 0\), \[1\]; give"
    ):
        net.record(projection, "weights", every=1.0, synapses=([0, 3], [5, 0]))
    both = net.record(projection, "weights", every=1.0, synapses=[2, 0])
    ((_, values),) = recorded(net, both, until=0.0)
    assert np.array_equal(values, [[0.5, 0.1]])


def test_what_no_synapses_can_give_is_refused():
    net, projection = network(0.3, plasticity=None)
    empty = net.connect("pre", "post", weights=triplets(pre=(), post=()))
    with pytest.raises(ValueError, match="one number for all"):
        net.record(projection, "weights", every=1.0, synapses=[0])
    with pytest.raises(ValueError, match="weight_statistics are of all synapses"):
        net.record(projection, "weight_statistics", every=1.0, synapses=[0])
    with pytest.raises(ValueError, match="synapses select weights; choose neurons by ids"):
        net.record("post", "v", every=1.0, synapses=[0])
    for variable in ("weights", "weight_statistics"):
        with pytest.raises(ValueError, match="no synapses"):
            net.record(empty, variable, every=1.0)
        with pytest.raises(TypeError, match=f"{variable!r} needs a projection"):
            net.record("post", variable, every=1.0)


def test_memory_counts_samples_at_given_times():
    net, projection = network(triplets())
    recorders = [
        net.record(projection, "weights", times=[1.0, 2.0, 3.0]),
        net.record(projection, "weights", times=[1.0, 2.0], synapses=[1]),
        net.record(projection, "weight_statistics", every=1.0, max_bytes=100),
    ]
    assert [net.memory().parts[r] for r in recorders] == [8 * 5 * 3, 8 * 2, 96]


def test_spikes_of_some_neurons_in_a_window():
    net, _ = network(matrix())
    whole = Simulation(net)
    whole.run(200.0)
    times, ids = whole.spikes("post")
    sim = Simulation(net)
    sim.run(30.0)
    sim.set_recording("post", ids=[2, 0, 0], start=50.0, stop=times[ids == 2][-2])
    sim.run(100.0)
    sim.set_recording("post", start=100.0)  # replaces the choice, keeps what is recorded
    sim.run(70.0)
    assert len(times) > 40
    chosen = (ids == 2) | (ids == 0)
    expected = (
        (times < 30.0)
        | (chosen & (times >= 50.0) & (times < min(130.0, times[ids == 2][-2])))
        | (times >= 130.0)
    )
    assert np.array_equal(sim.spikes("post"), (times[expected], ids[expected]))
    assert sim.spike_count("post") == len(times)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"on": False, "ids": [0]}, ValueError, r"on must be True"),
        ({"on": False, "stop": 3.0}, ValueError, r"on must be True"),
        ({"ids": []}, ValueError, r"ids must be in \[0, 4\), got \[\]"),
        ({"ids": [4]}, ValueError, r"ids must be in \[0, 4\), got \[4\]"),
        ({"ids": [0.0]}, TypeError, r"ids must be an integer"),
        ({"start": 5.0, "stop": 5.0}, ValueError, r"stop must be after start = 5 ms, got 5 ms"),
        ({"start": NAN}, ValueError, r"start must be finite"),
        ({"stop": "1 s"}, TypeError, r"stop must be a number"),
    ],
)
def test_recordings_that_make_no_sense_are_refused(arguments, error, message):
    net, _ = network(matrix())
    sim = Simulation(net)
    with pytest.raises(error, match=message):
        sim.set_recording("post", **arguments)
    sim.run(100.0)
    assert len(sim.spikes("post")[0]) == sim.spike_count("post") > 0


def kicked(neurons):
    net = postdict.Network(1)
    cells = net.add_population("post", N_POST, neurons)
    net.add_poisson("excitation", cells, rate=1000.0, weight=0.03)
    return net, cells


@pytest.mark.parametrize("neurons", [None, postdict.LIFCond(v_thresh=-58.0)])
def test_search_work_is_counted(neurons):
    net, _ = network(matrix()) if neurons is None else kicked(neurons)
    net.add_population("plain", 1, LIF())
    sim = Simulation(net)
    assert set(sim.search_work("post").values()) <= set(range(N_POST + 1))
    sim.run(200.0)
    work = sim.search_work("post")
    assert set(work) == {"excited", "dismissed", "looks", "searches", "found"}
    assert work["found"] >= sim.spike_count("post") > 0
    assert 0 < work["dismissed"] <= work["excited"]
    assert work["searches"] >= work["found"]
    with pytest.raises(TypeError, match="LIFExp and LIFCond"):
        sim.search_work("plain")


def test_a_recorder_that_drops_samples_says_so_once_and_gives_its_interval():
    net = postdict.Network()
    cells = net.add_population("cells", 2, LIF())
    bounded = net.record(cells, "v", every=0.5, max_bytes=16 * 10)
    roomy = net.record(cells, "v", every=0.5)
    at_times = net.record(cells, "v", times=[1.0, 2.0])
    sim = postdict.Simulation(net)
    sim.run_until(4.5)
    assert [sim.sampling_interval(r) for r in (bounded, roomy, at_times)] == [0.5, 0.5, None]
    message = (
        r"the recorder of v of cells was full \(max_bytes = 160\): it dropped every second sample, "
        r"and has one every 2 ms now"
    )
    with pytest.warns(UserWarning, match=message):
        sim.run_until(12.0)
    sim.run_until(100.0)
    for recorder in (bounded, roomy):
        times, _ = sim.recorded(recorder)
        assert np.array_equal(
            np.diff(times), np.full(len(times) - 1, sim.sampling_interval(recorder))
        )
    with pytest.raises(ValueError, match="is not a recorder of this network"):
        sim.sampling_interval(cells)
