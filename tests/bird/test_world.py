"""Voice and ear as a world: in the loop, saved, failing."""

from dataclasses import replace

import numpy as np
import pytest

from postdict import LIF, Network, Simulation
from postdict.bird import (
    DivergenceError,
    Ear,
    Gestures,
    Hearing,
    Singer,
    Syrinx,
    VoiceWorld,
    hear_sound,
    sing,
)

HEARING, SYRINX = Hearing(), Syrinx()
NOTES = Gestures(np.array([0.15, 0.1, 0.2]), np.array([0.12, 0.08, 0.35]))
N_NOTES = len(NOTES)
SINGER = Singer(
    NOTES, HEARING, SYRINX, LIF(tau_m=100.0), LIF(tau_m=10.0, reset="by"), 20.0, 0.2, 1.0, 0.5
)


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
    for values, others in zip(in_the_loop, heard, strict=True):
        np.testing.assert_array_equal(values, others)
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
    for values, others in zip(whole.spikes("sensor"), rest.spikes("sensor"), strict=True):
        np.testing.assert_array_equal(values, others)
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


def test_voice_and_ear_need_one_rate():
    with pytest.raises(ValueError, match="voice and ear need one rate, got 20000 and 16000 Hz"):
        VoiceWorld(NOTES, replace(HEARING, rate=16_000.0), SYRINX)


@pytest.mark.parametrize(
    ("n_motor", "readout", "message"),
    [
        (len(NOTES), "counts", "VoiceWorld needs the readout 'spikes', got an array"),
        (
            len(NOTES) + 1,
            "spikes",
            rf"ids must be in \[0, {len(NOTES)}\), got {len(NOTES)} at \[0\]",
        ),
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
