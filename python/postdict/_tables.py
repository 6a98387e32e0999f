"""Tables and arrays in files that users bring: read as programs write them, refused in our words.

A table is text: comma, semicolon (then with decimal commas, as spreadsheets write it in half of the
world), tab or spaces between cells; quoted or not; with a header or without; with a mark of its
encoding (BOM) at the start, empty cells at the ends of all lines, or a column of row names.
"""

from __future__ import annotations

import csv
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._types import Arrays, Floats

_ENCODINGS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}  # by their first bytes
_INDEX = ("", "Unnamed: 0")  # how R and pandas head a column of row names


@dataclass(frozen=True)
class Table:
    """Cells of a file as texts.

    Parameters
    ----------
    header : list of str
        Names of the columns; empty where the file has none.
    rows : list of list of str
        All of one length.
    lines : list of int
        Where each row stands in the file, from 1.
    decimal_comma : bool
        Whether 1,5 is one and a half.
    """

    header: list[str]
    rows: list[list[str]]
    lines: list[int]
    decimal_comma: bool = False

    def numbers(self) -> Floats:
        """Return all cells as numbers (n_rows, n_columns); ValueError names the first that is none.

        Without a header, a first line that only counts the columns is refused: it may be one.
        """
        self._check_first_line()
        values = [
            [self._number(cell, line, k) for k, cell in enumerate(row)]
            for row, line in zip(self.rows, self.lines, strict=True)
        ]
        width = len(self.rows[0]) if self.rows else len(self.header)
        return np.array(values, dtype=np.float64).reshape(len(values), width)

    def column(self, name: str) -> Floats:
        """Return one column as numbers; ValueError names the first cell that is none."""
        k = self.header.index(name)
        cells = zip(self.rows, self.lines, strict=True)
        return np.array([self._number(row[k], line, k) for row, line in cells], dtype=np.float64)

    def texts(self, name: str) -> list[str]:
        """Return one column as it is."""
        k = self.header.index(name)
        return [row[k] for row in self.rows]

    def _number(self, cell: str, line: int, k: int) -> float:
        value = _number_in(cell, decimal_comma=self.decimal_comma)
        if value is None:
            what = repr(cell) if cell else "nothing"
            raise ValueError(f"line {line}, column {k + 1} must be a number, got {what}")
        return value

    def _check_first_line(self) -> None:
        """Refuse what pandas writes above its columns, which would pass for a row of data."""
        if self.header or len(self.rows) < 2:
            return
        first, *rest = self.rows
        whole = all(cell.isdecimal() for row in rest for cell in row)
        counts = (
            [str(k + start) for k in range(len(first))] == first
            for start in ((0,) if whole else (0, 1))
        )
        if any(counts) and not (whole and len(first) == 1):
            raise ValueError(
                f"line {self.lines[0]}, {', '.join(first[:3])}{', ...' * (len(first) > 3)}, looks "
                "like a header that counts columns: remove it (pandas: to_csv(header=False, "
                "index=False)), or use .npy if it is data"
            )


