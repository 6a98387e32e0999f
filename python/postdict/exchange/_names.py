"""Names that formats can hold, all different."""

from __future__ import annotations

from collections.abc import Sequence


def unique_names(names: Sequence[str]) -> list[str]:
    """Return names that are all different: the second ``cells.v`` becomes ``cells.v.2``."""
    result: list[str] = []
    for name in names:
        free, k = name, 1
        while free in result:
            k += 1
            free = f"{name}.{k}"
        result.append(free)
    return result
