"""The drawing in docs/design.md is the house as it stands."""

import re
import tomllib
from pathlib import Path

import postdict
from postdict.experiments import EXPERIMENTS

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/design.md").read_text(encoding="utf-8")
TREE = PAGE.split("## The tree")[1].split("\n## ")[0]
PACKAGE = Path(postdict.__file__).parent
ROOMS = {"config", "trial", "figures"}  # which every experiment has


def doors():
    """The entries at the top of the package that are not private."""
    for path in PACKAGE.iterdir():
        if (path.suffix == ".py" or path.is_dir()) and not path.name.startswith("_"):
            yield path.stem


def test_the_package_has_at_most_twenty_doors_and_all_are_drawn():
    assert len(list(doors())) <= 20
    for door in doors():
        assert re.search(rf"(?<![\w.]){door}(?![\w.])", TREE), door


def test_every_file_of_a_room_is_drawn_and_every_file_of_the_core():
    drawn = set(re.findall(r"\w+", TREE))
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).parts
        if parts[0] in ("experiments", "plasticity", "analysis", "theory", "exchange", "sweep"):
            continue  # their rooms are described as a whole
        if path.stem.startswith("_") or parts[0].startswith("_") or parts[0] == "cli":
            continue
        assert path.stem in drawn, path
    for path in (ROOT / "cpp").glob("*.?pp"):
        assert path.stem in drawn, path


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
