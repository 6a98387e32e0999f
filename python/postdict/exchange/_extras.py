"""Libraries that may be absent."""

from __future__ import annotations

import importlib
from typing import Any


def module(name: str, *, what: str, extra: str) -> Any:
    """Return an optional module; ImportError says what to install for `what`."""
    try:
        return importlib.import_module(name)
    except ImportError:
        package = name.partition(".")[0]
        raise ImportError(f"{what} need {package}: pip install 'postdict[{extra}]'") from None
