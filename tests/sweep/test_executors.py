"""Sweeps on executors of other libraries; each is skipped where its library is not installed."""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

import sweep_functions
from postdict import Sweep, sweep
from postdict.cli import main
from postdict.experiments import EXPERIMENTS
from sweep_functions import Config

ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": str(Path(__file__).parents[1]),
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "2s",  # how long the dead are asked for results
}


@contextmanager
def started(*arguments):
    process = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_scheduler", *arguments]
        if arguments[0] == "--scheduler-file"
        else [sys.executable, "-m", "distributed.cli.dask_worker", *arguments],
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def cluster(tmp_path):
    """Give the address of a scheduler on loopback, and its two worker processes."""
    distributed = pytest.importorskip("distributed")
    file = tmp_path / "scheduler.json"
    quiet = ("--no-dashboard", "--host", "127.0.0.1")
    with ExitStack() as stack:
        stack.enter_context(started("--scheduler-file", str(file), "--port", "0", *quiet))
        with distributed.Client(scheduler_file=str(file), set_as_default=False) as client:
            address = client.scheduler.address
            local = ("--local-directory", str(tmp_path / "dask"))
            workers = [
                stack.enter_context(
                    started(address, "--no-nanny", "--nthreads", "1", *quiet, *local)
                )
                for _ in range(2)
            ]
            client.wait_for_workers(2, timeout=30)
            yield client, address, workers


@pytest.mark.filterwarnings("default::DeprecationWarning", "default::ResourceWarning")
def test_dask_loses_nothing_when_a_worker_is_killed(tmp_path, cluster):
    client, _, workers = cluster
    config = {"rate": 150.0, "duration": 2e4}
    made = Sweep.grid(sweep_functions.simulate, config, {"rate": [140.0, 150.0]}, seeds=20)
    killed = []

    def kill(count):
        if count.done >= 5 and not killed:
            workers[0].send_signal(signal.SIGKILL)
            killed.append(count.remaining)

    report = made.run(tmp_path / "out", client, progress=kill)
    assert killed and killed[0] > 20
    assert (report.done, report.failures) == (40, [])
    found = sweep.status(tmp_path / "out")
    assert (found.done, found.damaged) == (40, [])
    assert len(client.scheduler_info()["workers"]) == 1


@pytest.mark.filterwarnings("default::DeprecationWarning", "default::ResourceWarning")
def test_dask_from_the_command_line(tmp_path, cluster, capsys, monkeypatch):
    monkeypatch.setitem(EXPERIMENTS, "test", "sweep_functions")
    file = tmp_path / "sweep.toml"
    file.write_text('experiment = "test"\nseeds = 3\n[grid]\nmode = ["plain", "fail"]\n')
    out = str(tmp_path / "out")
    assert main(["sweep", "plan", str(file), "--out", out, "--measure", "0"]) == 0
    assert main(["sweep", "run", out, "--scheduler", cluster[1]]) == 1
    printed = capsys.readouterr()
    assert "3 of 6 points done (3 now), 3 failed" in printed.out
    assert "ArithmeticError: gain 1 is too much" in printed.err


def test_no_scheduler_is_a_wrong_call(tmp_path, capsys, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setitem(EXPERIMENTS, "test", "sweep_functions")
    file = tmp_path / "sweep.toml"
    file.write_text('experiment = "test"\n')
    out = str(tmp_path / "out")
    assert main(["sweep", "plan", str(file), "--out", out, "--measure", "0"]) == 0
    assert main(["sweep", "run", out, "--scheduler", "nonsense"]) == 2
    assert "no dask scheduler answers at 'nonsense'" in capsys.readouterr().err


@pytest.mark.filterwarnings("default::DeprecationWarning", "default::ResourceWarning")
def test_submitit_runs_jobs_and_tells_failures(tmp_path, monkeypatch):
    submitit = pytest.importorskip("submitit")
    monkeypatch.setenv("PYTHONPATH", ENVIRONMENT["PYTHONPATH"])
    executor = submitit.AutoExecutor(tmp_path / "jobs", cluster="local")
    executor.update_parameters(timeout_min=1)
    configs = [Config(gain=g, mode="die" if g == 3 else "plain") for g in (1.0, 2.0, 3.0)]
    report = Sweep(sweep_functions.run, configs).run(tmp_path / "out", executor)
    assert report.done == 2
    (failure,) = report.failures
    assert failure["config"]["mode"] == "die"
    assert failure["error"]
