"""One description of a network, for both simulators."""

from dataclasses import dataclass, field

import numpy as np

DURATION = 64.0  # ms; its quarters fall on the grid of spike times
DELAYS = [0.5, 1.0, 2.5]  # sums of them are exact: what ties by one path ties by all
PAUSES = (0.25, 0.5)  # shares of the run at which it pauses, is read and changed


@dataclass
class Model:
    """What both simulators are built from. What it does not use, the engine is not asked for."""

    populations: dict[str, tuple] = field(default_factory=dict)  # size, parameters
    sources: dict[str, tuple] = field(default_factory=dict)  # size, times, ids
    noise: dict[str, tuple] = field(default_factory=dict)  # population, rate or its steps, weight
    projections: list[dict] = field(default_factory=list)  # see `synapses`
    duration: float = DURATION
    seed: int = 7
    currents: dict[str, tuple] = field(default_factory=dict)  # population, times, values, ids
    appended: list[tuple] = field(default_factory=list)  # one of PAUSES, source, times, ids
    samples: list[float] = field(default_factory=list)  # when recorders look
    worlds: list[dict] = field(default_factory=list)  # see `Reflex`


def kind_of(parameters):
    """The name of the model that has these parameters."""
    if "e_rev_e" in parameters:
        return "LIFCond"
    return "LIFExp" if "tau_syn_e" in parameters else "LIF"


# What is recorded of a neuron's synapses: excitation, inhibition.
SYNAPTIC = {"LIF": (), "LIFExp": ("i_e", "i_i"), "LIFCond": ("g_e", "g_i")}


class Reflex:
    """A world for both: linear in what it hears, and moved by noise from its own seed.

    Parameters
    ----------
    given : dict
        motor, sensor, n_motor, n_sensor, interval, latency, readout, drive, seed; scale (mV).
    """

    def __init__(self, given):
        self.given, self.interval = given, given["interval"]

    def reset(self, _):
        self.k, self.rng = 0, np.random.default_rng(self.given["seed"])

    def step(self, motor):
        given, self.k = self.given, self.k + 1
        n_motor, n, scale = given["n_motor"], given["n_sensor"], given["scale"]
        acts = self.k * self.interval + given["latency"]
        if given["readout"] == "spikes":
            motor = np.bincount(motor[1], acts - motor[0], n_motor)
        heard = np.tanh(0.02 * motor.sum())
        if given["drive"] == "spikes":
            times = acts + self.rng.uniform(0.0, 2.0 * self.interval, n)
            return times, self.rng.integers(0, n, n), scale * self.rng.uniform(-0.3, 1.0, n) * heard
        return scale * (heard + self.rng.uniform(-0.5, 0.9, n))


def synapses(
    pre,
    post,
    weights,
    delay=1.0,
    inhibitory=False,
    rule=None,
    pause=False,
    *,
    dendritic=0.0,
    pairs=None,
    halve=False,
    rate=None,
    account=None,
):
    """One projection.

    weights, delay: numbers or (post, pre); with `pairs` (pre ids, post ids): numbers or (n,).
    rule: its parameters, and its name as "kind" if it is not AntisymmetricSTDP; "third": tau of
    traces and (times, values) of a modulator, which "other", if it is there, replaces at half time.
    pause: no plasticity in the second quarter of the run. halve: the weights are, at half time.
    rate: the rule's eta (mV) from the first pause on. account: the share of the run from which on
    fluxes are accounted, 0 or one of PAUSES.
    """
    to = {"axonal_delay": delay, "inhibitory": inhibitory}
    if dendritic:
        to["dendritic_delay"] = dendritic
    given = {"pre": pre, "post": post, "weights": weights, "pairs": pairs, "to": to}
    changes = {"pause": pause, "halve": halve, "rate": rate, "account": account}
    return {**given, "rule": rule, **changes}


def rule_of(module, given):
    """The rule of a module, the engine's or the twin's, that a projection's "rule" describes."""
    if given is None:
        return None
    parameters = {k: v for k, v in given.items() if k not in ("kind", "third", "other")}
    rule = getattr(module, given.get("kind", "AntisymmetricSTDP"))(**parameters)
    if "third" not in given:
        return rule
    tau, signal = given["third"]
    return module.Modulated(rule, tau, signal_of(module, signal))


def signal_of(module, signal):
    """The modulator of a module: steps are a pair of times and values here."""
    if isinstance(signal, float) or not hasattr(module, "Steps"):
        return signal
    return module.Steps(*signal)


def title(k, p):
    form = "sparse" if p["pairs"] else "dense"
    rule = p["rule"].get("kind", "AntisymmetricSTDP") if p["rule"] else "fixed"
    third = ", modulated" if p["rule"] and "third" in p["rule"] else ""
    return f"projection {k} ({p['pre']}→{p['post']}, {form}, {rule}{third})"
