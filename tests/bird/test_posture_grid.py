"""The repertoire of postures."""

import numpy as np
import pytest

from postdict.analysis.spectrograms import pitch
from postdict.bird import SourceFilterVoice, posture_grid


def test_it_has_stacks_whistles_and_noises_of_one_spectral_peak():
    grid = posture_grid()
    assert len(grid) == 247
    tonal = grid.tone > grid.noise
    assert tonal.sum() == 237
    assert grid.pitch[0] == 400.0
    assert grid.pitch[tonal].max() == pytest.approx(7628.0, abs=1.0)
    peaks = []
    for k in (0, 100, 211, 220, 240, 246):
        voice = SourceFilterVoice(grid, seed=k)
        sound = voice.go_on(80 * np.arange(100), np.full(100, k), 8000).sound[400:]
        frames = np.lib.stride_tricks.sliding_window_view(sound, 256)[::64] * np.hanning(256)
        peaks.append((np.abs(np.fft.rfft(frames)) ** 2).mean(axis=0).max())
    np.testing.assert_allclose(10 * np.log10(np.array(peaks) / 63.75**2), 0.0, atol=0.6)


def test_a_stack_has_its_pitch():
    grid = posture_grid()
    voice = SourceFilterVoice(grid)
    sound = voice.go_on(80 * np.arange(50), np.full(50, 96), 4000).sound
    found = pitch(sound, rate=20_000.0)[20:80]
    np.testing.assert_allclose(np.nanmedian(found), 800.0, rtol=0.01)


def test_fewer_are_taken_evenly_and_more_there_are_not():
    few = posture_grid(5)
    assert len(few) == 5
    assert few.pitch[0] == 400.0
    assert few.noise[-1] > few.tone[-1]
    with pytest.raises(ValueError, match="n must be at most 247, got 300"):
        posture_grid(300)
