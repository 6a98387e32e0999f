"""The linear decoders that are compared: inverses of matrices, and parts of what was learned.

All are effective weights (n_motor, n_sensor) up to a gain, which is chosen on a practice song.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ... import theory
from ..._types import Floats
from ...analysis import specific_gain, specific_part
from ...loop.unseen_songs import ImitationDecoder, ImitationTest
from .._shared.decoders import choose

RIDGES = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32)  # lambda, in units of a matrix's mean s^2
STOPS = (0.05, 0.1, 0.2, 0.35, 0.6, 1.0)  # of the duration of learning


@dataclass(frozen=True)
class Chosen:
    """A decoder, and the parameter of its family (lambda, or share of the learning) if any."""

    decoder: ImitationDecoder
    parameter: float
    practice: dict[str, float]  # F1 on the practice song by parameter


def ridges(matrix: Floats) -> dict[float, Floats]:
    """Return (A' A + lambda)^-1 A' of A (n_sensor, n_motor), by lambda in units of A's mean s^2."""
    return {ridge: theory.ridge_inverse(matrix, ridge) for ridge in RIDGES}


def uniform(weights: Floats, response: Floats) -> float:
    """Return the uniform inhibition b of weights: minus the mean of W G off its diagonal, mV."""
    product = weights @ response
    return specific_gain(weights, response) - float(np.trace(product)) / len(product)


def with_uniform(pattern: Floats, response: Floats, gain: float, inhibition: float) -> Floats:
    """Return a pattern of weights with a given specific gain and uniform inhibition, both mV.

    The pattern is scaled, and one number is subtracted from all weights.
    """
    scaled = pattern * (gain / specific_gain(pattern, response))
    missing = inhibition - uniform(scaled, response)
    # One number less in all weights is that times the column sums of G less in W G.
    shifted: Floats = scaled - missing / (float(response.sum()) / len(pattern))
    return shifted


def in_range(weights: Floats, response: Floats) -> Floats:
    """Return weights without what no motor pattern can reach: their part in the range of G."""
    left = np.linalg.svd(response, full_matrices=False)[0]
    projected: Floats = weights @ left @ left.T
    return projected


def mode_filter(weights: Floats, response: Floats) -> Floats:
    """Return the inverse of G that passes each of its modes as strongly as the weights do.

    Only the diagonal of V' X V is kept, X being W G less its uniform inhibition: how much a
    learned inverse is regularised, without what else it has learned.
    """
    left, s, right = np.linalg.svd(response, full_matrices=False)
    passed = np.einsum("km,mn,kn->k", right, specific_part(weights @ response), right)
    filtered: Floats = (right.T * (passed / s)) @ left.T
    return filtered


def refined(
    test: ImitationTest, weights: Floats, response: Floats, scale: float | None = None
) -> ImitationDecoder:
    """Return what `choose` returns, with its gain found more finely."""
    return test.refine(choose(test, weights, response, scale))


def best_of(test: ImitationTest, family: Mapping[float, Floats], response: Floats) -> Chosen:
    """Return the member of a family that imitates the practice song best."""
    found = {parameter: refined(test, member, response) for parameter, member in family.items()}
    practice = {f"{parameter:g}": decoder.practice_f1 for parameter, decoder in found.items()}
    best = max(found, key=lambda parameter: found[parameter].practice_f1)
    return Chosen(found[best], best, practice)
