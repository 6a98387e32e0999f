"""The experiment `mirror-offset`: codes, offsets, the rate model, and a tiny run."""

import json
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

from postdict import LIF, AntisymmetricSTDP
from postdict.cli import main
from postdict.experiments.mirror_offset import Config, headline, in_words, run
from postdict.experiments.mirror_offset.covariances import (
    BIN,
    cross_covariances,
    mean_and_interval,
    peak_lags,
    smoothed,
)
from postdict.experiments.mirror_offset.figures import draw
from postdict.experiments.mirror_offset.rate_model import (
    covariance_in_steps,
    imitation_in_steps,
    learn_in_steps,
    sing_in_steps,
)
from postdict.experiments.mirror_offset.singing import (
    COMMAND_DELAY,
    Code,
    learn_by_singing,
    listen,
    motif,
    sing_in_loop,
)
from postdict.experiments.mirror_offset.trial import drift_of_motif
from postdict.loop import LoopParameters

N = 12
ONSETS = motif(N, 60.0, np.random.default_rng(3))
MOTIF = Code(ONSETS, 60.0, 1.0, 2.0)
BABBLE = replace(MOTIF, stereotypy=0.0)
PARAMETERS = LoopParameters(motor=LIF(tau_m=100.0, v_min=0.0, tau_refrac=8.0))
WORLD = np.kron(np.eye(N), np.full((2, 1), 2.5))  # (24, 12): two sensors hear each motor neuron
SMALL = Config(
    n_motor=12, n_sensor=24, fan_out=3, duration=2e4, eta=2e-3, measure_duration=1e4,
    song_duration=2e3, rate_duration=2e4, period=36.0, delays=(11.0,), stretches=(1.0,), seeds=2,
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"world_delay": 12.0}, "world_delay is set by delays here: leave it, got 12.0"),
        ({"delays": ()}, "delays must name at least one delay, got none"),
        ({"stretches": (1.0,)}, "stretches must be one for each of delays"),
        ({"delays": (1.0, 20.0, 40.0)}, "synaptic_delay = 1.0 ms and half the period = 50.0 ms"),
        ({"delays": (11.0, 20.0, 50.0)}, "half the period = 50.0 ms, got 50.0 ms"),
        ({"w_max": 0.4}, "w_max must be at least excitation = 0.5 mV, got 0.4 mV"),
        ({"floor": 0.1}, "floor must be at most 0"),
        ({"mixture": 1.5}, "mixture must be at most 1"),
        ({"command": 0.0}, "command must be positive"),
        ({"stretches": (1.0, 1.0, 0.0)}, "stretches must be positive"),
    ],
)
def test_wrong_settings_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        replace(Config(), **change)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"eta": 0.0}, "eta = 0: nothing is learned"),
        ({"command": 0.5}, "command = 0.5 mV is below threshold: no motif"),
        ({"tau_refrac": 11.0}, "tau_refrac = 11.0 ms covers delays of 11.0 ms"),
        ({"n_motor": 20}, "the motif has a spike in 5 ms: no offset near zero can be told"),
    ],
)
def test_what_cannot_show_the_claim_is_told_in_one_line(change, message):
    assert Config().doubts() == []
    (line,) = replace(Config(), **change).doubts()
    assert line.startswith(message)


def test_a_motif_commands_each_neuron_once_in_a_period():
    times, ids = MOTIF.commands(MOTIF.starts(150.0))  # three slots: the last one is begun
    assert len(times) == 3 * N
    assert (np.diff(times) > 0).all()
    np.testing.assert_allclose(np.sort(times[ids == 4]), ONSETS[4] + [0.0, 60.0, 120.0])
    assert set(np.floor(np.sort(ONSETS) / 5.0)) == set(range(N))  # evenly, but for jitter
    lag = MOTIF.before_arrival(11.0)
    np.testing.assert_allclose(np.diag(lag), -11.0)
    assert np.abs(lag).max() <= 30.0
    np.testing.assert_allclose(
        np.exp(2j * np.pi * (lag[2, 7] + 11.0 - ONSETS[2] + ONSETS[7]) / 60), 1
    )


