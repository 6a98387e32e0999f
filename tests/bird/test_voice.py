"""The voice: convergence, gestures, divergence, and going on where it was left."""

from dataclasses import replace

import numpy as np
import pytest

from postdict.bird import DivergenceError, Gestures, Syrinx, Voice, sing

NOTES = Gestures(np.array([0.15, 0.1, 0.2]), np.array([0.12, 0.08, 0.35]))


def relative(a, b):
    return float(np.linalg.norm(a - b) / np.linalg.norm(b))


def test_finer_steps_converge_by_the_fourth_power():
    sung = {
        steps: sing(NOTES, [5.0], [0], duration=40.0, organ=Syrinx(oversampling=steps)).sound
        for steps in (8, 16, 32, 128)
    }
    errors = [relative(sung[steps], sung[128]) for steps in (8, 16, 32)]
    assert errors[0] < 0.1
    assert errors[1] < errors[0] / 10
    assert errors[2] < errors[1] / 10


def test_a_gesture_sounds_while_it_lasts_and_each_has_its_own_spectrum():
    song = sing(NOTES, [50.0, 150.0, 250.0], [0, 1, 2], duration=350.0)
    loudness = np.abs(song.sound).reshape(350, -1).max(axis=1)  # by ms
    assert loudness[52:72].max() > 100 * loudness[:50].max()
    assert loudness[85:150].max() < 0.05 * loudness[52:72].max()
    spectra = [np.abs(np.fft.rfft(song.sound[20 * t : 20 * (t + 24)])) for t in (50, 150, 250)]
    peaks = [int(np.argmax(spectrum)) for spectrum in spectra]
    assert len(set(peaks)) == 3
    assert song.pressure.max() == pytest.approx(0.2)
    assert song.tension.min() == pytest.approx(0.08)
    assert song.pressure[0] == NOTES.pressure_at_rest


def test_gestures_superpose_in_the_muscles():
    apart = [sing(NOTES, [10.0 + 5.0 * k], [k], duration=60.0) for k in (0, 1)]
    both = sing(NOTES, [10.0, 15.0], [0, 1], duration=60.0)
    rest = NOTES.tension_at_rest
    np.testing.assert_allclose(both.tension, apart[0].tension + apart[1].tension - rest)


def test_songs_are_compared_by_who_they_are_not_by_their_arrays():
    song, other = (sing(NOTES, [5.0], [0], duration=40.0) for _ in range(2))
    assert song == song
    assert song != other
    assert len({song, other}) == 2


def test_what_diverges_is_named_and_ends_at_once():
    loud = replace(NOTES, pressure=np.array([1e7, 0.1, 0.2]))
    with pytest.raises(
        DivergenceError, match=r"the syrinx diverges at t = 13\.\d\d ms, at pressure"
    ):
        sing(loud, [10.0], [0], duration=60.0)


def test_a_voice_goes_on_where_it_was_left_to_the_last_bit():
    nobody = np.empty(0, np.int64)
    voice, other = Voice(NOTES), Voice(NOTES)
    voice.go_on(np.array([3]), np.array([0]), 100)
    state = voice.state()
    after = voice.go_on(nobody, nobody, 400).sound
    other.restore(state)
    np.testing.assert_array_equal(other.go_on(nobody, nobody, 400).sound, after)
    whole = Voice(NOTES)
    np.testing.assert_array_equal(whole.go_on(np.array([3]), np.array([0]), 500).sound[100:], after)
    damaged = {**state, "syrinx.present": np.array([10**6], np.uint64)}
    with pytest.raises(ValueError, match="damaged"):
        other.restore(damaged)


@pytest.mark.parametrize(
    "part",
    [
        *("syrinx.x", "syrinx.y", "syrinx.charge", "syrinx.glottis", "syrinx.beak"),
        *("syrinx.inside", "syrinx.out_before", "syrinx.pressure", "syrinx.tension"),
        *("gestures.pressure", "gestures.tension"),
    ],
)
def test_a_saved_voice_that_is_not_finite_is_refused_and_changes_nothing(part):
    voice = Voice(NOTES)
    voice.go_on(np.array([3]), np.array([0]), 50)
    earlier = voice.state()
    voice.go_on(np.array([3]), np.array([0]), 100)
    before = voice.state()
    values = earlier[part].copy()
    values[-1] = np.inf
    with pytest.raises(ValueError, match=r"the saved state is damaged: .* not finite"):
        voice.restore({**earlier, part: values})
    np.testing.assert_equal(voice.state(), before)


