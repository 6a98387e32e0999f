"""The experiment `negative-image`: its settings, its measures, the burst model, and a tiny run."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from postdict.cli import main
from postdict.experiments.negative_image import Config, run
from postdict.experiments.negative_image.bursts import (
    ETA,
    N_BINS,
    W_MAX,
    BurstDepression,
    Cancelled,
    cancel,
    n_fibres,
)
from postdict.experiments.negative_image.cells import FROZEN, Preparation, around, over_trial
from postdict.experiments.negative_image.measures import decay, evoked, image, modulation, share
from postdict.lab.stages import Stage

TINY = {
    "n_targets": 4, "n_relays": 10, "trials": 160, "later_trials": 80, "probe_trials": 40,
    "novel_events": 20, "eta": 0.01, "burst_frequencies": "8", "burst_cells": 2,
    "burst_speedup": 100, "seeds": 2,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"last_relay": 1.0}, "last_relay must be above first_relay = 1 ms, got 1 ms"),
        ({"last_relay": 150.0}, "last_relay must be below interval = 150 ms, got 150 ms"),
        ({"response_at": 160.0}, "response_at must be below interval = 150 ms, got 160 ms"),
        ({"moved_to": 160.0}, "moved_to must be below interval = 150 ms, got 160 ms"),
        ({"response_width": 20.0}, "response_width must be at most 18.75 ms"),
        ({"trials": 81}, "trials must be a multiple of 80, got 81"),
        ({"later_trials": 100}, "later_trials must be a multiple of 80, got 100"),
        ({"probe_trials": 3}, "probe_trials must be a multiple of 2, got 3"),
        ({"eta": 0.0}, "eta must be positive, got 0.0"),
        ({"target_rate": -1.0}, "target_rate must be positive, got -1.0"),
        ({"burst_frequencies": ()}, "burst_frequencies must name at least one frequency, got none"),
        ({"burst_speedup": 0.5}, "burst_speedup must be at least 1"),
    ],
)
def test_wrong_settings_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        replace(Config(), **change)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"response_at": 110.0}, "response_at = 110 ms .* reaches beyond the relays"),
        ({"moved_to": 10.0}, "moved_to = 10 ms .* reaches beyond the relays"),
        ({"trials": 800}, "trials = 800 are few for eta = 0.0001 mV"),
    ],
)
def test_what_cannot_show_the_claim_is_told_in_one_line(change, message):
    (line,) = replace(Config(), **change).doubts()
    assert re.search(message, line)


def test_defaults_can_show_the_claim():
    assert Config().doubts() == Config().quick().doubts() == []


def test_response_repeats_with_the_commands_and_wraps_around():
    config = Config(interval=100.0, last_relay=90.0, response_at=95.0)
    steps = config.response(100.0 * np.arange(3), 95.0)
    peak = steps.value_at([95.0, 195.0])
    np.testing.assert_allclose(peak, config.response_rate, rtol=0.02)
    assert steps.value_at(105.0) == pytest.approx(steps.value_at(185.0), rel=0.15)
    assert steps.value_at(150.0) < 0.01 * config.response_rate


def test_windows_with_two_sides_have_no_area_and_the_control_is_reversed():
    config = Config()
    lags = np.arange(-2000.0, 2000.0, 0.1) + 0.05
    rules = config.rules(70.0)
    for name in ("antisymmetric", "unequal_sides"):
        window = rules[name].window(lags)
        assert abs(window.sum()) < 1e-3 * np.abs(window).sum()
    forward = rules["antisymmetric"].window(lags)
    np.testing.assert_allclose(config.reversed_rule().window(lags), -forward)
    assert rules["causal"].per_arrival == pytest.approx(-config.eta * 70.0 * 0.02)


def test_histograms_over_the_trial():
    times = np.array([1.0, 3.0, 11.0, 19.9])
    rates = over_trial((times, np.array([0, 1, 0, 1])), 10.0, 2, 4)
    assert rates.shape == (2, 2, 5)
    per_spike = 1.0 / (2e-3 * 2)
    assert rates[0, 0].tolist() == [per_spike, 0, 0, 0, 0]
    assert rates[0, 1].tolist() == [0, per_spike, 0, 0, 0]
    assert rates[1, 0].tolist() == [per_spike, 0, 0, 0, 0]
    assert rates[1, 1].tolist() == [0, 0, 0, 0, per_spike]
    lags, around_events = around(np.array([98.0, 103.0]), np.array([100.0]), 10.0, 1)
    assert lags[around_events > 0].tolist() == [-1.0, 3.0]


def test_modulation_is_free_of_counting_noise():
    rng = np.random.default_rng(3)
    wave = 5.0 * np.sin(2 * np.pi * np.arange(50) / 50)
    noise = rng.normal(0.0, 10.0, (2, 400, 50))
    found = modulation(70.0 + wave + noise)
    assert found.each == pytest.approx(5.0 / np.sqrt(2), rel=0.05)
    assert found.mean == pytest.approx(5.0 / np.sqrt(2), rel=0.05)
    signs = rng.choice([-1.0, 1.0], (400, 1))
    own = modulation(70.0 + signs * wave + noise)
    assert own.each == pytest.approx(5.0 / np.sqrt(2), rel=0.05)
    assert own.mean < 0.1 * own.each
    assert modulation(70.0 + noise).each < 1.0


def test_image_knows_sign_size_and_what_is_undefined():
    response = np.exp(-0.5 * ((np.arange(40) - 20) / 4.0) ** 2)
    baseline = np.full(40, 50.0)
    found = image(baseline - 0.8 * response, baseline, response)
    assert found.correlation == pytest.approx(-1.0)
    assert found.gain == pytest.approx(0.8)
    assert image(baseline, baseline, response).correlation is None
    nothing = image(baseline, baseline, np.zeros(40))
    assert nothing.correlation is None
    assert nothing.gain is None


def test_decay_finds_the_time_constant_or_nothing():
    trials = np.arange(50.0, 4000.0, 100.0)
    assert decay(trials, 0.1 + 0.9 * np.exp(-trials / 700.0)) == pytest.approx(700.0, rel=0.02)
    assert decay(trials, 1.0 - 0.5 * np.exp(-trials / 700.0)) is None
    assert decay(trials, 1.0 + 1e-3 * trials) is None
    assert decay(trials, np.full(len(trials), np.nan)) is None
    assert share(1.0, 2.0) == 0.5
    assert share(1.0, 0.0) is None


def test_evoked_spikes_are_those_above_the_rate_before():
    lags = np.arange(-99.0, 100.0, 2.0)
    rate = np.where(np.abs(lags) < 10.0, 150.0, 100.0)
    assert evoked(lags, rate, 40.0) == pytest.approx(50.0 * 20e-3)


def test_presentations_repeat_and_frozen_weights_stay():
    preparation = Preparation(Config(n_targets=3, n_relays=5), 0, Stage())
    first, second = (preparation.present("x", 20, noise=1, response_at=40.0) for _ in range(2))
    np.testing.assert_array_equal(first.rates, second.rates)
    assert first.rates.shape == (1, 2, 3, 75)
    assert (first.weights == preparation.config.excitation).all()
    other = preparation.present("x", 20, noise=2, response_at=40.0)
    assert (other.rates != first.rates).any()
    rule = preparation.config.rules(70.0)["causal"]
    learned = preparation.present("x", 20, noise=1, response_at=40.0, rule=rule, n_blocks=2)
    assert learned.rates.shape == (2, 2, 3, 75)
    assert (learned.weights != preparation.config.excitation).any()
    assert FROZEN.eta == 0.0


def burst(times, speedup=1.0, period=250.0):
    cell = BurstDepression(period, np.full(100, W_MAX), speedup)
    for t in times:
        cell.spike(t, learns=True)
    return cell


def test_bursts_depress_the_fibres_around_their_first_spike():
    pair = burst([50.0, 60.0])
    assert pair.found == {4: 0, 2: 1}
    expected = W_MAX * (1 - ETA / 2 * np.maximum(1 - ((2.5 * np.arange(100) - 50) / 10) ** 2, 0))
    np.testing.assert_allclose(pair.weights, expected)
    assert burst([50.0, 66.0]).found == {4: 0, 2: 0}
    # Across the end of the cycle the nearest time of a fibre counts.
    late = burst([248.0, 255.0])
    assert late.weights[0] < W_MAX
    np.testing.assert_allclose(late.weights[50], W_MAX)


def test_a_burst_of_four_unlearns_its_pairs():
    four = burst([100.0, 110.0, 120.0, 130.0])
    assert four.found == {4: 1, 2: 0}
    expected = W_MAX * (1 - ETA * np.maximum(1 - ((2.5 * np.arange(100) - 100) / 100) ** 2, 0))
    # A fibre that fires 150 ms later fires 100 ms before, one cycle on: no nearer than the reach.
    np.testing.assert_allclose(four.weights, expected, rtol=1e-12)
    # Bursts of one size share no spikes.
    assert burst([0.0, 5.0, 10.0]).found == {4: 0, 2: 1}
    assert burst([100.0 + 10.0 * k for k in range(8)]).found == {4: 2, 2: 0}


def test_burst_model_modulates_and_its_depth_is_that_of_the_fundamental():
    phases = 2 * np.pi * (np.arange(N_BINS) + 0.5) / N_BINS
    wave = Cancelled(20.0 + 7.0 * np.cos(phases - 1.0), np.zeros((1, 4)), {})
    assert wave.depth == pytest.approx(7.0)
    assert [n_fibres(f) for f in (2.0, 4.0, 8.0)] == [200, 100, 50]
    how = {"n_cells": 4, "seed": 1, "speedup": 100.0}
    without = cancel(8.0, feedback=False, learns=False, **how)
    learned = cancel(8.0, **how)
    assert (learned.weights < W_MAX).all()
    assert learned.depth < 0.7 * without.depth
    again = cancel(8.0, **how)
    np.testing.assert_array_equal(again.rate, learned.rate)


def test_the_command_writes_the_files_of_the_contract(tmp_path, capsys):
    arguments = [part for k, v in TINY.items() for part in ("--set", f"{k}={v}")]
    folder = tmp_path / "out"
    call = ["run", "negative-image", *arguments, "--out", str(folder), "--no-progress"]
    assert main(call) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert "Vogels: residual, image correlation" in printed.out
    assert {path.name for path in folder.iterdir()} == {
        "summary.json", "provenance.json", "result.npz", "negative-image.png",
        "negative-image-bursts.png",
    }  # fmt: skip
    summary = json.loads((folder / "summary.json").read_text())
    assert {"rules", "controls", "bursts", "spread", "per_seed", "config"} <= set(summary)
    assert set(summary["rules"]) == {"antisymmetric", "unequal_sides", "causal", "vogels"}
    assert set(summary["controls"]) == {"reversed_window", "untrained"}
    arrays = np.load(folder / "result.npz")
    assert arrays["weights_causal"].shape == (4, 10)
    assert arrays["residual_history_vogels"].shape == arrays["block_trials"].shape == (40,)


def test_rules_have_the_measured_rate_for_a_target_unless_told():
    settings = {k: v for k, v in TINY.items() if k != "burst_frequencies"}
    config = Config(**settings, burst_frequencies=(8.0,))
    summary = run(replace(config, seeds=1)).summary
    assert summary["target_rate"] == summary["rate_alone_before"]
    assert run(replace(config, seeds=1, target_rate=50.0)).summary["target_rate"] == 50.0


def test_without_modulation_measures_are_undefined_and_the_command_ends(tmp_path, capsys):
    settings = {**TINY, "response_rate": 1e-9, "seeds": 1}
    arguments = [part for k, v in settings.items() for part in ("--set", f"{k}={v}")]
    assert main(["run", "negative-image", *arguments, "--out", str(tmp_path), "--no-progress"]) == 0
    assert "undefined" in capsys.readouterr().out
