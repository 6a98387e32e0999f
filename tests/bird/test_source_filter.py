"""The voice that is a source and a filter."""

from dataclasses import replace

import numpy as np
import pytest

from postdict.analysis.spectrograms import pitch
from postdict.bird import (
    Gestures,
    Hearing,
    Postures,
    SourceFilter,
    SourceFilterVoice,
    Syrinx,
    VoiceWorld,
)
from postdict.bird.voices import open_voice

RATE = 20_000.0
TONES = Postures(
    pitch=[500.0, 1000.0, 700.0],
    tone=[0.0, 0.0, -50.0],
    noise=[-50.0, -50.0, 0.0],
    centre=[2000.0, 2000.0, 4000.0],
    bandwidth=[1800.0, 1800.0, 1000.0],
)


def sing(times, ids, n, postures=TONES, seed=0):
    onsets = np.round(np.asarray(times) * 1e-3 * RATE).astype(np.int64)
    return SourceFilterVoice(postures, seed=seed).go_on(onsets, np.asarray(ids, np.int64), n)


def test_gestures_in_a_row_hold_a_tone_and_those_in_turn_glide():
    every = np.arange(0.0, 100.0, 4.0)
    held = sing(every, np.zeros(25, int), 2000)
    np.testing.assert_allclose(held.gate[100:1900], 1.0, atol=1e-9)
    found = pitch(held.sound, rate=RATE)[10:40]
    np.testing.assert_allclose(found, 500.0, rtol=0.01)
    glide = sing(every, (every >= 50.0).astype(int), 2000)
    log_pitch = glide.muscles[:, 0]
    assert np.all(np.diff(log_pitch[900:1200]) >= -1e-12)
    np.testing.assert_allclose(np.exp(log_pitch[[800, 1400]]), [500.0, 1000.0])


def test_it_is_silent_without_a_gesture_and_one_more_at_once_is_no_louder():
    assert not sing([], [], 500).sound.any()
    once, twice = sing([5.0], [0], 500), sing([5.0, 5.0], [0, 0], 500)
    assert np.abs(twice.gate).max() == 1.0
    assert np.abs(twice.sound).max() < 1.2 * np.abs(once.sound).max()
    assert np.abs(once.sound[300:]).max() < 1e-6


def test_noise_is_the_seeds_and_nothing_else_is_random():
    first, again, other = (sing([1.0], [2], 400, seed=seed).sound for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.1


def test_it_goes_on_from_its_state_and_copies_sing_on_their_own():
    rng = np.random.default_rng(0)
    onsets, ids = np.sort(rng.integers(0, 1000, 12)), rng.integers(0, 3, 12)
    whole = SourceFilterVoice(TONES).go_on(onsets, ids, 1000).sound
    voice = SourceFilterVoice(TONES)
    early = onsets < 430
    first = voice.go_on(onsets[early], ids[early], 430).sound
    state, twin = voice.state(), voice.copy()
    second = voice.go_on(onsets[~early] - 430, ids[~early], 570).sound
    np.testing.assert_array_equal(np.concatenate([first, second]), whole)
    np.testing.assert_array_equal(twin.go_on(onsets[~early] - 430, ids[~early], 570).sound, second)
    restored = SourceFilterVoice(TONES, seed=9)
    restored.restore(state)
    later = restored.go_on(onsets[~early] - 430, ids[~early], 570).sound
    np.testing.assert_array_equal(later, second)
    with pytest.raises(ValueError, match="a phase is not between 0 and 1"):
        restored.restore({**state, "source.phase": np.array([2.0])})
    with pytest.raises(ValueError, match="two muscles know different futures"):
        restored.restore({**state, "muscles.pending": np.ones(7)})


def test_a_bird_has_either_voice_and_hears_it():
    bird = VoiceWorld(TONES, Hearing(n_channels=8), SourceFilter())
    silent = bird.step((np.empty(0), np.empty(0, np.int64)))
    assert not silent.any()
    for k in range(1, 12):
        drive = bird.step((np.array([k + 0.1]), np.array([0])))
    assert drive.max() > 0.0
    state = bird.state()
    other = VoiceWorld(TONES, Hearing(n_channels=8), SourceFilter())
    other.restore(state)
    spikes = (np.array([12.5]), np.array([2]))
    np.testing.assert_array_equal(bird.step(spikes), other.step(spikes))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pitch": [0.5]}, "pitch must be at least 1 Hz, got 0.5 Hz"),
        ({"pitch": [np.nan]}, "pitch must be finite"),
        ({"tone": [900.0]}, "tone must be within 200 dB of 0, got 900 dB"),
        ({"centre": [1e3, 2e3]}, "postures need one value a gesture"),
        ({"duration": 0.0}, "duration must be positive"),
    ],
)
def test_bad_postures_are_refused_by_name(change, message):
    good = {name: [1000.0] for name in ("pitch", "centre", "bandwidth")}
    with pytest.raises(ValueError, match=message):
        Postures(**{**good, "tone": [0.0], "noise": [-50.0], **change})


def test_what_does_not_fit_is_refused_by_name():
    with pytest.raises(ValueError, match=r"fade_from < fade_to <= rate / 2 must hold, got 8500"):
        SourceFilter(fade_to=8000.0)
    with pytest.raises(ValueError, match="centre must be below half of the rate, 10000 Hz, got 2"):
        SourceFilterVoice(replace(TONES, centre=[2e4, 2e3, 2e3]))
    with pytest.raises(TypeError, match="organ must be SourceFilter, got Syrinx"):
        SourceFilterVoice(TONES, Syrinx())
    with pytest.raises(TypeError, match="Gestures need a Syrinx and Postures a SourceFilter"):
        open_voice(Gestures([0.1], [0.1]), SourceFilter())
    with pytest.raises(ValueError, match=r"ids must be in \[0, 3\), got 3"):
        sing([1.0], [3], 100)
    with pytest.raises(ValueError, match=r"onsets must be in \[0, 100\), got 200"):
        sing([10.0], [0], 100)
