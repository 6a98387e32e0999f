"""MPEG audio (MP3): how much sound a file has, from the headers of its packets.

What decodes such a file says how long it is by the header of its first packet, or by a guess from
its size, and stops there or makes up the rest. Counting packets takes no guess.
"""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from pathlib import Path

# By version (MPEG 1, else 2 or 2.5) and layer: kbit/s by index.
RATES = {
    (1, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
SAMPLE_RATES = (44_100, 48_000, 32_000)  # Hz, of MPEG 1; the others have a half and a quarter
HALVINGS = {3: 1, 2: 2, 0: 4}  # of the sample rate, by the bits of the version


@dataclass(frozen=True)
class Packets:
    """What the packets of a file hold.

    Parameters
    ----------
    n_frames : int
        Of sound, in the packets that are whole.
    promised : int or None
        Frames of sound that its length header names, None where it has none.
    packet : int
        Frames of sound in one packet.
    """

    n_frames: int
    promised: int | None
    packet: int


@dataclass(frozen=True)
class _Packet:
    kind: tuple[int, int, int]  # bits of the version, layer, sample rate: the same in all packets
    length: int  # bytes
    n_frames: int
    side: int  # bytes before what may be a length header


def count_packets(path: Path) -> Packets | None:
    """Return what the packets of a file hold, None where it has none."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        place = _after_tags(content)
        first = None
        n = n_packets = 0
        promised = None
        while place + 4 <= len(content):
            packet = _packet(content, place)
            if packet is None or (first is not None and packet.kind != first.kind):
                place = content.find(b"\xff", place + 1)  # no packet begins here: junk, or tags
                if place < 0:
                    break
                continue
            if place + packet.length > len(content):
                break
            if first is None:
                following = _packet(content, place + packet.length)
                if following is None or following.kind != packet.kind:
                    place += 1  # what looks like a packet is none unless another follows
                    continue
                first = packet
                promised = _length_header(content, place, packet)
                n_packets -= promised is not None
            n_packets += 1
            place += packet.length
        if first is None:
            return None
        n = n_packets * first.n_frames
        return Packets(n, None if promised is None else promised * first.n_frames, first.n_frames)


def _after_tags(content: mmap.mmap) -> int:
    """Return where tags at the begin (ID3v2) end."""
    place = 0
    while content[place : place + 3] == b"ID3" and len(content) >= place + 10:
        size = 0
        for byte in content[place + 6 : place + 10]:  # seven bits each
            size = size << 7 | byte & 0x7F
        place += 10 + size
    return place


def _packet(content: mmap.mmap, place: int) -> _Packet | None:
    head = content[place : place + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] < 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, 4 - (head[1] >> 1 & 3)
    rate, sampling, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version == 1 or layer == 4 or rate in (0, 15) or sampling == 3:
        return None
    own = 1 if version == 3 else 2
    sample_rate = SAMPLE_RATES[sampling] // HALVINGS[version]
    n_frames = 384 if layer == 1 else 576 if (layer, own) == (3, 2) else 1152
    bytes_ = n_frames // 8 * 1000 * RATES[own, layer][rate - 1]
    length = bytes_ // sample_rate + padding
    if layer == 1:
        length = (bytes_ // 4 // sample_rate + padding) * 4
    mono = head[3] >> 6 == 3
    side = 4 + ((17 if mono else 32) if own == 1 else (9 if mono else 17))
    return _Packet((version, layer, sample_rate), length, n_frames, side)


def _length_header(content: mmap.mmap, place: int, packet: _Packet) -> int | None:
    """Return how many packets a first packet says that there are, None where it does not."""
    at = place + packet.side
    name, flags = content[at : at + 4], content[at + 7 : at + 8]
    if name in (b"Xing", b"Info"):
        named = flags[0] & 1
        return int.from_bytes(content[at + 8 : at + 12], "big") if named else None
    at = place + 36
    if content[at : at + 4] == b"VBRI":
        return int.from_bytes(content[at + 14 : at + 18], "big")
    return None
