"""Settings of `vogels2011`, and what follows from them alone."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...lab import settings
from ...lab.settings import setting
from ...neurons import LIFCond
from ...plasticity import VogelsSTDP

CELLS = LIFCond(tau_refrac=5.0)  # all else is the default: the published cell
DELAY = 0.1  # ms of every synapse; the published scripts have none, and a step of 0.1 ms
TAU_STDP = 20.0  # ms


@dataclass(frozen=True)
class CellConfig:
    """The cell with channels of input; the numbers are those of the authors' MATLAB file.

    Weights are in units of 0.014 (excitatory) and 0.035 (inhibitory) leak conductances. Ours: the
    target, 5 Hz, as the paper has it, where the file's alpha of 0.25 means 6.25 Hz; how the largest
    rate is scaled; inputs are Poisson processes with the mean rates of the published ones, which
    are refractory.
    """

    n_channels: int = setting(8, "channels of input", at_least=3)
    channel_excitatory: int = setting(100, "excitatory inputs of a channel", at_least=1)
    channel_inhibitory: int = setting(25, "inhibitory inputs of a channel", at_least=1)
    signal_tau: float = setting(50.0, "filter of a channel's noise", unit="ms", above=0)
    largest_rate: float = setting(500.0, "largest rate of a signal", unit="Hz", above=0)
    background_rate: float = setting(5.0, "added to it", unit="Hz", at_least=0)
    cell_target: float = setting(5.0, "of the rule, for the cell", unit="Hz", above=0)
    cell_eta: float = setting(1e-3, "learning rate of the cell, units of a weight", at_least=0)
    cell_duration: float = setting(1.5e5, "of learning", unit="ms", at_least=1e3)
    cell_measured: float = setting(3e4, "of measuring", unit="ms", at_least=2e3)


@dataclass(frozen=True)
class Config(CellConfig):
    """Settings of `vogels2011`.

    The network's neurons, weights, connectivity, eta, w_max, target and the second without
    plasticity are those of the authors' Brian file, weights over a leak of 10 nS. The size of an
    assembly and its factor are at second hand, the cue's factor on the drive is that of the public
    version in Auryn; durations are our own.
    """

    n_excitatory: int = setting(8000, "excitatory cells", at_least=80)
    n_inhibitory: int = setting(2000, "inhibitory cells", at_least=20)
    p: float = setting(0.02, "probability of a synapse", above=0, at_most=1)
    e_weight: float = setting(0.03, "from E, over the leak", above=0)
    ii_weight: float = setting(0.3, "from I to I, over the leak", above=0)
    ie_start: float = setting(1e-11, "from I to E at the start, over the leak", at_least=0)
    w_max: float = setting(10.0, "bound of I to E, over the leak", above=0)
    drive: float = setting(20.0, "constant, of every cell", unit="mV", above=0)
    target_rate: float = setting(3.0, "of the rule", unit="Hz", above=0)
    eta: float = setting(1e-3, "learning rate, over the leak", at_least=0)
    loud: float = setting(1e3, "without plasticity", unit="ms", at_least=100)
    learning: float = setting(6e4, "of plasticity", unit="ms", at_least=1e3)
    assembly: float = setting(0.098, "share of E in each of two assemblies", above=0, at_most=0.4)
    factor: float = setting(5.0, "of the synapses within an assembly", at_least=1)
    balancing: float = setting(6e4, "of plasticity, once stored", unit="ms", at_least=1e3)
    cued: float = setting(0.25, "share of an assembly that is stimulated", above=0, at_most=0.9)
    cue_factor: float = setting(10.0, "of the drive of these cells", at_least=1)
    cue: float = setting(1e3, "of the stimulus", unit="ms", at_least=100)
    rest: float = setting(1e4, "of measuring around it", unit="ms", at_least=2e3)
    seeds: int = setting(2, "how many cells and networks", at_least=1, at_most=1000)
    seed: int = setting(0, "the first of them", at_least=0)

    def __post_init__(self) -> None:
        settings.check(self)
        if self.n_cued < 1:
            raise ValueError(
                f"cued must be at least one of the {self.assembly_size} cells of an assembly, got "
                f"{self.cued:g}"
            )

    @property
    def assembly_size(self) -> int:
        """Cells of an assembly; the first one has the first cells of E, the second the next."""
        return round(self.assembly * self.n_excitatory)

    @property
    def n_cued(self) -> int:
        """Cells of the first assembly that are stimulated, its first ones."""
        return round(self.cued * self.assembly_size)

    def rule(self) -> VogelsSTDP:
        """Return the rule of the network."""
        return VogelsSTDP(self.eta, self.target_rate, TAU_STDP, self.w_max)

    def doubts(self) -> list[str]:
        """Return why these settings cannot show what they are for, a line each."""
        reasons = {
            "eta = 0: the network learns nothing": self.eta == 0,
            "cell_eta = 0: the cell learns nothing": self.cell_eta == 0,
            "factor = 1: no assembly is stored": self.factor == 1,
            "cue_factor = 1: nothing is stimulated": self.cue_factor == 1,
        }
        return [reason for reason, holds in reasons.items() if holds]

    def quick(self) -> Config:
        """Return a fifth of the network with as many synapses a cell, and one seed.

        Cells have the same mean input; two cells share five times as much of it, and so are more
        correlated.
        """
        return replace(
            self,
            n_excitatory=1600,
            n_inhibitory=400,
            p=0.1,
            learning=4e4,
            balancing=4e4,
            cell_duration=1e5,
            cell_measured=2e4,
            seeds=1,
        )
