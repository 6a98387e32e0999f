"""What `theory` claims of c: its sign and size, predicted and seen."""

from __future__ import annotations

from typing import Any

import numpy as np

AWAY = 0.03  # mV; smaller |c| lies at the zero crossing, where its sign is not a claim


def claims(scale: dict[str, Any]) -> dict[str, Any]:
    """Hold the predicted c against the c seen: signs, and worst ratios at D of 25 to 35 ms."""
    rows = [
        (f"tau_m {tau_m} ms, {window}", float(delay), cell)
        for tau_m, windows in scale.items()
        for window, cells in windows.items()
        for delay, cell in cells.items()
    ]
    result: dict[str, Any] = {"away_from_zero": AWAY}
    for kind in ("linear", "balanced"):
        known = [row for row in rows if row[2][f"c_{kind}"] is not None]
        away = [row for row in known if abs(row[2]["c_seen"]) >= AWAY]
        wrong = [
            f"{window}, D {delay:g} ms"
            for window, delay, cell in away
            if np.sign(cell[f"c_{kind}"]) != np.sign(cell["c_seen"])
        ]
        ratios = [(w, d, c["c_seen"] / c[f"c_{kind}"], abs(c["c_seen"])) for w, d, c in away]
        near = [r for _, d, r, _ in ratios if 25.0 <= d <= 35.0]
        small = [r for _, d, r, size in ratios if 25.0 <= d <= 35.0 and size < 0.2]
        errors = [abs(cell["c_seen"] - cell[f"c_{kind}"]) for _, _, cell in known]
        result[kind] = {
            "signs_compared": len(away),
            "signs_wrong": wrong,
            "seen_over_predicted_25_to_35_ms": _range(near),
            "the_same_where_c_is_below_0.2": _range(small),
            "seen_over_predicted_all": _range([r for _, _, r, _ in ratios]),
            "median_error_mV": float(np.median(errors)) if errors else None,
            "largest_error_mV": max(errors, default=None),
        }
    return result


def _range(values: list[float]) -> list[float] | None:
    return [float(min(values)), float(max(values))] if values else None