def test_a_tract_that_its_steps_are_too_long_for_is_refused():
    with pytest.raises(DivergenceError, match=r"diverges at rest, .* must be larger than 8"):
        Voice(NOTES, Syrinx(beak=10.0))
    song = sing(NOTES, [5.0], [0], duration=40.0, organ=Syrinx(beak=10.0, oversampling=16))
    assert np.isfinite(song.sound).all()


def test_gestures_are_copied_read_only_and_compared_by_identity():
    pressure = np.array([0.15, 0.1])
    gestures = Gestures(pressure, np.array([0.12, 0.08]))
    pressure[0] = 9.0
    assert gestures.pressure[0] == 0.15
    with pytest.raises(ValueError, match="read-only"):
        gestures.tension[0] = 1.0
    assert gestures == gestures
    assert gestures != replace(gestures)
    assert len({gestures, replace(gestures)}) == 2


ONSET = np.array([3])


def test_a_rest_that_diverges_is_named_with_its_pressure_and_tension():
    with pytest.raises(DivergenceError, match=r"at rest, .* at pressure -0.1 and tension 1e\+06"):
        Voice(replace(NOTES, tension_at_rest=1e6))


def test_parts_of_a_voice_are_what_they_are():
    for make in (lambda: Voice(None), lambda: Voice(NOTES, None)):
        with pytest.raises(TypeError, match=r"must be (Gestures|Syrinx), got NoneType"):
            make()
    with pytest.raises(TypeError, match="tension_at_rest must be a number"):
        replace(NOTES, tension_at_rest="low")


def test_a_long_song_leaves_nothing_behind():
    nobody = np.empty(0, np.int64)
    whole, pieces = Voice(NOTES), Voice(NOTES)
    whole.go_on(nobody, nobody, 4000)
    for _ in range(200):
        pieces.go_on(nobody, nobody, 20)
    states = [voice.state() for voice in (whole, pieces)]
    for name in states[0]:
        assert np.array_equal(states[0][name], states[1][name]), name
    # No sample that was sung is kept.
    assert sum(values.size for values in states[0].values()) < 4000


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Syrinx(rate=0.0), "rate must be positive, got 0.0"),
        (lambda: Syrinx(oversampling=0), "oversampling must be at least 1, got 0"),
        (lambda: Syrinx(oversampling=1), "oversampling must be at least 2, got 1"),
        (lambda: Syrinx(reflection=1.5), "reflection must be at most 0.99, got 1.5"),
        (lambda: Gestures(np.empty(0), np.empty(0)), "at least one, got 0 and 0"),
        (lambda: Gestures(np.ones(2), np.ones(3)), "got 2 and 3"),
        (lambda: Gestures(np.array([np.nan]), np.ones(1)), "pressure must be finite"),
        (lambda: replace(NOTES, duration=10.0), "at least twice ramp and lead, 12 ms, got 10 ms"),
        (lambda: sing(NOTES, [1.0], [3], duration=10.0), r"ids must be in \[0, 3\), got 3"),
        (lambda: sing(NOTES, [1.0], [0], duration=0.0), "duration must be positive"),
        (lambda: sing(NOTES, [1.0], [0], duration=1e99), r"duration must be at most 1e\+09, got"),
        (
            lambda: Syrinx(rate=1e12),
            r"rate times oversampling must be at most 1e\+08 Hz, got",
        ),
        (lambda: Syrinx(oversampling=10**9), "rate times oversampling must be at most"),
        (lambda: Syrinx(length=1e6), r"trachea must be at most 1e\+06 steps long, got a length of"),
        (
            lambda: replace(NOTES, pressure_at_rest=np.nan),
            "pressure_at_rest must be finite",
        ),
        (lambda: replace(NOTES, duration=1e12), "duration must be at most 10000, got"),
        (lambda: Voice(NOTES).go_on(ONSET, np.array([7]), 20), r"ids must be in \[0, 3\), got 7"),
        (
            lambda: Voice(NOTES).go_on(ONSET, ONSET - 3, 3),
            r"onsets must be in \[0, 3\), got 3",
        ),
    ],
)
def test_what_cannot_be_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_durations_that_differ_little_are_told_apart():
    with pytest.raises(ValueError, match=r"ramp and lead, 10\.0000004\d* ms, got 10 ms"):
        Gestures([0.1], [0.1], duration=10.0, ramp=3.0, lead=2.0000002)
