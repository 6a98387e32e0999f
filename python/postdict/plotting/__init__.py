"""Drawing: each function draws arrays on the Axes that it is given and returns it.

No global style is set and matplotlib is imported only where it is needed.
"""

from .activity import activity
from .panels import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    band,
    lagged,
    legend_below,
    matrix,
    panel,
    ranges,
    ranges_by_key,
    raster,
    shares,
    ticks,
)
from .wiring import Arrow, Box, wiring

__all__ = [
    "BLACK",
    "BLUE",
    "GREEN",
    "ORANGE",
    "PURPLE",
    "SKY",
    "VERMILION",
    "Arrow",
    "Box",
    "activity",
    "band",
    "lagged",
    "legend_below",
    "matrix",
    "panel",
    "ranges",
    "ranges_by_key",
    "raster",
    "shares",
    "ticks",
    "wiring",
]
