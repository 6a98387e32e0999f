"""The examples of docstrings give what they say."""

import doctest
import importlib
import pkgutil

import pytest

import postdict

MODULES = [
    module.name
    for module in pkgutil.walk_packages(postdict.__path__, "postdict.")
    if module.name not in ("postdict.__main__", "postdict._core")
]
EXTRAS = {
    "postdict.gym": "gymnasium",
    "postdict.simulation.stream_reader": "h5py",
}


@pytest.mark.parametrize("name", MODULES)
def test_examples_give_what_they_say(name, tmp_path, monkeypatch):
    if name in EXTRAS:
        pytest.importorskip(EXTRAS[name])
    monkeypatch.chdir(tmp_path)  # some write files
    flags = doctest.NORMALIZE_WHITESPACE  # columns may be as wide as they like
    assert not doctest.testmod(importlib.import_module(name), optionflags=flags).failed


def test_there_are_examples():
    found = (
        doctest.DocTestFinder().find(importlib.import_module(name))
        for name in ("postdict.network.groups", "postdict.world.stepped", "postdict.loop.imitation")
    )
    assert all(any(test.examples for test in tests) for tests in found)
