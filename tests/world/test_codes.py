"""What sensors see of an observation, and which action motor neurons take."""

import numpy as np
import pytest

from postdict.world import ChoiceDecoder, LinearDecoder, TuningCurves


def test_tuning_curves():
    curves = TuningCurves([0.0, 1.0], 0.5, 2.0)
    assert curves.encode([1.0]) == pytest.approx([2.0 * np.exp(-2.0), 2.0])
    assert TuningCurves([[0.0, 3.0]], [1.0, 2.0], 1.0).encode([1.0, 1.0]) == pytest.approx(
        [np.exp(-1.0)]
    )
    for wrong in (1.0, [1.0], [[1.0], [1.0]], [1.0, 1.0, 1.0]):
        with pytest.raises(ValueError, match=r"an observation must have 2 values, got \("):
            TuningCurves([[0.0, 3.0]], 1.0, 1.0).encode(wrong)
    with pytest.raises(ValueError, match="width must be positive, one number or 2"):
        TuningCurves([[0.0, 3.0]], [1.0, 2.0, 3.0], 1.0)
    with pytest.raises(ValueError, match="width must be positive"):
        TuningCurves([0.0], 0.0, 1.0)
    with pytest.raises(ValueError, match="centres must be"):
        TuningCurves(np.zeros((0, 2)), 1.0, 1.0)


def test_decoders():
    linear = LinearDecoder([[1.0, -1.0]], -2.0, 2.0)
    assert linear.decode(np.array([5, 1])) == [2.0]
    assert linear.decode(np.array([0, 1])).dtype == np.float32
    with pytest.raises(ValueError, match="low must be below high"):
        LinearDecoder([[1.0]], 1.0, 1.0)
    with pytest.raises(ValueError, match="high must be one number or 1, got"):
        LinearDecoder([[1.0]], -1.0, [1.0, 2.0])
    choice = ChoiceDecoder(2, idle=1)
    assert [choice.decode(np.array(n)) for n in ([1, 0, 0, 2], [1, 1, 0, 2], [0] * 4)] == [1, 0, 1]
    with pytest.raises(ValueError, match="3 motor neurons cannot be divided into 2"):
        choice.decode(np.zeros(3))
    with pytest.raises(ValueError, match="idle must be below n_actions = 2, got 2"):
        ChoiceDecoder(2, idle=2)
