"""Folders of results: what is kept where figures fail, and what is never replaced."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from postdict.cli import main
from postdict.experiments.experiment import files, load
from postdict.lab import result_files
from postdict.lab.results import Result

RESULT = Result(
    "test",
    {"n": 3},
    {"error": 0.5},
    {"a": np.arange(3.0)},
    {"spikes": {"time_ms": np.array([1.5])}},
    {"tutor.wav": b"sound"},
)
SIZE = (2.0, 2.0)


def draw(result, figure):
    figure.subplots().plot(result.arrays["a"], label="α")


def fail(result, figure):
    raise RuntimeError("latex was not able to process a string")


def test_a_failing_figure_costs_no_other_file(tmp_path):
    (tmp_path / "bad.png").write_bytes(b"of another result")
    figures = {"bad": (SIZE, fail), "good": (SIZE, draw)}
    written = result_files.write(RESULT, tmp_path, figures, wall_s=1.0)
    names = {path.name for path in written.paths}
    assert names == {*result_files.DATA, "spikes.csv", "tutor.wav", "good.png"}
    assert names == {path.name for path in tmp_path.iterdir()}
    assert written.missing == {"bad": "RuntimeError: latex was not able to process a string"}


def test_results_are_on_the_disk_before_anything_is_drawn(tmp_path):
    def look(result, figure):
        assert {path.name for path in tmp_path.iterdir()} >= {*result_files.DATA, "spikes.csv"}

    assert not result_files.write(RESULT, tmp_path, {"f": (SIZE, look)}, wall_s=1.0).missing


def test_the_users_style_changes_no_figure_but_its_fonts_do(tmp_path):
    import matplotlib as mpl

    def drawn(folder, **style):
        folder.mkdir()
        with mpl.rc_context({key.replace("_", ".", 1): value for key, value in style.items()}):
            result_files.write(RESULT, folder, {"f": (SIZE, draw)}, wall_s=1.0)
            for key, value in style.items():
                assert mpl.rcParams[key.replace("_", ".", 1)] == value  # and they stay as they were
        return (folder / "f.png").read_bytes()

    plain = drawn(tmp_path / "plain")
    other = drawn(tmp_path / "other", axes_facecolor="black", savefig_dpi=30.0, text_usetex=True)
    assert other == plain
    assert drawn(tmp_path / "fonts", font_family=["serif"]) != plain


TINY = ["--set", "pairs=2", "--no-progress"]


def run(out, *more, **environment):
    return subprocess.run(
        [sys.executable, "-m", "postdict", "run", "stdp-window", *TINY, "--out", str(out), *more],
        env={**os.environ, **environment},
        capture_output=True,
    )


def test_an_odd_backend_and_an_odd_style_cost_nothing(tmp_path):
    (tmp_path / "matplotlibrc").write_text("text.usetex: True\nfigure.dpi: 10\n")
    done = run(tmp_path / "out", MPLBACKEND="none_such", MATPLOTLIBRC=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, b"")
    assert (tmp_path / "out/stdp-window.png").exists()


def test_figures_that_cannot_be_drawn_are_told_and_drawn_later(tmp_path, monkeypatch, capsys):
    (size, own), *_ = load("stdp-window").FIGURES.values()
    monkeypatch.setitem(load("stdp-window").FIGURES, "stdp-window", (size, fail))
    out = str(tmp_path / "out")
    assert main(["run", "stdp-window", *TINY, "--out", out]) == 1
    printed = capsys.readouterr()
    assert "result.npz" in printed.out
    assert printed.err == (
        "postdict: the figure 'stdp-window' could not be drawn (RuntimeError: latex was not able "
        f"to process a string): postdict plot {out} tries again\n"
    )
    monkeypatch.setitem(load("stdp-window").FIGURES, "stdp-window", (size, own))
    assert main(["plot", out]) == 0
    assert (tmp_path / "out/stdp-window.png").exists()


def test_a_closed_stderr_costs_nothing(tmp_path):
    command = f"'{sys.executable}' -m postdict run stdp-window --set pairs=2 --out {tmp_path}/out"
    done = subprocess.run(["sh", "-c", f"{command} 2>&-"], capture_output=True)
    assert done.returncode == 0
    assert (tmp_path / "out/summary.json").exists()
    assert subprocess.run(["sh", "-c", f"{command} --set pears=2 2>&-"]).returncode == 2


def test_a_locale_without_our_letters_prints_them_otherwise():
    done = subprocess.run(
        [sys.executable, "-m", "postdict", "list"],
        env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        capture_output=True,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.isascii()


# What was not asked for is not replaced.


@pytest.mark.parametrize("name", ["summary.json", "result.npz", "stdp-window.png"])
def test_a_foreign_file_is_not_replaced(tmp_path, capsys, name):
    (tmp_path / name).write_text('{"mine": 1}')
    assert main(["run", "stdp-window", *TINY, "--out", str(tmp_path)]) == 2
    assert f"/{name}' was not written by postdict" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == '{"mine": 1}'


def test_own_results_are_replaced_and_what_lies_beside_them_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(result_files, "figure_bytes", lambda *_: b"PNG")
    (tmp_path / "notes.txt").write_text("mine")
    for _ in range(2):
        assert main(["run", "stdp-window", *TINY, "--out", str(tmp_path)]) == 0
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_table_that_a_user_has_put_in_its_place_is_not_replaced(tmp_path):
    result_files.write(RESULT, tmp_path, {}, wall_s=1.0)
    names = ("spikes.csv", "tutor.wav")
    result_files.check_place(tmp_path, "test", [], names, [])
    (tmp_path / "tutor.wav").write_bytes(b"a song of mine")
    with pytest.raises(ValueError, match=r"tutor\.wav' was not written by postdict"):
        result_files.check_place(tmp_path, "test", [], names, [])


def test_a_name_that_no_earlier_run_wrote_is_not_replaced(tmp_path):
    def write(*names):
        files = dict.fromkeys(names, b"sound")
        result_files.write(replace(RESULT, files=files), tmp_path, {}, wall_s=1.0)

    write("samba_imitation.wav")
    write("simple_imitation.wav")  # what the first run wrote is still ours
    both = ("samba_imitation.wav", "simple_imitation.wav")
    result_files.check_place(tmp_path, "test", ["song.png"], both, [])
    (tmp_path / "bells_imitation.wav").write_bytes(b"a song of mine")
    with pytest.raises(ValueError, match=r"bells_imitation\.wav' was not written by postdict"):
        result_files.check_place(tmp_path, "test", [], ["bells_imitation.wav"], [])
    (tmp_path / "samba_imitation.wav").write_bytes(b"a song of mine")
    write("simple_imitation.wav")  # a third run does not make it ours
    with pytest.raises(ValueError, match=r"samba_imitation\.wav' was not written by postdict"):
        result_files.check_place(tmp_path, "test", [], both, [])


def test_what_is_read_is_not_replaced(tmp_path):
    result_files.write(RESULT, tmp_path, {}, wall_s=1.0)
    link = tmp_path / "link.wav"
    link.symlink_to(tmp_path / "tutor.wav")
    with pytest.raises(ValueError, match=r"tutor\.wav' is read, and results would replace it"):
        result_files.check_place(tmp_path, "test", [], ["tutor.wav"], [str(link)])


def test_results_of_version_0_1_are_replaced(tmp_path):
    result_files.write(RESULT, tmp_path, {}, wall_s=1.0)
    made = json.loads((tmp_path / "provenance.json").read_text())
    del made["files"]
    (tmp_path / "provenance.json").write_text(json.dumps(made))
    (tmp_path / "tutor.wav").write_bytes(b"another sound")
    result_files.check_place(tmp_path, "test", [], ["tutor.wav"], [])
    with pytest.raises(ValueError, match="holds results of 'test'"):
        result_files.check_place(tmp_path, "other", [], [], [])


def test_experiments_name_what_they_write():
    song = load("song")
    one = ("tutor", "imitation", "control_shuffled", "oracle", "side_by_side")
    assert files(song, song.Config()) == (*(f"{name}.wav" for name in one), "bird.npz")
    assert "bird.npz" not in files(song, song.Config(bird="another/bird.npz"))
    several = song.Config(tutor_file=os.pathsep.join(["a/b.wav", "c/b.flac"]))
    assert {"b_imitation.wav", "b_2_side_by_side.wav"} < set(files(song, several))
    assert files(load("inverse-model"), None) == ("imitation.csv",)
    assert files(load("theory"), None) == ()