def test_commands_and_babble_take_turns():
    mixed = replace(MOTIF, stereotypy=0.5)
    off = np.zeros((N, 2 * N))
    song = sing_in_loop(WORLD, PARAMETERS, off, mixed, duration=6e3, seed=4)
    slots = np.floor((song.motor[0] - COMMAND_DELAY) / 60.0)
    in_slot = [song.motor[0][slots == k] - 60.0 * k - COMMAND_DELAY for k in range(100)]
    expected = np.sort(ONSETS)
    sung = [k for k, times in enumerate(in_slot) if len(times) == N]
    sung = [k for k in sung if np.allclose(in_slot[k], expected, atol=1e-6)]
    assert 30 < len(sung) < 70
    rest = np.concatenate([times for k, times in enumerate(in_slot) if k not in sung])
    assert len(rest) > 0
    always = sing_in_loop(WORLD, PARAMETERS, off, MOTIF, duration=6e3, seed=4)
    assert always.motor_rate(N) == pytest.approx(1e3 / 60.0, rel=0.01)


def test_the_first_motifs_teach_what_the_window_says():
    rule = AntisymmetricSTDP(1e-4, 1.0, 0.7, 10.0, 10.0)
    response = np.kron(np.eye(N), np.full((2, 1), 2.0))  # 2.5 thresholds make two spikes
    learned = learn_by_singing(WORLD, PARAMETERS, rule, MOTIF, duration=1200.0, seed=1)
    predicted = 20 * drift_of_motif(MOTIF, rule, response, PARAMETERS.delay)
    assert np.corrcoef(learned.flat, predicted.flat)[0, 1] > 0.98
    lag = MOTIF.before_arrival(PARAMETERS.delay)
    towards = learned @ response
    assert (towards[(lag > -8) & (lag < 0)] > 0).all()  # commanded before the arrival: disinhibited
    assert (towards[(lag > 0) & (lag < 8)] < 0).all()
    most = np.argmax(towards, axis=1)  # the sound that moves a neuron most arrives just after it
    assert (lag[np.arange(N), most] < 0).all()
    assert (lag[np.arange(N), most] > -10.0).all()


def test_listening_hears_only_the_sensors():
    heard = (np.array([100.0, 100.0, 200.0, 200.0]), np.array([0, 1, 4, 5]))
    silent = replace(PARAMETERS, exploration_rate=0.0)
    weights = 0.6 * (WORLD.T > 0)
    times, ids = listen(weights, silent, heard, duration=300.0, seed=0)
    np.testing.assert_allclose(times, [101.0, 201.0])
    np.testing.assert_array_equal(ids, [0, 2])


def test_offsets_are_where_listening_follows_singing():
    rng = np.random.default_rng(5)
    shifts = np.array([0.2, 7.2, 21.2])
    song = [np.sort(rng.uniform(0.0, 1e5, 500)) for _ in shifts]
    sung = (np.concatenate([*song, [50.0]]), np.repeat([0, 1, 2, 3], [500, 500, 500, 1]))
    copy = np.concatenate([one + shift for one, shift in zip(song, shifts, strict=True)])
    listening = (copy, np.repeat([0, 1, 2], 500))
    lags, covariances = cross_covariances(sung, listening, n=4, duration=1e5, max_lag=30.0)
    assert covariances.shape == (4, round(60.0 / BIN))
    offsets = peak_lags(lags, covariances)
    np.testing.assert_allclose(offsets[:3], shifts + 0.05, atol=1e-9)  # centres of their bins
    assert np.isnan(offsets[3])  # silent in listening
    # One spike of one follows each: 1/BIN, less the mean rate of 5 Hz and with chance about it.
    assert covariances[1].max() == pytest.approx(1e3 / BIN - 5.0, rel=0.05)
    assert smoothed(covariances[1]).sum() == pytest.approx(covariances[1].sum(), rel=0.1)
    assert np.isnan(peak_lags(lags, np.full((2, len(lags)), np.nan))).all()


