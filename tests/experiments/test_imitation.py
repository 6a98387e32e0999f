"""The experiment `imitation`: its settings, its decoders, its noise, and a tiny run."""

import json
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

from postdict.analysis import inverse_quality, specific_gain, specific_part
from postdict.cli import main
from postdict.experiments._shared.decoders import pinv
from postdict.experiments.imitation import Config, decoders, headline, in_words, run
from postdict.experiments.imitation.figures import draw
from postdict.loop import ImitationDecoder, ImitationTest, LoopParameters
from postdict.loop.unseen_songs import GAINS

RESPONSE = np.random.default_rng(0).uniform(0.0, 2.0, (12, 5))
WEIGHTS = np.random.default_rng(1).normal(0.1, 0.3, (5, 12))
SMALL = Config(
    n_motor=4, n_sensor=10, fan_out=3, duration=1e5, eta=1e-3, measure_duration=3e4, seeds=2,
    rates=(2.0, 8.0), song_duration=3e3, jitters=(4.0,), deletions=(0.3,), background_rates=(8.0,),
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rates": ()}, "rates must name at least one rate, got none"),
        ({"rates": (4.0, -1.0)}, "rates must be positive, got -1"),
        ({"rates": (40.0,)}, "rates must be at most 30"),
        ({"song_duration": 1e3}, "song_duration must leave at least 20 spikes at 0.5 Hz, got 1000"),
        ({"deletion": 1.5}, "deletion must be at most 1"),
        ({"deletions": (2.0,)}, "deletions must be at most 1"),
        ({"jitters": (0.0,)}, "jitters must be positive"),
        ({"hard_gain": 0.0}, "hard_gain must be positive"),
        ({"hard": 1}, "hard must be true or false, got 1"),
    ],
)
def test_wrong_settings_are_refused(change, message):
    with pytest.raises((ValueError, TypeError), match=message):
        replace(Config(), **change)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"world_delay": 80.0}, "a loop delay of 81 ms is far beyond tau_minus = 20 ms"),
        ({"n_sensor": 3}, "3 sensors cannot tell 4 motor neurons apart"),
    ],
)
def test_a_config_that_cannot_show_the_claim_warns_and_runs(change, message):
    with pytest.warns(UserWarning, match=message):
        run(replace(SMALL, seeds=1, hard=False, **change))


def test_the_hard_world_is_tonotopic_whatever_the_other_is(tmp_path):
    np.save(tmp_path / "world.npy", np.eye(3))
    own = Config(world_file=str(tmp_path / "world.npy"), n_motor=20, n_sensor=60)
    expected = Config(world="tonotopic", gain=2.0, overlap=1.0).make_world(3)
    np.testing.assert_array_equal(own.hard_world(3), expected)
    np.testing.assert_array_equal(Config().hard_world(3), expected)


def test_ridges_are_those_of_their_definition():
    found = decoders.ridges(RESPONSE)
    s = np.linalg.svd(RESPONSE, compute_uv=False)
    for ridge, weights in found.items():
        shift = ridge * np.mean(s**2) * np.eye(12)
        expected = np.linalg.solve(RESPONSE @ RESPONSE.T + shift, RESPONSE).T
        np.testing.assert_allclose(weights, expected, atol=1e-10)


def test_a_uniform_inhibition_is_given_without_another_change():
    inverse = pinv(RESPONSE)
    assert decoders.uniform(inverse, RESPONSE) == pytest.approx(0.0, abs=1e-12)
    given = decoders.with_uniform(inverse, RESPONSE, 0.8, 0.15)
    assert specific_gain(given, RESPONSE) == pytest.approx(0.8)
    assert decoders.uniform(given, RESPONSE) == pytest.approx(0.15)
    assert np.ptp(given - 0.8 * inverse) == pytest.approx(0.0, abs=1e-12)
    back = decoders.with_uniform(given, RESPONSE, 1.0, 0.0)
    np.testing.assert_allclose(back, inverse, atol=1e-12)


def test_what_no_motor_pattern_reaches_is_taken_away():
    reached = decoders.in_range(WEIGHTS, RESPONSE)
    np.testing.assert_allclose(reached @ RESPONSE, WEIGHTS @ RESPONSE, atol=1e-12)
    assert np.linalg.norm(reached) < np.linalg.norm(WEIGHTS)


def test_a_mode_filter_keeps_gains_of_modes_alone():
    inverse = pinv(RESPONSE)
    np.testing.assert_allclose(decoders.mode_filter(0.7 * inverse, RESPONSE), 0.7 * inverse)
    right = np.linalg.svd(RESPONSE, full_matrices=False)[2]
    kept = right @ (decoders.mode_filter(WEIGHTS, RESPONSE) @ RESPONSE) @ right.T
    expected = right @ specific_part(WEIGHTS @ RESPONSE) @ right.T
    np.testing.assert_allclose(kept, np.diag(np.diag(expected)), atol=1e-12)


@pytest.fixture(scope="module")
def listening():
    return ImitationTest(
        4.0 * np.eye(6), LoopParameters(), rates=(4.0,), duration=5e3, deletion=0.5, seed=2
    )


