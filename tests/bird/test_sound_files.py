"""Sound files: every rate and width; what cannot be read is refused by name."""

import io
import struct
import sys
import wave
from importlib.util import find_spec

import numpy as np
import pytest

from postdict.bird import open_sound
from postdict.bird.sound_files import normalised, wav_bytes

RATE = 20_000


def tone(n=4000, rate=RATE, frequency=700.0):
    return 0.5 * np.sin(2 * np.pi * frequency * np.arange(n) / rate)


def encoded(sound, width):
    """PCM of 1 to 4 bytes a sample."""
    if width == 1:
        return np.round(sound * 127 + 128).astype(np.uint8).tobytes()
    whole = np.round(sound * (2 ** (8 * width - 1) - 1)).astype("<i4")
    if width == 3:
        return b"".join(struct.pack("<i", int(v))[:3] for v in whole)
    return whole.astype(f"<i{width}").tobytes()


def write(path, sound, *, width=2, rate=RATE, channels=1):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(encoded(np.repeat(sound, channels), width))
    return path


def read(path, **options):
    return np.concatenate(list(open_sound(path).pieces(rate=RATE, **options)))


@pytest.mark.parametrize(("width", "error"), [(1, 0.01), (2, 1e-4), (3, 1e-6), (4, 1e-8)])
@pytest.mark.parametrize("channels", [1, 2, 5])
def test_widths_and_channels(tmp_path, width, error, channels):
    path = write(tmp_path / "a.wav", tone(), width=width, channels=channels)
    np.testing.assert_allclose(read(path), tone(), atol=error)


@pytest.mark.parametrize("rate", [8000, 22_050, 44_100, 44_101, 48_000, 300_000])
def test_any_rate_is_resampled_piece_by_piece_as_a_whole(tmp_path, rate, monkeypatch):
    signal = pytest.importorskip("scipy.signal")
    path = write(tmp_path / "a.wav", tone(rate // 4, rate), rate=rate, width=4)
    whole = read(path)
    monkeypatch.setattr("postdict.bird.sound_files.PIECE", 777)
    np.testing.assert_array_equal(read(path), whole)
    assert len(whole) == pytest.approx(RATE / 4, abs=4)
    inside = slice(500, 4000)
    assert np.abs(np.fft.rfft(whole[inside] * np.hanning(3500))).argmax() == pytest.approx(
        700 * 3500 / RATE, abs=1
    )
    if rate == 44_100:
        given = np.concatenate(list(open_sound(path).pieces(rate=rate)))
        np.testing.assert_allclose(whole, signal.resample_poly(given, 200, 441), atol=1e-12)


def test_what_is_beyond_the_wanted_duration_is_not_read(tmp_path):
    # A header that promises ten hours, of which a second is there.
    content = bytearray(write(tmp_path / "a.wav", tone(RATE)).read_bytes())
    content[40:44] = struct.pack("<I", 2 * 36_000 * RATE)
    (tmp_path / "long.wav").write_bytes(content)
    sound = open_sound(tmp_path / "long.wav")
    assert sound.duration == 3.6e7
    np.testing.assert_allclose(
        np.concatenate(list(sound.pieces(rate=RATE, duration=500.0))), tone(RATE // 2), atol=1e-4
    )
    with pytest.raises(
        ValueError, match="cut off: its header promises 720000000 frames, it has 20000"
    ):
        list(sound.pieces(rate=RATE))


def damaged(content, **changes):
    content = bytearray(content)
    for place, value in changes.items():
        first = int(place[1:])
        content[first : first + len(value)] = value
    return bytes(content)


WHOLE = wav_bytes(tone(), RATE)
MU_LAW = damaged(WHOLE, _20=struct.pack("<H", 7))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (WHOLE[:3], "is no"),
        (WHOLE[:11], "is no"),
        (WHOLE[:20], "is cut off within its header"),
        (WHOLE[:36], "is cut off within its header"),
        (WHOLE[:44], "is cut off"),
        (WHOLE[:2000], "is cut off"),
        (damaged(WHOLE, _36=b"LIST\xf0\xff\xff\x7f"), "is cut off within its header"),
        (damaged(WHOLE, _24=struct.pack("<I", 0)), "has a rate of 0 Hz"),
        (damaged(WHOLE, _24=struct.pack("<I", 2**31)), "has a rate of 2147483648 Hz, more than"),
        (damaged(WHOLE, _22=struct.pack("<H", 0)), "has no channel"),
        (damaged(WHOLE, _34=struct.pack("<H", 0)), "has samples of 0 bits, not 8, 16, 24 or 32"),
        (damaged(WHOLE, _34=struct.pack("<H", 64)), "has samples of 64 bits"),
        (wav_bytes(tone(100), RATE), "lasts 5 ms, less than 50 ms"),
        (wav_bytes(np.empty(0), RATE), "lasts 0 ms, less than 50 ms"),
        (b"no sound at all" * 10, "is no"),
    ],
)
def test_bad_files_are_refused_by_name(tmp_path, content, message):
    path = tmp_path / "bad.wav"
    path.write_bytes(content)
    if message == "is no" and find_spec("soundfile") is None:  # which might have known it
        error, message = ImportError, "need soundfile"
    else:
        error = ValueError
    with pytest.raises(error, match=message) as caught:
        read(path)
    assert "bad.wav" in str(caught.value)


@pytest.mark.parametrize("name", ["samples.raw", "SAMPLES.RAW"])
def test_samples_without_a_header_are_refused_by_name(tmp_path, name):
    (tmp_path / name).write_bytes(bytes(range(256)) * 100)
    with pytest.raises(ValueError, match=rf"{name} has no header"):
        read(tmp_path / name)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        open_sound(tmp_path / "none.wav")


def test_other_formats_need_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "soundfile", None)
    (tmp_path / "law.wav").write_bytes(MU_LAW)
    message = r"law\.wav: sounds that are no WAV .* need soundfile: .*postdict\[audio\]"
    with pytest.raises(ImportError, match=message):
        open_sound(tmp_path / "law.wav")


