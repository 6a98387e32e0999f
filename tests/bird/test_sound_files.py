"""Sound files: every rate and width; what cannot be read is refused by name."""

import io
import struct
import sys
import wave

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
FLOAT = damaged(WHOLE, _20=struct.pack("<H", 3))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (WHOLE[:3], "is no"),
        (WHOLE[:11], "is no"),
        (WHOLE[:20], "is cut off within its header|is no whole WAV file"),
        (WHOLE[:36], "is no whole WAV file|is cut off within its header"),
        (WHOLE[:44], "is cut off"),
        (WHOLE[:2000], "is cut off"),
        (damaged(WHOLE, _36=b"LIST\xf0\xff\xff\x7f"), "is cut off within its header"),
        (damaged(WHOLE, _24=struct.pack("<I", 0)), "has a rate of 0 Hz"),
        (damaged(WHOLE, _24=struct.pack("<I", 2**31)), "has a rate of 2147483648 Hz, more than"),
        (damaged(WHOLE, _22=struct.pack("<H", 0)), "is no whole WAV file|has no channel"),
        (damaged(WHOLE, _34=struct.pack("<H", 0)), "is no whole WAV file"),
        (damaged(WHOLE, _34=struct.pack("<H", 64)), "has samples of 64 bits"),
        (wav_bytes(tone(100), RATE), "lasts 5 ms, less than 50 ms"),
        (wav_bytes(np.empty(0), RATE), "lasts 0 ms, less than 50 ms"),
        (b"no sound at all" * 10, "is no"),
    ],
)
def test_bad_files_are_refused_by_name(tmp_path, content, message):
    path = tmp_path / "bad.wav"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message) as caught:
        read(path)
    assert "bad.wav" in str(caught.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        open_sound(tmp_path / "none.wav")


def test_other_formats_need_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "soundfile", None)
    (tmp_path / "float.wav").write_bytes(FLOAT)
    with pytest.raises(ValueError, match=r"other formats need soundfile .*postdict\[audio\]"):
        open_sound(tmp_path / "float.wav")


def test_other_rates_need_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.signal", None)
    path = write(tmp_path / "a.wav", tone(), rate=44_100)
    with pytest.raises(ValueError, match=r"resampling needs scipy .*postdict\[audio\]"):
        read(path)


def test_floats_are_read_with_the_extra_unless_they_are_not_finite(tmp_path):
    soundfile = pytest.importorskip("soundfile")
    soundfile.write(tmp_path / "float.wav", tone(), RATE, subtype="DOUBLE")
    np.testing.assert_array_equal(read(tmp_path / "float.wav"), tone())
    soundfile.write(tmp_path / "nan.wav", np.full(4000, np.nan), RATE, subtype="FLOAT")
    with pytest.raises(ValueError, match="holds values that are not finite"):
        read(tmp_path / "nan.wav")
    soundfile.write(tmp_path / "huge.wav", np.full(4000, 1e200), RATE, subtype="DOUBLE")
    with pytest.raises(ValueError, match="not finite, or absurdly large"):
        read(tmp_path / "huge.wav")


@pytest.mark.parametrize(("tag", "width"), [(1, 2), (3, 4)])
def test_the_extensible_form_is_read_whatever_it_holds(tmp_path, tag, width):
    pytest.importorskip("soundfile")
    content = encoded(tone(), 2) if tag == 1 else tone().astype("<f4").tobytes()
    guid = bytes([tag]) + bytes.fromhex("000000000010008000 00aa00389b71")
    head = struct.pack("<HHIIHH", 0xFFFE, 1, RATE, width * RATE, width, 8 * width)
    head += struct.pack("<HHI", 22, 8 * width, 4) + guid
    chunks = b"fmt " + struct.pack("<I", len(head)) + head
    chunks += b"data" + struct.pack("<I", len(content)) + content
    path = tmp_path / "extensible.wav"
    path.write_bytes(b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks)
    np.testing.assert_allclose(read(path), tone(), atol=1e-4)


def test_what_breaks_off_within_another_format_is_refused_by_name(tmp_path):
    soundfile = pytest.importorskip("soundfile")
    path = tmp_path / "half.flac"
    soundfile.write(path, np.random.default_rng(1).uniform(-0.5, 0.5, 200_000), RATE)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match=r"half\.flac is (damaged|cut off): "):
        read(path)


def test_what_is_written_is_16_bit_pcm_without_clipping():
    content = wav_bytes(normalised(3.0 + 7.0 * tone()), RATE)
    with wave.open(io.BytesIO(content)) as file:
        assert file.getparams()[:4] == (1, 2, RATE, 4000)
        values = np.frombuffer(file.readframes(4000), "<i2")
    assert np.abs(values).max() == round(0.9 * 32767)
    assert abs(values.mean()) < 1.0
    assert not normalised(np.zeros(5)).any()
