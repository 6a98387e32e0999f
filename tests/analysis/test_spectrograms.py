"""Log spectrograms, similarity and pitch."""

import numpy as np
import pytest

from postdict.analysis.spectrograms import (
    HOP,
    frequencies,
    log_spectrogram,
    pitch,
    pitch_error,
    similarity,
)

RATE = 20_000.0
TIME = np.arange(20_000) / RATE


def tone(frequency, n_harmonics=1):
    return sum(np.sin(2 * np.pi * k * frequency * TIME) / k for k in range(1, n_harmonics + 1))


def gated(sound, start, stop):
    return np.where((start <= TIME) & (stop > TIME), sound, 0.0)


def test_a_tone_stands_at_its_frequency_however_loud():
    spectrogram = log_spectrogram(tone(2000.0), rate=RATE)
    assert spectrogram.shape == (501, len(frequencies(RATE)))
    assert frequencies(RATE)[spectrogram[250].argmax()] == pytest.approx(2000.0, abs=80.0)
    assert spectrogram[250].max() == pytest.approx(30.0, abs=0.5)
    assert spectrogram.min() == 0.0
    np.testing.assert_allclose(
        log_spectrogram(1e-3 * tone(2000.0), rate=RATE), spectrogram, atol=1e-6
    )


def test_silence_is_silent():
    assert not log_spectrogram(np.zeros(4000), rate=RATE).any()


def test_similarity_knows_itself_its_lag_and_strangers():
    song = gated(tone(1500.0), 0.2, 0.4) + gated(tone(4000.0), 0.6, 0.8)
    first = log_spectrogram(song, rate=RATE)
    assert similarity(first, first, max_lag=20.0).correlation == pytest.approx(1.0)
    later = log_spectrogram(np.roll(song, 200), rate=RATE)  # 10 ms
    found = similarity(first, later, max_lag=20.0)
    assert found.lag == 10.0
    assert found.correlation > 0.999
    swapped = gated(tone(4000.0), 0.2, 0.4) + gated(tone(1500.0), 0.6, 0.8)
    assert similarity(first, log_spectrogram(swapped, rate=RATE), max_lag=20.0).correlation < 0.2
    assert similarity(first, np.zeros_like(first), max_lag=20.0).correlation == 0.0


@pytest.mark.parametrize("frequency", [450.0, 800.0, 2100.0, 5300.0])
def test_pitch_of_tones_with_harmonics(frequency):
    n_harmonics = max(1, min(4, int(9000.0 / frequency)))
    found = pitch(tone(frequency, n_harmonics), rate=RATE)[10:-10]
    np.testing.assert_allclose(found, frequency, rtol=0.03)


def test_there_is_no_pitch_in_noise_and_silence():
    noise = np.random.default_rng(1).normal(size=20_000)
    assert np.isnan(pitch(noise, rate=RATE)).mean() > 0.9
    assert np.isnan(pitch(np.zeros(2000), rate=RATE)).all()
    assert pitch_error(noise[:10], noise[:10], rate=RATE, lag=0.0) is None


def test_pitch_error_is_relative_and_follows_the_lag():
    first = gated(tone(1000.0), 0.2, 0.5)
    second = np.roll(gated(tone(1100.0), 0.2, 0.5), 400)
    assert pitch_error(first, second, rate=RATE, lag=20.0) == pytest.approx(0.1, abs=0.02)
    assert pitch_error(first, np.zeros_like(first), rate=RATE, lag=0.0) is None


def test_short_sounds_have_few_frames():
    assert len(log_spectrogram(np.zeros(100), rate=RATE)) <= 100 / (1e-3 * HOP * RATE) + 1
