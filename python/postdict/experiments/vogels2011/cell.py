"""The cell of `vogels2011`: input in channels, what it learns, and how balanced it then is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..._types import Arrays, Floats, Integers
from ...analysis.currents import ei_correlation, low_passed
from ...lab.results import Nested
from ...lab.runs import run_bounded
from ...lab.stages import Stage
from ...simulation import Simulation
from ...steps import Steps
from .._shared.curves import defined
from .._shared.per_seed import Found
from .config import CELLS, CellConfig
from .networks import EVERY, UNIT, tuned_cell

STEP = 1.0  # ms, for which rates are held
PARTS = 50  # of learning, after each of which rate and weights are noted
LATE = 0.2  # share of learning over whose end weights and rate are averaged
LOW_PASS = 10.0  # ms, of currents before they are correlated
MAX_LAG = 30.0  # ms
BIN = 50.0  # ms, of spike counts that are correlated with signals
SHOWN = 1000  # samples of the currents
# Streams of random numbers of one seed.
_LEARN, _MEASURE, _WEIGHTS, _SHUFFLE, _UNRELATED, _STRANGERS = 1, 2, 3, 4, 5, 6


@dataclass(frozen=True)
class Signals:
    """The rates of the channels, (n_channels, n_steps), Hz."""

    rates: Floats

    def steps(self) -> list[Steps]:
        """Return them as the core takes them."""
        times = STEP * np.arange(self.rates.shape[1], dtype=np.float64)
        return [Steps(times, rate) for rate in self.rates]


def drawn_signals(config: CellConfig, duration: float, rng: np.random.Generator) -> Signals:
    """Return filtered and rectified noise, scaled so that the largest of all is `largest_rate`.

    A Poisson process that is refractory for t after each spike fires at r / (1 + r t): that is the
    rate which our processes without refractoriness have.
    """
    n = int(duration / STEP)
    noise = rng.standard_normal((n, config.n_channels))
    filtered = np.maximum(low_passed(noise, every=STEP, tau=config.signal_tau), 0.0).T
    rate = config.background_rate + config.largest_rate * filtered / (filtered.max() or 1.0)
    return Signals(rate / (1.0 + 1e-3 * rate * float(np.max(CELLS.tau_refrac))))


def excitatory_weights(config: CellConfig, seed: int) -> Floats:
    """Return the weights (n_channels, n): tuned to one channel, the fifth of eight."""
    rng = np.random.default_rng([seed, _WEIGHTS])
    distance = np.arange(config.n_channels) - preferred(config)
    tuned = 0.3 + 1.1 / (1.0 + distance.astype(np.float64) ** 4)
    return tuned[:, None] + rng.uniform(0.0, 0.1, (config.n_channels, config.channel_excitatory))


def preferred(config: CellConfig) -> int:
    """Return the channel with the largest excitatory weights, from 0."""
    return (config.n_channels + 1) // 2


def tuned(config: CellConfig, seed: int, stage: Stage) -> Found:
    """Let the inhibition of one cell learn, and measure it before, after and in two controls."""
    excitation = excitatory_weights(config, seed)
    flat = np.full((config.n_channels, config.channel_inhibitory), 0.1)
    n, rngs = config.n_channels, [np.random.default_rng([seed, k]) for k in range(7)]
    signals = drawn_signals(config, config.cell_duration, rngs[_LEARN])
    others = drawn_signals(config, config.cell_duration, rngs[_UNRELATED])
    both = {"E": excitation, "I": flat}
    both = {"E": excitation, "I": flat}
    learned, course = _learned(config, seed, (signals, signals), both, stage.part("learns"))
    apart, _ = _learned(config, seed, (signals, others), both, stage.part("learns unrelated"))
    measured = drawn_signals(config, config.cell_measured, rngs[_MEASURE])
    strangers = drawn_signals(config, config.cell_measured, rngs[_STRANGERS])
    exchanged = another_of_each(n, rngs[_SHUFFLE])
    states = {
        "before": (flat, measured),
        "after": (learned, measured),
        "shuffled": (learned[exchanged], measured),
        "unrelated": (apart, strangers),
    }
    metrics: Nested = {}
    late = course["course_times"] > (1.0 - LATE) * config.cell_duration
    metrics["learning"] = {"rate": float(course["course_rate"][late].mean())}
    arrays: Arrays = {"excitatory_weights": excitation.mean(axis=1), **course}
    for name, (inhibition, inhibitory) in states.items():
        weights = {"E": excitation, "I": inhibition}
        part = stage.part(f"measures {name}")
        found, more = _measured(config, seed, (measured, inhibitory), weights, part)
        metrics[name] = found
        arrays |= {f"{key}_{name}": values for key, values in more.items()}
    return metrics, arrays


def another_of_each(n: int, rng: np.random.Generator) -> Integers:
    """Return a random order (n,) of n things in which none is where it was."""
    while True:
        order: Integers = rng.permutation(n)
        if (order != np.arange(n)).all():
            return order


def _learned(
    config: CellConfig,
    seed: int,
    signals: tuple[Signals, Signals],
    weights: dict[str, Floats],
    stage: Stage,
) -> tuple[Floats, Arrays]:
    """Return the learned inhibitory weights, and rate and channels' weights meanwhile.

    The weights never rest, since every arrival and every spike changes them: they are means over
    the last part of learning.
    """
    rates = [rate for each in signals for rate in each.steps()]
    simulation = Simulation(tuned_cell(config, seed, rates, weights))

    def inhibition() -> Floats:
        found = [simulation.weights(f"I{k}->cell")[0] for k in range(config.n_channels)]
        return np.array(found) / UNIT["I"]

    def read(_: int) -> Arrays:
        count = np.array(simulation.spike_count("cell"))
        return {"count": count, "time": np.array(simulation.time), "weights": inhibition()}

    (cell,) = simulation.network.populations
    parts = run_bounded(
        simulation, cell, config.cell_duration, progress=stage, n_parts=PARTS, read=read
    )
    times = np.array([0.0, *(float(part["time"]) for part in parts)])
    counts = np.diff([0.0, *(float(part["count"]) for part in parts)])
    course = {
        "course_times": times[1:],
        "course_rate": 1e3 * counts / np.diff(times),
        "course_weights": np.array([part["weights"].mean(axis=1) for part in parts]),
    }
    late = [part["weights"] for part in parts[-round(LATE * PARTS) :]]
    return np.mean(late, axis=0), course


def _measured(
    config: CellConfig,
    seed: int,
    signals: tuple[Signals, Signals],
    weights: dict[str, Floats],
    stage: Stage,
) -> Found:
    """Measure a cell whose weights stay as they are."""
    rates = [rate for each in signals for rate in each.steps()]
    network = tuned_cell(config, seed, rates, weights)
    simulation = Simulation(network)
    for k in range(config.n_channels):
        simulation.set_plasticity(f"I{k}->cell", False)

    def read(_: int) -> Arrays:
        sampled = {name: simulation.recorded(name)[1][:, 0] for name in ("v", "g_e", "g_i")}
        return {"times": simulation.spikes("cell")[0], **sampled}

    (cell,) = network.populations
    stop = config.cell_measured
    (found,) = run_bounded(simulation, cell, stop, progress=stage, read=read)
    n = signals[0].rates.shape[1]
    v = found["v"][:n]
    force = {"E": float(np.max(CELLS.e_rev_e)) - v, "I": v - float(np.max(CELLS.e_rev_i))}
    excitation = (found["g_e"][:n] * force["E"])[:, None]
    inhibition = (found["g_i"][:n] * force["I"])[:, None]
    tau = {"E": float(np.max(CELLS.tau_syn_e)), "I": float(np.max(CELLS.tau_syn_i))}
    channels = {}
    for kind, signal in zip("EI", signals, strict=True):
        expected = _conductances(signal, UNIT[kind] * weights[kind], tau[kind])
        channels[kind] = (expected * force[kind]).mean(axis=1)
    leak = float((v + 60.0).mean()) / config.n_channels
    e, i = (low_passed(x, every=EVERY, tau=LOW_PASS) for x in (excitation, inhibition))
    lags, correlation = ei_correlation(e, i, every=EVERY, max_lag=MAX_LAG)
    following = correlation[lags >= 0.0, 0]
    heard = signal_correlation(signals[0], found["times"])
    residual = np.abs(channels["E"] - channels["I"] - leak).sum() / channels["E"].sum()
    metrics: Nested = {
        "rate": 1e3 * len(found["times"]) / stop,
        "tuning": tuning(weights["E"], weights["I"]),
        "contrast": contrast(weights["I"], preferred(config)),
        "residual": float(residual),
        "ei_correlation": defined(following.max()),
        "ei_lag": defined(lags[lags >= 0.0][int(np.argmax(following))]),
        "signal_correlation_preferred": defined(heard[preferred(config)]),
        "signal_correlation_others": defined(np.delete(heard, preferred(config)).mean()),
    }
    return metrics, {
        "inhibitory_weights": weights["I"].mean(axis=1),
        "channel_excitation": channels["E"],
        "channel_inhibition": channels["I"],
        "signal_correlation": heard,
        "excitation": excitation[-SHOWN:, 0],
        "inhibition": inhibition[-SHOWN:, 0],
    }


def tuning(excitatory: Floats, inhibitory: Floats) -> float | None:
    """Return the correlation over channels of mean weights; None where either is flat."""
    means = np.array([excitatory.mean(axis=1), inhibitory.mean(axis=1)])
    if (np.ptp(means, axis=1) < 1e-12).any():
        return None
    return float(np.corrcoef(means)[0, 1])


def contrast(weights: Floats, channel: int) -> float:
    """Return the mean weight of a channel over that of the others."""
    means = weights.mean(axis=1)
    return float(means[channel] / np.delete(means, channel).mean())


def signal_correlation(signals: Signals, times: Floats) -> Floats:
    """Return the correlation of the cell's spike counts with each channel's rate (n_channels,)."""
    per_bin = round(BIN / STEP)
    n_bins = signals.rates.shape[1] // per_bin
    rates = signals.rates[:, : n_bins * per_bin].reshape(len(signals.rates), n_bins, -1).mean(2)
    counts = np.histogram(times, BIN * np.arange(n_bins + 1))[0].astype(np.float64)
    if not counts.std():
        return np.full(len(rates), np.nan)
    result: Floats = np.corrcoef(np.vstack([counts, rates]))[0, 1:]
    return result


def _conductances(signals: Signals, weights: Floats, tau: float) -> Floats:
    """Return the expected conductance of each channel at each step (n_channels, n_steps)."""
    decay = np.exp(-STEP / tau)
    gain = 1e-3 * tau * (1.0 - decay) * weights.sum(axis=1)
    result = np.zeros_like(signals.rates)
    for k in range(1, result.shape[1]):
        result[:, k] = decay * result[:, k - 1] + gain * signals.rates[:, k - 1]
    return result
