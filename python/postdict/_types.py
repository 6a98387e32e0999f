"""The arrays that nearly every signature names."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Spikes: TypeAlias = tuple[Floats, Integers]
"""Times (n_spikes,) in ms and ids (n_spikes,), sorted by (time, id)."""
Arrays: TypeAlias = dict[str, NDArray[Any]]
"""Arrays by name, as an .npz holds them."""
