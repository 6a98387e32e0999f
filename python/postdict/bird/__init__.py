"""A voice and an ear in the loop: a bird that babbles, hears itself, and imitates songs."""

from .ear import Ear, Hearing
from .repertoire import distinct_gestures, footprints
from .singer import Babbled, Recall, Singer, answer, babble, hear_sound, open_loop_rate, response
from .sound_files import SoundFile, normalised, open_sound, wav_bytes
from .voice import DivergenceError, Gestures, Sung, Syrinx, Voice, sing
from .world import Bird, Listener

__all__ = [
    "Babbled",
    "Bird",
    "DivergenceError",
    "Ear",
    "Gestures",
    "Hearing",
    "Listener",
    "Recall",
    "Singer",
    "SoundFile",
    "Sung",
    "Syrinx",
    "Voice",
    "answer",
    "babble",
    "distinct_gestures",
    "footprints",
    "hear_sound",
    "normalised",
    "open_loop_rate",
    "open_sound",
    "response",
    "sing",
    "wav_bytes",
]
