"""Groups: slices, ids and masks of populations, as views that act as populations of their own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import postdict
from postdict import LIF, AntisymmetricSTDP, Simulation, Steps, Triplets

RULE = AntisymmetricSTDP(eta=0.02, A_minus=0.8, w_max=0.6)
N_PRE, N_POST = 7, 6


def whole(n=100):
    return postdict.Network().add_population("cells", n, LIF())


def test_slices_ids_and_masks_choose_as_numpy_does():
    cells, ids = whole(), np.arange(100)
    mask = ids % 7 == 0
    for key in (slice(10, 20), slice(None, None, 3), slice(-5, None), [3, 1, 99], mask, ids[mask]):
        group = cells[key]
        assert np.array_equal(group.ids, ids[key])
        assert len(group) == len(ids[key])
        assert np.array_equal(group[1:].ids, ids[key][1:])
        assert np.array_equal(group[[-1, 0]].ids, ids[key][[-1, 0]])
    assert np.array_equal(cells[::-1].ids, ids[::-1])
    assert cells[5].ids.tolist() == [5]
    assert [g.ids[0] for g in cells[97:]] == [97, 98, 99]
    assert cells[[10, 11, 12]] == cells[10:13]  # one choice, one group
    assert len(cells) == 100


def test_a_group_is_shown_in_a_few_words():
    cells = whole(4000)
    assert repr(cells[10:20]) == "Group(cells[10:20])"
    assert repr(cells[::4]) == "Group(cells[0:3997:4])"
    assert repr(cells[[5, 3, 2]]) == "Group(cells[3 of 4000])"


@pytest.mark.parametrize(
    ("key", "error", "message"),
    [
        (slice(5, 5), ValueError, "a group must have neurons"),
        (np.zeros(100, bool), ValueError, "the mask of cells chooses none"),
        (np.ones(5, bool), ValueError, r"a mask of cells must have shape \(100,\), got \(5,\)"),
        ([1, 1], ValueError, r"ids must name each neuron once, got 1 again at \[1\]"),
        ([100], ValueError, r"ids must be in \[0, 100\), got 100 at \[0\]"),
        (100, IndexError, "cells has 100 neurons, and none at 100"),
        ([1.5], TypeError, "ids must be integers, got float64"),
    ],
)
def test_wrong_choices_are_refused(key, error, message):
    with pytest.raises(error, match=message):
        whole()[key]


def parts(seed=2):
    rng = np.random.default_rng(seed)
    net = postdict.Network(seed=seed)
    times, ids = np.sort(rng.uniform(0.0, 400.0, 300)), rng.integers(0, N_PRE, 300)
    net.add_spike_source("pre", N_PRE, times=times, ids=ids)
    net.add_population("post", N_POST, LIF(tau_m=15.0))
    net.add_poisson("noise", "post", rate=400.0, weight=0.25)
    return net


KEYS = st.one_of(
    st.builds(slice, st.integers(0, 3), st.integers(4, 6), st.sampled_from([1, 2])),
    st.lists(st.integers(0, 5), min_size=1, max_size=6, unique=True),
)


@settings(max_examples=40)
@given(
    pre=KEYS,
    post=KEYS,
    form=st.sampled_from(["matrix", "one", "triplets", "delays"]),
    rule=st.sampled_from([None, RULE]),
    onto_all=st.booleans(),
)
def test_a_group_is_connected_as_the_same_synapses_given_one_by_one(
    pre, post, form, rule, onto_all
):
    rng = np.random.default_rng(5)
    net, plain = parts(), parts()
    source = net["pre"][pre]
    target = net["post"] if onto_all else net["post"][post]
    shape = len(target), len(source)
    i, j = (ids.ravel() for ids in np.indices(shape))
    values, delay = rng.uniform(0.0, 0.5, shape), 1.0
    if form == "one":
        weights, values = 0.3, np.full(shape, 0.3)
    elif form == "triplets":
        chosen = rng.random(i.size) < 0.6
        chosen[0] = True
        i, j = i[chosen], j[chosen]
        weights = Triplets(pre=j, post=i, weight=values[i, j])
    else:
        weights = values
    if form == "delays":
        delay = rng.choice([0.5, 1.0, 2.5], shape)
    made = net.connect(source, target, weights=weights, axonal_delay=delay, plasticity=rule)
    one_by_one = Triplets(pre=source.ids[j], post=target.ids[i], weight=values[i, j])
    expected = plain.connect(
        "pre",
        "post",
        weights=one_by_one,
        axonal_delay=delay if form != "delays" else delay[i, j],
        plasticity=rule,
    )
    recorder = net.record(made, "weights", times=[0.0, 150.0])
    sims = Simulation(net), Simulation(plain)
    for sim in sims:
        sim.run(300.0)
    for a, b in zip(*(sim.spikes("post") for sim in sims), strict=True):
        assert np.array_equal(a, b)
    found, of_plain = sims[0].weights(made), sims[1].weights(expected).weight
    if form == "triplets":
        assert np.array_equal(found.pre, j) and np.array_equal(found.post, i)
        assert np.array_equal(found.weight, of_plain)
        assert sims[0].recorded(recorder)[1].shape == (2, len(i))
    elif form == "one" and rule is None:
        assert found == 0.3
    else:
        assert found.shape == shape
        assert np.array_equal(found[i, j], of_plain)
        assert np.array_equal(sims[0].recorded(recorder)[1][0], values)
    sims[0].set_weights(made, found)
    assert str(sims[0].weights(made)) == str(found)


def test_a_group_of_all_is_the_whole():
    net, plain = parts(), parts()
    weights = np.random.default_rng(1).uniform(0.0, 0.4, (N_POST, N_PRE))
    net.connect(net["pre"][:], net["post"][:], weights=weights, plasticity=RULE)
    plain.connect("pre", "post", weights=weights, plasticity=RULE)
    sims = Simulation(net), Simulation(plain)
    for sim in sims:
        sim.run(300.0)
    learned = [sim.weights(sim.network.projections[0]) for sim in sims]
    assert np.array_equal(*learned)


def test_currents_recorders_spikes_and_potentials_take_groups():
    net = parts()
    group = net["post"][[4, 1]]
    net.add_current("pulse", group, Steps([100.0], [1.5]))
    v = net.record(group, "v", every=10.0)
    assert v.name == "post[2 of 6].v"
    sim = Simulation(net)
    sim.run(400.0)
    assert net.current_sources[0].ids == (4, 1)
    times, ids = sim.spikes("post")
    among = np.isin(ids, [4, 1])
    own_times, places = sim.spikes(group)
    assert np.array_equal(own_times, times[among])
    assert np.array_equal(group.ids[places], ids[among])
    assert np.array_equal(sim.potentials(group), sim.potentials("post")[[4, 1]])
    assert sim.recorded(v)[1].shape == (41, 2)
    sim.set_recording(group)
    sim.run(400.0)
    assert set(sim.spikes("post", start=400.0)[1]) == {1, 4}


def test_a_run_with_groups_goes_on_from_a_file(tmp_path):
    def fresh():
        net = parts()
        net.connect(net["pre"][2:5], net["post"][[5, 0]], weights=0.3, plasticity=RULE)
        return net

    sim = Simulation(fresh())
    sim.run(100.0)
    sim.save(tmp_path / "state.npz")
    loaded = Simulation.load(tmp_path / "state.npz")
    assert loaded.network.projections == sim.network.projections
    for s in (sim, loaded):
        s.run(200.0)
    name = "pre[2:5]->post[2 of 6]"
    assert np.array_equal(sim.weights(name), loaded.weights(name))
    assert sim.weights(name).shape == (2, 3)
    assert np.array_equal(sim.weights(fresh()[name]), sim.weights(name))


def test_what_takes_all_neurons_refuses_a_group():
    net = parts()
    group = net["post"][1:3]
    with pytest.raises(ValueError, match=r"^post\[1:3\] is a group: give post as a whole$"):
        Simulation(net).spike_count(group)
    with pytest.raises(ValueError, match="ids choose neurons, and so does a group"):
        net.record(group, "v", every=1.0, ids=[0])


def test_rates_are_of_each_neuron_of_a_population_or_a_group():
    net = postdict.Network(seed=1)
    cells = net.add_population("cells", 8, LIF(i_offset=np.linspace(0.0, 3.0, 8)))
    sim = Simulation(net)
    sim.run(500.0)
    _, ids = sim.spikes(cells)
    rates = sim.rates("cells")
    assert np.array_equal(rates, np.bincount(ids, minlength=8) / 0.5)
    assert np.array_equal(sim.rates(cells[[5, 2]]), rates[[5, 2]])
    late = sim.spikes(cells, start=100.0, stop=300.0)[1]
    assert sim.rates(cells, start=100.0, stop=300.0).sum() == pytest.approx(len(late) / 0.2)
    with pytest.raises(ValueError, match="stop must be after start"):
        sim.rates(cells, start=300.0, stop=300.0)
    with pytest.raises(ValueError, match=r"stop must be after start"):
        Simulation(net).rates(cells)


def test_the_spikes_of_trains_are_had_as_the_refusal_says():
    net = postdict.Network(seed=1)
    trains = net.add_poisson_source("input", 50, rate=20.0)
    relays = net.add_population("relays", 50, LIF())
    net.connect(trains, relays, weights=postdict.one_to_one(50, weight=2.0), axonal_delay=0.5)
    sim = Simulation(net)
    sim.run(1000.0)
    for call in (sim.spikes, sim.rates, sim.take_spikes, sim.spike_count, sim.set_recording):
        for asked in ("input", trains, trains[:3]):
            with pytest.raises(ValueError, match=r"'input' is a source of Poisson trains.*one_to"):
                call(asked)
    times, ids = sim.spikes(relays)
    assert 800 < len(times) < 1200
    assert set(ids) == set(range(50))
    replayed = postdict.Network(seed=9)  # what the relays heard, replayed
    source = replayed.add_spike_source("input", 50, times=times - 0.5, ids=ids)
    again = replayed.add_population("relays", 50, LIF())
    replayed.connect(source, again, weights=postdict.one_to_one(50, weight=2.0), axonal_delay=0.5)
    other = Simulation(replayed)
    other.run(1000.0)
    assert np.array_equal(other.spikes(again)[1], ids)
