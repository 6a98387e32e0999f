"""The opened loop: what is heard and imitated, and when."""

import numpy as np

from postdict.loop import LoopParameters, hear, imitate

PARAMETERS = LoopParameters()
IDENTITY = 2.0 * np.eye(3)  # each motor neuron makes its own sensor fire twice


def test_hearing_and_imitating_are_delayed_as_stated():
    song = (np.array([100.0, 150.0]), np.array([0, 2]))
    heard = hear(IDENTITY, PARAMETERS, song, duration=200.0)
    np.testing.assert_array_equal(heard[0], [110.0, 110.0, 160.0, 160.0])
    np.testing.assert_array_equal(heard[1], [0, 0, 2, 2])
    answer = imitate(0.6 * np.eye(3), PARAMETERS, heard, v_min=None, duration=200.0)
    np.testing.assert_array_equal(answer[0], [111.0, 161.0])
    np.testing.assert_array_equal(answer[1], [0, 2])
