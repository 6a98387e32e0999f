"""Reads what valgrind's callgrind wrote: instructions by source file of the core, or by library.

The format is described in valgrind's manual, "Callgrind Format Specification". A name is written
out once, as "(id) name", and then only as "(id)".
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

NAMES = re.compile(r"(c?)(ob|fl|fi|fe)=(?:\((\d+)\) ?)?(.*)")
CORE = "_core."  # begins the file name of the compiled module


def instructions(profile: Path) -> Counter[str]:
    """Return the instructions of a run, by source file in the core and by library elsewhere.

    Without debugging information all of the core is one entry.
    """
    counts: Counter[str] = Counter()
    names: dict[tuple[bool, str], str] = {}
    library = file = ""
    is_callee_cost = False
    for line in profile.read_text(encoding="utf-8").splitlines():
        if re.match(r"[0-9+*-]", line):
            _, *cost = line.split()  # none where it is 0
            if cost and not is_callee_cost:  # that of a call is counted where it is spent
                counts[_place(library, file)] += int(cost[0])
            is_callee_cost = False
        elif line.startswith("calls="):
            is_callee_cost = True
        elif found := NAMES.fullmatch(line.replace("cfi=", "cfl=").replace("cfe=", "cfl=")):
            of_callee, kind, identity, name = found.groups()
            key = (kind == "ob", identity)
            names.setdefault(key, name)
            if not of_callee and kind == "ob":
                library = names[key]
            elif not of_callee:
                file = names[key]
    return counts


def _place(library: str, file: str) -> str:
    library, name = Path(library).name, Path(file).name
    if not library.startswith(CORE) or file in ("", "???"):
        return library
    return f"core: {name}" if "/cpp/" in file else "core: standard library"
