"""The programs in docs/examples run as they are, are short, and are shown."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
NEEDS = {
    "vogels_inhibition": (),
    "own_world": ("pandas",),
    "streamed_hour": ("h5py", "neo", "elephant"),
    "reward": (),
}
MARKS = {"streamed_hour": pytest.mark.oracle}  # Elephant is installed with what is compared with


@pytest.mark.parametrize("name", [pytest.param(name, marks=MARKS.get(name, ())) for name in NEEDS])
def test_an_example_runs(tmp_path, name):
    for module in NEEDS[name]:
        pytest.importorskip(module)
    done = subprocess.run(
        [sys.executable, str(DOCS / f"examples/{name}.py")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "MPLBACKEND": "agg"},
    )
    assert done.returncode == 0, done.stderr


def test_examples_are_short_and_shown():
    files = {path.stem: path for path in (DOCS / "examples").glob("*.py")}
    assert set(files) == set(NEEDS)
    page = (DOCS / "examples.md").read_text(encoding="utf-8")
    for name, path in files.items():
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len([line for line in lines if line]) < 60, name
        assert f"{{literalinclude}} examples/{name}.py" in page
