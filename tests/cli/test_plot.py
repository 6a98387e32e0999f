"""`postdict plot`: figures drawn again from the files of a run, in every format."""

import json
import shutil

import numpy as np
import pytest

from postdict import _files
from postdict.cli import main
from postdict.lab import result_files


@pytest.fixture(scope="session")
def windows(tmp_path_factory):
    """A run of `stdp-window`."""
    folder = tmp_path_factory.mktemp("windows") / "out"
    assert main(["run", "stdp-window", "--set", "pairs=10", "--out", str(folder)]) == 0
    return folder


@pytest.fixture(params=["inverse-model", "stdp-window"])
def folder(request, tiny_run, windows):
    """Results that nobody changes."""
    return tiny_run.folder if request.param == "inverse-model" else windows


def test_figures_drawn_again_have_the_same_bytes(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "copy")
    (copy / "notes.csv").write_text("a user's own\nfile,here\n")
    assert main(["plot", str(copy), "--out", str(tmp_path / "again")]) == 0
    figures = list(folder.glob("*.png"))
    assert figures
    for figure in figures:
        assert (tmp_path / "again" / figure.name).read_bytes() == figure.read_bytes()


@pytest.mark.parametrize(("form", "begins"), [("pdf", b"%PDF"), ("svg", b"<?xml")])
def test_other_formats(tiny_run, tmp_path, form, begins):
    call = ["plot", str(tiny_run.folder), "--format", form]
    for again in ("a", "b"):
        assert main([*call, "--out", str(tmp_path / again)]) == 0
    for figure in tiny_run.folder.glob("*.png"):
        one, other = (tmp_path / again / f"{figure.stem}.{form}" for again in ("a", "b"))
        assert one.read_bytes().startswith(begins)
        assert one.read_bytes() == other.read_bytes()


def test_results_are_read_as_they_were_written(folder):
    result = result_files.read(folder)
    said = json.loads((folder / "summary.json").read_text())
    assert {"experiment": result.experiment, **result.summary, "config": result.config} == said
    with np.load(folder / "result.npz") as arrays:
        assert set(arrays) == set(result.arrays)
    for name, columns in result.tables.items():
        header = (folder / f"{name}.csv").read_text().splitlines()[0]
        assert header == ",".join(columns)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda f: (f / "summary.json").unlink(), "holds no results"),
        (lambda f: (f / "summary.json").write_text("{"), "holds damaged results"),
        (lambda f: (f / "summary.json").write_text("[]"), "holds damaged results"),
        (lambda f: (f / "summary.json").write_text('{"config": {}}'), "holds damaged results"),
        (lambda f: (f / "result.npz").write_bytes(b"PK"), "holds damaged results"),
        (
            lambda f: (f / "summary.json").write_text('{"config": {}, "experiment": "nonesuch"}'),
            "experiment",
        ),
        (lambda f: (f / "summary.json").write_text("[" * 10**6), "summary.json cannot be read"),
        (lambda f: (f / "summary.json").write_text(f'{{"a": {"9" * 5000}}}'), "cannot be read"),
        (lambda f: tables(f, ["../elsewhere"]), "no table is named '../elsewhere'"),
        (lambda f: tables(f, ["/etc/hosts"]), "no table is named '/etc/hosts'"),
        (lambda f: tables(f, [3]), "no table is named 3"),
        (lambda f: tables(f, "ab"), "tables must be a list, got 'ab'"),
        (lambda f: arrays(f, lambda _, __: None), "cannot be drawn (KeyError"),
        (lambda f: arrays(f, lambda _, a: a[:0] if a.ndim else a), "cannot be drawn"),
        (lambda f: arrays(f, lambda *_: np.float64(1.0)), "cannot be drawn"),
        (lambda f: arrays(f, lambda _, a: np.full(a.shape, "x")), "cannot be drawn"),
        (lambda f: summary(f, config={}), "cannot be drawn (KeyError"),
        (lambda f: summary(f, experiment="scaling"), "the figures of scaling cannot be drawn"),
    ],
)
def test_what_is_not_a_folder_of_results_is_a_wrong_call(folder, tmp_path, capsys, damage, message):
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    damage(copy)
    before = {path.name: path.read_bytes() for path in copy.iterdir()}
    assert main(["plot", str(copy)]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert len(said.splitlines()) == 1
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == before


def summary(folder, **changed):
    """Change values of summary.json."""
    file = folder / "summary.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **changed}))


def tables(folder, names):
    """Change which tables provenance.json names."""
    file = folder / "provenance.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "tables": names}))


def arrays(folder, change):
    """Change every array, or leave it out where it becomes None."""
    file = folder / "result.npz"
    changed = {k: change(k, v) for k, v in _files.read_npz(file.read_bytes()).items()}
    file.write_bytes(_files.npz_bytes({k: v for k, v in changed.items() if v is not None}))
