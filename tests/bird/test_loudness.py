"""Loudness is that of the loud part; what sounds, and what an ear cannot hear."""

import numpy as np
import pytest

from postdict.bird import Hearing
from postdict.bird.loudness import inaudible_share, loudest_stretch, loudness, sounding

RATE = 20_000


def call(seconds=0.23, frequency=2100.0):
    t = np.arange(round(seconds * RATE)) / RATE
    return 0.4 * np.sin(2 * np.pi * frequency * t)


def noise(seconds, level=1e-3, seed=1):
    return level * np.random.default_rng(seed).normal(size=round(seconds * RATE))


@pytest.mark.parametrize("seconds", [0.5, 7.0, 40.0])
def test_a_call_in_quiet_noise_is_as_loud_as_the_call_alone(seconds):
    alone = loudness(call(), rate=RATE)
    assert alone == pytest.approx(0.4 / np.sqrt(2.0), rel=0.01)
    inside = np.concatenate([noise(seconds), call(), noise(seconds, seed=2)])
    assert loudness(inside, rate=RATE) == pytest.approx(alone, rel=0.01)
    assert sounding(inside, rate=RATE).sum() == pytest.approx(23, abs=1)


def test_loudness_is_in_proportion_and_leaves_offsets_out():
    song = np.concatenate([call(), np.zeros(3000), 0.5 * call(0.4, 900.0)])
    assert loudness(3.0 * song, rate=RATE) == pytest.approx(3.0 * loudness(song, rate=RATE))
    assert loudness(song + 0.7, rate=RATE) == pytest.approx(loudness(song, rate=RATE))


def test_silence_has_no_loudness_and_nothing_sounds():
    for silence in (np.empty(0), np.zeros(500), np.full(500, 0.25)):
        assert loudness(silence, rate=RATE) == 0.0
        assert not sounding(silence, rate=RATE).any()
        assert inaudible_share(silence, rate=RATE, hearing=Hearing()) == 0.0
    with pytest.raises(ValueError, match="sound must be finite, got nan"):
        loudness([0.0, np.nan], rate=RATE)


def test_the_loudest_stretch_is_found_after_a_quiet_begin():
    sound = np.concatenate([noise(2.3), call(0.5), noise(1.1)])
    start, stop = loudest_stretch(sound, 800.0, rate=RATE)
    assert stop - start == 800.0
    assert start <= 2300.0
    assert stop >= 2800.0
    assert loudest_stretch(call(), 800.0, rate=RATE) == (0.0, 230.0)


@pytest.mark.parametrize(("frequency", "share"), [(60_000.0, 1.0), (110.0, 1.0), (3000.0, 0.0)])
def test_what_is_beyond_the_ear_is_told_apart(frequency, share):
    rate = 250_000  # Hz, of an ultrasound recorder
    sound = np.sin(2 * np.pi * frequency * np.arange(rate // 2) / rate)
    assert inaudible_share(sound, rate=rate, hearing=Hearing()) == pytest.approx(share, abs=1e-3)
    both = sound + np.sin(2 * np.pi * 2500.0 * np.arange(rate // 2) / rate)
    assert inaudible_share(both, rate=rate, hearing=Hearing()) == pytest.approx(share / 2, abs=1e-3)
