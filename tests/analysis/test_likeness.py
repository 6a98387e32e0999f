"""How alike two songs are: pieces that are recognised, pitch, and the shapes of spectra."""

import numpy as np
import pytest

from postdict.analysis.likeness import (
    cepstral_correlation,
    correlation,
    envelope_correlation,
    identify,
    pieces,
    pitch_likeness,
    wiener_correlation,
)
from postdict.analysis.spectrograms import log_spectrogram

RATE = 20_000.0


def song(seed, n_notes=10):
    """Notes of 80 ms and pauses of 20 ms, each of another pitch."""
    rng = np.random.default_rng(seed)
    time = np.arange(1600) / RATE
    notes = [
        np.concatenate(
            [sum(np.sin(2 * np.pi * h * f * time) / h for h in (1, 2, 3)), np.zeros(400)]
        )
        for f in rng.uniform(600.0, 2500.0, n_notes)
    ]
    return log_spectrogram(np.concatenate(notes), rate=RATE)


SONGS = [song(1), song(2)]


def test_a_song_identifies_itself_and_is_like_itself():
    found = identify(SONGS, SONGS)
    assert len(found.pieces) == 20
    assert found.strict.all()
    assert found.repeats.all()
    assert found.songs.all()
    for measure in (cepstral_correlation, envelope_correlation, wiener_correlation):
        assert measure(SONGS[0], SONGS[0]) == pytest.approx(1.0)
    # Of one rhythm, with other notes.
    assert envelope_correlation(SONGS[0], SONGS[1]) > 0.95
    assert cepstral_correlation(SONGS[0], SONGS[1]) < 0.5


def test_the_wiener_entropy_tells_tones_from_noise():
    time = np.arange(4000) / RATE
    tone = np.sin(2 * np.pi * 2000.0 * time)
    noise = np.random.default_rng(1).normal(size=4000)
    first, second = (
        log_spectrogram(np.concatenate(parts), rate=RATE)
        for parts in ((tone, noise, tone), (noise, tone, noise))
    )
    assert wiener_correlation(first, second) < -0.8


def test_other_songs_are_not_identified_and_silence_is_no_guess():
    swapped = identify(SONGS, SONGS[::-1])
    assert swapped.strict.mean() < 0.2
    assert swapped.songs.mean() < 0.3
    silent = identify(SONGS, [np.zeros_like(one) for one in SONGS])
    assert not silent.songs.any()


def test_a_sound_that_is_sung_twice_may_be_taken_for_its_other_half():
    half = song(3, n_notes=4)[:200]
    twice = np.concatenate([half, half])
    other_half = np.roll(twice, 200, axis=0)
    found = identify([twice, SONGS[0]], [other_half + 0.0, SONGS[0]])
    assert found.repeats[:8].all()


def test_pieces_are_those_that_sound():
    quiet = np.zeros((300, 96))
    quiet[100:150] = 30.0
    assert [(p.tutor, p.start, p.stop) for p in pieces([quiet])] == [(0, 100, 150)]
    assert pieces([np.zeros((300, 96))]) == []
    nothing = identify([np.zeros((300, 96))], [np.zeros((300, 96))])
    assert len(nothing.strict) == 0


def test_pitches_agree_where_both_have_one():
    tutor = np.array([1000.0, 1000.0, np.nan, 1000.0, 1000.0])
    sung = np.array([1010.0, 2000.0, 500.0, np.nan, 990.0])
    found = pitch_likeness(tutor, sung)
    assert found.error == pytest.approx(0.01)
    assert found.within == 0.5
    nobody = pitch_likeness(np.full(3, np.nan), np.full(3, 500.0))
    assert nobody.error is None
    assert nobody.within is None


def test_what_is_constant_or_nothing_correlates_with_nothing():
    assert correlation(np.ones(4), np.arange(4.0)) == 0.0
    assert correlation(np.full(7, 0.1), np.full(7, 0.1)) == 0.0
    assert correlation(np.empty(0), np.empty(0)) == 0.0
    assert correlation(np.arange(4.0), np.arange(9.0)) == pytest.approx(1.0)
