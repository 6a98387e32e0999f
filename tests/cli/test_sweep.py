"""``postdict sweep plan | run | status | collect``."""

import csv
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from postdict.cli import main
from postdict.experiments import EXPERIMENTS

HERE = Path(__file__).parents[1]
DOCS = HERE.parent / "docs/sweeps"
GRID = """
experiment = "test"
seeds = 2
[set]
n = 4
[grid]
gain = [1, 2, 3]
mode = ["plain"]
"""
LAUNCH = (
    "import sys; from postdict.experiments import EXPERIMENTS; from postdict.cli import main;"
    "EXPERIMENTS['test'] = 'sweep_functions'; sys.exit(main())"
)


@pytest.fixture(autouse=True)
def _experiment(monkeypatch):
    monkeypatch.setitem(EXPERIMENTS, "test", "sweep_functions")


def plan(tmp_path, text=GRID, *arguments):
    file = tmp_path / "sweep.toml"
    file.write_text(text)
    return main(["sweep", "plan", str(file), "--out", str(tmp_path / "out"), *arguments])


def command(part, tmp_path, *arguments):
    return main(["sweep", part, str(tmp_path / "out"), *arguments])


def test_plan_run_status_collect(tmp_path, capsys):
    assert plan(tmp_path) == 0
    printed = capsys.readouterr().out
    assert "6 points: 3 gain x 1 mode x 2 seed" in printed
    assert "3 points to be run, about" in printed and "(3 measured)" in printed
    assert command("status", tmp_path) == 0
    assert capsys.readouterr().out == "3 of 6 points done, 0 failed, 3 remaining\n"
    assert command("run", tmp_path, "--shard", "1/2", "--workers", "1") == 0
    assert command("run", tmp_path, "--workers", "1") == 0
    printed = capsys.readouterr()
    assert "6 of 6 points done" in printed.out
    assert printed.err == ""
    table = tmp_path / "table.csv"
    assert command("collect", tmp_path, "--to", str(table)) == 0
    rows = list(csv.DictReader(table.read_text().splitlines()))
    assert list(rows[0]) == [
        "gain", "mode", "seed", "wall_s", "mean", "nested.n", "nested.mode", "undefined"
    ]  # fmt: skip
    assert [float(row["gain"]) for row in rows] == [1, 1, 2, 2, 3, 3]
    assert float(rows[4]["mean"]) == pytest.approx(3 * float(rows[0]["mean"]), rel=1e-12)
    assert {row["undefined"] for row in rows} == {""}


def test_collected_netcdf(tmp_path, capsys):
    xarray = pytest.importorskip("xarray")
    pytest.importorskip("h5netcdf")
    assert plan(tmp_path, GRID, "--measure", "0") == 0
    assert command("run", tmp_path, "--workers", "1", "--shard", "0/3") == 0
    assert command("collect", tmp_path, "--to", str(tmp_path / "table.nc")) == 0
    assert "4 of 6 points are missing" in capsys.readouterr().err
    with xarray.open_dataset(tmp_path / "table.nc", engine="h5netcdf") as table:
        assert dict(table.sizes) == {"gain": 3, "mode": 1, "seed": 2}
        assert table["gain"].attrs["units"] == table["mean"].attrs["units"] == "mV"
        assert int(table["mean"].notnull().sum()) == 2
        assert float(table["nested.n"].max()) == 4
        assert table["seed"].dtype == "int64"


def test_metrics_are_chosen_by_name_or_pattern(tmp_path, capsys):
    text = GRID.replace("seeds = 2", "seeds = 2\nmetrics = ['nested.*']")
    assert plan(tmp_path, text) == 0
    assert command("collect", tmp_path, "--to", str(tmp_path / "table.csv")) == 0
    header = (tmp_path / "table.csv").read_text().splitlines()[0]
    assert header == "gain,mode,seed,wall_s,nested.n,nested.mode"
    assert plan(tmp_path, text.replace("nested.*", "maen")) == 2
    assert "did you mean 'mean'?" in capsys.readouterr().err
    assert command("collect", tmp_path, "--to", str(tmp_path / "table.csv")) == 2
    assert plan(tmp_path, text.replace("nested.*", "mean")) == 0  # the points are the same
    assert command("collect", tmp_path, "--to", str(tmp_path / "table.csv")) == 0


