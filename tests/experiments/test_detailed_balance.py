"""The experiment `detailed-balance`: its settings, its measures, and a tiny run."""

import json
from dataclasses import replace

import numpy as np
import pytest

from postdict import AntisymmetricSTDP, Simulation, analysis
from postdict.cli import main
from postdict.experiments.detailed_balance import Config, in_words, run
from postdict.experiments.detailed_balance.measures import (
    Control,
    agreement,
    correlate,
    first_below,
    matching_inhibition,
    quartiles,
)
from postdict.experiments.detailed_balance.trial import relative_gain
from postdict.lab.checkpoints import Keeper
from postdict.lab.runs import RunawayError
from postdict.lab.stages import Stage
from postdict.loop import LoopParameters, closed_loop, explore, learn
from postdict.loop.exploration import medians_by_world

PARAMETERS = LoopParameters()
WORLD = np.array([[2.0, 0.0, 1.5], [0.0, 2.0, 0.0], [0.0, 1.2, 2.0], [0.0, 0.0, 2.5]])
RULE = AntisymmetricSTDP(eta=1e-3, A_minus=0.7, tau_minus=15.0)
SMALL = Config(
    n_motor=6, n_sensor=12, fan_out=3, duration=2e5, eta=5e-4, measure_duration=1e5, seeds=1,
    windows=4, starts=40, start_duration=2e3,
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"eta": 0.0}, "eta must be positive, got 0.0"),
        ({"A_plus": 0.0}, "A_plus must be positive, got 0.0"),
        ({"A_minus": -0.7}, "A_minus must be positive, got -0.7"),
        ({"windows": 1}, "windows must be at least 2, got 1"),
        ({"starts": 0}, "starts must be at least 1, got 0"),
        ({"start_duration": 1.0}, "start_duration must be at least 1000"),
    ],
)
def test_wrong_settings_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        replace(Config(), **change)


@pytest.mark.parametrize("learning", [True, False])
def test_the_engine_accounts_what_the_spikes_say(learning):
    loop = closed_loop(WORLD, PARAMETERS, RULE, seed=3)
    simulation = Simulation(loop.network)
    simulation.account_fluxes(loop.inhibition)
    simulation.set_plasticity(loop.inhibition, learning)
    simulation.run(2e4)
    times, ids = simulation.spikes("sensor")
    rule = RULE.to_dict()
    from_spikes = analysis.fluxes(
        times + PARAMETERS.synaptic_delay, ids, *simulation.spikes("motor"), n_pre=4, n_post=3,
        **{k: rule[k] for k in ("eta", "A_plus", "A_minus", "tau_plus", "tau_minus")},
        start=0.0, stop=2e4,
    )  # fmt: skip
    for accounted, expected in zip(simulation.fluxes(loop.inhibition), from_spikes, strict=True):
        assert expected.min() > 0.0
        np.testing.assert_allclose(accounted, expected, rtol=1e-9)


def test_what_was_accounted_while_learning_adds_up_to_what_was_learned():
    def learned(n_windows):
        return learn(WORLD, PARAMETERS, RULE, duration=3e4, seed=2, n_windows=n_windows)

    parts, whole, none = learned(3), learned(1), learned(0)
    assert parts.potentiation.shape == (3, 3, 4)
    assert none.potentiation.shape == none.depression.shape == (0, 3, 4)
    np.testing.assert_array_equal(parts.weights, none.weights)
    np.testing.assert_allclose(parts.potentiation.sum(axis=0), whole.potentiation[0], rtol=1e-12)
    added = (parts.potentiation - parts.depression).sum(axis=0)
    np.testing.assert_allclose(added, -parts.weights, atol=1e-12)  # W starts at zero


def test_progress_while_learning_tells_of_the_whole():
    seen = []
    learn(
        WORLD, PARAMETERS, RULE, duration=3e4, seed=2, n_windows=3,
        progress=lambda *one: seen.append(one),
    )  # fmt: skip
    assert {stop for _, stop, _, _ in seen} == {3e4}
    assert seen[-1][0] == 3e4
    walls, events = [one[2] for one in seen], [one[3] for one in seen]
    assert walls == sorted(walls)
    assert events == sorted(events)
    assert events[-1] > 0


def test_areas_of_correlograms_are_the_fluxes_but_for_the_bins():
    explored = explore(WORLD, PARAMETERS, None, duration=1e5, seed=5)
    found = correlate(explored, RULE)
    potentiation, depression = explored.fluxes(RULE)  # eta = 1
    drift = 1e3 * RULE.eta * (potentiation - depression) / explored.duration
    np.testing.assert_allclose(found.drift, drift, rtol=0.05, atol=0.02 * np.abs(drift).max())
    carrying = WORLD.T > 0
    n_arrivals = (carrying * np.bincount(explored.sensor[1], minlength=4)).sum()
    for side, flux in (("potentiation", potentiation), ("depression", depression)):
        area = found.areas["carrying"][side]
        assert area == pytest.approx(flux[carrying].sum() / n_arrivals, rel=0.02)
    assert found.areas["carrying"]["depression"] > found.areas["carrying"]["potentiation"]
    peak = found.lags[np.argmax(found.pooled["carrying"])]
    assert peak == pytest.approx(-PARAMETERS.delay, abs=0.5)


