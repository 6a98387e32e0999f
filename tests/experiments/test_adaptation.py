"""The experiment `adaptation`: its settings, its changes, its drift, and a tiny run."""

import json
from dataclasses import replace

import numpy as np
import pytest

from postdict import AntisymmetricSTDP
from postdict.cli import main
from postdict.experiments.adaptation import Config, in_words, run, trial
from postdict.experiments.adaptation.changes import changes
from postdict.experiments.adaptation.changing_loop import (
    ChangingLoop,
    ChosenGain,
    Judge,
)
from postdict.experiments.adaptation.drift import Drift, lag
from postdict.lab import result_files
from postdict.loop import ImitationTest, LoopParameters, explore, learn

PARAMETERS = LoopParameters()
LATER = LoopParameters(world_delay=16.0)
WORLD = np.array([[2.0, 0.0, 1.5], [0.0, 2.0, 0.0], [0.0, 1.2, 2.0], [0.0, 0.0, 2.5]])
OTHER = WORLD[[1, 3, 0, 2]]
RULE = AntisymmetricSTDP(eta=1e-3, A_minus=0.7)
SMALL = {
    "n_motor": 6, "n_sensor": 12, "fan_out": 3, "duration": 2e5, "eta": 1e-3,
    "measure_duration": 5e4, "after": 2e5, "snapshots": 6, "gains": (0.7,), "rates": (2e-3,),
    "turns": (1e6,), "drift_steps": 30, "song_duration": 1e4, "seeds": 1,
}  # fmt: skip


def loop_of(seed=3, max_rate=np.inf):
    return ChangingLoop(WORLD, PARAMETERS, RULE, other_delay=16.0, max_rate=max_rate, seed=seed)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"eta": 0.0}, ValueError, "eta must be positive, got 0.0"),
        ({"after": 0.0}, ValueError, "after must be positive, got 0.0 ms"),
        ({"snapshots": 1}, ValueError, "snapshots must be at least 2, got 1"),
        ({"gains": (1.0, 0.0)}, ValueError, "gains must be positive, got 0.0"),
        ({"gains": 2.0}, TypeError, "gains must be a list of numbers, got 2.0"),
        ({"rates": (0.0,)}, ValueError, "rates must be positive, got 0.0 mV"),
        ({"turns": (-1.0,)}, ValueError, "turns must be positive, got -1.0 ms"),
        ({"silent_share": 1.0}, ValueError, "silent_share must be at most 0.9, got 1.0"),
        ({"new_delay": 0.0}, ValueError, "new_delay must be positive, got 0.0 ms"),
        ({"drift_steps": 1}, ValueError, "drift_steps must be at least 10, got 1"),
        ({"song_duration": 1.0}, ValueError, "song_duration must be at least 1000"),
        ({"jitter": np.nan}, ValueError, "jitter must be finite"),
    ],
)
def test_wrong_settings_are_refused(change, error, message):
    with pytest.raises(error, match=message):
        replace(Config(), **change)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"new_delay": 45.0}, "new_delay = 45 ms lies where the window has all but ended"),
        ({"new_delay": 10.0}, "new_delay is the delay that the world has already"),
        ({"silent_share": 0.8}, "leaves fewer sensors than the 20 motor neurons"),
    ],
)
def test_settings_that_cannot_show_the_claim_are_told(change, message):
    assert Config().doubts() == Config().quick().doubts() == []
    (doubt,) = replace(Config(), **change).doubts()
    assert message in doubt
    assert "\n" not in doubt


def test_looks_are_at_both_ends_and_scale_with_the_learning_rate():
    config = Config()
    times = config.times(config.eta)
    assert times[0] == 0.0
    assert times[-1] == config.after
    assert {0.05 * config.after, 0.95 * config.after} <= set(times)
    np.testing.assert_allclose(config.times(4 * config.eta), times / 4)


def test_changes_are_what_their_names_say():
    config = Config()
    world = config.make_world(0)
    found = changes(config, world, 0)
    assert list(found) == ["none", "permutation", "gain_0.7", "gain_1.5", "silent", "delay"]
    np.testing.assert_array_equal(found["none"].world, world)
    moved = found["permutation"].world
    assert (moved != world).any(axis=1).mean() > 0.9
    np.testing.assert_array_equal(np.sort(moved, axis=0), np.sort(world, axis=0))
    np.testing.assert_array_equal(found["gain_0.7"].world, 0.7 * world)
    silent = (found["silent"].world == 0).all(axis=1) & (world != 0).any(axis=1)
    assert silent.sum() <= 12
    np.testing.assert_array_equal(found["silent"].world[~silent], world[~silent])
    assert found["delay"].other_delay
    assert found["delay"].parameters.delay == 21.0
    again, other = changes(config, world, 0), changes(config, world, 1)
    np.testing.assert_array_equal(again["permutation"].world, moved)
    assert (other["permutation"].world != moved).any()


