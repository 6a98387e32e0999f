"""What messages are made of: values with enough digits, near names, the line that is to blame."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from difflib import get_close_matches


def shown(value: float) -> str:
    """Return a number with as many digits as it takes to tell it from any other."""
    short = f"{value:g}"
    return short if float(short) == value else repr(float(value))


def unknown(kind: str, name: object, valid: Iterable[str]) -> str:
    """Return the message for a name that does not exist, with the nearest that does."""
    names = list(valid)
    close = get_close_matches(str(name), names, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else f"; there are {', '.join(names) or 'none'}"
    return f"no {kind} is named {name!r}{hint}"


def outside() -> int:
    """Return the stack level, as `warnings.warn` counts it, of the first caller from elsewhere."""
    level, frame = 1, sys._getframe(1)
    own = __name__.partition(".")[0]

    def ours() -> bool:
        return str(frame.f_globals.get("__package__")).partition(".")[0] == own

    while frame.f_back is not None and ours():
        # The generated __init__ of a dataclass belongs to no package.
        level, frame = level + 1, frame.f_back
        if frame.f_code.co_filename == "<string>" and frame.f_back is not None:
            level, frame = level + 1, frame.f_back
    return level
