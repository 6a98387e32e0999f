"""The experiment `song`: settings, bad files, its parts, and a tiny run."""

import io
import json
import wave
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

from postdict.analysis.spectrograms import log_spectrogram
from postdict.bird import Recall, response, sing
from postdict.bird.singer import open_loop_rate
from postdict.bird.sound_files import normalised, wav_bytes
from postdict.cli import main
from postdict.experiments.song import Config, headline, run
from postdict.experiments.song.figures import draw
from postdict.experiments.song.judge import Judge
from postdict.experiments.song.oracle import search
from postdict.experiments.song.songs import file_song, own_song, read_tutor
from postdict.lab.runs import RunawayError

SMALL = replace(
    Config(), n_motor=5, duration=2e4, song_duration=1e3, shuffles=2, oracle_trials=4, seeds=1
)
SINGER = SMALL.singer()
RATE = SINGER.syrinx.rate


def test_wrong_settings_are_refused():
    with pytest.raises(ValueError, match="n_motor must be at least 2, got 1"):
        Config(n_motor=1)
    with pytest.raises(ValueError, match="song_duration must be at least 1000"):
        Config(song_duration=10.0)
    with pytest.raises(ValueError, match="recall_pause must be at most 1000"):
        Config(recall_pause=1e9)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"RIFF", "is no plain WAV file of integer PCM|is no sound file"),
        (wav_bytes(np.zeros(100), 20_000.0), "lasts 5 ms, less than 50 ms"),
        (wav_bytes(np.zeros(4000), 20_000.0), "is silent"),
        (wav_bytes(np.ones(4000), 20_000.0)[:-2], "is cut off"),
        (wav_bytes(np.full(4000, 0.5), 44_100.0), "is silent, but for a constant offset of 0.5"),
    ],
)
def test_a_bad_tutor_ends_the_call_before_anybody_babbles(
    tmp_path, capsys, monkeypatch, content, message
):
    monkeypatch.setattr("postdict.experiments.song.trial.babble", None)
    (tmp_path / "bad.wav").write_bytes(content)
    call = ["run", "song", "--quick", "--set", f"tutor_file={tmp_path / 'bad.wav'}", "--out"]
    assert main([*call, str(tmp_path / "out")]) == 2
    line = capsys.readouterr().err
    assert "bad.wav" in line
    assert any(part in line for part in message.split("|"))
    assert "Traceback" not in line


def practice():
    return own_song(SINGER, duration=1500.0, gap=15.0, rng=np.random.default_rng(1))


def test_own_songs_are_gestures_that_follow_one_another():
    song = practice()
    times, ids = song.gestures
    assert len(times) > 20
    assert np.diff(times).min() >= SINGER.gestures.duration
    assert set(ids) == set(range(5))
    assert len(song.sound) == 30_000
    assert len(song.heard[0]) > len(times)


def test_a_file_is_heard_as_loud_as_an_own_song_and_its_rest_is_not_read(tmp_path):
    song = practice()
    path = tmp_path / "song.wav"
    path.write_bytes(wav_bytes(0.01 * normalised(song.sound), RATE))
    again = file_song(SINGER, read_tutor(str(path), rate=RATE, longest=1e4), like=song)
    assert again.gestures is None
    np.testing.assert_allclose(again.sound, song.sound - song.sound.mean(), atol=2e-3)
    with pytest.warns(UserWarning, match=r"\(1.5 s\) the first 0.7 s are imitated"):
        part = file_song(SINGER, read_tutor(str(path), rate=RATE, longest=700.0), like=song)
    assert part.duration == 700.0
    path.write_bytes(wav_bytes(np.zeros(4000), RATE))
    with pytest.raises(ValueError, match="is silent"):
        read_tutor(str(path), rate=RATE, longest=1e4)


