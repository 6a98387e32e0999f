"""What is at hand while a random model is drawn, and what of it decides which values may come."""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from .description import Model

DC = "current"


@dataclass
class Drawing:
    """What is at hand while a model is drawn: hypothesis for its structure, numbers from a seed."""

    draw: object
    rng: np.random.Generator
    features: frozenset
    on_grid: bool  # spike times and delays
    model: Model

    def maybe(self, feature=None):
        return (feature is None or feature in self.features) and self.draw(st.booleans())

    def one_of(self, values):
        return self.draw(st.sampled_from(list(values)))

    def exp(self, name):
        return "tau_syn_e" in self.model.populations[name][1]


def drive_of(model, name):
    """The largest v_inf - v_thresh that the neurons of a population ever have."""
    _, p = model.populations[name]
    steps = sum(max(0.0, *c[2]) for c in model.currents.values() if c[0] == name)
    steps += sum(2.0 * w["scale"] for w in model.worlds if (w["sensor"], w["drive"]) == (name, DC))
    return np.max(p["v_rest"] + p.get("i_offset", 0.0) + steps - p["v_thresh"])


def fires_by_itself(model):
    """Whether a LIF does: when it does is known to 1e-13 ms."""
    delta = [name for name, (_, p) in model.populations.items() if "tau_syn_e" not in p]
    return any(drive_of(model, name) > 0.0 for name in delta)


def exact_times(model):
    """Whether all spikes are made by arrivals and kicks, whose times are exact."""
    exp = any("tau_syn_e" in p for _, p in model.populations.values())
    return not (exp or fires_by_itself(model))


def weight_unit(d, post, inhibitory):
    """What moves V of these neurons about as much as 1 mV moves V of a LIF."""
    if not d.exp(post):
        return 1.0
    parameters = d.model.populations[post][1]
    tau = parameters["tau_syn_i" if inhibitory else "tau_syn_e"]
    unit = np.mean(parameters["tau_m"] / tau)
    if "e_rev_e" in parameters:
        reversal = parameters["e_rev_i" if inhibitory else "e_rev_e"]
        unit /= np.mean(np.abs(reversal - parameters["v_rest"]) + 1.0)
    return float(unit)
