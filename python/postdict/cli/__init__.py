"""The command line, the top of the house: nothing imports it."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    0 done, 1 the run failed or nobody reads what it prints, 2 the call was wrong, 130 interrupted,
    143 terminated.

    Raises
    ------
    SystemExit
        Help was asked for, or the call was wrong: as `argparse` ends.

    Examples
    --------
    >>> main(["list"])  # doctest: +ELLIPSIS
    adaptation ...
    0
    """
    try:
        from .commands import call  # Ctrl-C while numpy is imported is no error either
    except KeyboardInterrupt:
        print("postdict: interrupted", file=sys.stderr)
        return 130
    return call(arguments)


__all__ = ["main"]
