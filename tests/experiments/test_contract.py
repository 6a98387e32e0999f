"""What every experiment offers, so that command line, sweeps and readers find it where it is."""

import inspect
import warnings
from dataclasses import fields, replace

import pytest

from postdict.experiments import EXPERIMENTS
from postdict.experiments.experiment import Experiment, load
from postdict.lab import settings

NAMES = sorted(EXPERIMENTS)


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


@pytest.fixture
def experiment(name):
    return load(name)


def test_it_offers_what_the_contract_lists(experiment):
    assert {*Experiment.__annotations__, "run", "headline", "in_words"} <= set(dir(experiment))
    first, *_ = experiment.__doc__.splitlines()
    assert first.endswith((".", "?")) and len(first) < 100


def test_run_is_defined_where_planned_sweeps_look_for_it(name, experiment):
    assert EXPERIMENTS[name] == f"postdict.experiments.{name.replace('-', '_')}"
    # The keys of a sweep's points hash these two names.
    assert (experiment.run.__module__, experiment.run.__qualname__) == (EXPERIMENTS[name], "run")
    assert list(inspect.signature(experiment.run).parameters) == ["config", "stage"]
    assert inspect.signature(experiment.run).parameters["stage"].default is None
    for says in (experiment.headline, experiment.in_words):
        assert list(inspect.signature(says).parameters) == ["result"]


def test_its_settings_are_declared_checked_and_silent(experiment):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # what settings cannot show is told by doubts, at run
        config = experiment.Config()
        quick = config.quick()
    assert type(quick) is experiment.Config
    assert quick != config
    with pytest.raises(AttributeError):
        config.seed = 1
    for each in fields(config):
        assert each.metadata["meaning"], each.name
        assert not isinstance(getattr(config, each.name), list), each.name
    with pytest.raises(ValueError, match="no_such_thing"):
        settings.read(experiment.Config, {"no_such_thing": "1"})


def test_its_doubts_are_sentences_and_none_at_the_defaults(experiment):
    doubts = getattr(experiment.Config, "doubts", None)
    if doubts is not None:
        assert list(doubts(experiment.Config())) == []
        assert "warn_of(config)" in inspect.getsource(experiment.run)


def test_its_first_seed_is_a_setting(name, experiment):
    if name == "stdp-window":  # nothing in it is random
        return
    config = experiment.Config()
    assert replace(config, seed=7, seeds=2).seed == 7


def test_its_figures_have_sizes_and_functions(experiment):
    assert experiment.FIGURES
    for (width, height), draw in experiment.FIGURES.values():
        assert 3.0 < width < 20.0 and 3.0 < height < 20.0
        assert list(inspect.signature(draw).parameters)[:2] == ["result", "figure"]
    units = getattr(experiment, "UNITS", {})
    assert all(unit in ("s", "ms", "Hz", "mV") for unit in units.values())


def test_an_unknown_experiment_is_told_the_nearest():
    with pytest.raises(ValueError, match="inverse-model"):
        load("inverse-modle")
