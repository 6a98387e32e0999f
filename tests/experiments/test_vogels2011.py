"""The experiment `vogels2011`: its networks, its measures, its settings, and a tiny run."""

import inspect
import json
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

import postdict
from postdict.experiments import vogels2011
from postdict.experiments.vogels2011 import Config, networks
from postdict.experiments.vogels2011.cell import (
    _conductances,
    another_of_each,
    contrast,
    drawn_signals,
    excitatory_weights,
    preferred,
    signal_correlation,
    tuning,
)
from postdict.experiments.vogels2011.networks import recurrent_network, stored, tuned_cell
from postdict.experiments.vogels2011.recurrent import Memory, cell_groups, drawn_places
from postdict.experiments.vogels2011.trial import rates

SMALL = replace(
    Config().quick(), n_excitatory=480, n_inhibitory=120, p=0.3, learning=1e3, balancing=1e3,
    loud=200.0, rest=2e3, cue=500.0, cell_duration=2e3, cell_measured=2e3,
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_channels": 2}, "n_channels must be at least 3, got 2"),
        ({"assembly": 0.5}, "assembly must be at most 0.4, got 0.5"),
        ({"rest": 100.0}, "rest must be at least 2000, got 100.0 ms"),
        ({"n_excitatory": 80, "cued": 0.05}, "cued must be at least one of the 8 cells of an asse"),
    ],
)
def test_wrong_settings_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        replace(Config(), **change)


@pytest.mark.parametrize("name", ["eta", "cell_eta", "factor", "cue_factor"])
def test_settings_that_cannot_show_it_are_doubted(name):
    (doubt,) = replace(Config(), **{name: 0 if "eta" in name else 1}).doubts()
    assert doubt.startswith(name)


def test_both_networks_take_fewer_than_60_lines_of_the_public_api():
    lines = [
        line
        for function in (recurrent_network, stored, tuned_cell)
        for line in inspect.getsource(function).splitlines()
        if line.strip()
    ]
    assert len(lines) < 70  # with their docstrings
    for name in ("Network", "fixed_probability", "Steps", "VogelsSTDP", "Triplets"):
        assert getattr(networks, name) is getattr(postdict, name)


def test_the_small_network_has_the_mean_input_of_the_large_one():
    large, small = Config(), Config().quick()
    for n in ("n_excitatory", "n_inhibitory"):
        assert large.p * getattr(large, n) == pytest.approx(small.p * getattr(small, n))
    assert small.p * small.assembly_size == pytest.approx(large.p * large.assembly_size, rel=0.01)


def test_only_synapses_within_an_assembly_are_made_stronger():
    net = recurrent_network(SMALL, 3)
    plain = net.weights("E->E")
    strong = stored(SMALL, plain)
    member_of = np.arange(480) // SMALL.assembly_size
    within = (member_of[plain.pre] == member_of[plain.post]) & (member_of[plain.pre] < 2)
    assert within.sum() == pytest.approx(2 * 0.3 * SMALL.assembly_size**2, rel=0.05)
    np.testing.assert_array_equal(strong.weight[within], SMALL.e_weight * SMALL.factor)
    np.testing.assert_array_equal(strong.weight[~within], SMALL.e_weight)


def test_groups_and_rows_of_the_raster_cover_all_cells_once():
    covered = [k for first, last in cell_groups(SMALL).values() for k in range(first, last)]
    assert covered == list(range(480))
    rows = drawn_places(SMALL)
    np.testing.assert_array_equal(np.sort(rows[rows >= 0]), np.arange((rows >= 0).sum()))


def test_signals_have_their_largest_rate_their_time_constant_and_are_apart():
    config = replace(Config(), background_rate=0.0)
    rates_hz = drawn_signals(config, 2e5, np.random.default_rng(1)).rates
    published = rates_hz / (1.0 - 5e-3 * rates_hz)  # of processes with 5 ms of refractoriness
    assert published.max() == pytest.approx(500.0)
    assert (published > 0.0).mean() == pytest.approx(0.5, abs=0.03)
    between = np.corrcoef(rates_hz)
    assert np.abs(between[~np.eye(8, dtype=bool)]).max() < 0.08


