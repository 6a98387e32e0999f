"""WAV files of integers and floats: their headers, and their frames piece by piece.

Lengths are read as other programs read them. Who writes to a pipe cannot know how long a file will
be, and leaves a length that says so: such a file is read to its end, like one whose outer length
is wrong. A file that ends before the length of its data says is cut off: reading ends there, and
who counts the frames sees it.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from .._types import Floats

UNKNOWN = 0x7FFFF000  # bytes; the lengths of pipes are at least this (sox; ffmpeg has 2^32 - 1)
INTEGERS, REALS, EXTENSIBLE = 1, 3, 0xFFFE  # format tags
WIDTHS = {INTEGERS: (1, 2, 3, 4), REALS: (4, 8)}  # bytes a sample


@dataclass(frozen=True)
class Wave:
    """What the header of a WAV file says of its data."""

    rate: int
    n_channels: int
    n_frames: int
    tag: int
    width: int  # bytes a sample
    start: int  # of the data, bytes from the begin of the file


def is_wave(head: bytes) -> bool:
    """Return whether a file begins like a WAV file."""
    return head[:4] == b"RIFF" and head[8:12] == b"WAVE"


def read_header(path: Path) -> Wave | None:
    """Return the header of a WAV file; None if it holds neither integers nor floats.

    Raises
    ------
    ValueError
        It is cut off, or says what cannot be.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        chunks = dict(_chunks(file, size))
        if b"fmt " not in chunks or b"data" not in chunks:
            raise ValueError(f"{path} is cut off within its header, or has no sound")
        tag, n_channels, rate, width = _format(file, *chunks[b"fmt "], path)
    start, promised = chunks[b"data"]
    if n_channels < 1:
        raise ValueError(f"{path} has no channel")
    there = size - start
    if promised > there and promised >= UNKNOWN:
        promised = there
    if tag not in WIDTHS:
        if promised > there:
            raise ValueError(
                f"{path} is cut off: its header promises {promised} bytes of sound, it has {there}"
            )
        return None
    if width not in WIDTHS[tag]:
        raise ValueError(
            f"{path} has samples of {8 * width} bits, not "
            f"{'8, 16, 24 or 32' if tag == INTEGERS else '32 or 64'}"
        )
    return Wave(rate, n_channels, promised // (width * n_channels), tag, width, start)


def read_frames(path: Path, wave: Wave, n_at_a_time: int) -> Iterator[Floats]:
    """Yield frames (n, n_channels) between -1 and 1, until the end of the data or of the file."""
    frame = wave.width * wave.n_channels
    with path.open("rb") as file:
        file.seek(wave.start)
        left = wave.n_frames
        while left:
            content = file.read(min(left, n_at_a_time) * frame)
            whole = len(content) // frame
            if not whole:
                return
            left -= whole
            yield _decoded(content[: whole * frame], wave).reshape(-1, wave.n_channels)


def _chunks(file: BinaryIO, size: int) -> Iterator[tuple[bytes, tuple[int, int]]]:
    """Yield the names of the chunks up to the data, where their content begins, and its length."""
    place = 12
    while place + 8 <= size:
        file.seek(place)
        name, length = struct.unpack("<4sI", file.read(8))
        yield name, (place + 8, length)
        if name == b"data":
            return
        place += 8 + length + length % 2


def _format(file: BinaryIO, start: int, length: int, path: Path) -> tuple[int, int, int, int]:
    """Return format tag, channels, rate and bytes a sample."""
    file.seek(start)
    content = file.read(min(length, 40))
    if len(content) < 16:
        raise ValueError(f"{path} is cut off within its header")
    tag, n_channels, rate, _, _, bits = struct.unpack("<HHIIHH", content[:16])
    if tag == EXTENSIBLE and len(content) >= 26:
        (tag,) = struct.unpack("<H", content[24:26])
    return tag, n_channels, rate, -(-bits // 8)


def _decoded(content: bytes, wave: Wave) -> Floats:
    if wave.tag == REALS:
        return np.frombuffer(content, f"<f{wave.width}").astype(np.float64)
    if wave.width == 1:  # samples of 8 bits have no sign
        return np.asarray((np.frombuffer(content, np.uint8).astype(np.float64) - 128.0) / 128.0)
    if wave.width == 3:
        low, middle, high = np.frombuffer(content, np.uint8).reshape(-1, 3).T.astype(np.int32)
        return np.asarray(
            (low | middle << 8 | (high.astype(np.int8).astype(np.int32) << 16)) / 2**23
        )
    whole = np.frombuffer(content, f"<i{wave.width}").astype(np.float64)
    return whole * 2.0 ** (1 - 8 * wave.width)