def test_agreement_knows_slope_and_what_is_undefined():
    predicted = np.array([[1.0, -1.0], [2.0, 0.5]])
    world = np.array([[1.0, 0.0], [0.0, 1.0]])
    found = agreement(predicted, 0.8 * predicted, world)
    assert found["correlation"] == pytest.approx(1.0)
    assert found["slope"] == pytest.approx(0.8)
    nothing = agreement(np.zeros((2, 2)), predicted, world)
    assert set(nothing.values()) == {None}
    assert agreement(predicted, predicted, np.ones((2, 2)))["correlation_rest"] is None


def test_a_matching_inhibition_is_found_beyond_a_runaway():
    def rate(inhibition):
        if inhibition < 0.1:
            raise RunawayError("too fast")
        return 10.0 - 20.0 * inhibition

    assert matching_inhibition(rate, 5.0, 1.0) == pytest.approx(0.25, abs=1e-3)
    assert matching_inhibition(rate, 9.5, 1.0) == pytest.approx(0.1, abs=1e-3)


def test_a_control_that_ran_away_has_no_numbers():
    control = Control(0.1 * WORLD.T, 0.02, None)
    metrics = control.metrics(WORLD)
    assert metrics["imbalance"] == {"carrying": None, "rest": None}
    assert metrics["motor_rate"] is None
    assert metrics["scale"] > 0
    assert np.isnan(control.imbalance).all()


def test_summaries_of_windows():
    values = np.array([[[0.1, np.nan], [0.3, 0.9]], [[np.nan, 0.2], [np.nan, np.nan]]])
    mask = np.array([[True, False], [True, False]])
    np.testing.assert_allclose(quartiles(values, mask)[1], [0.2, np.nan])
    world = np.array([[1.0, 1.0], [0.0, 0.0]])
    assert medians_by_world(values[0], world) == {"carrying": 0.2, "rest": 0.9}
    assert medians_by_world(values[1], world) == {"carrying": None, "rest": 0.2}
    assert first_below([0.2, None, 0.04, 0.01], np.array([1.0, 2.0, 3.0, 4.0])) == 3.0
    assert first_below([0.2], np.array([1.0])) is None


def test_a_small_loop_balances_and_its_controls_do_not():
    result = run(SMALL)
    assert "Learning took the imbalance" in in_words(result)
    summary, arrays = result.summary, result.arrays
    json.dumps(summary, allow_nan=False)
    balanced = summary["imbalance_after"]["carrying"]
    assert balanced < 0.6 * summary["imbalance_before"]["carrying"]
    for control in summary["controls"].values():
        assert control["imbalance"]["carrying"] > 2.0 * balanced
        assert control["motor_rate"] == pytest.approx(summary["motor_rate_after"], rel=0.2)
    assert summary["drift"]["starts"]["correlation"] > 0.95
    assert arrays["imbalance_history_carrying"].shape == (3, 4)
    assert arrays["drift_seen"].shape == arrays["weights"].shape == (6, 12)


@pytest.mark.parametrize("world", ["sparse", "tonotopic"])
def test_the_command_writes_the_files_of_the_contract(tmp_path, capsys, world):
    settings = {
        "world": world, "n_motor": 4, "n_sensor": 8, "fan_out": 2, "duration": 2e4, "eta": 1e-3,
        "measure_duration": 2e4, "seeds": 2, "windows": 2, "starts": 2, "start_duration": 1e3,
    }  # fmt: skip
    arguments = [one for k, v in settings.items() for one in ("--set", f"{k}={v}")]
    folder = tmp_path / "out"
    call = ["run", "detailed-balance", *arguments, "--out", str(folder), "--no-progress"]
    assert main(call) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert "imbalance |P - N|/(P + N)" in printed.out
    assert {path.name for path in folder.iterdir()} == {
        "summary.json", "provenance.json", "result.npz", "detailed-balance.png",
    }  # fmt: skip
    summary = json.loads((folder / "summary.json").read_text())
    assert {"imbalance_before", "imbalance_after", "controls", "areas", "drift", "spread"} <= set(
        summary
    )
    # A tonotopic world reaches every sensor: no synapse is left that does not carry the inverse.
    undefined = world == "tonotopic"
    assert (summary["imbalance_after"]["rest"] is None) == undefined
    assert (summary["areas"]["after"]["rest"]["potentiation"] is None) == undefined


def test_simulations_of_one_stage_are_kept_apart(tmp_path):
    # So that a run that is interrupted while it looks for a control's inhibition can be resumed.
    config = replace(
        SMALL, duration=2e4, measure_duration=1e4, windows=2, starts=2, start_duration=1e3
    )
    keeper = Keeper(tmp_path, {}, every=0.0, resume=False)
    kept = run(config, Stage(keeper=keeper))
    names = sorted(path.stem.rpartition("-")[0] for path in tmp_path.rglob("found-*.npz"))
    assert "found-seed-1-1-matches-transpose-1" in names
    assert "found-seed-1-1-matches-transpose-12" in names
    assert "found-seed-1-1-starts-again-2" in names
    again = run(config, Stage(keeper=Keeper(tmp_path, {}, every=0.0, resume=True)))
    assert again.summary == kept.summary == run(config).summary


def test_a_world_that_drives_all_sensors_alike_is_said_to_have_no_inverse():
    with pytest.raises(ValueError, match="all motor neurons drive its sensors alike"):
        relative_gain(np.eye(2), np.full((2, 2), 0.5))
