"""Files: written to a temporary name, flushed and renamed; read without trust.

A reader never sees half a file, and a failed write leaves the old file as it was. The bytes of an
.npz written here depend on its arrays alone (no dates), and nothing is ever pickled: nested dicts,
lists and tuples of plain values are held as JSON and arrays.
"""

from __future__ import annotations

import errno
import io
import os
import secrets
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._types import Arrays

_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the date of every member: zip's first


@contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary name to write to, which becomes `path` if the ``with`` ends well."""
    path = Path(path)
    if not path.parent.is_dir():  # whoever writes would name the temporary file
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        yield temporary
        _sync(temporary)
        temporary.replace(path)
    except BaseException as error:
        # A full disk has no name in its error, and the temporary one is not what the caller knows.
        if (
            isinstance(error, OSError)
            and error.errno is not None
            and (error.filename in (None, str(temporary)))
        ):
            error.filename = str(path)
        temporary.unlink(missing_ok=True)
        raise


def write_bytes(path: str | os.PathLike[str], content: bytes) -> None:
    """Write `content` to `path` as a whole or not at all (OSError)."""
    with whole_file(path) as temporary:
        temporary.write_bytes(content)


def write_together(contents: Mapping[Path, bytes]) -> None:
    """Write several files, none of which is replaced before all are on the disk (OSError)."""
    with ExitStack() as files:
        for path, content in contents.items():
            temporary = files.enter_context(whole_file(path))
            temporary.write_bytes(content)
            _sync(temporary)


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def npz_bytes(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return an uncompressed .npz of `arrays` (no objects); equal arrays give equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.asanyarray(array), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", _EARLIEST), member.getvalue())
    return buffer.getvalue()


def read_npz(content: bytes) -> Arrays:
    """Return the arrays of an .npz; ValueError says what is wrong with it.

    Compressed members are refused, so that no small file can unfold into a large one.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                if member.compress_type != zipfile.ZIP_STORED:
                    raise ValueError(f"{member.filename} is compressed")
                if member.file_size > len(content):
                    raise ValueError(f"{member.filename} is longer than its file")
            arrays = {}
            for name in archive.namelist():
                with archive.open(name) as file:
                    arrays[name.removesuffix(".npy")] = np.lib.format.read_array(
                        file, allow_pickle=False
                    )
            return arrays
    except (
        zipfile.BadZipFile,
        EOFError,
        KeyError,
        MemoryError,
        NotImplementedError,
        OverflowError,  # a shape that no memory has
        RuntimeError,  # an encrypted member
    ) as error:
        raise ValueError(f"not a whole .npz file ({error})") from None


def packed(value: Any, arrays: Arrays, prefix: str, *, name: str) -> Any:
    """Return a nested value as JSON can hold it; its arrays go to `arrays`, named from `prefix` on.

    It comes back as what it was (memory-mapped arrays in memory).

    Raises
    ------
    TypeError
        It is, or holds, something else; `name` says where.
    """
    # Types are exact: what is derived from them (an Enum, a masked array) would come back without
    # what it adds.
    kind = type(value)
    if value is None or kind in (bool, int, float, str):
        return value
    if isinstance(value, np.generic) and value.dtype.kind in "biufcU":
        return {"scalar": _put(np.asarray(value), arrays, prefix)}
    if kind in (np.ndarray, np.memmap) and value.dtype.kind in "biufc":
        return {"array": _put(value, arrays, prefix)}
    if kind in (list, tuple):
        items = [packed(v, arrays, prefix, name=f"{name}[{k}]") for k, v in enumerate(value)]
        return items if kind is list else {"tuple": items}
    if kind is dict and all(isinstance(key, str) for key in value):
        return {
            "dict": {k: packed(v, arrays, prefix, name=f"{name}[{k!r}]") for k, v in value.items()}
        }
    raise TypeError(
        f"{name} must be numbers, texts, None, plain arrays of numbers, lists, tuples or dicts "
        f"with texts as keys, got {kind.__name__}"
    )


def unpacked(value: Any, arrays: Arrays) -> Any:
    """Return what was packed (KeyError, TypeError, ValueError where it is damaged)."""
    if isinstance(value, list):
        return [unpacked(v, arrays) for v in value]
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind == "dict":
        return {k: unpacked(v, arrays) for k, v in content.items()}
    if kind == "tuple":
        return tuple(unpacked(v, arrays) for v in content)
    if kind not in ("array", "scalar"):
        raise ValueError(f"there is no kind {kind!r} of value")
    return arrays[content].copy() if kind == "array" else arrays[content][()]


def _put(array: NDArray[Any], arrays: Arrays, prefix: str) -> str:
    name = f"{prefix}/{len(arrays)}"  # which only grows
    arrays[name] = np.array(array)
    return name
