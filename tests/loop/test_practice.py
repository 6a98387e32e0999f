"""Practice: of several levels of spontaneous spikes and moments that which imitates best."""

from dataclasses import replace

import numpy as np
import pytest

from postdict import AntisymmetricSTDP
from postdict.loop import ImitationTest, LoopParameters, learn, practise
from postdict.world import sparse_world

WORLD = sparse_world(12, 4, fan_out=4, rng=np.random.default_rng(3))
PARAMETERS = LoopParameters()
RULE = AntisymmetricSTDP(eta=2e-3, A_minus=0.7)
RATES = (0.0, 5.0)


@pytest.fixture(scope="module")
def test():
    return ImitationTest(WORLD, PARAMETERS, rates=[4.0], duration=3e3, seed=1)


@pytest.fixture(scope="module")
def practice(test):
    return practise(
        WORLD, PARAMETERS, RULE, test, WORLD, duration=3.2e4, seed=2, spontaneous_rates=RATES
    )


def test_it_chooses_what_imitates_the_practice_song_best(practice, test):
    assert practice.practice_f1.shape == (2, 6)
    assert practice.moments.tolist() == [1e3, 2e3, 4e3, 8e3, 1.6e4, 3.2e4]
    level = RATES.index(practice.spontaneous_rate)
    place = practice.moments.tolist().index(practice.moment)
    assert practice.practice_f1[level, place] == practice.practice_f1.max() > 0.8
    assert practice.decoder.practice_f1 == practice.practice_f1.max()
    again = test.choose(practice.weights, 1.0)
    assert again.practice_f1 == pytest.approx(practice.decoder.practice_f1, abs=0.1)


def test_its_weights_are_those_of_that_level_and_moment(practice):
    learned = learn(
        WORLD,
        replace(PARAMETERS, spontaneous_rate=practice.spontaneous_rate),
        RULE,
        duration=3.2e4,
        seed=2,
        sample_times=[practice.moment],
        anneal=0.2,
    )
    assert np.array_equal(practice.weights, PARAMETERS.excitation - learned.inhibition[-1])


def test_songs_that_are_tested_are_not_heard(practice, test):
    others = ImitationTest(WORLD, PARAMETERS, rates=[4.0], duration=3e3, seed=1)
    others.songs = {}
    again = practise(
        WORLD, PARAMETERS, RULE, others, WORLD, duration=3.2e4, seed=2, spontaneous_rates=RATES
    )
    assert np.array_equal(again.practice_f1, practice.practice_f1)


@pytest.mark.parametrize(
    ("rates", "message"),
    [
        ((), "spontaneous_rates must name at least one rate, got none"),
        ((1.0, -1.0), "spontaneous_rates must be non-negative, got -1.0 Hz"),
    ],
)
def test_wrong_levels_are_refused(test, rates, message):
    with pytest.raises(ValueError, match=message):
        practise(
            WORLD, PARAMETERS, RULE, test, WORLD, duration=1e3, seed=1, spontaneous_rates=rates
        )
