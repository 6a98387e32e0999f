"""Stages of experiments: what they are called, how they end, where they keep simulations."""

import threading

import pytest

from postdict.lab.checkpoints import Keeper, Stopped
from postdict.lab.stages import Stage
from postdict.lab.trials import run_trials


def test_a_stage_reports_under_the_names_of_those_it_is_part_of():
    reports = []
    trial = Stage(report=lambda *what: reports.append(what)).part("seed 1/2")
    trial.part("learns")(1.0, 2.0, 0.5, 7)
    trial.part("imitates").begin()
    assert reports == [
        ("seed 1/2 learns", 1.0, 2.0, 0.5, 7),
        ("seed 1/2 imitates", 0.0, 0.0, 0.0, 0),
    ]


def test_a_stage_ends_all_its_parts():
    stage = Stage()
    part = stage.part("learns")
    part.begin()
    stage.stopped.set()
    with pytest.raises(Stopped):
        part.begin()


def test_each_simulation_of_a_stage_has_a_place_of_its_own(tmp_path):
    keeper = Keeper(tmp_path, {}, every=1.0, resume=False)
    trial = Stage(keeper=keeper).part("seed 1/1")
    learns, explores = trial.part("learns"), trial.part("explores")
    several = (learns.kept(), learns.kept(3), explores.kept())
    places = {path.name for kept in several for path in (*kept._states, *kept._found)}
    # The names of version 0.1, so that its checkpoints are taken up.
    assert "seed-1-1-learns-1-d7a721a2.npz" in places
    assert len(places) == 10
    assert Stage().part("learns").kept() is None


def test_the_first_error_ends_the_other_trials_and_no_later_run():
    started = threading.Event()

    def trial(seed, stage):
        if seed == 0:
            started.wait(10.0)
            raise ValueError("seed 0")
        while True:
            stage.begin()
            started.set()

    stage = Stage()
    with pytest.raises(ValueError, match="seed 0"):
        run_trials(trial, [0, 1], stage)
    assert run_trials(lambda seed, part: (part.begin(), seed)[1], [3, 4], stage) == [3, 4]