def test_noise_of_every_kind_alone(listening):
    clean = listening.songs[4.0].clean
    for same, again in zip(listening.noisy(4.0), clean, strict=True):
        np.testing.assert_array_equal(same, again)
    lost = listening.noisy(4.0, deletion=0.25)
    assert len(lost[0]) == pytest.approx(0.75 * len(clean[0]), rel=0.2)
    assert set(lost[0]) < set(clean[0])
    added = listening.noisy(4.0, background_rate=10.0)
    assert len(added[0]) - len(clean[0]) == pytest.approx(10.0 * 5.0 * 6, rel=0.2)
    assert set(clean[0]) < set(added[0])
    moved = listening.noisy(4.0, jitter=3.0)
    assert len(moved[0]) == len(clean[0])
    assert not set(moved[0]) & set(clean[0])
    noisy = listening.songs[4.0].noisy  # 2 ms, 2 Hz a sensor, and half of the spikes lost
    assert len(noisy[0]) == pytest.approx(0.5 * len(clean[0]) + 2.0 * 5.0 * 6, rel=0.2)


def test_judging_a_perfect_and_a_silent_answer(listening):
    song = listening.songs[4.0]
    perfect = listening.judge(ImitationDecoder(0.3 * np.eye(6), 1.0, None), song.tutor, song.clean)
    assert perfect == {
        "f1": 1.0, "precision": 1.0, "recall": 1.0,
        "van_rossum": pytest.approx(0.0, abs=1e-6), "victor_purpura": pytest.approx(0.0, abs=1e-6),
    }  # fmt: skip
    silent = listening.judge(ImitationDecoder(np.zeros((6, 6)), 1.0, None), song.tutor, song.clean)
    assert (silent["f1"], silent["van_rossum"], silent["victor_purpura"]) == (0.0, 1.0, 1.0)


def test_a_finer_gain_is_no_worse_and_belongs_to_its_weights(listening):
    weights = np.eye(6) - 0.05
    coarse = listening.choose(weights, 4.0)
    fine = listening.refine(coarse)
    assert fine.practice_f1 >= coarse.practice_f1
    step = GAINS[1] / GAINS[0]
    assert 1.0 / step < fine.gain / coarse.gain < step
    np.testing.assert_allclose(fine.weights, fine.gain / 4.0 * weights)
    assert fine.v_min == coarse.v_min


def test_the_best_of_a_family_is_chosen_on_the_practice_song(listening):
    family = {0.1: np.eye(6), 0.5: np.full((6, 6), 1 / 6), 0.9: np.zeros((6, 6))}
    response = 4.0 * np.eye(6)
    found = decoders.best_of(listening, family, response)
    assert found.parameter == 0.1
    assert found.practice == {
        "0.1": found.decoder.practice_f1, "0.5": pytest.approx(0.3, abs=0.3), "0.9": 0.0,
    }  # fmt: skip


def test_a_tiny_run_has_all_decoders_and_draws_them():
    result = run(replace(SMALL, seeds=1))
    json.dumps(result.summary, allow_nan=False)
    for name, world in result.summary["worlds"].items():
        assert set(world["decoders"]) == {
            "learned", "ridge_uniform", "ridge", "pinv", "transpose", "shuffled", "untrained",
        }  # fmt: skip
        for one in world["decoders"].values():
            assert set(one["clean"]) == set(one["noisy"]) == {"2", "8"}
        assert set(world["decoders"]["learned"]["jitter"]) == {"0", "4"}
        untrained = world["decoders"]["untrained"]["noisy"]["8"]
        assert (untrained["f1"], untrained["van_rossum"]) == (0.0, 1.0)
        assert world["decoders"]["learned"]["clean"]["8"]["f1"] > 0.5
        assert ("variants" in world) == (name == "hard")
    response, weights = result.arrays["hard_response"], result.arrays["hard_weights"]
    assert response.shape == weights.T.shape == (10, 4)
    error = inverse_quality(weights, response).specific_inverse_error
    assert result.summary["worlds"]["hard"]["specific_inverse_error"] == error
    figure = Figure(figsize=(11.0, 9.5))
    draw(result, figure)
    shown = [ax.get_title(loc="left") for ax in figure.axes]
    assert shown == list("abcdefghi")
    assert all(ax.get_xlabel() for ax in figure.axes)
    variants = [label.get_text() for label in figure.axes[-1].get_yticklabels()]
    assert "ridge of G + uniform" in variants
    assert any("best ridge" in name for name, _ in headline(result))
    assert "in the default world what was learned scores" in in_words(result)


def test_the_command_writes_the_files_of_the_contract(tmp_path, capsys):
    settings = {
        "hard": "false", "n_motor": 4, "n_sensor": 8, "fan_out": 2, "duration": 2e4, "eta": 1e-3,
        "measure_duration": 2e4, "seeds": 2, "song_duration": 3e3, "rates": "4,8", "jitters": 4,
        "deletions": 0.3, "background_rates": 8,
    }  # fmt: skip
    arguments = [one for k, v in settings.items() for one in ("--set", f"{k}={v}")]
    folder = tmp_path / "out"
    call = ["run", "imitation", *arguments, "--out", str(folder), "--no-progress"]
    assert main(call) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert "default world: condition of G, of A" in printed.out
    assert {path.name for path in folder.iterdir()} == {
        "summary.json", "provenance.json", "result.npz", "imitation.png",
    }  # fmt: skip
    summary = json.loads((folder / "summary.json").read_text())
    assert set(summary["worlds"]) == {"default"}
    assert len(summary["per_seed"]) == 2
