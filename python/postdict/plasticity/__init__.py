"""Plasticity rules: frozen parameters and the window that each one means, in plain numpy.

Lag is t_post - t_pre at the synapse (ms), where t_pre is the arrival. On an inhibitory projection
the weight is the (non-negative) inhibitory efficacy.
"""

from .. import _checks
from ._rule import Pairing, Rule
from .custom import CustomSTDP
from .modulated import TWO_FACTOR, Modulated
from .traces import AntisymmetricSTDP, CausalSTDP, VogelsSTDP
from .triplets import TripletSTDP
from .windows import HaasSTDP, WindowSTDP

RULES: dict[str, type[Rule]] = {**TWO_FACTOR, "Modulated": Modulated}
"""By the name that checkpoints give them."""


def check_rule(plasticity: object) -> None:
    """Refuse what is no rule that the core follows."""
    _checks.exact(
        "plasticity",
        plasticity,
        RULES.values(),
        what="a postdict rule",
        instead="give a window of your own as WindowSTDP(eta, lags, values)",
    )


__all__ = [
    "RULES",
    "AntisymmetricSTDP",
    "CausalSTDP",
    "CustomSTDP",
    "HaasSTDP",
    "Modulated",
    "Pairing",
    "Rule",
    "TripletSTDP",
    "VogelsSTDP",
    "WindowSTDP",
]
