"""Libraries that may be absent: asked for where they are needed, in one way."""

from __future__ import annotations

import importlib
from typing import Any


def module(name: str, *, what: str, extra: str) -> Any:
    """Return an optional module.

    Parameters
    ----------
    name : str
        Of the module, dots included.
    what : str
        What needs it, in the plural, as the message begins.
    extra : str
        The extra of postdict that brings it.

    Raises
    ------
    ImportError
        It is absent; the message says what to install.
    """
    try:
        return importlib.import_module(name)
    except ImportError:
        package = name.partition(".")[0]
        raise ImportError(f"{what} need {package}: pip install 'postdict[{extra}]'") from None
