"""The two networks of `vogels2011`, by the public API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..._types import Floats
from ...connectivity import Triplets, fixed_probability
from ...network import Network
from ...plasticity import VogelsSTDP
from ...steps import Steps
from .config import CELLS, DELAY, TAU_STDP, CellConfig, Config

UNIT = {"E": 0.014, "I": 0.035}  # leak conductances that a weight of 1 stands for in the cell
EVERY = 1.0  # ms between samples


def recurrent_network(config: Config, seed: int) -> Network:
    """Return E and I, "E->E" with a weight for each synapse, "I->E" plastic, and the cue, off."""
    rng = np.random.default_rng([seed, 1])
    net = Network(seed)
    sizes = {"E": config.n_excitatory, "I": config.n_inhibitory}
    cells = {}
    for name, n in sizes.items():
        model = replace(CELLS, i_offset=config.drive, v_init=rng.uniform(-60.0, -50.0, n))
        cells[name] = net.add_population(name, n, model)
    for pre, post, weight in (
        ("E", "E", config.e_weight),
        ("E", "I", config.e_weight),
        ("I", "I", config.ii_weight),
        ("I", "E", config.ie_start),
    ):
        drawn = fixed_probability(sizes[pre], sizes[post], config.p, weight=weight, seed=rng)
        net.connect(
            pre,
            post,
            weights=replace(drawn, weight=np.full(drawn.n_synapses, weight)),
            axonal_delay=DELAY,
            inhibitory=pre == "I",
            plasticity=config.rule() if pre + post == "IE" else None,
        )
    net.add_current("cue", cells["E"][: config.n_cued], Steps(np.zeros(1), np.zeros(1)))
    return net


def stored(config: Config, synapses: Triplets) -> Triplets:
    """Return the synapses "E->E" with those within either assembly made stronger."""
    member_of = np.arange(config.n_excitatory) // config.assembly_size
    within = (member_of[synapses.pre] == member_of[synapses.post]) & (member_of[synapses.pre] < 2)
    return replace(synapses, weight=config.e_weight * np.where(within, config.factor, 1.0))


def tuned_cell(
    config: CellConfig, seed: int, rates: Sequence[Steps], weights: dict[str, Floats]
) -> Network:
    """Return a cell with sources "E0", ..., "I0", ..., of all channels; v, g_e and g_i are sampled.

    `rates` are those of the excitatory channels, then of the inhibitory ones; `weights` have a row
    for each channel.
    """
    net = Network(seed)
    net.add_population("cell", 1, CELLS)
    rule = VogelsSTDP(config.cell_eta * UNIT["I"], config.cell_target, TAU_STDP)
    sizes = {"E": config.channel_excitatory, "I": config.channel_inhibitory}
    for k, rate in enumerate(rates):
        kind, channel = "EI"[k // config.n_channels], k % config.n_channels
        source = net.add_poisson_source(f"{kind}{channel}", sizes[kind], rate=rate)
        net.connect(
            source,
            "cell",
            weights=UNIT[kind] * weights[kind][channel][None, :],
            axonal_delay=DELAY,
            inhibitory=kind == "I",
            plasticity=rule if kind == "I" else None,
        )
    for variable in ("v", "g_e", "g_i"):
        net.record("cell", variable, every=EVERY, name=variable)
    return net
