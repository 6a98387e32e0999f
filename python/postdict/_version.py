"""Which postdict this is: its version, and the commit of which its core was built, if it knows."""

from . import _core

version = "0.1.0"
commit: str | None = _core.commit or None
