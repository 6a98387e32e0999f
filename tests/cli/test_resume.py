"""Experiments that are killed, terminated or disturbed, and resumed to the same bytes."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from postdict.cli import main
from postdict.lab.checkpoints import Keeper

pytestmark = pytest.mark.usefixtures("undrawn")

# Small enough for a run of seconds.
SETTINGS = [
    "n_motor=6",
    "n_sensor=18",
    "duration=200000",
    "measure_duration=60000",
    "song_duration=10000",
    "seeds=2",
]


def command(out, *options):
    settings = [word for setting in SETTINGS for word in ("--set", setting)]
    return ["run", "inverse-model", *settings, "--no-progress", "--out", str(out), *options]


def process(out, *options):
    return subprocess.Popen(
        [sys.executable, "-m", "postdict", *command(out, *options)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def contents(folder):
    """All that a run found; figures are drawn of it, and of the same bytes (test_plot.py)."""
    others = ("provenance.json", "inverse-model.png", "overview.png")
    files = [p for p in folder.iterdir() if p.is_file() and p.name not in others]
    return {p.name: p.read_bytes() for p in files}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    out = tmp_path_factory.mktemp("undisturbed")
    started = time.monotonic()
    assert main(command(out)) == 0
    return contents(out), time.monotonic() - started


def test_checkpoints_change_no_byte_and_leave_nothing(undisturbed, tmp_path):
    assert main(command(tmp_path, "--checkpoint-every", "0.05")) == 0
    assert contents(tmp_path) == undisturbed[0]
    assert not (tmp_path / "checkpoints").exists()


def test_a_terminated_run_is_resumed_to_the_same_bytes(undisturbed, tmp_path):
    expected, duration = undisturbed
    running = process(tmp_path, "--resume")
    while running.poll() is None and not (tmp_path / "checkpoints").exists():  # until it listens
        time.sleep(0.01)
    time.sleep(0.3 * duration)
    running.send_signal(signal.SIGTERM)
    _, said = running.communicate()
    if running.returncode != 0:  # it may have been quicker
        assert running.returncode == 143, said
        assert "terminated" in said
        assert not (tmp_path / "summary.json").exists()
    assert main(command(tmp_path, "--resume")) == 0
    assert contents(tmp_path) == expected


@pytest.mark.kill
def test_killed_twenty_times_at_random_moments_and_resumed(undisturbed, tmp_path):
    expected, duration = undisturbed
    moments = random.Random(1)
    n_killed = 0
    for trial in range(200):
        running = process(tmp_path, "--checkpoint-every", "0.02", "--resume")
        try:
            running.wait(timeout=moments.uniform(0.6, 1.0) * min(2.0, duration))
        except subprocess.TimeoutExpired:
            os.kill(running.pid, signal.SIGKILL)
            n_killed += 1
        _, said = running.communicate()
        if running.returncode == 0:
            assert contents(tmp_path) == expected, f"run {trial}"
            for path in tmp_path.iterdir():  # and once more from the start
                path.unlink()
            if n_killed >= 20:
                break
        else:
            assert running.returncode == -signal.SIGKILL, said
    assert n_killed >= 20


def test_checkpoints_of_another_run_are_refused(tmp_path, capsys):
    Keeper(tmp_path, {"experiment": "another"}, every=1.0, resume=False).claim()
    assert main(command(tmp_path, "--resume")) == 2
    assert "belongs to another run" in capsys.readouterr().err
    assert (tmp_path / "checkpoints").exists()


@pytest.mark.parametrize("option", [("--checkpoint-every", "60"), ("--resume",)])
def test_a_users_own_checkpoints_are_left_alone(tmp_path, capsys, option):
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints/epoch-1.pt").write_bytes(b"weeks of work")
    assert main(command(tmp_path, *option)) == 2
    assert "'epoch-1.pt', which is no checkpoint of an experiment" in capsys.readouterr().err
    assert (tmp_path / "checkpoints/epoch-1.pt").read_bytes() == b"weeks of work"


def test_what_is_laid_beside_checkpoints_outlives_them(tmp_path):
    keeper = Keeper(tmp_path, {"experiment": "one"}, every=1.0, resume=False)
    keeper.claim()
    (tmp_path / "checkpoints/.experiment.json.0123456789abcdef.part").touch()
    (tmp_path / "checkpoints/notes.txt").write_text("mine")
    keeper.done()
    assert [path.name for path in (tmp_path / "checkpoints").iterdir()] == ["notes.txt"]


def test_a_damaged_checkpoint_is_one_clear_error(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("postdict.lab.checkpoints.Kept.look", _save_and_stop)
    assert main(command(tmp_path, "--checkpoint-every", "1")) == 1
    monkeypatch.undo()
    saved = list((tmp_path / "checkpoints").glob("*.npz"))
    assert saved
    for path in saved:
        path.write_bytes(path.read_bytes()[:-100])
    capsys.readouterr()
    assert main(command(tmp_path, "--resume")) == 1
    assert "CheckpointError" in capsys.readouterr().err


def test_a_full_disk_is_one_clear_error_and_the_last_checkpoint_stays(
    tmp_path, capsys, monkeypatch
):
    kept = []

    def save_once(self, simulation):
        if kept:
            raise OSError(28, "No space left on device")
        self.save(simulation)
        kept.append(self._states[self._part])

    monkeypatch.setattr("postdict.lab.checkpoints.Kept.look", save_once)
    assert main(command(tmp_path, "--checkpoint-every", "1")) == 1
    assert "No space left on device" in capsys.readouterr().err
    assert kept[0].exists()


@pytest.mark.parametrize("value", ["0", "-1", "soon", "inf"])
def test_an_interval_that_is_none_is_refused(value, tmp_path, capsys):
    with pytest.raises(SystemExit) as refused:
        main(command(tmp_path, "--checkpoint-every", value))
    assert refused.value.code == 2
    assert "SECONDS must be a positive number" in capsys.readouterr().err


def _save_and_stop(self, simulation):
    self.save(simulation)
    raise RuntimeError("disturbed")


def test_a_run_is_kept_by_default_and_says_how_to_go_on(undisturbed, tmp_path, capsys, monkeypatch):
    def stop(self, simulation):
        self.save(simulation)
        raise KeyboardInterrupt

    monkeypatch.setattr("postdict.lab.checkpoints.Kept.look", stop)
    call = command(tmp_path, "--set", "overlap=1.0")
    assert main(call) == 130
    monkeypatch.undo()
    said = capsys.readouterr().err
    assert f"to go on: postdict {' '.join(call)} --resume" in said
    assert list((tmp_path / "checkpoints").glob("*.npz"))
    assert main([*call, "--resume"]) == 0
    assert contents(tmp_path) == undisturbed[0]
    assert not (tmp_path / "checkpoints").exists()


def test_a_run_of_less_than_ten_minutes_leaves_no_checkpoints(tmp_path, capsys, monkeypatch):
    made = []
    monkeypatch.setattr(Keeper, "claim", made.append)
    assert main(command(tmp_path)) == 0
    assert made == []


def test_starting_afresh_is_told_before_older_checkpoints_go(tmp_path, capsys):
    Keeper(tmp_path, {"experiment": "inverse-model"}, every=1.0, resume=False).claim()
    (tmp_path / "checkpoints/seed-0123abcd.npz").touch()
    assert main(command(tmp_path)) == 0
    assert "starts afresh; --resume would go on from" in capsys.readouterr().err


def test_a_users_own_checkpoints_cost_a_run_only_its_own(tmp_path, capsys):
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints/epoch-1.pt").write_bytes(b"weeks of work")
    assert main(command(tmp_path)) == 0
    assert "keeps no checkpoints: " in capsys.readouterr().err
    assert main(command(tmp_path, "--no-checkpoints")) == 0
    assert capsys.readouterr().err == ""
    assert (tmp_path / "checkpoints/epoch-1.pt").read_bytes() == b"weeks of work"


def test_no_checkpoints_excludes_asking_for_them(tmp_path, capsys):
    assert main(command(tmp_path, "--no-checkpoints", "--resume")) == 2
    assert "--no-checkpoints excludes" in capsys.readouterr().err