def test_other_rates_need_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.signal", None)
    path = write(tmp_path / "a.wav", tone(), rate=44_100)
    with pytest.raises(ImportError, match=r"a\.wav: rates .* need scipy: .*postdict\[audio\]"):
        read(path)


def wav(tag, content, width, *, riff=None, data=None, before=b"", after=b"", extensible=False):
    """Return a WAV file, with the lengths that it should have or others."""
    head = struct.pack("<HHIIHH", tag, 1, RATE, width * RATE, width, 8 * width)
    if extensible:
        guid = struct.pack("<H", tag) + bytes.fromhex("000000001000800000aa00389b71")
        head = struct.pack("<HHIIHH", 0xFFFE, 1, RATE, width * RATE, width, 8 * width)
        head += struct.pack("<HHI", 22, 8 * width, 4) + guid
    chunks = b"fmt " + struct.pack("<I", len(head)) + head + before
    chunks += b"data" + struct.pack("<I", len(content) if data is None else data) + content + after
    riff = 4 + len(chunks) if riff is None else riff
    return b"RIFF" + struct.pack("<I", riff) + b"WAVE" + chunks


@pytest.mark.parametrize("width", [4, 8])
def test_floats_are_read_unless_they_are_not_finite(tmp_path, width):
    path = tmp_path / "float.wav"
    path.write_bytes(wav(3, tone().astype(f"<f{width}").tobytes(), width))
    np.testing.assert_allclose(read(path), tone(), atol=1e-7)
    path.write_bytes(wav(3, np.full(4000, np.nan, f"<f{width}").tobytes(), width))
    with pytest.raises(ValueError, match="holds values that are not finite"):
        read(path)
    path.write_bytes(
        wav(3, tone().astype(f"<f{width}").tobytes()[: -700 * width], width, data=4000 * width)
    )
    with pytest.raises(ValueError, match="its header promises 4000 frames, it has 3300"):
        read(path)
    path.write_bytes(wav(3, tone().astype("<f2").tobytes(), 2))
    with pytest.raises(ValueError, match="has samples of 16 bits, not 32 or 64"):
        read(path)


def test_absurdly_large_floats_are_refused(tmp_path):
    (tmp_path / "huge.wav").write_bytes(wav(3, np.full(4000, 1e200).tobytes(), 8))
    with pytest.raises(ValueError, match="not finite, or absurdly large"):
        read(tmp_path / "huge.wav")


INFO = b"LIST" + struct.pack("<I", 10) + b"INFOISFT\0\0"  # as ffmpeg writes it, before the data


@pytest.mark.parametrize(
    "lengths",
    [
        {"riff": 0xFFFFFFFF, "data": 0xFFFFFFFF, "before": INFO},  # ffmpeg into a pipe
        {"riff": 0x7FFFF024, "data": 0x7FFFF000},  # sox
        {"riff": 0x80000023, "data": 0x7FFFFFFF},  # lame
        {"riff": 0},
        {"riff": 36},
        {"riff": 0xFFFFFFFF, "after": INFO},
    ],
)
@pytest.mark.parametrize("width", [2, 3])
def test_lengths_that_nobody_could_know_are_read_to_the_end(tmp_path, lengths, width):
    path = tmp_path / "piped.wav"
    path.write_bytes(wav(1, encoded(tone(), width), width, **lengths))
    sound = open_sound(path)
    assert (sound.n_frames, sound.duration) == (4000, 200.0)
    np.testing.assert_allclose(read(path), tone(), atol=1e-4)


@pytest.mark.parametrize(("tag", "width"), [(1, 2), (1, 3), (3, 4)])
def test_the_extensible_form_is_read_whatever_it_holds(tmp_path, tag, width):
    content = encoded(tone(), width) if tag == 1 else tone().astype("<f4").tobytes()
    path = tmp_path / "extensible.wav"
    path.write_bytes(wav(tag, content, width, extensible=True))
    np.testing.assert_allclose(read(path), tone(), atol=1e-4)


SECONDS = np.random.default_rng(1).uniform(-0.5, 0.5, 3 * 22_050)


