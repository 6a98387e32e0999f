"""Sound files: WAV by ourselves, other formats by soundfile; piece by piece.

WAV files of integers and floats are read without any extra. Other encodings need soundfile, other
rates than the ear's need scipy: both are in the extra ``audio``. What soundfile reads is counted,
because it stops early, or makes up what is missing, without a word.
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

from .. import _checks, _optional
from .._checks import shown
from .._types import Floats
from .mpeg_files import count_packets
from .wave_files import UNKNOWN, is_wave, read_frames, read_header

PIECE = 65_536  # frames read at a time
HALF_LENGTH = 10  # of the filter that resamples, in periods of the lower rate (scipy's default)
HIGHEST_RATE = 1_000_000  # Hz; no recorder of sound comes near, and damaged headers pass it
LOUDEST_READ = 1e50  # full scales, which floats may pass; their squares are still numbers
LOUDEST = 0.9  # of full scale, in the files that are written
ENDLESS = 2**62  # frames, that soundfile says there are where a header does not say
CONVERT = "convert it to WAV (for example by ffmpeg -i song.mp3 song.wav)"
SPARED = 4  # packets of an MP3 that decoders may leave out: what is before and after the sound


@_checks.brief
@dataclass(frozen=True)
class SoundFile:
    """What the header of a sound file says, or where it says nothing, what was counted.

    Parameters
    ----------
    path : Path
    rate : int
        Frames a second, Hz.
    n_channels : int
        How many channels it has.
    n_frames : int
        How many samples each of them has.

    Raises
    ------
    ValueError
        What is read turns out damaged.

    Examples
    --------
    >>> import wave
    >>> from postdict.bird import open_sound
    >>> with wave.open("silence.wav", "wb") as file:
    ...     file.setparams((1, 2, 20000, 0, "NONE", ""))
    ...     file.writeframes(bytes(2 * 20000))
    ...
    >>> sound = open_sound("silence.wav")
    >>> sound.rate, sound.n_channels, sound.n_frames
    (20000, 1, 20000)
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
        ImportError
            Its rate is another one, and the extra is absent that resamples.
        """
        n = self.n_frames
        if duration is not None:
            n = min(n, round(1e-3 * duration * self.rate))
        mono = self._frames(n)
        factor = Fraction(rate / self.rate).limit_denominator(1000)
        return mono if factor == 1 else _resampled(mono, factor, f"{self.path}")

    def _frames(self, n: int) -> Iterator[Floats]:
        n_read = 0
        for frames in _read(self.path):
            if not (np.abs(frames) <= LOUDEST_READ).all():
                raise ValueError(f"{self.path} holds values that are not finite, or absurdly large")
            kept = frames[: n - n_read].mean(axis=1)
            n_read += len(kept)
            if len(kept):
                yield kept
            if n_read == n:
                return
        raise ValueError(_cut_off(self.path, self.n_frames, n_read))


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
        It is no sound file, or cut off, of no channel, at 0 Hz or above `HIGHEST_RATE`, or too
        short, or soundfile reads only a part of it: the message says which.
    ImportError
        Its encoding needs an extra.

    Examples
    --------
    >>> import wave
    >>> from postdict.bird import open_sound
    >>> with wave.open("beep.wav", "wb") as file:
    ...     file.setparams((1, 2, 20000, 0, "NONE", ""))
    ...     file.writeframes(bytes(2 * 20000))
    ...
    >>> open_sound("beep.wav").n_frames
    20000
    """
    path = Path(path)
    found = _header(path)
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
        raise ValueError(f"{path} lasts {shown(found.duration)} ms, less than {shown(shortest)} ms")
    return found


def _cut_off(path: Path, promised: int, there: int) -> str:
    return f"{path} is cut off: its header promises {promised} frames, it has {there}"


def _header(path: Path) -> SoundFile:
    with path.open("rb") as file:
        head = file.read(12)
    if not head:
        raise ValueError(f"{path} is empty")
    own = read_header(path) if is_wave(head) else None
    if own is not None:
        return SoundFile(path, own.rate, own.n_channels, own.n_frames)
    return _other_header(path)


def _read(path: Path) -> Iterator[Floats]:
    """Yield frames (n, n_channels), full scale 1, piece by piece."""
    with path.open("rb") as file:
        head = file.read(12)
    own = read_header(path) if is_wave(head) else None
    yield from _read_other(path) if own is None else read_frames(path, own, PIECE)


def _other_header(path: Path) -> SoundFile:
    if path.suffix.lower() == ".raw":  # which soundfile takes at its name, and asks for a rate
        raise ValueError(f"{path} has no header that says what its samples are: convert it to WAV")
    soundfile = _soundfile(path)
    try:
        with soundfile.SoundFile(str(path)) as file:
            found = SoundFile(path, file.samplerate, file.channels, file.frames)
            log, is_mpeg = file.extra_info, file.format in ("MP3", "MPEG")
    except soundfile.LibsndfileError as error:
        raise ValueError(f"{path} is no sound file that can be read: {error}") from None
    if is_mpeg:
        return _mpeg_header(found)
    _refuse_cut_off(path, log)
    if found.n_frames >= ENDLESS:
        raise ValueError(
            f"{path} does not say how long it is, so that soundfile fails at its end; {CONVERT}"
        )
    return found


def _counted(found: SoundFile) -> SoundFile:
    """Return a header with the number of frames that are read."""
    n_frames = sum(len(frames) for frames in _read_other(found.path))
    return SoundFile(found.path, found.rate, found.n_channels, n_frames)


def _mpeg_header(found: SoundFile) -> SoundFile:
    packets = count_packets(found.path)
    if packets is None:
        return _counted(found)
    if packets.promised is None:
        found = _counted(found)
    elif packets.n_frames < packets.promised - packets.packet:
        raise ValueError(_cut_off(found.path, packets.promised, packets.n_frames))
    if found.n_frames < packets.n_frames - SPARED * packets.packet:
        raise ValueError(
            f"{found.path} has {packets.n_frames} frames, of which soundfile reads "
            f"{found.n_frames}: it has no length header, or that of a part; {CONVERT}"
        )
    return found


def _refuse_cut_off(path: Path, log: str) -> None:
    """Refuse a file of which libsndfile noticed, and kept to its log, that it ends too early."""
    for promised, there in re.findall(r": (\d+) \(should be (\d+)\)", log):
        if int(there) < int(promised) < UNKNOWN:
            raise ValueError(f"{path} is cut off: a part of {promised} bytes has {there}")
    noticed = re.search(r"truncated|lacks an end-of-stream bit|does not match value from", log)
    if noticed:
        raise ValueError(f"{path} is cut off: it ends before its end")


def _read_other(path: Path) -> Iterator[Floats]:
    soundfile = _soundfile(path)
    try:
        with soundfile.SoundFile(str(path)) as file:
            # `soundfile.blocks` would fill what is missing with what was read before.
            while len(frames := file.read(PIECE, dtype="float64", always_2d=True)):
                yield frames
    except soundfile.LibsndfileError as error:
        raise ValueError(f"{path} is damaged: {error}") from None


def _soundfile(path: Path) -> Any:
    what = f"{path}: sounds that are no WAV of integers or floats"
    return _optional.module("soundfile", what=what, extra="audio")


def _resampled(pieces: Iterator[Floats], factor: Fraction, name: str) -> Iterator[Floats]:
    """Return what scipy's `resample_poly` makes of the whole, piece by piece.

    Every piece is filtered with as much sound on either side as the filter reaches.
    """
    what = f"{name}: rates other than the ear's"
    resample_poly = _optional.module("scipy.signal", what=what, extra="audio").resample_poly
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
