"""The experiment `ei-balance`: its network, its measures, its settings, and a tiny run."""

import json
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

from postdict import VogelsSTDP
from postdict.cli import main
from postdict.experiments import ei_balance
from postdict.experiments.ei_balance import Config
from postdict.experiments.ei_balance.config import Stimuli
from postdict.experiments.ei_balance.cortex import STEP, draw_cortex, group_signals, input_spikes
from postdict.experiments.ei_balance.figures import draw
from postdict.experiments.ei_balance.measures import (
    factor_for_rate,
    partners,
    peaks,
    shuffled_by_cell,
    tuning,
    tuning_profiles,
)

SMALL = replace(
    Config().quick(), n_excitatory=160, n_inhibitory=40, n_inputs=400, p_input=0.8,
    p_recurrent=0.4, recorded=2, duration=2e3, measure_duration=2e3, stimuli=1, seeds=1,
    assembly_duration=1e3, recall_duration=2e3, antisymmetric_duration=1e3, equal_duration=2e3,
    ratios=(0.7,),
)  # fmt: skip


@pytest.fixture(scope="module")
def cortex():
    return draw_cortex(SMALL, 3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_inputs": 8, "n_groups": 9}, "n_inputs must be at least n_groups = 9, got 8"),
        ({"ie_weight": 31.0}, "ie_weight must be at most w_max = 30 mV, got 31 mV"),
        ({"recorded": 501}, "recorded must be at most the 500 cells of a group, got 501"),
        ({"p_ie": 1.5}, "p_ie must be at most 1, got 1.5"),
        ({"target_rate": 0.0}, "target_rate must be positive, got 0.0 Hz"),
        ({"ratios": (0.7, -1.0)}, "ratios must be positive, got -1.0"),
        (
            {"max_memory": 1.0},
            r"4000 \+ 1000 cells take an estimated 1\d\.\d MB; max_memory allows 1 MB",
        ),
        ({"n_excitatory": 40_000_000}, r"cells take an estimated .* MB; this machine has .* MB"),
    ],
)
def test_wrong_settings_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        replace(Config(), **change)


def test_the_expected_memory_is_that_of_the_network():
    config = Config().quick()
    run = draw_cortex(config, 1).simulation(1.0, 0.1, stream=0, rule=config.vogels(0.01))
    network = run.simulation.network
    assert network.memory().total == pytest.approx(config.expected_bytes(), rel=0.02)


def test_a_network_too_large_with_its_recorders_is_a_wrong_call(tmp_path, capsys):
    call = ["run", "ei-balance", "--quick", "--out", str(tmp_path / "out"), "--no-progress"]
    assert main([*call, "--set", "max_memory=1"]) == 2
    assert "800 + 200 cells take an estimated" in capsys.readouterr().err
    assert main([*call, "--set", "max_memory=4.5", "--set", "recorded=100"]) in (1, 2)
    assert "max_bytes allows 4.5 MB" in capsys.readouterr().err


def test_signals_compete_and_have_their_time_constant():
    config = replace(Config(), signal_tau=50.0, signal_sd=0.3)
    signals = group_signals(config, 100_000, np.random.default_rng(1))
    np.testing.assert_allclose(signals.mean(axis=1), 1.0)
    logs = np.log(signals)
    logs -= logs.mean(axis=0)
    lag = round(50.0 / STEP)
    correlation = (logs[:-lag] * logs[lag:]).mean(axis=0) / logs.var(axis=0)
    np.testing.assert_allclose(correlation, np.exp(-1.0), atol=0.03)
    flat = group_signals(replace(config, signal_sd=0.0), 5, np.random.default_rng(1))
    np.testing.assert_array_equal(flat, 1.0)


