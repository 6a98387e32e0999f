"""Linear theory of learning in the loop: fixed point, modes, ridge, sign and size of c.

Derived in docs/theory.md. Everything follows from three numbers that are measured without feedback
(the motor neuron's rate, its autocorrelation and its response to a kick) and from the window K of
the inhibitory efficacy (a rule's `window`, learning rate included). Times in ms, rates in Hz.
"""

from .drives import balanced_scale, cross_drive, own_drive
from .fixed_point import fixed_point, modes, relaxation, ridge_inverse
from .kick import KickResponse, kick_response
from .linear import LinearTheory
from .window import Window, area

__all__ = [
    "KickResponse",
    "LinearTheory",
    "Window",
    "area",
    "balanced_scale",
    "cross_drive",
    "fixed_point",
    "kick_response",
    "modes",
    "own_drive",
    "relaxation",
    "ridge_inverse",
]