def test_excitation_prefers_the_fifth_of_eight_channels():
    weights = excitatory_weights(Config(), 1)
    assert preferred(Config()) == 4
    np.testing.assert_allclose(weights.mean(axis=1)[[0, 4]], [0.35 + 1.1 / 257, 1.45], atol=0.02)
    assert contrast(weights, 4) > 2.0
    assert tuning(weights, weights) == pytest.approx(1.0)
    assert tuning(weights, np.full((8, 25), 0.1)) is None
    exchanged = another_of_each(8, np.random.default_rng(1))
    assert (exchanged != np.arange(8)).all()
    assert sorted(exchanged) == list(range(8))


def test_spikes_of_a_channel_correlate_with_it_alone():
    signals = drawn_signals(Config(), 3e4, np.random.default_rng(2))
    rng = np.random.default_rng(3)
    counts = rng.poisson(2e-2 * signals.rates[2])  # of 20 neurons
    times = np.repeat(np.arange(counts.size), counts) + rng.random(counts.sum())
    found = signal_correlation(signals, times)
    assert found.argmax() == 2
    assert found[2] > 0.8
    assert np.abs(np.delete(found, 2)).max() < 0.35
    assert np.isnan(signal_correlation(signals, np.empty(0))).all()


def test_expected_conductance_of_a_constant_rate():
    signals = drawn_signals(replace(Config(), largest_rate=1e-9), 2e3, np.random.default_rng(2))
    weights = np.full((8, 25), 0.035)
    found = _conductances(signals, weights, 10.0)[:, -1]
    np.testing.assert_allclose(found, 25 * 0.035 * 10.0 * 5e-3 / 1.025, rtol=1e-6)


def test_rates_of_a_phase_and_their_ratio():
    found = rates({"rates": np.array([[9.0], [4.0], [1.0], [2.0], [7.0]])})
    assert (found["assembly"], found["rest"], found["inhibitory"]) == (4.0, 2.0, 7.0)
    assert (found["assembly_over_rest"], found["other_over_rest"]) == (2.0, 0.5)
    assert rates({"rates": np.zeros((5, 1))})["assembly_over_rest"] is None


def test_the_cue_reaches_a_part_of_the_first_assembly_and_ends():
    network = Memory(SMALL, 1)
    synapses = network.simulation.weights("E->E")
    none = replace(synapses, weight=np.zeros(synapses.n_synapses))
    network.simulation.set_weights("E->E", none)
    network.stimulate()
    network.simulation.run(2 * SMALL.cue)
    for start, drive in ((0.0, 200.0), (SMALL.cue, 20.0)):
        _, ids = network.simulation.spikes("E", start=start, stop=start + SMALL.cue)
        counts = np.bincount(ids, minlength=480)
        for cells, mv in ((counts[: SMALL.n_cued], drive), (counts[SMALL.n_cued :], 20.0)):
            interval = 5.0 + 20.0 * np.log(mv / (mv - 10.0))  # ms, of a lone neuron
            assert np.abs(cells - SMALL.cue / interval).max() <= 1.5


def test_a_tiny_run_is_whole_and_drawn():
    result = vogels2011.run(SMALL)
    summary = result.summary
    json.dumps(summary, allow_nan=False)
    assert set(summary["controls"]) == {"shuffled", "unrelated", "held", "frozen", "unstored"}
    assert summary["network"]["loud"]["rest"] > 5 * summary["network"]["balanced"]["rest"]
    course = result.arrays["course_weights"]
    assert course.shape == (50, 8)
    assert (course[-1] > 0.1).all()  # flat at 0.1 before
    figure = Figure(figsize=(11.5, 12.0))
    vogels2011.FIGURES["vogels2011"][1](result, figure)
    assert [ax.get_title(loc="left") for ax in figure.axes] == list("abcdefghijkl")
    assert dict(vogels2011.headline(result))
    assert vogels2011.in_words(result).startswith("Inhibitory STDP brought the excitatory cells")
