"""The core's own elementary functions against many digits: errors in units in the last place."""

import mpmath
import numpy as np
import pytest

from postdict import _core

BOUND = 0.8  # units in the last place, as cpp/elementary.hpp says


def largest_error(name, function, x):
    """Over x, in units in the last place of the true value."""
    ours = _core.elementary(name, x)
    with mpmath.workdps(40):
        truth = [function(mpmath.mpf(float(value))) for value in x]
        unit = np.spacing(np.abs(np.array([float(value) for value in truth])))
        return max(
            float(abs(mpmath.mpf(float(a)) - b) / mpmath.mpf(float(u)))
            for a, b, u in zip(ours, truth, unit, strict=True)
        )


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("exp", -1.0, 1.0),
        ("exp", -745.0, 709.7),
        ("exp", -745.0, -708.0),  # results below the normal numbers
        ("expm1", -0.25, 0.25),
        ("expm1", -40.0, 40.0),
        ("log", 0.9, 1.1),
        ("log", 0.0, 1e3),
        ("sin", -7.0, 7.0),
        ("cos", -7.0, 7.0),
        ("sin", -(2.0**20), 2.0**20),
        ("cos", -(2.0**20), 2.0**20),
    ],
)
def test_errors_in_the_last_place(name, low, high):
    x = np.random.default_rng(5).uniform(low, high, 3000)
    assert largest_error(name, getattr(mpmath, name), x) <= BOUND


@pytest.mark.parametrize(("name", "lowest", "highest"), [("exp", -60, -3), ("expm1", -1000, -2)])
def test_small_arguments(name, lowest, highest):
    random = np.random.default_rng(6)
    x = random.choice([-1.0, 1.0], 2000) * 2.0 ** random.uniform(lowest, highest, 2000)
    assert largest_error(name, getattr(mpmath, name), x) <= BOUND


def test_logarithms_of_all_sizes():
    x = 2.0 ** np.random.default_rng(7).uniform(-1074.0, 1023.0, 3000)
    assert largest_error("log", mpmath.log, x) <= BOUND


def test_powers():
    random = np.random.default_rng(8)
    x = 2.0 ** random.uniform(-30.0, 30.0, 3000)
    y = random.uniform(-30.0, 30.0, 3000)
    ours = _core.power(x, y)
    with mpmath.workdps(40):
        for a, b, got in zip(x, y, ours, strict=True):
            truth = mpmath.mpf(float(a)) ** mpmath.mpf(float(b))
            assert abs(mpmath.mpf(float(got)) - truth) <= BOUND * np.spacing(float(truth))


def test_a_name_that_is_none():
    with pytest.raises(ValueError, match="no such function"):
        _core.elementary("tan", [1.0])