def test_input_has_its_rate_and_stimuli_come_on_top():
    config = replace(Config(), signal_sd=0.0, n_inputs=83)
    stimuli = Stimuli(np.array([1e4]), np.array([2]), 1e4, 1.0)
    times, ids = input_spikes(config, 4e4, np.random.default_rng(2), stimuli)
    assert times.min() >= 0.0
    assert times.max() < 4e4
    assert (ids.min(), ids.max()) == (0, 82)
    group = config.groups(83)[ids]
    during = (times >= 1e4) & (times < 2e4)
    sizes = np.bincount(config.groups(83))
    for k in range(8):
        n = sizes[k] * 10.0 * 10.0  # 10 s at 10 Hz
        expected = n * (2.0 if k == 2 else 1.0)
        assert (during & (group == k)).sum() == pytest.approx(expected, abs=5 * expected**0.5)
        after = (times >= 2e4) & (group == k)
        assert after.sum() == pytest.approx(2 * n, abs=5 * (2 * n) ** 0.5)


def test_synapses_follow_the_profile_and_the_seed():
    config = replace(Config().quick(), n_inputs=800)
    one = draw_cortex(config, 5)
    synapses = one.inputs["E"]
    of, to = config.groups(800)[synapses.pre], config.groups(800)[synapses.post]
    counts = np.zeros((8, 8))
    np.add.at(counts, (to, of), 1)
    np.testing.assert_allclose(counts / 1e4, config.p_input * config.profile(), atol=0.03)
    again, other = draw_cortex(config, 5), draw_cortex(config, 6)
    assert again.ie == one.ie
    assert again.inputs == one.inputs
    assert other.inputs["I"] != one.inputs["I"]


def test_equal_streams_give_equal_spikes(cortex):
    def spikes(stream):
        run = cortex.simulation(500.0, 0.4, stream=stream)
        run.simulation.run(500.0)
        return run.simulation.spikes("E")[0]

    np.testing.assert_array_equal(spikes(1), spikes(1))
    assert not np.array_equal(spikes(1)[:50], spikes(2)[:50])


def test_weights_are_shuffled_within_each_cell(cortex):
    post = cortex.ie.post
    weights = np.random.default_rng(1).random(len(post)) + 10.0 * post
    found = shuffled_by_cell(cortex, weights, 2)
    assert not np.array_equal(found, weights)
    for cell in (0, 7, 159):
        np.testing.assert_array_equal(np.sort(found[post == cell]), np.sort(weights[post == cell]))


def test_tuning_is_1_where_inhibition_has_the_profile(cortex):
    config = cortex.config
    post, pre = config.groups(160)[cortex.ie.post], config.groups(40)[cortex.ie.pre]
    own = (post == pre).astype(float)
    found = tuning(cortex, own)
    assert np.median(found) == pytest.approx(1.0)
    assert np.median(tuning(cortex, 1.0 - own)) < -0.9
    profiles = tuning_profiles(cortex, own)
    assert profiles[0].argmax() == 0
    assert profiles[159].argmax() == 7
    assert np.isnan(tuning(cortex, 0.0 * own)).all()


def test_partners_are_of_the_same_group_or_across():
    groups = np.repeat(np.arange(8), 3)
    neighbour, stranger = partners(groups)
    np.testing.assert_array_equal(groups[neighbour], groups)
    assert (neighbour != np.arange(24)).all()
    np.testing.assert_array_equal(np.sort(neighbour), np.arange(24))
    np.testing.assert_array_equal((groups[stranger] - groups) % 8, 4)


def test_peaks_over_cells():
    lags = np.array([-1.0, 0.0, 1.0])
    curves = np.array([[0.1, 0.2, np.nan], [0.3, 0.1, 0.2], [0.2, 0.5, 0.1]])
    found = peaks(lags, curves)
    assert found["median"] == pytest.approx(0.4)
    assert found["lag"] == pytest.approx(0.5)
    assert set(peaks(lags, curves[:, 2:]).values()) == {None}


