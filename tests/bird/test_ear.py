"""The ear: its channels, its state, what it refuses."""

from dataclasses import replace

import numpy as np
import pytest

from postdict.bird import Ear, Hearing, Syrinx

HEARING, SYRINX = Hearing(), Syrinx()


def test_channels_stand_at_equal_distances_in_erb_and_are_late_as_stated():
    centres = HEARING.centres()
    assert centres[0] == pytest.approx(500.0)
    assert centres[-1] == pytest.approx(7800.0)
    np.testing.assert_allclose(np.diff(np.log(1 + 4.37e-3 * centres)), 0.0521, atol=2e-3)
    click = np.zeros(4000)
    click[200] = 1.0
    linear = replace(HEARING, exponent=1.0, competition=0.0)
    peaks = Ear(linear).levels(click)[:, : linear.n_channels].argmax(axis=0) + 1.0
    np.testing.assert_allclose(peaks - 10.0, linear.latencies(), atol=1.0)


def test_the_ear_is_causal_and_hears_the_same_in_pieces():
    rng = np.random.default_rng(1)
    sound = 0.1 * rng.normal(size=2000)
    other = sound.copy()
    other[1000:] = 0.0
    whole = Ear(HEARING).drive(sound)
    assert whole.shape == (100, HEARING.n_sensor)
    np.testing.assert_array_equal(Ear(HEARING).drive(other)[:50], whole[:50])
    ear = Ear(HEARING)
    pieces = [ear.drive(piece) for piece in np.split(sound, [1, 7, 500, 1999])]
    np.testing.assert_array_equal(np.concatenate(pieces), whole)
    state = ear.state()
    again = Ear(HEARING)
    again.restore(state)
    np.testing.assert_array_equal(again.drive(sound), ear.drive(sound))


@pytest.mark.parametrize("wrong", [[0.0, np.nan], [np.inf], [[0.0]], 1.0, ["a"]])
def test_what_is_no_sound_is_refused_and_leaves_the_ear_as_it_was(wrong):
    ear = Ear(HEARING)
    ear.levels(np.ones(7))
    before = ear.state()
    with pytest.raises((ValueError, TypeError), match="sound must"):
        ear.levels(wrong)
    np.testing.assert_equal(ear.state(), before)
    with pytest.raises(ValueError, match="sound must be finite"):
        ear._core.hear(np.array([0.0, np.nan]))
    np.testing.assert_equal(ear.state(), before)


@pytest.mark.parametrize("part", ["real", "imaginary", "energy", "adapted"])
def test_a_saved_ear_that_is_not_finite_is_refused(part):
    ear = Ear(HEARING)
    state = ear.state()
    values = state[f"ear.{part}"].copy()
    values[3] = np.nan
    with pytest.raises(ValueError, match=r"the saved state is damaged: .* not finite"):
        ear.restore({**state, f"ear.{part}": values})
    np.testing.assert_equal(ear.state(), state)


def test_the_loudest_sound_is_saved_and_taken_up():
    ear = Ear(replace(HEARING, exponent=1.0))
    ear.levels(np.full(207, 1e100))
    again = Ear(ear.hearing)
    again.restore(ear.state())
    np.testing.assert_equal(again.state(), ear.state())
    np.testing.assert_array_equal(again.levels(np.zeros(40)), ear.levels(np.zeros(40)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_channels": 0}, "n_channels must be at least 1, got 0"),
        ({"highest": 10_000.0}, "lowest <= highest < rate / 2 must hold, got 500, 10000 and 20000"),
        ({"thresholds": ()}, "thresholds must name at least one, got none"),
        ({"rate": 22_050.0}, "rate must be a multiple of 1000 Hz, got 22050 Hz"),
        ({"thresholds": [0.1, np.inf]}, "thresholds must be finite"),
        ({"thresholds": 0.1}, "thresholds must have 1 dimension"),
        ({"exponent": 0.0}, "exponent must be positive"),
        ({"exponent": 2.0}, "exponent must be at most 1, got 2.0"),
        ({"reference": 1e-300}, "reference must be at least 1e-90, got 1e-300"),
        ({"rate": 1e12}, r"rate must be at most 1e\+06, got"),
    ],
)
def test_what_cannot_be_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        replace(HEARING, **change)


def test_hearing_is_a_value_whatever_its_thresholds_were_given_as():
    given = [0.05, 0.2]
    hearing = Hearing(thresholds=given)
    given.append(1.0)
    assert hearing == HEARING
    assert hash(hearing) == hash(HEARING)
    assert hearing.n_sensor == HEARING.n_sensor


def test_no_sound_and_no_hearing_within_its_bounds_make_what_is_not_finite():
    extreme = {"exponent": 1.0, "reference": 1e-90, "competition": 1e99, "neighbours": 2**64 - 1}
    for change in (extreme, {**extreme, "competition": 0.0}):
        ear = Ear(replace(HEARING, **change))
        assert np.isfinite(ear.levels(np.full(4000, 1e100))).all()
