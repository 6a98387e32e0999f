"""The command line: files that `run` writes, users' files, wrong calls, signals, help."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from postdict.cli import exit_codes, main


@pytest.fixture
def run(tiny, tmp_path, undrawn):
    """Run what `tiny_run` has run with more arguments, into the folder "out"."""

    def call(*arguments):
        return main([*tiny, "--out", str(tmp_path / "out"), *arguments])

    return call


def test_the_files_of_the_contract_are_written(tiny_run):
    assert tiny_run.code == 0
    assert "specific inverse error" in tiny_run.out
    assert tiny_run.out.splitlines()[-1].startswith("The inhibition that was learned imitates")
    assert tiny_run.err == ""
    folder = tiny_run.folder
    assert {path.name for path in folder.iterdir()} == {
        "summary.json", "provenance.json", "result.npz", "imitation.csv",
        "inverse-model.png", "overview.png",
    }  # fmt: skip
    summary = json.loads((folder / "summary.json").read_text())
    metrics = {"inverse_error", "specific_inverse_error", "mode_spread", "scale", "imitation_f1"}
    assert metrics | {"motor_rate_before", "motor_rate_after", "controls"} <= set(summary)
    assert set(summary["imitation_f1"]) == {"1", "4", "8"}
    for control in summary["controls"].values():
        assert metrics <= set(control)
    assert summary["seeds"] == [4]
    with np.load(folder / "result.npz", allow_pickle=False) as arrays:
        assert arrays["world"].shape == arrays["response"].shape == (60, 20)
        assert arrays["inhibition"].shape == arrays["excitation"].shape == (20, 60)
        assert arrays["weight_history"].shape == (len(arrays["history_times"]), 20, 60)


def test_equal_seeds_give_equal_bytes(tiny, tiny_run, tmp_path):
    assert main([*tiny, "--seed", "4", "--out", str(tmp_path)]) == 0
    for name in ("summary.json", "result.npz", "imitation.csv", "inverse-model.png"):
        assert (tmp_path / name).read_bytes() == (tiny_run.folder / name).read_bytes()


def test_a_users_world_and_song(run, tmp_path):
    np.savetxt(tmp_path / "world.csv", 2 * np.eye(4), delimiter=",")
    (tmp_path / "song.csv").write_text("time_ms,motor\n100,0\n220,3\n340,1\n")
    config = tmp_path / "config.toml"
    config.write_text(
        f'\ufeffworld_file = "{tmp_path / "world.csv"}"\ntutor_file = "{tmp_path / "song.csv"}"\n'
    )
    assert run("--config", str(config), "--set", "duration=1e5") == 0
    summary = json.loads((tmp_path / "out/summary.json").read_text())
    assert summary["tutor_file_f1"] == 1.0
    assert (summary["config"]["n_sensor"], summary["config"]["n_motor"]) == (4, 4)
    lines = (tmp_path / "out/imitation.csv").read_text().splitlines()
    assert lines == ["time_ms,motor", "100.0,0", "220.0,3", "340.0,1"]


def test_a_heard_song_is_imitated_without_a_score(run, tmp_path):
    np.save(tmp_path / "world.npy", 2 * np.eye(4))
    np.savez(tmp_path / "song.npz", time_ms=[50.0, 50.0, 90.0, 90.0], sensor=[1, 1, 2, 2])
    files = (f"world_file={tmp_path / 'world.npy'}", f"tutor_file={tmp_path / 'song.npz'}")
    settings = [one for file in files for one in ("--set", file)]
    assert run(*settings, "--set", "duration=1e5") == 0
    summary = json.loads((tmp_path / "out/summary.json").read_text())
    assert summary["tutor_file_f1"] is None
    assert (tmp_path / "out/imitation.csv").read_text() == "time_ms,motor\n40.0,1\n80.0,2\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--set", "etta=1"], "no setting is named 'etta'; did you mean 'eta'?"),
        (["--set", "eta"], "--set takes KEY=VALUE, got 'eta'"),
        (["--set", "eta=-1"], "eta must be non-negative, got -1.0 mV"),
        (["--set", "world_delay=0"], "world_delay must be positive, got 0.0 ms"),
        (["--set", "world=random"], "no world is named 'random'"),
        (["--set", "fan_out=61"], "fan_out must be at most n_sensor = 60, got 61"),
        (["--config", "missing.toml"], "missing.toml"),
        (["--set", "world_file=missing.npy"], "missing.npy"),
        (["--set", "world_file=world.mat"], "world_file must end in .npy or .csv"),
    ],
)
def test_wrong_calls_get_one_line_and_code_2(run, capsys, arguments, message):
    assert run(*arguments) == 2
    printed = capsys.readouterr()
    assert message in printed.err
    assert len(printed.err.splitlines()) == 1


def test_an_unknown_experiment_and_a_bad_folder_are_wrong_calls(run, tmp_path, capsys):
    assert main(["run", "inverse-modell"]) == 2
    assert "did you mean 'inverse-model'?" in capsys.readouterr().err
    (tmp_path / "out").write_text("a file")
    assert run() == 2
    assert "cannot write to the output folder" in capsys.readouterr().err


def test_a_world_that_cannot_be_inverted_warns_in_one_line(run, tmp_path, capsys):
    np.save(tmp_path / "world.npy", np.diag([2.0, 2.0, 0.0]))
    assert run("--set", f"world_file={tmp_path / 'world.npy'}") == 0
    assert "warning" in (errors := capsys.readouterr().err)
    assert "no sensor hears motor neuron 2" in errors
    assert len(errors.splitlines()) == 2


def test_a_world_without_sound_one_too_weak_and_one_too_loud_end_in_one_line(run, tmp_path, capsys):
    for entry, code, message in (
        (0.0, 2, "must have a positive entry"),
        (1e-3, 1, "the world is too weak, its largest entry is 0.001 of a sensor's threshold"),
        (1e9, 1, "too strong"),
    ):
        np.save(tmp_path / "world.npy", np.full((3, 2), entry))
        assert run("--set", f"world_file={tmp_path / 'world.npy'}") == code
        errors = capsys.readouterr().err
        assert message in errors
        assert len(errors.splitlines()) == 1


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_stop_between_two_events_and_say_how_far(tmp_path, sent, code):
    command = [sys.executable, "-m", "postdict", "run", "inverse-model", "--no-progress"]
    process = subprocess.Popen(
        [*command, "--out", str(tmp_path / "out"), "--set", "duration=8e9"],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    # The folder is made just before the first simulation starts.
    while not (tmp_path / "out").exists() and process.poll() is None:
        os.sched_yield()
    try:
        process.wait(timeout=1.5)
    except subprocess.TimeoutExpired:
        process.send_signal(sent)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == code
    assert "stopped while seed" in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["run", "inverse-model", "--help"], "world_delay = 10.0 ms  (motor spike to sensor)"),
        (["run", "--help"], "--checkpoint-every SECONDS"),
        (["plot", "--help"], "default: png"),
    ],
)
def test_help_shows_units_and_defaults(capsys, arguments, shown):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 0
    printed = capsys.readouterr().out
    assert shown in printed
    assert ("world_delay" in printed) == ("inverse-model" in arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "inverse-model", "--config", ""],
        ["run", "inverse-model", "--out", ""],
        ["plot", ""],
        ["plot", "results", "--out", ""],
        ["sweep", "plan", "", "--out", "x"],
        ["sweep", "plan", "sweep.toml", "--out", ""],
        ["sweep", "run", ""],
        ["sweep", "status", ""],
        ["sweep", "collect", "", "--to", "table.csv"],
    ],
)
def test_an_unset_variable_is_no_path(capsys, arguments):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "a path must not be empty, got ''" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["a = " + "[" * 10**5, "a = " + "9" * 5000])
def test_what_no_toml_reader_takes_is_a_wrong_call(run, tmp_path, capsys, text):
    (tmp_path / "config.toml").write_text(text)
    assert run("--config", str(tmp_path / "config.toml")) == 2
    errors = capsys.readouterr().err
    assert f"--config '{tmp_path}/config.toml' is not a TOML file" in errors
    assert len(errors.splitlines()) == 1


def test_results_of_another_experiment_are_not_written_over(run, tmp_path, capsys):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/summary.json").write_text('{"experiment": "theory", "config": {}}')
    assert run() == 2
    assert f"'{tmp_path}/out' holds results of 'theory': use another" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["summary.json"]


def test_an_error_of_several_lines_is_told_in_one(capsys):
    exit_codes.say("two is wrong\n\n  second line\n")
    assert capsys.readouterr().err == "postdict: two is wrong; second line\n"


@pytest.mark.parametrize("unbuffered", ["", "1"])  # the last lines come as the command ends, or not
@pytest.mark.parametrize("arguments", [["run", "scaling", "--help"], ["list"]])
def test_whoever_stops_reading_ends_it_without_a_word(arguments, unbuffered):
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "postdict", *arguments],
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        stdout=writing, stderr=subprocess.PIPE, text=True, timeout=60,
    )  # fmt: skip
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has such a file")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_output_that_a_full_disk_does_not_take_is_told_in_one_line(unbuffered):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "postdict", "list"],
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=60,
        )  # fmt: skip
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "No space left on device" in done.stderr


def test_a_caller_who_closed_the_output_gets_the_exit_code(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    assert main(["list"]) == 0