def test_random_points_are_one_dimension(tmp_path):
    pytest.importorskip("xarray")
    from postdict import sweep

    text = (
        'experiment = "test"\nstreams = "own"\nseeds = 2\nquick = true\n'
        "[random]\nsamples = 3\ngain = {low = 1, high = 2}\n"
    )
    assert plan(tmp_path, text) == 0
    assert command("run", tmp_path, "--workers", "1") == 0
    table = sweep.to_xarray(tmp_path / "out")
    assert dict(table.sizes) == {"point": 3, "seed": 2}
    assert table["gain"].dims == ("point",)
    assert len(set(table["stream_seed"].values.ravel().tolist())) == 6
    assert (table["nested.n"] == 2).all()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("experiment = ", "not a TOML file"),
        ("seeds = 3", 'experiment = "..."'),
        ('experiment = "tset"', "did you mean 'test'?"),
        ('experiment = "test"\nseed_s = 2', "no key of a sweep is named 'seed_s'"),
        ('experiment = "test"\nseeds = 0', "seeds must be at least 1, got 0"),
        ('experiment = "test"\nseeds = "many"', "seeds must be an integer, got 'many'"),
        ('experiment = "test"\nquick = 1', "quick must be true or false, got 1"),
        ('experiment = "test"\nset = 1', "set must be a table"),
        ('experiment = "test"\n[set]\ngian = 1', "[set]: no setting is named 'gian'"),
        ('experiment = "test"\n[set]\nseed = 1', "seed stands at the top of the file"),
        ('experiment = "test"\n[grid]', "grid is empty"),
        ('experiment = "test"\n[grid]\ngain = []', "gain must have at least one value"),
        ('experiment = "test"\n[grid]\ngain = 3', "gain must be a list of values, got 3"),
        ('experiment = "test"\n[grid]\ngian = [1]', "did you mean 'gain'?"),
        ('experiment = "test"\n[grid]\nmode = ["plane"]', "did you mean 'plain'?"),
        ('experiment = "test"\n[grid]\ngain = [1, "x"]', "gain must be a number, got 'x'"),
        ('experiment = "test"\n[grid]\nn = [1, 101]', "n must be at most 100, got 101"),
        ('experiment = "test"\n[set]\nn = 2\n[grid]\nn = [1]', "both in [set] and in [grid]"),
        ('experiment = "test"\n[grid]\nn = [1]\n[zip]\nn = [1]', "one of grid, zip, random"),
        ('experiment = "test"\n[random]\nn = [1]', "[random] needs samples"),
        ('experiment = "test"\nmetrics = "mean"', "metrics must be a list of names"),
        ("experiment = " + "[" * 10**5, "not a TOML file"),
        ("experiment = " + "9" * 5000, "not a TOML file"),
        ('experiment = "test"\n[set]\nmode = "fail"', "every measured point fails"),
    ],
)
def test_bad_sweeps_are_found_at_plan(tmp_path, capsys, text, message):
    assert plan(tmp_path, text) == 2
    errors = capsys.readouterr().err
    assert message in errors
    assert "Traceback" not in errors
    assert not list((tmp_path / "out").glob("*/*"))


def test_bad_calls(tmp_path, capsys):
    assert command("run", tmp_path) == 2
    assert "holds no sweep" in capsys.readouterr().err
    assert main(["sweep", "plan", "missing.toml", "--out", str(tmp_path / "out")]) == 2
    assert plan(tmp_path, GRID, "--measure", "0") == 0
    assert plan(tmp_path, GRID.replace("n = 4", "n = 5"), "--measure", "0") == 2
    assert "belongs to another sweep" in capsys.readouterr().err
    for arguments, message in (
        (["--shard", "3/3"], "--shard must be i/n with 0 <= i < n"),
        (["--shard", "1"], "--shard must be i/n"),
        (["--workers", "0"], "--workers must be at least 1"),
        (["--chunk", "0"], "--chunk must be at least 1"),
    ):
        assert command("run", tmp_path, *arguments) == 2
        assert message in capsys.readouterr().err
    for seconds in ("-1", "nan", "inf", "1e300"):
        assert plan(tmp_path, GRID, f"--measure={seconds}") == 2
        assert "--measure must be" in capsys.readouterr().err
    assert command("collect", tmp_path, "--to", "table.xlsx") == 2
    assert "must end in .nc or .csv" in capsys.readouterr().err


