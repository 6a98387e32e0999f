"""The experiment `scaling`: its points, its cuts, its worlds, and loops that run away."""

import re
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

from postdict import AntisymmetricSTDP, LIFExp, Simulation
from postdict.experiments import scaling
from postdict.experiments.scaling.cuts import CUTS
from postdict.experiments.scaling.figures import draw
from postdict.loop import ImitationTest, LoopParameters, frozen_loop, imitate, learn
from postdict.world import conditioned_world

SMALL = scaling.Config(
    axes="none",
    n_motor=3,
    n_sensor=6,
    fan_out=2,
    duration=2e4,
    eta=2e-3,
    measure_duration=1e4,
    moments=3,
    song_spikes=20.0,
    seeds=2,
)
IDENTITY = 2.0 * np.eye(3)


def test_a_point_has_its_metrics_controls_spread_and_course():
    result = scaling.run(replace(SMALL, axes="spread, lag", coarse=True))
    summary = result.summary
    assert 0.0 <= summary["f1_1hz"] <= 1.0
    assert set(summary["controls"]) == {"pinv", "shuffled"}
    assert len(summary["per_seed"]) == 2
    assert result.arrays["f1_history"].shape == (3,)
    np.testing.assert_array_equal(result.arrays["f1_times"], [5e3, 1e4, 2e4])
    assert list(summary["cuts"]) == ["spread", "lag"]
    assert list(summary["cuts"]["spread"]) == ["40"]
    assert summary["cuts"]["spread"]["40"]["n_seeds"] == 2
    for config in (result, scaling.run(SMALL)):  # with cuts, and with the course alone
        figure = Figure()
        draw(config, figure)
        assert figure.axes
    assert [line for line, _ in scaling.headline(result)][1:4] == [
        "spread (ms)",
        "  40",
        CUTS["lag"].label,
    ]
    assert "points of the cuts" in scaling.in_words(result)
    assert "points of the cuts" not in scaling.in_words(config)


def test_the_point_of_a_cut_is_the_point_that_a_sweep_would_measure():
    value = CUTS["condition"].few_values[0]
    cut = scaling.run(replace(SMALL, axes="condition", coarse=True)).summary["cuts"]["condition"]
    alone = scaling.run(CUTS["condition"].at(SMALL, value)).summary
    for metric in ("f1_1hz", "f1_4hz_noisy", "scale", "time_to_learn", "condition_number"):
        assert cut[f"{value:g}"][metric] == alone[metric]


RUNAWAY = replace(SMALL, inhibition_lag=1.0, n_motor=6, n_sensor=18, fan_out=6)


def test_a_loop_that_runs_away_has_no_score_and_stops_nothing():
    summary = scaling.run(RUNAWAY).summary
    assert summary["ran_away"] == 1
    assert summary["f1_1hz"] is None
    assert summary["controls"]["shuffled"]["f1_1hz"] is None
    assert summary["controls"]["pinv"]["f1_1hz"] is not None


def test_a_cut_whose_points_run_away_is_counted_and_drawn():
    result = scaling.run(replace(RUNAWAY, axes="duration"))
    points = result.summary["cuts"]["duration"].values()
    assert all(point["ran_away"] and point["n_learned"] == 0 for point in points)
    figure = Figure(figsize=(8.0, 6.0))
    draw(result, figure)
    assert figure.axes


