"""The experiment `song`: settings, bad files, its parts, and tiny runs."""

import io
import json
import os
import wave
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

from postdict.analysis.likeness import correlation
from postdict.bird import response, sing
from postdict.bird.singer import open_loop_rate
from postdict.bird.sound_files import normalised, wav_bytes
from postdict.cli import main
from postdict.experiments.song import Config, headline, in_words, run
from postdict.experiments.song.figures import draw
from postdict.experiments.song.judge import Judge
from postdict.experiments.song.oracle import search
from postdict.experiments.song.quantised import quantised
from postdict.experiments.song.songs import file_song, own_song
from postdict.experiments.song.tutors import read_tutor, tutor_files
from postdict.lab.results import Result
from postdict.lab.runs import RunawayError

SMALL = replace(
    Config(),
    n_motor=6,
    duration=2e4,
    song_duration=1e3,
    shuffles=2,
    oracle_effort=1,
    reversed_share=0.5,
    seeds=1,
)
SINGER = SMALL.singer()
OLD = replace(SMALL, voice="syrinx", n_motor=5)
OLD_SINGER = OLD.singer()
RATE = SINGER.organ.rate


def test_wrong_settings_are_refused():
    with pytest.raises(ValueError, match="n_motor must be at least 2, got 1"):
        Config(n_motor=1)
    with pytest.raises(ValueError, match="song_duration must be at least 1000"):
        Config(song_duration=10.0)
    with pytest.raises(ValueError, match="no voice is named 'flute'"):
        Config(voice="flute")
    with pytest.raises(ValueError, match="recall_gain must be positive"):
        Config(recall_gain=0.0)


def test_what_is_not_set_is_what_suits_the_voice():
    new, old = Config(), Config(voice="syrinx")
    assert len(new.singer().gestures) == 247
    assert len(old.singer().gestures) == 24
    assert new.kind().duration == 2.8e6
    assert old.kind().duration == 1e6
    assert old.kind().reflex is None
    assert Config(reflex=False).kind().reflex is None
    assert Config(recall_gain=3.0).kind().gains == (3.0,)
    assert Config(recall_push=0.0).kind().recall.push == 0.0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"RIFF", "is no plain WAV file of integer PCM|is no sound file|need soundfile"),
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


