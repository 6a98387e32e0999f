"""A voice and an ear in the loop: a bird that babbles, hears itself, and imitates songs."""

from .ear import Ear, Hearing
from .repertoire import distinct_gestures
from .singer import Recall, Singer, answer, babble, hear_sound, response
from .sound_files import SoundFile, open_sound
from .source_filter import Postures, SourceFilter, SourceFilterVoice
from .voice import DivergenceError, Gestures, Syrinx, Voice, sing
from .world import SoundWorld, VoiceWorld

__all__ = [
    "DivergenceError",
    "Ear",
    "Gestures",
    "Hearing",
    "Postures",
    "Recall",
    "Singer",
    "SoundFile",
    "SoundWorld",
    "SourceFilter",
    "SourceFilterVoice",
    "Syrinx",
    "Voice",
    "VoiceWorld",
    "answer",
    "babble",
    "distinct_gestures",
    "hear_sound",
    "open_sound",
    "response",
    "sing",
]
