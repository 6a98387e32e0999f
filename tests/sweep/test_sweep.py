"""Sweeps: which points, in which streams, under which names; progress and cost."""

import math
import re
import sys
import types
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import sweep_functions
from postdict import Sweep, sweep
from postdict._progress import ProgressLine
from sweep_functions import Config

ONE = ThreadPoolExecutor(1)


def grid(**options):
    values = {"gain": [1, 2.0], "n": [2, 3, 4]}
    return Sweep.grid(sweep_functions.run, Config(), values, seeds=2, **options)


def test_a_grid_has_all_combinations_with_the_last_parameter_and_the_seed_fastest():
    points = grid().points
    assert [tuple(p.values.values()) for p in points[::2]] == [
        (1.0, 2), (1.0, 3), (1.0, 4), (2.0, 2), (2.0, 3), (2.0, 4),
    ]  # fmt: skip
    assert [p.seed for p in points[:2]] == [p.seed for p in points[-2:]]
    assert all(p.config.seed == p.seed and p.config.seeds == 1 for p in points)


def test_zip_random_and_lists():
    zipped = Sweep.zip(sweep_functions.run, Config(), {"gain": [1, 2], "n": [3, 4]})
    assert [p.values for p in zipped.points] == [{"gain": 1, "n": 3}, {"gain": 2, "n": 4}]
    ranges = {"gain": {"low": 0.01, "high": 100, "log": True}, "n": [1, 2, 3]}
    few, many = (
        Sweep.random(sweep_functions.run, Config(), ranges, samples=n, seed=4) for n in (5, 400)
    )
    assert [p.key for p in few.points] == [p.key for p in many.points[:5]]
    gains = [math.log10(p.values["gain"]) for p in many.points]
    assert -2 <= min(gains) < -1.9 and 1.9 < max(gains) <= 2 and abs(np.mean(gains)) < 0.2
    assert {p.values["n"] for p in many.points} == {1, 2, 3}
    listed = Sweep(sweep_functions.run, [Config(gain=1), Config(gain=3, n=5)])
    assert [p.values for p in listed.points] == [{"gain": 1, "n": 3}, {"gain": 3, "n": 5}]
    drawn = Sweep.random(sweep_functions.run, Config(), {"n": [1, 2, 3]}, samples=3)
    assert {p.values["n"] for p in drawn.points} == {1, 2, 3}


def test_streams_are_spawned_and_do_not_depend_on_other_points():
    expected = np.random.SeedSequence(7).spawn(3)
    seeds = [int(one.generate_state(1, np.uint64)[0] >> np.uint64(11)) for one in expected]
    shared = Sweep(sweep_functions.run, [Config(), Config(n=9)], seeds=3, seed=7)
    assert [p.seed for p in shared.points] == seeds * 2
    small, large = (
        Sweep.grid(sweep_functions.run, Config(), {"n": n}, seeds=s, streams="own")
        for n, s in (([3, 5], 2), ([1, 3, 5, 7], 4))
    )
    assert {p.key for p in small.points} < {p.key for p in large.points}
    assert len({p.seed for p in large.points}) == 16
    given = Sweep(sweep_functions.run, [Config()], seeds=[5, 3])
    assert [p.seed for p in given.points] == [5, 3]


def test_keys_name_function_version_config_and_seed_and_nothing_else():
    def keys(function=sweep_functions.run, base=None, **options):
        made = Sweep(function, [base or Config()], seeds=2, **options)
        return {p.key for p in made.points}

    assert keys() == keys(units={"mean": "V"}) == keys(keep="full") == keys(base=Config(seed=9))
    others = [
        keys(sweep_functions.simulate),
        keys(version="2"),
        keys(base=Config(n=4)),
        keys(seed=1),
    ]
    assert all(not keys() & other for other in others)
    assert len(keys() | set().union(*others)) == 10


def test_progress_counts_and_is_silent_in_logs(tmp_path, capsys):
    counts = []
    grid().run(tmp_path / "a", ONE, progress=counts.append)
    assert [c.done for c in counts] == list(range(13))
    assert "0 of 12 points done, 12 remaining" in str(counts[0])
    assert "points/s" in str(counts[6]) and "left" in str(counts[6])
    grid().run(tmp_path / "b", ONE, progress=True)
    assert capsys.readouterr() == ("", "")


