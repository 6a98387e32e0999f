"""Gestures that the ear tells apart."""

import numpy as np
import pytest

from postdict.bird import Gestures, Hearing, Syrinx, distinct_gestures
from postdict.bird.repertoire import footprints

HEARING, SYRINX = Hearing(), Syrinx()


def test_gestures_of_a_repertoire_are_told_apart_better_than_by_chance():
    chosen = distinct_gestures(8, HEARING, SYRINX)
    rng = np.random.default_rng(0)
    random = Gestures(rng.uniform(0.1, 0.3, 8), rng.uniform(0.05, 0.6, 8))
    of_chosen, of_random = (
        np.linalg.cond(footprints(gestures, HEARING, SYRINX)) for gestures in (chosen, random)
    )
    assert of_chosen < 10.0
    assert of_chosen < 0.5 * of_random
    with pytest.raises(ValueError, match=r"the ear tells \d+ gestures apart, not 500"):
        distinct_gestures(500, HEARING, SYRINX)
