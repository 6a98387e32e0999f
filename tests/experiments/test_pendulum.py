"""The experiment `pendulum`: its settings, a short run, and one that is interrupted and resumed."""

import sys
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

from postdict.cli import main
from postdict.experiments.pendulum import Config, headline, in_words, run
from postdict.experiments.pendulum.arm import Accelerometer, arm
from postdict.experiments.pendulum.figures import draw
from postdict.experiments.pendulum.songs import torque
from postdict.lab.checkpoints import Keeper
from postdict.lab.stages import Stage

SMALL = Config(duration=1e5, eta=1e-3, seeds=1, song_duration=2e4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_motor": 7}, "n_motor must be even, got 7"),
        ({"n_sensor": 25}, "n_sensor must be even, got 25"),
        ({"lowest": 7.0}, "lowest must be below highest = 7 rad/s², got 7"),
        ({"width": 0.0}, "width must be positive, got 0.0 rad/s²"),
        ({"interval": -1.0}, "interval must be positive, got -1.0 ms"),
        ({"gravity": -9.8}, "gravity must be non-negative, got -9.8"),
    ],
)
def test_wrong_settings_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        replace(Config(), **change)


def test_what_cannot_be_inverted_is_said_beforehand():
    (doubt,) = Config(gravity=10.0).doubts()
    assert "with gravity > 0 one acceleration means another torque" in doubt
    assert Config().doubts() == Config().quick().doubts() == []


def test_torques_and_preferred_accelerations_stand_on_both_sides():
    config = Config(n_motor=4, n_sensor=4)
    assert list(config.torques) == [-2.0, -1.0, 1.0, 2.0]
    assert list(config.preferred) == [-7.0, -1.5, 1.5, 7.0]
    spikes = np.array([3.0, 4.0, 25.0]), np.array([3, 2, 0])
    assert list(torque(config, spikes)[:4]) == [3.0, 0.0, -2.0, 0.0]
    assert list(torque(config, spikes, delay=5.0)[:3]) == [0.0, 0.0, -2.0]


def test_the_arm_does_what_physics_says():
    pytest.importorskip("gymnasium")
    config = Config()
    world = arm(config)
    world.reset(1)
    for j in range(config.n_motor):
        kicks = world.step(np.eye(config.n_motor)[j])
        assert kicks == pytest.approx(config.response()[:, j], abs=1e-3)  # float32 observations
    seen = Accelerometer(config)
    seen.restore(world.encoder.state())
    assert seen.state() == world.encoder.state() != {"velocity": None}


def test_no_episode_senses_the_one_before_it():
    pytest.importorskip("gymnasium")
    config = Config()
    world, fresh = arm(config), arm(config)
    push = np.eye(config.n_motor)[-1]
    world.reset(1)
    for _ in range(10):
        world.step(push)
    at_rest = config.curves().encode([0.0])
    for either in (world, fresh):
        assert np.array_equal(either.reset(2), at_rest)
    for _ in range(199):
        assert np.array_equal(world.step(push), fresh.step(push))
    assert np.array_equal(world.step(push), at_rest)  # the arm has begun anew, elsewhere
    assert world.n_episodes == 1


def test_a_little_learning_inverts_the_arm():
    pytest.importorskip("gymnasium")
    result = run(SMALL)
    summary = result.summary
    controls = summary["controls"]
    assert summary["imitation_f1"] > 0.85
    assert summary["torque_correlation"] > 0.97
    assert summary["imitation_f1"] > controls["physics"]["imitation_f1"] - 0.03
    assert controls["shuffled"]["imitation_f1"] < 0.5
    assert controls["untrained"] == {"imitation_f1": 0.0, "torque_correlation": None}
    figure = Figure()
    draw(result, figure)
    assert [ax.get_title("left") for ax in figure.axes if ax.get_title("left")] == list("abcd")
    assert any("undefined" in text for _, text in headline(result))
    assert "imitates torques with F1 0." in in_words(result)


def test_an_interrupted_run_is_resumed_to_the_same_bits(tmp_path):
    pytest.importorskip("gymnasium")
    expected = run(SMALL)

    class Stop(Exception):
        pass

    def stage(resume, stop_at):
        def report(_, t, *__):
            if t > stop_at:
                raise Stop

        return Stage(report=report, keeper=Keeper(tmp_path, {}, every=0.01, resume=resume))

    for stop_at in (3e4, 6e4):
        with pytest.raises(Stop):
            run(SMALL, stage(stop_at > 3e4, stop_at))
    assert len(list((tmp_path / "checkpoints").glob("*.npz"))) == 1
    resumed = run(SMALL, stage(True, np.inf))
    assert resumed.summary == expected.summary
    for name, values in expected.arrays.items():
        assert np.array_equal(resumed.arrays[name], values)


def test_what_is_missing_is_said(monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(sys.modules, "gymnasium", None)
    monkeypatch.delitem(sys.modules, "postdict.gym", raising=False)
    assert main(["run", "pendulum", "--quick", "--out", str(tmp_path / "out")]) == 2
    assert "pip install 'postdict[gym]'" in capsys.readouterr().err
