"""One description of a network, built and run by the engine and by the twin."""

from .by_engine import engine, network
from .by_twin import twin
from .description import DELAYS, DURATION, Model, synapses
from .outcome import Outcome, assert_same

__all__ = [
    "DELAYS",
    "DURATION",
    "Model",
    "Outcome",
    "assert_same",
    "both",
    "engine",
    "network",
    "synapses",
    "twin",
]


def both(model):
    """The engine's outcome, which must be the twin's."""
    outcome = engine(model)
    assert_same(outcome, twin(model))
    return outcome