def test_intervals_hold_the_spread_of_seeds():
    rng = np.random.default_rng(6)
    apart = [np.full(30, 1.0), np.full(30, 5.0), np.array([np.nan])]
    mean, interval = mean_and_interval(apart, rng)
    assert mean == 3.0
    assert interval == [1.0, 5.0]  # both seeds may be drawn twice
    alike = [rng.normal(2.0, 1.0, 400) for _ in range(5)]
    mean, (low, high) = mean_and_interval(alike, rng)
    assert low < 2.0 < high
    assert high - low < 0.3
    assert mean_and_interval([np.array([np.nan])], rng) == (None, None)


def test_the_rate_model_has_the_inverses_of_its_paper():
    rng = np.random.default_rng(7)
    world = rng.uniform(0.0, 1.0, (2 * N, N))
    causal = learn_in_steps(BABBLE, world, 11, 10.0, 200_000, rng)
    product = causal.weights @ world
    np.testing.assert_allclose(np.diag(product), np.exp(-1.1), rtol=0.15)  # V Q = e_D 1
    assert np.abs(product - np.diag(np.diag(product))).max() < 0.1
    predictive = learn_in_steps(MOTIF, world, 11, 10.0, 20_000, rng)
    widest_gap = 9  # ms, of the motif
    for model, code, low, high in (
        (causal, BABBLE, 11, 11),
        (predictive, MOTIF, 0, widest_gap),
    ):
        song = sing_in_steps(code, 20_000, rng)
        lags, covariances = covariance_in_steps(song, model.heard(song), 25)
        offsets = lags[np.argmax(covariances, axis=1)]
        assert offsets.min() >= low
        assert offsets.max() <= high
    assert imitation_in_steps(causal, 4.0, 20_000, 1) > 0.95
    # At a longer delay the motor neurons that last preceded a sound are others than its cause.
    predictive = learn_in_steps(MOTIF, world, 25, 10.0, 20_000, rng)
    assert imitation_in_steps(predictive, 4.0, 20_000, 1) < 0.5


def test_a_tiny_run_writes_and_draws_everything(tmp_path, capsys):
    settings = {
        "n_motor": 12, "n_sensor": 24, "fan_out": 3, "duration": 5e3, "eta": 2e-3,
        "measure_duration": 1e4, "song_duration": 1e3, "rate_duration": 2e4, "period": 36,
        "delays": "11", "stretches": "1", "seeds": 2,
    }  # fmt: skip
    arguments = [one for k, v in settings.items() for one in ("--set", f"{k}={v}")]
    folder = tmp_path / "out"
    assert main(["run", "mirror-offset", *arguments, "--out", str(folder), "--no-progress"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert "stereotyped, rate model" in printed.out
    assert {path.name for path in folder.iterdir()} == {
        "summary.json", "provenance.json", "result.npz", "offsets.csv", "mirror-offset.png",
    }  # fmt: skip
    summary = json.loads((folder / "summary.json").read_text())
    assert set(summary["over_delay"]["11"]) >= {"random", "mixed", "stereotyped", "shuffled"}
    assert len((folder / "offsets.csv").read_text().splitlines()) == 1 + 2 * 7 * 12


def test_a_loop_that_learns_nothing_has_no_offset_to_claim():
    config = replace(SMALL, eta=0.0, exploration_rate=1.0)  # silent but for commands
    with pytest.warns(UserWarning, match="nothing is learned"):
        result = run(config)
    json.dumps(result.summary, allow_nan=False)
    assert result.summary["pooled"]["11"]["random"] == {"offset": None, "interval": None}
    assert set(result.summary["claims"]["11"].values()) == {None}
    assert result.summary["over_delay"]["11"]["first_drift"]["correlation"] is None
    assert dict(headline(result))["  random"].startswith("undefined")
    assert "by undefined ms after babbling" in in_words(result)
    figure = Figure(figsize=(13.0, 6.6))
    draw(result, figure)
    assert [ax.get_title(loc="left") for ax in figure.axes[:8]] == [
        "a",
        "b",
        "c",
        "d",
        "e",
        "",
        "",
        "h",
    ]
