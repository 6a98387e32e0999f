"""What is read off curves and numbers that may be undefined."""

from __future__ import annotations

import numpy as np

from ..._types import Floats

LEARNED = 0.95  # F1 of an unseen song, from which on a song counts as imitated


def defined(number: float | np.floating) -> float | None:
    """Return a number, and None for what is not one."""
    return float(number) if np.isfinite(number) else None


def median_known(values: Floats) -> float | None:
    """Return the median of what is not nan; None where nothing is known."""
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else None


def crossing(times: Floats, values: Floats, level: float) -> float | None:
    """Return the first time at which values are at least `level`, linear between; None if never."""
    above = np.flatnonzero(values >= level)
    if not len(above):
        return None
    k = int(above[0])
    if k == 0:
        return float(times[0])
    share = (level - values[k - 1]) / (values[k] - values[k - 1])
    return float(times[k - 1] + share * (times[k] - times[k - 1]))


def learned_at(times: Floats, f1: Floats) -> float | None:
    """Return when F1 passed `LEARNED` for good (ms), between samples on a line in log time.

    None where the last sample is below it; the first sample's time where all are above.
    """
    below = np.flatnonzero(f1 < LEARNED)
    if not len(below):
        return float(times[0])
    last = int(below[-1])
    if last == len(f1) - 1:
        return None
    share = (LEARNED - f1[last]) / (f1[last + 1] - f1[last])
    return float(times[last] * (times[last + 1] / times[last]) ** share)
