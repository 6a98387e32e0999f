"""Inverse quality: closed cases of the definitions."""

import math
import re

import numpy as np
import pytest

from postdict.analysis import (
    InverseQuality,
    inverse_quality,
    specific_gain,
    specific_part,
    uniform_inhibition,
)


@pytest.mark.parametrize("scale", [0.8, -0.3])
def test_a_scaled_pseudo_inverse_is_perfect(scale):
    response = np.random.default_rng(0).uniform(0, 2, (12, 5))
    quality = inverse_quality(scale * np.linalg.pinv(response), response)
    assert quality.scale == pytest.approx(scale)
    assert quality.inverse_error == pytest.approx(0.0, abs=1e-12)
    assert quality.specific_inverse_error == pytest.approx(0.0, abs=1e-12)
    assert quality.mode_spread == pytest.approx(1.0)


def test_uniform_inhibition_is_no_specific_error():
    n = 6
    product = 0.9 * np.eye(n) - 0.1 * (1 - np.eye(n))
    np.testing.assert_allclose(specific_part(product), 0.9 * np.eye(n), atol=1e-15)
    quality = inverse_quality(product, np.eye(n))
    assert quality.scale == pytest.approx(0.9)
    assert quality.inverse_error == pytest.approx(math.sqrt(n - 1) / 9)
    assert quality.specific_inverse_error == pytest.approx(0.0, abs=1e-12)


def test_the_definitions_written_out():
    rng = np.random.default_rng(1)
    weights, response = rng.normal(size=(4, 7)), rng.normal(size=(7, 4))
    weights += 3 * np.linalg.pinv(response)
    product = weights @ response
    c = np.mean([product[i, i] for i in range(4)])
    off = np.mean([product[i, j] for i in range(4) for j in range(4) if i != j])
    x = np.array([[product[i, j] - off * (i != j) for j in range(4)] for i in range(4)])
    v = np.linalg.svd(response)[2].T
    gains = np.diag(v.T @ x @ v)
    quality = inverse_quality(weights, response)
    assert quality.scale == pytest.approx(c)
    assert quality.inverse_error == pytest.approx(np.linalg.norm(product / c - np.eye(4)) / 2)
    assert quality.specific_inverse_error == pytest.approx(np.linalg.norm(x / c - np.eye(4)) / 2)
    same_sign = np.all(gains * c > 0)
    magnitudes = np.abs(gains)
    expected = magnitudes.max() / magnitudes.min() if same_sign else math.inf
    assert quality.mode_spread == pytest.approx(expected)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_mode_spread(sign):
    # The modes of a diagonal response are the neurons, whose gains are the diagonal of W G.
    response = np.diag([3.0, 2.0, 1.0])
    weights = sign * np.diag([1.0, 2.0, 2.0]) / np.diag(response)[:, None]
    assert inverse_quality(weights, response).mode_spread == pytest.approx(2.0)
    weights[2, 2] *= -1
    assert inverse_quality(weights, response).mode_spread == math.inf


def test_no_scale_no_quality():
    assert inverse_quality(np.zeros((3, 5)), np.ones((5, 3))) == InverseQuality(0, None, None, None)


def test_one_neuron():
    assert inverse_quality([[0.5]], [[2.0]]) == InverseQuality(1.0, 0.0, 0.0, 1.0)


def test_input_is_left_alone():
    product = np.random.default_rng(2).normal(size=(3, 3))
    before = product.copy()
    specific_part(product)
    np.testing.assert_array_equal(product, before)


@pytest.mark.parametrize(
    ("weights", "response", "message"),
    [
        ([[1.0, 2.0]], [[1.0, 2.0]], "transposed shape of weights, (2, 1), got (1, 2)"),
        ([1.0], [[1.0]], "weights must have 2 dimension(s), got shape (1,)"),
        ([[np.nan]], [[1.0]], "weights must be finite, got nan"),
        ([[1.0]], [[np.inf]], "response must be finite, got inf"),
        (np.zeros((0, 3)), np.zeros((3, 0)), "weights must not be empty, got shape (0, 3)"),
    ],
)
def test_bad_input(weights, response, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        inverse_quality(weights, response)


def test_product_must_be_square():
    with pytest.raises(ValueError, match=r"product must be square, got shape \(1, 2\)"):
        specific_part([[1.0, 2.0]])


def test_specific_gain_leaves_uniform_inhibition_out():
    response = np.eye(3)
    weights = 0.9 * np.eye(3) - 0.2
    assert specific_gain(weights, response) == pytest.approx(0.9)
    # Only with columns of one sum is that exact; others are changed by the spread of the sums.
    assert specific_gain(weights - 0.1, 2 * response) == pytest.approx(1.8)


def test_uniform_inhibition_is_what_is_missing_off_the_diagonal():
    response = np.array([[2.0, 0.0], [0.0, 2.0]])
    weights = 0.5 * np.eye(2) - 0.1
    missing = uniform_inhibition(weights, response)
    assert missing == pytest.approx(0.1)
    np.testing.assert_allclose((weights + missing) @ response, np.eye(2), atol=1e-15)
