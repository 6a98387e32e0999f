"""What `song` says in words of a tutor, what it warns of, and which stretch its figure shows."""

import numpy as np
import pytest

from postdict.analysis.spectrograms import HOP
from postdict.bird import Hearing
from postdict.bird.sound_files import normalised, wav_bytes
from postdict.experiments.song.figures import LONGEST, shown_span
from postdict.experiments.song.tutors import read_tutor
from postdict.experiments.song.verdicts import verdict
from postdict.lab.results import Result


def tutor(learned, oracle, shuffled):
    return {
        "correlation": learned,
        "oracle": {"correlation": oracle},
        "controls": {"shuffled": {"correlation": shuffled}},
    }


@pytest.mark.parametrize(
    ("learned", "oracle", "shuffled", "said"),
    [
        (0.61, 0.78, 0.22, "imitated: 0.61; shuffled weights reach 0.22, this voice at best 0.78"),
        (0.19, 0.52, 0.24, "not imitated: 0.19; shuffled weights reach 0.24"),
        (-0.05, 0.52, -0.11, "not imitated: -0.05"),
        (0.0, 0.44, -0.02, "not imitated: the imitation is silent"),
        (0.31, 0.12, 0.15, "nothing that this voice could sing"),
    ],
)
def test_a_verdict_is_a_line_in_words(learned, oracle, shuffled, said):
    assert verdict(tutor(learned, oracle, shuffled)).startswith(said)


def test_what_the_ear_mostly_cannot_hear_is_said_with_its_share(tmp_path):
    rate = 96_000
    t = np.arange(rate // 2) / rate
    low, high = np.sin(2e3 * 2.0 * np.pi * t), np.sin(3e4 * 2.0 * np.pi * t)
    path = tmp_path / "mouse.wav"
    path.write_bytes(wav_bytes(normalised(0.5 * low + high), rate))
    with pytest.warns(UserWarning, match=r"cannot hear 80 % of the power of .*mouse\.wav"):
        read_tutor(str(path), Hearing(), longest=1e4)
    path.write_bytes(wav_bytes(normalised(low + 0.5 * high), rate))
    read_tutor(str(path), Hearing(), longest=1e4)  # warnings are errors


def test_the_figure_shows_the_loudest_stretch_of_a_long_song():
    quiet = np.zeros((int(3 * LONGEST / HOP), 5))
    loud = quiet.copy()
    begin = int(1.7 * LONGEST / HOP)
    loud[begin : begin + 40] = 30.0
    result = Result("song", {}, {}, {"tutor_spectrogram": loud})
    start, stop = shown_span(result)
    assert stop - start == pytest.approx(LONGEST, abs=HOP)
    assert start <= HOP * begin
    assert stop >= HOP * (begin + 40)
    result = Result("song", {}, {}, {"tutor_spectrogram": quiet[:50]})
    assert shown_span(result) == (0.0, 50 * HOP)
