"""What `measured-window` claims of its map: how often the theories are right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...lab.results import Nested
from .prediction import RUNAWAY

THEORIES = ("linear", "balance")


def predicted_stable(point: Nested, theory: str) -> bool:
    """Return whether a theory has the loop come to rest below the rate that ends a run."""
    rate = point[theory]["rate"]
    return rate is not None and rate <= RUNAWAY * point["rate_before"]


def all_points(points: Nested) -> Iterator[tuple[str, str, str, Nested]]:
    """Yield (fit, time constant of the current, delay, point) of a map."""
    for fit, of_current in points.items():
        for tau_syn, of_delay in of_current.items():
            for delay, point in of_delay.items():
                yield fit, tau_syn, delay, point


def claims(points: Nested) -> Nested:
    """Return, for each theory, how often its verdict and its sign of c are right.

    The verdict is judged at all points. The sign, and the size, are judged where the loop came to
    rest, the theory names a c, and the c seen exceeds its standard error over motor neurons.
    """
    found = [point for *_, point in all_points(points)]
    result: Nested = {}
    for theory in THEORIES:
        verdicts = [predicted_stable(p, theory) == (not p["seen"]["ran_away"]) for p in found]
        pairs = [
            (p["seen"]["c"], p[theory]["c"])
            for p in found
            if not p["seen"]["ran_away"]
            and p[theory]["c"] is not None
            and abs(p["seen"]["c"]) > p["seen"]["c_error"]
        ]
        seen, said = np.array(pairs).reshape(-1, 2).T
        result[theory] = {
            "n_points": len(found),
            "verdict_right": _share(verdicts),
            "n_signs": len(pairs),
            "sign_right": _share(np.sign(seen) == np.sign(said)),
            "median_difference": float(np.median(np.abs(seen - said))) if pairs else None,
        }
    return result


def _share(right: Any) -> float | None:
    return float(np.mean(right)) if len(right) else None
