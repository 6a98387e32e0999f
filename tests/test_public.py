"""The public interface: listed once, and every name explains itself."""

import ast
import importlib.metadata
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import postdict

REFERENCE = (Path(__file__).parents[1] / "docs/api.md").read_text(encoding="utf-8")


def public(cls):
    """The methods and properties that a class offers, inherited ones of ours included."""
    for name, member in inspect.getmembers(cls):
        if not name.startswith("_"):
            function = member.fget if isinstance(member, property) else member
            if getattr(function, "__module__", "").startswith("postdict"):
                yield f"{cls.__name__}.{name}", function


NAMES = {name: getattr(postdict, name) for name in postdict.__all__}
METHODS = {
    name: function
    for cls in NAMES.values()
    if inspect.isclass(cls) and not issubclass(cls, Exception)
    for name, function in public(cls)
}


def test_the_reference_lists_what_is_public():
    listed = re.findall(r"auto(?:class|function|exception):: (\w+)$", REFERENCE, re.MULTILINE)
    assert sorted(listed) == sorted(postdict.__all__)


DESIGN = (Path(__file__).parents[1] / "docs/design.md").read_text(encoding="utf-8")


def test_the_reference_publishes_what_is_promised_and_nothing_else():
    promise = DESIGN[DESIGN.index("Promised are the names") :].partition("\n\n")[0]
    published = re.findall(r"auto\w+:: postdict\.([\w.]+)$", REFERENCE, re.MULTILINE)
    for name in published:
        last = name.rpartition(".")[2]
        assert f"`{last}`" in promise or f".{last}`" in promise or "experiments" in name, name
    packages = re.findall(r"`(?:postdict\.)?(\w+)`", promise.partition(" export,")[0])
    for package in packages[2:]:  # after `postdict.__all__` and `run`
        assert f"automodule:: postdict.{package}\n   :imported-members:" in REFERENCE, package


def test_the_version_is_one():
    assert importlib.metadata.version("postdict") == postdict.__version__
    citation = (Path(__file__).parents[1] / "CITATION.cff").read_text(encoding="utf-8")
    assert f"version: {postdict.__version__}\n" in citation


def test_the_core_is_imported_in_the_form_that_the_import_linter_sees():
    for path in Path(postdict.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert not any(one.name.endswith("._core") for one in node.names), path
            if isinstance(node, ast.ImportFrom):
                hidden = (node.module or "").split(".")[-1] == "_core"
                assert not hidden, f"{path}:{node.lineno}: write `from . import _core`"


PLAIN = {"population", "projection", "path"}  # whose names say what they are


@pytest.mark.parametrize("name", [*NAMES, *METHODS])
def test_everything_public_explains_itself_and_its_parameters(name):
    thing = {**NAMES, **METHODS}[name]
    text = inspect.getdoc(thing)
    assert text
    assert text.splitlines()[0].endswith((".", ":", ";"))
    if inspect.isclass(thing) and issubclass(thing, Exception):
        return
    given = {one for one in inspect.signature(thing).parameters if not one.startswith("_")}
    if "; see `" in text:  # where all of them are explained
        return
    missing = [
        one
        for one in given - PLAIN - {"self", "cls", "args", "kwargs"}
        if not re.search(rf"\b{one}\b", text)
    ]
    assert not missing, f"{name} does not say what {missing} are"


def test_tab_shows_doors_and_each_opens_without_an_import_of_its_own():
    call = (
        "import sys, postdict; assert not {'numpy', 'matplotlib'} & {*sys.modules};"
        "print(*(name for name in dir(postdict) if getattr(postdict, name) is not None))"
    )
    done = subprocess.run([sys.executable, "-c", call], capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    doors = {"analysis", "bird", "exchange", "experiments", "loop", "plotting", "sweep"}
    doors |= {"theory", "world", "__version__"}
    assert set(done.stdout.split()) == doors | set(postdict.__all__)
    assert postdict.lab and postdict.neurons  # not shown, and there
    with pytest.raises(AttributeError, match="module 'postdict' has no attribute 'Networkk'"):
        _ = postdict.Networkk


def test_names_are_found_where_type_checkers_find_them():
    tree = ast.parse(Path(postdict.__file__).read_text(encoding="utf-8"))
    typed = {
        alias.asname or alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.level
        for alias in node.names
    }
    del typed["__version__"]
    assert typed == postdict._HOME_OF
    assert sorted(typed) == sorted(postdict.__all__)
