"""What experiments share: what is read off curves and numbers that may be undefined."""

import numpy as np
import pytest

from postdict.experiments._shared.curves import crossing, defined, learned_at, median_known


def test_what_is_no_number_is_undefined():
    assert defined(np.float64(2.5)) == 2.5
    assert defined(np.nan) is None
    assert defined(np.inf) is None
    assert median_known(np.array([1.0, np.nan, 4.0])) == 2.5
    assert median_known(np.array([np.nan])) is None


def test_crossings():
    times = np.array([0.0, 10.0, 20.0])
    assert crossing(times, np.array([0.0, 0.5, 1.0]), 0.75) == 15.0
    assert crossing(times, np.array([0.9, 0.5, 1.0]), 0.75) == 0.0
    assert crossing(times, np.array([0.0, 0.5, np.nan]), 0.75) is None


def test_when_something_was_learned():
    times = np.array([1e3, 2e3, 4e3, 8e3])
    assert learned_at(times, np.array([0.2, 0.5, 0.6, 0.9])) is None
    assert learned_at(times, np.array([0.96, 0.97, 0.98, 0.99])) == 1e3
    assert learned_at(times, np.array([0.5, 0.9, 1.0, 1.0])) == pytest.approx(2e3 * 2**0.5)
    again = learned_at(times, np.array([0.99, 0.9, 1.0, 1.0]))  # only what lasts counts
    assert again == pytest.approx(2e3 * 2**0.5)
