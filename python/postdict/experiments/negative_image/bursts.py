"""Cancellation by burst-induced depression: a published model, as far as this engine has its parts.

A cell of the electrosensory lobe is driven by a sinusoidal, noisy stimulus of its own receptors,
and by parallel fibres that fire one after another over the stimulus' cycle, each for 2.5 ms. Bursts
of the cell depress the fibres that were active around them; slowly they recover. In units of the
time constant tau and of the threshold:

    dv/dt = -v + S(t) + L (w_k - g v),     S = [I + kappa sin(-2 pi f t) + sigma noise]+
    w_j <- w_j (1 - eta [1 - ((t_j - t_burst)/reach)^2]+),     dw_j/dt = (w_max - w_j)/tau_w

with L = 1 where there is feedback and 0 where there is none. Numbers and rule: Bol, Marsat,
Harvey-Girard, Longtin & Maler 2011, J Neurosci 31:11028, and their code (ModelDB 140465).

Left out: the depolarising after-potential, whose shape depends on the latest spikes; no neuron of
this engine has one. Replaced: a fibre's constant drive by a kick every 0.25 ms; noise below 500 Hz
by independent values held for 1 ms, which have the same variance and spectral density at
frequency 0; and what bursts do to the weights comes at the end of the cycle.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..._types import Floats
from ...network import Network
from ...neurons import LIF
from ...simulation import ProgressCallback, Simulation
from ...steps import Steps

TAU, REFRACTORY = 7.0, 0.7  # ms
DRIVE, NOISE, LEAK = 0.576, 0.759, 1.44  # I, sigma, g
DEPTHS, DEPTH = {0.5: 0.25, 1.0: 0.27, 2.0: 0.31}, 0.39  # kappa by frequency (Hz), and elsewhere
ETA, W_MAX, TAU_W = 0.0036, 1.5, 980e3  # of bursts of four; -, ms
SLOT = 2.5  # ms, of a fibre
EPOCH, EPOCHS = 1750e3, 3  # ms; the last of them is measured
N_BINS = 20  # of the cycle

_BURSTS = {4: (45.0, 100.0, ETA), 2: (15.0, 10.0, ETA / 2)}  # longest and reach (ms), rate
_KICKS, _HOLD = 10, 1.0  # kicks of a fibre in its slot; ms
_DELAY = 0.01  # ms, of a fibre: nothing here depends on it


@dataclass(frozen=True)
class Cancelled:
    """What a stimulus evokes.

    Parameters
    ----------
    rate : array (N_BINS,)
        Over the cycle, Hz.
    weights : array (n_cells, n_fibres)
        At the end.
    bursts : dict
        Of four and of two spikes, per second and cell.
    """

    rate: Floats
    weights: Floats
    bursts: dict[int, float]

    @property
    def depth(self) -> float:
        """Amplitude of the rate's fundamental, Hz."""
        phases = 2j * np.pi * (np.arange(N_BINS) + 0.5) / N_BINS
        return float(2.0 * abs(np.mean(self.rate * np.exp(-phases))))


def n_fibres(frequency: float) -> int:
    """Return how many fibres share a cycle."""
    return int(1e3 / frequency / SLOT + 1e-9)


def cancel(
    frequency: float,
    *,
    n_cells: int,
    seed: int,
    speedup: float,
    weights: Floats | None = None,
    feedback: bool = True,
    learns: bool = True,
    progress: ProgressCallback | None = None,
) -> Cancelled:
    """Present a stimulus for three epochs while weights learn, else for one.

    Parameters
    ----------
    frequency : float
        Of the stimulus, Hz.
    n_cells : int
        Each with noise and weights of its own.
    seed : int
    speedup : float
        By how much learning and recovery are faster, and epochs shorter, than published.
    weights : array (n_cells, n_fibres), optional
        At the start; w_max by default.
    feedback : bool
        Whether fibres fire, and the cells leak more.
    learns : bool
    progress : callable, optional
        See `postdict.simulation.ProgressCallback`.
    """
    period = 1e3 / frequency
    per_epoch = max(round(EPOCH / speedup / period), 1)
    n_cycles = per_epoch * (EPOCHS if learns else 1)
    bound = np.full((n_cells, n_fibres(frequency)), W_MAX)
    learned = bound.copy() if weights is None else weights.copy()
    net = _network(frequency, n_cycles, learned, feedback, seed)
    simulation = Simulation(net)
    fibres = net.projections[0] if feedback else None
    cells = [BurstDepression(period, learned[k], speedup) for k in range(n_cells)]
    counts = np.zeros(N_BINS)
    recovery = np.exp(-period * speedup / TAU_W)
    for cycle in range(n_cycles):
        start = cycle * period
        simulation.run_until(start + period, progress=_of_whole(progress, n_cycles * period))
        times, ids = simulation.spikes("cells", start=start)
        for t, k in zip(times.tolist(), ids.tolist(), strict=True):
            cells[k].spike(t, learns=learns)
        if learns and fibres is not None:
            learned += (bound - learned) * (1.0 - recovery)
            simulation.set_weights(fibres, _kick(learned, period))
        if cycle >= n_cycles - per_epoch:
            bins = ((times - start) * (N_BINS / period)).astype(np.int64)
            counts += np.bincount(np.clip(bins, 0, N_BINS - 1), minlength=N_BINS)
    seconds = 1e-3 * period * n_cycles * n_cells
    return Cancelled(
        counts / (1e-3 * period / N_BINS * per_epoch * n_cells),
        learned,
        {size: sum(cell.found[size] for cell in cells) / seconds for size in _BURSTS},
    )


