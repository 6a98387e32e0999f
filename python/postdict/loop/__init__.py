"""The motor–world–sensor loop: closed to learn, frozen to explore, opened to imitate."""

from .audibility import audible
from .circuit import Loop, LoopParameters, closed_loop, frozen_loop
from .exploration import Exploration, explore
from .imitation import hear, imitate
from .learning import Learned, learn, shuffled
from .practice import Practice, practise
from .tutor import Tutor, load_tutor
from .unseen_songs import ImitationDecoder, ImitationTest, Song

__all__ = [
    "Exploration",
    "ImitationDecoder",
    "ImitationTest",
    "Learned",
    "Loop",
    "LoopParameters",
    "Practice",
    "Song",
    "Tutor",
    "audible",
    "closed_loop",
    "explore",
    "frozen_loop",
    "hear",
    "imitate",
    "learn",
    "load_tutor",
    "practise",
    "shuffled",
]
