"""Settings of `ei-balance`, and what follows from them alone."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..._types import Floats, Integers
from ...lab import settings
from ...lab.settings import setting
from ...network.memory import BUNDLE, NEURON, SOURCE, TARGET, TRACE, WEIGHT, physical
from ...neurons import LIFExp
from ...plasticity import AntisymmetricSTDP, VogelsSTDP


@dataclass(frozen=True)
class NetworkConfig:
    """The network and its input.

    tau_m, the threshold above rest, tau_refrac, both synaptic time constants and p_recurrent are
    those of public versions of the network of Vogels et al. 2011 (ModelDB 143751), which is twice
    as large and uses conductances; all else is our own choice.
    """

    n_excitatory: int = setting(4000, "excitatory cells", at_least=80)
    n_inhibitory: int = setting(1000, "inhibitory cells", at_least=20)
    n_inputs: int = setting(800, "input neurons", at_least=8)
    n_groups: int = setting(8, "groups of input neurons, on a ring", at_least=2)
    input_rate: float = setting(10.0, "mean of an input neuron", unit="Hz", above=0)
    signal_sd: float = setting(0.6, "of the logarithm of a group's rate", at_least=0)
    signal_tau: float = setting(100.0, "correlation time of that logarithm", unit="ms", above=0)
    p_input: float = setting(0.4, "of a synapse from the preferred group", above=0, at_most=1)
    p_recurrent: float = setting(0.02, "of a synapse E to E, E to I", above=0, at_most=1)
    p_ii: float = setting(0.05, "of a synapse I to I", above=0, at_most=1)
    p_ie: float = setting(0.2, "of a synapse I to E", above=0, at_most=1)
    input_to_e: float = setting(4.0, "weight", unit="mV", at_least=0)
    input_to_i: float = setting(3.4, "weight", unit="mV", at_least=0)
    recurrent_weight: float = setting(1.0, "E to E, E to I", unit="mV", at_least=0)
    ii_weight: float = setting(1.5, "I to I", unit="mV", at_least=0)
    ie_weight: float = setting(0.4, "I to E, at the start", unit="mV", above=0)
    w_max: float = setting(30.0, "bound of I to E", unit="mV", above=0)
    delay: float = setting(1.0, "of all synapses", unit="ms", above=0)
    tau_m: float = setting(20.0, "membrane time constant", unit="ms", above=0)
    threshold: float = setting(10.0, "above rest, to which cells reset", unit="mV", above=0)
    tau_refrac: float = setting(5.0, "refractory time", unit="ms", at_least=0)
    tau_syn_e: float = setting(5.0, "excitatory currents", unit="ms", above=0)
    tau_syn_i: float = setting(10.0, "inhibitory currents", unit="ms", above=0)
    max_rate: float = setting(100.0, "at which a network counts as run away", unit="Hz", above=0)
    max_memory: float | None = setting(None, "bound on the network's memory", unit="MB", above=0)

    def __post_init__(self) -> None:
        settings.check(self)
        for name in ("n_excitatory", "n_inhibitory", "n_inputs"):
            if getattr(self, name) < self.n_groups:
                raise ValueError(
                    f"{name} must be at least n_groups = {self.n_groups}, got {getattr(self, name)}"
                )
        if self.ie_weight > self.w_max:
            raise ValueError(
                f"ie_weight must be at most w_max = {self.w_max:g} mV, got {self.ie_weight:g} mV"
            )
        needed, limit = self.expected_bytes(), self.max_bytes() or physical()
        if limit is not None and needed > limit:
            allowed = "max_memory allows" if self.max_memory else "this machine has"
            raise ValueError(
                f"{self.n_excitatory} + {self.n_inhibitory} cells take an estimated "
                f"{needed / 1e6:,.3g} MB; {allowed} {limit / 1e6:,.3g} MB"
            )

    def max_bytes(self) -> int | None:
        """Return the bound on the estimate of memory."""
        return None if self.max_memory is None else int(1e6 * self.max_memory)

    def expected_bytes(self) -> float:
        """Return what the network takes without recorders, from the expected synapses.

        Known before any of them is drawn.
        """
        e, i, x = self.n_excitatory, self.n_inhibitory, self.n_inputs
        fixed = self.p_recurrent * e * (e + i) + self.p_ii * i * i
        fixed += self.p_input * x * (e + i) * float(self.profile().mean())
        plastic = self.p_ie * i * e
        rows = 2 * (e + i + x)
        return (
            TARGET * (fixed + plastic)
            + WEIGHT["double"] * plastic
            + (SOURCE + BUNDLE) * rows
            + TRACE * (i + e)
            + NEURON["LIFExp"] * (e + i)
        )

    def profile(self) -> Floats:
        """Return the shares (n_groups, n_groups) of the input groups, by the preferred group."""
        k = np.arange(self.n_groups)
        distance = np.abs(k[:, None] - k)
        distance = np.minimum(distance, self.n_groups - distance)
        result: Floats = 1.0 / (1.0 + distance.astype(np.float64) ** 4)
        return result

    def groups(self, n: int) -> Integers:
        """Return the group (n,) that each of n neurons prefers, or belongs to."""
        return np.arange(n, dtype=np.int64) * self.n_groups // n

    def cells(self) -> LIFExp:
        """Return the model of all cells."""
        return LIFExp(
            tau_m=self.tau_m,
            v_thresh=self.threshold,
            tau_refrac=self.tau_refrac,
            tau_syn_e=self.tau_syn_e,
            tau_syn_i=self.tau_syn_i,
        )


@dataclass(frozen=True)
class Stimuli:
    """Pulses of the rate of one group at a time."""

    onsets: Floats  # (n,) ms
    groups: Integers  # (n,)
    duration: float  # ms
    gain: float  # added to the group's rate, in units of its mean


@dataclass(frozen=True)
class Config(NetworkConfig):
    """Settings of `ei-balance`; all defaults are our own."""

    target_rate: float = setting(5.0, "of the rule of Vogels", unit="Hz", above=0)
    eta: float = setting(0.02, "learning rate", unit="mV", at_least=0)
    eta_late: float = setting(0.005, "in the last two fifths of learning", unit="mV", at_least=0)
    tau_stdp: float = setting(20.0, "windows of both rules", unit="ms", above=0)
    duration: float = setting(6e4, "of learning", unit="ms", at_least=1e3)
    measure_duration: float = setting(2e4, "of ongoing activity", unit="ms", at_least=2e3)
    recorded: int = setting(20, "cells of each group whose currents are sampled", at_least=2)
    stimuli: int = setting(4, "of each group", at_least=1)
    stimulus_every: float = setting(500.0, "from stimulus to stimulus", unit="ms", at_least=300)
    stimulus_duration: float = setting(100.0, "of a stimulus", unit="ms", above=0)
    stimulus_gain: float = setting(1.0, "added to a group's rate, over its mean", at_least=0)
    assembly: float = setting(0.1, "share of excitatory cells", above=0, at_most=0.4)
    assembly_factor: float = setting(8.0, "of the synapses among them", at_least=1)
    assembly_duration: float = setting(
        2e4, "of learning once it is stored", unit="ms", at_least=1e3
    )
    lowered: float = setting(0.9, "factor that lowers inhibition", above=0, at_most=1)
    recall_duration: float = setting(4e3, "of each phase of recall", unit="ms", at_least=2e3)
    ratios: tuple[float, ...] = setting((0.7, 1.0, 1.1), "A_minus over A_plus", above=0)
    antisymmetric_duration: float = setting(
        2e4, "of learning by the antisymmetric rule", unit="ms", at_least=1e3
    )
    equal_duration: float = setting(1e4, "of measuring at equal rate", unit="ms", at_least=2e3)
    seeds: int = setting(5, "how many networks", at_least=1, at_most=1000)
    seed: int = setting(0, "the first of them", at_least=0)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.recorded > self.n_excitatory // self.n_groups:
            raise ValueError(
                f"recorded must be at most the {self.n_excitatory // self.n_groups} cells of a "
                f"group, got {self.recorded}"
            )

    def doubts(self) -> list[str]:
        """Return why these settings cannot show what they are for, a line each."""
        reasons = {
            "eta": "nothing is learned",
            "signal_sd": "all cells have one signal, and detailed balance has nothing to learn",
        }
        return [f"{name} = 0: {why}" for name, why in reasons.items() if getattr(self, name) == 0]

    def quick(self) -> Config:
        """Return a fifth of the network with as many synapses a cell, and two seeds."""
        return replace(
            self,
            n_excitatory=800,
            n_inhibitory=200,
            p_recurrent=0.1,
            p_ii=0.25,
            p_ie=1.0,
            duration=4e4,
            stimuli=3,
            recorded=10,
            seeds=2,
        )

    def vogels(self, eta: float) -> VogelsSTDP:
        """Return the rule that holds the target rate."""
        return VogelsSTDP(eta, self.target_rate, self.tau_stdp, self.w_max)

    def antisymmetric(self, ratio: float) -> AntisymmetricSTDP:
        """Return the rule with the sign that Haas et al. measured."""
        tau = self.tau_stdp
        return AntisymmetricSTDP(self.eta, 1.0, ratio, tau, tau, self.w_max)

    def recorded_cells(self) -> Integers:
        """Return the cells whose currents are sampled, equally many of each group."""
        groups = self.groups(self.n_excitatory)
        return np.concatenate(
            [np.flatnonzero(groups == group)[: self.recorded] for group in range(self.n_groups)]
        )

    def stimulation(self, seed: int) -> Stimuli:
        """Return the stimuli, groups in random order."""
        groups = np.repeat(np.arange(self.n_groups), self.stimuli)
        groups = np.random.default_rng([seed, 0x571]).permutation(groups)
        onsets = self.stimulus_every * (0.5 + np.arange(len(groups), dtype=np.float64))
        return Stimuli(onsets, groups, self.stimulus_duration, self.stimulus_gain)
