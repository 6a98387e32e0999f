"""The claims of `stdp-window`: every rule's window, through the engine, to 1e-12 of its peak."""

import json
from dataclasses import replace

import numpy as np
import pytest

from postdict import AntisymmetricSTDP, VogelsSTDP
from postdict.cli import main
from postdict.experiments import stdp_window
from postdict.experiments.stdp_window import Config
from postdict.experiments.stdp_window.protocol import paired


@pytest.fixture(scope="module")
def found():
    return stdp_window.run(Config())


def test_the_engine_reproduces_every_window(found):
    assert set(found.summary["rules"]) == {
        "antisymmetric", "haas", "vogels", "causal", "sampled", "triplet", "custom", "modulated"
    }  # fmt: skip
    for rule in found.summary["rules"].values():
        assert rule["difference"] <= 1e-12
        assert max(rule["difference_by_frequency"].values()) <= 1e-12
    assert found.summary["largest_difference"] <= 1e-12


def test_the_reversed_window_is_another(found):
    control = found.summary["controls"]["reversed_window"]
    assert control["difference"] <= 1e-12
    assert control["difference_from_forward"] > 1.0


def test_measured_windows_have_their_landmarks(found):
    arrays, lags = found.arrays, found.arrays["lags"]
    haas = arrays["haas_measured"]
    assert (lags[haas.argmax()], lags[haas.argmin()]) == (9.0, -11.0)
    assert haas[lags == 0.0] == pytest.approx(0.0, abs=1e-12)
    antisymmetric = arrays["antisymmetric_measured"]
    assert antisymmetric[lags == 0.0] == pytest.approx(1.0, abs=1e-12)
    assert antisymmetric[lags == -1.0] == pytest.approx(-0.7 * np.exp(-1 / 20.0), abs=1e-12)
    np.testing.assert_allclose(arrays["modulated_measured"], -0.5 * antisymmetric, atol=1e-12)
    assert arrays["custom_measured"][lags == -10.0] == pytest.approx(
        2.0 / np.e - np.exp(-1.0 / 3.0), abs=1e-12
    )


def test_frequency_mixes_neighbouring_pairs(found):
    """At 10 ms and 50 Hz arrivals and spikes alternate evenly: the order of a pair is lost."""
    arrays = found.arrays
    for name in found.summary["rules"]:
        every, nearest = (arrays[f"{name}_{p}_by_frequency"] for p in ("all", "nearest"))
        assert every[:, 0] == pytest.approx(nearest[:, 0], abs=1e-12)
        for rates in (every, nearest):
            assert rates[0, -1] == pytest.approx(rates[1, -1], abs=0.05)
    causal = arrays["causal_nearest_by_frequency"][0]
    assert causal == pytest.approx(causal[0], abs=1e-12)  # the nearest pair is the lag's own
    assert np.all(np.diff(arrays["causal_all_by_frequency"][0]) >= 0.0)


def test_triplets_fitted_to_visual_cortex_are_within_the_errors_of_its_data(found):
    assert found.summary["published"] == {
        "all": pytest.approx(0.3416, abs=1e-4),
        "nearest": pytest.approx(0.2322, abs=1e-4),
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"axonal_delay": 7.3, "dendritic_delay": 2.1},
        {"lag_step": 0.7, "longest_lag": 20.3, "pairs": 7},  # lags that are no binary fractions
        {"A_plus": -0.6, "A_minus": -1.2, "tau_plus": 31.0, "tau_minus": 7.0},
        {"haas_fit": "older", "haas_stretch": 2.5},
        {"triplet_fit": "visual-cortex"},
        {"tau_eligibility": 700.0, "modulator": 0.2},
    ],
)
def test_other_settings_follow_as_well(changes):
    config = replace(Config().quick(), **changes)
    assert stdp_window.run(config).summary["largest_difference"] <= 1e-12


def test_pairs_add_up_by_hand():
    arrivals, spikes = np.array([0.0, 10.0, 20.0]), np.array([5.0, 10.0, 12.0])
    every = AntisymmetricSTDP(1.0, A_minus=0.5, w_max=9.0)
    lags = {"all": [5, 10, 12, 0, 2, -5, -15, -10, -8], "nearest": [5, 0, 2, -5, -8]}
    for pairing, own in lags.items():
        rule = replace(every, pairing=pairing)
        total, farthest = paired(rule, arrivals, spikes)
        assert total == pytest.approx(rule.window(own).sum(), abs=1e-15)
        assert farthest == pytest.approx(np.abs(rule.window(own)).sum(), abs=1e-15)
    rule = VogelsSTDP(1.0, rho=5.0)
    assert paired(rule, arrivals, np.empty(0)) == pytest.approx((-0.6, 0.6), abs=1e-15)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"interval": 100.0}, r"interval must be at least twice longest_lag = 60 ms, got 100 ms"),
        ({"lag_step": 90.0}, r"lag_step must be at most longest_lag = 60 ms, got 90 ms"),
        ({"pair_lag": 20.0}, r"pair_lag must be below the shortest interval, 20 ms, got 20 ms"),
        ({"eta": 0.0}, r"eta must be positive, got 0\.0 mV"),
        ({"haas_fit": "measured"}, r"no haas_fit is named 'measured'"),
    ],
)
def test_refused(given, message):
    with pytest.raises(ValueError, match=message):
        Config(**given)


def test_the_command_writes_its_files(tmp_path, capsys):
    call = ["run", "stdp-window", "--quick", "--set", "pairs=3", "--out", str(tmp_path)]
    assert main([*call, "--no-progress"]) == 0
    printed = capsys.readouterr()
    assert "HaasSTDP: off its window by" in printed.out
    assert printed.err == ""
    assert {path.name for path in tmp_path.iterdir()} == {
        "summary.json", "provenance.json", "result.npz", "stdp-window.png"
    }  # fmt: skip
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary["largest_difference"] <= 1e-12
    assert summary["rules"]["vogels"]["per_arrival"] == pytest.approx(-0.2)
