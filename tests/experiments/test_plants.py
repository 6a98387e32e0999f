"""The experiment `plants`: its settings, its plants against physics, and short runs."""

import sys
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

from postdict import Network, Simulation
from postdict.cli import main
from postdict.experiments.plants import Config, headline, in_words, run
from postdict.experiments.plants.decoders import RIDGES, analytic, blind, scale, transpose
from postdict.experiments.plants.figures import draw
from postdict.experiments.plants.two_joint import FRICTION, ROTOR, accelerations

LITTLE = Config(plant="two-joint", duration=2e5, eta=2e-3, anneal=1.0, seeds=1, song_duration=1e4)


def plant(name, **changes):
    return Config(plant=name, **changes).plants()[name]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"plant": "arm"}, "no plant is named 'arm'; there are all, pendulum"),
        ({"fineness": 0.0}, "fineness must be positive, got 0.0"),
        ({"fineness": 1e-3}, "fineness must leave at least 4 sensors, as there are motor neurons"),
        ({"v_min": 2.0}, "v_min must be at most v_reset, got v_min = 2 mV"),
        ({"interval": -1.0}, "interval must be positive, got -1.0 ms"),
    ],
)
def test_wrong_settings_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        replace(Config(), **change)


def test_finer_codes_have_more_and_narrower_sensors():
    usual, fine = plant("pendulum").curves, plant("pendulum", fineness=2.0).curves
    assert (usual.n_sensor, fine.n_sensor) == (40 * 29, 80 * 58)
    assert np.allclose(usual.width, [0.15, 0.15, 1.5])
    assert np.allclose(fine.width, usual.width / 2.0)


def test_two_joints_obey_lagrange():
    """Energy changes by the work of torques and friction alone."""

    def energy(elbow, velocity):
        one, two = velocity
        cos = np.cos(elbow)
        shoulder = (5.0 / 3.0 + cos + ROTOR) * one * one
        return 0.5 * (
            shoulder + 2.0 * (1.0 / 3.0 + 0.5 * cos) * one * two + (1.0 / 3.0 + ROTOR) * two * two
        )

    rng = np.random.default_rng(1)
    for _ in range(20):
        elbow, velocity = rng.uniform(-np.pi, np.pi), rng.normal(size=2)
        torque, step = rng.normal(size=2), 1e-6
        found = accelerations(elbow, torque, velocity)
        ahead, behind = (
            energy(elbow + dt * velocity[1], velocity + dt * found) for dt in (step, -step)
        )
        power = velocity @ torque - FRICTION * velocity @ velocity
        assert (ahead - behind) / (2.0 * step) == pytest.approx(power, rel=1e-6, abs=1e-8)


def test_the_two_joints_move_as_they_accelerate_and_begin_anew():
    of = plant("two-joint")
    arm = of.world().world
    arm.reset(3)
    elbow = arm.state()["angles"][1]
    kicks = arm.step(np.array([0, 1, 0, 0]))
    pushed = of.accelerations(elbow, of.commands[:, 1])
    assert kicks == pytest.approx(of.curves.encode([np.cos(elbow), np.sin(elbow), *pushed]))
    assert arm.state()["velocity"] == pytest.approx(0.01 * pushed)
    again = plant("two-joint").world().world
    again.reset(4)
    again.restore(arm.state())
    for _ in range(199):
        motor = np.array([1, 0, 0, 1])
        assert np.array_equal(arm.step(motor), again.step(motor))
    assert not arm.state()["velocity"].any()
    assert np.array_equal(arm.state()["angles"], again.state()["angles"])


@pytest.mark.parametrize(("name", "tolerance"), [("pendulum", 2e-3), ("mountain-car", 2e-2)])
def test_environments_do_what_physics_says(name, tolerance):
    pytest.importorskip("gymnasium")
    of = plant(name)
    world = of.world().world
    assert not world.reset(1).any()  # nothing is sensed before the first step
    for j in range(of.n_motor):
        *numbers, _ = world.encoder.state()["before"]
        place = np.arctan2(numbers[1], numbers[0]) if len(numbers) == 2 else numbers[0]
        kicks = world.step(np.eye(of.n_motor)[j])
        expected = of.curves.encode([*numbers, *of.accelerations(place, of.commands[:, j])])
        assert kicks == pytest.approx(expected, abs=tolerance)  # float32 observations
        assert kicks.max() > 2.0


def test_what_an_environment_remembers_is_saved(tmp_path):
    pytest.importorskip("gymnasium")
    config = Config(plant="pendulum")

    def network():
        net = Network(2)
        motor = net.add_population("motor", 4, config.parameters().motor)
        sensor = net.add_population("sensor", 1160, config.parameters().sensor)
        net.add_poisson("exploration", motor, rate=20.0, weight=1.5)
        net.add_world("arm", plant("pendulum").world().world, motor, sensor, drive="kicks")
        return net

    whole, first = Simulation(network()), Simulation(network())
    whole.run_until(3000.0)
    first.run_until(1234.0)
    first.save(tmp_path / "state.npz")
    worlds = {"arm": plant("pendulum").world().world}
    resumed = Simulation.load(tmp_path / "state.npz", worlds=worlds)
    resumed.run_until(3000.0)
    assert len(whole.spikes("sensor")[0]) > 1000
    for spikes, others in zip(whole.spikes("sensor"), resumed.spikes("sensor"), strict=True):
        assert np.array_equal(spikes, others)


def test_physics_answers_each_command_at_every_place_and_blindness_does_not():
    of = plant("pendulum")
    kicks = of.kicks()
    wanted = np.vstack([np.zeros(4), np.eye(4)])
    weights = analytic(kicks, RIDGES[0])
    assert np.abs(kicks @ weights.T - wanted).max() < 0.05
    assert scale(weights, kicks) == pytest.approx(1.0, abs=0.05)
    blinded = blind(of, kicks, RIDGES[0])
    by_place = blinded.reshape(4, 40, 29)
    assert np.array_equal(by_place, np.broadcast_to(by_place[:, :1], by_place.shape))
    assert np.abs(kicks @ blinded.T - wanted).max() > 0.5
    assert scale(-np.ones((4, 1160)), kicks) == 1.0  # of what only silences
    more = transpose(kicks)
    assert more.shape == weights.shape and np.allclose(more[0], (kicks[:, 1] - kicks[:, 0]).mean(0))


def test_a_little_learning_inverts_the_two_joints():
    result = run(LITTLE)
    found = result.summary["two_joint"]
    controls = found["controls"]
    assert found["imitation_f1"] > 0.9
    assert found["imitation_f1"] > controls["physics"]["imitation_f1"] - 0.03
    assert controls["shuffled"]["imitation_f1"] < 0.3
    assert controls["untrained"]["imitation_f1"] == 0.0
    assert 1.0 < found["motor_rate_after"] < 10.0
    figure = Figure()
    draw(result, figure)
    assert [ax.get_title("left") for ax in figure.axes if ax.get_title("left")] == list("abc")
    assert any(name == "two_joint: learned, F1 (range)" for name, _ in headline(result))
    assert "Commands are imitated through the arm of two joints F1 " in in_words(result)


def test_what_is_missing_is_said(monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(sys.modules, "gymnasium", None)
    monkeypatch.delitem(sys.modules, "postdict.gym", raising=False)
    assert main(["run", "plants", "--quick", "--out", str(tmp_path / "out")]) == 2
    assert "pip install 'postdict[gym]'" in capsys.readouterr().err
