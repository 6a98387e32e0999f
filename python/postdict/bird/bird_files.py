"""Birds that have babbled, kept in a file: weights, and whose voice and ear they are for.

The file is an .npz with a header and the weights of each bird. It may come from anywhere: nothing
in it is trusted before it has been checked.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from .. import _files
from .._types import Arrays, Floats
from .singer import Singer

FORMAT = "postdict birds"
VERSION = 1
LARGEST = 2**28  # bytes
MOST_BIRDS = 1000
LARGEST_WEIGHT = 1e6  # mV


@dataclass(frozen=True, eq=False)
class KeptBird:
    """What is left of a babbling.

    Parameters
    ----------
    seed : int
    weights : array (n_motor, n_sensor)
        Effective weights W = E - w, mV.
    rates : (float, float)
        Hz a motor neuron, at the start of the babbling and at its end.
    times : array (n_samples,)
        ms.
    history : array (n_samples, n_motor)
        The diagonal of W G, mV, as it was learned.
    stages : array (n_stages,)
        ms, the same for all birds of a file. Older files have none.
    young : array (n_stages, n_motor, n_sensor)
        W at these times, mV.
    """

    seed: int
    weights: Floats
    rates: tuple[float, float]
    times: Floats
    history: Floats
    stages: Floats
    young: Floats


def bird_bytes(birds: Sequence[KeptBird], singer: Singer, learning: dict[str, Any]) -> bytes:
    """Return a file of birds with one voice and one ear.

    Parameters
    ----------
    birds : sequence of KeptBird
    singer : Singer
        Whose voice and ear.
    learning : dict
        With which settings they babbled; for the record, nothing depends on it.
    """
    header = {"format": FORMAT, "version": VERSION, **_anatomy(singer), "learning": learning}
    text = json.dumps(header, sort_keys=True).encode()
    arrays: Arrays = {
        "header": np.frombuffer(text, np.uint8),
        "seeds": np.array([bird.seed for bird in birds], np.int64),
        "weights": np.stack([bird.weights for bird in birds]),
        "rates": np.array([bird.rates for bird in birds], np.float64),
        "times": np.stack([bird.times for bird in birds]),
        "history": np.stack([bird.history for bird in birds]),
        "stages": birds[0].stages,  # of one schedule, as all of them babbled
        "young": np.stack([bird.young for bird in birds]).astype(np.float32),
    }
    return _files.npz_bytes(arrays)


def read_birds(path: str | os.PathLike[str], singer: Singer) -> list[KeptBird]:
    """Return the birds of a file.

    Raises
    ------
    ValueError
        It is no file of birds, is damaged, or is of another version, voice or ear than `singer`.
    OSError
        It cannot be read.
    """
    path = Path(path)
    size = path.stat().st_size
    if size > LARGEST:
        raise ValueError(f"{path} has {size} bytes, no file of birds is larger than {LARGEST}")
    try:
        arrays = _files.read_npz(path.read_bytes())
        if arrays["header"].dtype != np.uint8:
            raise ValueError("its header is no text")
        header = json.loads(bytes(arrays["header"]).decode())
    except (ValueError, KeyError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"{path} is no file of birds: {error}") from None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise ValueError(f"{path} is no file of birds: it does not say that it is one")
    if header.get("version") != VERSION:
        raise ValueError(
            f"{path} holds birds of version {header.get('version')!r}, this is version {VERSION}: "
            "let new ones babble"
        )
    for part, here in _anatomy(singer).items():
        there = header.get(part)
        if there != here:
            raise ValueError(
                f"{path} holds birds with another {part}: {_difference(there, here)}; "
                "let new ones babble, or set what they had"
            )
    return _birds(path, arrays, singer)


def _birds(path: Path, arrays: Arrays, singer: Singer) -> list[KeptBird]:
    """Return the birds of arrays whose header was checked."""
    n_motor, n_sensor = len(singer.gestures), singer.hearing.n_sensor

    def values(name: str, kind: str, *shape: int | None) -> Any:
        array = arrays.get(name)
        holds = (
            array is not None
            and array.dtype.kind == kind
            and array.ndim == len(shape)
            and all(n in (None, m) for n, m in zip(shape, array.shape, strict=True))
            and bool((np.abs(array.astype(np.float64)) <= 1e15).all())
        )
        if not holds:
            raise ValueError(f"{path} is damaged: its {name} are missing, or not what they must be")
        return array

    seeds = values("seeds", "i", None)
    n = len(seeds)
    if not 1 <= n <= MOST_BIRDS or len(set(seeds.tolist())) < n or seeds.min() < 0:
        raise ValueError(
            f"{path} is damaged: it holds {n} birds, which are not 1 to {MOST_BIRDS} "
            "of different seeds"
        )
    weights = values("weights", "f", n, n_motor, n_sensor)
    if np.abs(weights).max() > LARGEST_WEIGHT:
        raise ValueError(f"{path} is damaged: a weight is above {LARGEST_WEIGHT:g} mV")
    rates = values("rates", "f", n, 2)
    times = values("times", "f", n, None)
    history = values("history", "f", n, times.shape[1], n_motor)
    stages, young = np.zeros(0), np.zeros((n, 0, n_motor, n_sensor))
    if "stages" in arrays:
        stages = values("stages", "f", None)
        young = values("young", "f", n, len(stages), n_motor, n_sensor)
    return [
        KeptBird(
            int(seeds[k]),
            weights[k].astype(np.float64),
            (float(rates[k, 0]), float(rates[k, 1])),
            times[k].astype(np.float64),
            history[k].astype(np.float64),
            stages.astype(np.float64),
            young[k].astype(np.float64),
        )
        for k in range(n)
    ]


def _anatomy(singer: Singer) -> dict[str, dict[str, Any]]:
    """Return what a voice and an ear are made of, as JSON gives it back."""
    voice = {**_values(singer.organ), **_values(singer.gestures), "n": len(singer.gestures)}
    voice["organ"] = type(singer.organ).__name__
    ear = {**_values(singer.hearing), "tau_sensor": np.asarray(singer.sensor.tau_m).tolist()}
    found: dict[str, dict[str, Any]] = json.loads(json.dumps({"voice": voice, "ear": ear}))
    return found


def _values(part: Any) -> dict[str, Any]:
    """Return the fields of a dataclass; of an array a digest of what it rounds to."""
    result = {}
    for field in fields(part):
        value = getattr(part, field.name)
        if isinstance(value, np.ndarray):
            # Levels come from logarithms, whose last bits differ between machines.
            text = np.array2string(value, precision=6, threshold=value.size + 1)
            value = hashlib.sha256(text.encode()).hexdigest()[:16]
        result[field.name] = value
    return result


def _difference(there: Any, here: dict[str, Any]) -> str:
    """Return the first of the values in which what a file says differs, as a sentence has it."""
    if not isinstance(there, dict):
        return "the file does not say which"
    for name, value in here.items():
        if there.get(name) != value:
            return f"{name} is {there.get(name)!r} there and {value!r} here"
    return "it has more parts than are known here"
