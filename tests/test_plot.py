"""`postdict plot`: figures drawn again from the files of a run, in every format."""

import json
import shutil

import numpy as np
import pytest

from postdict import result_files
from postdict.cli import main

SMALL = {
    "inverse-model": ("duration=2e4", "eta=1e-3", "measure_duration=2e4", "song_duration=2000"),
    "stdp-window": ("pairs=10",),
}


@pytest.fixture(scope="module", params=SMALL)
def folder(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("run") / "out"
    settings = [part for one in SMALL[request.param] for part in ("--set", one)]
    seeds = ["--set", "seeds=1"] if request.param == "inverse-model" else []
    call = ["run", request.param, *settings, *seeds, "--no-progress", "--out", str(folder)]
    assert main(call) == 0
    return folder


def test_figures_drawn_again_have_the_same_bytes(folder, tmp_path):
    (folder / "notes.csv").write_text("a user's own\nfile,here\n")
    assert main(["plot", str(folder), "--out", str(tmp_path / "again")]) == 0
    figures = list(folder.glob("*.png"))
    assert figures
    for figure in figures:
        assert (tmp_path / "again" / figure.name).read_bytes() == figure.read_bytes()


@pytest.mark.parametrize(("form", "begins"), [("pdf", b"%PDF"), ("svg", b"<?xml")])
def test_other_formats(folder, tmp_path, form, begins):
    for again in ("a", "b"):
        assert main(["plot", str(folder), "--out", str(tmp_path / again), "--format", form]) == 0
    for figure in folder.glob("*.png"):
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
    ],
)
def test_what_is_not_a_folder_of_results_is_a_wrong_call(folder, tmp_path, capsys, damage, message):
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    damage(copy)
    assert main(["plot", str(copy)]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert len(said.splitlines()) == 1
