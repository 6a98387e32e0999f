"""The examples of docstrings give what they say, and everything public has what it needs."""

import ast
import doctest
import importlib
import importlib.util
import inspect
import pkgutil
import re
import textwrap
from pathlib import Path

import pytest

import postdict

REFERENCE = (Path(__file__).parents[1] / "docs/api.md").read_text(encoding="utf-8")
MODULES = [
    module.name
    for module in pkgutil.walk_packages(postdict.__path__, "postdict.")
    if module.name not in ("postdict.__main__", "postdict._core")
]
EXTRAS = {  # without which an example, or all of a module, does not run
    "postdict.gym": "gymnasium",
    "postdict.simulation.stream_reader": "h5py",
    "postdict.sweep.tables.to_xarray": "xarray",
}


def absent(name):
    extra = EXTRAS.get(name)
    return extra is not None and importlib.util.find_spec(extra) is None


@pytest.mark.parametrize("name", MODULES)
def test_examples_give_what_they_say(name, tmp_path, monkeypatch):
    if absent(name):
        pytest.skip(f"{EXTRAS[name]} is not there")
    monkeypatch.chdir(tmp_path)  # some write files
    monkeypatch.setenv("MPLBACKEND", "Agg")
    # Columns and lines may be as wide as they like.
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    for example in doctest.DocTestFinder().find(importlib.import_module(name)):
        if not absent(example.name):
            runner.run(example)
    assert not runner.failures


def published():
    """The functions and classes of the reference, by name; not the exceptions."""
    current, options, directives = "postdict", {}, []
    for line in REFERENCE.splitlines():
        if found := re.match(r"\.\. (currentmodule|auto\w+):: ([\w.]+)$", line):
            if found[1] == "currentmodule":
                current = found[2]
                continue
            name = found[2] if found[2].startswith("postdict.") else f"{current}.{found[2]}"
            options = {}
            directives.append((found[1], name, options))
        elif found := re.match(r"   :([\w-]+):(.*)$", line):
            options[found[1]] = [name.strip() for name in found[2].split(",")]
    for kind, name, chosen in directives:
        if kind == "automodule":
            module = importlib.import_module(name)
            names = chosen.get("members") or getattr(module, "__all__", None)
            names = names or [name for name in vars(module) if not name.startswith("_")]
            for member in names:
                thing = getattr(module, member)
                home = getattr(thing, "__module__", "")
                if home.startswith("postdict") and ("__all__" in vars(module) or home == name):
                    yield f"{name}.{member}", thing
        else:
            home, _, last = name.rpartition(".")
            yield name, getattr(importlib.import_module(home), last)


if importlib.util.find_spec("gymnasium") is None:
    REFERENCE = REFERENCE.replace(".. automodule:: postdict.gym\n", "")
PUBLIC = {
    name: thing
    for name, thing in published()
    if inspect.isfunction(thing) or (inspect.isclass(thing) and not issubclass(thing, Exception))
}


def functions(thing):
    """A function, or the methods and properties that users call of a class."""
    if not inspect.isclass(thing):
        return {thing.__name__: thing}
    members = {}
    for name, member in inspect.getmembers(thing):
        function = member.fget if isinstance(member, property) else member
        function = inspect.unwrap(getattr(function, "__func__", function))
        home = getattr(function, "__module__", None) or ""
        if not inspect.isfunction(function) or not home.startswith("postdict"):
            continue
        made_by = name in ("__init__", "__post_init__")
        written = function.__code__.co_filename != "<string>"  # and not made by dataclass
        if written and (made_by or not name.startswith("_")):
            members[name] = function
    return members


def refuses(function):
    """Whether the function itself raises, or checks what it is given."""
    names = ("number", "integer", "window", "finite_array", "vector", "matrix", "span", "spikes")
    checks = {f"_checks.{name}" for name in names}
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
        if isinstance(node, ast.Raise) and node.exc is not None:
            if "NotImplementedError" not in ast.unparse(node.exc):
                return True
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in checks:
            return True
    return False


def test_the_reference_is_found():
    assert len(PUBLIC) > 130
    assert "postdict.Network" in PUBLIC
    assert "postdict.analysis.fluxes" in PUBLIC
    assert "postdict.plotting.wiring" in PUBLIC


@pytest.mark.parametrize("name", PUBLIC)
def test_everything_public_has_an_example(name):
    assert ">>> " in inspect.getdoc(PUBLIC[name])


@pytest.mark.parametrize("name", PUBLIC)
def test_what_raises_says_so(name):
    thing = PUBLIC[name]
    of_class = inspect.getdoc(thing) if inspect.isclass(thing) else ""
    for called, function in functions(thing).items():
        # A class says what making one raises.
        text = of_class if called.startswith("__") else inspect.getdoc(function)
        if refuses(function):
            assert "Raises\n------" in text, f"{name}.{called} raises, and does not say what"
        told = text.partition("Raises\n------")[0]
        assert not re.search(r"\b\w+Error\b", told), f"{name}.{called}: what it raises is a section"


@pytest.mark.parametrize("name", MODULES)
def test_every_parameter_has_a_line_of_its_own(name):
    grouped = re.compile(r"^\s+\w+(?:, \w+)+ : ", re.MULTILINE)
    source = inspect.getsource(importlib.import_module(name)) if not absent(name) else ""
    assert not grouped.findall(source)