def test_a_loop_that_nothing_happens_to_learns_as_without_a_second_pathway():
    loop = loop_of()
    loop.run(1e4)
    branch = loop.branch()
    branch.run(2e4)
    expected = learn(WORLD, PARAMETERS, RULE, duration=3e4, seed=3).weights
    np.testing.assert_allclose(branch.weights(), expected, atol=1e-12)
    assert np.abs(branch.weights() - loop.weights()).max() > 1e-3  # the branch alone went on


def test_a_loop_may_change_to_the_other_delay():
    loop = loop_of()
    loop.set_world(WORLD, other_delay=True)
    loop.run(3e4)
    expected = learn(WORLD, LATER, RULE, duration=3e4, seed=3).weights
    np.testing.assert_allclose(loop.weights(), expected, atol=1e-12)
    loop.set_world(OTHER)
    loop.forget()
    assert not loop.weights().any()


def test_fluxes_of_a_branch_are_its_change_and_without_plasticity_change_nothing():
    loop = loop_of()
    loop.run(2e4)
    times = np.array([0.0, 1e3, 5e3, 2e4])
    on, off = loop.branch(), loop.branch()
    for branch in (on, off):
        branch.set_world(OTHER)
    off.set_learning_rate(0.0)
    learning, still = on.observed(times), off.observed(times)
    for course in (learning, still):
        assert course.weights.shape == (4, 3, 4)
        assert course.fluxes[-1].min() > 0.0
    added = learning.fluxes[:, 0] - learning.fluxes[:, 1]
    np.testing.assert_allclose(added, learning.weights[0] - learning.weights, atol=1e-12)
    np.testing.assert_array_equal(still.weights, np.broadcast_to(loop.weights(), (4, 3, 4)))
    fluxes, rate = learning.between(1e3, 2e4)
    np.testing.assert_array_equal(fluxes, learning.fluxes[3] - learning.fluxes[1])
    assert 3.0 < rate < 20.0
    off.set_learning_rate(RULE.eta)
    off.run(1e4)
    assert (off.weights() != loop.weights()).all()


def test_what_a_runaway_does_not_reach_is_unknown():
    loop = loop_of(max_rate=0.1)  # three spikes in the first window of 10 s
    course = loop.observed(np.array([0.0, 10.0, 5e4]))
    assert np.isfinite(course.weights[:2]).all()
    assert np.isnan(course.weights[2]).all()
    assert np.isnan(course.between(0.0, 5e4)[1])
    test = ImitationTest(WORLD, PARAMETERS, rates=(4.0,), duration=2e3)
    judge = Judge(WORLD, test, ChosenGain(1.5, 0.8, None))
    assert np.isnan(judge.course(course)["imitation_f1"]).tolist() == [False, False, True]
    assert np.isnan(judge.with_gain_following(course.weights[2])["imitation_f1"])


def test_a_judge_holds_the_gain_or_lets_it_follow():
    response = explore(WORLD, PARAMETERS, None, duration=1e5, seed=0).response()
    inverse = np.linalg.pinv(response)
    test = ImitationTest(WORLD, PARAMETERS, rates=(4.0,), duration=1e4)
    judge = Judge(response, test, ChosenGain(1.5, 1.0, 0.0))
    found = judge.judged(inverse)
    assert found["scale"] == pytest.approx(1.0)
    assert found["specific_inverse_error"] == pytest.approx(0.0, abs=1e-9)
    assert found["imitation_f1"] > 0.95
    assert judge.judged(0.3 * inverse)["imitation_f1"] < 0.3
    followed = judge.with_gain_following(0.3 * inverse)["imitation_f1"]
    assert followed == found["imitation_f1"]


@pytest.mark.parametrize("n_sensor", [10, 11])
def test_sensors_exchange_places_once_a_turn_and_continuously(n_sensor):
    rng = np.random.default_rng(0)
    world = rng.uniform(size=(n_sensor, 4))
    drift = Drift.drawn(world, 2, rng)
    np.testing.assert_array_equal(drift.at(0.0), world)
    moved = (drift.at(1.0) != world).any(axis=1)
    assert moved.sum() == 10
    for phase in (1.0, 2.0):
        np.testing.assert_allclose(np.sort(drift.at(phase), axis=0), np.sort(world, axis=0))
    i, j = drift.pairs[0][0]
    middle = drift.at(0.1)  # half of the first of five exchanges
    np.testing.assert_allclose(middle[[i, j]], np.tile(0.5 * (world[i] + world[j]), (2, 1)))
    others = np.setdiff1d(np.arange(n_sensor), [i, j])
    np.testing.assert_array_equal(middle[others], world[others])
    steps = [drift.at(phase) for phase in np.linspace(0.0, 2.0, 401)]
    assert np.abs(np.diff(steps, axis=0)).max() < 0.05  # 1/40 of an exchange each
    np.testing.assert_allclose(np.sum(steps, axis=1), np.sum(steps[0], axis=0)[None].repeat(401, 0))


