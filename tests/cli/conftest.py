"""One small run that several tests look at, and runs whose figures nobody looks at."""

import contextlib
import io
from dataclasses import dataclass
from pathlib import Path

import pytest

from postdict.cli import main
from postdict.lab import result_files

SETTINGS = ("duration=2e4", "eta=1e-3", "measure_duration=2e4", "song_duration=2000", "seeds=1")


@dataclass(frozen=True)
class Finished:
    """A run that is over: its folder, how it ended, and what it printed."""

    folder: Path
    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def tiny():
    """The arguments of `inverse-model` as small as it can be."""
    settings = [word for setting in SETTINGS for word in ("--set", setting)]
    return ["run", "inverse-model", *settings, "--no-progress"]


@pytest.fixture(scope="session")
def tiny_run(tiny, tmp_path_factory):
    """Its run with seed 4, with its figures; nobody changes the folder."""
    folder = tmp_path_factory.mktemp("tiny") / "out"
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([*tiny, "--seed", "4", "--out", str(folder)])
    return Finished(folder, code, out.getvalue(), err.getvalue())


@pytest.fixture
def undrawn(monkeypatch):
    """Figures are files of three bytes: drawing takes longer than all else in a tiny run."""
    monkeypatch.setattr(result_files, "figure_bytes", lambda *_: b"PNG")
