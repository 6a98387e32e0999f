"""A bird that hears a song and answers with gestures."""

import numpy as np

from postdict import LIF
from postdict.bird import (
    Gestures,
    Hearing,
    Recall,
    Singer,
    Syrinx,
    answer,
    hear_sound,
    response,
    sing,
)

HEARING, SYRINX = Hearing(), Syrinx()
NOTES = Gestures(np.array([0.15, 0.1, 0.2]), np.array([0.12, 0.08, 0.35]))
SINGER = Singer(
    NOTES, HEARING, SYRINX, LIF(tau_m=100.0), LIF(tau_m=10.0, reset="by"), 20.0, 0.2, 1.0, 0.5
)


def test_the_inverse_of_the_response_finds_the_gestures():
    inverse = np.linalg.pinv(response(SINGER))
    times, ids = np.array([30.0, 80.0, 130.0, 160.0]), np.array([2, 0, 1, 1])
    song = sing(NOTES, times, ids, duration=250.0)
    heard = hear_sound(SINGER, iter([song.sound]), duration=250.0)
    found = answer(2.5 * inverse, SINGER, Recall(), heard, duration=250.0)
    np.testing.assert_array_equal(found[1], ids)
    np.testing.assert_allclose(found[0] - times, 12.0, atol=6.0)
    # A pause longer than the gap between the last two leaves one of them out.
    slow = answer(
        2.5 * inverse,
        SINGER,
        Recall(resets=tuple(np.arange(3.0, 46.0, 3.0))),
        heard,
        duration=250.0,
    )
    assert len(slow[0]) < 4
