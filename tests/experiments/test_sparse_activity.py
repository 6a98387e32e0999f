"""The experiment `sparse-activity`: its settings, its regimes, and a tiny run with a runaway."""

import json
from dataclasses import replace

import numpy as np
import pytest

from postdict.analysis import InverseQuality
from postdict.cli import main
from postdict.experiments.sparse_activity import Config, in_words, run
from postdict.experiments.sparse_activity.trial import REGIMES, regime

TINY = Config(
    duration=4e4, eta=1e-3, measure_duration=2e4, seeds=1, delays=(5.0,), ratios=(0.7, 3.0)
)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"delays": (5.0, 1.0)}, ValueError, "delays must be above synaptic_delay = 1.0 ms, got 1"),
        ({"delays": (-5.0,)}, ValueError, "delays must be positive, got -5.0 ms"),
        ({"delays": 5.0}, TypeError, "delays must be a list of numbers, got 5.0"),
        ({"ratios": (-0.1,)}, ValueError, "ratios must be non-negative, got -0.1"),
        ({"ratios": (np.nan,)}, ValueError, "ratios must be finite, got nan"),
        ({"A_plus": 0.0}, ValueError, "A_plus must be positive, got 0.0"),
        ({"runaway_factor": 1.0}, ValueError, "runaway_factor must be above 1, got 1.0"),
        ({"fan_out": 61}, ValueError, "fan_out must be at most n_sensor = 60, got 61"),
        ({"measure_duration": 10.0}, ValueError, "measure_duration must be at least 10000"),
    ],
)
def test_wrong_settings_are_refused(change, error, message):
    with pytest.raises(error, match=message):
        replace(Config(), **change)


def test_the_map_holds_the_chosen_point_and_the_window_without_a_mean():
    config = Config(world_delay=20.0, A_minus=0.75, tau_plus=30.0, delays=(), ratios=(0.5,))
    assert config.all_delays() == [21.0]
    assert config.all_ratios() == [0.5, 0.75, 1.5]
    assert config.at_delay(5.0).world_delay == 4.0


@pytest.mark.parametrize(
    ("after", "scale", "error", "expected"),
    [
        (10.1, 1.0, 0.1, "echo"),
        (10.0, 1.0, 0.1, "sparse inverse"),
        (5.0, 1.0, 0.5, "suppression"),
        (5.0, -1.0, 0.1, "suppression"),
        (5.0, 0.0, None, "suppression"),
    ],
)
def test_regimes_follow_from_rate_and_inverse(after, scale, error, expected):
    quality = InverseQuality(scale, error, error, None)
    assert regime(10.0, after, quality) == expected
    assert expected in REGIMES


def test_a_runaway_is_reported_and_stops_nothing():
    result = run(TINY)
    assert "Learning took the motor rate" in in_words(result)
    summary = result.summary
    assert summary["regime"] == {"sparse inverse": 1}
    assert summary["motor_rate_after"] < 0.7 * summary["motor_rate_before"]
    away = summary["map"]["11"]["3"]
    assert away["regime"] == {"runaway": 1}
    assert away["motor_rate"] is away["scale"] is away["motor_rate_change"] is None
    assert set(summary["map"]) == {"5", "11"}
    assert set(summary["map"]["5"]) == {"0.7", "1", "3"}
    assert summary["over_delay"]["11"]["motor_rate_after"] == summary["motor_rate_after"]
    assert len(result.tables["map"]["regime"]) == 6
    assert np.isnan(result.tables["map"]["motor_rate_after"]).sum() == 2
    json.dumps(summary, allow_nan=False)


def test_the_command_writes_the_files_of_the_contract_even_if_all_runs_away(tmp_path, capsys):
    settings = (
        "duration=3e4",
        "eta=1e-2",
        "measure_duration=1e4",
        "seeds=1",
        "delays=none",
        "ratios=none",
    )
    arguments = [part for setting in settings for part in ("--set", setting)]
    folder = tmp_path / "out"
    call = ["run", "sparse-activity", *arguments, "--set", "A_minus=4", "--out", str(folder)]
    assert main([*call, "--no-progress"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert "runaway (1)" in printed.out
    assert {path.name for path in folder.iterdir()} == {
        "summary.json", "provenance.json", "result.npz", "map.csv",
        "sparse-activity.png", "regimes.png",
    }  # fmt: skip
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["motor_rate_after"] is None
    assert summary["controls"]["untrained"]["motor_rate"] > 5.0
    first = (folder / "map.csv").read_text().splitlines()
    assert first[0].startswith("seed,loop_delay_ms,A_minus_over_A_plus,regime,motor_rate_before")
    assert ",runaway," in first[2]
