"""Files: written to a temporary name, flushed and renamed; read without trust.

A reader never sees half a file, and a failed write leaves the old file as it was. The bytes of an
.npz written here depend on its arrays alone (no dates), and nothing is ever pickled.
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


def read_npz(content: bytes) -> dict[str, NDArray[Any]]:
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
