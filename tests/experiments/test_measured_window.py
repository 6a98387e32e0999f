"""The experiment `measured-window`: its windows, its theory of the map, and a small run."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.figure import Figure

from postdict import LIF, HaasSTDP, LIFExp, Network, Simulation
from postdict.experiments import measured_window
from postdict.experiments.measured_window.claims import claims, predicted_stable
from postdict.experiments.measured_window.config import FITS, VARIANTS, reversed_in_time
from postdict.experiments.measured_window.figures import draw
from postdict.experiments.measured_window.prediction import SCALES, UNIFORMS, balance

SMALL = measured_window.Config(
    n_motor=3,
    n_sensor=6,
    fan_out=2,
    fits="published",
    duration=2e4,
    eta=2e-3,
    measure_duration=1e4,
    song_duration=2e3,
    map_delays=(17.0,),
    map_tau_syns=(3.0,),
    map_duration=1e4,
    lone_duration=2e4,
    imposed_duration=1e4,
    variants=False,
    seeds=2,
)


@pytest.mark.parametrize("fit", FITS)
def test_the_reversed_window_is_the_window_at_minus_the_lag(fit):
    rule = HaasSTDP.fit(fit, 0.5, stretch=1.5)
    lags = np.linspace(-40.0, 40.0, 161)
    expected = rule.window(-lags)
    np.testing.assert_allclose(reversed_in_time(rule).window(lags), expected, atol=1e-15)


def test_a_dendrite_moves_the_window_and_a_stretch_keeps_its_areas():
    lags = np.linspace(-200.0, 200.0, 40_001)
    plain = SMALL.seen_window("published")(lags)
    moved = replace(SMALL, dendritic_delay=6.0).seen_window("published")(lags - 6.0)
    np.testing.assert_allclose(moved, plain, atol=1e-12)
    drawn_out = replace(SMALL, stretch=3.0).seen_window("published")(lags)
    assert np.trapezoid(drawn_out, lags) == pytest.approx(np.trapezoid(plain, lags), rel=1e-6)


def test_currents_have_the_area_of_the_jumps_that_they_replace():
    jumps, currents = (replace(SMALL, tau_syn=tau) for tau in (0.0, 4.0))
    assert isinstance(currents.parameters().motor, LIFExp)
    for of in (
        lambda config: config.parameters().exploration_weight,
        lambda config: config.parameters().excitation,
        lambda config: config.measured_rule("published").eta,
        lambda config: config.exponential_rule().eta,
    ):
        assert 4.0 * of(currents) == pytest.approx(100.0 * of(jumps))


def test_bad_settings_are_refused_by_name():
    with pytest.raises(ValueError, match="no fit of the Haas window is named 'old'"):
        replace(SMALL, fits="published, old")
    with pytest.raises(ValueError, match=r"map_delays must be above synaptic_delay = 1 ms, got 1"):
        replace(SMALL, map_delays=(1.0, 17.0))
    for changes in VARIANTS.values():
        replace(SMALL, **changes)


def changes_by_a_burst(pairing):
    """Return what two arrivals at one instant change, before a motor spike and after it, over K."""
    found = []
    for lag in (9.0, -9.0):
        net = Network()
        sensor = net.add_spike_source("sensor", 1, times=[50.0, 50.0], ids=[0, 0])
        motor = net.add_population("motor", 1, LIF())
        tutor = net.add_spike_source("tutor", 1, times=[50.0 + lag], ids=[0])
        net.connect(tutor, motor, weights=2.0)
        rule = HaasSTDP(0.01, pairing=pairing)
        plastic = net.connect(sensor, motor, weights=0.5, inhibitory=True, plasticity=rule)
        simulation = Simulation(net)
        simulation.run(100.0)
        found.append((simulation.weights(plastic) - 0.5) / rule.window(lag))
    return found


def test_nearest_pairs_count_a_burst_of_a_sensor_more_often_on_the_depressing_side():
    assert changes_by_a_burst("nearest") == pytest.approx([1.0, 2.0])
    assert changes_by_a_burst("all") == pytest.approx([2.0, 2.0])


def known_drives(scale, uniform):
    """Return neurons whose drives are known: they balance at c = 0.5 and b = 0.07."""
    drives = (0.4 * (scale - 0.5), 0.2 * (0.07 - uniform))
    return SimpleNamespace(rate=8.0 + 2.0 * scale, drives=lambda *_: drives)


def test_the_balance_is_where_neither_a_neuron_nor_the_others_drive_it():
    grid = {(c, b): known_drives(c, b) for c in SCALES for b in UNIFORMS}
    found = balance(grid, SMALL.seen_window("published"), 17.0, 3)
    assert found == pytest.approx({"c": 0.5, "b": 0.07, "rate": 9.0})
    # Neurons that run away on the way there have no balance,
    lost = {key: value for key, value in grid.items() if key[0] < 0.35}
    assert balance(lost, SMALL.seen_window("published"), 17.0, 3)["c"] is None
    # and an inhibition of all by all that would not be kept up does not help them.
    held = {key: value for key, value in grid.items() if key[0] < 0.35 or key[1] > 0.07}
    assert balance(held, SMALL.seen_window("published"), 17.0, 3)["c"] is None


def point(seen, said, *, ran_away=0, rate=9.0):
    """Return a point of a map."""
    theory = {"c": said, "rate": rate}
    seen = {"c": seen, "c_error": 0.02, "ran_away": ran_away}
    return {"seen": seen, "linear": theory, "balance": theory, "rate_before": 8.0}


def test_claims_count_verdicts_and_signs():
    points = {
        "published": {
            "3": {
                "9": point(0.5, 0.4),
                "17": point(0.3, -0.1),
                "19": point(0.01, -0.1),  # within its error: no sign
                "21": point(None, 0.4, ran_away=1),  # said to be stable
                "23": point(None, None, ran_away=1, rate=None),
            }
        }
    }
    found = claims(points)["balance"]
    assert found["n_points"] == 5
    assert found["verdict_right"] == pytest.approx(4 / 5)
    assert (found["n_signs"], found["sign_right"]) == (2, 0.5)
    assert found["median_difference"] == pytest.approx(0.25)
    assert not predicted_stable(point(None, 0.4, rate=41.0), "linear")


def test_a_small_run_has_fits_controls_map_variants_and_figure(monkeypatch):
    kept = {name: VARIANTS[name] for name in ("nearest pairs", "jumps")}
    monkeypatch.setattr(measured_window, "VARIANTS", kept)
    result = measured_window.run(replace(SMALL, variants=True, variant_seeds=1))
    summary = result.summary
    found = summary["fits"]["published"]
    assert 0.0 <= found["f1"]["1"] <= 1.0
    assert set(found["controls"]) == {"shuffled", "reversed", "reversed_ran_away"}
    assert len(found["per_seed"]) == 2
    assert set(summary["controls"]) >= {"exponential", "pinv", "transpose"}
    assert set(summary["map"]["published"]["3"]["17"]) == {
        "seen",
        "linear",
        "balance",
        "rate_before",
    }
    assert list(summary["variants"]) == list(kept)
    assert result.arrays["potentiation"].shape == (3, 6)
    figure = Figure(figsize=(11.0, 9.0))
    draw(result, figure)
    letters = [ax.get_title(loc="left") for ax in figure.axes]
    assert sorted(letter for letter in letters if letter) == list("abcdefgh")
    assert "balance theory: verdict right" in dict(measured_window.headline(result))
    assert "(shuffled " in measured_window.in_words(result)


def test_a_loop_that_runs_away_has_no_score_and_stops_nothing():
    summary = measured_window.run(
        replace(SMALL, fits="symmetric", world_delay=9.0, fan_out=6, eta=2e-2, duration=1e5)
    ).summary
    found = summary["fits"]["symmetric"]
    assert found["ran_away"] == 1
    assert found["f1"]["1"] is None
    assert summary["controls"]["pinv"]["f1"]["1"] is not None
