"""Sound files: WAV by the standard library, other formats by soundfile; piece by piece.

Integer PCM of 8, 16, 24 and 32 bits is read without any extra. Other encodings need soundfile,
other rates than the ear's need scipy: both are in the extra ``audio``.
"""

from __future__ import annotations

import io
import os
import re
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from .._types import Floats

PIECE = 65_536  # frames read at a time
HALF_LENGTH = 10  # of the filter that resamples, in periods of the lower rate (scipy's default)
HIGHEST_RATE = 1_000_000  # Hz; no recorder of sound comes near, and damaged headers pass it
LOUDEST_READ = 1e50  # full scales, which floats may pass; their squares are still numbers
LOUDEST = 0.9  # of full scale, in the files that are written


@dataclass(frozen=True)
class SoundFile:
    """What the header of a sound file says.

    Parameters
    ----------
    path : Path
    rate : int
        Frames a second, Hz.
    n_channels, n_frames : int
    """

    path: Path
    rate: int
    n_channels: int
    n_frames: int

    @property
    def duration(self) -> float:
        """Length in ms."""
        return 1e3 * self.n_frames / self.rate

    def pieces(self, *, rate: float, duration: float | None = None) -> Iterator[Floats]:
        """Return the mean of the channels at another rate, in pieces (n_samples,), full scale 1.

        Parameters
        ----------
        rate : float
            Hz.
        duration : float, optional
            ms, after which the rest of the file is not read.

        Raises
        ------
        ValueError
            The file is damaged, ends before its header says, or holds what is not a number.
        """
        n = self.n_frames
        if duration is not None:
            n = min(n, round(1e-3 * duration * self.rate))
        mono = self._frames(n)
        factor = Fraction(rate / self.rate).limit_denominator(1000)
        return mono if factor == 1 else _resampled(mono, factor, f"{self.path}")

    def _frames(self, n: int) -> Iterator[Floats]:
        n_read = 0
        for frames in _read_wave(self.path) if _is_pcm(self.path) else _read_other(self.path):
            if not (np.abs(frames) <= LOUDEST_READ).all():
                raise ValueError(f"{self.path} holds values that are not finite, or absurdly large")
            kept = frames[: n - n_read].mean(axis=1)
            n_read += len(kept)
            if len(kept):
                yield kept
            if n_read == n:
                return
        raise ValueError(
            f"{self.path} is cut off: its header promises {self.n_frames} frames, it has {n_read}"
        )


def open_sound(path: str | os.PathLike[str], *, shortest: float = 50.0) -> SoundFile:
    """Return what the header of a sound file says; `pieces` reads the rest.

    Parameters
    ----------
    path : path
        A .wav file, or with the extra ``audio`` whatever soundfile reads.
    shortest : float
        ms, below which there is nothing to hear.

    Raises
    ------
    OSError
        The file cannot be read.
    ValueError
        It is no sound file, or one of an encoding that needs an extra, of no channel, at 0 Hz or
        above `HIGHEST_RATE`, or too short: the message says which.
    """
    path = Path(path)
    found = _wave_header(path) if _is_pcm(path) else _other_header(path)
    if found.n_channels < 1:
        raise ValueError(f"{path} has no channel")
    if found.rate < 1:
        raise ValueError(f"{path} has a rate of {found.rate} Hz")
    if found.rate > HIGHEST_RATE:
        raise ValueError(
            f"{path} has a rate of {found.rate} Hz, more than {HIGHEST_RATE} Hz: "
            "its header is damaged"
        )
    if found.duration < shortest:
        raise ValueError(f"{path} lasts {found.duration:.3g} ms, less than {shortest:g} ms")
    return found


def _is_pcm(path: Path) -> bool:
    """Return whether the standard library reads a file; ValueError where nobody does."""
    with path.open("rb") as file:
        head = file.read(12)
    if not head:
        raise ValueError(f"{path} is empty")
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        return False
    try:
        with wave.open(str(path), "rb"):
            return True
    except (
        EOFError,
        RuntimeError,
    ):  # `wave` says RuntimeError of a chunk that is longer than its file
        raise ValueError(f"{path} is cut off within its header") from None
    except wave.Error as error:
        # From Python 3.12 on `wave` also says "unknown extended format".
        if re.search("unknown (extended )?format", str(error)):
            return False
        raise ValueError(f"{path} is no whole WAV file: {error}") from None
    except ZeroDivisionError:  # what `wave` makes of a frame of no bytes
        raise ValueError(f"{path} has no channel") from None


