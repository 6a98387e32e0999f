"""Tutors in files: which they are, what they are called, and what of them is heard."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ..._types import Floats
from ...bird import Hearing, open_sound
from ...bird.loudness import WINDOW, inaudible_share, loudness

OFFSET_RIPPLE = 1e-3  # of a constant offset, below which lies what resampling makes of it
AUDIBLE = 1e-4  # of a file's power: below it, what is in the ear's range is a click or a residue
HALF = 0.5  # of the power of a file: where the ear misses more than that, it is said
SUFFIXES = (".wav", ".flac", ".ogg", ".aif", ".aiff", ".mp3")  # of the files of a folder


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


def tutor_names(paths: list[Path]) -> list[str]:
    """Return what the tutors of files are called; names that occur twice are numbered."""
    times: dict[str, int] = {}
    names = []
    for path in paths:
        times[path.stem] = times.get(path.stem, 0) + 1
        names.append(path.stem + (f"_{times[path.stem]}" if times[path.stem] > 1 else ""))
    return names


def read_tutors(
    paths: list[Path], hearing: Hearing, *, longest: float
) -> Iterator[tuple[str, Floats]]:
    """Return name and sound of each file, read as they are asked for."""
    for name, path in zip(tutor_names(paths), paths, strict=True):
        yield name, read_tutor(str(path), hearing, longest=longest)


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
