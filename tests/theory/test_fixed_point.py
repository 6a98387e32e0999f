"""Where learning ends, and how it relaxes."""

import numpy as np
import pytest

from postdict.theory import balanced_scale, fixed_point, modes, relaxation, ridge_inverse

RNG = np.random.default_rng(3)
RESPONSE = RNG.normal(size=(9, 5))


def test_fixed_points():
    weights = fixed_point(RESPONSE, 0.8, uniform=0.1)
    np.testing.assert_allclose(weights @ RESPONSE, 0.8 * np.eye(5) - 0.1, atol=1e-12)
    weights = fixed_point(RESPONSE, 0.8, ridge=2.0)
    shifted = RESPONSE @ RESPONSE.T + 2.0 * np.eye(9)
    np.testing.assert_allclose(weights, 0.8 * RESPONSE.T @ np.linalg.inv(shifted), atol=1e-12)
    transposed = fixed_point(RESPONSE, 1e6, ridge=1e6)
    np.testing.assert_allclose(transposed, RESPONSE.T, atol=1e-4)
    np.testing.assert_allclose(modes(0.8 * np.eye(5), RESPONSE), 0.8, atol=1e-12)
    with pytest.raises(ValueError, match="ridge must be non-negative"):
        fixed_point(RESPONSE, 1.0, ridge=-1.0)
    mean_square = np.square(np.linalg.svd(RESPONSE, compute_uv=False)).mean()
    same = fixed_point(RESPONSE, 1.0, ridge=0.1 * mean_square)
    np.testing.assert_allclose(ridge_inverse(RESPONSE, 0.1), same, atol=1e-12)
    with pytest.raises(ValueError, match=r"ridge must be positive, got 0.0"):
        ridge_inverse(RESPONSE, 0.0)


def test_relaxation_and_balance():
    times = np.linspace(0.0, 100.0, 201)
    end, rate = relaxation(times, 0.7 * -np.expm1(-times / 13.0))
    assert (end, rate) == pytest.approx((0.7, 1.0 / 13.0), rel=1e-3)
    assert balanced_scale([-1.0, 0.0, 1.0], [-2.0, -1.0, 1.0]) == pytest.approx(0.5)
    assert balanced_scale([0.0, 1.0], [1.0, 2.0]) is None
    assert balanced_scale([-1.0, 0.0, 1.0, 2.0, 3.0], [-1, 1, -1, -1, 1]) == pytest.approx(-0.5)