def test_every_cut_gives_valid_configurations_that_differ():
    base = replace(scaling.Config(), axes="none")
    for cut in CUTS.values():
        for coarse in (False, True):
            points = [cut.at(base, value) for value in cut.values(coarse=coarse)]
            assert len(set(points)) == len(points)
            assert set(cut.few_values) <= set(cut.all_values)
    assert CUTS["n_motor"].at(base, 50).n_sensor == 150
    assert CUTS["duration"].at(base, 1e5).eta == pytest.approx(10 * base.eta)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"axes": "sizes"}, "no axis is named 'sizes'"),
        ({"delay_sd": 5.0}, "delay_sd must be below half of world_delay = 10 ms, got 5 ms"),
        ({"spread": 0.5}, "spread must be at least 1"),
        ({"kernel": "flat"}, "no kernel is named 'flat'"),
        ({"anneal": 0.0}, "anneal must be"),
        ({"tau_syn": 0.0}, "tau_syn must be"),
        ({"inhibition_lag": -1.0}, "inhibition_lag must be"),
        ({"axes": "n_motor", "world_file": "world.npy"}, "n_motor needs worlds that are drawn"),
        (
            {"axes": "all", "world_file": "world.npy"},
            "n_motor, ratio, condition, spread_strong need",
        ),
    ],
)
def test_configurations_that_cannot_be_are_refused(changes, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        replace(SMALL, **changes)


def test_a_world_beyond_the_window_is_warned_of():
    late = replace(SMALL, world_delay=80.0)
    with pytest.warns(UserWarning, match="later than the window reaches"):
        scaling.run(late)
    assert SMALL.doubts() == []


@pytest.mark.parametrize("condition", [2.0, 20.0, 100.0])
def test_a_conditioned_world_has_its_condition_number(condition):
    world = conditioned_world(60, 20, condition=condition, rng=np.random.default_rng(1))
    assert np.linalg.cond(world) == pytest.approx(condition, rel=1e-6)
    assert world.min() >= 0.0
    with pytest.raises(ValueError, match=r"condition must be between 1\.\d+ and \d+\.\d+ for 60"):
        conditioned_world(60, 20, condition=1e6, rng=np.random.default_rng(1))


def test_a_lagging_inhibition_lets_the_excitation_through_first():
    heard = (np.array([10.0, 10.0, 10.0]), np.array([0, 0, 0]))
    weights = np.zeros((3, 3))
    for lag, n_answers in ((0.0, 0), (1.0, 3)):  # three times 0.4 fires everybody
        parameters = LoopParameters(inhibition_lag=lag)
        answer = imitate(weights, parameters, heard, v_min=None, duration=50.0, excitation=0.4)
        assert len(answer[0]) == n_answers


def test_spontaneous_sensor_spikes_come_at_their_rate():
    parameters = LoopParameters(spontaneous_rate=20.0, exploration_rate=0.01)
    simulation = Simulation(frozen_loop(np.eye(3), parameters, None, seed=1).network)
    simulation.run(1e5)
    assert len(simulation.spikes("sensor")[0]) == pytest.approx(3 * 20 * 100, rel=0.05)


def test_motor_neurons_with_currents_imitate_too():
    config = replace(SMALL, tau_syn=5.0)
    parameters = config.parameters()
    assert parameters.motor == LIFExp(tau_m=100.0, tau_syn_e=5.0, tau_syn_i=5.0)
    assert parameters.excitation == 20.0 * config.excitation
    assert config.rule().eta == 20.0 * config.eta
    test = ImitationTest(IDENTITY, parameters, rates=(1.0,), duration=2e4, tolerance=10.0)
    found = test.measure(test.choose(20.0 * 0.5 * np.eye(3), 1.0))
    assert found["imitation_f1"]["1"] > 0.9
    heard = (np.array([1.0]), np.array([0]))
    with pytest.raises(ValueError, match="v_min must be None where motor neurons have currents"):
        imitate(np.eye(3), parameters, heard, v_min=0.0, duration=10.0)


def test_the_learning_rate_falls_and_weights_are_sampled_when_asked():
    def learned(**how):
        rule = AntisymmetricSTDP(eta=2e-3, A_minus=0.7)
        return learn(IDENTITY, LoopParameters(), rule, duration=1e4, seed=2, **how)

    constant = learned(sample_times=[1e3, 5e3, 1e4])
    falling = learned(sample_times=[1e3, 5e3, 1e4], anneal=0.1)
    np.testing.assert_array_equal(falling.times, [1e3, 5e3, 1e4])
    np.testing.assert_array_equal(falling.inhibition[0], constant.inhibition[0])  # the first step
    np.testing.assert_array_equal(0.5 - falling.inhibition[-1], falling.weights)
    late = [np.abs(np.diff(run.inhibition[1:], axis=0)).mean() for run in (constant, falling)]
    assert late[1] < 0.6 * late[0]
    with pytest.raises(ValueError, match="n_windows must be 0 or at least 2"):
        learned(anneal=0.5, n_windows=1)
