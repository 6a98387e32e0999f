"""Decoders: effective weights (n_motor, n_sensor), and the gain with which they imitate best."""

from __future__ import annotations

import numpy as np

from ..._types import Floats
from ...analysis import inverse_quality
from ...loop.unseen_songs import ImitationDecoder, ImitationTest


def pinv(matrix: Floats) -> Floats:
    """Return the pseudo-inverse."""
    return np.linalg.pinv(matrix).astype(np.float64)


def choose(
    test: ImitationTest, weights: Floats, response: Floats, scale: float | None = None
) -> ImitationDecoder:
    """Return the decoder with the gain and v_min that imitate the practice song best.

    Gains are in units of 1/c of the weights, or of a `scale` (mV) that is given: weights without a
    scale of their own (shuffled ones) are given another's.
    """
    return test.choose(weights, scale or inverse_quality(weights, response).scale or 1.0)