def test_the_line_on_a_terminal_is_rewritten():
    class Terminal:
        written = ""

        def isatty(self):
            return True

        def write(self, text):
            self.written += text

        def flush(self):
            pass

    terminal = Terminal()
    line = ProgressLine(stream=terminal)
    line.show(sweep.Count(10, 2, 3, 1, 2.0))
    assert terminal.written == "\r5 of 10 points done, 1 failed, 4 remaining  2 points/s, 2 s left"
    line.close()
    assert terminal.written.endswith("\r" + " " * 64 + "\r")


def test_a_notebook_shows_the_line(monkeypatch, capsys):
    class ZMQInteractiveShell:
        pass

    module = types.SimpleNamespace(get_ipython=ZMQInteractiveShell)
    monkeypatch.setitem(sys.modules, "IPython", module)
    ProgressLine().show(sweep.Count(4, 0, 1, 0, 1.0))
    assert capsys.readouterr().err == "\r1 of 4 points done, 3 remaining  1 points/s, 3 s left"


def test_the_cost_is_estimated_from_points_that_are_then_done(tmp_path):
    found = sweep.estimate(grid(), tmp_path)
    assert len(found.walls) == 3
    assert found.remaining == 9
    assert "9 points to be run, about" in found.text(2)
    assert len(sweep.estimate(grid(), tmp_path, limit_s=0).walls) == 3
    grid().run(tmp_path, ONE)
    assert sweep.estimate(grid(), tmp_path).text(2) == "nothing to be run"


def test_an_estimate_ends_at_its_limit(tmp_path):
    config = Config(mode="wait", marker=str(tmp_path / "never"))
    found = sweep.estimate(Sweep(sweep_functions.run, [config]), tmp_path / "a", limit_s=0.2)
    assert 0.1 < found.stopped_s <= 0.2
    assert "more than 0.2 s each" in found.text(1)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Sweep(sweep_functions.run, []), "at least one config, got none"),
        (lambda: Sweep(sweep_functions.run, [{}, Config()]), "must have the same settings"),
        (lambda: Sweep(sweep_functions.run, [Config(), Config()]), "given twice"),
        (lambda: Sweep(sweep_functions.run, [3]), "must be a dataclass or a dict, got int"),
        (lambda: Sweep(sweep_functions.run, [{"f": print}]), "numbers, texts and lists"),
        (lambda: Sweep(sweep_functions.run, [Config()], seeds=0), "seeds must be at least 1"),
        (lambda: Sweep(sweep_functions.run, [Config()], seeds=[1, 1]), "must be different"),
        (lambda: Sweep(sweep_functions.run, [Config()], streams="my"), "'shared' or 'own'"),
        (lambda: grid_of({}), "grid is empty"),
        (lambda: grid_of({"n": []}), "n must have at least one value"),
        (lambda: grid_of({"n": "abc"}), "n must be a list of values, got 'abc'"),
        (lambda: grid_of({"gian": [1]}), "no setting is named 'gian'; did you mean 'gain'?"),
        (lambda: grid_of({"n": [1, 1.5]}), "n must be an integer, got 1.5"),
        (lambda: grid_of({"n": [1, 1000]}), "n must be at most 100, got 1000"),
        (lambda: grid_of({"n": [1, 1]}), "given twice"),
        (lambda: grid_of({"seed": [1, 2]}), "seed is not swept"),
        (lambda: Sweep.zip(sweep_functions.run, Config(), {"n": [1], "gain": [1, 2]}),
         "must be equally long"),
        (lambda: random_of({"n": [1, 2]}, 3), "samples must be at most 2"),
        (lambda: random_of({"gain": {"low": 1, "high": 1 + 3e-16}}, 9), "samples must be at most"),
        (lambda: random_of({"gain": {"low": 2, "high": 1}}, 3), "must have low < high"),
        (lambda: random_of({"gain": {"low": 0, "high": 1, "log": True}}, 3), "0 < low < high"),
        (lambda: random_of({"gain": {"lo": 0, "high": 1}}, 3), "did you mean 'low'?"),
        (lambda: Sweep(lambda _: {}, [Config()]).run("never"), "top of a module"),
        (lambda: Sweep(sweep_functions.run, [Config()]).run("never", shard=(1, 1)), "counted from"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_before_anything_runs(make, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises((ValueError, TypeError), match=re.escape(message)):
        make()
    assert not list(tmp_path.iterdir())


def grid_of(values):
    return Sweep.grid(sweep_functions.run, Config(), values)


def random_of(values, samples):
    return Sweep.random(sweep_functions.run, Config(), values, samples=samples)
