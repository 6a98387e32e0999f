"""The drawing in docs/design.md is the house as it stands."""

import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

import postdict
from postdict.experiments import EXPERIMENTS

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/design.md").read_text(encoding="utf-8")
TREE = PAGE.split("## The tree")[1].split("\n## ")[0]
PACKAGE = Path(postdict.__file__).parent
SOURCES = (".py", ".cpp")
ROOMS = {"config", "trial", "figures"}  # which every experiment has


def drawn():
    """Folders of the drawing, and the names that stand in each of them."""
    folders, above = {}, []
    for line in TREE.splitlines():
        indent = len(line) - len(line.lstrip())
        if not 4 <= indent <= 8:  # text, or what is said of the names goes on
            continue
        *names, last = re.split(r" {2,}", line.strip())
        if "." in last and re.fullmatch(r"[\w.*]+", last):  # a line of names alone
            names.append(last)
        above = above[: (indent - 4) // 2]
        folder = "".join(above)
        for name in names:
            folders.setdefault(folder, set()).add(name.rstrip("/"))
        above.append(f"{names[0].rstrip('/')}/")
    return folders


DRAWN = drawn()
DRAWN_IN_PACKAGE = {
    folder.removeprefix("python/postdict/"): names
    for folder, names in DRAWN.items()
    if folder.startswith("python/postdict/")
}


def modules(folder):
    """The names of what can be imported from a folder, however private."""
    for path in folder.iterdir():
        known = path.suffix in (".py", ".so") or (path.is_dir() and any(path.glob("*.py")))
        if known and not path.name.startswith("__"):
            yield path.name.split(".")[0]


def test_the_parser_sees_the_drawing():
    assert set(DRAWN[""]) == {"cpp", "python/postdict", "tests", "benchmarks", "docs"}
    assert {"", "network/", "simulation/", "world/", "loop/", "bird/", "lab/"} <= set(
        DRAWN_IN_PACKAGE
    )
    assert {"kernels.*", "types.hpp", "voice"} <= DRAWN["cpp/"]


def test_the_package_has_at_most_twenty_doors():
    assert len([name for name in modules(PACKAGE) if not name.startswith("_")]) <= 20


@pytest.mark.parametrize("folder", sorted(DRAWN_IN_PACKAGE))
def test_a_room_is_drawn_as_it_is(folder):
    """Its files and folders are in the drawing, and what the drawing has is there."""
    there, names = set(modules(PACKAGE / folder)), DRAWN_IN_PACKAGE[folder]
    if folder == "experiments/":
        names = names - {"NAME"} | {name.replace("-", "_") for name in EXPERIMENTS}
    assert there == names


def test_the_core_is_drawn_as_it_is():
    files = {path.name for path in (ROOT / "cpp").glob("*.?pp")}
    folders = {path.name for path in (ROOT / "cpp").iterdir() if path.is_dir()}
    for name in files | folders:
        assert any(fnmatch(name, pattern) for pattern in DRAWN["cpp/"]), name
    for pattern in DRAWN["cpp/"]:
        assert any(fnmatch(name, pattern) for name in files | folders), pattern


def test_tests_mirror_the_packages():
    said = TREE.split("\n    tests/")[1].split("\n    benchmarks/")[0]
    own = set(re.findall(r"(\w+)/", said))
    files = (ROOT / "tests").glob("*/*")
    there = {path.parent.name for path in files if path.suffix in (*SOURCES, ".json")}
    assert there >= own
    assert there <= own | set(modules(PACKAGE))


def test_every_experiment_has_the_same_rooms():
    for folder in (PACKAGE / "experiments").iterdir():
        if folder.is_dir() and not folder.name.startswith("_"):
            there = {path.stem for path in folder.glob("*.py")}
            assert there >= {"__init__", *ROOMS}, folder.name


def test_the_walks_name_files_that_exist():
    walks = PAGE.split("## One spike")[1].split("## Layers")[0]
    named = re.findall(r"`([\w/]+\.(?:py|cpp|hpp))`", walks)
    assert len(named) > 30
    for name in named:
        assert (PACKAGE / name).is_file() or (ROOT / "cpp" / name).is_file(), name


def test_the_contract_of_independence_lists_every_experiment():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (listed,) = (
        contract["modules"]
        for contract in contracts["tool"]["importlinter"]["contracts"]
        if contract["type"] == "independence"
    )
    assert sorted(listed) == sorted(EXPERIMENTS.values())