def test_failures_are_told_and_give_code_1(tmp_path, capsys):
    text = 'experiment = "test"\n[zip]\ngain = [1, 2, 3]\nmode = ["plain", "fail", "plain"]\n'
    assert plan(tmp_path, text, "--measure", "0") == 0
    for arguments in ([], ["--again"]):
        assert command("run", tmp_path, "--workers", "1", *arguments) == 1
        printed = capsys.readouterr()
        assert "failed: gain = 2.0, mode = fail, seed = " in printed.err
        assert "ArithmeticError: gain 2 is too much" in printed.err
        assert "2 of 3 points done" in printed.out
    assert command("run", tmp_path) == 1
    assert "--again tries them again" in capsys.readouterr().err
    assert command("status", tmp_path) == 0
    assert capsys.readouterr().out == "2 of 3 points done, 1 failed, 0 remaining\n"


@pytest.mark.parametrize(
    ("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)]
)
def test_a_killed_sweep_leaves_no_process_and_resumes(tmp_path, capsys, sent, code):
    marker = tmp_path / "go on"
    modes = ", ".join(["'wait'", *["'plain'"] * 5])
    text = (
        f"experiment = 'test'\n[set]\nmarker = '{marker}'\n"
        f"[zip]\ngain = [1, 2, 3, 4, 5, 6]\nmode = [{modes}]\n"
    )
    assert plan(tmp_path, text, "--measure", "0") == 0
    process = subprocess.Popen(
        [sys.executable, "-c", LAUNCH, "sweep", "run", str(tmp_path / "out"), "--workers", "2"],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(HERE)},
    )
    # One worker waits for the marker, the other does the rest.
    while len(list((tmp_path / "out/points").glob("[!.]*"))) < 5 and process.poll() is None:
        os.sched_yield()
    process.send_signal(sent)
    _, errors = process.communicate(timeout=30)  # ends when nobody has the pipe any more
    assert process.returncode == code
    assert "Traceback" not in errors
    if sent != signal.SIGKILL:
        assert " of 6 points done; run again to go on" in errors
    marker.touch()
    capsys.readouterr()
    assert command("run", tmp_path, "--workers", "1") == 0
    assert capsys.readouterr().out == "6 of 6 points done (1 now)\n"


def test_two_processes_on_one_folder_do_it_together(tmp_path, capsys):
    numbers = ", ".join(str(k) for k in range(1, 61))
    assert plan(tmp_path, f"experiment = 'test'\nkeep = 'full'\n[grid]\nn = [{numbers}]\n") == 0
    launch = [sys.executable, "-c", LAUNCH, "sweep", "run", str(tmp_path / "out"), "--workers", "1"]
    environment = {**os.environ, "PYTHONPATH": str(HERE)}
    both = [
        subprocess.Popen(launch, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for one in both:
        assert one.communicate(timeout=60)[0].startswith("60 of 60 points done")
    capsys.readouterr()
    assert command("run", tmp_path) == 0  # all files verify, arrays too
    assert capsys.readouterr() == ("60 of 60 points done (0 now)\n", "")


def test_the_array_script_of_the_docs_runs_its_shard(tmp_path, capsys):
    (script,) = re.findall(r"```bash\n(.*?)```", DOCS.with_suffix(".md").read_text(), re.DOTALL)
    assert len(script.splitlines()) == 12
    (tmp_path / "sweep.toml").write_text(
        'experiment = "inverse-model"\n[set]\nduration = 2e4\neta = 1e-3\n'
        "measure_duration = 2e4\nsong_duration = 2000\n"
    )
    toml, folder = str(tmp_path / "sweep.toml"), str(tmp_path / "sweep")
    assert main(["sweep", "plan", toml, "--out", folder, "--measure", "0"]) == 0
    (tmp_path / "venv/bin").mkdir(parents=True)
    (tmp_path / "venv/bin/activate").touch()
    stub = tmp_path / "srun"
    stub.write_text('#!/bin/sh\nexec "$@"\n')
    stub.chmod(0o755)
    path = f"{tmp_path}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "HOME": str(tmp_path), "SLURM_ARRAY_TASK_ID": "0", "PATH": path}
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, env=environment, check=True,
                          capture_output=True, text=True)  # fmt: skip
    assert done.stdout == "1 of 1 points done (1 now)\n"


def test_the_sweeps_of_the_docs_can_be_planned(tmp_path, capsys):
    for file in sorted(DOCS.glob("*.toml")):
        folder = tmp_path / file.stem
        assert main(["sweep", "plan", str(file), "--out", str(folder), "--measure", "0"]) == 0
        assert "points:" in capsys.readouterr().out
