"""The songs that a bird is to imitate: own ones, and what stands in files."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..._types import Floats, Spikes
from ...analysis.spectrograms import HIGHEST, LOWEST, log_spectrogram, pitch
from ...bird import Hearing, Singer, hear_sound, open_sound, sing
from ...bird.loudness import WINDOW, inaudible_share, loudness

AFTER = 25.0  # ms that are heard after a song, in which it may still be answered
OFFSET_RIPPLE = 1e-3  # of a constant offset, below which lies what resampling makes of it
AUDIBLE = 1e-4  # of a file's power: below it, what is in the ear's range is a click or a residue
HALF = 0.5  # of the power of a file: where the ear misses more than that, it is said
WIDE_RANGE = 45.0  # dB, of the second of two log spectrograms
SUFFIXES = (".wav", ".flac", ".ogg", ".aif", ".aiff", ".mp3")  # of the files of a folder


@dataclass(frozen=True)
class Song:
    """A song to be imitated: its sound, what sensors make of it, and its gestures where known."""

    name: str
    duration: float  # ms
    sound: Floats  # (n_samples,)
    spectrogram: Floats  # (n_times, n_frequencies), dB
    wide: Floats  # the same over WIDE_RANGE
    pitch: Floats  # (n_times,), Hz
    heard: Spikes
    gestures: Spikes | None


def own_song(
    singer: Singer,
    *,
    duration: float,
    gap: float,
    rng: np.random.Generator,
    name: str = "an own song",
) -> Song:
    """Return a song of random gestures that follow one another, with exponential gaps (ms)."""
    n = 2 + int(1.5 * duration / (singer.gestures.duration + gap) + 20)
    onsets = gap + np.cumsum(singer.gestures.duration + rng.exponential(gap, n))
    onsets = onsets[onsets < duration - 2.0 * singer.gestures.duration]
    gestures = (onsets, rng.integers(len(singer.gestures), size=len(onsets)))
    sound = sing(singer.gestures, *gestures, duration=duration, organ=singer.organ).sound
    return _heard(singer, name, sound, duration, gestures)


def tutor_files(given: str) -> list[Path]:
    """Return the files that a setting names: one, several between `os.pathsep`, or folders.

    Raises
    ------
    ValueError
        A folder holds no sound file.
    """
    paths: list[Path] = []
    for part in [given] if Path(given).exists() else given.split(os.pathsep):
        path = Path(part)
        if not path.is_dir():
            paths.append(path)
            continue
        inside = sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES and p.is_file())
        if not inside:
            raise ValueError(f"{path} holds no sound file ({', '.join(SUFFIXES)})")
        paths += inside
    return paths


def read_tutors(
    paths: list[Path], hearing: Hearing, *, longest: float
) -> Iterator[tuple[str, Floats]]:
    """Return name and sound of each file; names that occur twice are numbered."""
    names: dict[str, int] = {}
    for path in paths:
        names[path.stem] = names.get(path.stem, 0) + 1
        number = f"_{names[path.stem]}" if names[path.stem] > 1 else ""
        yield path.stem + number, read_tutor(str(path), hearing, longest=longest)


def read_tutor(path: str, hearing: Hearing, *, longest: float) -> Floats:
    """Return the sound (n_samples,) of at most `longest` ms of a file, at an ear's rate.

    Raises
    ------
    ValueError, OSError
        `sound_files` says why the file cannot be read; or it is silent, or nothing of it is in the
        ear's range.
    """
    file = open_sound(path)
    rate = hearing.rate
    duration = min(file.duration, longest)
    if duration < file.duration:
        warnings.warn(
            f"of {path} ({1e-3 * file.duration:.3g} s) the first {1e-3 * longest:.3g} s are "
            "imitated; tutor_longest sets how much",
            stacklevel=2,
        )
    sound = np.concatenate(list(file.pieces(rate=rate, duration=duration)))
    if not loudness(sound, rate=rate) > 0.0:
        raise ValueError(f"{path} is silent")
    # An offset that ends with the file sounds as it ends.
    edge = round(1e-3 * WINDOW * rate)
    offset = abs(float(sound.mean()))
    if not loudness(sound[edge : len(sound) - edge], rate=rate) > OFFSET_RIPPLE * offset:
        raise ValueError(f"{path} is silent, but for a constant offset of {offset:.3g}")
    whole = np.concatenate(list(file.pieces(rate=float(file.rate), duration=duration)))
    share = inaudible_share(whole, rate=float(file.rate), hearing=hearing)
    if share > 1.0 - AUDIBLE:
        raise ValueError(
            f"{path} has nothing between {hearing.lowest:g} and {hearing.highest:g} Hz, "
            "where the ear hears"
        )
    if share > HALF:
        warnings.warn(
            f"the ear cannot hear {100 * share:.0f} % of the power of {path}: it lies outside of "
            f"{hearing.lowest:g} to {hearing.highest:g} Hz",
            stacklevel=2,
        )
    return sound


def file_song(singer: Singer, name: str, sound: Floats, *, like: Song) -> Song:
    """Return the song of what `read_tutor` returned, at the loudness of another song.

    What counts is how loud it is in the ear's range.
    """
    rate = singer.organ.rate
    audible = loudness(_in_range(sound, rate), rate=rate)
    sound = sound * (loudness(_in_range(like.sound, rate), rate=rate) / audible)
    return _heard(singer, name, sound, 1e3 * len(sound) / rate, None)


def _heard(
    singer: Singer, name: str, sound: Floats, duration: float, gestures: Spikes | None
) -> Song:
    rate = singer.organ.rate
    return Song(
        name,
        duration,
        sound,
        log_spectrogram(sound, rate=rate),
        log_spectrogram(sound, rate=rate, span=WIDE_RANGE),
        pitch(sound, rate=rate),
        hear_sound(singer, iter([sound]), duration=duration + AFTER),
        gestures,
    )


def _in_range(sound: Floats, rate: float) -> Floats:
    """Return what of a sound lies in the range of log spectrograms."""
    spectrum = np.fft.rfft(sound)
    frequency = np.fft.rfftfreq(len(sound), 1.0 / rate)
    spectrum[(frequency < LOWEST) | (frequency > HIGHEST)] = 0.0
    return np.asarray(np.fft.irfft(spectrum, len(sound)))
