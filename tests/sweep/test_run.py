"""Running sweeps: files, resuming, damage, failures, killed workers."""

import importlib
import json
import linecache
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

import sweep_functions
from postdict import Sweep, sweep
from postdict.sweep import folder, keys
from sweep_functions import Config

ONE = ThreadPoolExecutor(1)


def grid(**options):
    values = {"gain": [1, 2.0], "n": [2, 3, 4]}
    return Sweep.grid(sweep_functions.run, Config(), values, seeds=2, **options)


def contents(folder):
    records = {}
    for path in sorted((folder / "points").glob("*.json")):
        record = json.loads(path.read_text())
        records[path.stem] = {k: v for k, v in record.items() if k not in ("wall_s", "digest")}
    return records


def test_any_number_of_workers_gives_the_same_results(tmp_path):
    reports = [
        grid().run(tmp_path / "a", workers=2),
        grid().run(tmp_path / "b", ThreadPoolExecutor(4), chunk=5),
        grid().run(tmp_path / "c", ONE, shard=(0, 2)),
        grid().run(tmp_path / "c", ONE, shard=(1, 2)),
    ]
    assert [r.done for r in reports] == [12, 12, 6, 6]
    assert contents(tmp_path / "a") == contents(tmp_path / "b") == contents(tmp_path / "c")


def test_what_is_done_is_not_done_again_and_a_larger_sweep_extends_a_folder(tmp_path):
    grid().run(tmp_path, ONE)
    again = grid().run(tmp_path, ONE)
    assert (again.before, again.done) == (12, 0)
    values = {"gain": [1, 2, 3], "n": [2, 3, 4]}
    larger = Sweep.grid(sweep_functions.run, Config(), values, seeds=3)
    report = larger.run(tmp_path, ONE)
    assert (report.before, report.done) == (12, 15)
    with pytest.raises(sweep.SweepError, match=r"another sweep .* 27 points, 15 of which"):
        grid().run(tmp_path, ONE)


def test_foreign_folders_are_refused(tmp_path):
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(sweep.SweepError, match="not empty and holds no sweep"):
        grid().run(tmp_path, ONE)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]
    with pytest.raises(sweep.SweepError, match="holds no sweep: plan one first"):
        sweep.status(tmp_path)


@pytest.mark.parametrize("damage", ["cut", "changed", "swapped", "empty"])
def test_files_that_do_not_verify_are_set_aside_recomputed_and_reported(tmp_path, damage):
    grid().run(tmp_path, ONE)
    before = contents(tmp_path)
    victim, other = sorted((tmp_path / "points").iterdir())[:2]
    whole = victim.read_bytes()
    victim.write_bytes({
        "cut": whole[:-20],
        "changed": whole.replace(b'"mean":', b'"mean":1', 1),
        "swapped": other.read_bytes(),
        "empty": b"",
    }[damage])  # fmt: skip
    assert [one.split(":")[0] for one in sweep.status(tmp_path).damaged] == [victim.name]
    report = grid().run(tmp_path, ONE)
    assert (report.before, report.done) == (11, 1)
    assert [one.split(":")[0] for one in report.aside] == [victim.name]
    assert len(list((tmp_path / "aside").iterdir())) == 1
    assert contents(tmp_path) == before


def test_a_damaged_plan_is_set_aside(tmp_path):
    grid().run(tmp_path, ONE)
    (tmp_path / "sweep.json").write_bytes(b"{}")
    with pytest.raises(sweep.SweepError, match="damaged"):
        sweep.status(tmp_path)
    assert grid().run(tmp_path, ONE).before == 12


def test_full_results_come_back_and_their_arrays_are_verified(tmp_path):
    made = grid(keep="full")
    made.run(tmp_path, ONE)
    key = made.points[3].key
    expected = sweep_functions.run(made.points[3].config)
    found = sweep.load_result(tmp_path, key)
    assert found.summary == expected.summary
    assert found.config == expected.config
    assert (found.arrays["values"] == expected.arrays["values"]).all()
    assert (found.tables["t"]["v"] == expected.arrays["values"]).all()
    arrays = tmp_path / "points" / f"{key}.npz"
    arrays.write_bytes(arrays.read_bytes()[:-1])
    assert made.run(tmp_path, ONE).aside == [f"{key}.json: its arrays do not verify"]
    arrays.unlink()
    assert made.run(tmp_path, ONE).aside == [f"{key}.json: its arrays are missing"]


