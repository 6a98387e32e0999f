"""The motor–world–sensor loop: closed to learn, frozen to explore, opened to imitate."""

from .circuit import (
    EXPLORATION,
    MOTOR,
    SENSOR,
    SPONTANEOUS,
    Loop,
    LoopParameters,
    closed_loop,
    connect_feedback,
    connect_world,
    frozen_loop,
)
from .exploration import Exploration, explore, medians_by_world
from .imitation import GAINS, TOLERANCE, ImitationDecoder, ImitationTest, Song, hear, imitate
from .learning import Learned, learn, shuffled
from .tutor import Tutor, load_tutor

__all__ = [
    "EXPLORATION",
    "GAINS",
    "MOTOR",
    "SENSOR",
    "SPONTANEOUS",
    "TOLERANCE",
    "Exploration",
    "ImitationDecoder",
    "ImitationTest",
    "Learned",
    "Loop",
    "LoopParameters",
    "Song",
    "Tutor",
    "closed_loop",
    "connect_feedback",
    "connect_world",
    "explore",
    "frozen_loop",
    "hear",
    "imitate",
    "learn",
    "load_tutor",
    "medians_by_world",
    "shuffled",
]
