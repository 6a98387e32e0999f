"""Which motor spikes can be heard at all, against taking each of them out of the whole song."""

import numpy as np
import pytest

from postdict.analysis import poisson_sequence
from postdict.loop import LoopParameters, audible, hear
from postdict.world import SteppedWorld, sparse_world, spread_world

PARAMETERS = LoopParameters()


class Echo:
    interval = 1.0

    def reset(self, seed):
        pass

    def step(self, motor):
        return 2.0 * motor


def world(spread, seed=1, gain=2.0):
    rng = np.random.default_rng(seed)
    matrix = sparse_world(15, 5, fan_out=3, gain=gain, rng=rng)
    return spread_world(matrix, spread, rng=rng)


@pytest.mark.parametrize("spread", [1.0, 20.0, 40.0])
def test_it_says_what_taking_each_spike_out_of_the_whole_song_says(spread):
    of = world(spread)
    times, ids = poisson_sequence(5, 4.0, 4e3, rng=np.random.default_rng(int(spread)))
    whole = hear(of, PARAMETERS, (times, ids), duration=4e3)
    expected = []
    for k in range(len(times)):
        rest = hear(of, PARAMETERS, (np.delete(times, k), np.delete(ids, k)), duration=4e3)
        same = len(rest[0]) == len(whole[0]) and np.allclose(rest[0], whole[0])
        expected.append(not (same and np.array_equal(rest[1], whole[1])))
    assert len(times) > 50
    assert audible(of, PARAMETERS, (times, ids)).tolist() == expected
    assert (0 < sum(expected) < len(expected)) == (spread == 40.0) or spread == 20.0


def test_some_of_a_song_are_looked_at():
    of = world(40.0)
    song = poisson_sequence(5, 4.0, 4e3, rng=np.random.default_rng(2))
    each = audible(of, PARAMETERS, song)
    places = np.linspace(0, len(each) - 1, 7).astype(int)
    assert audible(of, PARAMETERS, song, most=7).tolist() == each[places].tolist()
    assert audible(of, PARAMETERS, song, most=10**6).tolist() == each.tolist()


def test_silence_has_none():
    nothing = np.empty(0), np.empty(0, np.int64)
    assert audible(world(1.0), PARAMETERS, nothing).shape == (0,)


def test_wrong_calls_are_refused():
    of = world(1.0)
    with pytest.raises(ValueError, match="song"):
        audible(of, PARAMETERS, ([1.0], [5]))
    with pytest.raises(ValueError, match="most must be at least 1, got 0"):
        audible(of, PARAMETERS, ([1.0], [0]), most=0)
    with pytest.raises(TypeError, match="world must be a matrix or a LinearWorld"):
        audible(SteppedWorld(Echo(), shape=(2, 2)), PARAMETERS, ([1.0], [0]))
    assert audible([[2.0]], PARAMETERS, ([1.0], [0])).tolist() == [True]
