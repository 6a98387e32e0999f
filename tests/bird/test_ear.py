"""The ear, the bird as a world, and a repertoire that the ear tells apart."""

from dataclasses import replace

import numpy as np
import pytest

from postdict import LIF, Network, Simulation
from postdict.bird import (
    DivergenceError,
    Ear,
    Gestures,
    Hearing,
    Recall,
    Singer,
    Syrinx,
    VoiceWorld,
    answer,
    distinct_gestures,
    hear_sound,
    response,
    sing,
)
from postdict.bird.repertoire import footprints

HEARING, SYRINX = Hearing(), Syrinx()
NOTES = Gestures(np.array([0.15, 0.1, 0.2]), np.array([0.12, 0.08, 0.35]))
SINGER = Singer(
    NOTES, HEARING, SYRINX, LIF(tau_m=100.0), LIF(tau_m=10.0, reset="by"), 20.0, 0.2, 1.0, 0.5
)


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
    Ear(ear.hearing).restore(ear.state())


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_a_step_that_fails_leaves_the_bird_as_it_was(monkeypatch, error):
    def fails(*_):
        raise error

    motor, nobody = (np.array([0.4]), np.array([1])), (np.empty(0), np.empty(0, np.int64))
    bird, other = VoiceWorld(NOTES, HEARING, SYRINX), VoiceWorld(NOTES, HEARING, SYRINX)
    before = bird.state()
    with monkeypatch.context() as patch:
        patch.setattr(Ear, "drive", fails)
        with pytest.raises(error):
            bird.step(motor)
    np.testing.assert_equal(bird.state(), before)
    for spikes in (motor, *[nobody] * 20):
        np.testing.assert_array_equal(bird.step(spikes), other.step(spikes))
    damaged = {**bird.state(), "ear": {}}
    with pytest.raises(ValueError, match="damaged"):
        bird.restore({**damaged, "voice": before["voice"]})
    np.testing.assert_equal(bird.state(), other.state())


def test_a_bird_in_the_loop_hears_what_it_would_hear_of_its_song():
    times, ids = np.array([10.25, 60.0, 95.4]), np.array([0, 2, 1])
    network = Network(1)
    motor = network.add_spike_source("motor", 3, times=times, ids=ids)
    sensor = network.add_population("sensor", HEARING.n_sensor, SINGER.sensor)
    bird = VoiceWorld(NOTES, HEARING, SYRINX)
    network.add_world("bird", bird, motor, sensor, readout="spikes", drive="current")
    simulation = Simulation(network)
    simulation.run_until(150.0)
    in_the_loop = simulation.spikes(sensor)
    song = sing(NOTES, times, ids, duration=150.0)
    heard = hear_sound(SINGER, iter(np.split(song.sound, [100, 777])), duration=150.0)
    assert len(heard[0]) > 50
    for one, other in zip(in_the_loop, heard, strict=True):
        np.testing.assert_array_equal(one, other)
    first = heard[0][heard[0] < 50.0]
    assert first.min() > 13.0  # the gesture begins at 10.25, and sounds 3 ms later


def test_a_simulation_with_a_bird_is_saved_and_goes_on_to_the_last_bit(tmp_path):
    def started():
        network = Network(3)
        motor = network.add_population("motor", 3, LIF(tau_m=100.0))
        sensor = network.add_population("sensor", HEARING.n_sensor, SINGER.sensor)
        network.add_poisson("exploration", motor, rate=60.0, weight=0.2)
        world = VoiceWorld(NOTES, HEARING, SYRINX)
        network.add_world("bird", world, motor, sensor, readout="spikes", drive="current")
        return Simulation(network)

    whole = started()
    whole.run_until(400.0)
    part = started()
    part.run_until(205.5)
    part.save(tmp_path / "half.npz")
    rest = started()
    rest.restore(tmp_path / "half.npz")
    rest.run_until(400.0)
    for one, other in zip(whole.spikes("sensor"), rest.spikes("sensor"), strict=True):
        np.testing.assert_array_equal(one, other)
    assert len(whole.spikes("sensor")[0]) > 50