def test_summaries_do_not_do_where_full_results_are_asked_for(tmp_path):
    grid().run(tmp_path, ONE)
    report = grid(keep="full").run(tmp_path, ONE)
    assert (len(report.aside), report.done) == (12, 12)


def test_failures_are_told_with_config_seed_and_traceback_and_stop_nothing(tmp_path):
    configs = [Config(gain=g, mode="fail" if g == 2 else "plain") for g in (1.0, 2.0, 3.0)]
    made = Sweep(sweep_functions.run, configs, seeds=2)
    report = made.run(tmp_path, workers=2)
    assert (report.done, len(report.failures)) == (4, 2)
    failure = report.failures[0]
    assert failure["config"]["gain"] == 2.0
    assert failure["seed"] in [p.seed for p in made.points]
    assert failure["error"] == "ArithmeticError: gain 2 is too much"
    assert "sweep_functions.py" in failure["traceback"]
    assert made.run(tmp_path, ONE).skipped == 2
    assert len(made.run(tmp_path, ONE, again=True).failures) == 2
    status = sweep.status(tmp_path)
    assert (status.done, len(status.failures), status.remaining) == (4, 2, 0)


def test_retries_are_as_many_as_asked_for(tmp_path):
    (tmp_path / "seen").mkdir()
    base = {"folder": str(tmp_path / "seen"), "a": 0, "seed": 0}
    made = Sweep.grid(sweep_functions.fails_once, base, {"a": [1]}, seeds=3)
    assert len(made.run(tmp_path / "once", ONE).failures) == 3
    assert len(list((tmp_path / "once/failed").iterdir())) == 3
    for marker in (tmp_path / "seen").iterdir():
        marker.unlink()
    report = made.run(tmp_path / "twice", ONE, retries=1)
    assert (report.done, report.failures) == (3, [])
    assert not list((tmp_path / "twice/failed").iterdir())


def test_a_point_that_kills_its_process_is_found_and_the_others_are_done(tmp_path):
    made = Sweep.grid(sweep_functions.dies_at_two, {"a": 0}, {"a": [1, 2, 3, 4, 5]})
    report = made.run(tmp_path, workers=2)
    assert report.done == 4
    (failure,) = report.failures
    assert failure["config"]["a"] == 2
    assert "worker process died" in failure["error"]


def test_a_function_that_ends_its_process_fails_at_its_point_alone(tmp_path):
    made = Sweep.grid(sweep_functions.exits_at_two, {"a": 0, "seed": 0}, {"a": [1, 2, 3]})
    report = made.run(tmp_path, workers=1)
    assert report.done == 2
    assert [one["error"] for one in report.failures] == ["SystemExit: usage"]


def test_metrics_called_as_a_parameter_have_columns_of_their_own(tmp_path):
    base = {"a": 0, "seed": 0}
    made = Sweep.grid(sweep_functions.names_its_parameters, base, {"a": [1, 2]}, seeds=[5])
    made.run(tmp_path, ONE)
    assert sweep.collect(tmp_path, tmp_path / "table.csv") == (2, 2)
    header, *rows = (tmp_path / "table.csv").read_text().splitlines()
    assert header == "a,seed,wall_s,result.a,result.seed,result.wall_s,huge"
    assert [row.split(",")[0] for row in rows] == ["1", "2"]
    assert [row.split(",")[3] for row in rows] == ["10.0", "20.0"]
    assert [row.split(",")[-1] for row in rows] == ["inf", "inf"]
    pytest.importorskip("xarray")
    table = sweep.to_xarray(tmp_path)
    assert table["a"].values.tolist() == [1, 2]
    assert table["result.a"].values.ravel().tolist() == [10, 20]


@pytest.mark.parametrize("lost", ["format", "keys", "dims", "source"])
def test_a_plan_without_one_of_its_parts_is_damaged(tmp_path, lost):
    grid().run(tmp_path, ONE)
    strip(tmp_path / "sweep.json", lost)
    with pytest.raises(sweep.SweepError, match=f"'{lost}'|has format None"):
        sweep.status(tmp_path)


@pytest.mark.parametrize("lost", ["wall_s", "commit", "summary", "arrays"])
def test_a_point_without_one_of_its_parts_does_not_verify(tmp_path, lost):
    grid().run(tmp_path, ONE)
    strip(sorted((tmp_path / "points").iterdir())[0], lost)
    assert f"it has no '{lost}'" in sweep.status(tmp_path).damaged[0]
    assert grid().run(tmp_path, ONE).done == 1