def _wave_header(path: Path) -> SoundFile:
    with wave.open(str(path), "rb") as file:
        width = file.getsampwidth()
        if width not in (1, 2, 3, 4):
            raise ValueError(f"{path} has samples of {8 * width} bits, not 8, 16, 24 or 32")
        return SoundFile(path, file.getframerate(), file.getnchannels(), file.getnframes())


def _read_wave(path: Path) -> Iterator[Floats]:
    """Return frames (n, n_channels) between -1 and 1, piece by piece."""
    with wave.open(str(path), "rb") as file:
        width, n_channels = file.getsampwidth(), file.getnchannels()
        while content := file.readframes(PIECE):
            whole = len(content) // (width * n_channels) * width * n_channels
            if whole:
                yield _decoded(content[:whole], width).reshape(-1, n_channels)


def _decoded(content: bytes, width: int) -> Floats:
    if width == 1:  # samples of 8 bits have no sign
        return np.asarray((np.frombuffer(content, np.uint8).astype(np.float64) - 128.0) / 128.0)
    if width == 3:
        low, middle, high = np.frombuffer(content, np.uint8).reshape(-1, 3).T.astype(np.int32)
        return np.asarray(
            (low | middle << 8 | (high.astype(np.int8).astype(np.int32) << 16)) / 2**23
        )
    whole = np.frombuffer(content, f"<i{width}").astype(np.float64)
    return whole * 2.0 ** (1 - 8 * width)


def _other_header(path: Path) -> SoundFile:
    soundfile = _soundfile(path)
    try:
        info = soundfile.info(str(path))
    except soundfile.LibsndfileError as error:
        raise ValueError(f"{path} is no sound file that can be read: {error}") from None
    return SoundFile(path, info.samplerate, info.channels, info.frames)


def _read_other(path: Path) -> Iterator[Floats]:
    soundfile = _soundfile(path)
    try:
        yield from soundfile.blocks(str(path), blocksize=PIECE, dtype="float64", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise ValueError(f"{path} is damaged: {error}") from None


def _soundfile(path: Path) -> Any:
    try:
        import soundfile
    except ImportError:
        raise ValueError(
            f"{path} is no plain WAV file of integer PCM: other formats need soundfile "
            "(pip install 'postdict[audio]')"
        ) from None
    return soundfile


def _resampled(pieces: Iterator[Floats], factor: Fraction, name: str) -> Iterator[Floats]:
    """Return what scipy's `resample_poly` makes of the whole, piece by piece.

    Every piece is filtered with as much sound on either side as the filter reaches.
    """
    try:
        from scipy.signal import resample_poly
    except ImportError:
        raise ValueError(
            f"{name} has another rate than the ear's: resampling needs scipy "
            "(pip install 'postdict[audio]')"
        ) from None
    up, down = factor.numerator, factor.denominator
    reach = -(-HALF_LENGTH * max(up, down) // up)
    margin = -(-reach // down) * down  # whole periods, so that samples keep their phase
    waiting = np.zeros(margin)
    n_in = n_out = 0

    def filtered(n: int) -> Floats:
        whole = resample_poly(waiting[: n + 2 * margin], up, down)
        first = margin * up // down
        return np.asarray(whole[first : first + n * up // down])

    for piece in pieces:
        n_in += len(piece)
        waiting = np.concatenate((waiting, piece))
        n = (len(waiting) - 2 * margin) // down * down
        if n > 0:
            n_out += n * up // down
            yield filtered(n)
            waiting = waiting[n:]
    left = -(-n_in * up // down) - n_out
    waiting = np.concatenate((waiting, np.zeros(2 * margin + down)))
    yield filtered(-(-left * down // up // down) * down + down)[:left]


def wav_bytes(sound: Floats, rate: float) -> bytes:
    """Return a mono WAV file of 16 bits of a sound within -1 and 1."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(round(rate))
        file.writeframes(np.round(32767.0 * sound).astype("<i2").tobytes())
    return buffer.getvalue()


def normalised(sound: Floats) -> Floats:
    """Return a sound without its mean whose loudest sample is `LOUDEST`; silence stays silence."""
    centred = sound - sound.mean()
    peak = float(np.abs(centred).max())
    return np.asarray(centred * (LOUDEST / peak)) if peak > 0.0 else centred
