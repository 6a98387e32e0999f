"""`Steps`: what they hold, compare and refuse."""

import copy
import math
import pickle  # noqa: TID251 -- our own objects, to see that they can

import numpy as np
import pytest

from postdict import Steps


def test_steps_hold_from_their_time_on():
    steps = Steps([2, 5], [3.0, -1.0])
    assert [steps.value_at(t) for t in (0.0, 1.9, 2.0, 4.9, 5.0, 1e9)] == [0, 0, 3, 3, -1, -1]
    assert np.array_equal(steps.value_at([[1.0], [7.0]]), [[0.0], [-1.0]])
    sampled = Steps.sampled([1, 2, 3], every=0.1, start=10.0)
    assert sampled == Steps(10.0 + 0.1 * np.arange(3), [1, 2, 3])
    assert (Steps([0], [2.0]).lowest, Steps([1], [2.0]).lowest, steps.lowest) == (2.0, 0.0, -1.0)


def test_steps_are_values():
    given = np.array([1.0, 2.0])
    steps = Steps(given, [0.0, 4.0])
    given[0] = -1.0
    for same in (Steps([1, 2], [-0.0, 4]), copy.deepcopy(steps), pickle.loads(pickle.dumps(steps))):
        assert same == steps
        assert hash(same) == hash(steps)
        with pytest.raises(ValueError, match="read-only"):
            same.values[0] = 1.0
    for other in (Steps([1, 3], [0, 4]), Steps([1, 2], [0, 5]), Steps([1], [0]), "steps"):
        assert other != steps
    assert repr(steps) == "Steps([1.0, 2.0], [0.0, 4.0])"
    samples = Steps.sampled(np.arange(2000), every=0.5)
    assert repr(samples) == "Steps(2000 from 0 to 999.5 ms, values 0 to 1999)"


@pytest.mark.parametrize(
    ("times", "values", "error", "message"),
    [
        ([0.0, 3.0, 2.0], [1, 1, 1], ValueError, r"times must rise, got 2\.0 ms after 3\.0 .* \[2"),
        ([0.0, 3.0, 3.0], [1, 1, 1], ValueError, r"times must rise, got 3\.0 ms after 3\.0 .* \[2"),
        ([-1.0, 3.0], [1, 1], ValueError, r"times must be non-negative, got -1\.0 ms at \[0\]"),
        ([0.0, math.nan], [1, 1], ValueError, r"times must be finite, got nan at \[1\]"),
        ([0.0, 1.0], [math.inf, 1], ValueError, r"values must be finite, got inf at \[0\]"),
        ([0.0, 1.0], [1.0], ValueError, r"times and values must have one length, got 2 and 1"),
        ([], [], ValueError, r"at least one step, got none"),
        (0.0, 1.0, ValueError, r"times must have 1 dimension"),
        ([0.0], ["1 mV"], TypeError, r"values must be numbers, got list"),
    ],
)
def test_steps_that_make_no_sense_are_refused(times, values, error, message):
    with pytest.raises(error, match=message):
        Steps(times, values)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"every": 0.0}, r"every must be positive, got 0\.0 ms"),
        ({"every": 1.0, "start": -1.0}, r"start must be non-negative, got -1\.0 ms"),
        ({"every": 1e-9, "start": 8e9}, r"times must rise"),
    ],
)
def test_samples_that_make_no_sense_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Steps.sampled([1.0, 2.0], **arguments)