def strip(file, name):
    """Take one part of a record away, and sign it again."""
    record = json.loads(file.read_text())
    rest = {k: v for k, v in record.items() if k not in (name, "digest")}
    file.write_text(json.dumps({**rest, "digest": keys.digest(rest)}))


def test_a_cluster_that_is_lost_is_no_failure_of_the_points(tmp_path):
    class Lost:
        def submit(self, *_):
            future = Future()
            future.cancel()
            future.set_running_or_notify_cancel()
            return future

    report = grid().run(tmp_path, Lost())
    assert (report.done, len(report.failures)) == (0, 12)
    assert "CancelledError" in report.failures[0]["error"]
    assert grid().run(tmp_path, ONE).done == 12


def test_a_function_that_returns_nothing_is_told_what_to_return(tmp_path):
    made = Sweep(sweep_functions.returns_nothing, [{"a": 1}])
    assert "must return a Result or a dict" in made.run(tmp_path, ONE).failures[0]["error"]


def test_two_runs_on_one_folder_at_once_agree(tmp_path):
    made = Sweep.grid(sweep_functions.run, Config(), {"n": list(range(1, 41))}, keep="full")
    reports = []
    with ThreadPoolExecutor(2) as starters:
        runs = [starters.submit(made.run, tmp_path, ThreadPoolExecutor(2)) for _ in range(2)]
        reports = [one.result() for one in runs]
    assert all(r.before + r.done == 40 and not r.failures for r in reports)
    status = sweep.status(tmp_path)
    assert (status.done, status.damaged) == (40, [])
    assert made.run(tmp_path, ONE).before == 40


def test_workers_take_one_thread_each(tmp_path, monkeypatch):
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    made = Sweep.grid(sweep_functions.one_thread, {"a": 0}, {"a": [1]})
    made.run(tmp_path, workers=1)
    assert sweep.load_result(tmp_path, made.points[0].key).summary["threads"] == 1


def test_a_worker_that_does_not_see_the_folder_sends_its_files(tmp_path, monkeypatch):
    from postdict.sweep import workers

    seen = workers._folder.Folder.plan
    elsewhere = threading.current_thread()

    def hidden(self):
        if threading.current_thread() is not elsewhere:
            raise FileNotFoundError
        return seen(self)

    monkeypatch.setattr(workers._folder.Folder, "plan", hidden)
    assert grid(keep="full").run(tmp_path, ONE).done == 12
    monkeypatch.undo()
    assert sweep.status(tmp_path).done == 12


def test_a_script_without_its_guard_is_told_so(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import postdict, sweep_functions\n"
        "made = postdict.Sweep.grid(sweep_functions.dies_at_two, {'a': 0}, {'a': [0, 1]})\n"
        "made.run('out', workers=1)\n"
    )
    done = subprocess.run(
        [sys.executable, script], cwd=tmp_path, capture_output=True, text=True,
        env={"PYTHONPATH": str(Path(__file__).parents[1])}, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert "needs `if __name__ == '__main__':`" in done.stderr


def test_points_that_other_code_has_computed_are_kept_and_told(tmp_path, monkeypatch):
    def made(body):
        (tmp_path / "of_a_user.py").write_text(f"def f(config):\n    return {{'y': {body}}}\n")
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, "of_a_user", raising=False)
        importlib.invalidate_caches()
        linecache.clearcache()
        return Sweep.grid(importlib.import_module("of_a_user").f, {"a": 0}, {"a": [1, 2, 3]})

    made("config['a']").run(tmp_path / "out", ONE)
    made("config['a']").run(tmp_path / "out", ONE)  # the same code, without a word
    with pytest.warns(UserWarning, match="3 points were computed by other code of of_a_user:f"):
        report = made("2.0 * config['a']").run(tmp_path / "out", ONE)
    assert (report.before, report.done) == (3, 0)


def test_points_of_version_0_1_do_not_say_which_code_it_was(tmp_path):
    made = grid()
    made.run(tmp_path, ONE)
    for path in (tmp_path / "points").glob("*.json"):
        record = json.loads(path.read_text())
        del record["code"], record["digest"]
        path.write_bytes(folder._text(folder._signed(record)))
    assert grid().run(tmp_path, ONE).before == 12
