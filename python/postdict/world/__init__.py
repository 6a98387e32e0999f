"""What lies between motor and sensor: matrices, linear worlds with memory, worlds in Python."""

from .codes import ChoiceDecoder, Decoder, Encoder, LinearDecoder, TuningCurves
from .linear import LinearWorld, spread_world
from .matrices import check_world, conditioned_world, load_world, sparse_world, tonotopic_world
from .protocol import World
from .stepped import SteppedWorld

__all__ = [
    "ChoiceDecoder",
    "Decoder",
    "Encoder",
    "LinearDecoder",
    "LinearWorld",
    "SteppedWorld",
    "TuningCurves",
    "World",
    "check_world",
    "conditioned_world",
    "load_world",
    "sparse_world",
    "spread_world",
    "tonotopic_world",
]
