"""Songs on which decoders are tested: which of them is best, and at what latency it answers."""

import numpy as np

from postdict.loop import ImitationDecoder, ImitationTest, LoopParameters
from postdict.loop.unseen_songs import best_match
from postdict.world import LinearWorld

PARAMETERS = LoopParameters()
IDENTITY = 2.0 * np.eye(3)  # each motor neuron makes its own sensor fire twice


def test_a_world_is_converted_once_however_many_songs_are_heard(monkeypatch):
    made = []
    check = LinearWorld.__post_init__
    monkeypatch.setattr(
        LinearWorld, "__post_init__", lambda world: made.append(world) or check(world)
    )
    test = ImitationTest(IDENTITY.tolist(), PARAMETERS, rates=(1.0, 2.0, 3.0), duration=1e3)
    assert len(made) == 1
    assert test.n_sensor == 3


def test_of_equal_matches_the_latest_counts():
    tutor = (np.array([100.0, 200.0]), np.array([0, 1]))
    answer = (tutor[0] + 14.0, tutor[1])

    def match(latencies, tolerances=(1.0,)):
        return best_match(tutor, answer, latencies, delay=10.0, tolerances=tolerances)

    assert match([0.0, 2.0, 4.0, 6.0]) == (1.0, 4.0)
    assert match([3.5, 4.5, 4.0]) == (1.0, 4.5)
    assert match([0.0, 2.5], tolerances=(1.0, 2.0)) == (1.0, 2.5)  # the sum over both


def test_a_decoder_answers_at_the_latency_that_the_practice_song_chose():
    world = LinearWorld(2.0 * np.eye(3), np.array([0.0, 8.0]), np.array([0.0, 1.0]))
    test = ImitationTest(world, LoopParameters(), rates=(4.0,), duration=5e3, tolerance=2.0)
    decoder = test.decoder(2.0 * np.eye(3), 2.0, 1.0, None)
    assert decoder.latency is None  # the world's mean lag
    chosen = test.best([decoder], [0.0, 4.0, 8.0])
    assert chosen.latency == test.mean_lag == 8.0
    song = test.songs[4.0]
    assert test.score(chosen, song.tutor, song.clean) == test.score(decoder, song.tutor, song.clean)
    early = test.best([decoder], [0.0])
    assert test.score(early, song.tutor, song.clean).f1 < 0.5


def test_another_gain_scales_the_excitation_that_comes_first():
    decoder = ImitationDecoder(np.eye(2), 1.0, None, excitation=0.5).scaled(3.0)
    assert (decoder.gain, decoder.excitation) == (3.0, 1.5)
    np.testing.assert_array_equal(decoder.weights, 3.0 * np.eye(2))
