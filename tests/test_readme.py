"""What the README and the docs promise: programs run, commands exist, numbers are those printed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
PAGES = sorted((ROOT / "docs").glob("*.md"))


def python_blocks(text):
    return re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)


def run_python(code, folder):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "MPLBACKEND": "agg"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_readme_program_is_short_and_prints_the_number_it_says(tmp_path):
    program = python_blocks(README)[0]
    assert len(program.splitlines()) <= 15
    said = re.search(r"It prints `([\d.]+)`", README).group(1)
    assert run_python(program, tmp_path).strip() == said


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_docs_programs_run(tmp_path, page):
    """One after the other in one process, where the names of one are not those of the next."""
    if blocks := python_blocks(page.read_text()):
        programs = "\n".join(f"exec({block!r}, {{'__name__': '__main__'}})" for block in blocks)
        run_python(programs, tmp_path)


def test_the_two_commands_are_those_of_ci():
    commands = re.findall(r"^    (pip install .*)$", README, flags=re.MULTILINE)
    assert commands == [
        "pip install . && postdict run inverse-model",
        "pip install '.[test]' && pytest",
    ]
    assert commands[1] in (ROOT / ".ci/run").read_text()


@pytest.mark.parametrize("page", [ROOT / "README.md", *PAGES], ids=lambda page: page.name)
def test_links_and_figures_exist(page):
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text()):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


def test_importing_needs_numpy_alone(tmp_path):
    code = (
        "import sys, postdict\n"
        "heavy = {'matplotlib', 'scipy', 'h5py', 'gymnasium', 'pytest', 'hypothesis'}\n"
        "heavy &= set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    run_python(code, tmp_path)