def test_responses_of_all_phases_are_those_of_their_worlds():
    drift = Drift.drawn(WORLD, 2, np.random.default_rng(1))
    phases = np.array([0.0, 0.3, 1.25, 1.875])  # the last between two shares
    found = drift.responses(phases, PARAMETERS, duration=2e5, seed=1)
    for phase, response in zip(phases, found, strict=True):
        own = explore(drift.at(phase), PARAMETERS, None, duration=2e5, seed=1).response()
        np.testing.assert_allclose(response, own, atol=0.2 if phase == 1.875 else 1e-9)


def test_the_lag_of_an_inverse_of_some_time_ago_is_found():
    rng = np.random.default_rng(2)
    walk = np.cumsum(0.1 * rng.normal(size=(60, 8, 3)), axis=0) + 3.0 * np.eye(8, 3)
    inverses = np.stack([2.0 * np.linalg.pinv(one) for one in walk])
    distance, best = lag(inverses[25:55], walk[:60], 2.0)  # five steps old
    assert best == pytest.approx(5.0, abs=0.3)
    assert np.argmin(distance) == 5
    assert distance[5] < 1e-9
    assert len(distance) == 31
    assert lag(inverses[30:], walk, 2.0)[1] == 0.0
    assert lag(inverses[:30], walk, 2.0)[1] is None  # as old as can be: who knows how old


def test_a_small_loop_adapts_and_does_not_without_plasticity():
    result = run(Config(**SMALL))
    assert "before its world changes; after" in in_words(result)
    summary, arrays = result.summary, result.arrays
    json.dumps(summary, allow_nan=False)
    on = summary["changes"]["permutation"]
    off = summary["controls"]["plasticity_off"]["permutation"]
    assert on["imitation_f1"] > 0.9
    assert off["imitation_f1"] == on["at_once"]["imitation_f1"] < 0.5
    assert off["recovery_time"] is None
    assert on["imbalance_last"] < 0.5 * off["imbalance_last"]
    assert set(summary["by_rate"]["permutation"]) == {"0.001", "0.002"}
    drift = summary["drift"]
    assert drift["by_turn"]["1000"]["distance"] < drift["frozen"]["distance"]
    assert len(arrays["times"]) == len(arrays["permutation_on_imitation_f1"])


@pytest.mark.parametrize(
    "more", [{}, {"turns": "none", "rates": "none", "gains": "30", "new_delay": 45}]
)
def test_the_command_writes_the_files_of_the_contract(tmp_path, capsys, monkeypatch, more):
    # With thirty times the gain the loop runs away; what is not known then is null.
    monkeypatch.setattr(trial, "RUNAWAY", 4.0)
    settings = {
        "n_motor": 4, "n_sensor": 8, "fan_out": 2, "duration": 2e4, "eta": 1e-3, "after": 2e4,
        "measure_duration": 2e4, "snapshots": 3, "rates": "2e-3", "turns": "2e4",
        "drift_steps": 10, "song_duration": 2e3, "seeds": 2, **more,
    }  # fmt: skip
    arguments = [text for k, v in settings.items() for text in ("--set", f"{k}={v}")]
    folder = tmp_path / "out"
    call = ["run", "adaptation", *arguments, "--no-progress", "--out"]
    assert main([*call, str(folder)]) == 0
    printed = capsys.readouterr()
    warned = "" if more == {} else "postdict: warning: new_delay = 45 ms lies where"
    assert printed.err.startswith(warned)
    assert printed.err.count("\n") == bool(warned)
    assert "permutation: F1 at once, on, off" in printed.out
    assert {path.name for path in folder.iterdir()} == {
        "summary.json", "provenance.json", "result.npz", "adaptation.png",
    }  # fmt: skip
    summary = json.loads((folder / "summary.json").read_text())
    assert {"before", "changes", "by_rate", "controls", "drift", "spread"} <= set(summary)
    runaway = summary["controls"]["plasticity_off"].get("gain_30")
    assert runaway is None or runaway["imitation_f1"] is runaway["motor_rate_last"] is None
    assert (runaway is None) == (more == {})
    monkeypatch.setattr(result_files, "figure_bytes", lambda *_: b"PNG")
    assert main([*call, str(tmp_path / "again")]) == 0
    for name in ("summary.json", "result.npz"):
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes()