def read_table(path: Path) -> Table:
    """Return the table of a text file.

    Raises
    ------
    ValueError
        It is no text, or its lines have different numbers of cells.
    OSError
        It cannot be read.
    """
    content = path.read_bytes()
    try:
        text = content.decode(_ENCODINGS.get(content[:2], "utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError("it is not a text in UTF-8") from None
    numbered = list(enumerate(text.splitlines(), 1))
    delimiter = None
    if numbered and re.fullmatch("sep=.", numbered[0][1].strip()):  # a spreadsheet's hint
        delimiter = numbered.pop(0)[1].strip()[-1]
    comments = [line.strip().lstrip("#") for _, line in numbered if line.lstrip().startswith("#")]
    numbered = [(n, _without_comment(line)) for n, line in numbered]
    numbered = [(n, line) for n, line in numbered if line.strip()]
    if not numbered:
        return Table([], [], [])
    delimiter = delimiter or _delimiter(numbered[0][1])
    decimal_comma = delimiter in (";", "\t")
    rows = [_cells(line, delimiter) for _, line in numbered]
    lines = [n for n, _ in numbered]
    header: list[str] = []
    if _is_header(numbered[0][1], rows[0], decimal_comma=decimal_comma):
        header, lines = rows.pop(0), lines[1:]
    elif comments:  # as numpy.savetxt writes it
        named = _cells(comments[0], delimiter)
        header = named if len(named) == len(rows[0]) and _are_names(named, decimal_comma) else []
    if rows and all(row[-1] == "" for row in rows) and len(rows[0]) > 1:
        rows = [row[:-1] for row in rows]
        header = header[:-1] if header and header[-1] == "" else header
    for row, line in zip(rows, lines, strict=True):
        if len(row) != len(rows[0]):
            raise ValueError(
                f"rows differ in length: line {line} has {len(row)} cells, "
                f"line {lines[0]} has {len(rows[0])}"
            )
    if rows and header:
        if len(header) == len(rows[0]) - 1:  # R does not head the names of rows
            rows = [row[1:] for row in rows]
        elif header[0] in _INDEX and len(header) == len(rows[0]) > 1:
            header, rows = header[1:], [row[1:] for row in rows]
        if len(header) != len(rows[0]):
            raise ValueError(
                f"rows differ in length: the header has {len(header)} cells, "
                f"line {lines[0]} has {len(rows[0])}"
            )
    return Table(header, rows, lines, decimal_comma)


def read_array(path: Path) -> NDArray[Any]:
    """Return the one array of a .npy (ValueError, OSError)."""
    found = _loaded(path)
    if isinstance(found, dict):
        raise ValueError(f"it is an .npz that holds {', '.join(found) or 'nothing'}: use .npy")
    return found


def read_arrays(path: Path) -> Arrays:
    """Return the arrays of an .npz (ValueError, OSError)."""
    found = _loaded(path)
    if not isinstance(found, dict):
        raise ValueError("it is a .npy, one array without a name: use .npz")
    return found


def _loaded(path: Path) -> NDArray[Any] | Arrays:
    try:
        with path.open("rb") as file:
            found = np.load(file, allow_pickle=False)
            if isinstance(found, np.ndarray):
                return found
            return {name: found[name] for name in found.files}
    except (
        EOFError,
        KeyError,
        MemoryError,
        NotImplementedError,  # a compression that is not known
        OverflowError,  # a shape that no memory has
        RuntimeError,  # an encrypted member
        SyntaxError,  # a header that is no Python
        TypeError,  # nor a dtype
        ValueError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise ValueError(f"it is no whole file of numpy's ({error})") from None


def _without_comment(line: str) -> str:
    return line if '"' in line else line.partition("#")[0]


def _delimiter(line: str) -> str:
    """Return what stands between the cells of a line; a space stands for any number of them."""
    bare = re.sub('"[^"]*"', '""', line.strip())
    for delimiter in (";", "\t", ","):
        if delimiter in bare:
            return delimiter
    return " " if re.search(r"\s", bare) else ","


def _cells(line: str, delimiter: str) -> list[str]:
    if delimiter == " ":
        line = re.sub(r"\s+", " ", line.strip())
    (row,) = csv.reader([line], delimiter=delimiter, skipinitialspace=True)
    return [cell.strip() for cell in row]


def _is_header(line: str, cells: list[str], *, decimal_comma: bool) -> bool:
    numbers = re.findall(r'"([^"]*)"', line)
    quoted = len(numbers) == len(cells)  # R and some spreadsheets quote names, not numbers
    indexed = len(cells) > 1 and cells[0] in _INDEX and "" not in cells[1:]
    return quoted or indexed or _are_names(cells, decimal_comma)


def _are_names(cells: list[str], decimal_comma: bool) -> bool:
    named = [cell for cell in cells if cell]
    return bool(named) and all(
        _number_in(cell, decimal_comma=decimal_comma) is None for cell in named
    )


def _number_in(cell: str, *, decimal_comma: bool) -> float | None:
    if decimal_comma and re.fullmatch(r"[^.,]*,[^.,]*", cell):
        cell = cell.replace(",", ".")
    try:
        return None if "_" in cell else float(cell)  # Python alone knows 1_000
    except ValueError:
        return None
