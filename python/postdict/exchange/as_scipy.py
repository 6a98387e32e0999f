"""Sparse matrices."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from ._extras import module


def matrix(values: NDArray[Any]) -> Any:
    """Return a `scipy.sparse.csr_array` of a matrix."""
    return module("scipy.sparse", what="sparse matrices", extra="scipy").csr_array(values)
