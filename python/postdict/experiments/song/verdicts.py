"""What came out of one tutor, in words: imitated or not, beside what a control reaches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def verdict(tutor: Mapping[str, Any]) -> str:
    """Return what is to be said of the imitation of a tutor.

    A song counts as imitated where the learned weights come nearer to it than shuffled ones, and
    than silence. Where not even the search comes nearer, the voice cannot sing it, and nothing is
    said of learning.

    Parameters
    ----------
    tutor : dict
        Metrics of the song, medians over birds: `correlation` of spectrograms, and the same under
        `oracle` and `controls`.
    """
    learned = tutor["correlation"]
    best = tutor["oracle"]["correlation"]
    shuffled = tutor["controls"]["shuffled"]["correlation"]
    bound = max(shuffled, 0.0)  # silence correlates with nothing
    beside = f"shuffled weights reach {shuffled:.2f}, this voice at best {best:.2f}"
    if best <= bound:
        return f"nothing that this voice could sing: {beside}"
    if learned == 0.0:  # without a sound nothing correlates
        return f"not imitated: the imitation is silent; {beside}"
    if learned <= bound:
        return f"not imitated: {learned:.2f}; {beside}"
    return f"imitated: {learned:.2f}; {beside}"