def test_a_bird_that_diverges_ends_the_run_whole_before_the_step():
    wild = replace(NOTES, pressure=np.array([1e7, 0.1, 0.2]))
    network = Network(1)
    motor = network.add_spike_source("motor", 3, times=[20.0, 50.0], ids=[1, 0])
    sensor = network.add_population("sensor", HEARING.n_sensor, SINGER.sensor)
    bird = VoiceWorld(wild, HEARING, SYRINX)
    network.add_world("bird", bird, motor, sensor, readout="spikes", drive="current")
    simulation = Simulation(network)
    with pytest.raises(DivergenceError, match=r"the syrinx diverges at t = 53\.\d\d ms"):
        simulation.run_until(100.0)
    assert 53.0 < simulation.time < 55.0
    times, _ = simulation.spikes(sensor)
    assert len(times) > 10
    assert times.max() < simulation.time


def test_gestures_of_a_repertoire_are_told_apart_better_than_by_chance():
    chosen = distinct_gestures(8, HEARING, SYRINX)
    rng = np.random.default_rng(0)
    random = Gestures(rng.uniform(0.1, 0.3, 8), rng.uniform(0.05, 0.6, 8))
    of_chosen, of_random = (
        np.linalg.cond(footprints(one, HEARING, SYRINX)) for one in (chosen, random)
    )
    assert of_chosen < 10.0
    assert of_chosen < 0.5 * of_random
    with pytest.raises(ValueError, match=r"the ear tells \d+ gestures apart, not 500"):
        distinct_gestures(500, HEARING, SYRINX)


def test_the_inverse_of_the_response_finds_the_gestures():
    inverse = np.linalg.pinv(response(SINGER))
    times, ids = np.array([30.0, 80.0, 130.0, 160.0]), np.array([2, 0, 1, 1])
    song = sing(NOTES, times, ids, duration=250.0)
    heard = hear_sound(SINGER, iter([song.sound]), duration=250.0)
    found = answer(2.5 * inverse, SINGER, Recall(), heard, duration=250.0)
    np.testing.assert_array_equal(found[1], ids)
    np.testing.assert_allclose(found[0] - times, 12.0, atol=6.0)
    # A pause longer than the gap between the last two leaves one of them out.
    slow = answer(2.5 * inverse, SINGER, Recall(pause=45.0), heard, duration=250.0)
    assert len(slow[0]) < 4


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


def test_voice_and_ear_need_one_rate():
    with pytest.raises(ValueError, match="voice and ear need one rate, got 20000 and 16000 Hz"):
        VoiceWorld(NOTES, replace(HEARING, rate=16_000.0), SYRINX)


def test_no_sound_and_no_hearing_within_its_bounds_make_what_is_not_finite():
    extreme = {"exponent": 1.0, "reference": 1e-90, "competition": 1e99, "neighbours": 2**64 - 1}
    for change in (extreme, {**extreme, "competition": 0.0}):
        ear = Ear(replace(HEARING, **change))
        assert np.isfinite(ear.levels(np.full(4000, 1e100))).all()


@pytest.mark.parametrize(
    ("n_motor", "readout", "message"),
    [
        (NOTES.n, "counts", "VoiceWorld needs the readout 'spikes', got an array"),
        (NOTES.n + 1, "spikes", rf"ids must be in \[0, {NOTES.n}\), got {NOTES.n} at \[0\]"),
    ],
)
def test_a_bird_says_what_it_cannot_sing(n_motor, readout, message):
    net = Network()
    net.add_spike_source("motor", n_motor, times=[1.5], ids=[n_motor - 1])
    net.add_population("sensor", HEARING.n_sensor, LIF())
    bird = VoiceWorld(NOTES, HEARING, SYRINX)
    net.add_world("bird", bird, "motor", "sensor", readout=readout)
    with pytest.raises((TypeError, ValueError), match=message):
        Simulation(net).run(5.0)
