"""The network of `ei-balance`: excitatory and inhibitory cells, and input in groups.

input groups ─► E ⇄ I, each at random; I ─► E plastic. Cells prefer a group: the neurons of group k
reach a cell that prefers group g with a probability in proportion to 1/(1 + d⁴), d the distance of
k and g on a ring. Recurrent synapses know nothing of groups.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ..._types import Floats, Integers, Spikes
from ...connectivity import Triplets, fixed_probability
from ...lab.runs import run_bounded
from ...lab.stages import Stage
from ...network import Network
from ...network.parts import Projection, Recorder
from ...plasticity import Rule
from ...simulation import Simulation
from .config import Config, NetworkConfig, Stimuli

STREAMS = {  # of the input
    "learn": 0, "measure": 1, "assembly": 2, "recall": 3, "search": 4, "antisymmetric": 5,
}  # fmt: skip
STEP = 5.0  # ms, for which the input's rates are held
_INITIAL, _INPUT, _SYNAPSES = 1, 2, 3  # streams of random numbers of one seed


@dataclass(frozen=True)
class Cortex:
    """The synapses of one seed, and the simulations that can be made of them."""

    config: Config
    seed: int
    inputs: dict[str, Triplets]  # to "E" and "I"
    ee: Triplets
    ei: Triplets  # from E to I
    ii: Triplets
    ie: Triplets  # from I to E, with the weights of the start

    def simulation(
        self,
        duration: float,
        weights: Floats | float,
        *,
        stream: int,
        ee: Floats | None = None,
        rule: Rule | None = None,
        stimuli: Stimuli | None = None,
        recorded: Integers | None = None,
        every: float = 1.0,
    ) -> CortexRun:
        """Return a simulation that has input for `duration` (ms).

        Parameters
        ----------
        duration : float
            ms.
        weights : array (n_synapses,) or float
            From I to E, mV.
        stream : int
            Which input: equal numbers give equal spikes.
        ee : array (n_synapses,), optional
            Other weights from E to E, mV.
        rule : Rule, optional
            Plasticity from I to E.
        stimuli : Stimuli, optional
        recorded : array of int, optional
            Cells of E whose currents are sampled.
        every : float
            Interval of the samples, ms.
        """
        c = self.config
        net = Network(self.seed)
        rng = np.random.default_rng([self.seed, _INITIAL])
        cells = c.cells()
        for name, n in (("E", c.n_excitatory), ("I", c.n_inhibitory)):
            start = rng.uniform(0.0, 0.99 * c.threshold, n)
            net.add_population(name, n, replace(cells, v_init=start))
        rng = np.random.default_rng([self.seed, _INPUT, stream])
        times, ids = input_spikes(c, duration, rng, stimuli)
        net.add_spike_source("input", c.n_inputs, times=times, ids=ids)
        for name, synapses in self.inputs.items():
            net.connect("input", name, weights=synapses, axonal_delay=c.delay)
        strengthened = self.ee if ee is None else _with_weights(self.ee, ee)
        net.connect("E", "E", weights=strengthened, axonal_delay=c.delay)
        net.connect("E", "I", weights=self.ei, axonal_delay=c.delay)
        net.connect("I", "I", weights=self.ii, axonal_delay=c.delay, inhibitory=True)
        inhibition = net.connect(
            "I",
            "E",
            weights=_with_weights(self.ie, weights),
            axonal_delay=c.delay,
            inhibitory=True,
            plasticity=rule,
        )
        recorders = []
        if recorded is not None:
            n_bytes = 8 * len(recorded) * (math.ceil(duration / every) + 1)
            recorders = [
                net.record("E", variable, every=every, ids=recorded, max_bytes=n_bytes)
                for variable in ("i_e", "i_i")
            ]
        simulation = Simulation(net, max_rate=c.max_rate, max_bytes=c.max_bytes())
        return CortexRun(simulation, inhibition, recorders)


@dataclass(frozen=True)
class CortexRun:
    """A simulation, and the parts that are asked for."""

    simulation: Simulation
    inhibition: Projection
    recorders: Sequence[Recorder] = field(default_factory=list)

    def weights(self) -> Floats:
        """Return the weights (n_synapses,) from I to E, mV."""
        return np.asarray(self.simulation.weights(self.inhibition).weight, dtype=np.float64)

    def until(
        self,
        stop: float,
        stage: Stage,
        *,
        n_parts: int = 1,
        after_part: Callable[[], None] | None = None,
    ) -> None:
        """Run until a time (ms), in equal parts."""
        excitatory = self.simulation.network.populations[0]
        run_bounded(
            self.simulation,
            excitatory,
            stop,
            progress=stage,
            n_parts=n_parts,
            after_part=after_part,
        )


def draw_cortex(config: Config, seed: int) -> Cortex:
    """Return a network drawn with one seed."""
    rng = np.random.default_rng([seed, _SYNAPSES])
    sizes = {"E": config.n_excitatory, "I": config.n_inhibitory}

    def between(pre: str, post: str, p: float, weight: float) -> Triplets:
        return fixed_probability(sizes[pre], sizes[post], p, weight=weight, seed=rng)

    inputs = {
        name: _from_inputs(config, n, weight, rng)
        for (name, n), weight in zip(
            sizes.items(), (config.input_to_e, config.input_to_i), strict=True
        )
    }
    return Cortex(
        config,
        seed,
        inputs,
        ee=between("E", "E", config.p_recurrent, config.recurrent_weight),
        ei=between("E", "I", config.p_recurrent, config.recurrent_weight),
        ii=between("I", "I", config.p_ii, config.ii_weight),
        ie=between("I", "E", config.p_ie, config.ie_weight),
    )


def _from_inputs(
    config: NetworkConfig, n: int, weight: float, rng: np.random.Generator
) -> Triplets:
    """Draw synapses from every group onto the cells of every preference, block by block."""
    share = config.profile()
    sources, targets = config.groups(config.n_inputs), config.groups(n)
    pre, post = [], []
    for preferred in range(config.n_groups):
        to = np.flatnonzero(targets == preferred)
        for group in range(config.n_groups):
            of = np.flatnonzero(sources == group)
            p = config.p_input * share[preferred, group]
            block = fixed_probability(len(of), len(to), p, weight=weight, seed=rng)
            pre.append(of[block.pre])
            post.append(to[block.post])
    return Triplets(
        pre=np.concatenate(pre).astype(np.int32),
        post=np.concatenate(post).astype(np.int32),
        weight=weight,
    )


def _with_weights(synapses: Triplets, weights: Floats | float) -> Triplets:
    full = np.broadcast_to(np.asarray(weights, dtype=np.float64), synapses.pre.shape)
    return Triplets(pre=synapses.pre, post=synapses.post, weight=full)


def group_signals(config: NetworkConfig, n_steps: int, rng: np.random.Generator) -> Floats:
    """Return the rate of each group in steps, in units of its mean (n_steps, n_groups).

    Exponentials of Ornstein-Uhlenbeck processes, divided at each time by their mean over groups:
    the groups compete, and the whole input is steady.
    """
    decay = math.exp(-STEP / config.signal_tau)
    noise = rng.standard_normal((n_steps, config.n_groups))
    noise[1:] *= math.sqrt(1.0 - decay**2)
    for k in range(1, n_steps):
        noise[k] += decay * noise[k - 1]
    signals = np.exp(config.signal_sd * noise)
    result: Floats = signals / signals.mean(axis=1, keepdims=True)
    return result


def input_spikes(
    config: NetworkConfig,
    duration: float,
    rng: np.random.Generator,
    stimuli: Stimuli | None = None,
) -> Spikes:
    """Return Poisson spikes of the input neurons: times (ms) and ids.

    Within a step of `STEP` the rate is constant; the stimuli come on top of the signals.
    """
    n_steps = math.ceil(duration / STEP)
    factor = group_signals(config, n_steps, rng)
    if stimuli is not None:
        starts = STEP * np.arange(n_steps)
        for onset, group in zip(stimuli.onsets, stimuli.groups, strict=True):
            during = (starts >= onset) & (starts < onset + stimuli.duration)
            factor[during, group] += stimuli.gain
    sizes = np.bincount(config.groups(config.n_inputs), minlength=config.n_groups)
    firsts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    counts = rng.poisson(factor * sizes * config.input_rate * 1e-3 * STEP)
    step, group = np.nonzero(counts)
    repeats = counts[step, group]
    step, group = np.repeat(step, repeats), np.repeat(group, repeats)
    times = STEP * (step + rng.random(step.size))
    ids = firsts[group] + rng.integers(0, sizes[group])
    return times, ids.astype(np.int64)