@pytest.mark.parametrize("rate", [8000, 20_000, 44_100, 96_000])
def test_an_offset_is_silence_and_a_song_on_top_of_it_is_not(tmp_path, rate):
    path = tmp_path / "offset.wav"
    tone = 0.01 * np.sin(2.0 * np.pi * 2000.0 * np.arange(rate) / rate)
    path.write_bytes(wav_bytes(0.5 + tone, rate))
    assert len(read_tutor(str(path), rate=RATE, longest=1e4)) == RATE
    path.write_bytes(wav_bytes(0.5 + 0.0 * tone, rate))
    with pytest.raises(ValueError, match=r"is silent"):
        read_tutor(str(path), rate=RATE, longest=1e4)


def test_babbling_that_runs_away_ends(monkeypatch):
    assert 0.2 < open_loop_rate(SINGER, seed=1) < 1.5
    monkeypatch.setattr("postdict.experiments.song.trial.RUNAWAY", 0.1)
    with pytest.raises(RunawayError, match="population 'motor' fired"):
        run(SMALL)


def test_the_inverse_copies_what_its_transpose_does_not():
    heard = response(SINGER)
    songs = [practice(), own_song(SINGER, duration=1500.0, gap=15.0, rng=np.random.default_rng(2))]
    judge = Judge(SINGER, Recall(), *songs)
    inverse, delay = judge.own(np.linalg.pinv(heard), 1.0)
    assert inverse["f1_10ms"] > 0.95
    assert inverse["correlation"] > 0.8
    assert inverse["pitch_error"] < 0.05
    assert 5.0 < delay < 25.0
    silent, _ = judge.own(np.zeros_like(heard.T), 1.0)
    assert silent["f1_10ms"] == silent["correlation"] == 0.0
    assert silent["pitch_error"] is None
    assert judge.best_copy(np.zeros_like(heard.T), 1.0, songs[1], delay).correlation == 0.0


def test_the_direct_search_finds_a_song_of_the_own_voice():
    song = own_song(SINGER, duration=800.0, gap=15.0, rng=np.random.default_rng(3))
    programmed = search(song.spectrogram, SINGER, duration=800.0, trials=0, seed=1)
    changed = search(song.spectrogram, SINGER, duration=800.0, trials=40, seed=1)

    def correlation(gestures):
        sound = sing(SINGER.gestures, *gestures, duration=800.0).sound
        found = log_spectrogram(sound, rate=RATE)
        return np.corrcoef(found.ravel(), song.spectrogram.ravel())[0, 1]

    assert correlation(programmed) > 0.85
    assert correlation(changed) >= correlation(programmed)


def test_a_tiny_run_writes_sane_sounds_and_draws(tmp_path):
    assert main(["run", "song", "--no-progress", "--out", str(tmp_path), *settings(SMALL)]) == 0
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary["own"]["controls"].keys() == {
        "pinv", "ridge", "transpose", "untrained", "shuffled"
    }  # fmt: skip
    assert summary["tutor"]["oracle"] > 0.5
    for name in ("tutor", "imitation", "control_shuffled", "oracle"):
        with wave.open(io.BytesIO((tmp_path / f"{name}.wav").read_bytes())) as file:
            assert file.getparams()[:4] == (1, 2, RATE, RATE)
            values = np.frombuffer(file.readframes(20_000), "<i2")
        assert np.abs(values.astype(int)).max() < 32_000
    assert (tmp_path / "song.png").stat().st_size > 10_000


def settings(config):
    given = {k: v for k, v in vars(config).items() if v is not None and v != vars(Config())[k]}
    return [part for key, value in given.items() for part in ("--set", f"{key}={value}")]


def test_results_repeat_and_every_panel_has_axes():
    first, again = run(SMALL), run(SMALL)
    for name, values in first.arrays.items():
        np.testing.assert_array_equal(values, again.arrays[name])
    assert first.files == again.files
    assert first.files["imitation.wav"] != first.files["tutor.wav"]
    figure = Figure(figsize=(11.0, 10.5))
    draw(first, figure)
    letters = [ax.get_title(loc="left") for ax in figure.axes]
    assert [letter for letter in letters if letter] == list("abcdefg")
    assert "own songs: F1 at ±10 / ±5 ms" in dict(headline(first))