def _network(
    frequency: float, n_cycles: int, weights: Floats, feedback: bool, seed: int
) -> Network:
    n_cells, fibres = weights.shape
    period, leak = 1e3 / frequency, 1.0 + LEAK * feedback
    net = Network(seed=seed)
    cells = net.add_population("cells", n_cells, LIF(tau_m=TAU / leak, tau_refrac=REFRACTORY))
    times = _HOLD * np.arange(np.ceil(n_cycles * period / _HOLD), dtype=np.float64)
    depth = DEPTHS.get(frequency, DEPTH)
    wave = DRIVE + depth * np.sin(-2e-3 * np.pi * frequency * (times + 0.5 * _HOLD))
    rng = np.random.default_rng([seed, 0xB0])
    for k in range(n_cells):
        drive = np.maximum(wave + NOISE * rng.standard_normal(len(times)), 0.0)
        net.add_current(f"stimulus {k}", cells, Steps(times, drive / leak), ids=[k])
    if feedback:
        slot = period / fibres
        kicks = slot / _KICKS * np.arange(fibres * _KICKS)
        source = net.add_spike_source(
            "fibres",
            fibres,
            times=(period * np.arange(n_cycles)[:, None] + kicks).ravel(),
            ids=np.tile(np.repeat(np.arange(fibres), _KICKS), n_cycles),
        )
        net.connect(source, cells, weights=_kick(weights, period), axonal_delay=_DELAY)
    return net


def _kick(weights: Floats, period: float) -> Floats:
    """Return the kicks that add up to a constant drive of these weights."""
    return np.asarray(weights * (period / weights.shape[1] / _KICKS / TAU))


def _of_whole(progress: ProgressCallback | None, stop: float) -> bool | ProgressCallback:
    if progress is None:
        return False
    return lambda t, _, wall, n_events: progress(t, stop, wall, n_events)


@dataclass
class BurstDepression:
    """The bursts of one cell, and what they do to its weights.

    Bursts of one size share no spikes. One of two is learned from at once, and unlearned when it
    turns out to be part of one of four, or ends in its first spike.
    """

    period: float
    weights: Floats  # (n_fibres,) a view, changed in place
    speedup: float
    spikes: list[float] = field(default_factory=list)  # the last five
    waited: dict[int, int] = field(default_factory=lambda: dict.fromkeys(_BURSTS, 0))
    found: dict[int, int] = field(default_factory=lambda: dict.fromkeys(_BURSTS, 0))
    pairs: list[tuple[float, float]] = field(default_factory=list)  # first and last spike

    def spike(self, t: float, *, learns: bool) -> None:
        """Take note of a spike; the weights learn from the bursts that it ends."""
        self.spikes = [*self.spikes[-4:], t]
        for size in _BURSTS:
            self.waited[size] += 1
        change = self._change if learns else _nothing
        if self._ends(2):
            self.pairs = [*self.pairs[-3:], (self.spikes[-2], t)]
            change(2, self.spikes[-2], undo=False)
        if self._ends(4):
            first = self.spikes[-4]
            for pair in [pair for pair in self.pairs if pair[1] >= first]:
                self.pairs.remove(pair)
                self.found[2] -= 1
                change(2, pair[0], undo=True)
            self.waited[2] = 0
            change(4, first, undo=False)

    def _ends(self, size: int) -> bool:
        longest = _BURSTS[size][0]
        if self.waited[size] < size or len(self.spikes) < size:
            return False
        if self.spikes[-1] - self.spikes[-size] >= longest:
            return False
        self.waited[size] = 0
        self.found[size] += 1
        return True

    def _change(self, size: int, t: float, *, undo: bool) -> None:
        _, reach, eta = _BURSTS[size]
        n = len(self.weights)
        own = self.period / n * np.arange(n)
        apart = own + self.period * np.arange(-1, 2)[:, None] - t % self.period
        depressed = np.maximum(1.0 - (apart / reach) ** 2, 0.0).sum(axis=0)
        factor = np.maximum(1.0 - eta * self.speedup * depressed, 0.0)
        if undo:
            self.weights /= factor
        else:
            self.weights *= factor


def _nothing(size: int, t: float, *, undo: bool) -> None:
    """Leave the weights as they are."""
