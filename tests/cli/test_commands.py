"""What people type before anything runs: lists, help, slips, completion; and the last line."""

import json
import subprocess
import sys
import time

import pytest

from postdict.cli import main
from postdict.cli.trials import Trials
from postdict.experiments import EXPERIMENTS
from postdict.lab.stages import Stage
from postdict.lab.trials import run_trials


def printed(capsys, *arguments, code=0):
    try:
        assert main(arguments) == code
    except SystemExit as ended:
        assert ended.code == code
    return capsys.readouterr()


def test_list_has_one_line_for_each_experiment(capsys):
    lines = printed(capsys, "list").out.splitlines()
    assert [line.split()[0] for line in lines[:-1]] == list(EXPERIMENTS)
    assert lines[-1].startswith("settings: postdict list EXPERIMENT")


def test_list_of_one_begins_with_what_it_adds(capsys):
    lines = printed(capsys, "list", "inverse-model").out.splitlines()
    assert lines[0].startswith("inverse-model: The main job")
    assert lines[1].startswith("    song_duration = 100000.0 ms  (")
    shared = lines.index("  The loop, its worlds, its rule and how long it learns:")
    assert "    world_delay = 10.0 ms  (motor spike to sensor)" in lines[shared:]
    assert len([line for line in lines if " eta = " in line]) == 1


@pytest.mark.parametrize("asked", [["--help"], ["help"], ["run", "--help"], ["help", "run"]])
def test_help_has_examples_and_the_experiments(capsys, asked):
    text = printed(capsys, *asked).out
    assert "examples:\n  postdict " in text
    assert "  song              Song heard, song sung" in text


def test_help_of_a_command_is_its_own(capsys):
    assert (
        printed(capsys, "help", "sweep", "plan").out == printed(capsys, "sweep", "plan", "-h").out
    )
    assert "the folder that `postdict sweep plan" in printed(capsys, "help", "sweep", "run").out


@pytest.mark.parametrize("flag", ["-V", "--version"])
def test_the_version_is_printed(capsys, flag):
    assert printed(capsys, flag).out.startswith("postdict 0.")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("rum song", "no command is named 'rum'; did you mean 'run'?"),
        ("sweep plna", "no command is named 'plna'; did you mean 'plan'?"),
        ("run song --quik", "no option is named '--quik'; did you mean '--quick'?"),
        ("run song --outt=x", "no option is named '--outt'; did you mean '--out'?"),
        ("list sng", "no experiment is named 'sng'; did you mean 'song'?"),
        ("run sng", "no experiment is named 'sng'; did you mean 'song'?"),
        ("help sweeep", "did you mean 'sweep'?"),
        ("plot a b", "'b' is one word too many"),
        ("run stdp-window --seed 3", "stdp-window takes no --seed: nothing in it is random"),
    ],
)
def test_a_slip_is_answered_with_the_nearest(capsys, call, said):
    assert said in printed(capsys, *call.split(), code=2).err


COMPLETED = [
    (["postdict", "swe"], ["sweep"]),
    (["postdict", "run", "s"], ["scaling", "song", "sparse-activity", "stdp-window"]),
    (["postdict", "run", "--quick", "so"], ["song"]),
    (["postdict", "run", "song", "--set", "eta"], ["eta="]),
    (["postdict", "run", "song", "--format", ""], ["png", "pdf", "svg"]),
    (["postdict", "run", "song", "--config", "s"], []),  # bash then offers files
    (["postdict", "sweep", ""], ["plan", "run", "status", "collect"]),
    (["postdict", "sweep", "run", "--sh"], ["--shard"]),
    (["postdict", "completion", ""], ["bash", "zsh"]),
]


def test_a_shell_completes_names_and_settings(capsys, tmp_path):
    (tmp_path / "script").write_text(printed(capsys, "completion", "bash").out)
    calls = "\n".join(
        f"COMP_WORDS=({' '.join(map(repr, words))}); COMP_CWORD={len(words) - 1}; "
        'COMPREPLY=(); _postdict 2>/dev/null; echo "${COMPREPLY[*]}"'
        for words, _ in COMPLETED
    )
    done = subprocess.run(
        ["bash", "-c", f'. "{tmp_path}/script"\n{calls}'],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stderr == ""
    assert [line.split() for line in done.stdout.splitlines()] == [names for _, names in COMPLETED]
    assert printed(capsys, "completion", "zsh").out.startswith("autoload -U +X bashcompinit")


def test_ctrl_c_while_numpy_is_imported_is_no_error():
    late = (
        "import os, signal, sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'numpy':\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from postdict.cli import main\n"
        "assert 'numpy' not in sys.modules\n"
        "sys.meta_path.insert(0, Finder())\n"
        "sys.exit(main(['list']))\n"
    )
    done = subprocess.run([sys.executable, "-c", late], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (130, "postdict: interrupted\n")


QUICK = ["run", "stdp-window", "--quick", "--set", "pairs=2", "--no-progress"]


def test_a_quick_run_replaces_no_long_one_in_the_default_folder(
    capsys, tmp_path, monkeypatch, undrawn
):
    monkeypatch.chdir(tmp_path)
    place = "postdict-results/stdp-window"
    assert printed(capsys, *QUICK).out.splitlines()[-1].endswith("of the peak.")
    printed(capsys, *QUICK)  # a quick one, by a quick one
    made = json.loads((tmp_path / place / "provenance.json").read_text())
    assert made["quick"] is True
    printed(capsys, *(word for word in QUICK if word != "--quick"))
    refused = printed(capsys, *QUICK, code=2).err
    assert f"'{place}' holds results of a run that was not quick" in refused
    printed(capsys, *QUICK, "--out", place)  # as it was told


def test_done_and_left_are_those_of_the_whole_run():
    said, trials = [], Trials()

    def report(label, *_):
        trials.note(label)
        said.append(f"{trials}{label}")

    run_trials(lambda _, part: part.part("learns").begin(), [7], Stage(report=report))
    assert said == ["seed 1/1 learns", "seed 1/1 ends"]
    said.clear()
    for k in (1, 2):
        report(f"row {k}/3 learns")
        time.sleep(0.02)
        report(f"row {k}/3 ends")
    report("row 3/3 learns")
    assert said[0] == "0 of 3 done: row 1/3 learns"
    assert said[-1].startswith("2 of 3 done, about 0.0") and said[-1].endswith(": row 3/3 learns")
    report("row 3/3 ends")
    assert said[-1] == "3 of 3 done: row 3/3 ends"
    report("point 1/2 learns")  # the next round
    assert said[-1] == "0 of 2 done: point 1/2 learns"


def test_a_scheduler_that_is_no_address_ends_in_one_line(capsys, tmp_path):
    pytest.importorskip("distributed")
    (tmp_path / "sweep.toml").write_text(
        'experiment = "inverse-model"\n[grid]\neta = [1e-4, 2e-4]\n'
    )
    out = str(tmp_path / "out")
    printed(capsys, "sweep", "plan", str(tmp_path / "sweep.toml"), "--out", out, "--measure", "0")
    for address in ("foo", "foo://bar:1"):
        command = [sys.executable, "-m", "postdict", "sweep", "run", out, "--scheduler", address]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert f"no dask scheduler answers at {address!r}" in done.stderr