@pytest.mark.parametrize(
    ("suffix", "subtype"),
    [
        ("flac", "PCM_16"),
        ("ogg", "VORBIS"),
        ("aiff", "PCM_16"),
        ("au", "FLOAT"),
        ("w64", "PCM_24"),
        ("rf64", "PCM_16"),
        ("caf", "PCM_16"),
        ("wav", "ULAW"),
        ("mp3", "MPEG_LAYER_III"),
    ],
)
def test_what_breaks_off_within_another_format_is_refused_by_name(tmp_path, suffix, subtype):
    soundfile = pytest.importorskip("soundfile")
    path = tmp_path / f"half.{suffix}"
    soundfile.write(path, SECONDS, 22_050, format=suffix.upper(), subtype=subtype)
    assert open_sound(path).n_frames == len(SECONDS)
    assert sum(map(len, open_sound(path).pieces(rate=22_050))) == len(SECONDS)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 7 // 10])
    with pytest.raises(ValueError, match=rf"half\.{suffix} is (damaged|cut off|no sound file)"):
        list(open_sound(path).pieces(rate=22_050))


def test_a_flac_out_of_a_pipe_is_refused_with_the_way_out(tmp_path):
    soundfile = pytest.importorskip("soundfile")
    path = tmp_path / "piped.flac"
    soundfile.write(path, SECONDS, 22_050)
    content = path.read_bytes()
    unknown = bytes([content[21] & 0xF0, 0, 0, 0, 0])  # the last 36 bits of 42: frames in all
    path.write_bytes(content[:21] + unknown + content[26:])
    with pytest.raises(ValueError, match=r"piped\.flac does not say how long it is.*convert it"):
        open_sound(path)


def without_length(mp3):
    """Return an MP3 without its first packet, which says how long it is."""
    return mp3[mp3.index(b"\xff\xf3", 4) :]


def write_mp3(path, mode):
    soundfile = pytest.importorskip("soundfile")
    options = {"format": "MP3", "subtype": "MPEG_LAYER_III"}
    options |= {"bitrate_mode": mode, "compression_level": 0.5}
    soundfile.write(path, np.r_[0.01 * SECONDS, SECONDS], 22_050, **options)
    return path


def test_an_mp3_without_a_length_is_counted_and_nothing_is_made_up(tmp_path):
    whole = write_mp3(tmp_path / "whole.mp3", "CONSTANT")
    assert open_sound(whole).n_frames == 2 * len(SECONDS)
    piped = tmp_path / "piped.mp3"
    piped.write_bytes(without_length(whole.read_bytes()))
    sound = open_sound(piped)
    heard = np.concatenate(list(sound.pieces(rate=22_050)))
    assert len(heard) == sound.n_frames == pytest.approx(2 * len(SECONDS), abs=2500)
    piped.write_bytes(piped.read_bytes()[: piped.stat().st_size * 2 // 3])
    part = open_sound(piped)
    again = [np.concatenate(list(part.pieces(rate=22_050))) for _ in range(2)]
    assert len(again[0]) == part.n_frames == pytest.approx(len(SECONDS) * 4 / 3, abs=3000)
    np.testing.assert_array_equal(*again)
    # The last packet of a part lacks its successor: what was heard of it may end otherwise.
    np.testing.assert_allclose(again[0][:-1200], heard[: len(again[0]) - 1200], atol=1e-6)


def test_an_mp3_of_changing_bit_rate_without_a_length_is_refused_where_a_part_is_read(tmp_path):
    path = write_mp3(tmp_path / "v.mp3", "VARIABLE")
    assert open_sound(path).n_frames == 2 * len(SECONDS)
    path.write_bytes(without_length(path.read_bytes()))
    with pytest.raises(
        ValueError, match=r"v\.mp3 has 13\d+ frames, of which soundfile reads \d+: "
    ):
        open_sound(path)


def test_an_mp3_of_which_only_a_part_would_be_read_is_refused(tmp_path):
    soundfile = pytest.importorskip("soundfile")
    path = tmp_path / "two.mp3"
    soundfile.write(path, SECONDS, 22_050, format="MP3", subtype="MPEG_LAYER_III")
    half = path.read_bytes()
    path.write_bytes(half + half)  # the first length header is of the first half
    with pytest.raises(
        ValueError, match=r"two\.mp3 has 1\d+ frames, of which soundfile reads 66150"
    ):
        open_sound(path)
    path.write_bytes(b"ID3\4\0\0" + bytes([0, 0, 2, 1]) + bytes(257) + half + b"TAG" + bytes(125))
    assert open_sound(path).n_frames == len(SECONDS)


def test_what_is_written_is_16_bit_pcm_without_clipping():
    content = wav_bytes(normalised(3.0 + 7.0 * tone()), RATE)
    with wave.open(io.BytesIO(content)) as file:
        assert file.getparams()[:4] == (1, 2, RATE, 4000)
        values = np.frombuffer(file.readframes(4000), "<i2")
    assert np.abs(values).max() == round(0.9 * 32767)
    assert abs(values.mean()) < 1.0
    assert not normalised(np.zeros(5)).any()
