"""A voice and an ear in the loop: a bird that babbles, hears itself, and imitates songs."""

from .ear import Ear, Hearing
from .posture_grid import posture_grid
from .recall import LoudnessReflex, Recall, answer
from .repertoire import distinct_gestures
from .singer import Singer, babble, hear_sound, response
from .sound_files import SoundFile, open_sound
from .source_filter import Postures, SourceFilter, SourceFilterVoice
from .voice import DivergenceError, Gestures, Syrinx, Voice
from .voices import sing
from .world import SoundWorld, VoiceWorld

__all__ = [
    "DivergenceError",
    "Ear",
    "Gestures",
    "Hearing",
    "LoudnessReflex",
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
    "posture_grid",
    "response",
    "sing",
]