def test_a_tutor_beyond_the_ear_and_a_bird_that_is_none_end_the_call_as_early(
    tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr("postdict.experiments.song.trial.babble", None)
    time = np.arange(44_100) / 44_100.0
    (tmp_path / "high.wav").write_bytes(wav_bytes(np.sin(2 * np.pi * 15_000.0 * time), 44_100.0))
    (tmp_path / "bird.npz").write_bytes(b"no bird")
    (tmp_path / "empty").mkdir()
    for given, message in (
        (f"tutor_file={tmp_path / 'high.wav'}", "has nothing between 500 and 7800 Hz"),
        (f"tutor_file={tmp_path / 'empty'}", "holds no sound file"),
        (f"bird={tmp_path / 'bird.npz'}", "is no file of birds"),
        (f"bird={tmp_path / 'none.npz'}", "none.npz"),
    ):
        call = ["run", "song", "--quick", "--set", given, "--out", str(tmp_path / "out")]
        assert main(call) == 2
        assert message in capsys.readouterr().err


def test_tutors_are_files_or_folders_of_them_and_repeat(tmp_path):
    for name in ("a/x.wav", "a/y.WAV", "a/notes.txt", "b/x.wav"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    a, b = tmp_path / "a", tmp_path / "b/x.wav"
    assert tutor_files(str(b)) == [b]
    assert tutor_files(f"{a}{os.pathsep}{b}") == [a / "x.wav", a / "y.WAV", b]


def practice(singer=SINGER, seed=1):
    rng = np.random.default_rng(seed)
    return own_song(singer, duration=1500.0, gap=15.0, rng=rng)


def test_own_songs_are_gestures_that_follow_one_another():
    song = practice()
    times, ids = song.gestures
    assert len(times) > 20
    assert np.diff(times).min() >= SINGER.gestures.duration
    assert set(ids) == set(range(6))
    assert len(song.sound) == 30_000
    assert len(song.heard[0]) > len(times)


def test_a_file_is_heard_as_loud_as_an_own_song_and_its_rest_is_not_read(tmp_path):
    song = practice()
    path = tmp_path / "song.wav"
    path.write_bytes(wav_bytes(0.01 * normalised(song.sound), RATE))
    again = file_song(SINGER, "song", read_tutor(str(path), SINGER.hearing, longest=1e4), like=song)
    assert again.gestures is None
    np.testing.assert_allclose(again.sound, song.sound, atol=0.01 * np.abs(song.sound).max())
    with pytest.warns(UserWarning, match=r"\(1.5 s\) the first 0.7 s are imitated"):
        part = read_tutor(str(path), SINGER.hearing, longest=700.0)
    assert len(part) == 14_000
    path.write_bytes(wav_bytes(np.zeros(4000), RATE))
    with pytest.raises(ValueError, match="is silent"):
        read_tutor(str(path), SINGER.hearing, longest=1e4)


@pytest.mark.parametrize("rate", [8000, 20_000, 44_100, 96_000])
def test_an_offset_is_silence_and_a_song_on_top_of_it_is_not(tmp_path, rate):
    path = tmp_path / "offset.wav"
    tone = 0.01 * np.sin(2.0 * np.pi * 2000.0 * np.arange(rate) / rate)
    path.write_bytes(wav_bytes(0.5 + tone, rate))
    assert len(read_tutor(str(path), SINGER.hearing, longest=1e4)) == RATE
    path.write_bytes(wav_bytes(0.5 + 0.0 * tone, rate))
    with pytest.raises(ValueError, match=r"is silent"):
        read_tutor(str(path), SINGER.hearing, longest=1e4)


def test_babbling_that_runs_away_ends(monkeypatch):
    assert 0.05 < open_loop_rate(SINGER, seed=1) < 1.5
    monkeypatch.setattr("postdict.experiments.song.trial.RUNAWAY", 0.1)
    with pytest.raises(RunawayError, match="population 'motor' fired"):
        run(SMALL)


def test_the_inverse_copies_what_its_transpose_does_not():
    heard = response(OLD_SINGER)
    songs = practice(OLD_SINGER), practice(OLD_SINGER, seed=2)
    judge = Judge(OLD_SINGER, OLD.kind(), *songs)
    decoder = judge.decoder(np.linalg.pinv(heard), 1.0)
    inverse = judge.own(decoder)
    assert inverse["f1_10ms"] > 0.95
    assert inverse["correlation"] > 0.8
    assert inverse["pitch_error"] < 0.05
    assert 5.0 < decoder.delay < 25.0
    silent = judge.decoder(np.zeros_like(heard.T), 1.0)
    nothing = judge.own(silent)
    assert nothing["f1_10ms"] == nothing["correlation"] == 0.0
    assert nothing["pitch_error"] is None
    assert not judge.copy(silent, songs[1]).sound.any()


def test_the_inverse_of_postures_copies_an_own_song():
    heard = response(SINGER)
    judge = Judge(SINGER, SMALL.kind(), practice(), practice(seed=2))
    inverse = np.linalg.pinv(heard)
    copied = judge.own(judge.decoder(inverse, float(np.diag(inverse @ heard).mean())))
    assert copied["f1_10ms"] > 0.7
    assert copied["correlation"] > 0.7


def test_the_direct_search_finds_a_song_of_the_own_voice():
    song = own_song(OLD_SINGER, duration=800.0, gap=15.0, rng=np.random.default_rng(3))
    programmed = search(song.spectrogram, OLD_SINGER, duration=800.0, trials=0, seed=1)
    changed = search(song.spectrogram, OLD_SINGER, duration=800.0, trials=40, seed=1)
    judge = Judge(OLD_SINGER, OLD.kind(), song, song)

    def similar(gestures):
        sound = sing(OLD_SINGER.gestures, *gestures, duration=800.0).sound
        copy = judge.sounding(gestures, sound)
        return correlation(copy.spectrogram.ravel(), song.spectrogram.ravel())

    assert similar(programmed) > 0.85
    assert similar(changed) >= similar(programmed)


def test_the_search_over_postures_finds_an_own_song_and_more_effort_is_not_worse():
    song = own_song(SINGER, duration=500.0, gap=15.0, rng=np.random.default_rng(3))
    judge = Judge(SINGER, SMALL.kind(), song, song)
    found = []
    for effort in (0, 1):
        best = quantised(song.spectrogram, SINGER, n_samples=len(song.sound), effort=effort)
        copy = judge.sounding(best.gestures, best.sound)
        found.append(correlation(copy.spectrogram.ravel(), song.spectrogram.ravel()))
    assert found[0] > 0.6
    assert found[1] >= found[0]


@pytest.fixture(scope="module")
def two_tutors(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tutors")
    for name, seed in (("one", 5), ("two", 6)):
        sound = practice(seed=seed).sound[:9000]
        (folder / f"{name}.wav").write_bytes(wav_bytes(normalised(sound), RATE))
    return folder


def test_a_tiny_run_writes_sane_sounds_and_draws_and_its_bird_sings_again(tmp_path, two_tutors):
    first, again = tmp_path / "first", tmp_path / "again"
    call = ["run", "song", "--no-progress", *settings(SMALL)]
    one = ["--set", f"tutor_file={two_tutors / 'one.wav'}"]
    assert main([*call, *one, "--out", str(first)]) == 0
    summary = json.loads((first / "summary.json").read_text())
    assert summary["own"]["controls"].keys() == {
        "pinv", "ridge", "transpose", "untrained", "shuffled"
    }  # fmt: skip
    assert summary["tutors"]["one"]["oracle"]["correlation"] > 0.4
    assert summary["window_reversed"]["pieces"] == summary["recognised"]["learned"]["pieces"]
    for name in ("tutor", "imitation", "control_shuffled", "oracle"):
        with wave.open(io.BytesIO((first / f"{name}.wav").read_bytes())) as file:
            assert file.getparams()[:4] == (1, 2, RATE, 9000)
            values = np.frombuffer(file.readframes(20_000), "<i2")
        assert np.abs(values.astype(int)).max() < 32_000
    with wave.open(io.BytesIO((first / "side_by_side.wav").read_bytes())) as file:
        assert file.getnframes() == 4 * 9000 + 3 * 6000
    assert (first / "song.png").stat().st_size > 10_000
    # The same bird, kept: the same song, to the bit.
    kept = ["--set", f"bird={first / 'bird.npz'}", *one]
    assert main([*call, *kept, "--out", str(again)]) == 0
    assert not (again / "bird.npz").exists()
    for name in ("imitation.wav", "oracle.wav"):
        assert (first / name).read_bytes() == (again / name).read_bytes()
    later = json.loads((again / "summary.json").read_text())
    assert later["tutors"] == summary["tutors"]
    for time, stage in summary["development"].items():  # weights of then are kept as single floats
        assert later["development"][time] == pytest.approx(stage, abs=0.02)
    assert "window_reversed" not in later


def settings(config):
    given = {k: v for k, v in vars(config).items() if v is not None and v != vars(Config())[k]}
    return [part for key, value in given.items() for part in ("--set", f"{key}={value}")]


@pytest.mark.parametrize("config", [SMALL, OLD])
def test_results_repeat_and_every_panel_has_axes(config, two_tutors):
    config = replace(config, tutor_file=str(two_tutors))
    first, again = run(config), run(config)
    for name, values in first.arrays.items():
        np.testing.assert_array_equal(values, again.arrays[name])
    assert first.files == again.files
    assert first.files["one_imitation.wav"] != first.files["one_tutor.wav"]
    assert first.summary["tutor_names"] == ["one", "two"]
    assert first.arrays["confusion"].shape == (2, 2)
    figure = Figure(figsize=(11.0, 12.5))
    draw(first, figure)
    letters = [ax.get_title(loc="left") for ax in figure.axes]
    assert [letter for letter in letters if letter] == list("abcdefghi")
    stages = first.summary["development"]
    assert next(iter(stages)) in ("0", f"{1e-3 * config.duration / 50:g}")
    assert list(stages)[-1] == f"{1e-3 * config.duration:g}"
    assert first.summary["mean"]["learned"]["correlation"] == pytest.approx(
        stages[f"{1e-3 * config.duration:g}"]["correlation"]
    )
    assert "own songs: F1 at ±10 / ±5 ms" in dict(headline(first))
    assert "of 2 songs" in dict(headline(first))["in short"]
    assert in_words(first)[1:] == dict(headline(first))["in short"][1:]


def test_where_the_transpose_has_as_many_pieces_the_sentence_says_what_shows_learning():
    def said(transpose):
        pieces = {
            name: {"pieces": 9.0, "identified": share}
            for name, share in (
                ("learned", 1.0), ("transpose", transpose), ("shuffled", 0.0), ("oracle", 1.0)
            )
        }  # fmt: skip
        own = {"f1_10ms": 0.36, "controls": {"transpose": {"f1_10ms": 0.14}}}
        mean = {"learned": {"pitch_error": 0.017}}
        summary = {"recognised": pieces, "tutors": {"one": {}}, "mean": mean, "own": own}
        return in_words(Result("song", {}, summary, {}))

    assert said(1.0).endswith("does not show learning: own songs do, F1 0.36, transpose 0.14")
    assert said(0.5).endswith("the pitch is off by 1.7 %")