def test_a_factor_is_found_where_there_is_one():
    for power in (2.0, 5.0, 8.0):
        factor = factor_for_rate(lambda f, p=power: 20.0 * f**-p, 5.0, 4.0)
        assert 20.0 * factor**-power == pytest.approx(5.0, rel=0.03)
    assert factor_for_rate(lambda _: 20.0, 5.0, 4.0) is None
    assert factor_for_rate(lambda f: np.inf if f < 2.0 else 5.0, 5.0, 4.0) >= 2.0
    assert factor_for_rate(lambda _: 0.0, 5.0, 4.0) is None


def test_inhibition_learns_which_group_a_cell_hears():
    config = Config().quick()
    cortex = draw_cortex(config, 1)
    run = cortex.simulation(
        8e3, config.ie_weight, stream=0, rule=VogelsSTDP(0.03, config.target_rate)
    )
    before = run.simulation.spike_count("E")
    run.simulation.run(1e3)
    first = run.simulation.spike_count("E") - before
    run.simulation.run(7e3)
    rate = run.simulation.spike_count("E") - first
    assert rate / 7.0 < 0.6 * first
    assert np.median(tuning(cortex, run.weights())) > 0.8


@pytest.mark.parametrize(
    ("key", "why"), [("eta", "nothing is learned"), ("signal_sd", "one signal")]
)
def test_a_config_that_cannot_show_its_claim_warns(key, why, monkeypatch):
    monkeypatch.setattr(ei_balance, "run_trial", lambda *_: ({"rate": 1.0}, {}))
    with pytest.warns(UserWarning, match=why):
        ei_balance.run(replace(SMALL, **{key: 0.0}))


def test_a_small_network_runs_whole_and_is_drawn():
    result = ei_balance.run(SMALL)
    summary = result.summary
    json.dumps(summary, allow_nan=False)
    assert set(summary["assembly"]) == {
        "stored", "balanced", "lowered", "restored", "lowered_others", "lowered_all",
    }  # fmt: skip
    assert {"uniform_none", "uniform_vogels", "learned_antisymmetric_0.7"} <= set(summary["rules"])
    assert summary["controls"]["shuffled"]["inhibition"] == pytest.approx(
        summary["after"]["inhibition"], rel=0.35
    )
    again = ei_balance.run(SMALL)
    assert again.summary == summary
    figure = Figure(figsize=(11.5, 12.5))
    draw(result, figure)
    assert [ax.get_title(loc="left") for ax in figure.axes] == list("abcdefghijkl")
    assert all(ax.get_xlabel() for ax in figure.axes)
    assert dict(ei_balance.headline(result))["rate of E (Hz)"]
    assert ei_balance.in_words(result).endswith("within 25 % of the target")


def test_a_network_that_runs_away_under_the_other_rule_is_told(tmp_path, capsys):
    settings = {
        "n_excitatory": 160, "n_inhibitory": 40, "n_inputs": 400, "p_input": 0.8,
        "p_recurrent": 0.4, "recorded": 2, "duration": 1e3, "measure_duration": 2e3, "stimuli": 1,
        "seeds": 1, "assembly_duration": 1e3, "recall_duration": 2e3,
        "antisymmetric_duration": 3e3, "equal_duration": 2e3, "ratios": 30,
    }  # fmt: skip
    arguments = [one for k, v in settings.items() for one in ("--set", f"{k}={v}")]
    folder = tmp_path / "out"
    call = ["run", "ei-balance", "--quick", *arguments, "--out", str(folder), "--no-progress"]
    assert main(call) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert "1 of 1 ran away" in printed.out
    assert {path.name for path in folder.iterdir()} == {
        "summary.json", "provenance.json", "result.npz", "ei-balance.png",
    }  # fmt: skip
    rule = json.loads((folder / "summary.json").read_text())["rules"]["learned_antisymmetric_30"]
    assert rule["ran_away"] == 1.0
    assert rule["ei"] is None
