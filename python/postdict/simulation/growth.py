"""What a user adds to a network after a simulation was made of it, which it does not have."""

from __future__ import annotations

import warnings
from weakref import ref

from .. import _checks
from ..network.parts import label
from ..network.registry import Registry


class Growth:
    """Watches a network that belongs to the user, beside the copy that a simulation has."""

    def __init__(self, users: Registry, own: Registry) -> None:
        self._users = ref(users)
        self._own = own
        self._n_said = 0

    def look(self) -> None:
        """Warn of what was added since the last look."""
        users = self._users()
        added = [] if users is None else users.added_since(self._own)
        if len(added) > self._n_said:
            names = " and the ".join(label(part) for part in added[self._n_said :])
            self._n_said = len(added)
            warnings.warn(
                f"the {names} came to the network after this Simulation was made, and is not part "
                "of it: make a new Simulation",
                stacklevel=_checks.outside(),
            )
